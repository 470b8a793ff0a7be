"""`@typecheck`: functions of every sort, and the `forward` of a plain `nn.Module`, checked at each call."""

import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import AnnotationError, CheckError, NeuralType, ShapeError, typecheck
from neuraltypes.elements import LogitsType

if TYPE_CHECKING:
    from nowhere import Missing  # type: ignore[import-not-found]


def zeros(*sizes: int) -> Tensor:
    return torch.zeros(*sizes)


def assert_refused(call: Callable[[], object], reason: str, error: type[CheckError] = ShapeError) -> None:
    with pytest.raises(error, match=re.escape(reason)):
        call()


class Plain(nn.Module):
    def forward(self, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b"]:
        return x.sum(1)


@typecheck
class Checked(nn.Module):
    def forward(self, x: Float[Tensor, "b 3"], *, twice: bool = False) -> Float[Tensor, "b"]:
        return x.sum(1) if not twice else x  # type: ignore[return-value]


class CheckedForward(nn.Module):
    @typecheck()
    def forward(self, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b"]:
        return x.sum(1)


@typecheck
def add(left: Float[Tensor, "b t"], right: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    return left + right


@typecheck()
def every_sort(
    a: Float[Tensor, "b"],
    /,
    b: Float[Tensor, "b"],
    *rest: Float[Tensor, "b"],
    c: Float[Tensor, "b"] | None = None,
    **named: Int[Tensor, "b"],
) -> Float[Tensor, "b"]:
    return a + b + sum(rest) + (0 if c is None else c) + sum(named.values())


def test_a_plain_module_is_not_checked() -> None:
    assert Plain()(zeros(2, 4)).shape == (2,)


def test_a_decorated_class_is_checked() -> None:
    assert Checked()(zeros(2, 3)).shape == (2,)
    assert_refused(lambda: Checked()(zeros(2, 4)), "Checked.forward(x=): axis 1 is 4, expected 3")
    assert_refused(lambda: Checked()(zeros(2, 3), twice=True), "Checked.forward(->): has 2 axes, expected 1")


def test_a_decorated_forward_is_checked() -> None:
    assert CheckedForward()(zeros(2, 3)).shape == (2,)
    assert_refused(lambda: CheckedForward()(zeros(2, 4)), "CheckedForward.forward(x=): axis 1 is 4, expected 3")


def test_a_decorated_class_stays_the_same_class() -> None:
    class Module(nn.Module):
        def forward(self, x: Float[Tensor, "3"]) -> Float[Tensor, "3"]:
            return x

    assert typecheck(Module) is Module


def test_a_subclass_of_a_decorated_class_is_checked_where_it_inherits() -> None:
    class Child(Checked):
        pass

    class Override(Checked):
        def forward(self, x: Float[Tensor, "b 3"], *, twice: bool = False) -> Float[Tensor, "b"]:  # type: ignore[override]
            return x.sum(1)

    assert_refused(lambda: Child()(zeros(2, 4)), "axis 1 is 4, expected 3")
    assert Override()(zeros(2, 4)).shape == (2,)


def test_a_function_keeps_its_name_signature_and_documentation() -> None:
    @typecheck
    def documented(x: Float[Tensor, "b"], y: int = 2, *, z: int = 3) -> Float[Tensor, "b"]:
        """One line."""
        return x

    assert (documented.__name__, documented.__doc__) == ("documented", "One line.")
    assert documented.__defaults__ == (2,)
    assert documented.__kwdefaults__ == {"z": 3}
    assert str(inspect.signature(documented)).startswith("(x: ")
    assert list(inspect.signature(documented, follow_wrapped=False).parameters) == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: add(zeros(2, 3), zeros(2, 4)), "(right=): axis 1 't' is 4, expected 3"),
        (lambda: add(right=zeros(2, 3), left=zeros(2, 4)), "(right=): axis 1 't' is 3, expected 4"),
        (lambda: every_sort(zeros(2), zeros(3)), "(b=): axis 0 'b' is 3, expected 2"),
        (lambda: every_sort(zeros(2), b=zeros(4)), "(b=): axis 0 'b' is 4, expected 2"),
        (lambda: every_sort(zeros(2), zeros(2), zeros(2), zeros(3)), "(rest=[1]): axis 0 'b' is 3, expected 2"),
        (lambda: every_sort(zeros(2), zeros(2), c=zeros(3)), "(c=): axis 0 'b' is 3, expected 2"),
        (lambda: every_sort(zeros(2), zeros(2), k=zeros(3).int()), "(named=['k']): axis 0 'b' is 3, expected 2"),
    ],
)
def test_every_sort_of_parameter_is_checked(call: Callable[[], object], reason: str) -> None:
    assert_refused(call, reason)


def test_arguments_reach_the_function_as_python_would_hand_them() -> None:
    @typecheck
    def collect(a: Any, b: Any = 2, /, c: Any = 3, *rest: Any, d: Any = 4, **named: Any) -> tuple[Any, ...]:
        return a, b, c, rest, d, named

    assert collect(1) == (1, 2, 3, (), 4, {})
    assert collect(1, 5, 6, 7, 8, d=9, a=0) == (1, 5, 6, (7, 8), 9, {"a": 0})
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'a'"):
        collect()  # type: ignore[call-arg]


def test_only_positional_and_only_keyword_parameters_stay_so() -> None:
    @typecheck
    def f(a: Float[Tensor, "b"], /, *, b: Float[Tensor, "b"]) -> None: ...

    f(zeros(2), b=zeros(2))
    with pytest.raises(TypeError, match="positional-only"):
        f(a=zeros(2), b=zeros(2))  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        f(zeros(2), zeros(2))  # type: ignore[call-arg]


