"""Comparison of specs, with the outcomes that NeMo documents."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable

from neuraltypes._axes import Axes, Axis, FixedAxis, VariadicAxis
from neuraltypes._dtypes import DType
from neuraltypes._spec import (
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
)
from neuraltypes.elements import Domain, ElementType, UnnormalizedType, VoidType, parameters_agree
from neuraltypes.kinds import ANY, AxisKind, kind_fits, kinds_of


class Comparison(enum.Enum):
    """How a given type stands to the expected one: `expected.compare(given)`. SAME and GREATER are accepted."""

    SAME = "the same type, or one that agrees where both say something"
    LESS = "the given type is more general than the expected one"
    GREATER = "the given type is more specific than the expected one"
    DIM_INCOMPATIBLE = "the same kinds of axes, but a size differs"
    TRANSPOSE_SAME = "the same axes in another order"
    CONTAINER_SIZE_MISMATCH = "containers of different sizes"
    SAME_TYPE_INCOMPATIBLE_PARAMS = "the same element, but a parameter differs"
    INCOMPATIBLE = "types that do not fit"

    @property
    def accepted(self) -> bool:
        """Whether the given type may be handed in where the expected one is declared."""
        return self in (Comparison.SAME, Comparison.GREATER)


SAME, LESS, GREATER = Comparison.SAME, Comparison.LESS, Comparison.GREATER
INCOMPATIBLE = Comparison.INCOMPATIBLE


def compare(expected: Spec, given: Spec) -> Comparison:
    """How `given` stands to `expected`. What either side does not say agrees with everything."""
    match expected, given:
        case ValueSpec(type="Any"), _:
            return SAME
        case _, ValueSpec(type="Any"):
            return SAME
        case UnionSpec(options=options), UnionSpec():
            return _every([_any(options, option) for option in given.options])
        case _, UnionSpec(options=options):
            return _every([compare(expected, option) for option in options])
        case OptionalSpec(), ValueSpec(type="None"):
            return GREATER
        case OptionalSpec(item=item), OptionalSpec():
            return compare(item, given.item)
        case OptionalSpec(item=item), _:
            return _broadened(compare(item, given))
        case UnionSpec(options=options), _:
            return _broadened(_any(options, given))
        case _, OptionalSpec(item=item):
            return _narrowed(compare(expected, item))
        case TensorSpec(), TensorSpec():
            return _compare_tensors(expected, given)
        case ((ListSpec() | TupleSpec() | RecordSpec()), (ListSpec() | TupleSpec() | RecordSpec())):
            return _compare_sequences(expected, given)
        case DictSpec(), DictSpec():
            return _all((compare(expected.key, given.key), compare(expected.value, given.value)))
        case ValueSpec(), ValueSpec():
            return SAME if expected == given else INCOMPATIBLE
        case _:
            return SAME if _accepts_anything(expected) else INCOMPATIBLE


def compare_elements(expected: ElementType | None, given: ElementType | None) -> Comparison:
    """How one element stands to another; None is unknown and agrees with all."""
    if expected is None or given is None or type(expected) is VoidType:
        return SAME
    if isinstance(given, UnnormalizedType) and not isinstance(expected, UnnormalizedType):
        return GREATER if expected.domain is Domain.REAL else INCOMPATIBLE
    if isinstance(given, type(expected)):
        outcome = SAME if type(given) is type(expected) else GREATER
    elif isinstance(expected, type(given)):
        outcome = LESS
    else:
        return INCOMPATIBLE
    return outcome if parameters_agree(expected, given) else Comparison.SAME_TYPE_INCOMPATIBLE_PARAMS


def _compare_tensors(expected: TensorSpec, given: TensorSpec) -> Comparison:
    if _accepts_anything(expected):
        return SAME
    meaning = _combine(_compare_dtypes(expected.dtype, given.dtype), _compare_spec_elements(expected, given))
    axes = _compare_axes(expected.axes, given.axes)
    if axes is SAME or axes is INCOMPATIBLE:
        return meaning if axes is SAME else INCOMPATIBLE
    return axes if meaning is SAME else INCOMPATIBLE


def _accepts_anything(spec: Spec) -> bool:
    return isinstance(spec, TensorSpec) and spec.axes is None and spec.dtype is None and type(spec.element) is VoidType


def _compare_spec_elements(expected: TensorSpec, given: TensorSpec) -> Comparison:
    allowed = _options(expected.element)
    outcomes = [_best([compare_elements(option, given) for option in allowed]) for given in _options(given.element)]
    outcome = outcomes[0] if len(set(outcomes)) == 1 else INCOMPATIBLE
    return SAME if isinstance(expected.element, ElementVar) and outcome.accepted else outcome


def _options(element: ElementType | ElementVar | None) -> tuple[ElementType | None, ...]:
    return element.options or (None,) if isinstance(element, ElementVar) else (element,)


def _best(outcomes: list[Comparison]) -> Comparison:
    return next((outcome for outcome in outcomes if outcome.accepted), outcomes[0])


def _compare_dtypes(expected: DType | None, given: DType | None) -> Comparison:
    if expected is None or given is None or expected.members == given.members:
        return SAME
    if given.members < expected.members:
        return GREATER
    return LESS if expected.members < given.members else INCOMPATIBLE


def _compare_axes(expected: Axes | None, given: Axes | None) -> Comparison:
    """SAME, DIM_INCOMPATIBLE, TRANSPOSE_SAME or INCOMPATIBLE."""
    if expected is None or given is None:
        return SAME
    pairs = _align(expected, given)
    if pairs is None:
        return INCOMPATIBLE
    known = [(e, g) for e, g in pairs if not isinstance(e.axis, VariadicAxis) and not isinstance(g.axis, VariadicAxis)]
    if all(kind_fits(e.kind, g.kind) for e, g in known):
        return SAME if all(_size_fits(e.axis, g.axis) for e, g in known) else Comparison.DIM_INCOMPATIBLE
    if len(known) < max(len(expected), len(given)):
        return INCOMPATIBLE
    return _compare_reordered([e for e, _ in known], [g for _, g in known])


class _KindedAxis:
    def __init__(self, axis: Axis, kind: AxisKind | None) -> None:
        self.axis, self.kind = axis, kind


def _align(expected: Axes, given: Axes) -> list[tuple[_KindedAxis, _KindedAxis]] | None:
    """Pairs of axes that stand at the same place, counted from the left and, past a variadic axis, from the right."""
    left = [_KindedAxis(a, k) for a, k in zip(expected, kinds_of(expected), strict=True)]
    right = [_KindedAxis(a, k) for a, k in zip(given, kinds_of(given), strict=True)]
    left_variadic, right_variadic = _variadic_index(expected), _variadic_index(given)
    if left_variadic is None and right_variadic is None:
        return list(zip(left, right, strict=True)) if len(left) == len(right) else None
    if left_variadic is None and len(left) < len(right) - 1:
        return None
    if right_variadic is None and len(right) < len(left) - 1:
        return None
    before = min(i for i in (left_variadic, right_variadic) if i is not None)
    after = min(len(axes) - i - 1 for axes, i in ((left, left_variadic), (right, right_variadic)) if i is not None)
    front = list(zip(left[:before], right[:before], strict=False))
    back = list(zip(left[len(left) - after :], right[len(right) - after :], strict=False))
    return front + back


def _variadic_index(axes: Axes) -> int | None:
    return next((i for i, axis in enumerate(axes) if isinstance(axis, VariadicAxis)), None)


def _compare_reordered(expected: list[_KindedAxis], given: list[_KindedAxis]) -> Comparison:
    kinds = [e.kind for e in expected]
    if None in kinds or ANY in kinds or sorted(map(str, kinds)) != sorted(str(g.kind) for g in given):
        return INCOMPATIBLE
    fits = all(_sizes_pair_up(_sizes(expected, kind), _sizes(given, kind)) for kind in set(kinds))
    return Comparison.TRANSPOSE_SAME if fits else Comparison.DIM_INCOMPATIBLE


def _sizes(axes: list[_KindedAxis], kind: AxisKind | None) -> Counter[int | None]:
    return Counter(a.axis.size if isinstance(a.axis, FixedAxis) else None for a in axes if a.kind == kind)


def _sizes_pair_up(expected: Counter[int | None], given: Counter[int | None]) -> bool:
    """Whether equally many sizes can be paired so that known ones (None: unknown) are equal."""
    unmatched_expected, unmatched_given = expected - given, given - expected
    left = sum(count for size, count in unmatched_expected.items() if size is not None)
    right = sum(count for size, count in unmatched_given.items() if size is not None)
    return left <= given[None] and right <= expected[None]


def _size_fits(expected: Axis, given: Axis) -> bool:
    if not isinstance(expected, FixedAxis) or not isinstance(given, FixedAxis):
        return True
    return expected.size == given.size or (expected.broadcastable and given.size == 1)


def _compare_sequences(
    expected: ListSpec | TupleSpec | RecordSpec, given: ListSpec | TupleSpec | RecordSpec
) -> Comparison:
    if "typeddict" in (getattr(expected, "form", None), getattr(given, "form", None)):
        return _compare_records(expected, given)
    expected_size, given_size = _size(expected), _size(given)
    if expected_size is not None and given_size is not None and expected_size != given_size:
        return Comparison.CONTAINER_SIZE_MISMATCH
    size = expected_size if expected_size is not None else given_size
    outcome = _all(compare(e, g) for e, g in zip(_items(expected, size), _items(given, size), strict=True))
    if expected_size is None and given_size is not None:
        return _broadened(outcome)
    return _narrowed(outcome) if expected_size is not None and given_size is None else outcome


def _compare_records(expected: Spec, given: Spec) -> Comparison:
    if not (isinstance(expected, RecordSpec) and isinstance(given, RecordSpec)) or expected.form != given.form:
        return INCOMPATIBLE
    theirs = dict(given.fields)
    if any(name not in theirs for name, _ in expected.fields if name not in expected.optional):
        return Comparison.CONTAINER_SIZE_MISMATCH
    outcome = _all(compare(spec, theirs[name]) for name, spec in expected.fields if name in theirs)
    may_lack = any(name in given.optional and name not in expected.optional for name in theirs)
    return _narrowed(outcome) if may_lack else outcome


def _size(spec: ListSpec | TupleSpec | RecordSpec) -> int | None:
    return spec.size if isinstance(spec, ListSpec) else len(spec.items)


def _items(spec: ListSpec | TupleSpec | RecordSpec, size: int | None) -> tuple[Spec, ...]:
    return (spec.item,) * (1 if size is None else size) if isinstance(spec, ListSpec) else spec.items


def _any(options: Iterable[Spec], given: Spec) -> Comparison:
    outcomes = [compare(option, given) for option in options]
    accepted = [outcome for outcome in outcomes if outcome.accepted]
    if accepted:
        return SAME if SAME in accepted else GREATER
    return LESS if LESS in outcomes else outcomes[0] if len(set(outcomes)) == 1 else INCOMPATIBLE


def _every(outcomes: list[Comparison]) -> Comparison:
    """The outcome where any of several types may be given: all must be accepted."""
    if all(outcome.accepted for outcome in outcomes):
        return _all(outcomes)
    if any(outcome.accepted or outcome is LESS for outcome in outcomes):
        return LESS
    return outcomes[0] if len(set(outcomes)) == 1 else INCOMPATIBLE


def _all(outcomes: Iterable[Comparison]) -> Comparison:
    total = SAME
    for outcome in outcomes:
        total = _combine(total, outcome)
    return total


def _combine(left: Comparison, right: Comparison) -> Comparison:
    """The outcome of a whole whose parts have these: one side may not be more specific here and more general there."""
    if left is SAME or left is right:
        return right
    if right is SAME:
        return left
    ordered = (LESS, GREATER)
    if left in ordered and right in ordered:
        return INCOMPATIBLE
    return right if left in ordered else left


def _broadened(outcome: Comparison) -> Comparison:
    return _combine(GREATER, outcome) if outcome.accepted else outcome


def _narrowed(outcome: Comparison) -> Comparison:
    return _combine(LESS, outcome)
