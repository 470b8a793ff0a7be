"""Arguments of linear algebra.

They run on the meta device, as random matrices have no inverse; float16 and bfloat16, which its kernels take and no
other device does, are left out.
"""

from __future__ import annotations

from typing import Any

import torch

from tests.rules._conformance import EXPECTED_UNKNOWN, FLOATS, Arguments, Draw, T, arguments

_WIDE = (torch.float32, torch.float64, torch.complex64, torch.float32)
_REFUSED = (torch.int64, torch.bool)


def _dtype(draw: Draw) -> torch.dtype:
    return draw.dtype(*_WIDE)


def _matrix(draw: Draw, *, is_square: bool = False, may_be_whole: bool = True) -> T:
    n, m = draw.size(), draw.size()
    if is_square and draw.chance(0.9):
        m = n
    shape: tuple[int, ...] = (*draw.shape(0, 2), n, m)
    if draw.chance(0.04):
        shape = shape[-1:]
    dtype = draw.dtype(*_REFUSED) if may_be_whole and draw.chance(0.05) else _dtype(draw)
    return T(shape, dtype)


@arguments(*(f"torch.linalg.{name}" for name in ("inv", "inv_ex", "det", "slogdet")))
def square(draw: Draw) -> Arguments:
    return {"A": _matrix(draw, is_square=True)}


@arguments("torch.linalg.matrix_exp")
def matrix_exp(draw: Draw) -> Arguments:
    return {"input": _matrix(draw, is_square=True)}


# Their meta kernels take whole numbers, which other devices refuse.
@arguments(
    *(f"torch.linalg.{name}" for name in ("eig", "eigvals", "eigh", "eigvalsh", "ldl_factor", "ldl_factor_ex")),
)
def eigen(draw: Draw) -> Arguments:
    return {"input": _matrix(draw, is_square=True, may_be_whole=False)}


@arguments(
    "torch.linalg.cholesky",
    "torch.linalg.cholesky_ex",
    "torch.inverse",
    "torch.det",
    "torch.logdet",
    "torch.slogdet",
    "torch.matrix_exp",
)
def old_square(draw: Draw) -> Arguments:
    return {"input": _matrix(draw, is_square=True)}


@arguments(
    "torch.cholesky", "torch.cholesky_inverse", "torch.Tensor.cholesky", "torch.Tensor.cholesky_inverse", on_cpu=True
)
def old_cholesky(draw: Draw) -> Arguments:
    matrix = _matrix(draw, is_square=True)  # a matrix of ones is positive definite only if it is 1 by 1
    return {
        "input": T(
            (*matrix.shape[:-2], *(1 if matrix.shape[-1] == size else 2 for size in matrix.shape[-2:])), matrix.dtype
        )
    }


@arguments("torch.linalg.matrix_power")
def matrix_power(draw: Draw) -> Arguments:
    return {"input": _matrix(draw, is_square=True), "n": draw.randint(-2, 3)}


@arguments("torch.matrix_power")
def old_matrix_power(draw: Draw) -> Arguments:
    return {"input": _matrix(draw, is_square=True), "n": draw.randint(-2, 3)}


@arguments("torch.linalg.svd")
def svd(draw: Draw) -> Arguments:
    found: Arguments = {"A": _matrix(draw)}
    return {**found, "full_matrices": draw.chance(0.5)} if draw.chance(0.7) else found


@arguments("torch.linalg.svdvals")
def svdvals(draw: Draw) -> Arguments:
    return {"A": _matrix(draw)}


@arguments("torch.linalg.cond")
def cond(draw: Draw) -> Arguments:
    p = draw.choice((None, None, 2, -2, 1, "fro", "nuc", 2.0))
    is_square = p in (1, "fro", "nuc")
    return {"input": _matrix(draw, is_square=is_square), "p": p}


@arguments("torch.pinverse", "torch.linalg.pinv", "torch.linalg.matrix_rank")
def pinverse(draw: Draw) -> Arguments:
    return {"input": _matrix(draw)}


@arguments("torch.svd")
def old_svd(draw: Draw) -> Arguments:
    return {"input": _matrix(draw), "some": draw.chance(0.7), "compute_uv": draw.chance(0.7)}


@arguments("torch.linalg.qr")
def qr(draw: Draw) -> Arguments:
    return {"A": _matrix(draw), "mode": draw.choice(("reduced", "complete", "r"))}


@arguments("torch.qr")
def old_qr(draw: Draw) -> Arguments:
    return {"input": _matrix(draw), "some": draw.chance(0.5)}


