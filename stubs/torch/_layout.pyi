# Where numbers lie: views, permuted, repeated and split axes.

@computed("layout.reshape")
def reshape(input: Tensor, shape: Sizes) -> Tensor: ...

@computed("layout.flatten")
def flatten(input: Tensor, start_dim: Dim = 0, end_dim: Dim = -1) -> Tensor: ...

@computed("layout.ravel")
def ravel(input: Tensor) -> Tensor: ...

@computed("layout.unflatten")
def unflatten(input: Tensor, dim: Dim, sizes: Sizes) -> Tensor: ...

@computed("layout.squeeze")
def squeeze(input: Tensor, dim: Dims = ...) -> Tensor: ...

@computed("layout.unsqueeze")
def unsqueeze(input: Tensor, dim: Dim) -> Tensor: ...

@computed("layout.atleast_1d")
def atleast_1d(*tensors: Tensor) -> Tensor: ...

@computed("layout.atleast_2d")
def atleast_2d(*tensors: Tensor) -> Tensor: ...

@computed("layout.atleast_3d")
def atleast_3d(*tensors: Tensor) -> Tensor: ...

@computed("layout.transpose")
def transpose(input: Tensor, dim0: Dim, dim1: Dim) -> Tensor: ...
swapdims = transpose

@computed("layout.swapaxes")
def swapaxes(input: Tensor, axis0: Dim, axis1: Dim) -> Tensor: ...

@computed("layout.t")
def t(input: Tensor) -> Tensor: ...

@computed("layout.matrix_transpose")
def adjoint(input: Tensor) -> Tensor: ...

@computed("layout.permute")
def permute(input: Tensor, dims: Dims) -> Tensor: ...

@computed("layout.movedim")
def movedim(input: Tensor, source: Dims, destination: Dims) -> Tensor: ...
moveaxis = movedim

@computed("layout.flip")
def flip(input: Tensor, dims: Dims) -> Tensor: ...

@computed("layout.fliplr")
def fliplr(input: Tensor) -> Tensor: ...

@computed("layout.flipud")
def flipud(input: Tensor) -> Tensor: ...

@computed("layout.rot90")
def rot90(input: Tensor, k: int = 1, dims: Dims = ...) -> Tensor: ...

@computed("layout.roll")
def roll(input: Tensor, shifts: Sizes, dims: Dims = ()) -> Tensor: ...

@computed("layout.expand")
def broadcast_to(input: Tensor, size: Sizes) -> Tensor: ...

@computed("layout.broadcast_tensors")
def broadcast_tensors(*tensors: Tensor) -> Tensor: ...

@computed("layout.tile")
def tile(input: Tensor, dims: Sizes) -> Tensor: ...

@computed("layout.repeat_interleave")
def repeat_interleave(input: Tensor = ..., repeats: Tensor | int = ..., dim: Dim | None = None, *, output_size: int | None = None) -> Tensor: ...

@computed("layout.narrow")
def narrow(input: Tensor, dim: Dim, start: int, length: int) -> Tensor: ...

@computed("layout.narrow")
def narrow_copy(input: Tensor, dim: Dim, start: int, length: int, *, out: Tensor | None = None) -> Tensor: ...

@computed("layout.select")
def select(input: Tensor, dim: Dim, index: int) -> Tensor: ...

@computed("layout.select")
def select_copy(input: Tensor, dim: Dim, index: int, *, out: Tensor | None = None) -> Tensor: ...

@computed("layout.unbind")
def unbind(input: Tensor, dim: Dim = 0) -> Tensor: ...

@computed("layout.split_function")
def split(tensor: Tensor, split_size_or_sections: Sizes, dim: Dim = 0) -> Tensor: ...

@computed("layout.split")
def unsafe_split(input: Tensor, split_size: int, dim: Dim = 0) -> Tensor: ...

@computed("layout.split_with_sizes")
def split_with_sizes(input: Tensor, split_sizes: Sizes, dim: Dim = 0) -> Tensor: ...

@computed("layout.chunk")
def chunk(input: Tensor, chunks: int, dim: Dim = 0) -> Tensor: ...

@computed("layout.chunk")
def unsafe_chunk(input: Tensor, chunks: int, dim: Dim = 0) -> Tensor: ...

@computed("layout.tensor_split")
def tensor_split(input: Tensor, tensor_indices_or_sections: Tensor | None = ..., sections: int = ..., indices: Sizes = ..., dim: Dim = 0) -> Tensor: ...

