"""Specs: read from annotations or made by hand, printed, compared, hashed and written as JSON."""

import collections
import dataclasses
import json
import typing
from collections import OrderedDict
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from typing import Annotated, Any, Generic, NamedTuple, NewType, NotRequired, Optional, TypedDict, TypeVar, Union

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jaxtyping import AbstractDtype, Bool, Float, Int, Shaped
from torch import Tensor, nn

from neuraltypes import (
    AnnotationError,
    AxisKind,
    DictSpec,
    ElementVar,
    ListSpec,
    NeuralType,
    OptionalSpec,
    RecordSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    UnionSpec,
    ValueSpec,
    elements,
    spec_from_annotation,
    spec_from_json,
)
from neuraltypes._axes import FixedAxis, NamedAxis
from neuraltypes._dtypes import DType
from neuraltypes.elements import (
    AudioSignal,
    ElementType,
    EncodedRepresentation,
    LabelsType,
    LengthsType,
    LogitsType,
    MelSpectrogramType,
)
from neuraltypes.kinds import BATCH, CHANNEL, TIME

E = TypeVar("E", bound=ElementType)
F = TypeVar("F", bound=EncodedRepresentation)
T = TypeVar("T")

Logits = NeuralType[Float[Tensor, "b c"], LogitsType]
Lengths = Int[Tensor, "b"]
LOGITS = TensorSpec("b c", LogitsType, "Float")
LENGTHS = TensorSpec("b", dtype="Int")
FLAGS = TensorSpec("b", dtype="Bool")


class Energy(LogitsType): ...


class Output(NamedTuple):
    logits: Logits
    lengths: Lengths
    name: str = ""


@dataclasses.dataclass
class Batch:
    logits: Logits
    note: str
    lengths: Lengths | None = None


class Options(TypedDict):
    logits: Logits
    scale: NotRequired[float]
    lengths: NotRequired[Lengths]


class LooseOptions(TypedDict, total=False):
    logits: Logits


class Nested(NamedTuple):
    outputs: list[Output]
    options: dict[str, Options]


@dataclasses.dataclass
class Tree:
    value: Logits
    left: "Tree | None" = None
    right: "Tree | None" = None


@dataclasses.dataclass
class Plain:
    name: str


class Generated(NamedTuple, Generic[E]):
    value: NeuralType[Float[Tensor, "b"], E]


@dataclasses.dataclass
class Pair(Generic[E, F]):
    one: NeuralType[Float[Tensor, "b"], E]
    two: list[NeuralType[Float[Tensor, "b"], F]]


Row = NewType("Row", Tensor)
Score = NewType("Score", float)


class Half(AbstractDtype):
    dtypes = ("float16", "bfloat16")


OUTPUT = RecordSpec("Output", (("logits", LOGITS), ("lengths", LENGTHS), ("name", ValueSpec("str"))))
OPTIONS = RecordSpec(
    "Options",
    (("logits", LOGITS), ("scale", ValueSpec("float")), ("lengths", LENGTHS)),
    "typeddict",
    frozenset({"scale", "lengths"}),
)


def assert_reads(hint: Any, spec: Spec) -> None:
    read = spec_from_annotation(hint)
    assert read == spec
    assert hash(read) == hash(spec)
    assert_survives_json(read)


def assert_survives_json(spec: Spec) -> None:
    again = spec_from_json(json.loads(json.dumps(spec.to_json())))
    assert again == spec
    assert again.to_json() == spec.to_json()


def assert_refused(hint: Any, message: str) -> None:
    with pytest.raises(AnnotationError) as error:
        spec_from_annotation(hint)
    assert str(error.value) == message


# By hand.


@pytest.mark.parametrize(
    "axes",
    ["B T C", ("B", "T", "C"), ["B", "T", "C"], [NamedAxis("B"), "T", NamedAxis("C")], iter(("B", "T", "C"))],
)
def test_axes_are_given_as_one_string_or_one_by_one(axes: Any) -> None:
    assert TensorSpec(axes) == TensorSpec("B T C")


def test_axes_are_given_as_kinds_and_sizes() -> None:
    spec = TensorSpec((BATCH, TIME, "mel=80", 3, CHANNEL))
    assert spec.kinds == (BATCH, TIME, None, None, CHANNEL)
    assert spec.axes is not None
    assert spec.axes[2:4] == (FixedAxis(80, label="mel"), FixedAxis(3))
    assert spec.ndim == 5


