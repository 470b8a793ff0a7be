"""Linear algebra of one matrix, or a batch of them: inverses, decompositions, eigenvalues.

Source: https://docs.pytorch.org/docs/stable/linalg.html
"""

from __future__ import annotations

from neuraltypes._sizes import Size, number, subtract
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import FLOATS, INEXACT, REAL, complex_of, real_of, require_among, require_same_dtype
from neuraltypes.rules._matrices import INT32, INT64, SOLVABLE, Matrix, operand
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    bool_of,
    int_of,
    place,
    rank,
    require_equal,
    size_of,
    smaller,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value
from neuraltypes.rules.products import require_rank


@computed("linear_algebra.square")
@with_out
def square(**named: Value) -> Result:
    """`inv`, `cholesky`: of the same shape."""
    matrix = operand(named, is_square=True)
    return matrix.of(matrix.rows, matrix.columns)


@computed("linear_algebra.matrix_exp")
def matrix_exp(**named: Value) -> Result:
    """`matrix_exp`: of half precision too."""
    matrix = operand(named, is_square=True, dtypes=INEXACT)
    return matrix.of(matrix.rows, matrix.columns)


@computed("linear_algebra.matrix_power")
@with_out
def matrix_power(n: Value, **named: Value) -> Result:
    """`matrix_power`: a negative power is one of the inverse."""
    array = named["A"] if "A" in named else named["input"]
    assert isinstance(array, Array)
    exponent = int_of(n)
    if exponent is not None and exponent < 0:
        return square(**named)
    name = "A" if "A" in named else "input"
    matrix = Matrix(Array(array.shape), name, is_square=True)
    return Array(matrix.of(matrix.rows, matrix.columns).shape, array.dtype)


@computed("linear_algebra.square_and_info")
@with_out
def square_and_info(**named: Value) -> Result:
    """`inv_ex`, `cholesky_ex`: with an error code for each matrix."""
    matrix = operand(named, is_square=True)
    return matrix.of(matrix.rows, matrix.columns), matrix.of(dtype=INT32)


@computed("linear_algebra.determinant")
@with_out
def determinant(**named: Value) -> Result:
    """`det`, `logdet`."""
    return operand(named, is_square=True).of()


@computed("linear_algebra.sign_and_logarithm")
@with_out
def sign_and_logarithm(**named: Value) -> Result:
    """`slogdet`: the logarithm is real."""
    matrix = operand(named, is_square=True)
    return matrix.of(), Array(matrix.batch, real_of(matrix.dtype))


@computed("linear_algebra.eigenvalues")
@with_out
def eigenvalues(**named: Value) -> Result:
    """`eigvals`: complex."""
    matrix = operand(named, is_square=True)
    return Array(matrix.of(matrix.rows).shape, complex_of(matrix.dtype))


@computed("linear_algebra.eigenvectors")
@with_out
def eigenvectors(**named: Value) -> Result:
    """`eig`: values and vectors, complex."""
    matrix = operand(named, is_square=True)
    dtype = complex_of(matrix.dtype)
    return Array(matrix.of(matrix.rows).shape, dtype), Array(matrix.of(matrix.rows, matrix.columns).shape, dtype)


@computed("linear_algebra.symmetric_eigenvalues")
@with_out
def symmetric_eigenvalues(**named: Value) -> Result:
    """`eigvalsh`: real."""
    matrix = operand(named, is_square=True)
    return Array(matrix.of(matrix.rows).shape, real_of(matrix.dtype))


@computed("linear_algebra.symmetric_eigenvectors")
@with_out
def symmetric_eigenvectors(**named: Value) -> Result:
    """`eigh`: real values, and vectors."""
    matrix = operand(named, is_square=True)
    values = Array(matrix.of(matrix.rows).shape, real_of(matrix.dtype))
    return values, matrix.of(matrix.rows, matrix.columns)


@computed("linear_algebra.svd")
@with_out
def svd(full_matrices: Value, **named: Value) -> Result:
    """`linalg.svd`: U, the singular values, V transposed."""
    matrix = operand(named)
    is_full, least = bool_of(full_matrices), matrix.least
    left = ANY if is_full is None else matrix.rows if is_full else least
    right = ANY if is_full is None else matrix.columns if is_full else least
    values = Array(matrix.of(least).shape, real_of(matrix.dtype))
    return matrix.of(matrix.rows, left), values, matrix.of(right, matrix.columns)


