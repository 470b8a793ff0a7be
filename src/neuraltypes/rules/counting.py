"""Counting and searching: histograms, places in sorted values, classes as vectors.

Source: https://docs.pytorch.org/docs/stable/torch.html#other-operations
"""

from __future__ import annotations

from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._context import is_given
from neuraltypes.rules._dtypes import INT64
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    int_of,
    rank,
    require_axes,
    require_equal,
    size_of,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value
from neuraltypes.rules.along_axes import only_axis
from neuraltypes.rules.slices import INT32


@computed("counting.bincount")
def bincount(input: Array, weights: Value = None, minlength: Value = UNKNOWN, **_: Value) -> Result:
    """How often there is each whole number."""
    require_axes(input.shape, 1, 1)
    if input.dtype is not None and not input.dtype & frozenset({"uint8", "int8", "int16", "int32", "int64"}):
        raise Refused("holds no whole numbers", "input", "dtype")
    if (int_of(minlength) or 0) < 0:
        raise Refused(f"is {int_of(minlength)}", "minlength")
    if weights is None:
        return Array((ANY,), INT64)
    if not isinstance(weights, Array):
        return Array((ANY,))
    require_axes(weights.shape, 1, 1, "weights")
    if rank(input.shape) is not None and rank(weights.shape) is not None:
        require_equal(only_axis(weights.shape), only_axis(input.shape), "is {left} long, expected {right}", "weights")
    dtype = None
    if weights.dtype is not None:
        dtype = frozenset("float32" if one == "float32" else "float64" for one in weights.dtype)
    return Array((ANY,), dtype)


@computed("counting.histc")
@with_out
def histc(input: Array, bins: Value = UNKNOWN, **_: Value) -> Result:
    """How many entries there are in each of so many bins."""
    if int_of(bins) is not None and (int_of(bins) or 0) <= 0:
        raise Refused(f"is {int_of(bins)}", "bins")
    return input.plain((SizedAxis(size_of(bins)),))


@computed("counting.searchsorted")
@with_out
def searchsorted(
    sorted_sequence: Array,
    input: Value = UNKNOWN,
    out_int32: Value = False,
    right: Value = False,
    side: Value = None,
    **_: Value,
) -> Result:
    """Where values would be put into sorted rows."""
    if isinstance(side, str) and side not in ("left", "right"):
        raise Refused('is neither "left" nor "right"', "side")
    if side == "left" and right is True:
        raise Refused('is "left", but right is True', "side")
    require_axes(sorted_sequence.shape, 1, None, "sorted_sequence")
    if is_given("self"):  # a number
        require_axes(sorted_sequence.shape, 1, 1, "sorted_sequence")
        return Array((), _int_dtype(out_int32))
    if not isinstance(input, Array):
        return Array(None, _int_dtype(out_int32))
    _require_rows(sorted_sequence.shape, input.shape)
    return Array(input.shape, _int_dtype(out_int32))


def _require_rows(rows: Shape | None, values: Shape | None) -> None:
    left, right = rank(rows), rank(values)
    if left in (None, 1) or right is None or rows is None or values is None:
        return
    if left != right:
        raise Refused(f"has {right} axes, expected {left}", "input")
    for own, given in zip(rows[:-1], values[:-1], strict=True):
        assert isinstance(own, SizedAxis)
        assert isinstance(given, SizedAxis)
        require_equal(given, own, "is {left} where sorted_sequence is {right}", "input")


def _int_dtype(out_int32: Value) -> DTypes | None:
    return INT32 if out_int32 is True else INT64 if out_int32 is False else INT32 | INT64


@computed("counting.bucketize")
@with_out
def bucketize(input: Value = UNKNOWN, boundaries: Value = UNKNOWN, out_int32: Value = False, **_: Value) -> Result:
    """Which bucket each entry belongs to."""
    if isinstance(boundaries, Array):
        require_axes(boundaries.shape, 1, 1, "boundaries")
    if isinstance(input, Array):
        return Array(input.shape, _int_dtype(out_int32))
    return Array(() if is_given("self") else None, _int_dtype(out_int32))  # a number


@computed("counting.one_hot")
def one_hot(tensor: Array, num_classes: Value = UNKNOWN, **_: Value) -> Result:
    """A 1 at the place that each class number says, in a new last axis."""
    if tensor.dtype is not None and "int64" not in tensor.dtype:
        raise Refused("holds no int64, expected class numbers in int64", "tensor", "dtype")
    if tensor.shape is None:
        return Array(None, INT64)
    count = size_of(num_classes)
    if count is not None and count.constant is not None and count.constant < -1:
        raise Refused(f"is {count}", "num_classes")
    return Array((*tensor.shape, ANY if int_of(num_classes) == -1 else SizedAxis(count)), INT64)
