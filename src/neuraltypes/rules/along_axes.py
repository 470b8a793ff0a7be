"""Entries that an index tensor picks or writes along one axis: `gather`, `scatter`, `index_select` and their like.

Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import INT64, dtypes_text
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    ONE,
    broadcast_axis,
    constant_of,
    int_of,
    merged,
    normal_dim,
    numel,
    place,
    rank,
    replaced,
    require_axes,
    require_equal,
    unknown_axes,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value
from neuraltypes.rules.indexing import INDICES, require_one_dtype


@computed("along_axes.gather")
@with_out
def gather(input: Array, dim: Value, index: Array, **_: Value) -> Result:
    """Entries along an axis, one for each entry of `index`."""
    _require_index_dtype(index, "index")
    if numel(index.shape) == number(0):
        normal_dim(dim, rank(input.shape))
        return input.chosen(index.shape)
    _require_aligned(index, input, dim, "index", "input")
    return input.chosen(index.shape)


def _require_index_dtype(index: Array, argument: str, expected: DTypes = INDICES) -> None:
    if index.dtype is not None and not index.dtype & expected:
        raise Refused(f"is {dtypes_text(index.dtype)}, expected int64", argument, "dtype")


def _require_aligned(index: Array, other: Array, dim: Value, argument: str, name: str, *, is_all: bool = False) -> None:
    """See to it that `index` has the axes of `other` and is no longer than these, along `dim` only if `is_all`."""
    left, right = rank(index.shape), rank(other.shape)
    normal_dim(dim, right)
    if left is None or right is None or index.shape is None or other.shape is None:
        return
    if max(left, 1) != max(right, 1):
        raise Refused(f"has {left} axes, but {name} has {right}", argument)
    skipped = None if is_all else normal_dim(dim, right)
    if skipped is None and not is_all:
        return
    for at, (one, limit) in enumerate(zip(index.shape or (ONE,), other.shape or (ONE,), strict=True)):
        own, most = constant_of(one), constant_of(limit)
        if at != skipped and own is not None and most is not None and own > most:
            raise Refused(f"is {own} at axis {at}, but {name} is {most}", argument)


@computed("along_axes.scatter")
@with_out
def scatter(
    input: Array,
    dim: Value,
    index: Array,
    src: Value = UNKNOWN,
    value: Value = UNKNOWN,
    reduce: Value = None,
    **_: Value,
) -> Result:
    """Entries put along an axis where `index` says. The meaning goes: others are written."""
    _require_index_dtype(index, "index")
    normal_dim(dim, rank(input.shape))
    if isinstance(src, Array):
        require_one_dtype(input, src, "src")
    if numel(index.shape) == number(0):
        return input.plain(input.shape)
    _require_aligned(index, input, dim, "index", "input")
    if isinstance(src, Array):
        _require_aligned(index, src, dim, "index", "src", is_all=True)
    return input.plain(input.shape)


@computed("along_axes.index_select")
@with_out
def index_select(input: Array, dim: Value, index: Array, **_: Value) -> Result:
    """The entries of an axis that a vector names."""
    require_axes(index.shape, 0, 1, "index")
    _require_index_dtype(index, "index")
    count = ONE if rank(index.shape) == 0 else only_axis(index.shape)
    normal_dim(dim, rank(input.shape))
    at = place(input.shape, dim)
    if input.shape == ():
        if constant_of(count) not in (1, None):
            raise Refused(f"has {count.size} entries for a tensor without axes", "index")
        return input
    if input.shape is None or at is None:
        return input.of(unknown_axes(input.shape))
    axis = input.shape[at]
    label = axis.label if isinstance(axis, SizedAxis) else None
    return input.of(replaced(input.shape, at, SizedAxis(count.size, count.label or label)))


def only_axis(shape: Shape | None) -> SizedAxis:
    axis = shape[0] if shape and rank(shape) is not None else None
    return axis if isinstance(axis, SizedAxis) else ANY


@computed("along_axes.index_add")
@with_out
def index_add(input: Array, dim: Value, index: Array, source: Array, **_: Value) -> Result:
    """`source` added to, copied to, reduced into the entries of an axis that a vector names."""
    require_axes(index.shape, 0, 1, "index")
    _require_index_dtype(index, "index")
    require_one_dtype(input, source, "source")
    normal_dim(dim, rank(input.shape))
    _require_source(input.shape, dim, index.shape, source.shape)
    return input.plain(input.shape)


def _require_source(shape: Shape | None, dim: Value, index: Shape | None, source: Shape | None) -> None:
    left, right = rank(shape), rank(source)
    if left is None or right is None or shape is None or source is None:
        return
    if left != right:
        raise Refused(f"has {right} axes, expected {left}", "source")
    at = place(shape, dim)
    for number_, (own, given) in enumerate(zip(shape, source, strict=True)):
        assert isinstance(own, SizedAxis)
        assert isinstance(given, SizedAxis)
        expected = own if number_ != at else ONE if rank(index) == 0 else only_axis(index)
        if at is not None:
            require_equal(given, expected, f"is {{left}} at axis {number_}, expected {{right}}", "source")
    if not shape and rank(index) == 1 and constant_of(only_axis(index)) not in (1, None):
        raise Refused("has more than one entry, for a tensor without axes", "index")


@computed("along_axes.index_fill")
def index_fill(input: Array, dim: Value, index: Array, value: Value, **_: Value) -> Result:
    """One value at the entries of an axis that a vector names."""
    require_axes(index.shape, 0, 1, "index")
    _require_index_dtype(index, "index", INT64)
    normal_dim(dim, rank(input.shape))
    if isinstance(value, Array):
        require_axes(value.shape, 0, 0, "value")
    return input.plain(input.shape)


@computed("along_axes.take")
@with_out
def take(input: Array, index: Array, **_: Value) -> Result:
    """Entries counted as if in one axis."""
    _require_index_dtype(index, "index", INT64)
    return input.of(index.shape)


@computed("along_axes.put")
def put(input: Array, index: Array, source: Array, **_: Value) -> Result:
    """Entries put where they are counted as if in one axis."""
    _require_index_dtype(index, "index", INT64)
    require_one_dtype(input, source, "source")
    if sizes_differ(numel(index.shape), numel(source.shape)):
        raise Refused(f"has {numel(source.shape)} entries, but index has {numel(index.shape)}", "source")
    return input.plain(input.shape)


@computed("along_axes.take_along_dim")
@with_out
def take_along_dim(input: Array, indices: Array, dim: Value = None, **_: Value) -> Result:
    """Entries along an axis; the others broadcast. Without `dim`, entries counted as if in one axis."""
    _require_index_dtype(indices, "indices", INDICES)
    if dim is None:
        return input.of((merged(indices.shape) if indices.shape else ONE if indices.shape == () else ANY,))
    if int_of(dim) is None:
        return input.of(None)
    left, right = rank(input.shape), rank(indices.shape)
    if left == 0:
        raise Refused(f"is {int_of(dim)}, but there is no axis", "dim")
    at = normal_dim(dim, left)
    if input.shape is None or indices.shape is None or left is None or right is None:
        return input.of(None)
    if left != right:
        raise Refused(f"has {right} axes, expected {left}", "indices")
    if at is None:
        return input.of(unknown_axes(input.shape))
    axes: list[SizedAxis | Rest] = []
    for number_, (own, given) in enumerate(zip(input.shape, indices.shape, strict=True)):
        assert isinstance(own, SizedAxis)
        assert isinstance(given, SizedAxis)
        axis = given if number_ == at else broadcast_axis(own, given)
        if axis is None:
            raise Refused(f"is {given.size} at axis {number_}, expected {own.size}", "indices")
        axes.append(axis)
    return input.of(tuple(axes))