@pytest.mark.parametrize(
    ("spec", "kinds", "ndim"),
    [
        (TensorSpec(), None, None),
        (TensorSpec(()), (), 0),
        (TensorSpec(""), (), 0),
        (TensorSpec("b t"), (BATCH, TIME), 2),
        (TensorSpec("... t"), (None, TIME), None),
        (TensorSpec("*b t"), (None, TIME), None),
    ],
)
def test_no_axes_are_a_scalar_and_unknown_axes_are_none(spec: TensorSpec, kinds: Any, ndim: int | None) -> None:
    assert spec.kinds == kinds
    assert spec.ndim == ndim
    assert TensorSpec(()) != TensorSpec()


def test_an_element_is_given_as_its_class_or_an_instance() -> None:
    assert TensorSpec("b", LogitsType) == TensorSpec("b", element=LogitsType())
    assert TensorSpec("b", LogitsType).element == LogitsType()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"axes": ("b t",)}, 'axes "b t": one axis is expected here, got 2; give each axis its own string: ("b", "t")'),
        (
            {"axes": ("...", "*b")},
            'axes "... *b": "..." and "*b" both take any number of axes; keep one of them',
        ),
        ({"axes": (True,)}, 'axes: True is no axis; write a name such as "B", a size such as 80, or a kind'),
        ({"axes": "b,t"}, 'axes "b,t": axes are separated by spaces, not commas; write "b t"'),
        ({"dtype": "float"}, 'dtype "float" is no jaxtyping name; write "Float"'),
        (
            {"element": "Logits"},
            (
                "element 'Logits' is no element type; write a subclass of ElementType such as LogitsType, "
                "or an instance such as AudioSignal(freq=16000)"
            ),
        ),
    ],
)
def test_a_malformed_part_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(AnnotationError) as error:
        TensorSpec(**arguments)
    assert str(error.value) == message


@pytest.mark.parametrize("axis", [None, 3.5, (1, 2), LogitsType])
def test_what_is_no_axis_is_refused(axis: Any) -> None:
    with pytest.raises(AnnotationError) as error:
        TensorSpec(("b", axis))
    assert str(error.value) == f'axes: {axis!r} is no axis; write a name such as "B", a size such as 80, or a kind'


@pytest.mark.parametrize("axes", [3, 3.5, LogitsType(), True])
def test_what_is_no_sequence_of_axes_is_refused(axes: Any) -> None:
    with pytest.raises(AnnotationError) as error:
        TensorSpec(axes)
    message = f'axes: {axes!r} is no axis string and no sequence of axes; write "b t c" or ("b", "t", "c")'
    assert str(error.value) == message


def test_a_kind_that_is_not_registered_is_refused() -> None:
    with pytest.raises(AnnotationError) as error:
        TensorSpec((AxisKind("unheard_of"),))
    assert str(error.value) == 'axes: kind "unheard_of" is not registered; register_kind("unheard_of") first'


def test_a_spec_is_immutable() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        LOGITS.axes = None  # type: ignore[misc]


# The standard example of the field.

ENCODED = TensorSpec(("B", "T", "C"), EncodedRepresentation())
STATES = ListSpec(TensorSpec(("D", "B", "C"), EncodedRepresentation()))
STANDARD = RecordSpec("Outputs", (("y", ENCODED), ("h_c", STATES)))


class Outputs(NamedTuple):
    y: NeuralType[Float[Tensor, "B T C"], EncodedRepresentation]
    h_c: list[NeuralType[Float[Tensor, "D B C"], EncodedRepresentation]]


def test_the_standard_example_by_hand_and_from_an_annotation() -> None:
    assert_survives_json(STANDARD)
    read = spec_from_annotation(Outputs)
    assert STANDARD.compare(read).accepted
    assert read.compare(STANDARD).accepted
    assert str(read) == (
        'Outputs(y: NeuralType[Float[Tensor, "B T C"], EncodedRepresentation], '
        'h_c: list[NeuralType[Float[Tensor, "D B C"], EncodedRepresentation]])'
    )
    assert ENCODED.kinds == (BATCH, TIME, CHANNEL)
    as_tuple = TupleSpec((ENCODED, STATES))
    assert as_tuple.compare(read).accepted
    assert not TupleSpec((STATES, ENCODED)).compare(read).accepted


