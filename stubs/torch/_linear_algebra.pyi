# Linear algebra under its names in torch itself and as methods.

@computed("linear_algebra.square")
def inverse(input: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("linear_algebra.square")
def cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("linear_algebra.square")
def cholesky_inverse(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("solutions.cholesky_solve")
def cholesky_solve(input: Tensor, input2: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("linear_algebra.matrix_exp")
def matrix_exp(input: Tensor) -> Tensor: ...

@computed("linear_algebra.matrix_power")
def matrix_power(input: Tensor, n: int, *, out: Tensor | None = None) -> Tensor: ...

@computed("linear_algebra.determinant")
def det(input: Tensor) -> Tensor: ...

@computed("linear_algebra.determinant")
def logdet(input: Tensor) -> Tensor: ...

@computed("linear_algebra.sign_and_logarithm")
def slogdet(input: Tensor, *, out: Tensor | None = None) -> tuple[Tensor, Tensor]: ...

@computed("linear_algebra.pseudo_inverse")
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor: ...

@computed("linear_algebra.old_svd")
def svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]: ...

@computed("linear_algebra.qr")
def qr(input: Tensor, some: bool = True, *, out: Tensor | None = None) -> tuple[Tensor, Tensor]: ...

@computed("linear_algebra.geqrf")
def geqrf(input: Tensor, *, out: Tensor | None = None) -> tuple[Tensor, Tensor]: ...

@computed("linear_algebra.householder_product")
def orgqr(input: Tensor, input2: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("solutions.triangular_solve")
def triangular_solve(input: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False, *, out: Tensor | None = None) -> tuple[Tensor, Tensor]: ...

@computed("solutions.old_lu_solve")
def lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("linear_algebra.lu_unpack")
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *, out: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]: ...

class Tensor:
    inverse = torch.inverse
    cholesky = torch.cholesky
    cholesky_inverse = torch.cholesky_inverse
    cholesky_solve = torch.cholesky_solve
    matrix_exp = torch.matrix_exp
    matrix_power = torch.matrix_power
    det = torch.det
    logdet = torch.logdet
    slogdet = torch.slogdet
    pinverse = torch.pinverse
    svd = torch.svd
    qr = torch.qr
    geqrf = torch.geqrf
    orgqr = torch.orgqr
    triangular_solve = torch.triangular_solve
    lu_solve = torch.lu_solve

    @computed("linear_algebra.lu_method")
    def lu(self, pivot: bool = True, get_infos: bool = False) -> Tensor: ...
