"""Linear algebra: inverses, decompositions, solutions and norms, over the last two axes.

Source: https://docs.pytorch.org/docs/stable/linalg.html
"""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import Size, multiply, number, subtract
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import FLOATS, INEXACT, REAL, complex_of, real_of, require_among, require_same_dtype
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    bool_of,
    broadcast,
    dims_of,
    int_of,
    normal_dim,
    numel,
    place,
    rank,
    reduced,
    require_equal,
    size_of,
    smaller,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value
from neuraltypes.rules.products import axes_text, require_rank
from neuraltypes.rules.reductions import norm_dtype

_SOLVABLE: Final[DTypes] = frozenset({"float32", "float64", "complex64", "complex128"})
_INT32: Final[DTypes] = frozenset({"int32"})
_INT64: Final[DTypes] = frozenset({"int64"})


class _Matrix:
    """The last two axes of an array, and those before them; None where they are not known."""

    def __init__(self, array: Array, argument: str, *, is_square: bool = False, dtypes: DTypes = _SOLVABLE) -> None:
        require_rank(array, 2, argument)
        expected = "float32, float64 or complex" if dtypes is _SOLVABLE else "Inexact"
        self.dtype = require_among(array, dtypes, expected, argument)
        shape = array.shape
        is_known = shape is not None and len(shape) > 1 and not any(isinstance(one, Rest) for one in shape[-2:])
        self.batch: Shape | None = shape[:-2] if shape is not None and is_known else None
        self.rows, self.columns = ANY, ANY
        if shape is not None and is_known:
            rows, columns = shape[-2:]
            assert isinstance(rows, SizedAxis)
            assert isinstance(columns, SizedAxis)
            self.rows, self.columns = rows, columns
        if is_square:
            require_equal(self.rows, self.columns, "is {left} by {right}, expected a square matrix", argument)

    @property
    def least(self) -> SizedAxis:
        """The shorter of both sides."""
        size = smaller(self.rows.size, self.columns.size)
        label = self.rows.label if size == self.rows.size and size is not None else None
        return SizedAxis(size, label)

    def of(self, *axes: SizedAxis, dtype: DTypes | None = None) -> Array:
        """An array with the same axes in front and others behind."""
        shape = None if self.batch is None else (*self.batch, *axes)
        return Array(shape, self.dtype if dtype is None else dtype)


def _operand(named: dict[str, Value], *, is_square: bool = False, dtypes: DTypes = _SOLVABLE) -> _Matrix:
    """The matrix that a function is given, under whichever name."""
    name = "A" if "A" in named else "input"
    array = named[name]
    assert isinstance(array, Array)
    return _Matrix(array, name, is_square=is_square, dtypes=dtypes)


# One matrix


@computed("linear_algebra.square")
@with_out
def square(**named: Value) -> Result:
    """`inv`, `cholesky`: of the same shape."""
    matrix = _operand(named, is_square=True)
    return matrix.of(matrix.rows, matrix.columns)


@computed("linear_algebra.matrix_exp")
def matrix_exp(**named: Value) -> Result:
    """`matrix_exp`: of half precision too."""
    matrix = _operand(named, is_square=True, dtypes=INEXACT)
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
    matrix = _Matrix(Array(array.shape), name, is_square=True)
    return Array(matrix.of(matrix.rows, matrix.columns).shape, array.dtype)


@computed("linear_algebra.square_and_info")
@with_out
def square_and_info(**named: Value) -> Result:
    """`inv_ex`, `cholesky_ex`: with an error code for each matrix."""
    matrix = _operand(named, is_square=True)
    return matrix.of(matrix.rows, matrix.columns), matrix.of(dtype=_INT32)


@computed("linear_algebra.determinant")
@with_out
def determinant(**named: Value) -> Result:
    """`det`, `logdet`."""
    return _operand(named, is_square=True).of()


@computed("linear_algebra.sign_and_logarithm")
@with_out
def sign_and_logarithm(**named: Value) -> Result:
    """`slogdet`: the logarithm is real."""
    matrix = _operand(named, is_square=True)
    return matrix.of(), Array(matrix.batch, real_of(matrix.dtype))