# From annotations.


@pytest.mark.parametrize(
    ("hint", "spec"),
    [
        (Tensor, TensorSpec()),
        (nn.Parameter, TensorSpec()),
        (Shaped[Tensor, "b t"], TensorSpec("b t", dtype="Shaped")),
        (Float[Tensor, "b t"], TensorSpec("b t", dtype="Float")),
        (Float[Tensor, ""], TensorSpec("", dtype="Float")),
        (Float[Tensor, "..."], TensorSpec("...", dtype="Float")),
        (Logits, LOGITS),
        (NeuralType[Tensor, LogitsType], TensorSpec(element=LogitsType)),
        (
            NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)],
            TensorSpec("b t", AudioSignal(freq=16000), "Float"),
        ),
        (Annotated[Float[Tensor, "b c"], LogitsType], LOGITS),
        (Annotated[Float[Tensor, "b c"], "a note", LogitsType(), 3], LOGITS),
        (Annotated[Tensor, "a note"], TensorSpec()),
        (Annotated[Annotated[Float[Tensor, "b c"], "note"], LogitsType], LOGITS),
        (Row, TensorSpec()),
        (NewType("Alias", Logits), LOGITS),
        (Float[Float[Tensor, "b"], "c d"], TensorSpec("c d b", dtype="Float")),
        (NeuralType[Float[Float[Tensor, "b"], "c"], LogitsType], TensorSpec("c b", LogitsType, "Float")),
        (Half[Tensor, "b"], TensorSpec("b", dtype=DType("Half", frozenset({"float16", "bfloat16"})))),
        (typing.Final[Logits], LOGITS),
        (typing.ClassVar[Logits], LOGITS),
    ],
)
def test_a_tensor_type(hint: Any, spec: Spec) -> None:
    assert_reads(hint, spec)


@pytest.mark.parametrize(
    ("hint", "spec"),
    [
        (Optional[Logits], OptionalSpec(LOGITS)),  # noqa: UP045
        (Logits | None, OptionalSpec(LOGITS)),
        (None | Logits, OptionalSpec(LOGITS)),
        (Union[Logits, Lengths], UnionSpec((LOGITS, LENGTHS))),  # noqa: UP007
        (Logits | Lengths, UnionSpec((LOGITS, LENGTHS))),
        (Logits | Lengths | None, OptionalSpec(UnionSpec((LOGITS, LENGTHS)))),
        (Logits | int, UnionSpec((LOGITS, ValueSpec("int")))),
        (Float[Tensor | nn.Parameter, "b c"], UnionSpec((TensorSpec("b c", dtype="Float"),) * 2)),
        (NeuralType[Float[Tensor, "b c"] | None, LogitsType], OptionalSpec(LOGITS)),
        (NeuralType[Float[Tensor, "b c"] | str, LogitsType], UnionSpec((LOGITS, ValueSpec("str")))),
        (list[Logits], ListSpec(LOGITS)),
        (typing.List[Logits], ListSpec(LOGITS)),  # noqa: UP006
        (MutableSequence[Logits], ListSpec(LOGITS)),
        (Sequence[Logits], ListSpec(LOGITS, container="sequence")),
        (tuple[Logits, ...], ListSpec(LOGITS, container="tuple")),
        (tuple[Logits], TupleSpec((LOGITS,))),
        (tuple[Logits, Lengths], TupleSpec((LOGITS, LENGTHS))),
        (tuple[Logits, int], TupleSpec((LOGITS, ValueSpec("int")))),
        (typing.Tuple[Logits, Lengths], TupleSpec((LOGITS, LENGTHS))),  # noqa: UP006
        (dict[str, Logits], DictSpec(LOGITS, ValueSpec("str"))),
        (Mapping[int, Logits], DictSpec(LOGITS, ValueSpec("int"), "mapping")),
        (MutableMapping[int, Logits], DictSpec(LOGITS, ValueSpec("int"), "mapping")),
        (OrderedDict[str, Logits], DictSpec(LOGITS, ValueSpec("str"))),
        (
            list[tuple[Logits, dict[str, Logits | None]]],
            ListSpec(TupleSpec((LOGITS, DictSpec(OptionalSpec(LOGITS), ValueSpec("str"))))),
        ),
        (NeuralType[list[Float[Tensor, "b c"]], LogitsType], ListSpec(LOGITS)),
        (list[Tensor], ListSpec(TensorSpec())),
    ],
)
def test_a_container_of_tensor_types(hint: Any, spec: Spec) -> None:
    assert_reads(hint, spec)