@computed("layout.hsplit")
def hsplit(input: Tensor, sections: int = ..., indices: Sizes = ...) -> Tensor: ...

@computed("layout.vsplit")
def vsplit(input: Tensor, sections: int = ..., indices: Sizes = ...) -> Tensor: ...

@computed("layout.dsplit")
def dsplit(input: Tensor, sections: int = ..., indices: Sizes = ...) -> Tensor: ...

@computed("layout.as_strided")
def as_strided(input: Tensor, size: Sizes, stride: Sizes, storage_offset: int | None = None) -> Tensor: ...

@computed("layout.diagonal")
def diagonal(input: Tensor, offset: int = 0, dim1: Dim = 0, dim2: Dim = 1) -> Tensor: ...

@computed("layout.diag")
def diag(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor: ...

@computed("layout.diagflat")
def diagflat(input: Tensor, offset: int = 0) -> Tensor: ...

@computed("layout.diag_embed")
def diag_embed(input: Tensor, offset: int = 0, dim1: Dim = -2, dim2: Dim = -1) -> Tensor: ...

@computed("layout.meshgrid")
def meshgrid(*tensors: Tensor, indexing: Literal["ij", "xy"] | None = None) -> Tensor: ...

@computed("layout.cartesian_prod")
def cartesian_prod(*tensors: Tensor) -> Tensor: ...

@computed("layout.combinations")
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor: ...

@computed("layout.pixel_shuffle")
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor: ...

@computed("layout.pixel_unshuffle")
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor: ...

@computed("layout.channel_shuffle")
def channel_shuffle(input: Tensor, groups: int) -> Tensor: ...

native_channel_shuffle = torch.channel_shuffle

class Tensor:
    @computed("layout.view")
    def view(self, size: Sizes = ..., dtype: DType = ...) -> Tensor: ...
    reshape = torch.reshape
    @computed("layout.view_as")
    def view_as(self, other: Tensor) -> Tensor: ...
    reshape_as = view_as
    flatten = torch.flatten
    ravel = torch.ravel
    unflatten = torch.unflatten
    squeeze = torch.squeeze
    squeeze_ = torch.squeeze
    unsqueeze = torch.unsqueeze
    unsqueeze_ = torch.unsqueeze
    transpose = torch.transpose
    transpose_ = torch.transpose
    swapdims = torch.transpose
    swapdims_ = torch.transpose
    swapaxes = torch.swapaxes
    swapaxes_ = torch.swapaxes
    t = torch.t
    t_ = torch.t
    adjoint = torch.adjoint
    @computed("layout.reversed_axes")
    @property
    def T(self) -> Tensor: ...
    @computed("layout.hermitian")
    @property
    def H(self) -> Tensor: ...
    @computed("layout.matrix_transpose")
    @property
    def mT(self) -> Tensor: ...
    @computed("layout.matrix_transpose")
    @property
    def mH(self) -> Tensor: ...
    permute = torch.permute
    movedim = torch.movedim
    moveaxis = torch.movedim
    flip = torch.flip
    fliplr = torch.fliplr
    flipud = torch.flipud
    rot90 = torch.rot90
    roll = torch.roll
    @computed("layout.expand")
    def expand(self, size: Sizes, *, implicit: bool = False) -> Tensor: ...
    @computed("layout.expand_as")
    def expand_as(self, other: Tensor) -> Tensor: ...
    broadcast_to = torch.broadcast_to
    @computed("layout.repeat")
    def repeat(self, repeats: Sizes) -> Tensor: ...
    tile = torch.tile
    repeat_interleave = torch.repeat_interleave
    narrow = torch.narrow
    narrow_copy = torch.narrow_copy
    select = torch.select
    unbind = torch.unbind
    @computed("layout.split")
    def split(self, split_size: Sizes, dim: Dim = 0) -> Tensor: ...
    unsafe_split = torch.unsafe_split
    split_with_sizes = torch.split_with_sizes
    chunk = torch.chunk
    unsafe_chunk = torch.unsafe_chunk
    tensor_split = torch.tensor_split
    hsplit = torch.hsplit
    vsplit = torch.vsplit
    dsplit = torch.dsplit
    @computed("layout.unfold_axis")
    def unfold(self, dimension: Dim, size: int, step: int) -> Tensor: ...
    as_strided = torch.as_strided
    as_strided_ = torch.as_strided
    diagonal = torch.diagonal
    diag = torch.diag
    diagflat = torch.diagflat
    diag_embed = torch.diag_embed