@computed("linear_algebra.eigenvalues")
@with_out
def eigenvalues(**named: Value) -> Result:
    """`eigvals`: complex."""
    matrix = _operand(named, is_square=True)
    return Array(matrix.of(matrix.rows).shape, complex_of(matrix.dtype))


@computed("linear_algebra.eigenvectors")
@with_out
def eigenvectors(**named: Value) -> Result:
    """`eig`: values and vectors, complex."""
    matrix = _operand(named, is_square=True)
    dtype = complex_of(matrix.dtype)
    return Array(matrix.of(matrix.rows).shape, dtype), Array(matrix.of(matrix.rows, matrix.columns).shape, dtype)


@computed("linear_algebra.symmetric_eigenvalues")
@with_out
def symmetric_eigenvalues(**named: Value) -> Result:
    """`eigvalsh`: real."""
    matrix = _operand(named, is_square=True)
    return Array(matrix.of(matrix.rows).shape, real_of(matrix.dtype))


@computed("linear_algebra.symmetric_eigenvectors")
@with_out
def symmetric_eigenvectors(**named: Value) -> Result:
    """`eigh`: real values, and vectors."""
    matrix = _operand(named, is_square=True)
    values = Array(matrix.of(matrix.rows).shape, real_of(matrix.dtype))
    return values, matrix.of(matrix.rows, matrix.columns)


@computed("linear_algebra.svd")
@with_out
def svd(full_matrices: Value, **named: Value) -> Result:
    """`linalg.svd`: U, the singular values, V transposed."""
    matrix = _operand(named)
    is_full, least = bool_of(full_matrices), matrix.least
    left = ANY if is_full is None else matrix.rows if is_full else least
    right = ANY if is_full is None else matrix.columns if is_full else least
    values = Array(matrix.of(least).shape, real_of(matrix.dtype))
    return matrix.of(matrix.rows, left), values, matrix.of(right, matrix.columns)


@computed("linear_algebra.old_svd")
@with_out
def old_svd(input: Array, some: Value = True, compute_uv: Value = True, **_: Value) -> Result:
    """`torch.svd`: U, the singular values, V."""
    matrix = _Matrix(input, "input")
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
    matrix = _operand(named)
    return Array(matrix.of(matrix.least).shape, real_of(matrix.dtype))


@computed("linear_algebra.qr")
@with_out
def qr(mode: Value = None, some: Value = True, **named: Value) -> Result:
    """`qr`: complete, reduced, or R alone."""
    matrix = _operand(named)
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
    matrix = _operand(named)
    least, pivots = matrix.least, bool_of(pivot)
    permutation = matrix.of(matrix.rows, matrix.rows) if pivots else Array(None, matrix.dtype)
    if pivots is False:
        permutation = Array((SizedAxis(number(0)),), matrix.dtype)
    return permutation, matrix.of(matrix.rows, least), matrix.of(least, matrix.columns)


@computed("linear_algebra.lu_factor")
@with_out
def lu_factor(**named: Value) -> Result:
    """`lu_factor`: L and U in one, and pivots."""
    matrix = _operand(named)
    return matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.least, dtype=_INT32)


@computed("linear_algebra.lu_factor_and_info")
@with_out
def lu_factor_and_info(**named: Value) -> Result:
    """`lu_factor_ex`: with an error code for each matrix."""
    matrix = _operand(named)
    factors = matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.least, dtype=_INT32)
    return (*factors, matrix.of(dtype=_INT32))


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
    matrix = _Matrix(Array(LU_data.shape), "LU_data")
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
    matrix = _operand(named, is_square=True)
    return matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.rows, dtype=_INT32)


@computed("linear_algebra.ldl_factor_and_info")
@with_out
def ldl_factor_and_info(**named: Value) -> Result:
    """`ldl_factor_ex`: with an error code for each matrix."""
    matrix = _operand(named, is_square=True)
    factors = matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.rows, dtype=_INT32)
    return (*factors, matrix.of(dtype=_INT32))


