"""Ranges, triangles, and indices of triangles.

Source: https://docs.pytorch.org/docs/stable/torch.html#creation-ops
"""

from __future__ import annotations

import math

from neuraltypes._sizes import Size, add, floor_divide, multiply, number, subtract
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._dtypes import (
    COMPLEX,
    DEFAULT_FLOAT,
    FLOAT32,
    INT64,
    of_argument,
    of_number,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import int_of, rank, size_of
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value
from neuraltypes.rules.creation import ONE, ZERO, sized, written_to


@computed("ranges.arange")
def arange(
    start: Value = ZERO,
    end: Value = UNKNOWN,
    step: Value = ONE,
    dtype: Value = None,
    out: Value = None,
    **_: Value,
) -> Result:
    """`arange(n)`, `arange(start, end, step)`: `end` is not among them."""
    bounds = (start, end, step)
    dtypes = of_argument(dtype, _dtype_of_range(*bounds))
    if any(isinstance(one, float) for one in bounds) and dtypes is not None and "int64" in dtypes:
        return written_to(Array((SizedAxis(),), dtypes), out)  # torch cuts the bounds to whole numbers first
    return written_to(Array((SizedAxis(_count(*bounds)),), dtypes), out)


def _dtype_of_range(*bounds: Value) -> DTypes | None:
    kinds = [of_number(one) for one in bounds]
    if "float" in kinds:
        return FLOAT32
    return None if None in kinds else INT64


def _count(start: Value, end: Value, step: Value, *, with_end: bool = False) -> Size | None:
    """How many steps there are from `start` to before `end`, or past it.

    Raises:
        Refused: they lead away from it.
    """
    floats = [_float(one) for one in (start, end, step)]
    if floats[2] == 0:
        raise Refused("is 0", "step")
    first, last, by = floats
    if first is not None and last is not None and by is not None:
        if not all(map(math.isfinite, (first, last, by))):
            return None
        if (last - first) * by < 0:
            raise Refused(f"is {end}, which steps of {step} from {start} lead away from", "end")
        steps = (last - first) / by
        return number(math.floor(steps) + 1 if with_end else math.ceil(steps))
    low, high, constant = size_of(start), size_of(end), int_of(step)
    if low is None or high is None or constant is None:
        return None
    if constant < 0:
        low, high, constant = high, low, -constant
    distance = subtract(high, low)
    distance = None if distance is None else add(distance, number(constant if with_end else constant - 1))
    return None if distance is None else floor_divide(distance, number(constant))


def _float(value: Value) -> float | None:
    if isinstance(value, float):
        return value
    constant = int_of(value)
    return None if constant is None else float(constant)


@computed("ranges.range")
def range_(
    start: Value = ZERO,
    end: Value = UNKNOWN,
    step: Value = ONE,
    dtype: Value = None,
    out: Value = None,
    **_: Value,
) -> Result:
    """The deprecated `torch.range`, where `end` is among the numbers."""
    count = _count(start, end, step, with_end=True)
    return written_to(Array((SizedAxis(count),), of_argument(dtype, DEFAULT_FLOAT)), out)


@computed("ranges.linspace")
def linspace(
    start: Value, end: Value, steps: Value = UNKNOWN, dtype: Value = None, out: Value = None, **_: Value
) -> Result:
    """`linspace`, `logspace`: `steps` numbers."""
    for bound, name in ((start, "start"), (end, "end")):
        axes = rank(bound.shape) if isinstance(bound, Array) else None
        if axes:
            raise Refused(f"has {axes} {'axis' if axes == 1 else 'axes'}, expected none", name)
    is_complex = any(isinstance(one, Array) and (one.dtype is None or one.dtype & COMPLEX) for one in (start, end))
    is_open = is_complex or start is UNKNOWN or end is UNKNOWN  # an unknown number may be complex
    dtypes = of_argument(dtype, None if is_open else DEFAULT_FLOAT)
    return written_to(Array(sized(steps, "steps"), dtypes), out)


@computed("ranges.triangle")
def triangle(input: Array, out: Value = None, **_: Value) -> Result:
    """`tril`, `triu`: the same shape."""
    known = rank(input.shape)
    if known is not None and known < 2:
        raise Refused(f"has {known} {'axis' if known == 1 else 'axes'}, expected 2 or more", "input")
    return written_to(input.plain(input.shape), out)


@computed("ranges.triangle_in_place")
def triangle_in_place(self: Array, **_: Value) -> Result:
    """`tril_`, `triu_`."""
    try:
        return triangle(self)
    except Refused as error:
        raise Refused(error.reason, "self") from None


@computed("ranges.lower_indices")
def lower_indices(row: Value, col: Value, offset: Value = ZERO, dtype: Value = None, **_: Value) -> Result:
    """`tril_indices`: rows and columns, as two rows."""
    return _indices(_lower(row, col, int_of(offset)), row, col, dtype)


@computed("ranges.upper_indices")
def upper_indices(row: Value, col: Value, offset: Value = ZERO, dtype: Value = None, **_: Value) -> Result:
    """`triu_indices`: what `tril_indices` one diagonal below leaves."""
    shift = int_of(offset)
    lower = _lower(row, col, None if shift is None else shift - 1)
    high, wide = size_of(row), size_of(col)
    everything = None if high is None or wide is None else multiply(high, wide)
    upper = None if lower is None or everything is None else subtract(everything, lower)
    return _indices(upper, row, col, dtype)


def _indices(count: Size | None, row: Value, col: Value, dtype: Value) -> Array:
    sized(row, "row")
    sized(col, "col")
    return Array((SizedAxis(number(2)), SizedAxis(count)), of_argument(dtype, INT64))


def _lower(row: Value, col: Value, offset: int | None) -> Size | None:
    """How many entries lie on or below a diagonal; of a square for any size, of others for numbers."""
    high, wide = size_of(row), size_of(col)
    if high is None or wide is None or offset is None:
        return None
    if high.constant is not None and wide.constant is not None:
        counts = (min(max(at + 1 + offset, 0), wide.constant) for at in range(high.constant))
        return number(sum(counts))
    if high != wide or offset not in (0, -1):
        return None
    neighbour = add(high, number(2 * offset + 1))
    twice = None if neighbour is None else multiply(high, neighbour)
    return None if twice is None else floor_divide(twice, number(2))
