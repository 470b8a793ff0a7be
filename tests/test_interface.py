"""The interface of a module or function: its types by name and in order, derived from the annotations of `forward`."""

import importlib.util
import json
import sys
import textwrap
import uuid
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, NamedTuple, TypedDict, TypeVar

import pytest
from jaxtyping import Float, Int
from torch import Tensor, nn, zeros

from neuraltypes import (
    AnnotationError,
    DictSpec,
    ElementVar,
    Interface,
    ListSpec,
    NeuralModule,
    NeuralType,
    OptionalSpec,
    RecordSpec,
    TensorSpec,
    TupleSpec,
    ValueSpec,
    interface_from_json,
    typecheck,
)
from neuraltypes._interface import read_interface
from neuraltypes.elements import (
    ElementType,
    EncodedRepresentation,
    LengthsType,
    LogitsType,
    MelSpectrogramType,
    ProbsType,
)

MEL = TensorSpec("b mel=80 t", MelSpectrogramType, "Float")
LENGTHS = TensorSpec("b", LengthsType, "Int")
ENCODED = TensorSpec("b t_out {self.d_model}", EncodedRepresentation, "Float")
ROW = TensorSpec("b", dtype="Float")
E = TypeVar("E", bound=ElementType)


class Encoded(NamedTuple):
    encoded: NeuralType[Float[Tensor, "b t_out {self.d_model}"], EncodedRepresentation]
    lengths: NeuralType[Int[Tensor, "b"], LengthsType]


class Options(TypedDict):
    first: Float[Tensor, "b"]
    second: int


class Encoder(NeuralModule):
    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "b mel=80 t"], MelSpectrogramType],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType],
        scale: float = 1.0,
        bias: Float[Tensor, "b"] | None = None,
    ) -> Encoded:
        raise NotImplementedError


class Quieter(Encoder):
    def forward(self, *, mel, lengths, scale=0.5, bias=None):  # type: ignore[no-untyped-def]
        raise NotImplementedError


class Wider(Encoder):
    def forward(  # type: ignore[no-untyped-def, override]
        self, *, mel: NeuralType[Float[Tensor, "b mel=128 t"], MelSpectrogramType], lengths, extra=3
    ):
        raise NotImplementedError


class Bare(NeuralModule):
    def forward(self, *, x, y=None):  # type: ignore[no-untyped-def]
        raise NotImplementedError


class Head(NeuralModule, Generic[E]):
    def forward(self, *, x: NeuralType[Float[Tensor, "b"], E]) -> NeuralType[Float[Tensor, "b"], E]:
        raise NotImplementedError


class LogitsHead(Head[LogitsType]): ...


def assert_inputs(interface: Interface, **expected: Any) -> None:
    assert list(interface.inputs.items()) == list(expected.items())


def interface_of(function: Callable[..., Any]) -> Interface:
    interface = read_interface(function)
    assert interface_from_json(json.loads(json.dumps(interface.to_json()))) == interface
    return interface


# Modules.


def test_the_inputs_of_a_module_are_ordered_by_name() -> None:
    assert list(Encoder().input_types.items()) == [
        ("mel", MEL),
        ("lengths", LENGTHS),
        ("scale", ValueSpec("float")),
        ("bias", OptionalSpec(ROW)),
    ]


def test_the_outputs_of_a_module_are_the_fields_of_its_record() -> None:
    assert list(Encoder().output_types.items()) == [("encoded", ENCODED), ("lengths", LENGTHS)]


def test_an_input_without_default_is_required() -> None:
    assert Encoder().interface.required == {"mel", "lengths"}


def test_the_mappings_cannot_be_written() -> None:
    for types in (Encoder().input_types, Encoder().output_types):
        with pytest.raises(TypeError):
            types["mel"] = ROW  # type: ignore[index]


def test_an_override_without_annotations_has_those_of_the_one_it_overrides() -> None:
    interface = Quieter().interface
    assert interface == Encoder().interface
    assert interface.required == {"mel", "lengths"}