@computed("linear_algebra.pseudo_inverse")
@with_out
def pseudo_inverse(**named: Value) -> Result:
    """`pinv`: rows become columns."""
    matrix = _operand(named)
    if bool_of(named.get("hermitian", False)):
        require_equal(matrix.rows, matrix.columns, "is {left} by {right}, expected a square matrix", "A")
    return matrix.of(matrix.columns, matrix.rows)


@computed("linear_algebra.matrix_rank")
@with_out
def matrix_rank(**named: Value) -> Result:
    """`matrix_rank`: a whole number for each matrix; a tensor of tolerances may broadcast."""
    matrix = _operand(named, is_square=bool_of(named.get("hermitian", False)) is True)
    if any(named.get(name) is UNKNOWN or isinstance(named.get(name), Array) for name in ("tol", "atol", "rtol")):
        return Array(None, _INT64)
    return matrix.of(dtype=_INT64)


@computed("linear_algebra.condition")
@with_out
def condition(p: Value = None, **named: Value) -> Result:
    """`cond`: norms other than 2 take square matrices."""
    is_any = p is None or int_of(p) in (2, -2) or p in (2.0, -2.0)
    matrix = _operand(named, is_square=not is_any and p is not UNKNOWN)
    return Array(matrix.batch, real_of(matrix.dtype))


@computed("linear_algebra.geqrf")
@with_out
def geqrf(input: Array, **_: Value) -> Result:
    """`geqrf`: a factorization, and the factors of its reflections."""
    matrix = _Matrix(input, "input")
    return matrix.of(matrix.rows, matrix.columns), matrix.of(matrix.least)


@computed("linear_algebra.householder_product")
@with_out
def householder_product(tau: Value = None, input2: Value = None, **named: Value) -> Result:
    """`householder_product`, `orgqr`: the first columns of a product of reflections."""
    matrix = _operand(named)
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
    require_among(x, _SOLVABLE | REAL - FLOATS, "float32, float64, complex or whole numbers", "x")
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


# Two operands


@computed("linear_algebra.solve")
@with_out
def solve(A: Array, B: Array, left: Value = True, **_: Value) -> Result:
    """`linalg.solve`: `B` is a matrix of right sides, or one vector for each matrix."""
    return _solved(A, B, left)


@computed("linear_algebra.solve_and_info")
@with_out
def solve_and_info(A: Array, B: Array, left: Value = True, **_: Value) -> Result:
    """`linalg.solve_ex`: with an error code for each matrix."""
    return _solved(A, B, left), _Matrix(A, "A").of(dtype=_INT32)


def _solved(A: Array, B: Array, left: Value) -> Array:
    matrix = _Matrix(A, "A", is_square=True)
    dtype = require_same_dtype(("A", Array(dtype=matrix.dtype)), ("B", B))
    require_rank(B, 1, "B")
    is_vector, is_left = _is_vector(A.shape, B.shape), bool_of(left)
    if is_vector is None or is_left is None or matrix.batch is None or B.shape is None:
        return Array(None, dtype)
    if is_vector:
        if not is_left:
            raise Refused("is one vector for each matrix, which cannot stand on the left", "B")
        last = B.shape[-1]
        assert isinstance(last, SizedAxis)
        require_equal(matrix.rows, last, "axis -1 is {right}, expected {left}", "B")
        batch = broadcast([matrix.batch, B.shape[:-1]])
        return Array(None if batch is None else (*batch, last), dtype)
    return _matrix_solved(matrix, B, "B", dtype, is_left=is_left)


def _is_vector(left: Shape | None, right: Shape | None) -> bool | None:
    """Whether `B` is one vector for each matrix: torch compares its shape with that of `A` less its last axis."""
    if left is None or right is None or rank(left) is None or rank(right) is None:
        return None
    if len(right) == 1:
        return True
    if len(right) != len(left) - 1:
        return False
    pairs = list(zip(left[:-1], right, strict=True))
    if all(one == other and isinstance(one, SizedAxis) and one.size is not None for one, other in pairs):
        return True
    known = [
        (one.size, other.size) for one, other in pairs if isinstance(one, SizedAxis) and isinstance(other, SizedAxis)
    ]
    if any(one is not None and other is not None and _surely_differ(one, other) for one, other in known):
        return False
    return True if all(one is not None and one == other for one, other in known) else None