@pytest.mark.parametrize(
    ("hint", "spec"),
    [
        (Output, OUTPUT),
        (
            Batch,
            RecordSpec(
                "Batch",
                (("logits", LOGITS), ("note", ValueSpec("str")), ("lengths", OptionalSpec(LENGTHS))),
                "dataclass",
            ),
        ),
        (Options, OPTIONS),
        (LooseOptions, RecordSpec("LooseOptions", (("logits", LOGITS),), "typeddict", frozenset({"logits"}))),
        (
            Nested,
            RecordSpec("Nested", (("outputs", ListSpec(OUTPUT)), ("options", DictSpec(OPTIONS, ValueSpec("str"))))),
        ),
        (list[Output], ListSpec(OUTPUT)),
        (Output | None, OptionalSpec(OUTPUT)),
        (collections.namedtuple("Bare", "x y"), ValueSpec("Bare")),  # noqa: PYI024
    ],
)
def test_a_record_of_tensor_types(hint: Any, spec: Spec) -> None:
    assert_reads(hint, spec)


def test_a_record_remembers_its_class_but_is_equal_without() -> None:
    read = spec_from_annotation(Output)
    assert isinstance(read, RecordSpec)
    assert read.record_type is Output
    assert read.items == (LOGITS, LENGTHS, ValueSpec("str"))
    assert read == OUTPUT
    assert "record_type" not in repr(read)


def test_a_record_that_refers_to_itself_is_read_once() -> None:
    read = spec_from_annotation(Tree)
    assert isinstance(read, RecordSpec)
    assert read.fields[0] == ("value", LOGITS)
    assert [(name, type(spec)) for name, spec in read.fields[1:]] == [("left", ValueSpec), ("right", ValueSpec)]
    assert_survives_json(read)


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (int, "int"),
        (None, "None"),
        (type(None), "None"),
        (Any, "Any"),
        (int | str, "int | str"),
        (Optional[int], "Optional[int]"),  # noqa: UP045
        (list[int], "list[int]"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Plain, "Plain"),
        (nn.Linear, "Linear"),
        (Score, "float"),
        (typing.Literal["a", "b"], "Literal['a', 'b']"),
        (T, "T"),
    ],
)
def test_a_type_without_tensors_is_a_value(hint: Any, text: str) -> None:
    assert_reads(hint, ValueSpec(text))
    assert str(spec_from_annotation(hint)) == text


def test_an_element_variable_is_kept_with_its_bound() -> None:
    assert_reads(NeuralType[Float[Tensor, "b"], E], TensorSpec("b", ElementVar("E", ElementType()), "Float"))
    assert_reads(NeuralType[Float[Tensor, "b"], F], TensorSpec("b", ElementVar("F", EncodedRepresentation()), "Float"))
    assert_reads(NeuralType[Float[Tensor, "b"], T], TensorSpec("b", ElementVar("T"), "Float"))


def test_a_generic_record_is_filled_in() -> None:
    assert_reads(Generated[LogitsType], RecordSpec("Generated", (("value", TensorSpec("b", LogitsType, "Float")),)))
    read = spec_from_annotation(Pair[LogitsType, EncodedRepresentation])
    assert isinstance(read, RecordSpec)
    assert read.fields == (
        ("one", TensorSpec("b", LogitsType, "Float")),
        ("two", ListSpec(TensorSpec("b", EncodedRepresentation, "Float"))),
    )
    bare = spec_from_annotation(Generated)
    assert bare == RecordSpec("Generated", (("value", TensorSpec("b", ElementVar("E", ElementType()), "Float")),))


