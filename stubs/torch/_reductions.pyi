# Reductions, running totals, distances.

@computed("reductions.sum")
def sum(input: Tensor, dim: Dims | Dim | None = None, keepdim: bool = False, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.sum")
def nansum(input: Tensor, dim: Dims | Dim | None = None, keepdim: bool = False, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.sum")
def prod(input: Tensor, dim: Dim | None = None, keepdim: bool = False, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.mean")
def mean(input: Tensor, dim: Dims | Dim | None = None, keepdim: bool = False, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.nanmean")
def nanmean(input: Tensor, dim: Dims | Dim | None = None, keepdim: bool = False, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.deviation")
def std(input: Tensor, dim: Dims | Dim | None = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.deviation")
def var(input: Tensor, dim: Dims | Dim | None = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.deviation_and_mean")
def std_mean(input: Tensor, dim: Dims | Dim | None = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None) -> tuple[Tensor, Tensor]: ...

@computed("reductions.deviation_and_mean")
def var_mean(input: Tensor, dim: Dims | Dim | None = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None) -> tuple[Tensor, Tensor]: ...

@computed("reductions.truth")
def all(input: Tensor, dim: Dims | Dim | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.truth")
def any(input: Tensor, dim: Dims | Dim | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.count")
def count_nonzero(input: Tensor, dim: Dims | Dim | None = None) -> Tensor: ...

@computed("reductions.logsumexp")
def logsumexp(input: Tensor, dim: Dims | Dim, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.norm")
def norm(input: Tensor, p: float | Literal["fro", "nuc"] | None = "fro", dim: Dims | Dim | None = None, keepdim: bool = False, out: Tensor | None = None, dtype: DType | None = None) -> Tensor: ...

@computed("reductions.trace")
def trace(input: Shaped[Tensor, "n m"]) -> Tensor: ...

@computed("reductions.chosen")
def amax(input: Tensor, dim: Dims | Dim = (), keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.chosen")
def amin(input: Tensor, dim: Dims | Dim = (), keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.least_and_greatest")
def aminmax(input: Tensor, *, dim: Dim | None = None, keepdim: bool = False, out: Tensor | None = None) -> tuple[Tensor, Tensor]: ...

@computed("reductions.extreme")
def max(input: Tensor, dim: Dim | None = None, keepdim: bool = False, *, other: Tensor | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.extreme")
def min(input: Tensor, dim: Dim | None = None, keepdim: bool = False, *, other: Tensor | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.median")
def median(input: Tensor, dim: Dim | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.median")
def nanmedian(input: Tensor, dim: Dim | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.mode")
def mode(input: Tensor, dim: Dim = -1, keepdim: bool = False, *, out: Tensor | None = None) -> tuple[Tensor, Tensor]: ...

@computed("reductions.index")
def argmax(input: Tensor, dim: Dim | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.index")
def argmin(input: Tensor, dim: Dim | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("reductions.quantile")
def quantile(input: Tensor, q: Tensor | float, dim: Dim | None = None, keepdim: bool = False, *, interpolation: Literal["linear", "lower", "higher", "nearest", "midpoint"] = "linear", out: Tensor | None = None) -> Tensor: ...

@computed("reductions.quantile")
def nanquantile(input: Tensor, q: Tensor | float, dim: Dim | None = None, keepdim: bool = False, *, interpolation: Literal["linear", "lower", "higher", "nearest", "midpoint"] = "linear", out: Tensor | None = None) -> Tensor: ...

@computed("running.running_total")
def cumsum(input: Tensor, dim: Dim, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("running.running_total")
def cumprod(input: Tensor, dim: Dim, *, dtype: DType | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("running.running_extreme")
def cummax(input: Tensor, dim: Dim, *, out: Tensor | None = None) -> tuple[Tensor, Tensor]: ...

@computed("running.running_extreme")
def cummin(input: Tensor, dim: Dim, *, out: Tensor | None = None) -> tuple[Tensor, Tensor]: ...

@computed("running.logcumsumexp")
def logcumsumexp(input: Tensor, dim: Dim, *, out: Tensor | None = None) -> Tensor: ...

@computed("running.diff")
def diff(input: Tensor, n: int = 1, dim: Dim = -1, prepend: Tensor | None = None, append: Tensor | None = None, *, out: Tensor | None = None) -> Tensor: ...

@computed("running.trapezoid")
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: Dim = -1) -> Tensor: ...
trapz = trapezoid

@computed("running.running_trapezoid")
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: Dim = -1) -> Tensor: ...

@computed("distances.renorm")
def renorm(input: Tensor, p: float, dim: Dim, maxnorm: float, *, out: Tensor | None = None) -> Tensor: ...

@computed("distances.dist")
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor: ...

@computed("distances.cdist")
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: Literal["use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"] = "use_mm_for_euclid_dist_if_necessary") -> Tensor: ...

@computed("distances.pdist")
def pdist(input: Float[Tensor, "n m"], p: float = 2) -> Tensor: ...

@computed("distances.cosine_similarity")
def cosine_similarity(x1: Tensor, x2: Tensor, dim: Dim = 1, eps: float = 1e-08) -> Tensor: ...

@computed("distances.pairwise_distance")
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-06, keepdim: bool = False) -> Tensor: ...

class Tensor:
    sum = torch.sum
    nansum = torch.nansum
    prod = torch.prod
    mean = torch.mean
    nanmean = torch.nanmean
    std = torch.std
    var = torch.var
    all = torch.all
    any = torch.any
    count_nonzero = torch.count_nonzero
    logsumexp = torch.logsumexp
    norm = torch.norm
    trace = torch.trace
    amax = torch.amax
    amin = torch.amin
    aminmax = torch.aminmax
    max = torch.max
    min = torch.min
    median = torch.median
    nanmedian = torch.nanmedian
    mode = torch.mode
    argmax = torch.argmax
    argmin = torch.argmin
    quantile = torch.quantile
    nanquantile = torch.nanquantile
    cumsum = torch.cumsum
    cumprod = torch.cumprod
    cummax = torch.cummax
    cummin = torch.cummin
    logcumsumexp = torch.logcumsumexp
    diff = torch.diff
    renorm = torch.renorm
    dist = torch.dist

    @computed("running.running_total_in_place")
    def cumsum_(input: Tensor, dim: Dim, *, dtype: DType | None = None) -> Tensor: ...

    @computed("running.running_total_in_place")
    def cumprod_(input: Tensor, dim: Dim, *, dtype: DType | None = None) -> Tensor: ...

    @computed("distances.renorm")
    def renorm_(input: Tensor, p: float, dim: Dim, maxnorm: float) -> Tensor: ...