def _surely_differ(left: Size, right: Size) -> bool:
    return left.constant is not None and right.constant is not None and left.constant != right.constant


def _matrix_solved(matrix: _Matrix, B: Array, argument: str, dtype: DTypes | None, *, is_left: bool) -> Array:
    other = _Matrix(Array(B.shape), argument)
    side, where = (other.rows, "axis -2") if is_left else (other.columns, "axis -1")
    require_equal(matrix.rows, side, f"{where} is {{right}}, expected {{left}}", argument)
    batch = None if matrix.batch is None or other.batch is None else broadcast([matrix.batch, other.batch])
    return Array(None if batch is None else (*batch, other.rows, other.columns), dtype)


@computed("linear_algebra.solve_triangular")
@with_out
def solve_triangular(input: Array, B: Array, left: Value = True, **_: Value) -> Result:
    """`linalg.solve_triangular`: `B` is a matrix."""
    matrix = _Matrix(input, "input", is_square=True)
    dtype = require_same_dtype(("input", Array(dtype=matrix.dtype)), ("B", B))
    require_rank(B, 2, "B")
    is_left = bool_of(left)
    return Array(None, dtype) if is_left is None else _matrix_solved(matrix, B, "B", dtype, is_left=is_left)


@computed("linear_algebra.triangular_solve")
@with_out
def triangular_solve(input: Array, A: Array, **_: Value) -> Result:
    """`torch.triangular_solve`: the solution, and a copy of the matrix."""
    matrix = _Matrix(A, "A", is_square=True)
    require_rank(input, 2, "input")
    dtype = require_same_dtype(("A", Array(dtype=matrix.dtype)), ("input", input))
    solution = _matrix_solved(matrix, input, "input", dtype, is_left=True)
    if solution.shape is None:
        return solution, Array(None, dtype)
    return solution, Array((*solution.shape[:-2], matrix.rows, matrix.columns), dtype)


@computed("linear_algebra.cholesky_solve")
@with_out
def cholesky_solve(input: Array, input2: Array, **_: Value) -> Result:
    """`torch.cholesky_solve`: right sides, and a Cholesky factor."""
    matrix = _Matrix(input2, "input2", is_square=True)
    require_rank(input, 2, "input")
    dtype = require_same_dtype(("input2", Array(dtype=matrix.dtype)), ("input", input))
    return _matrix_solved(matrix, input, "input", dtype, is_left=True)


@computed("linear_algebra.lu_solve")
@with_out
def lu_solve(LU: Array, B: Array, pivots: Value = UNKNOWN, left: Value = True, **_: Value) -> Result:
    """`linalg.lu_solve`."""
    matrix = _Matrix(LU, "LU", is_square=True)
    require_rank(B, 2, "B")
    dtype = require_same_dtype(("LU", Array(dtype=matrix.dtype)), ("B", B))
    _require_pivots(matrix, pivots, "pivots")
    is_left = bool_of(left)
    return Array(None, dtype) if is_left is None else _matrix_solved(matrix, B, "B", dtype, is_left=is_left)


@computed("linear_algebra.old_lu_solve")
@with_out
def old_lu_solve(input: Array, LU_data: Array, LU_pivots: Value = UNKNOWN, **_: Value) -> Result:
    """`torch.lu_solve`."""
    matrix = _Matrix(LU_data, "LU_data", is_square=True)
    require_rank(input, 2, "input")
    dtype = require_same_dtype(("LU_data", Array(dtype=matrix.dtype)), ("input", input))
    _require_pivots(matrix, LU_pivots, "LU_pivots")
    return _matrix_solved(matrix, input, "input", dtype, is_left=True)