@computed("linear_algebra.old_svd")
@with_out
def old_svd(input: Array, some: Value = True, compute_uv: Value = True, **_: Value) -> Result:
    """`torch.svd`: U, the singular values, V."""
    matrix = Matrix(input, "input")
    wants, computes, least = bool_of(some), bool_of(compute_uv), matrix.least
    is_full = None if wants is None or computes is None else not (wants and computes)
    left = ANY if is_full is None else matrix.rows if is_full else least
    right = ANY if is_full is None else matrix.columns if is_full else least
    values = Array(matrix.of(least).shape, real_of(matrix.dtype))
    return matrix.of(matrix.rows, left), values, matrix.of(matrix.columns, right)


@computed("linear_algebra.singular_values")
@with_out
def singular_values(**named: Value) -> Result:
    """`svdvals`: real."""
    matrix = operand(named)
    return Array(matrix.of(matrix.least).shape, real_of(matrix.dtype))


@computed("linear_algebra.qr")
@with_out
def qr(mode: Value = None, some: Value = True, **named: Value) -> Result:
    """`qr`: complete, reduced, or R alone."""
    matrix = operand(named)
    if mode is None:
        wants = bool_of(some)
        mode = UNKNOWN if wants is None else "reduced" if wants else "complete"
    least = matrix.least
    match mode:
        case "reduced":
            return matrix.of(matrix.rows, least), matrix.of(least, matrix.columns)
        case "complete":
            return matrix.of(matrix.rows, matrix.rows), matrix.of(matrix.rows, matrix.columns)
        case "r":
            return Array((SizedAxis(number(0)),), matrix.dtype), matrix.of(least, matrix.columns)
        case str():
            raise Refused(f'is "{mode}", expected "reduced", "complete" or "r"', "mode")
        case _:
            return Array(None, matrix.dtype), matrix.of(ANY, matrix.columns)


@computed("linear_algebra.lu")
@with_out
def lu(pivot: Value, **named: Value) -> Result:
    """`linalg.lu`: a permutation, L and U."""
    matrix = operand(named)
    least, pivots = matrix.least, bool_of(pivot)
    permutation = matrix.of(matrix.rows, matrix.rows) if pivots else Array(None, matrix.dtype)
    if pivots is False:
        permutation = Array((SizedAxis(number(0)),), matrix.dtype)
    return permutation, matrix.of(matrix.rows, least), matrix.of(least, matrix.columns)


@computed("linear_algebra.lu_factor")
@with_out
def lu_factor(**named: Value) -> Result:
    """`lu_factor`: L and U in one, and pivots."""
    matrix = operand(named)
    return matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.least, dtype=INT32)


@computed("linear_algebra.lu_factor_and_info")
@with_out
def lu_factor_and_info(**named: Value) -> Result:
    """`lu_factor_ex`: with an error code for each matrix."""
    matrix = operand(named)
    factors = matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.least, dtype=INT32)
    return (*factors, matrix.of(dtype=INT32))


@computed("linear_algebra.lu_method")
def lu_method(self: Array, get_infos: Value = False, **_: Value) -> Result:
    """`x.lu()`."""
    found = lu_factor_and_info(A=self)
    infos = bool_of(get_infos)
    assert isinstance(found, tuple)
    return UNKNOWN if infos is None else found if infos else found[:2]


@computed("linear_algebra.lu_unpack")
@with_out
def lu_unpack(LU_data: Array, unpack_data: Value = True, unpack_pivots: Value = True, **_: Value) -> Result:
    """`lu_unpack`: the permutation, L and U of a factorization."""
    matrix = Matrix(Array(LU_data.shape), "LU_data")
    empty = Array((SizedAxis(number(0)),), LU_data.dtype)
    data, pivots = bool_of(unpack_data), bool_of(unpack_pivots)
    unknown = Array(None, LU_data.dtype)
    lower = Array(matrix.of(matrix.rows, matrix.least).shape, LU_data.dtype)
    upper = Array(matrix.of(matrix.least, matrix.columns).shape, LU_data.dtype)
    permutation = Array(matrix.of(matrix.rows, matrix.rows).shape, LU_data.dtype)
    factors = (lower, upper) if data else (empty, empty) if data is False else (unknown, unknown)
    return (permutation if pivots else empty if pivots is False else unknown, *factors)


@computed("linear_algebra.ldl_factor")
@with_out
def ldl_factor(**named: Value) -> Result:
    """`ldl_factor`: of a symmetric matrix."""
    matrix = operand(named, is_square=True)
    return matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.rows, dtype=INT32)


@computed("linear_algebra.ldl_factor_and_info")
@with_out
def ldl_factor_and_info(**named: Value) -> Result:
    """`ldl_factor_ex`: with an error code for each matrix."""
    matrix = operand(named, is_square=True)
    factors = matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.rows, dtype=INT32)
    return (*factors, matrix.of(dtype=INT32))


