"""Copies of a tensor in which a part is replaced, and other layouts and statistics of one.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.select_scatter.html,
https://docs.pytorch.org/docs/stable/generated/torch.cov.html, https://docs.pytorch.org/docs/stable/sparse.html
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import COMPLEX, INT64, category, floating, of_argument, real_of, require_among
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    axis_at,
    constant_of,
    dims_of,
    int_of,
    normal_dim,
    place,
    rank,
    replaced,
    require_axes,
    size_axes,
    size_of,
    sizes_argument,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value
from neuraltypes.rules.grids import diagonal
from neuraltypes.rules.parts import select
from neuraltypes.rules.slices import sliced


@computed("copies.select_scatter")
def select_scatter(input: Array, src: Array, dim: Value, index: Value, **_: Value) -> Result:
    """`input` with one entry of an axis replaced by `src`."""
    return _with_part(input, src, select(input, dim, index))


@computed("copies.diagonal_scatter")
def diagonal_scatter(
    input: Array, src: Array, offset: Value = UNKNOWN, dim1: Value = UNKNOWN, dim2: Value = UNKNOWN, **_: Value
) -> Result:
    """`input` with a diagonal replaced by `src`."""
    return _with_part(input, src, diagonal(input, offset, dim1, dim2))


@computed("copies.slice_scatter")
def slice_scatter(
    input: Array,
    src: Array,
    dim: Value = UNKNOWN,
    start: Value = None,
    end: Value = None,
    step: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """`input` with a slice of an axis replaced by `src`."""
    return _with_part(input, src, cut(input, dim, start, end, step))


@computed("copies.slice")
def cut(
    input: Array, dim: Value = UNKNOWN, start: Value = None, end: Value = None, step: Value = UNKNOWN, **_: Value
) -> Array:
    """A slice of one axis."""
    if input.shape == ():
        raise Refused("has no axis", "input")
    axis, at = axis_at(input.shape, dim), place(input.shape, dim)
    if (int_of(step) or 1) < 1 or int_of(step) == 0:
        raise Refused(f"is {int_of(step)}, expected 1 or more", "step")
    if input.shape is None or axis is None or at is None:
        return input.of(None if rank(input.shape) is None else (ANY,) * len(input.shape or ()))
    shape = replaced(input.shape, at, sliced(axis, start, end, step))
    return input.of(shape) if int_of(step) == 1 else input.resampled(shape)


def _with_part(input: Array, src: Array, part: Result) -> Array:
    wanted = part.shape if isinstance(part, Array) else None
    if wanted is None or src.shape is None or rank(wanted) is None or rank(src.shape) is None:
        return input.plain(input.shape)
    if len(wanted) != len(src.shape) or any(map(_differ, src.shape, wanted)):
        raise Refused(f'is "{format_shape(src.shape)}", expected "{format_shape(wanted)}"', "src")
    return input.plain(input.shape)


def _differ(left: SizedAxis | Rest, right: SizedAxis | Rest) -> bool:
    is_sized = isinstance(left, SizedAxis) and isinstance(right, SizedAxis)
    return is_sized and sizes_differ(left.size, right.size)  # type: ignore[union-attr]


# Statistics


@computed("copies.cov")
def cov(
    input: Array, correction: Value = UNKNOWN, fweights: Value = None, aweights: Value = None, **_: Value
) -> Result:
    """Covariances of the rows, `n m` to `n n`; of a single row a number."""
    require_axes(input.shape, 0, 2)
    is_weighted = fweights is not None or aweights is not None
    return Array(_between_rows(input.shape), None if is_weighted else floating(input.dtype))


@computed("copies.corrcoef")
def corrcoef(input: Array, **_: Value) -> Result:
    """Correlations of the rows, `n m` to `n n`; of a single row a number."""
    require_axes(input.shape, 0, 2)
    return Array(_between_rows(input.shape), floating(input.dtype))


def _between_rows(shape: Shape | None) -> Shape | None:
    known = rank(shape)
    if shape is None or known is None:
        return None
    if known < 2:
        return ()
    rows = constant_of(shape[0])
    return None if rows is None else () if rows == 1 else (shape[0], shape[0])


@computed("copies.vander")
def vander(x: Array, N: Value = None, **_: Value) -> Result:
    """Powers of a vector as the columns of a matrix."""
    require_axes(x.shape, 1, 1, "x")
    count = int_of(N) if N is not None else None
    if count is not None and count < 0:
        raise Refused(f"is {count}", "N")
    axis = axis_at(x.shape, number(0)) or ANY
    dtype = None if x.dtype is None else frozenset("int64" if category(one) < 2 else one for one in x.dtype)
    return Array((axis, axis if N is None else SizedAxis(size_of(N))), dtype)


@computed("copies.gradient")
def gradient(input: Array, spacing: Value = None, dim: Value = None, edge_order: Value = UNKNOWN, **_: Value) -> Result:
    """Estimated derivatives along some axes, or all: for each of them as many entries."""
    known, numbers = rank(input.shape), None if dim is None else dims_of(dim)
    if known is None or (dim is not None and numbers is None):
        return UNKNOWN
    places = list(range(known)) if numbers is None else [normal_dim(number(one), known) for one in numbers]
    if len(set(places)) < len(places):
        raise Refused("names an axis twice", "dim")
    order = int_of(edge_order)
    if order is not None and order not in (1, 2):
        raise Refused(f"is {order}, expected 1 or 2", "edge_order")
    for at in places:
        size = None if at is None or not input.shape else constant_of(input.shape[at])
        if size is not None and order is not None and size < order + 1:
            raise Refused(f"axis {at} is {size}, expected {order + 1} or more", "input")
    return (Array(input.shape, floating(input.dtype)),) * len(places)


@computed("copies.nonzero_static")
def nonzero_static(input: Array, size: Value, **_: Value) -> Result:
    """Where entries are not zero: so many rows."""
    known = rank(input.shape)
    if (int_of(size) or 0) < 0:
        raise Refused(f"is {int_of(size)}", "size")
    return Array((SizedAxis(size_of(size)), SizedAxis(None if known is None else number(known))), INT64)


@computed("copies.unravel_index")
def unravel_index(indices: Array, shape: Value, **_: Value) -> Result:
    """Numbers of entries as their places along each axis."""
    sizes = size_axes(shape)
    if sizes is None:
        return UNKNOWN
    if any((constant_of(axis) or 0) < 0 for axis in sizes):
        raise Refused("has a negative size", "shape")
    return (indices.plain(indices.shape, INT64),) * len(sizes)


@computed("copies.norm_except")
def norm_except(v: Array, pow: Value = UNKNOWN, dim: Value = UNKNOWN, **_: Value) -> Result:
    """The norm over all axes but one; `dim=-1` leaves none."""
    at, known = int_of(dim), rank(v.shape)
    if at == -1:
        return v.plain(())
    if at is None or v.shape is None or known is None:
        return v.plain(None)
    if at not in (0, known - 1):
        return v.plain(None)
    one = SizedAxis(number(1))
    return v.plain(tuple(axis if n == at else one for n, axis in enumerate(v.shape)))


@computed("copies.low_rank")
def low_rank(A: Array, q: Value = None, **_: Value) -> Result:
    """`svd_lowrank`: `m q`, `q`, `n q`, with no more than there are rows or columns."""
    require_axes(A.shape, 2, argument="A")
    dtype = require_among(A, frozenset({"float32", "float64"}) | COMPLEX, "Inexact", "A")
    rows, columns = axis_at(A.shape, number(-2)), axis_at(A.shape, number(-1))
    if A.shape is None or rows is None or columns is None:
        return Array(None, dtype), Array(None, real_of(dtype)), Array(None, dtype)
    least = [constant_of(rows), constant_of(columns), 6 if q is None else int_of(q)]
    numbers = [one for one in least if one is not None]
    axis = SizedAxis(number(min(numbers))) if len(numbers) == len(least) else ANY
    front = A.shape[:-2]
    return (
        Array((*front, rows, axis), dtype),
        Array((*front, axis), real_of(dtype)),
        Array((*front, columns, axis), dtype),
    )


@computed("copies.principal")
def principal(A: Array, q: Value = None, **_: Value) -> Result:
    """`pca_lowrank`: the same, and no more may be asked for."""
    require_axes(A.shape, 2, argument="A")
    wanted = None if q is None else int_of(q)
    sizes = [constant_of(axis) for axis in (axis_at(A.shape, number(-2)), axis_at(A.shape, number(-1)))]
    for one in sizes:
        if wanted is not None and one is not None and not 0 <= wanted <= one:
            raise Refused(f"is {wanted}, expected 0 to {one}", "q")
    return low_rank(A, q)


# Other layouts in memory


@computed("copies.other_layout")
def other_layout(input: Array, dtype: Value = None, **_: Value) -> Result:
    """Sparse, dense or coalesced: the same numbers."""
    return Array(input.shape, of_argument(dtype, input.dtype), input.element)


@computed("copies.sum_to_size")
def sum_to_size(input: Array, size: Value, **_: Value) -> Result:
    """Summed to the shape that would broadcast to its own."""
    wanted = sizes_argument(size)
    if wanted is None or input.shape is None or rank(input.shape) is None:
        return input.plain(wanted)
    words = f'does not broadcast to "{format_shape(input.shape)}"'
    if len(wanted) > len(input.shape):
        raise Refused(words, "size")
    for axis, own in zip(reversed(wanted), reversed(input.shape), strict=False):
        if constant_of(axis) != 1 and _differ(axis, own):
            raise Refused(words, "size")
    is_same = len(wanted) == len(input.shape) and not any(map(_differ, wanted, input.shape))
    dtype = input.dtype if is_same or input.dtype is None or all(category(one) > 1 for one in input.dtype) else None
    return Array(wanted, dtype)


@computed("copies.resize_as")
def resize_as(input: Array, the_template: Array, **_: Value) -> Result:
    """As many entries as another tensor has, in its shape."""
    return input.plain(the_template.shape)