def _require_pivots(matrix: _Matrix, pivots: Value, argument: str) -> None:
    if not isinstance(pivots, Array):
        return
    require_among(pivots, _INT32, "int32", argument)
    require_rank(pivots, 1, argument)
    if pivots.shape is not None and isinstance(pivots.shape[-1], SizedAxis):
        require_equal(matrix.rows, pivots.shape[-1], "axis -1 is {right}, expected {left}", argument)


@computed("linear_algebra.least_squares")
def least_squares(input: Array, b: Array, **_: Value) -> Result:
    """`linalg.lstsq`: the solution; residuals, rank and singular values hang on the driver and the numbers."""
    matrix = _Matrix(input, "input")
    dtype = require_same_dtype(("input", Array(dtype=matrix.dtype)), ("b", b))
    others = Array(None, real_of(dtype)), Array(None, _INT64), Array(None, real_of(dtype))
    require_rank(b, 1, "b")
    is_vector = _is_vector(input.shape, b.shape)
    if is_vector is None or b.shape is None or matrix.batch is None:
        return (Array(None, dtype), *others)
    sides = b.shape[-1:] if is_vector else b.shape[-2:]
    rows = sides[0]
    assert isinstance(rows, SizedAxis)
    require_equal(matrix.rows, rows, f"axis {-len(sides)} is {{right}}, expected {{left}}", "b")
    batch = broadcast([matrix.batch, b.shape[: len(b.shape) - len(sides)]])
    shape = None if batch is None else (*batch, matrix.columns, *sides[1:])
    return (Array(shape, dtype), *others)


@computed("linear_algebra.tensor_inverse")
@with_out
def tensor_inverse(input: Array, ind: Value = UNKNOWN, **_: Value) -> Result:
    """`tensorinv`: the first `ind` axes change places with the others."""
    dtype = require_among(input, _SOLVABLE, "float32, float64 or complex", "input")
    count = int_of(ind)
    if count is not None and count <= 0:
        raise Refused(f"is {count}, expected 1 or more", "ind")
    if count is None or input.shape is None or rank(input.shape) is None:
        return Array(None, dtype)
    front, back = input.shape[:count], input.shape[count:]
    if sizes_differ(numel(front), numel(back)):
        raise Refused(f"has {numel(front)} entries before axis {count} and {numel(back)} from there on", "input")
    return Array((*back, *front), dtype)


@computed("linear_algebra.tensor_solution")
@with_out
def tensor_solution(input: Array, other: Array, dims: Value = None, **_: Value) -> Result:
    """`tensorsolve`: the axes of `A` behind those of `B`, of as many entries."""
    dtype = require_same_dtype(("input", input), ("other", other))
    dtype = require_among(Array(dtype=dtype), _SOLVABLE, "float32, float64 or complex", "input")
    if input.shape is None or rank(input.shape) is None or rank(other.shape) is None or other.shape is None:
        return Array(None, dtype)
    axes = list(input.shape)
    if dims is not None:
        moved = dims_of(dims)
        if moved is None:
            return Array(None, dtype)
        places = [normal_dim(number(one), len(axes), argument="dims") for one in moved]
        axes = [axis for at, axis in enumerate(axes) if at not in places] + [
            input.shape[at] for at in places if at is not None
        ]
    back = tuple(axes[len(other.shape) :])
    total, wanted = numel(back), numel(other.shape)
    if sizes_differ(total, wanted):
        raise Refused(f"has {wanted} entries, expected {total}", "other")
    if sizes_differ(numel(axes), None if total is None else multiply(total, total)):
        raise Refused("is not square", "input")
    return Array(back, dtype)


# Norms


@computed("linear_algebra.norm")
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
        require_among(input, _SOLVABLE, "float32 or float64", "input")


@computed("linear_algebra.vector_norm")
@with_out
def vector_norm(x: Array, dim: Value = None, keepdim: Value = False, dtype: Value = None, **_: Value) -> Result:
    """`vector_norm`: over some axes, or all."""
    return Array(reduced(x.shape, dim, keepdim), norm_dtype(x, dtype, "x"))


@computed("linear_algebra.matrix_norm")
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