def test_a_type_variable_over_tensors_is_its_bound() -> None:
    assert_reads(TypeVar("X", bound=Tensor), TensorSpec())


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (
            Annotated[Float[Tensor, "b"], LogitsType, LabelsType],
            'Float[Tensor, "b"]: two elements, LogitsType() and LabelsType(); keep one',
        ),
        (
            Annotated[list[Logits], LabelsType],
            'NeuralType[Float[Tensor, "b c"], LogitsType]: two elements, LogitsType() and LabelsType(); keep one',
        ),
        (
            Annotated[tuple[Float[Tensor, "b"], Int[Tensor, "b"]], LabelsType],
            (
                'tuple[Float[Tensor, "b"], Int[Tensor, "b"]]: give each tensor type inside its own element, '
                "not the whole LabelsType()"
            ),
        ),
        (
            Float[Tensor, "self.d"],
            'axes "self.d": "self.d" is no axis; read an attribute or argument in braces: "{self.d}"',
        ),
    ],
)
def test_a_malformed_annotation_is_refused(hint: Any, message: str) -> None:
    assert_refused(hint, message)


_USAGE = 'write NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]'


def test_neural_type_takes_a_tensor_type_and_an_element() -> None:
    namespace: Any = NeuralType
    with pytest.raises(AnnotationError) as error:
        namespace[Tensor]
    assert str(error.value) == f"NeuralType takes a tensor type and one element, got {Tensor!r}; {_USAGE}"
    with pytest.raises(AnnotationError, match="takes a tensor type and one element"):
        namespace[Tensor, LogitsType, LabelsType]
    with pytest.raises(AnnotationError, match="element None says nothing"):
        namespace[Tensor, None]
    with pytest.raises(AnnotationError, match="NeuralType: element 'Logits' is no element type"):
        namespace[Tensor, "Logits"]
    with pytest.raises(AnnotationError) as error:
        namespace()
    assert str(error.value) == f"NeuralType is an annotation and has no instances; {_USAGE}"


@pytest.mark.parametrize("form", ["{}", "list[{}]", "{} | None", "dict[str, tuple[{}, int]]"])
def test_a_malformed_axis_is_refused_where_neural_type_is_written(form: str) -> None:
    annotation = form.format("Float[Tensor, '2t']")
    with pytest.raises(AnnotationError, match='axes "2t": "2t" is neither a name'):
        eval(f"NeuralType[{annotation}, LogitsType]")


def test_a_field_that_cannot_be_resolved_is_named() -> None:
    @dataclasses.dataclass
    class Broken:
        value: "Missing"  # type: ignore[name-defined]

    assert_refused(
        Broken,
        "Broken: the annotation of a field cannot be resolved: name 'Missing' is not defined; "
        "import the name outside `if TYPE_CHECKING`",
    )


# Printing, equality, hash.

SPECS: list[Spec] = [
    TensorSpec(),
    TensorSpec(""),
    TensorSpec("b t mel=80"),
    TensorSpec("b #c 2*t {self.d} *x"),
    TensorSpec(element=LogitsType),
    TensorSpec("b t", AudioSignal(freq=16000), "Float32"),
    TensorSpec(("B", TIME, 3), MelSpectrogramType, "Shaped"),
    LOGITS,
    ListSpec(LOGITS),
    ListSpec(LOGITS, 3, "tuple"),
    ListSpec(LOGITS, container="sequence"),
    TupleSpec(()),
    TupleSpec((LOGITS, LENGTHS)),
    DictSpec(LOGITS, ValueSpec("str")),
    DictSpec(LENGTHS, ValueSpec("str"), "mapping"),
    OUTPUT,
    OPTIONS,
    OptionalSpec(LOGITS),
    UnionSpec((LOGITS, LENGTHS)),
    ValueSpec("Any"),
    ValueSpec("list[int]"),
    STANDARD,
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_a_repr_evaluates_to_an_equal_spec(spec: Spec) -> None:
    import neuraltypes

    names = {name: getattr(neuraltypes, name) for name in neuraltypes.__all__ if name.endswith("Spec")}
    again = eval(repr(spec), names | vars(elements))
    assert again == spec
    assert hash(again) == hash(spec)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (TensorSpec(), "TensorSpec()"),
        (TensorSpec(""), 'TensorSpec("")'),
        (TensorSpec(("B", "T", 80)), 'TensorSpec("B T 80")'),
        (LOGITS, 'TensorSpec("b c", element=LogitsType(), dtype="Float")'),
        (TensorSpec(element=AudioSignal(freq=8)), "TensorSpec(element=AudioSignal(freq=8))"),
        (TensorSpec("*b mel=80"), 'TensorSpec("*b mel=80")'),
        (TensorSpec((TIME,)), 'TensorSpec("time=_")'),
        (ListSpec(TensorSpec("b")), "ListSpec(item=TensorSpec(\"b\"), size=None, container='list')"),
    ],
)
def test_a_repr_reads_like_the_call(spec: Spec, text: str) -> None:
    assert repr(spec) == text


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (TensorSpec(), 'Shaped[Tensor, "..."]'),
        (LENGTHS, 'Int[Tensor, "b"]'),
        (LOGITS, 'NeuralType[Float[Tensor, "b c"], LogitsType]'),
        (
            TensorSpec("b", AudioSignal(freq=8), "Float"),
            'NeuralType[Float[Tensor, "b"], AudioSignal(freq=8)]',
        ),
        (TensorSpec("b", ElementVar("E")), 'NeuralType[Shaped[Tensor, "b"], E]'),
        (ListSpec(LENGTHS), 'list[Int[Tensor, "b"]]'),
        (ListSpec(LENGTHS, container="tuple"), 'tuple[Int[Tensor, "b"], ...]'),
        (ListSpec(LENGTHS, container="sequence"), 'Sequence[Int[Tensor, "b"]]'),
        (TupleSpec((LENGTHS, FLAGS)), 'tuple[Int[Tensor, "b"], Bool[Tensor, "b"]]'),
        (TupleSpec(()), "tuple[()]"),
        (DictSpec(LENGTHS, ValueSpec("str")), 'dict[str, Int[Tensor, "b"]]'),
        (OptionalSpec(LENGTHS), 'Int[Tensor, "b"] | None'),
        (UnionSpec((LENGTHS, FLAGS)), 'Int[Tensor, "b"] | Bool[Tensor, "b"]'),
        (RecordSpec("R", (("a", LENGTHS), ("b", ValueSpec("int")))), 'R(a: Int[Tensor, "b"], b: int)'),
    ],
)
def test_a_spec_prints_as_its_annotation(spec: Spec, text: str) -> None:
    assert str(spec) == text