def test_an_override_with_some_annotations_inherits_the_others() -> None:
    wide = TensorSpec("b mel=128 t", MelSpectrogramType, "Float")
    assert_inputs(Wider().interface, mel=wide, lengths=LENGTHS, extra=ValueSpec("Any"))
    assert list(Wider().output_types) == ["encoded", "lengths"]


def test_a_parameter_without_annotation_is_any() -> None:
    assert_inputs(Bare().interface, x=ValueSpec("Any"), y=ValueSpec("Any"))
    assert not Bare().interface.is_typed
    assert Encoder().interface.is_typed


def test_a_result_without_annotation_is_any() -> None:
    assert Bare().output_types == {"output": ValueSpec("Any")}


def test_a_generic_module_is_filled_in() -> None:
    assert Head().input_types["x"] == TensorSpec("b", ElementVar("E", ElementType()), "Float")
    assert Head[ProbsType]().input_types["x"] == TensorSpec("b", ProbsType, "Float")
    assert LogitsHead().input_types["x"] == TensorSpec("b", LogitsType, "Float")
    assert LogitsHead().output_types["output"] == TensorSpec("b", LogitsType, "Float")


def test_a_module_without_forward_has_no_interface() -> None:
    class Nothing(NeuralModule): ...

    with pytest.raises(AnnotationError, match="Nothing defines no forward; define one with annotations"):
        _ = Nothing().interface


def test_a_plain_module_that_is_checked_has_an_interface() -> None:
    from neuraltypes._forward import interface_of as module_interface

    @typecheck
    class Plain(nn.Module):
        def forward(self, x: Float[Tensor, "b"], *, n: int = 1) -> Float[Tensor, "b"]:
            return x * n

    interface = module_interface(Plain)
    assert_inputs(interface, x=ROW, n=ValueSpec("int"))
    assert interface.outputs == {"output": ROW}


# Functions.


def test_every_sort_of_parameter_is_an_input() -> None:
    def f(
        a: Float[Tensor, "b"], /, c: int, *rest: Float[Tensor, "b"], d: str = "", **more: Float[Tensor, "b"]
    ) -> None: ...

    interface = interface_of(f)
    assert list(interface.inputs) == ["a", "c", "rest", "d", "more"]
    assert interface.required == {"a", "c"}
    assert interface.outputs == {}


def test_starred_parameters_hold_several_of_their_type() -> None:
    def f(*rest: Float[Tensor, "b"], **more: Float[Tensor, "b"]) -> None: ...

    assert_inputs(read_interface(f), rest=ListSpec(ROW, container="tuple"), more=DictSpec(ROW, ValueSpec("str")))


def returning(annotation: Any) -> Callable[..., Any]:
    def f() -> Any: ...

    f.__annotations__["return"] = annotation
    return f


Row = Float[Tensor, "b"]


@pytest.mark.parametrize(
    ("annotation", "outputs"),
    [
        (Row, {"output": ROW}),
        (None, {}),
        (tuple[Row, int], {"0": ROW, "1": ValueSpec("int")}),
        (list[Row], {"output": ListSpec(ROW)}),
        (dict[str, Row], {"output": DictSpec(ROW, ValueSpec("str"))}),
        (Row | None, {"output": OptionalSpec(ROW)}),
        (Options, {"first": ROW, "second": ValueSpec("int")}),
        (int, {"output": ValueSpec("int")}),
    ],
)
def test_outputs_are_named_by_field_number_or_output(annotation: Any, outputs: dict[str, Any]) -> None:
    interface = interface_of(returning(annotation))
    assert list(interface.outputs.items()) == list(outputs.items())


def test_a_generator_is_typed_by_what_it_yields() -> None:
    def several() -> Iterator[Row]:
        yield from ()

    def with_result() -> Generator[Row, int, str]:
        yield from ()
        return ""

    async def later() -> AsyncIterator[Row]:
        yield zeros(1)

    for function in (several, with_result, later):
        interface = interface_of(function)
        assert interface.yields
        assert interface.result == ROW
    assert not interface_of(returning(Iterator[Row])).yields