class Methods:
    size = 2

    @typecheck
    def method(self, x: Float[Tensor, "{self.size}"]) -> Float[Tensor, "{self.size}"]:
        return x

    @typecheck
    @staticmethod
    def static_above(x: Float[Tensor, "2"]) -> Float[Tensor, "2"]:
        return x

    @staticmethod
    @typecheck
    def static_below(x: Float[Tensor, "2"]) -> Float[Tensor, "2"]:
        return x

    @typecheck
    @classmethod
    def class_above(cls, x: Float[Tensor, "{cls.size}"]) -> Float[Tensor, "{cls.size}"]:
        return x

    @classmethod
    @typecheck
    def class_below(cls, x: Float[Tensor, "{cls.size}"]) -> Float[Tensor, "{cls.size}"]:
        return x

    @typecheck
    def __call__(self, x: Float[Tensor, "{self.size}"]) -> Float[Tensor, "{self.size}"]:
        return x


@pytest.mark.parametrize("name", ["method", "static_above", "static_below", "class_above", "class_below", "__call__"])
def test_methods_of_every_sort_are_checked(name: str) -> None:
    method = getattr(Methods(), name)
    assert method(zeros(2)).shape == (2,)
    assert_refused(lambda: method(zeros(3)), f"Methods.{name}(x=): axis 0")
    if "_" in name.strip("_"):
        assert_refused(lambda: getattr(Methods, name)(zeros(3)), f"Methods.{name}(x=): axis 0")


@pytest.mark.parametrize("above", [True, False])
def test_properties_are_checked(above: bool) -> None:
    def value(self: Any) -> Float[Tensor, "2"]:
        """What it holds."""
        return zeros(self.given)

    check: Any = typecheck
    holder = type("Holder", (), {"value": check(property(value)) if above else property(check(value))})()
    holder.given = 2
    assert holder.value.shape == (2,)
    assert type(holder).value.__doc__ == "What it holds."
    holder.given = 3
    assert_refused(lambda: holder.value, "value(->): axis 0 is 3, expected 2")


def test_a_setter_is_checked() -> None:
    class Holder:
        held: Tensor

        @property
        def value(self) -> Float[Tensor, "2"]:
            return self.held

        @value.setter
        def value(self, new: Float[Tensor, "2"]) -> None:
            self.held = new

        above = typecheck(value)

    holder = Holder()
    holder.above = zeros(2)
    with pytest.raises(ShapeError, match=r"value\(new=\): axis 0 is 3, expected 2"):
        holder.above = zeros(3)
    assert holder.above.shape == (2,)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (3, "typecheck: 3 is int, expected a function or an nn.Module class"),
        (len, "typecheck: <built-in function len> is builtin_function_or_method"),
        (int, "typecheck: class int defines no forward of its own; decorate a class that does"),
        (
            type("Child", (Plain,), {}),
            "typecheck: class Child defines no forward of its own; decorate a class that does",
        ),
    ],
)
def test_what_cannot_be_checked_is_refused(target: Any, reason: str) -> None:
    with pytest.raises(AnnotationError, match=re.escape(reason)):
        typecheck(target)


@pytest.mark.parametrize(
    ("annotation", "fix"),
    [
        (lambda: Float[Tensor, "b t+"], '"t+" is neither a name, a number nor an expression'),
        (lambda: list[Float[Tensor, "b self.d"]], 'read an attribute or argument in braces: "{self.d}"'),
        (lambda: NeuralType[Float[Tensor, "b t+"], LogitsType], '"t+" is neither a name'),
        (lambda: NeuralType[Float[Tensor, "b"], 3], "NeuralType: element 3 is no element type"),
    ],
)
def test_a_malformed_annotation_is_refused_where_it_is_written(annotation: Callable[[], Any], fix: str) -> None:
    with pytest.raises(AnnotationError, match=re.escape(fix)):

        @typecheck
        def f(x: annotation()) -> None: ...  # type: ignore[valid-type]


def test_an_annotation_that_cannot_be_resolved_raises_at_each_call() -> None:
    @typecheck
    def f(x: "Missing") -> None: ...

    for _ in range(2):
        with pytest.raises(
            AnnotationError, match=r"f\(x=\): the annotation 'Missing' cannot be resolved: .*TYPE_CHECKING"
        ):
            f(3)


def test_local_names_in_string_annotations_are_found() -> None:
    Local = Float[Tensor, "b 2"]

    @typecheck
    def f(x: "Local", y: "list[Local]") -> "Local":
        return x

    assert_refused(lambda: f(zeros(1, 3), []), "axis 1 is 3, expected 2")
    assert Local is not None


def test_a_name_that_is_defined_after_the_function_is_found() -> None:
    @typecheck
    def f(x: "Later") -> None: ...

    assert_refused(lambda: f(zeros(3)), "axis 0 is 3, expected 7")


Later = Float[Tensor, "7"]


def test_lambdas_and_functions_without_annotations_run() -> None:
    assert typecheck(lambda x, y=2: x + y)(1) == 3


def test_what_the_function_itself_raises_passes_through() -> None:
    @typecheck
    def f(x: Float[Tensor, "b"]) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        f(zeros(2))


def test_a_function_may_call_itself() -> None:
    @typecheck
    def halve(x: Float[Tensor, "b"]) -> Float[Tensor, "b_half"]:
        return halve(x[: len(x) // 2]) if len(x) > 1 else x

    assert halve(zeros(8)).shape == (1,)