def test_specs_that_say_different_things_differ() -> None:
    assert len(set(SPECS)) == len(SPECS)
    assert all(one != other for one in SPECS for other in SPECS if one is not other)
    assert spec_from_annotation(Bool[Tensor, "b"]) == FLAGS
    assert TensorSpec("b").__eq__("b") is NotImplemented


def test_equality_is_a_bool_and_no_outcome() -> None:
    equal: object = LOGITS == LENGTHS
    assert equal is False


def test_the_array_type_does_not_count() -> None:
    assert spec_from_annotation(nn.Parameter) == spec_from_annotation(Tensor)


# JSON.


def test_a_tensor_as_json_is_what_one_would_write() -> None:
    assert TensorSpec("b t", AudioSignal(freq=16000), "Float").to_json() == {
        "is": "tensor",
        "axes": "b t",
        "element": {"name": "neuraltypes.elements.AudioSignal", "parameters": {"freq": 16000}},
        "dtype": "Float",
    }
    assert TensorSpec().to_json() == {"is": "tensor"}


@pytest.mark.parametrize(
    "spec",
    [
        *SPECS,
        TensorSpec("b", Energy),
        TensorSpec("b", ElementVar("E")),
        TensorSpec("b", ElementVar("G", AudioSignal(freq=3))),
        TensorSpec("b", dtype=DType("Half", frozenset({"float16"}))),
        TensorSpec("b", dtype=DType("Float", frozenset({"float16"}))),
        ListSpec(ListSpec(OptionalSpec(UnionSpec((LOGITS, OUTPUT))))),
    ],
    ids=str,
)
def test_a_spec_survives_json(spec: Spec) -> None:
    assert_survives_json(spec)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"is": "tensor", "element": {"name": "somewhere.Else"}},
            'element "somewhere.Else" is not imported; import the module that defines it first',
        ),
        (
            {"is": "tensor", "element": {"name": "builtins.int"}},
            'element "builtins.int" is not imported; import the module that defines it first',
        ),
        (
            {"is": "tensor", "dtype": {"name": "Half", "members": ["float16", "float17"]}},
            "dtype \"Half\": 'float17' is no torch dtype",
        ),
        ({"is": "matrix"}, 'spec data "is": \'matrix\' is no kind of spec; expected "tensor", "list", "items", ...'),
        ({"is": "value", "type": None}, "spec data holds None where a text is expected"),
        (
            {"is": "list", "item": {"is": "tensor"}, "size": -1},
            "spec data holds the size -1, expected a whole number or nothing",
        ),
        (
            {"is": "tensor", "element": {"name": "neuraltypes.elements.AudioSignal", "parameters": {"freq": [1]}}},
            "spec data holds the parameters {'freq': [1]}; expected texts and numbers",
        ),
        ({}, "spec data is malformed: KeyError('is') in {}"),
        ({"is": "list"}, "spec data is malformed: KeyError('item') in {'is': 'list'}"),
    ],
)
def test_malformed_data_is_refused_in_words(data: Any, message: str) -> None:
    with pytest.raises(AnnotationError) as error:
        spec_from_json(data)
    assert str(error.value) == message


