"""Diagonals, grids and combinations of vectors.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.diagonal.html,
https://docs.pytorch.org/docs/stable/generated/torch.meshgrid.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from neuraltypes._sizes import Size, add, number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus, plus
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    ONE,
    axis_at,
    constant_of,
    int_of,
    normal_dim,
    numel,
    place,
    rank,
    require_axes,
    size_of,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value


@computed("layout.diagonal")
def diagonal(input: Array, offset: Value = UNKNOWN, dim1: Value = UNKNOWN, dim2: Value = UNKNOWN, **_: Value) -> Result:
    """The entries where two axes have the same index; they become the last axis."""
    if input.shape == ():
        raise Refused("has no axes", "input")
    first, second = place(input.shape, dim1, argument="dim1"), place(input.shape, dim2, argument="dim2")
    if first is not None and first == second:
        raise Refused("is the same axis as dim1", "dim2")
    if input.shape is None or first is None or second is None:
        known = rank(input.shape)
        return input.of(None if known is None else (ANY,) * (known - 1))
    rows, columns = input.shape[first], input.shape[second]
    assert isinstance(rows, SizedAxis)
    assert isinstance(columns, SizedAxis)
    left = tuple(axis for at, axis in enumerate(input.shape) if at not in (first, second))
    return input.of((*left, SizedAxis(_diagonal_size(rows.size, columns.size, int_of(offset)))))


def _diagonal_size(rows: Size | None, columns: Size | None, offset: int | None) -> Size | None:
    if rows is None or columns is None or offset is None:
        return None
    down, right = add(rows, number(min(offset, 0))), add(columns, number(-max(offset, 0)))
    difference = minus(down, right)
    if down is None or right is None or difference is None or difference.constant is None:
        return None
    shorter = down if difference.constant <= 0 else right
    return number(max(shorter.constant, 0)) if shorter.constant is not None else shorter


@computed("layout.diag")
@with_out
def diag(input: Array, diagonal: Value = UNKNOWN, **_: Value) -> Result:
    """The diagonal of a matrix, or the matrix that has a vector as its diagonal."""
    require_axes(input.shape, 1, 2)
    shape = input.shape
    if shape is None or rank(shape) is None:
        return input.of(None)
    first = shape[0]
    assert isinstance(first, SizedAxis)
    if len(shape) == 1:
        return input.of((_square_axis(first.size, diagonal),) * 2)
    second = shape[1]
    assert isinstance(second, SizedAxis)
    return input.of((SizedAxis(_diagonal_size(first.size, second.size, int_of(diagonal))),))


def _square_axis(size: Size | None, offset: Value) -> SizedAxis:
    shift = int_of(offset)
    return SizedAxis(None if shift is None else plus(size, number(abs(shift))))


@computed("layout.diagflat")
def diagflat(input: Array, offset: Value = UNKNOWN, **_: Value) -> Result:
    """The matrix that has all entries as its diagonal."""
    return input.of((_square_axis(numel(input.shape), offset),) * 2)


@computed("layout.diag_embed")
def diag_embed(
    input: Array, offset: Value = UNKNOWN, dim1: Value = UNKNOWN, dim2: Value = UNKNOWN, **_: Value
) -> Result:
    """The last axis as the diagonal of two new ones."""
    known = rank(input.shape)
    if known == 0:
        raise Refused("has no axes", "input")
    if input.shape is None or known is None:
        is_default = int_of(dim1) == -2 and int_of(dim2) == -1
        last = axis_at(input.shape, number(-1))
        if is_default and input.shape is not None and last is not None:
            return input.of((*input.shape[:-1], *(_square_axis(last.size, offset),) * 2))
        return input.of(None)
    first = normal_dim(dim1, known + 1, argument="dim1")
    second = normal_dim(dim2, known + 1, argument="dim2")
    if first is not None and first == second:
        raise Refused("is the same axis as dim1", "dim2")
    if first is None or second is None:
        return input.of((ANY,) * (known + 1))
    own = input.shape[-1]
    assert isinstance(own, SizedAxis)
    square, others = _square_axis(own.size, offset), iter(input.shape[:-1])
    return input.of(tuple(square if at in (first, second) else next(others) for at in range(known + 1)))


# Grids


@computed("layout.meshgrid")
def meshgrid(tensors: Value, indexing: Value = None, **_: Value) -> Result:
    """Each vector over a grid that has an axis for each of them."""
    items = tensors
    if isinstance(tensors, tuple) and len(tensors) == 1 and isinstance(tensors[0], tuple):
        items = tensors[0]
    if not isinstance(items, tuple) or not all(isinstance(one, Array) for one in items):
        return UNKNOWN
    vectors = [one for one in items if isinstance(one, Array)]
    if not vectors:
        raise Refused("is empty", "tensors")
    if isinstance(indexing, str) and indexing not in ("ij", "xy"):
        raise Refused('is neither "ij" nor "xy"', "indexing")
    require_one_dtype(vectors, "tensors")
    axes = [_vector_axis(one.shape) for one in vectors]
    if indexing == "xy" and len(axes) > 1:
        axes[:2] = axes[1::-1]
    elif indexing not in ("ij", None):
        axes = [ANY] * len(axes)
    return tuple(one.of(tuple(axes)) for one in vectors)


def require_one_dtype(vectors: Sequence[Array], argument: str) -> None:
    """See to it that tensors may have one dtype.

    Raises:
        Refused: they surely have not.
    """
    common = vectors[0].dtype
    for one in vectors[1:]:
        if common is not None and one.dtype is not None and not common & one.dtype:
            raise Refused("mixes dtypes", argument, "dtype")
        common = one.dtype if common is None else common if one.dtype is None else common & one.dtype


def _vector_axis(shape: Shape | None, *, least: int = 0) -> SizedAxis:
    require_axes(shape, least, 1, "tensors")
    if shape is None or rank(shape) is None:
        return ANY
    axis = shape[0] if shape else ONE
    assert isinstance(axis, SizedAxis)
    return axis


@computed("layout.cartesian_prod")
def cartesian_prod(tensors: Value, **_: Value) -> Result:
    """All combinations of entries of several vectors, one in each row."""
    if not isinstance(tensors, tuple) or not all(isinstance(one, Array) for one in tensors):
        return UNKNOWN
    vectors = [one for one in tensors if isinstance(one, Array)]
    if not vectors:
        raise Refused("is empty", "tensors")
    axes = [_vector_axis(one.shape, least=1) for one in vectors]
    if len(vectors) == 1:
        return vectors[0].of(tuple(axes))
    require_one_dtype(vectors, "tensors")
    elements = {one.element for one in vectors}
    result = vectors[0].of((SizedAxis(numel(axes)), SizedAxis(number(len(vectors)))))
    return result if len(elements) == 1 else result.plain(result.shape)


@computed("layout.combinations")
def combinations(input: Array, r: Value = UNKNOWN, with_replacement: Value = False, **_: Value) -> Result:
    """All choices of `r` entries of a vector, one in each row."""
    require_axes(input.shape, 1, 1)
    count = int_of(r)
    if count is not None and count < 0:
        raise Refused(f"is {count}", "r")
    size = constant_of(_vector_axis(input.shape))
    rows: Size | None = None
    if size is not None and count is not None and isinstance(with_replacement, bool):
        rows = number(math.comb(size + count - 1 if with_replacement and size else size, count))
    if not count:
        return input.of(None if count is None else (SizedAxis(number(0)),))
    return input.of((SizedAxis(rows), SizedAxis(size_of(r))))
