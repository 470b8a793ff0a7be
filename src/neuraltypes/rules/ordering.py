"""Sorting, the largest entries, and the different ones.

Source: https://docs.pytorch.org/docs/stable/torch.html#comparison-ops
"""

from __future__ import annotations

from neuraltypes._sizes import Size
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus
from neuraltypes.rules._dtypes import BOOL, COMPLEX, INT64
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    ONE,
    axis_at,
    constant_of,
    int_of,
    normal_dim,
    place,
    rank,
    replaced,
    size_of,
    unknown_axes,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value


@computed("ordering.topk")
def topk(input: Array, k: Value, dim: Value = UNKNOWN, **_: Value) -> Result:
    """The largest entries along an axis, and where they were."""
    _require_ordered(input)
    if input.dtype is not None and input.dtype <= BOOL:
        raise Refused("is bool", "input", "dtype")
    count = size_of(k)
    normal_dim(dim, rank(input.shape))
    if input.shape == ():
        if (count is not None and count.constant is not None) and not 0 <= count.constant <= 1:
            raise Refused(f"is {count}, but there is one entry", "k")
        return input.chosen(()), Array((), INT64)
    axis, at = axis_at(input.shape, dim), place(input.shape, dim)
    _require_count(count, axis, "k")
    if input.shape is None or at is None:
        shape = unknown_axes(input.shape)
    else:
        shape = replaced(input.shape, at, SizedAxis(count, None if axis is None else axis.label))
    return input.chosen(shape), Array(shape, INT64)


def _require_count(count: Size | None, axis: SizedAxis | None, argument: str) -> None:
    if count is not None and (count.constant or 0) < 0:
        raise Refused(f"is {count}", argument)
    excess = minus(count, None if axis is None else axis.size)
    if axis is not None and excess is not None and (excess.constant or 0) > 0:
        raise Refused(f"is {count}, but the axis is {axis.size}", argument)


def _require_ordered(input: Array) -> None:
    if input.dtype is not None and input.dtype <= COMPLEX:
        raise Refused("is complex", "input", "dtype")


@computed("ordering.sort")
def sort(input: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """The entries along an axis in order, and where they were."""
    _require_ordered(input)
    normal_dim(dim, rank(input.shape))
    return input, Array(input.shape, INT64)


@computed("ordering.argsort")
def argsort(input: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """Where the entries that come in order were."""
    _require_ordered(input)
    normal_dim(dim, rank(input.shape))
    return Array(input.shape, INT64)


@computed("ordering.msort")
@with_out
def msort(input: Array, **_: Value) -> Result:
    """The entries along the first axis in order."""
    _require_ordered(input)
    return input


@computed("ordering.kthvalue")
def kthvalue(input: Array, k: Value, dim: Value = UNKNOWN, keepdim: Value = False, **_: Value) -> Result:
    """The entry that is the k-th smallest along an axis, and where it was."""
    normal_dim(dim, rank(input.shape))
    axis, at, constant = axis_at(input.shape, dim), place(input.shape, dim), int_of(k)
    size = 1 if input.shape == () else constant_of(axis)
    if constant is not None and (constant < 1 or (size is not None and constant > size)):
        raise Refused(f"is {constant}" if size is None else f"is {constant}, but there are {size} entries", "k")
    if input.shape == ():
        return input, Array((), INT64)
    if input.shape is None or at is None or not isinstance(keepdim, bool):
        return input.of(None), Array(None, INT64)
    shape = replaced(input.shape, at, *([ONE] if keepdim else []))
    return input.of(shape), Array(shape, INT64)


@computed("ordering.unique")
def unique(
    input: Array,
    return_inverse: Value = False,
    return_counts: Value = False,
    dim: Value = None,
    **_: Value,
) -> Result:
    """Each entry once; on demand, which of these each one was, and how often there was each."""
    if not isinstance(return_inverse, bool) or not isinstance(return_counts, bool):
        return UNKNOWN
    normal_dim(dim, rank(input.shape))
    at = None if dim is None else place(input.shape, dim)
    shape: Shape | None = None
    inverse: Shape | None = None
    if dim is None:
        shape, inverse = (ANY,), input.shape
    elif int_of(dim) is not None:
        if input.shape == ():
            raise Refused("has no axis", "input")
        shape = unknown_axes(input.shape) if input.shape is None or at is None else replaced(input.shape, at, ANY)
        inverse = (axis_at(input.shape, dim) or ANY,)
    results: list[Array] = [input.of(shape)]
    if return_inverse:
        results.append(Array(inverse, INT64))
    if return_counts:
        results.append(Array((ANY,), INT64))
    return tuple(results) if len(results) > 1 else results[0]
