"""`NeuralModule`: `forward` is keyword-only, hooked once, and says what the module takes and gives."""

import re
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

import pytest
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from neuraltypes import (
    AnnotationError,
    NeuralModule,
    NeuralType,
    OptionalSpec,
    ShapeError,
    TensorSpec,
    ValueSpec,
    typecheck,
)
from neuraltypes._hook import hook_of
from neuraltypes.elements import ElementType, EncodedRepresentation, LogitsType, ProbsType

E = TypeVar("E", bound=ElementType)


class Scale(NeuralModule):
    def __init__(self, size: int = 3) -> None:
        super().__init__()
        self.size = size

    def forward(self, *, x: Float[Tensor, "b {self.size}"], by: Float[Tensor, "b"]) -> Float[Tensor, "b {self.size}"]:
        return x * by[:, None]


class Encoded(NamedTuple):
    y: NeuralType[Float[Tensor, "B T C"], EncodedRepresentation]
    h_c: list[NeuralType[Float[Tensor, "D B C"], EncodedRepresentation]]


class Encoder(NeuralModule):
    def forward(
        self, *, x: Float[Tensor, "B T C"], mask: Bool[Tensor, "B T"] | None = None, scale: float = 1.0
    ) -> Encoded:
        return Encoded(x * scale, [x[:, 0][None] * scale])


class Head(NeuralModule, Generic[E]):
    def forward(self, *, x: NeuralType[Float[Tensor, "b t"], E]) -> NeuralType[Float[Tensor, "b t"], E]:
        return x * 2


class LogitsHead(Head[LogitsType]):
    pass


def assert_refused(call: Callable[[], object], reason: str) -> None:
    with pytest.raises(ShapeError, match=re.escape(reason)):
        call()


def test_a_malformed_annotation_is_refused_at_class_creation() -> None:
    with pytest.raises(AnnotationError, match=re.escape('"t+" is neither a name, a number nor an expression')):

        class Wrong(NeuralModule):
            def forward(self, *, x: list[Float[Tensor, "b t+"]]) -> None: ...


