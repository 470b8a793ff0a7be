# Products of matrices and vectors.

@computed("products.matmul")
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("products.mm")
def mm(input: Tensor, mat2: Tensor, out_dtype: DType | None = None, *, out: Tensor | None = None) -> Tensor: ...

@computed("products.bmm")
def bmm(input: Tensor, mat2: Tensor, out_dtype: DType | None = None, *, out: Tensor | None = None) -> Tensor: ...

@computed("products.mv")
def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("products.dot")
def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("products.dot")
def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("products.inner")
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("products.outer")
def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor: ...
ger = outer

@computed("products.kron")
def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("products.cross")
def cross(input: Tensor, other: Tensor, dim: Dim | None = None, *, out: Tensor | None = None) -> Tensor: ...

@computed("sums_of_products.addmm")
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, out_dtype: DType | None = None, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None) -> Tensor: ...

@computed("sums_of_products.addmv")
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None) -> Tensor: ...

@computed("sums_of_products.addr")
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None) -> Tensor: ...

@computed("sums_of_products.baddbmm")
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, out_dtype: DType | None = None, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None) -> Tensor: ...

@computed("sums_of_products.addbmm")
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None) -> Tensor: ...

@computed("products.chain")
def chain_matmul(*matrices: Tensor, out: Tensor | None = None) -> Tensor: ...

@computed("products.tensordot")
def tensordot(a: Tensor, b: Tensor, dims: Dims = 2, out: Tensor | None = None) -> Tensor: ...

@computed("einstein.einsum")
def einsum(*args: Operands) -> Tensor: ...

@computed("linear.bilinear")
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> NeuralType[Tensor, UnnormalizedType]: ...

class Tensor:
    matmul = torch.matmul
    mm = torch.mm
    bmm = torch.bmm
    mv = torch.mv
    dot = torch.dot
    vdot = torch.vdot
    inner = torch.inner
    outer = torch.outer
    ger = torch.outer
    kron = torch.kron
    cross = torch.cross
    addmm = torch.addmm
    addmv = torch.addmv
    addr = torch.addr
    baddbmm = torch.baddbmm
    addbmm = torch.addbmm

    @computed("products.at")
    def __matmul__(self, other: Tensor, /) -> Tensor: ...

    @computed("products.at_reflected")
    def __rmatmul__(self, other: Tensor, /) -> Tensor: ...

    @computed("sums_of_products.in_place")
    def addmm_(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor: ...

    @computed("sums_of_products.in_place")
    def addmv_(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor: ...

    @computed("sums_of_products.in_place")
    def addr_(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor: ...

    @computed("sums_of_products.baddbmm_in_place")
    def baddbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor: ...

    @computed("sums_of_products.addbmm")
    def addbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor: ...
