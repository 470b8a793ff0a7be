"""Solutions of linear equations, and inverses of tensors.

Source: https://docs.pytorch.org/docs/stable/linalg.html#solvers
"""

from __future__ import annotations

from neuraltypes._sizes import Size, multiply, number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import real_of, require_among, require_same_dtype
from neuraltypes.rules._matrices import INT32, INT64, SOLVABLE, Matrix
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    bool_of,
    broadcast,
    dims_of,
    int_of,
    normal_dim,
    numel,
    rank,
    require_equal,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value
from neuraltypes.rules.products import require_rank


@computed("solutions.solve")
@with_out
def solve(A: Array, B: Array, left: Value = True, **_: Value) -> Result:
    """`linalg.solve`: `B` is a matrix of right sides, or one vector for each matrix."""
    return _solved(A, B, left)


@computed("solutions.solve_and_info")
@with_out
def solve_and_info(A: Array, B: Array, left: Value = True, **_: Value) -> Result:
    """`linalg.solve_ex`: with an error code for each matrix."""
    return _solved(A, B, left), Matrix(A, "A").of(dtype=INT32)


def _solved(A: Array, B: Array, left: Value) -> Array:
    matrix = Matrix(A, "A", is_square=True)
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


def _matrix_solved(matrix: Matrix, B: Array, argument: str, dtype: DTypes | None, *, is_left: bool) -> Array:
    other = Matrix(Array(B.shape), argument)
    side, where = (other.rows, "axis -2") if is_left else (other.columns, "axis -1")
    require_equal(matrix.rows, side, f"{where} is {{right}}, expected {{left}}", argument)
    batch = None if matrix.batch is None or other.batch is None else broadcast([matrix.batch, other.batch])
    return Array(None if batch is None else (*batch, other.rows, other.columns), dtype)


@computed("solutions.solve_triangular")
@with_out
def solve_triangular(input: Array, B: Array, left: Value = True, **_: Value) -> Result:
    """`linalg.solve_triangular`: `B` is a matrix."""
    matrix = Matrix(input, "input", is_square=True)
    dtype = require_same_dtype(("input", Array(dtype=matrix.dtype)), ("B", B))
    require_rank(B, 2, "B")
    is_left = bool_of(left)
    return Array(None, dtype) if is_left is None else _matrix_solved(matrix, B, "B", dtype, is_left=is_left)


@computed("solutions.triangular_solve")
@with_out
def triangular_solve(input: Array, A: Array, **_: Value) -> Result:
    """`torch.triangular_solve`: the solution, and a copy of the matrix."""
    matrix = Matrix(A, "A", is_square=True)
    require_rank(input, 2, "input")
    dtype = require_same_dtype(("A", Array(dtype=matrix.dtype)), ("input", input))
    solution = _matrix_solved(matrix, input, "input", dtype, is_left=True)
    if solution.shape is None:
        return solution, Array(None, dtype)
    return solution, Array((*solution.shape[:-2], matrix.rows, matrix.columns), dtype)


@computed("solutions.cholesky_solve")
@with_out
def cholesky_solve(input: Array, input2: Array, **_: Value) -> Result:
    """`torch.cholesky_solve`: right sides, and a Cholesky factor."""
    matrix = Matrix(input2, "input2", is_square=True)
    require_rank(input, 2, "input")
    dtype = require_same_dtype(("input2", Array(dtype=matrix.dtype)), ("input", input))
    return _matrix_solved(matrix, input, "input", dtype, is_left=True)


@computed("solutions.lu_solve")
@with_out
def lu_solve(LU: Array, B: Array, pivots: Value = UNKNOWN, left: Value = True, **_: Value) -> Result:
    """`linalg.lu_solve`."""
    matrix = Matrix(LU, "LU", is_square=True)
    require_rank(B, 2, "B")
    dtype = require_same_dtype(("LU", Array(dtype=matrix.dtype)), ("B", B))
    _require_pivots(matrix, pivots, "pivots")
    is_left = bool_of(left)
    return Array(None, dtype) if is_left is None else _matrix_solved(matrix, B, "B", dtype, is_left=is_left)


@computed("solutions.old_lu_solve")
@with_out
def old_lu_solve(input: Array, LU_data: Array, LU_pivots: Value = UNKNOWN, **_: Value) -> Result:
    """`torch.lu_solve`."""
    matrix = Matrix(LU_data, "LU_data", is_square=True)
    require_rank(input, 2, "input")
    dtype = require_same_dtype(("LU_data", Array(dtype=matrix.dtype)), ("input", input))
    _require_pivots(matrix, LU_pivots, "LU_pivots")
    return _matrix_solved(matrix, input, "input", dtype, is_left=True)


def _require_pivots(matrix: Matrix, pivots: Value, argument: str) -> None:
    if not isinstance(pivots, Array):
        return
    require_among(pivots, INT32, "int32", argument)
    require_rank(pivots, 1, argument)
    if pivots.shape is not None and isinstance(pivots.shape[-1], SizedAxis):
        require_equal(matrix.rows, pivots.shape[-1], "axis -1 is {right}, expected {left}", argument)


@computed("solutions.least_squares")
def least_squares(input: Array, b: Array, **_: Value) -> Result:
    """`linalg.lstsq`: the solution; residuals, rank and singular values hang on the driver and the numbers."""
    matrix = Matrix(input, "input")
    dtype = require_same_dtype(("input", Array(dtype=matrix.dtype)), ("b", b))
    others = Array(None, real_of(dtype)), Array(None, INT64), Array(None, real_of(dtype))
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


@computed("solutions.tensor_inverse")
@with_out
def tensor_inverse(input: Array, ind: Value = UNKNOWN, **_: Value) -> Result:
    """`tensorinv`: the first `ind` axes change places with the others."""
    dtype = require_among(input, SOLVABLE, "float32, float64 or complex", "input")
    count = int_of(ind)
    if count is not None and count <= 0:
        raise Refused(f"is {count}, expected 1 or more", "ind")
    if count is None or input.shape is None or rank(input.shape) is None:
        return Array(None, dtype)
    front, back = input.shape[:count], input.shape[count:]
    if sizes_differ(numel(front), numel(back)):
        raise Refused(f"has {numel(front)} entries before axis {count} and {numel(back)} from there on", "input")
    return Array((*back, *front), dtype)


@computed("solutions.tensor_solution")
@with_out
def tensor_solution(input: Array, other: Array, dims: Value = None, **_: Value) -> Result:
    """`tensorsolve`: the axes of `A` behind those of `B`, of as many entries."""
    dtype = require_same_dtype(("input", input), ("other", other))
    dtype = require_among(Array(dtype=dtype), SOLVABLE, "float32, float64 or complex", "input")
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