def test_forward_is_hooked_once_and_keeps_its_name() -> None:
    hook = hook_of(Scale.forward)
    assert hook is not None
    assert hook_of(hook.function) is None
    assert (Scale.forward.__name__, Scale.forward.__qualname__) == ("forward", "Scale.forward")
    assert Scale.forward.__module__ == __name__

    class Decorated(NeuralModule):
        @typecheck
        def forward(self, *, x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
            return x

    decorated = hook_of(Decorated.forward)
    assert decorated is not None
    assert hook_of(decorated.function) is None


def test_a_subclass_without_forward_keeps_the_parents_hook() -> None:
    class Child(Scale):
        pass

    assert Child.forward is Scale.forward
    assert_refused(lambda: Child(size=4)(x=torch.ones(2, 3), by=torch.ones(2)), "axis 1 '{self.size}' is 3, expected 4")


def test_arguments_and_result_are_checked() -> None:
    assert Scale()(x=torch.ones(2, 3), by=torch.ones(2)).shape == (2, 3)
    assert_refused(lambda: Scale()(x=torch.ones(2, 3), by=torch.ones(4)), "axis 0 'b' is 4, expected 2")

    class Narrow(NeuralModule):
        def forward(self, *, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
            return x[:, :-1]

    assert_refused(lambda: Narrow()(x=torch.ones(2, 3)), "forward(->): axis 1 't' is 2, expected 3")


def test_an_override_without_annotations_has_those_it_overrides() -> None:
    class Child(Scale):
        def forward(self, *, x, by):  # type: ignore[no-untyped-def]
            return x[:, :2] if by.sum() == 0 else x

    assert Child().interface == Scale().interface
    assert_refused(
        lambda: Child()(x=torch.ones(2, 3), by=torch.ones(4)), "Child.forward(by=): axis 0 'b' is 4, expected 2"
    )
    assert_refused(
        lambda: Child()(x=torch.ones(2, 3), by=torch.zeros(2)), "Child.forward(->): axis 1 '{self.size}' is 2"
    )


def test_an_override_inherits_parameter_by_parameter() -> None:
    class Child(Scale):
        def forward(self, *, x: Float[Tensor, "b 3"], by) -> Float[Tensor, "b"]:  # type: ignore[no-untyped-def, override]
            return x[:, 0]

    assert list(map(str, Child().input_types.values())) == ['Float[Tensor, "b 3"]', 'Float[Tensor, "b"]']
    assert_refused(lambda: Child()(x=torch.ones(2, 3), by=torch.ones(4)), "axis 0 'b' is 4, expected 2")


def test_an_override_inherits_from_the_nearest_parent_that_says_something() -> None:
    class Middle(Scale):
        def forward(self, *, x, by):  # type: ignore[no-untyped-def]
            return x

    class Last(Middle):
        def forward(self, *, x, by):  # type: ignore[no-untyped-def]
            return x

    assert Last().interface == Scale().interface


def test_super_forward_is_checked_as_the_parents() -> None:
    class Child(Scale):
        def forward(self, *, x: Float[Tensor, "b d"], by: Float[Tensor, "b"]) -> Float[Tensor, "b d"]:  # type: ignore[override]
            return super().forward(x=x, by=by)

    assert Child()(x=torch.ones(2, 3), by=torch.ones(2)).shape == (2, 3)
    assert_refused(
        lambda: Child()(x=torch.ones(2, 5), by=torch.ones(2)), "Scale.forward(x=): axis 1 '{self.size}' is 5"
    )


def test_a_mixin_and_several_bases_keep_the_order_of_python() -> None:
    class Doubled(NeuralModule):
        def forward(self, *, x: Float[Tensor, "b 3"], by: Float[Tensor, "b"]) -> Float[Tensor, "b 3"]:
            return 2 * super().forward(x=x, by=by)  # type: ignore[no-any-return]

    class Both(Doubled, Scale):  # type: ignore[misc]
        pass

    assert Both()(x=torch.ones(2, 3), by=torch.ones(2)).sum() == 12


def test_hooks_of_torch_run_around_the_check() -> None:
    module, seen = Scale(), []
    module.register_forward_hook(lambda _module, _args, result: seen.append(result.shape))
    module(x=torch.ones(2, 3), by=torch.ones(2))
    assert seen == [(2, 3)]


def test_a_module_without_forward_says_so() -> None:
    class Empty(NeuralModule):
        pass

    with pytest.raises(AnnotationError, match=r"^Empty defines no forward; define one with annotations$"):
        _ = Empty().interface


def test_input_and_output_types_are_ordered_mappings() -> None:
    inputs, outputs = Encoder().input_types, Encoder().output_types
    assert list(inputs) == ["x", "mask", "scale"]
    assert inputs["x"] == TensorSpec("B T C", dtype="Float")
    assert inputs["mask"] == OptionalSpec(TensorSpec("B T", dtype="Bool"))
    assert inputs["scale"] == ValueSpec("float")
    assert list(outputs) == ["y", "h_c"]
    assert outputs["y"] == TensorSpec("B T C", EncodedRepresentation(), "Float")
    assert str(outputs["h_c"]) == 'list[NeuralType[Float[Tensor, "D B C"], EncodedRepresentation]]'
    with pytest.raises(TypeError):
        inputs["x"] = inputs["mask"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("hint", "names"),
    [
        (Float[Tensor, "b"], ["output"]),
        (tuple[Float[Tensor, "b"], int], ["0", "1"]),
        (None, []),
        (Encoded, ["y", "h_c"]),
    ],
)
def test_outputs_are_named_by_field_or_number(hint: Any, names: list[str]) -> None:
    class Module(NeuralModule):
        def forward(self) -> hint: ...

    assert list(Module().output_types) == names


def test_a_generic_module_has_the_element_of_its_subscript() -> None:
    logits = TensorSpec("b t", LogitsType, "Float")
    assert LogitsHead().input_types["x"] == LogitsHead().output_types["output"] == logits
    assert Head[ProbsType]().input_types["x"] == TensorSpec("b t", ProbsType, "Float")
    assert str(Head().input_types["x"]) == 'NeuralType[Float[Tensor, "b t"], E]'
    assert LogitsHead()(x=torch.ones(2, 3)).sum() == 12


def test_self_may_have_another_name() -> None:
    class Module(NeuralModule):
        def forward(this, *, x: Float[Tensor, "b {this.size}"]) -> Float[Tensor, "b"]:  # noqa: N805
            return x[:, 0]

    module = Module()
    module.size = 3  # type: ignore[assignment]
    assert list(module.input_types) == ["x"]
    with pytest.raises(ShapeError, match=r"expected 3 [\s\S]*  module    Module    called"):
        module(x=torch.ones(2, 4))


def test_modules_hold_modules_as_torch_does() -> None:
    model = nn.ModuleDict({"scale": Scale(), "heads": nn.ModuleList([LogitsHead(), Head()])})
    assert [name for name, _ in model.named_modules()] == ["", "scale", "heads", "heads.0", "heads.1"]
    assert not Scale().state_dict()