@arguments("torch.linalg.lu", "torch.linalg.lu_factor", "torch.linalg.lu_factor_ex")
def lu(draw: Draw) -> Arguments:
    found: Arguments = {"A": _matrix(draw, may_be_whole=False)}
    return {**found, "pivot": draw.chance(0.5)} if draw.chance(0.5) else found


@arguments("torch.Tensor.lu")
def lu_method(draw: Draw) -> Arguments:
    found: Arguments = {"self": _matrix(draw, may_be_whole=False)}
    return {**found, "get_infos": draw.chance(0.5)} if draw.chance(0.5) else found


@arguments("torch.lu_unpack")
def lu_unpack(draw: Draw) -> Arguments:
    matrix = _matrix(draw, may_be_whole=False)
    matrix = matrix if len(matrix.shape) > 1 else T((2, 2))
    pivots = T((*matrix.shape[:-2], min(matrix.shape[-2:])), torch.int32)
    return {"LU_data": matrix, "LU_pivots": pivots, "unpack_data": draw.chance(0.7), "unpack_pivots": draw.chance(0.7)}


@arguments("torch.geqrf", "torch.Tensor.geqrf", on_cpu=True)  # no meta kernel
def geqrf(draw: Draw) -> Arguments:
    return {"input": _matrix(draw)}


def _reflections(draw: Draw) -> tuple[T, T]:
    n = draw.size(1, 3)
    rows = n + draw.randint(-1 if draw.chance(0.1) and n > 1 else 0, 2)
    batch, dtype = draw.shape(0, 2), _dtype(draw)
    return T((*batch, rows, n), dtype), T((*batch, draw.randint(1, n)), dtype)


@arguments("torch.linalg.householder_product")
def householder_product(draw: Draw) -> Arguments:
    matrix, tau = _reflections(draw)
    return {"input": matrix, "tau": tau}


@arguments("torch.orgqr")
def orgqr(draw: Draw) -> Arguments:
    matrix, tau = _reflections(draw)
    return {"input": matrix, "input2": tau}


@arguments("torch.linalg.diagonal")
def diagonal(draw: Draw) -> Arguments:
    tensor = draw.tensor(2 if draw.chance(0.9) else 0, 4)
    found: Arguments = {"A": tensor}
    ndim = len(tensor.shape)
    if draw.chance(0.6):
        found["offset"] = draw.randint(-3, 3)
    if draw.chance(0.5):
        found |= {"dim1": draw.dim(ndim), "dim2": draw.dim(ndim)}
    return found


@arguments("torch.linalg.vander")
def vander(draw: Draw) -> Arguments:
    tensor = T(draw.shape(1, 3), draw.dtype(*FLOATS, torch.int64, torch.int32, torch.uint8, torch.complex64))
    return {"x": tensor, "N": draw.randint(1 if draw.chance(0.2) else 2, 5)} if draw.chance(0.6) else {"x": tensor}


def _system(draw: Draw, *, may_be_vector: bool) -> tuple[T, T, bool]:
    n, k = draw.size(), draw.size()
    batch, dtype = draw.shape(0, 2), _dtype(draw)
    left = draw.chance(0.8)
    wrong = 1 if draw.chance(0.08) else 0
    shape: tuple[int, ...] = (n + wrong, k) if left else (k, n + wrong)
    if may_be_vector and draw.chance(0.3):
        shape = (n + wrong,)
    other = draw.broadcastable(batch) if len(shape) == 2 or draw.chance(0.3) else batch
    matrix = T((*batch, n, n + (1 if draw.chance(0.04) else 0)), dtype)
    return matrix, T((*other, *shape), draw.dtype(*_WIDE) if draw.chance(0.04) else dtype), left


@arguments("torch.linalg.solve", "torch.linalg.solve_ex")
def solve(draw: Draw) -> Arguments:
    matrix, sides, left = _system(draw, may_be_vector=True)
    return {"A": matrix, "B": sides} if left else {"A": matrix, "B": sides, "left": left}


@arguments("torch.linalg.solve_triangular")
def solve_triangular(draw: Draw) -> Arguments:
    matrix, sides, left = _system(draw, may_be_vector=False)  # its meta kernel mixes dtypes
    return {"input": matrix, "B": T(sides.shape, matrix.dtype), "upper": draw.chance(0.5), "left": left}


@arguments("torch.triangular_solve")
def triangular_solve(draw: Draw) -> Arguments:
    matrix, sides, _ = _system(draw, may_be_vector=False)
    return {"input": T(sides.shape, matrix.dtype), "A": matrix}


@arguments("torch.cholesky_solve")
def cholesky_solve(draw: Draw) -> Arguments:
    matrix, sides, _ = _system(draw, may_be_vector=False)
    return {"input": T(sides.shape, matrix.dtype), "input2": matrix}