def test_self_and_cls_are_left_out() -> None:
    def method(self, x: int) -> None: ...  # type: ignore[no-untyped-def]

    def constructor(cls, x: int) -> None: ...  # type: ignore[no-untyped-def]

    assert list(interface_of(method).inputs) == ["x"]
    assert list(interface_of(constructor).inputs) == ["x"]


# Annotations that are strings.


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Makes a module with `from __future__ import annotations`."""

    def make(source: str) -> ModuleType:
        name = f"case_{uuid.uuid4().hex}"
        path = tmp_path / f"{name}.py"
        path.write_text(_HEADER + textwrap.dedent(source))
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, made)
        spec.loader.exec_module(made)
        return made

    return make


_HEADER = """
from __future__ import annotations
from typing import TYPE_CHECKING, NamedTuple
from jaxtyping import Float, Int
from torch import Tensor
from neuraltypes import NeuralModule, NeuralType, typecheck
from neuraltypes.elements import LogitsType
if TYPE_CHECKING:
    from collections import Counter
"""

Make = Callable[[str], Any]


def test_annotations_of_the_future_are_resolved(module: Make) -> None:
    case = module("""
        class Model(NeuralModule):
            def forward(
                self, *, x: NeuralType[Float[Tensor, "b t"], LogitsType], n: int = 2
            ) -> list[Float[Tensor, "b"]]:
                return [x[:, 0]] * n
    """)
    assert_inputs(case.Model().interface, x=TensorSpec("b t", LogitsType, "Float"), n=ValueSpec("int"))
    assert case.Model().output_types == {"output": ListSpec(ROW)}


def test_a_forward_reference_is_resolved_when_the_class_exists(module: Make) -> None:
    case = module("""
        class Model(NeuralModule):
            def forward(self, *, x: Later) -> Later:
                return x

        class Later(NamedTuple):
            value: Float[Tensor, "b"]
    """)
    assert_inputs(case.Model().interface, x=RecordSpec("Later", (("value", ROW),)))


def test_a_name_local_to_a_function_is_resolved(module: Make) -> None:
    case = module("""
        def make():
            Row = Float[Tensor, "b"]

            class Model(NeuralModule):
                def forward(self, *, x: Row) -> list[Row]:
                    return [x]

            @typecheck
            def f(x: Row) -> Row:
                return x

            return Model, f
    """)
    model, function = case.make()
    assert_inputs(model().interface, x=ROW)
    assert_inputs(function._neural_hook.interface, x=ROW)


def test_a_local_name_that_is_defined_later_is_resolved_at_the_first_use(module: Make) -> None:
    case = module("""
        class Model(NeuralModule):
            def forward(self, *, x: Later) -> None: ...

        model = Model()
        Later = Float[Tensor, "b"]
    """)
    assert_inputs(case.model.interface, x=ROW)


def test_a_name_that_cannot_be_resolved_names_the_parameter(module: Make) -> None:
    case = module("""
        class Model(NeuralModule):
            def forward(self, *, x: Float[Tensor, "b"], counts: Counter[str]) -> None: ...

        class Result(NeuralModule):
            def forward(self, *, x: Float[Tensor, "b"]) -> Counter[str]: ...
    """)
    fix = "import the name outside `if TYPE_CHECKING`"
    with pytest.raises(AnnotationError) as error:
        _ = case.Model().interface
    assert str(error.value) == (
        "Model.forward(counts=): the annotation 'Counter[str]' cannot be resolved: "
        f"name 'Counter' is not defined; {fix}"
    )
    with pytest.raises(AnnotationError) as error:
        _ = case.Result().output_types
    assert str(error.value) == (
        f"Result.forward(->): the annotation 'Counter[str]' cannot be resolved: name 'Counter' is not defined; {fix}"
    )


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (
            'Float[Tensor, "2t"]',
            'f(x=): axes "2t": "2t" is neither a name, a number nor an expression; write for example "t", "80", ',
        ),
        ('Float[Tensor, "b,t"]', "f(x=): ValueError: Axes should be separated with spaces, not commas"),
        ("Float[Tensor", "f(x=): SyntaxError: Forward reference must be an expression -- got 'Float[Tensor'"),
        ("Tensor.Missing", "f(x=): AttributeError: type object 'Tensor' has no attribute 'Missing'"),
        ("NeuralType[Tensor, None]", "f(x=): NeuralType: element None says nothing"),
    ],
)
def test_a_malformed_annotation_names_function_and_parameter(module: Make, annotation: str, message: str) -> None:
    case = module("def f(x): ...")
    case.f.__annotations__["x"] = annotation
    with pytest.raises(AnnotationError) as error:
        read_interface(case.f)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("annotation", ["Float[Tensor, 3]", "3 + 'x'", "1 / 0", "{}['a']", "int[1]"])
def test_an_annotation_that_fails_names_function_and_parameter(module: Make, annotation: str) -> None:
    case = module(f"def f(x: {annotation}): ...")
    with pytest.raises(AnnotationError, match=r"^f\(x=\): "):
        read_interface(case.f)


# JSON.


@pytest.mark.parametrize("cls", [Encoder, Quieter, Wider, Bare, Head, LogitsHead])
def test_an_interface_survives_json(cls: type[NeuralModule]) -> None:
    interface = cls().interface
    again = interface_from_json(json.loads(json.dumps(interface.to_json())))
    assert again == interface
    assert hash(again) == hash(interface)
    assert list(again.inputs) == list(interface.inputs)
    assert str(again) == str(interface)


def test_an_interface_prints_as_a_signature() -> None:
    interface = interface_of(returning(tuple[Row, int]))
    assert str(interface) == '() -> tuple[Float[Tensor, "b"], int]'
    assert str(Head[LogitsType]().interface) == (
        '(x: NeuralType[Float[Tensor, "b"], LogitsType]) -> NeuralType[Float[Tensor, "b"], LogitsType]'
    )
    assert "scale: float = ..." in str(Encoder().interface)


def test_interfaces_compare_by_what_they_say() -> None:
    assert Interface((("x", ROW),), ROW) == Interface((("x", ROW),), ROW)
    assert Interface((("x", ROW),), ROW) != Interface((("y", ROW),), ROW)
    assert Interface((("x", ROW), ("y", LENGTHS)), ROW) != Interface((("y", LENGTHS), ("x", ROW)), ROW)
    assert Interface((("x", ROW),), TupleSpec((ROW,))) != Interface((("x", ROW),), ROW)


GOOD: dict[str, Any] = {
    "inputs": [["x", {"is": "tensor"}]],
    "required": ["x"],
    "result": {"is": "value", "type": "None"},
}


@pytest.mark.parametrize("missing", GOOD)
def test_data_that_lacks_a_part_is_refused(missing: str) -> None:
    assert interface_from_json(GOOD).required == {"x"}
    with pytest.raises(AnnotationError, match=f"interface data is malformed: KeyError\\('{missing}'\\)"):
        interface_from_json({key: value for key, value in GOOD.items() if key != missing})


@pytest.mark.parametrize(
    "data",
    [
        {**GOOD, "inputs": [["x"]]},
        {**GOOD, "inputs": [["x", {"is": "nothing"}]]},
        {**GOOD, "inputs": "x"},
        {**GOOD, "result": {}},
    ],
)
def test_malformed_data_is_refused(data: Any) -> None:
    with pytest.raises(AnnotationError):
        interface_from_json(data)


@pytest.mark.parametrize(
    "data", [None, 3, [], {**GOOD, "inputs": None}, {**GOOD, "inputs": [3]}, {**GOOD, "required": 3}]
)
def test_data_of_the_wrong_type_is_refused(data: Any) -> None:
    with pytest.raises(AnnotationError):
        interface_from_json(data)


# Computed axes.


@pytest.mark.parametrize(
    "annotations", [{"x": Float[Tensor, "foo+1"]}, {"x": Float[Tensor, "b"], "return": Float[Tensor, "2*foo"]}]
)
def test_a_computed_axis_that_reads_what_nothing_binds_is_refused(annotations: dict[str, Any]) -> None:
    def f(x: Any) -> Any:
        return x

    f.__annotations__ = annotations
    with pytest.raises(AnnotationError, match="foo"):
        typecheck(f)(x=None)
