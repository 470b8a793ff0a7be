"""Norms of vectors and matrices.

Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.norm.html
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes.rules._dtypes import require_among
from neuraltypes.rules._matrices import SOLVABLE
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    int_of,
    rank,
    reduced,
    size_of,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value
from neuraltypes.rules.products import axes_text, require_rank
from neuraltypes.rules.reductions import norm_dtype


@computed("norms.norm")
@with_out
def norm(
    input: Array, ord: Value = None, dim: Value = None, keepdim: Value = False, dtype: Value = None, **_: Value
) -> Result:
    """`linalg.norm`: of vectors, of matrices, or of all entries."""
    found = norm_dtype(input, dtype, "input")
    if ord is not None and dim is None:
        require_rank(input, 1, "input", 2)
    if isinstance(dim, tuple) and (len(dim) > 2 or (ord is not None and not dim)):
        raise Refused(f"names {len(dim)} axes, expected 1 or 2", "dim")
    _require_order(input, ord, dim)
    return Array(reduced(input.shape, dim, keepdim), found)


def _require_order(input: Array, ord: Value, dim: Value) -> None:
    """Refuse a norm of matrices for vectors, and one by singular values of half precision."""
    if not (isinstance(ord, str) or int_of(ord) in (2, -2) or ord in (2.0, -2.0)):
        return
    ndim = rank(input.shape) if dim is None else len(dim) if isinstance(dim, tuple) else 1 if size_of(dim) else None
    if ndim == 1 and isinstance(ord, str):
        raise Refused(f'is "{ord}", a norm of matrices', "ord")
    if ndim == 2 and ord != "fro":
        require_among(input, SOLVABLE, "float32 or float64", "input")


@computed("norms.vector_norm")
@with_out
def vector_norm(x: Array, dim: Value = None, keepdim: Value = False, dtype: Value = None, **_: Value) -> Result:
    """`vector_norm`: over some axes, or all."""
    return Array(reduced(x.shape, dim, keepdim), norm_dtype(x, dtype, "x"))


@computed("norms.matrix_norm")
@with_out
def matrix_norm(
    input: Array, ord: Value = "fro", dim: Value = UNKNOWN, keepdim: Value = False, dtype: Value = None, **_: Value
) -> Result:
    """`matrix_norm`: over two axes."""
    require_rank(input, 2, "input")
    found = norm_dtype(input, dtype, "input")
    if isinstance(dim, tuple) and len(dim) != 2:
        raise Refused(f"names {axes_text(len(dim))}, expected 2", "dim")
    _require_order(input, ord, (number(0), number(1)))
    return Array(reduced(input.shape, dim, keepdim), found)