@arguments("torch.linalg.lu_solve")
def lu_solve(draw: Draw) -> Arguments:
    matrix, sides, left = _system(draw, may_be_vector=False)
    pivots = T(matrix.shape[:-1], torch.int64 if draw.chance(0.05) else torch.int32)
    return {"LU": matrix, "pivots": pivots, "B": sides, "left": left}


@arguments("torch.lu_solve")
def old_lu_solve(draw: Draw) -> Arguments:
    matrix, sides, _ = _system(draw, may_be_vector=False)
    return {"input": sides, "LU_data": matrix, "LU_pivots": T(matrix.shape[:-1], torch.int32)}


# Residuals, rank and singular values hang on the driver and the numbers.
EXPECTED_UNKNOWN.add("torch.linalg.lstsq")


@arguments("torch.linalg.lstsq", on_cpu=True)  # no meta kernel
def lstsq(draw: Draw) -> Arguments:
    n, m, k = draw.size(), draw.size(), draw.size()
    batch, dtype = draw.shape(0, 2), draw.dtype(*_WIDE)
    sides = (n + (1 if draw.chance(0.1) else 0), k)
    return {"input": T((*batch, n, m), dtype), "b": T((*batch, *sides[: 1 if draw.chance(0.3) else 2]), dtype)}


@arguments("torch.linalg.tensorinv")
def tensorinv(draw: Draw) -> Arguments:
    shape, ind = draw.choice(
        (((2, 3, 6), 2), ((6, 2, 3), 1), ((4, 6, 8, 3), 2), ((4, 4), 1), ((2, 2, 4), 2), ((3, 2), 1))
    )
    return {"input": T(shape, _dtype(draw)), "ind": draw.randint(0, 3) if draw.chance(0.1) else ind}


@arguments("torch.linalg.tensorsolve")
def tensorsolve(draw: Draw) -> Arguments:
    cases: tuple[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...] | None], ...] = (
        ((2, 3, 6), (2, 3), None),
        ((6, 2, 3), (6,), None),
        ((2, 3, 4, 4, 6), (2, 3, 4), None),
        ((3, 6, 4, 4, 3, 2), (3, 4, 6, 2), None),
    )
    shape, sides, dims = draw.choice(cases)
    dtype = _dtype(draw)
    found: dict[str, Any] = {
        "input": T(shape, dtype),
        "other": T((*sides[1:], sides[0]) if draw.chance(0.1) else sides, dtype),
    }
    return found if dims is None else {**found, "dims": dims}


def _norm(draw: Draw, name: str) -> Arguments:
    tensor = T(
        draw.shape(0 if draw.chance(0.1) else 1, 4),
        draw.dtype(*_REFUSED) if draw.chance(0.05) else draw.dtype(*FLOATS, torch.complex64),
    )
    found: Arguments = {name: tensor, "keepdim": draw.chance(0.5)}
    if draw.chance(0.15) and tensor.dtype in FLOATS:
        found["dtype"] = draw.dtype(torch.float32, torch.float64)
    return found


@arguments("torch.linalg.vector_norm")
def vector_norm(draw: Draw) -> Arguments:
    found = _norm(draw, "x")
    ndim = len(found["x"].shape)
    if draw.chance(0.8):
        found["dim"] = draw.dim(ndim) if draw.chance(0.6) else draw.dims(ndim)
    return {**found, "ord": draw.choice((1, 2, 2.5, float("inf"), 0))} if draw.chance(0.5) else found


@arguments("torch.linalg.norm")
def norm(draw: Draw) -> Arguments:
    found = _norm(draw, "input")
    ndim = len(found["input"].shape)
    if draw.chance(0.7):
        found["dim"] = draw.dim(ndim) if draw.chance(0.6) else draw.dims(ndim) or -1
    return {**found, "ord": draw.choice((1, 2, -2, float("inf"), "fro", "nuc"))} if draw.chance(0.5) else found


@arguments("torch.linalg.matrix_norm")
def matrix_norm(draw: Draw) -> Arguments:
    found = _norm(draw, "input")
    tensor = found["input"]
    found["input"] = T((*tensor.shape[:2], *draw.shape(1 if draw.chance(0.1) else 2, 2)), tensor.dtype)
    ndim = len(found["input"].shape)
    if draw.chance(0.4) and ndim > 1:
        found["dim"] = tuple(draw.sample(range(-ndim, 0), 2))
    return {**found, "ord": draw.choice((1, 2, -2, float("inf"), "fro", "nuc"))} if draw.chance(0.6) else found
