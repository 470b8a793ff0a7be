"""Comparisons and logic, which give masks, and what is chosen by them.

Source: https://docs.pytorch.org/docs/stable/torch.html#comparison-ops
"""

from __future__ import annotations

from neuraltypes._unify import SizedAxis
from neuraltypes.rules._context import is_given, suspect
from neuraltypes.rules._dtypes import (
    BOOL,
    dtypes_text,
    of_number,
    result_type,
)
from neuraltypes.rules._entrywise import (
    ALL_REAL,
    IGNORING,
    KEEPING,
    MASKS,
    OF_BITS,
    OF_REAL,
    dtype_of,
    element_of,
    hides,
    produced,
    require,
    require_in_range,
    require_same,
    rule,
    shared,
    together,
)
from neuraltypes.rules._shapes import (
    indices_by_axis,
    rank,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value, partly


@rule("compare")
def compare(input: Value, other: Value, **_: Value) -> Result:
    """`==` and `!=`: bools."""
    if not isinstance(other, Array) and of_number(other) is None:
        return UNKNOWN if other is not UNKNOWN else Array(None, BOOL)
    return Array(together(input, other), BOOL)


@rule("above")
def above(input: Value, other: Value, **_: Value) -> Result:
    """`x > 0.5` and its like: a threshold between 0 and 1 is one for probabilities."""
    if isinstance(other, float) and 0 < other < 1 and produced(input) == "LogprobsType":
        suspect(f"compares logarithms of probabilities, which are below 0, with {other}", code="element")
    elif isinstance(other, float) and 0 < other < 1 and produced(input) in ALL_REAL:
        words = "logits" if produced(input) == "LogitsType" else "raw outputs"
        suspect(
            f"compares {words} with {other}, a threshold for probabilities; compare with 0, or apply sigmoid first",
            code="element",
        )
    require(result_type(input, other), OF_REAL)
    return Array(together(input, other), BOOL)


@rule("bitwise")
def bitwise(input: Value, other: Value, **_: Value) -> Result:
    """`mask & other`: two masks of one convention are one of it."""
    dtypes = result_type(input, other)
    require(dtypes, OF_BITS)
    return Array(together(input, other), dtypes, _joint_mask(input, other))


@rule("logical")
def logical(input: Value, other: Value, **_: Value) -> Result:
    """`torch.logical_and` and its like."""
    return Array(together(input, other), BOOL, _joint_mask(input, other))


def _joint_mask(input: Value, other: Value) -> object | None:
    both_bool = dtype_of(input) == BOOL == dtype_of(other)
    return element_of(input) if both_bool and element_of(input) == element_of(other) else None


@rule("heaviside")
def heaviside(input: Array, values: Array, **_: Value) -> Result:
    """`torch.heaviside`: of one dtype."""
    require_same(input, values, "values")
    return _same_real_of(input, values)


def _same_real_of(input: Array, other: Array) -> Array:
    dtypes = result_type(input, other)
    require(dtypes, OF_REAL)
    return Array(together(input, other), dtypes)


@rule("is_close")
def is_close(input: Array, other: Array, **_: Value) -> Result:
    """`torch.isclose`: of one dtype."""
    require_same(input, other, "other")
    return Array(together(input, other), BOOL)


@rule("is_in")
def is_in(elements: Value = UNKNOWN, element: Value = UNKNOWN, **_: Value) -> Result:
    """`torch.isin`: a bool for each entry of the first."""
    if isinstance(elements, Array):
        return Array(elements.shape, BOOL)
    return Array(None if element is UNKNOWN else (), BOOL)


@rule("where")
def where(condition: Value, input: Value = UNKNOWN, other: Value = UNKNOWN, **_: Value) -> Result:
    """`torch.where(condition, a, b)`; with the condition alone, where it holds, a vector for each axis."""
    if isinstance(condition, Array) and not any(map(is_given, ("input", "other", "self"))):
        return indices_by_axis(condition.shape)
    if input is UNKNOWN or other is UNKNOWN:
        return UNKNOWN
    _require_condition(condition)
    for filled, names, word in ((other, IGNORING, "ignored"), (input, KEEPING, "kept")):
        if hides(condition, filled, names):
            text = f"is True where entries are to be {word}, and the others are; write ~mask"
            suspect(text, "condition", code="element")
    return Array(together(condition, input, other), result_type(input, other), partly(shared(input, other)))


def _require_condition(condition: Value) -> None:
    dtypes = dtype_of(condition)
    if dtypes is not None and not dtypes & {"bool", "uint8"}:
        raise Refused(f"is {dtypes_text(dtypes)}, expected Bool", "condition", "dtype")


@rule("where_method")
def where_method(input: Value, condition: Value, other: Value, **_: Value) -> Result:
    """`a.where(condition, b)`."""
    return where(condition, input, other)


@rule("masked_fill")
def masked_fill(input: Array, mask: Array, value: Value, **_: Value) -> Result:
    """`x.masked_fill(mask, value)`: what is not filled means what it meant."""
    if isinstance(value, Array):
        require_no_axes(value, "value")
    require_in_range(value, input.dtype, "value")
    element = None if produced(input) in MASKS else partly(input.element)  # a mask that is filled becomes a bias
    if hides(mask, value):
        suspect("is True where entries are to be kept, and these are filled; write ~mask", "mask", code="element")
    return Array(together(input, mask), input.dtype, element)


def require_no_axes(value: Array, argument: str) -> None:
    known = rank(value.shape)
    axes = 0 if value.shape is None else sum(isinstance(axis, SizedAxis) for axis in value.shape)
    if known or axes:
        raise Refused(f"has {axes} {'axis' if axes == 1 else 'axes'}, expected none", argument)
