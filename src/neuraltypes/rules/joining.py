"""Several tensors in one: one behind the other, or along a new axis.

Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules._arithmetic import plus
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import promote_all
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    ONE,
    arrays,
    common,
    constant_of,
    inserted,
    int_of,
    least_rank,
    normal_dim,
    place,
    rank,
    replaced,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Many, Refused, Result, Value, common_element
from neuraltypes.rules.views import at_least


@computed("joining.cat")
@with_out
def cat(tensors: Value, dim: Value = UNKNOWN, **_: Value) -> Result:
    """Tensors one behind the other along an axis that they have."""
    return _apply(tensors, lambda shapes: _cat(shapes, dim), lambda shape: _cat_many(shape, dim))


@computed("joining.stack")
@with_out
def stack(tensors: Value, dim: Value = UNKNOWN, **_: Value) -> Result:
    """Tensors of one shape along a new axis."""
    return _apply(tensors, lambda shapes: _stack(shapes, dim), lambda shape: inserted(shape, dim, ANY))


@computed("joining.hstack")
@with_out
def hstack(tensors: Value, **_: Value) -> Result:
    """Along the second axis, or the only one."""
    return _apply(_raised(tensors, 1), _hstack, lambda shape: _cat_many(shape, _second(shape)))


@computed("joining.vstack")
@with_out
def vstack(tensors: Value, **_: Value) -> Result:
    """Along the first axis; a vector is a row."""
    return _cat_raised(tensors, 2, 0)


@computed("joining.dstack")
@with_out
def dstack(tensors: Value, **_: Value) -> Result:
    """Along the third axis."""
    return _cat_raised(tensors, 3, 2)


@computed("joining.column_stack")
@with_out
def column_stack(tensors: Value, **_: Value) -> Result:
    """Along the second axis; a vector is a column."""
    return _cat_mapped(tensors, _as_columns, 1)


def _cat_raised(tensors: Value, count: int, dim: int) -> Result:
    return _cat_mapped(tensors, lambda shape: at_least(shape, count), dim)


def _cat_mapped(tensors: Value, change: Callable[[Shape | None], Shape | None], dim: int) -> Result:
    changed = _mapped(tensors, change)
    where = number(dim)
    return _apply(changed, lambda shapes: _cat(shapes, where), lambda shape: _cat_many(shape, where))


def _mapped(tensors: Value, change: Callable[[Shape | None], Shape | None]) -> Value:
    if isinstance(tensors, Many):
        return Many(tensors.item.of(change(tensors.item.shape)))
    items = arrays(tensors)
    return UNKNOWN if items is None else tuple(item.of(change(item.shape)) for item in items)


def _raised(tensors: Value, count: int) -> Value:
    return _mapped(tensors, lambda shape: at_least(shape, count))


def _as_columns(shape: Shape | None) -> Shape | None:
    if shape is None or (rank(shape) is None and least_rank(shape) < 2):
        return None
    return shape if len(shape) > 1 or rank(shape) is None else (*(shape or (ONE,)), ONE)


def _hstack(shapes: Sequence[Shape | None]) -> Shape | None:
    where = _second(shapes[0])
    return None if where is UNKNOWN else _cat(shapes, where)


def _second(shape: Shape | None) -> Value:
    if shape is None or (rank(shape) is None and least_rank(shape) < 2):
        return UNKNOWN
    return number(0 if rank(shape) == 1 else 1)


def _apply(
    tensors: Value,
    join: Callable[[Sequence[Shape | None]], Shape | None],
    join_many: Callable[[Shape | None], Shape | None],
) -> Result:
    """The result for tensors that are known one by one, or of which only a typical one is known."""
    if isinstance(tensors, Many):
        return tensors.item.of(join_many(tensors.item.shape))
    items = arrays(tensors)
    if items is None:
        return UNKNOWN if not isinstance(tensors, tuple) else Array(None)
    if not items:
        raise Refused("is empty", "tensors")
    return Array(join([item.shape for item in items]), joined_dtype(items), shared_element(items))


def joined_dtype(items: Sequence[Array]) -> DTypes | None:
    """What the dtypes of several tensors promote to."""
    return promote_all(item.dtype for item in items)


def shared_element(items: Sequence[Array]) -> object | None:
    """The element that all have."""
    return common_element(item.chosen(None).element for item in items)


def _cat_many(shape: Shape | None, dim: Value) -> Shape | None:
    at = place(shape, dim)
    if shape is None or at is None:
        return None if shape is None or rank(shape) is None else (ANY,) * len(shape)
    axis = shape[at]
    return replaced(shape, at, SizedAxis(None, axis.label if isinstance(axis, SizedAxis) else None))


def _cat(shapes: Sequence[Shape | None], dim: Value) -> Shape | None:
    """The shape of tensors one behind the other. A vector without entries goes with anything, as it always did."""
    if any(rank(shape) == 0 for shape in shapes):
        raise Refused("has a tensor without axes", "tensors")
    kept = [shape for shape in shapes if not _is_empty_vector(shape)]
    if not kept:
        return shapes[0]
    ranks = {rank(shape) for shape in kept} - {None}
    if len(ranks) > 1:  # a vector of unknown length may be such a one
        kept = [shape for shape in kept if shape != (ANY,)]
        ranks = {rank(shape) for shape in kept} - {None}
    if len(ranks) > 1:
        raise Refused(f"has tensors of different numbers of axes: {_shapes_text(kept)}", "tensors")
    if int_of(dim) is None or len(ranks) == 0:
        return _joined_open(kept, dim)
    count = ranks.pop()
    at = normal_dim(dim, count)
    if count is None or at is None:
        return None
    full = [shape for shape in kept if shape is not None and rank(shape) is not None]
    result = _joined(full, at)
    if len(full) == len(kept):
        return result
    return replaced(result, at, ANY)


def _is_empty_vector(shape: Shape | None) -> bool:
    return shape is not None and len(shape) == 1 and constant_of(shape[0]) == 0


def _joined(shapes: Sequence[Shape], at: int) -> Shape:
    result = list(shapes[0])
    for shape in shapes[1:]:
        for number_, axis in enumerate(shape):
            own = result[number_]
            assert isinstance(own, SizedAxis)
            assert isinstance(axis, SizedAxis)
            if number_ == at:
                label = own.label if own.label == axis.label else None
                result[number_] = SizedAxis(plus(own.size, axis.size), label)
                continue
            if sizes_differ(own.size, axis.size):
                reason = f'has "{format_shape(shape)}" beside "{format_shape(shapes[0])}"'
                raise Refused(f"{reason}, which differ at axis {number_}", "tensors")
            result[number_] = common(own, axis)
    return tuple(result)


def _joined_open(shapes: Sequence[Shape | None], dim: Value) -> Shape | None:
    """The same where it is open how many axes there are: if all are open alike, the axis is known and changes."""
    first = shapes[0]
    at = place(first, dim)
    if first is None or at is None or any(shape is None or len(shape) != len(first) for shape in shapes):
        return None
    total: Size | None = number(0)
    for shape in shapes:
        assert shape is not None
        axis = shape[at]
        if not isinstance(axis, SizedAxis) or _without(shape, at) != _without(first, at):
            return None
        total = plus(total, axis.size)
    own = first[at]
    return replaced(first, at, SizedAxis(total, own.label if isinstance(own, SizedAxis) else None))


def _without(shape: Shape, at: int) -> Shape:
    return replaced(shape, at)


def _shapes_text(shapes: Sequence[Shape | None]) -> str:
    return ", ".join(f'"{format_shape(shape)}"' for shape in shapes if shape is not None)


def _stack(shapes: Sequence[Shape | None], dim: Value) -> Shape | None:
    count = SizedAxis(number(len(shapes)))
    known = [shape for shape in shapes if shape is not None and rank(shape) is not None]
    if not known:
        is_alike = all(shape == shapes[0] for shape in shapes)
        return inserted(shapes[0], dim, count) if is_alike else None
    first = known[0]
    result = list(first)
    for shape in known[1:]:
        if len(shape) != len(first):
            raise Refused(f"has tensors of different shapes: {_shapes_text((first, shape))}", "tensors")
        for number_, (own, axis) in enumerate(zip(result, shape, strict=True)):
            assert isinstance(own, SizedAxis)
            assert isinstance(axis, SizedAxis)
            if sizes_differ(own.size, axis.size):
                raise Refused(f"has tensors of different shapes: {_shapes_text((first, shape))}", "tensors")
            result[number_] = common(own, axis)
    return inserted(tuple(result), dim, count)


@computed("joining.block_diag")
def block_diag(tensors: Value, **_: Value) -> Result:
    """Matrices along the diagonal of a larger one; a vector is a row."""
    items = arrays(tensors)
    if items is None:
        return Array((ANY, ANY))
    if not items:
        return Array((ONE, SizedAxis(number(0))))
    rows: Size | None = number(0)
    columns: Size | None = number(0)
    for item in items:
        known = rank(item.shape)
        if (known or 0) > 2 or (known is None and least_rank(item.shape) > 2):
            raise Refused(f'has a tensor of "{format_shape(item.shape or ())}", expected at most 2 axes', "tensors")
        shape = at_least(item.shape, 2)
        height, width = (shape[0], shape[1]) if shape is not None and rank(shape) == 2 else (ANY, ANY)
        rows = plus(rows, None if isinstance(height, Rest) else height.size)
        columns = plus(columns, None if isinstance(width, Rest) else width.size)
    return Array((SizedAxis(rows), SizedAxis(columns)), joined_dtype(items), shared_element(items))
