"""Running totals and differences along an axis.

Source: https://docs.pytorch.org/docs/stable/torch.html#other-operations
"""

from __future__ import annotations

from neuraltypes._sizes import Size, add, number, subtract
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._dtypes import (
    INEXACT,
    INT64,
    REAL,
    floating,
    of_argument,
    promote_all,
    require_among,
    result_type,
    summed,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    axis_at,
    int_of,
    place,
    rank,
    replaced,
    require_equal,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value
from neuraltypes.rules.reductions import ORDERED, over_one


@computed("running.running_total")
@with_out
def running_total(input: Array, dim: Value, dtype: Value = None, **_: Value) -> Result:
    """`cumsum`, `cumprod`."""
    place(input.shape, dim)
    return Array(input.shape, of_argument(dtype, summed(input.dtype)))


@computed("running.running_total_in_place")
def running_total_in_place(input: Array, dim: Value, **_: Value) -> Result:
    """`cumsum_`, `cumprod_`: the dtype stays."""
    place(input.shape, dim)
    return input.plain(input.shape)


@computed("running.running_extreme")
@with_out
def running_extreme(input: Array, dim: Value, **_: Value) -> Result:
    """`cummax`, `cummin`: with the indices."""
    if input.shape != ():
        require_among(input, ORDERED, "Real or Bool", "input")
    place(input.shape, dim)
    return input, Array(input.shape, INT64)


@computed("running.logcumsumexp")
@with_out
def logcumsumexp(input: Array, dim: Value, **_: Value) -> Result:
    """`logcumsumexp`: of floats."""
    dtype = require_among(input, INEXACT, "Inexact", "input")
    place(input.shape, dim)
    return Array(input.shape, dtype)


@computed("running.diff")
@with_out
def diff(
    input: Array, n: Value = UNKNOWN, dim: Value = UNKNOWN, prepend: Value = None, append: Value = None, **_: Value
) -> Result:
    """`diff`: `n` entries fewer along an axis that `prepend` and `append` make longer first."""
    if input.shape == ():
        raise Refused("has no axis, expected 1 or more", "input")
    operands = [one for one in (prepend, input, append) if one is not None]
    known = [one for one in operands if isinstance(one, Array)]
    dtype = promote_all(one.dtype for one in known) if len(known) == len(operands) else None
    times = int_of(n)
    if times == 0 and len(operands) == 1:
        return input.plain(input.shape)
    at = place(input.shape, dim)
    if input.shape is None or at is None:
        return Array(None, dtype)
    shape = input.shape
    for argument, more in (("prepend", prepend), ("append", append)):
        shape = shape if more is None else _longer(shape, at, more, argument)
    if times == 0:
        return Array(input.shape, input.dtype)
    axis = shape[at]
    size = axis.size if isinstance(axis, SizedAxis) else None
    label = axis.label if isinstance(axis, SizedAxis) else None
    return Array(replaced(shape, at, SizedAxis(_fewer(size, times), label)), dtype)


def _longer(shape: Shape, at: int, more: Value, argument: str) -> Shape:
    """A shape after another has been put behind it along one axis."""
    axis = shape[at]
    assert isinstance(axis, SizedAxis)
    other = more.shape if isinstance(more, Array) else None
    if other is None or rank(other) is None or rank(shape) is None:
        return replaced(shape, at, SizedAxis(None, axis.label))
    if len(other) != len(shape):
        raise Refused(f"has {len(other)} axes, expected {len(shape)}", argument)
    joined: list[SizedAxis] = []
    for place_, (one, given) in enumerate(zip(shape, other, strict=True)):
        assert isinstance(one, SizedAxis)
        assert isinstance(given, SizedAxis)
        if place_ != at:
            joined.append(require_equal(one, given, f"axis {place_} is {{right}}, expected {{left}}", argument))
        else:
            size = None if one.size is None or given.size is None else add(one.size, given.size)
            joined.append(SizedAxis(size, one.label))
    return tuple(joined)


def _fewer(size: Size | None, times: int | None) -> Size | None:
    if size is None or times is None:
        return None
    return number(max(size.constant - times, 0)) if size.constant is not None else subtract(size, number(times))


@computed("running.trapezoid")
def trapezoid(y: Array, x: Value = None, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`trapezoid`: the area below each row."""
    dtype = _area_dtype(y, x)
    shape = over_one(y.shape, dim, keepdim=False)
    return Array(shape if _is_plain_spacing(y, x, dim) else None, dtype)


@computed("running.running_trapezoid")
def running_trapezoid(y: Array, x: Value = None, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`cumulative_trapezoid`: one entry fewer than the row has."""
    dtype = _area_dtype(y, x)
    at = place(y.shape, dim)
    if y.shape is None or at is None or not _is_plain_spacing(y, x, dim):
        return Array(None, dtype)
    axis = y.shape[at]
    assert isinstance(axis, SizedAxis)
    return Array(replaced(y.shape, at, SizedAxis(_fewer(axis.size, 1), axis.label)), dtype)


def _area_dtype(y: Array, x: Value) -> DTypes | None:
    require_among(y, REAL | INEXACT, "Num", "y")
    if x is None:
        return floating(y.dtype)
    if not isinstance(x, Array):
        return None
    require_among(x, REAL | INEXACT, "Num", "x")
    return floating(result_type(y, x))


def _is_plain_spacing(y: Array, x: Value, dim: Value) -> bool:
    """Whether the points `x`, if there are any, lie along the axis alone.

    Raises:
        Refused: there are more or fewer of them than entries.
    """
    if x is None:
        return True
    if not isinstance(x, Array) or x.shape is None or rank(x.shape) != 1:
        return False
    axis, points = axis_at(y.shape, dim), x.shape[0]
    assert isinstance(points, SizedAxis)
    if axis is not None:
        require_equal(axis, points, "has {right} points, expected {left}", "x")
    return True
