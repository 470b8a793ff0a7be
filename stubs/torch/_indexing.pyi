# Picking entries: indices, gather and scatter, masks, sorting, searching.

@computed("along_axes.gather")
def gather(input: Tensor, dim: Dim, index: Tensor, *, sparse_grad: bool = False, out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.scatter")
def scatter(input: Tensor, dim: Dim, index: Tensor, src: Tensor = ..., value: float = ..., *, reduce: str = ..., out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.scatter")
def scatter_add(input: Tensor, dim: Dim, index: Tensor, src: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.scatter")
def scatter_reduce(input: Tensor, dim: Dim, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True, out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.index_select")
def index_select(input: Tensor, dim: Dim, index: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.index_add")
def index_add(input: Tensor, dim: Dim, index: Tensor, source: Tensor, *, alpha: float = 1, out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.index_add")
def index_copy(input: Tensor, dim: Dim, index: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.index_add")
def index_reduce(input: Tensor, dim: Dim, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True, out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.index_fill")
def index_fill(input: Tensor, dim: Dim, index: Tensor, value: Tensor | float) -> Tensor: ...

@computed("indexing.index_put")
def index_put(input: Tensor, indices: Indices, values: Tensor, accumulate: bool = False) -> Tensor: ...
index_put_ = index_put

@computed("along_axes.take")
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("along_axes.put")
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor: ...

@computed("along_axes.take_along_dim")
def take_along_dim(input: Tensor, indices: Tensor, dim: Dim | None = None, *, out: Tensor | None = None) -> Tensor: ...

@computed("selection.masked_select")
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("selection.masked_scatter")
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor: ...

@computed("selection.nonzero")
def nonzero(input: Tensor, *, as_tuple: bool = False, out: Tensor | None = None) -> Tensor: ...

@computed("selection.nonzero")
def argwhere(input: Tensor) -> Tensor: ...

@computed("ordering.topk")
def topk(input: Tensor, k: int, dim: Dim = -1, largest: bool = True, sorted: bool = True, *, out: Tensor | None = None) -> Tensor: ...

@computed("ordering.sort")
def sort(input: Tensor, dim: Dim = -1, descending: bool = False, *, stable: bool | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("ordering.argsort")
def argsort(input: Tensor, dim: Dim = -1, descending: bool = False, *, stable: bool = False, out: Tensor | None = None) -> Tensor: ...

@computed("ordering.msort")
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor: ...

@computed("ordering.kthvalue")
def kthvalue(input: Tensor, k: int, dim: Dim = -1, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor: ...

@computed("ordering.unique")
def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Dim | None = None) -> Tensor: ...

@computed("ordering.unique")
def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: Dim | None = None) -> Tensor: ...

@computed("counting.bincount")
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor: ...

@computed("counting.histc")
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0, *, out: Tensor | None = None) -> Tensor: ...

@computed("counting.searchsorted")
def searchsorted(sorted_sequence: Tensor, input: Tensor = ..., self: float = ..., *, out_int32: bool = False, right: bool = False, side: str | None = None, sorter: Tensor | None = None, out: Tensor | None = None) -> Tensor: ...

@computed("counting.bucketize")
def bucketize(input: Tensor = ..., boundaries: Tensor = ..., self: float = ..., *, out_int32: bool = False, right: bool = False, out: Tensor | None = None) -> Tensor: ...

class Tensor:
    @computed("indexing.get_item")
    def __getitem__(self, indices: Indices, /) -> Tensor: ...
    @computed("indexing.set_item")
    def __setitem__(self, indices: Indices, value: Tensor | float, /) -> Tensor: ...
    gather = torch.gather
    scatter = torch.scatter
    scatter_ = torch.scatter
    scatter_add = torch.scatter_add
    scatter_add_ = torch.scatter_add
    scatter_reduce = torch.scatter_reduce
    scatter_reduce_ = torch.scatter_reduce
    index_select = torch.index_select
    index_add = torch.index_add
    index_add_ = torch.index_add
    index_copy = torch.index_copy
    index_copy_ = torch.index_copy
    index_reduce = torch.index_reduce
    index_reduce_ = torch.index_reduce
    index_fill = torch.index_fill
    index_fill_ = torch.index_fill
    index_put = torch.index_put
    index_put_ = torch.index_put
    take = torch.take
    put = torch.put
    put_ = torch.put
    take_along_dim = torch.take_along_dim
    masked_select = torch.masked_select
    masked_scatter = torch.masked_scatter
    @computed("selection.masked_scatter_in_place")
    def masked_scatter_(input: Tensor, mask: Tensor, source: Tensor) -> Tensor: ...
    nonzero = torch.nonzero
    argwhere = torch.argwhere
    topk = torch.topk
    sort = torch.sort
    argsort = torch.argsort
    msort = torch.msort
    kthvalue = torch.kthvalue
    unique = torch.unique
    unique_consecutive = torch.unique_consecutive
    bincount = torch.bincount
    histc = torch.histc
