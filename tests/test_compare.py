"""Comparison of types: the eight outcomes that NeMo documents, with none of its bugs."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuraltypes import (
    Comparison,
    DictSpec,
    ElementVar,
    ListSpec,
    OptionalSpec,
    RecordSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    UnionSpec,
    ValueSpec,
    register_kind,
)
from neuraltypes.elements import (
    AcousticEncodedRepresentation,
    AudioSignal,
    ChannelType,
    ElementType,
    EncodedRepresentation,
    LabelsType,
    LogitsType,
    LogprobsType,
    MelSpectrogramType,
    ProbsType,
    SpectrogramType,
    UnnormalizedType,
    VoidType,
)
from neuraltypes.kinds import ANY, BATCH, TIME

SAME, LESS, GREATER = Comparison.SAME, Comparison.LESS, Comparison.GREATER
DIM, TRANSPOSE = Comparison.DIM_INCOMPATIBLE, Comparison.TRANSPOSE_SAME
SIZE, PARAMS = Comparison.CONTAINER_SIZE_MISMATCH, Comparison.SAME_TYPE_INCOMPATIBLE_PARAMS
INCOMPATIBLE = Comparison.INCOMPATIBLE


class Speech(AudioSignal): ...


def tensor(axes: Any = None, element: Any = None, dtype: Any = None) -> TensorSpec:
    return TensorSpec(tuple(axes.split()) if isinstance(axes, str) else axes, element, dtype)


def assert_compares(expected: Spec, given: Spec, outcome: Comparison) -> None:
    assert expected.compare(given) is outcome


def test_there_are_eight_outcomes_and_two_are_accepted() -> None:
    assert [outcome.name for outcome in Comparison] == [
        *("SAME", "LESS", "GREATER", "DIM_INCOMPATIBLE", "TRANSPOSE_SAME"),
        *("CONTAINER_SIZE_MISMATCH", "SAME_TYPE_INCOMPATIBLE_PARAMS", "INCOMPATIBLE"),
    ]
    assert [outcome for outcome in Comparison if outcome.accepted] == [SAME, GREATER]


@pytest.mark.parametrize(
    ("expected", "given", "outcome"),
    [
        ("B T C", "B T C", SAME),
        ("B T C", "batch t_text d", SAME),
        ("b t", "x y", SAME),
        ("x y", "b t", SAME),
        ("", "", SAME),
        (None, "B T", SAME),
        ("B T", None, SAME),
        (None, None, SAME),
        ("", None, SAME),
        # The number of axes.
        ("B T", "B T C", INCOMPATIBLE),
        ("B T C", "B T", INCOMPATIBLE),
        ("", "B", INCOMPATIBLE),
        ("B B T", "B T", INCOMPATIBLE),
        # Sizes.
        ("B C=80", "B C=80", SAME),
        ("B C=80", "B C=64", DIM),
        ("B C=80", "B C", SAME),
        ("B C", "B C=64", SAME),
        ("80", "64", DIM),
        ("80", "80", SAME),
        ("mel=80", "80", SAME),
        ("#80", "1", SAME),
        ("80", "1", DIM),
        ("x=3 y=4", "x=4 y=3", DIM),
        # Kinds.
        ("B T", "T B", TRANSPOSE),
        ("B T C", "B C T", TRANSPOSE),
        ("B T C", "C B T", TRANSPOSE),
        ("B H W C", "B C H W", TRANSPOSE),
        ("B T", "B C", INCOMPATIBLE),
        ("B T", "T C", INCOMPATIBLE),
        ("B T", "T x", INCOMPATIBLE),
        ("B x T", "T x B", INCOMPATIBLE),
        ("B T=3", "T=3 B", TRANSPOSE),
        ("B T=3", "T=4 B", DIM),
        ("B T=3", "T B", TRANSPOSE),
        ("B=2 T=3", "T=2 B=3", DIM),
        # Of the two axes of one kind, each finds its partner whatever the order.
        ("T=3 T B", "B T T=3", TRANSPOSE),
        ("T=3 T=4 B", "B T=4 T=3", TRANSPOSE),
        ("T=3 T=4 B", "B T=3 T=3", DIM),
        ("T=3 T=4 B", "B T T=3", TRANSPOSE),
        ("T=3 T=4 B", "B T T=5", DIM),
        # Reordered, but with different counts of each kind: NeMo says TRANSPOSE_SAME.
        ("B B T", "B T T", INCOMPATIBLE),
        ("B T T", "B B T", INCOMPATIBLE),
        # Any number of axes.
        ("... C", "B T C", SAME),
        ("... C", "B C T", INCOMPATIBLE),
        ("B ...", "B T C", SAME),
        ("*b T C", "B T C", SAME),
        ("*b T C", "C", INCOMPATIBLE),
        ("*b T C", "T C", SAME),
        ("B T C", "... C", SAME),
        ("B T C", "... T", INCOMPATIBLE),
        ("B T", "... B T C", INCOMPATIBLE),
        ("... B T C", "B T", INCOMPATIBLE),
        ("B ... C", "B T ...", SAME),
        ("B ... C", "T ...", INCOMPATIBLE),
        ("... C=3", "... C=4", DIM),
        ("...", "", SAME),
    ],
)
def test_axes(expected: str | None, given: str | None, outcome: Comparison) -> None:
    assert_compares(tensor(expected), tensor(given), outcome)


@pytest.mark.parametrize(
    ("expected", "given", "outcome"),
    [
        ((BATCH, ANY), (BATCH, TIME), SAME),
        ((ANY, ANY, ANY), "B T C", SAME),
        ((BATCH, ANY, ANY), "B C T", SAME),
        # NeMo forgets, at the Any, that the axes before it differ.
        ((BATCH, ANY), (TIME, TIME), INCOMPATIBLE),
        ((BATCH, ANY), (TIME, BATCH), INCOMPATIBLE),
        ((ANY, BATCH), (TIME, TIME), INCOMPATIBLE),
        ((BATCH, ANY, ANY), "T C B", INCOMPATIBLE),
        # On the given side it fits nothing but itself.
        ((BATCH, TIME), (BATCH, ANY), INCOMPATIBLE),
        ((BATCH, ANY), (BATCH, ANY), SAME),
        ("B x", (BATCH, ANY), SAME),
        ("B any", "B T", SAME),
        ("B any=3", "B T=4", DIM),
        ((ANY,), "B T", INCOMPATIBLE),
    ],
)
def test_an_axis_of_kind_any(expected: Any, given: Any, outcome: Comparison) -> None:
    assert_compares(tensor(expected), tensor(given), outcome)


def test_a_projects_own_kinds_compare_as_the_built_in_ones() -> None:
    left, right = register_kind("left_of_test"), register_kind("right_of_test")
    assert_compares(tensor((left, right)), tensor((right, left)), TRANSPOSE)
    assert_compares(tensor((left,)), tensor((right,)), INCOMPATIBLE)


@pytest.mark.parametrize(
    ("expected", "given", "outcome"),
    [
        (tensor("B C", SpectrogramType), tensor("B C", SpectrogramType), SAME),
        (tensor("B C", SpectrogramType), tensor("B C", MelSpectrogramType), GREATER),
        (tensor("B C", MelSpectrogramType), tensor("B C", SpectrogramType), LESS),
        (tensor("B C", LogitsType), tensor("B C", ProbsType), INCOMPATIBLE),
        (tensor("B C", LogitsType), tensor("B C"), SAME),
        (tensor("B C"), tensor("B C", LogitsType), SAME),
        # A size or the order is told only where the elements are the same.
        (tensor("B C=3", LogitsType), tensor("B C=4", LogitsType), DIM),
        (tensor("B C=3", LogitsType), tensor("B C=4", ProbsType), INCOMPATIBLE),
        (tensor("B C=3", SpectrogramType), tensor("B C=4", MelSpectrogramType), INCOMPATIBLE),
        (tensor("B T", LogitsType), tensor("T B", LogitsType), TRANSPOSE),
        (tensor("B T", LogitsType), tensor("T B", ProbsType), INCOMPATIBLE),
        (tensor("B T", LogitsType), tensor("T B"), TRANSPOSE),
        (tensor("B C", LogitsType), tensor("B T", LogitsType), INCOMPATIBLE),
        # Parameters, for subclasses too: NeMo accepts the 8 kHz speech.
        (tensor("B T", AudioSignal(freq=16000)), tensor("B T", AudioSignal(freq=8000)), PARAMS),
        (tensor("B T", AudioSignal(freq=16000)), tensor("B T", Speech(freq=8000)), PARAMS),
        (tensor("B T", AudioSignal(freq=16000)), tensor("B T", Speech(freq=16000)), GREATER),
        (tensor("B T", AudioSignal(freq=16000)), tensor("B T", AudioSignal()), SAME),
        (tensor("B T", AudioSignal(freq=16000)), tensor("T B", AudioSignal(freq=8000)), INCOMPATIBLE),
        # Void.
        (tensor(None, VoidType), tensor("B T", LogitsType), SAME),
        (tensor(None, VoidType), ListSpec(tensor("B T")), SAME),
        (tensor(None, VoidType), ValueSpec("int"), SAME),
        (tensor("B T", VoidType), tensor("B T", LogitsType), SAME),
        (tensor("B T", VoidType), tensor("B C", LogitsType), INCOMPATIBLE),
        (tensor("B T", LogitsType), tensor("B T", VoidType), INCOMPATIBLE),
        # dtypes.
        (tensor("B", dtype="Float"), tensor("B", dtype="Float32"), GREATER),
        (tensor("B", dtype="Float32"), tensor("B", dtype="Float"), LESS),
        (tensor("B", dtype="Float"), tensor("B", dtype="Int"), INCOMPATIBLE),
        (tensor("B", dtype="Float"), tensor("B"), SAME),
        (tensor("B"), tensor("B", dtype="Float"), SAME),
        (tensor("B", dtype="Shaped"), tensor("B", dtype="Bool"), GREATER),
        # More specific here and more general there is neither.
        (tensor("B", SpectrogramType, "Float32"), tensor("B", MelSpectrogramType, "Float"), INCOMPATIBLE),
        (tensor("B", SpectrogramType, "Float"), tensor("B", MelSpectrogramType, "Float32"), GREATER),
        (tensor("B", MelSpectrogramType, "Float32"), tensor("B", SpectrogramType, "Float"), LESS),
        # Element variables.
        (tensor("B", ElementVar("E")), tensor("B", LogitsType), SAME),
        (tensor("B", ElementVar("E", ChannelType())), tensor("B", EncodedRepresentation), SAME),
        (tensor("B", ElementVar("E", ChannelType())), tensor("B", LogitsType), INCOMPATIBLE),
        (tensor("B", LogitsType), tensor("B", ElementVar("E", ProbsType())), INCOMPATIBLE),
        (tensor("B", LogitsType), tensor("B", ElementVar("E")), SAME),
        # What a layer puts out.
        (tensor("B", LogitsType), tensor("B", UnnormalizedType), GREATER),
        (tensor("B", ProbsType), tensor("B", UnnormalizedType), INCOMPATIBLE),
    ],
)
def test_elements_and_dtypes(expected: Spec, given: Spec, outcome: Comparison) -> None:
    assert_compares(expected, given, outcome)


X, MEL, LOGITS = tensor("B C", SpectrogramType), tensor("B C", MelSpectrogramType), tensor("B C", LogitsType)
X_80, X_64 = tensor("B C=80", SpectrogramType), tensor("B C=64", SpectrogramType)


def record(form: Any, *fields: tuple[str, Spec], optional: tuple[str, ...] = ()) -> RecordSpec:
    return RecordSpec("R", fields, form, frozenset(optional))


@pytest.mark.parametrize(
    ("expected", "given", "outcome"),
    [
        (ListSpec(X), ListSpec(X), SAME),
        (ListSpec(X), ListSpec(MEL), GREATER),
        (ListSpec(MEL), ListSpec(X), LESS),
        (ListSpec(X_80), ListSpec(X_64), DIM),
        (ListSpec(tensor("B T")), ListSpec(tensor("T B")), TRANSPOSE),
        (ListSpec(X), ListSpec(LOGITS), INCOMPATIBLE),
        (ListSpec(X), X, INCOMPATIBLE),
        (X, ListSpec(X), INCOMPATIBLE),
        (ListSpec(X), ListSpec(ListSpec(X)), INCOMPATIBLE),
        # Sizes, which NeMo never compares.
        (TupleSpec((X, X)), TupleSpec((X,)), SIZE),
        (TupleSpec((X, X)), TupleSpec((X, X, X)), SIZE),
        (TupleSpec(()), TupleSpec((X,)), SIZE),
        (ListSpec(X, size=2), ListSpec(X, size=3), SIZE),
        (ListSpec(X, size=2), ListSpec(X, size=2), SAME),
        (ListSpec(X, size=2), TupleSpec((X, X, X)), SIZE),
        (TupleSpec((ListSpec(X, size=2), X)), TupleSpec((ListSpec(X, size=3), X)), SIZE),
        (ListSpec(X, size=2), ListSpec(X), LESS),
        (TupleSpec((X, X)), ListSpec(X, container="tuple"), LESS),
        (TupleSpec((X, X)), ListSpec(LOGITS, container="tuple"), INCOMPATIBLE),
        # Item by item.
        (TupleSpec((X, LOGITS)), TupleSpec((X, LOGITS)), SAME),
        (TupleSpec((X, LOGITS)), TupleSpec((MEL, LOGITS)), GREATER),
        (TupleSpec((MEL, LOGITS)), TupleSpec((X, LOGITS)), LESS),
        (TupleSpec((X, MEL)), TupleSpec((MEL, X)), INCOMPATIBLE),
        (TupleSpec((X, LOGITS)), TupleSpec((LOGITS, X)), INCOMPATIBLE),
        (TupleSpec((X_80, LOGITS)), TupleSpec((X_64, LOGITS)), DIM),
        (TupleSpec((MEL, X_80)), TupleSpec((X, X_64)), DIM),
        (ListSpec(tensor("B T", AudioSignal(freq=8))), ListSpec(tensor("B T", AudioSignal(freq=9))), PARAMS),
        # Dicts: NeMo raises AttributeError.
        (DictSpec(X, ValueSpec("str")), DictSpec(MEL, ValueSpec("str")), GREATER),
        (DictSpec(X, ValueSpec("str")), DictSpec(X, ValueSpec("int")), INCOMPATIBLE),
        (DictSpec(X_80, ValueSpec("str")), DictSpec(X_64, ValueSpec("str")), DIM),
        (DictSpec(X, ValueSpec("str")), ListSpec(X), INCOMPATIBLE),
        # Records.
        (record("namedtuple", ("a", X)), record("namedtuple", ("a", MEL)), GREATER),
        (record("namedtuple", ("a", X)), record("namedtuple", ("a", X), ("b", X)), SIZE),
        (record("namedtuple", ("a", X)), TupleSpec((MEL,)), GREATER),
        (record("typeddict", ("a", X)), record("typeddict", ("a", X), ("b", X)), SAME),
        (record("typeddict", ("a", X), ("b", X)), record("typeddict", ("a", X)), SIZE),
        (record("typeddict", ("a", X), ("b", X), optional=("b",)), record("typeddict", ("a", X)), SAME),
        (record("typeddict", ("a", X)), record("typeddict", ("a", LOGITS)), INCOMPATIBLE),
        (record("typeddict", ("a", X)), record("namedtuple", ("a", X)), INCOMPATIBLE),
        (record("typeddict", ("a", X)), DictSpec(X, ValueSpec("str")), INCOMPATIBLE),
    ],
)
def test_containers(expected: Spec, given: Spec, outcome: Comparison) -> None:
    assert_compares(expected, given, outcome)


@pytest.mark.parametrize(
    ("expected", "given", "outcome"),
    [
        (OptionalSpec(X), OptionalSpec(X), SAME),
        (OptionalSpec(X), OptionalSpec(MEL), GREATER),
        (OptionalSpec(X), X, GREATER),
        (OptionalSpec(MEL), X, LESS),
        (X, OptionalSpec(X), LESS),
        (X, OptionalSpec(MEL), INCOMPATIBLE),
        (OptionalSpec(X), LOGITS, INCOMPATIBLE),
        (OptionalSpec(X_80), X_64, DIM),
        (UnionSpec((X, LOGITS)), UnionSpec((LOGITS, X)), SAME),
        (UnionSpec((X, LOGITS)), X, GREATER),
        (UnionSpec((X, LOGITS)), MEL, GREATER),
        (UnionSpec((MEL, LOGITS)), X, LESS),
        (UnionSpec((X, LOGITS)), tensor("B C", ProbsType), INCOMPATIBLE),
        (UnionSpec((X_80, X_80)), X_64, DIM),
        (X, UnionSpec((X, LOGITS)), LESS),
        (UnionSpec((X, LOGITS, tensor("B C", ProbsType))), UnionSpec((LOGITS, MEL)), GREATER),
        (ValueSpec("Any"), X, SAME),
        (X, ValueSpec("Any"), SAME),
        (ValueSpec("Any"), ListSpec(X), SAME),
        (ValueSpec("int"), ValueSpec("int"), SAME),
        (ValueSpec("int"), ValueSpec("str"), INCOMPATIBLE),
        (ValueSpec("int"), ValueSpec("Any"), SAME),
        (ValueSpec("int"), X, INCOMPATIBLE),
        (X, ValueSpec("int"), INCOMPATIBLE),
        (UnionSpec((X, ValueSpec("int"))), ValueSpec("int"), GREATER),
    ],
)
def test_optional_types_unions_and_values(expected: Spec, given: Spec, outcome: Comparison) -> None:
    assert_compares(expected, given, outcome)


@pytest.mark.parametrize(
    ("expected", "given", "outcome"),
    [
        (tensor(), UnionSpec((X, LOGITS)), SAME),
        (tensor("B", dtype="Num"), UnionSpec((tensor("B", dtype="Float"), tensor("B", dtype="Int"))), GREATER),
        (tensor("B C", ElementType), UnionSpec((X, LOGITS)), GREATER),
        (OptionalSpec(UnionSpec((X, LOGITS))), UnionSpec((X, LOGITS)), GREATER),
    ],
)
def test_a_union_of_accepted_types_is_accepted(expected: Spec, given: Spec, outcome: Comparison) -> None:
    assert_compares(expected, given, outcome)


def test_an_optional_type_accepts_none() -> None:
    assert_compares(OptionalSpec(X), ValueSpec("None"), GREATER)


def test_a_key_that_may_be_absent_does_not_stand_for_a_required_one() -> None:
    given = record("typeddict", ("a", X), optional=("a",))
    assert_compares(record("typeddict", ("a", X)), given, LESS)


def test_dtypes_that_overlap_are_incompatible() -> None:
    assert_compares(tensor("B", dtype="Real"), tensor("B", dtype="Inexact"), INCOMPATIBLE)
    assert_compares(tensor("B", dtype="Inexact"), tensor("B", dtype="Real"), INCOMPATIBLE)


def test_a_known_number_of_items_is_more_specific_than_any_number() -> None:
    assert_compares(ListSpec(X, container="tuple"), TupleSpec((X, X)), GREATER)


def test_making_an_axis_unknown_gives_no_other_axis_a_kind() -> None:
    assert tensor("b n d").compare(tensor("b t d")).accepted
    assert tensor("_ n d").compare(tensor("b t d")).accepted


# Algebra.

_KNOWN_AXES = [
    *("B T C", "B C T", "T B", "B T", "B", "", "B C=80", "B C=64", "B=2 T=3", "T=3 B=2", "B B T", "B T T"),
    *("B H W C", "H=3 W=4", "FLOWGROUP S", "SEQ B"),
]
_KNOWN_ELEMENTS = [
    *(ElementType(), ChannelType(), EncodedRepresentation(), AcousticEncodedRepresentation(), SpectrogramType()),
    *(MelSpectrogramType(), LogitsType(), ProbsType(), LogprobsType(), LabelsType()),
    *(AudioSignal(freq=16000), AudioSignal(freq=8000), Speech(freq=8000), Speech(freq=16000)),
]
_known_tensors = st.builds(
    TensorSpec,
    st.sampled_from([tuple(axes.split()) for axes in _KNOWN_AXES]),
    st.sampled_from(_KNOWN_ELEMENTS),
    st.sampled_from(["Float", "Float32", "Int", "Int64", "Bool", "Num"]),
)
_any_tensors = st.builds(
    TensorSpec,
    st.none() | st.sampled_from([*_KNOWN_AXES, "... C", "b n d", "#3 x", "*b T", "_ 3", "any T", "h w", "2*t x"]),
    st.none() | st.sampled_from([*_KNOWN_ELEMENTS, VoidType(), UnnormalizedType(), AudioSignal(), ElementVar("E")]),
    st.none() | st.sampled_from(["Float", "Float32", "Int", "Shaped", "Real", "Inexact"]),
)
_values = st.sampled_from([ValueSpec("int"), ValueSpec("str")])


def _containers(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(items, min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.builds(ListSpec, items),
        st.builds(TupleSpec, parts),
        st.builds(DictSpec, items, st.just(ValueSpec("str"))),
        st.builds(OptionalSpec, items.filter(lambda item: not isinstance(item, OptionalSpec))),
        st.builds(lambda items: RecordSpec("R", tuple(zip("ab", items, strict=False)), "typeddict"), parts),
    )


_known_specs = st.recursive(_known_tensors | _values, _containers, max_leaves=3)
_any_specs = st.recursive(_any_tensors | _values, _containers, max_leaves=3)
_quick = settings(max_examples=300, derandomize=True, deadline=None)


@given(_any_specs)
@_quick
def test_every_type_is_the_same_as_itself(spec: Spec) -> None:
    assert_compares(spec, spec, SAME)


@given(_any_specs, _any_specs)
@_quick
def test_any_two_types_compare(left: Spec, right: Spec) -> None:
    assert isinstance(left.compare(right), Comparison)


@given(_known_tensors, _known_tensors)
@_quick
def test_one_tensor_is_greater_exactly_where_the_other_is_less(left: TensorSpec, right: TensorSpec) -> None:
    assert_mirrored(left, right)


def test_elements_and_dtypes_mirror() -> None:
    kinds = [tensor("B T", element, dtype) for element in _KNOWN_ELEMENTS for dtype in ("Float", "Float32", "Int")]
    for left, right in itertools.product(kinds, kinds):
        assert_mirrored(left, right)


def assert_mirrored(left: Spec, right: Spec) -> None:
    outcome = left.compare(right)
    assert right.compare(left) is {GREATER: LESS, LESS: GREATER}.get(outcome, outcome)


@pytest.mark.parametrize(
    "types",
    [
        [tensor(None, element) for element in _KNOWN_ELEMENTS],
        [tensor(axes) for axes in _KNOWN_AXES],
    ],
)
def test_acceptance_is_transitive(types: list[TensorSpec]) -> None:
    accepted = {(a, b) for a, b in itertools.product(types, types) if a.compare(b).accepted}
    assert {(a, d) for a, b in accepted for c, d in accepted if b == c} <= accepted


@st.composite
def _with_unknowns(draw: st.DrawFn, spec: Spec) -> Spec:
    """`spec` with some of what it says replaced by unknown."""
    match spec:
        case TensorSpec(axes=axes, element=element, dtype=dtype):
            if axes is not None and draw(st.booleans()):
                hidden = draw(st.sets(st.integers(0, max(len(axes) - 1, 0))))
                names = tuple("_" if number in hidden else axis for number, axis in enumerate(axes))
                axes = draw(st.sampled_from([None, TensorSpec(names).axes]))
            kept_element, kept_dtype = draw(st.booleans()), draw(st.booleans())
            return TensorSpec(axes, element if kept_element else None, dtype if kept_dtype else None)
        case ListSpec():
            return ListSpec(draw(_with_unknowns(spec.item)), spec.size, spec.container)
        case TupleSpec():
            return TupleSpec(tuple(draw(_with_unknowns(item)) for item in spec.items))
        case DictSpec():
            return DictSpec(draw(_with_unknowns(spec.value)), spec.key)
        case OptionalSpec():
            return OptionalSpec(draw(_with_unknowns(spec.item)))
        case RecordSpec():
            fields = tuple((name, draw(_with_unknowns(item))) for name, item in spec.fields)
            return RecordSpec(spec.name, fields, spec.form, spec.optional)
        case _:
            return ValueSpec("Any") if draw(st.booleans()) else spec


@given(_known_specs, _known_specs, st.booleans(), st.data())
@_quick
def test_saying_less_never_turns_accepted_into_refused(
    expected: Spec, given_spec: Spec, is_same: bool, data: st.DataObject
) -> None:
    expected = given_spec if is_same or not expected.compare(given_spec).accepted else expected
    vaguer, given_vaguer = data.draw(_with_unknowns(expected)), data.draw(_with_unknowns(given_spec))
    assert vaguer.compare(given_spec).accepted
    assert expected.compare(given_vaguer).accepted
    assert vaguer.compare(given_vaguer).accepted
