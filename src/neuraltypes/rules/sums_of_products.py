"""Sums with products of matrices and vectors: `addmm` and its like.

Source: https://docs.pytorch.org/docs/stable/generated/torch.addmm.html
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import Shape, SizedAxis, format_shape
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import (
    promote_all,
    require_same_dtype,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    axis_at,
    require_equal,
    with_out,
)
from neuraltypes.rules._values import Array, Refused, Result, Value
from neuraltypes.rules.products import axes_text, batched, known_sizes, product, require_rank


@computed("sums_of_products.addmm")
@with_out
def addmm(input: Array, mat1: Array, mat2: Array, out_dtype: Value = None, **_: Value) -> Result:
    """`addmm`: a product of two matrices added to what broadcasts to it."""
    require_rank(mat1, 2, "mat1", 2)
    require_rank(mat2, 2, "mat2", 2)
    found = _added(input, product(mat1, mat2, "mat1", "mat2"))
    return found if out_dtype is None else Array(found.shape)


@computed("sums_of_products.addmv")
@with_out
def addmv(input: Array, mat: Array, vec: Array, **_: Value) -> Result:
    """`addmv`: a product of a matrix and a vector added."""
    require_rank(mat, 2, "mat", 2)
    require_rank(vec, 1, "vec", 1)
    return _added(input, product(mat, vec, "mat", "vec"))


@computed("sums_of_products.addr")
@with_out
def addr(input: Array, vec1: Array, vec2: Array, **_: Value) -> Result:
    """`addr`: an outer product added."""
    require_rank(vec1, 1, "vec1", 1)
    require_rank(vec2, 1, "vec2", 1)
    rows, columns = axis_at(vec1.shape, number(0)), axis_at(vec2.shape, number(0))
    shape: Shape = (rows or ANY, columns or ANY)
    require_expands(input, shape)
    return Array(shape, promote_all(one.dtype for one in (input, vec1, vec2)))


@computed("sums_of_products.baddbmm")
@with_out
def baddbmm(input: Array, batch1: Array, batch2: Array, out_dtype: Value = None, **_: Value) -> Result:
    """`baddbmm`: products of stacks of matrices added."""
    found = _added(input, batched(batch1, batch2, "batch1", "batch2"))
    return found if out_dtype is None else Array(found.shape)


@computed("sums_of_products.addbmm")
@with_out
def addbmm(input: Array, batch1: Array, batch2: Array, **_: Value) -> Result:
    """`addbmm`: the sum of products of stacks of matrices added."""
    found = batched(batch1, batch2, "batch1", "batch2")
    assert found.shape is not None
    return _added(input, Array(found.shape[1:], found.dtype))


def _added(input: Array, found: Array) -> Array:
    require_expands(input, found.shape)
    return Array(found.shape, require_same_dtype(("input", found), ("input", input)))


def require_expands(input: Array, shape: Shape | None) -> None:
    """Refuse what does not broadcast to a shape.

    Raises:
        Refused: it has more axes, or one of another size.
    """
    given = known_sizes(input)
    if shape is None or given is None:
        return
    if len(given) > len(shape):
        raise Refused(f"has {axes_text(len(given))}, expected {len(shape)} at most", "input")
    for place, axis in enumerate(reversed(given), 1):
        target = shape[-place]
        is_one = axis.size is not None and axis.size.constant == 1
        if isinstance(target, SizedAxis) and not is_one:
            require_equal(target, axis, f"axis -{place} is {{right}}, expected {{left}}", "input")


@computed("sums_of_products.in_place")
def in_place(input: Array, **operands: Value) -> Result:
    """`addmm_` and its like: the receiver has the shape of the product."""
    given = [(name, value) for name, value in operands.items() if isinstance(value, Array)]
    rule = {"mat1": addmm, "mat": addmv, "vec1": addr, "batch1": None}.get(given[0][0] if given else "")
    if rule is None or len(given) < 2:
        return input.plain(input.shape)
    found = rule(input, **dict(given))
    _require_own_shape(input, found)
    return input.plain(input.shape)


@computed("sums_of_products.baddbmm_in_place")
def baddbmm_in_place(input: Array, batch1: Array, batch2: Array, **_: Value) -> Result:
    """`baddbmm_`."""
    _require_own_shape(input, baddbmm(input, batch1, batch2))
    return input.plain(input.shape)


def _require_own_shape(input: Array, found: Result) -> None:
    own, wanted = known_sizes(input), known_sizes(found) if isinstance(found, Array) else None
    if own is None or wanted is None:
        return
    if len(own) != len(wanted) or any(sizes_differ(a.size, b.size) for a, b in zip(own, wanted, strict=True)):
        raise Refused(f'is "{format_shape(tuple(own))}", but the result is "{format_shape(tuple(wanted))}"', "input")