def test_data_names_no_class_that_is_no_element() -> None:
    for name in ("neuraltypes.elements.Domain", "neuraltypes.kinds.AxisKind", "os.system", ""):
        with pytest.raises(AnnotationError, match="is not imported"):
            spec_from_json({"is": "tensor", "element": {"name": name}})


_JUNK = st.one_of(
    *(st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=3), st.just({})),
    st.lists(st.integers(0, 2), max_size=2),
    st.dictionaries(st.sampled_from(["is", "name", "item"]), st.integers(), max_size=2),
)
_ELEMENT_DATA = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["neuraltypes.elements.LogitsType", "neuraltypes.elements.AudioSignal", "x"]) | _JUNK,
        "parameters": st.dictionaries(st.sampled_from(["freq", "domain", "__class__"]), _JUNK, max_size=2) | _JUNK,
        "var": st.just("E") | _JUNK,
        "bound": st.just({"name": "neuraltypes.elements.LogitsType"}) | _JUNK,
    },
)
_DTYPE_DATA = st.sampled_from(["Float", "float"]) | st.fixed_dictionaries(
    {}, optional={"name": st.just("Half") | _JUNK, "members": st.just(["float16"]) | _JUNK}
)


def _tensor_data() -> st.SearchStrategy[Any]:
    axes = st.sampled_from(["b t", "2*t", "b,t", "...", ["b", 3]]) | _JUNK
    return st.fixed_dictionaries(
        {"is": st.just("tensor")},
        optional={"axes": axes, "element": _ELEMENT_DATA | _JUNK, "dtype": _DTYPE_DATA | _JUNK},
    )


def _container_data(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    forms = ["list", "tuple", "sequence", "items", "dict", "namedtuple", "dataclass", "typeddict", "optional", "union"]
    field = st.tuples(st.sampled_from("ab") | _JUNK, parts).map(list)
    keys: dict[str, st.SearchStrategy[Any]] = {
        "item": parts,
        "items": st.lists(parts, max_size=2) | _JUNK,
        "options": st.lists(parts, max_size=2) | _JUNK,
        "key": parts | st.just({"is": "value", "type": "str"}),
        "value": parts,
        "fields": st.lists(field, max_size=2) | _JUNK,
        "name": st.just("R") | _JUNK,
        "optional": st.lists(st.sampled_from("ab"), max_size=2) | _JUNK,
        "size": st.integers(0, 3) | _JUNK,
        "type": st.just("int") | _JUNK,
    }
    return st.fixed_dictionaries({"is": st.sampled_from([*forms, "value"]) | _JUNK}, optional=keys)


_DATA = st.recursive(_tensor_data() | _JUNK, _container_data, max_leaves=4)


@given(_DATA)
@settings(max_examples=400, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_hostile_data_raises_annotation_errors_only(data: Any) -> None:
    try:
        spec = spec_from_json(data)
    except AnnotationError:
        return
    assert isinstance(spec, Spec)


@given(_DATA)
@settings(max_examples=400, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_data_that_is_read_gives_a_sound_spec(data: Any) -> None:
    try:
        spec = spec_from_json(data)
    except AnnotationError:
        return
    assert isinstance(hash(spec), int)
    assert isinstance(str(spec), str)
    assert isinstance(repr(spec), str)
    assert_survives_json(spec)


def test_data_nested_too_deeply_is_refused() -> None:
    data: Any = {"is": "value", "type": "int"}
    for _ in range(20_000):
        data = {"is": "optional", "item": data}
    with pytest.raises(AnnotationError):
        spec_from_json(data)


def test_lengths_are_no_logits() -> None:
    assert TensorSpec("b", LengthsType) != TensorSpec("b", LogitsType)