@computed("linear_algebra.pseudo_inverse")
@with_out
def pseudo_inverse(**named: Value) -> Result:
    """`pinv`: rows become columns."""
    matrix = operand(named)
    if bool_of(named.get("hermitian", False)):
        require_equal(matrix.rows, matrix.columns, "is {left} by {right}, expected a square matrix", "A")
    return matrix.of(matrix.columns, matrix.rows)


@computed("linear_algebra.matrix_rank")
@with_out
def matrix_rank(**named: Value) -> Result:
    """`matrix_rank`: a whole number for each matrix; a tensor of tolerances may broadcast."""
    matrix = operand(named, is_square=bool_of(named.get("hermitian", False)) is True)
    if any(named.get(name) is UNKNOWN or isinstance(named.get(name), Array) for name in ("tol", "atol", "rtol")):
        return Array(None, INT64)
    return matrix.of(dtype=INT64)


@computed("linear_algebra.condition")
@with_out
def condition(p: Value = None, **named: Value) -> Result:
    """`cond`: norms other than 2 take square matrices."""
    is_any = p is None or int_of(p) in (2, -2) or p in (2.0, -2.0)
    matrix = operand(named, is_square=not is_any and p is not UNKNOWN)
    return Array(matrix.batch, real_of(matrix.dtype))


@computed("linear_algebra.geqrf")
@with_out
def geqrf(input: Array, **_: Value) -> Result:
    """`geqrf`: a factorization, and the factors of its reflections."""
    matrix = Matrix(input, "input")
    return matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.least)


@computed("linear_algebra.householder_product")
@with_out
def householder_product(tau: Value = None, input2: Value = None, **named: Value) -> Result:
    """`householder_product`, `orgqr`: the first columns of a product of reflections."""
    matrix = operand(named)
    factors, argument = (tau, "tau") if tau is not None else (input2, "input2")
    if sizes_differ(smaller(matrix.rows.size, matrix.columns.size), matrix.columns.size):
        raise Refused(f"is {matrix.rows.size} by {matrix.columns.size}, expected no fewer rows than columns", "A")
    if isinstance(factors, Array):
        require_rank(factors, 1, argument)
        require_same_dtype(("A", Array(dtype=matrix.dtype)), (argument, factors))
    return matrix.of(matrix.rows, matrix.columns)


@computed("linear_algebra.diagonal")
def diagonal(A: Array, offset: Value = UNKNOWN, dim1: Value = UNKNOWN, dim2: Value = UNKNOWN, **_: Value) -> Result:
    """`linalg.diagonal`: the two axes become one behind the others."""
    first, second = place(A.shape, dim1, argument="dim1"), place(A.shape, dim2, argument="dim2")
    require_rank(A, 2, "A")
    if A.shape is None or first is None or second is None:
        return A.of(None)
    if first == second:
        raise Refused("is the same axis as dim1", "dim2")
    rows, columns, shift = A.shape[first], A.shape[second], size_of(offset)
    assert isinstance(rows, SizedAxis)
    assert isinstance(columns, SizedAxis)
    rest = tuple(axis for at, axis in enumerate(A.shape) if at not in (first, second))
    return A.of((*rest, SizedAxis(_diagonal_size(rows.size, columns.size, shift))))


def _diagonal_size(rows: Size | None, columns: Size | None, offset: Size | None) -> Size | None:
    if offset is None or offset.constant is None:
        return None
    constant = offset.constant
    if constant >= 0:
        columns = None if columns is None else subtract(columns, offset)
    else:
        rows = None if rows is None else subtract(rows, number(-constant))
    size = smaller(rows, columns)
    return number(max(size.constant, 0)) if size is not None and size.constant is not None else size


@computed("linear_algebra.vander")
def vander(x: Array, N: Value = None, **_: Value) -> Result:
    """`linalg.vander`: powers of each entry."""
    require_rank(x, 1, "x")
    dtype = None
    require_among(x, SOLVABLE | REAL - FLOATS, "float32, float64, complex or whole numbers", "x")
    if x.dtype is not None:  # whole numbers are raised to powers in int64, bools too
        whole = frozenset("int64" if one not in INEXACT else one for one in x.dtype)
        dtype = whole
    if x.shape is None or rank(x.shape) is None:
        return Array(None, dtype)
    last = x.shape[-1]
    assert isinstance(last, SizedAxis)
    columns = last.size if N is None else size_of(N)
    constant = None if columns is None else columns.constant
    if constant is not None and constant < 2:
        words = f"is {constant}" if N is not None else f"has {constant} entries in a row"
        raise Refused(f"{words}, expected 2 or more", "x" if N is None else "N")
    return Array((*x.shape, SizedAxis(columns)), dtype)
