"""Arguments for the rules of views, permuted, repeated and split axes."""

import math
from typing import Any

import torch

from tests.rules._conformance import ON_CPU, Arguments, Draw, T, arguments


def _factors(draw: Draw, count: int) -> tuple[int, ...]:
    """Sizes that multiply to `count`."""
    found: list[int] = []
    left = count
    while left > 1 and len(found) < 4:
        divisor = draw.choice([number for number in range(1, left + 1) if left % number == 0])
        found.append(divisor)
        left //= divisor
    found.append(left)
    draw.shuffle(found)
    return tuple(found)


def _target(draw: Draw, count: int) -> tuple[int, ...]:
    """Sizes for so many entries: with a -1 now and then, and now and then of another number."""
    sizes = list(_factors(draw, count)) if count else [0, 2]
    if count == 1 and draw.chance(0.2):
        return ()
    if draw.chance(0.1):
        sizes[draw.randrange(len(sizes))] += 1
    if draw.chance(0.4):
        sizes[draw.randrange(len(sizes))] = -1
    if draw.chance(0.03):
        sizes.append(draw.choice((-1, -2)))
    return tuple(sizes)


def _shape(draw: Draw, low: int = 0, high: int = 4) -> tuple[int, ...]:
    shape = draw.shape(low, high)
    return (*shape[:-1], 0) if shape and draw.chance(0.03) else shape


@arguments("torch.Tensor.view")
def view(draw: Draw) -> Arguments:
    if draw.chance(0.3):
        size = draw.choice((4, 8, 3, 2))
        dtype = draw.dtype(torch.int8, torch.int16, torch.float32, torch.int64, torch.bfloat16, torch.complex64)
        return {"self": T((*draw.shape(0, 2), *([size] * draw.chance(0.9))), draw.dtype()), "dtype": dtype}
    shape = _shape(draw)
    return {"self": T(shape, draw.dtype()), "size": _target(draw, math.prod(shape))}


@arguments("torch.reshape")
def reshape(draw: Draw) -> Arguments:
    shape = _shape(draw)
    return {"input": T(shape, draw.dtype()), "shape": _target(draw, math.prod(shape))}


@arguments("torch.Tensor.view_as")
def view_as(draw: Draw) -> Arguments:
    shape = _shape(draw)
    target = tuple(abs(size) for size in _target(draw, math.prod(shape)))
    return {"self": T(shape, draw.dtype()), "other": T(target, draw.dtype())}


@arguments("torch.unflatten")
def unflatten(draw: Draw) -> Arguments:
    shape = draw.shape(0 if draw.chance(0.1) else 1)
    dim = draw.dim(len(shape))
    size = shape[dim] if shape and -len(shape) <= dim < len(shape) else 1
    return {"input": T(shape, draw.dtype()), "dim": dim, "sizes": _target(draw, size)}


def _with_ones(draw: Draw) -> T:
    return T(tuple(1 if draw.chance(0.4) else draw.size() for _ in range(draw.randint(0, 4))), draw.dtype())


@arguments("torch.squeeze")
def squeeze(draw: Draw) -> Arguments:
    tensor = _with_ones(draw)
    if draw.chance(0.3):
        return {"input": tensor}
    if draw.chance(0.3):
        return {"input": tensor, "dim": draw.dims(len(tensor.shape))}
    return {"input": tensor, "dim": draw.dim(len(tensor.shape))}


@arguments("torch.unsqueeze")
def unsqueeze(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    return {"input": tensor, "dim": draw.dim(len(tensor.shape) + 1)}


@arguments("torch.atleast_1d", "torch.atleast_2d", "torch.atleast_3d")
def atleast(draw: Draw) -> Arguments:
    several = tuple(draw.tensor() for _ in range(draw.randint(1, 3)))
    return {"tensors": (several,) if draw.chance(0.3) else several}


@arguments("torch.permute")
def permute(draw: Draw) -> Arguments:
    shape = draw.shape()
    dims = list(range(len(shape)))
    draw.shuffle(dims)
    dims = [dim - len(shape) if draw.chance(0.3) else dim for dim in dims]
    if dims and draw.chance(0.1):
        dims = draw.choice((dims[1:], [*dims, 0], [dims[0]] * len(dims), [9, *dims[1:]]))
    return {"input": T(shape, draw.dtype()), "dims": tuple(dims)}


@arguments("torch.movedim")
def movedim(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    ndim = len(tensor.shape)
    if draw.chance(0.6):
        return {"input": tensor, "source": draw.dim(ndim), "destination": draw.dim(ndim)}
    source, destination = draw.dims(ndim), draw.dims(ndim)
    count = min(len(source), len(destination)) if draw.chance(0.9) else ndim
    return {"input": tensor, "source": source[:count], "destination": destination[:count]}


@arguments("torch.flip")
def flip(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    dims = draw.dims(len(tensor.shape))
    wrong = draw.choice(((*dims, *dims[:1]), (*dims, 7)))
    return {"input": tensor, "dims": wrong if draw.chance(0.1) else dims}


@arguments("torch.rot90")
def rot90(draw: Draw) -> Arguments:
    tensor = draw.tensor(1 if draw.chance(0.1) else 2)
    dims = tuple(draw.dim(len(tensor.shape)) for _ in range(2 if draw.chance(0.95) else 3))
    return {"input": tensor, "k": draw.randint(-3, 4)} | ({"dims": dims} if draw.chance(0.6) else {})


@arguments("torch.roll")
def roll(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    ndim = len(tensor.shape)
    if draw.chance(0.2):
        return {"input": tensor, "shifts": draw.choice((1, 2, (1, 2), ()))}
    if draw.chance(0.4):
        return {"input": tensor, "shifts": draw.randint(-3, 3), "dims": draw.dim(ndim)}
    dims = draw.dims(ndim)
    return {"input": tensor, "shifts": tuple(1 for _ in dims) if draw.chance(0.9) else (1, 2, 3), "dims": dims}


def _expansion(draw: Draw, shape: tuple[int, ...]) -> tuple[int, ...]:
    sizes = [draw.size() if size == 1 else size for size in shape]
    sizes = [-1 if draw.chance(0.2) else size for size in sizes]
    if sizes and draw.chance(0.1):
        sizes[draw.randrange(len(sizes))] = draw.choice((7, -2))
    if sizes and draw.chance(0.04):
        sizes.pop()
    if draw.chance(0.3):
        sizes.insert(0, draw.choice((draw.size(), draw.size(), -1)))
    return tuple(sizes)


@arguments("torch.Tensor.expand")
def expand(draw: Draw) -> Arguments:
    tensor = _with_ones(draw)
    return {"self": tensor, "size": _expansion(draw, tensor.shape)}


@arguments("torch.broadcast_to")
def broadcast_to(draw: Draw) -> Arguments:
    tensor = _with_ones(draw)
    return {"input": tensor, "size": _expansion(draw, tensor.shape)}


@arguments("torch.Tensor.expand_as")
def expand_as(draw: Draw) -> Arguments:
    tensor = _with_ones(draw)
    return {"self": tensor, "other": T(tuple(map(abs, _expansion(draw, tensor.shape))), draw.dtype())}


@arguments("torch.broadcast_tensors")
def broadcast_tensors(draw: Draw) -> Arguments:
    shape = draw.shape()
    return {"tensors": tuple(T(draw.broadcastable(shape), draw.dtype()) for _ in range(draw.randint(1, 3)))}


def _repeats(draw: Draw, ndim: int) -> tuple[int, ...]:
    sizes = tuple(draw.size(0 if draw.chance(0.1) else 1, 3) for _ in range(ndim + draw.choice((0, 0, 0, 1, 2, -1))))
    return (-1, *sizes[1:]) if draw.chance(0.03) else sizes


@arguments("torch.Tensor.repeat")
def repeat(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    return {"self": tensor, "repeats": _repeats(draw, len(tensor.shape))}


@arguments("torch.tile")
def tile(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    return {"input": tensor, "dims": _repeats(draw, len(tensor.shape))}


@arguments("torch.repeat_interleave")
def repeat_interleave(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    dim = draw.dim(len(tensor.shape)) if draw.chance(0.7) else None
    if draw.chance(0.75):
        found: Arguments = {"input": tensor, "repeats": draw.randint(-1 if draw.chance(0.1) else 0, 3)}
    else:
        size = math.prod(tensor.shape) if dim is None else _size_at(tensor.shape, dim)
        size = size + draw.chance(0.1)
        repeats = T(draw.choice(((size,), (size,), (), (1,))), draw.dtype(torch.int64, torch.int32))
        axis = math.prod(tensor.shape) if dim is None else _size_at(tensor.shape, dim)
        found = {"input": tensor, "repeats": repeats} | ({"output_size": axis} if draw.chance(0.5) else {})
    return found if dim is None and draw.chance(0.5) else found | {"dim": dim}


ON_CPU.update(("torch.repeat_interleave", "torch.Tensor.repeat_interleave"))  # the number of repeats is data


def _size_at(shape: tuple[int, ...], dim: int) -> int:
    return shape[dim] if -len(shape) <= dim < len(shape) else 1


@arguments("torch.narrow", "torch.narrow_copy")
def narrow(draw: Draw) -> Arguments:
    tensor = draw.tensor(0 if draw.chance(0.05) else 1)
    dim = draw.dim(len(tensor.shape))
    size = _size_at(tensor.shape, dim)
    start = draw.randint(-size, size)
    left = size - start % size if start < size else 0
    return {"input": tensor, "dim": dim, "start": start, "length": draw.randint(0, left + draw.chance(0.1))}


@arguments("torch.select", "torch.select_copy")
def select(draw: Draw) -> Arguments:
    tensor = draw.tensor(0 if draw.chance(0.05) else 1)
    dim = draw.dim(len(tensor.shape))
    return {"input": tensor, "dim": dim, "index": draw.dim(_size_at(tensor.shape, dim))}


def _parts(draw: Draw, size: int) -> tuple[int, ...]:
    parts: list[int] = []
    while sum(parts) < size:
        parts.append(draw.randint(0, size - sum(parts)))
    return (*parts, draw.choice((1, -1))) if draw.chance(0.1) else tuple(parts)


def _split(draw: Draw) -> tuple[T, int | tuple[int, ...], int]:
    tensor = T(_shape(draw, 0 if draw.chance(0.05) else 1), draw.dtype())
    dim = draw.dim(len(tensor.shape))
    size = _size_at(tensor.shape, dim)
    return tensor, _parts(draw, size) if draw.chance(0.5) else draw.randint(draw.choice((-1, 0, 1)), 4), dim


@arguments("torch.split")
def split(draw: Draw) -> Arguments:
    tensor, wanted, dim = _split(draw)
    return {"tensor": tensor, "split_size_or_sections": wanted, "dim": dim}


@arguments("torch.Tensor.split")
def split_method(draw: Draw) -> Arguments:
    tensor, wanted, dim = _split(draw)
    return {"self": tensor, "split_size": wanted, "dim": dim}


@arguments("torch.unsafe_split")
def unsafe_split(draw: Draw) -> Arguments:
    tensor = draw.tensor(1)
    return {"input": tensor, "split_size": draw.size(), "dim": draw.dim(len(tensor.shape))}


@arguments("torch.split_with_sizes")
def split_with_sizes(draw: Draw) -> Arguments:
    tensor = draw.tensor(1)
    dim = draw.dim(len(tensor.shape))
    return {"input": tensor, "split_sizes": _parts(draw, _size_at(tensor.shape, dim)), "dim": dim}


@arguments("torch.chunk", "torch.unsafe_chunk")
def chunk(draw: Draw) -> Arguments:
    tensor = T(_shape(draw, 0 if draw.chance(0.05) else 1), draw.dtype())
    return {
        "input": tensor,
        "chunks": draw.randint(0 if draw.chance(0.1) else 1, 5),
        "dim": draw.dim(len(tensor.shape)),
    }


def _indices(draw: Draw) -> tuple[int, ...]:
    return tuple(draw.randint(-3, 7) for _ in range(draw.randint(0, 3)))


@arguments("torch.tensor_split")
def tensor_split(draw: Draw) -> Arguments:
    tensor = T(_shape(draw, 0 if draw.chance(0.05) else 1), draw.dtype())
    wanted: Arguments = {"indices": _indices(draw)} if draw.chance(0.5) else {"sections": draw.randint(0, 5)}
    return {"input": tensor, **wanted, "dim": draw.dim(len(tensor.shape))}


@arguments("torch.hsplit", "torch.vsplit", "torch.dsplit")
def even_split(draw: Draw) -> Arguments:
    shape = tuple(draw.choice((2, 4, 6, 3)) for _ in range(draw.randint(0 if draw.chance(0.2) else 3, 4)))
    wanted: Arguments = {"indices": _indices(draw)} if draw.chance(0.5) else {"sections": draw.choice((1, 2, 2, 3, 0))}
    return {"input": T(shape, draw.dtype()), **wanted}


@arguments("torch.Tensor.unfold")
def unfold_axis(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    dim = draw.dim(len(tensor.shape))
    size = draw.randint(0, _size_at(tensor.shape, dim) + draw.chance(0.1))
    return {"self": tensor, "dimension": dim, "size": size, "step": draw.randint(0 if draw.chance(0.1) else 1, 3)}


@arguments("torch.as_strided")
def as_strided(draw: Draw) -> Arguments:
    wanted = draw.shape(0, 2)
    strides = tuple(0 for _ in wanted) if draw.chance(0.9) else (1, 0, 0)
    return {"input": T((3, 4), draw.dtype()), "size": wanted, "stride": strides}


@arguments("torch.diagonal")
def diagonal(draw: Draw) -> Arguments:
    tensor = draw.tensor(0 if draw.chance(0.1) else 2)
    found: Arguments = {"input": tensor, "offset": draw.randint(-3, 3)}
    if draw.chance(0.6):
        found |= {"dim1": draw.dim(len(tensor.shape)), "dim2": draw.dim(len(tensor.shape))}
    return found


@arguments("torch.diag")
def diag(draw: Draw) -> Arguments:
    return {"input": draw.tensor(1, 3 if draw.chance(0.1) else 2), "diagonal": draw.randint(-3, 3)}


ON_CPU.update(("torch.diag", "torch.Tensor.diag"))  # meta takes an offset beyond the matrix in another way


@arguments("torch.diag_embed")
def diag_embed(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    found: Arguments = {"input": tensor, "offset": draw.randint(-3, 3)}
    if draw.chance(0.6):
        found |= {"dim1": draw.dim(len(tensor.shape) + 1), "dim2": draw.dim(len(tensor.shape) + 1)}
    return found


@arguments("torch.meshgrid", on_cpu=True)  # meta says of mixed dtypes that there is no kernel
def meshgrid(draw: Draw) -> Arguments:
    dtype = draw.dtype()
    several = tuple(
        T(draw.shape(0, 2 if draw.chance(0.05) else 1), draw.dtype() if draw.chance(0.05) else dtype)
        for _ in range(draw.randint(1, 3))
    )
    tensors: tuple[Any, ...] = (several,) if draw.chance(0.3) else several
    return {"tensors": tensors, "indexing": draw.choice(("ij", "xy"))} if draw.chance(0.6) else {"tensors": tensors}


@arguments("torch.cartesian_prod")
def cartesian_prod(draw: Draw) -> Arguments:
    dtype = draw.dtype()
    low = 0 if draw.chance(0.1) else 1
    return {"tensors": tuple(T(draw.shape(low, 1), dtype) for _ in range(draw.randint(1, 3)))}


@arguments("torch.combinations")
def combinations(draw: Draw) -> Arguments:
    tensor = draw.tensor(0 if draw.chance(0.05) else 1, 2 if draw.chance(0.05) else 1)
    return {"input": tensor, "r": draw.randint(-1 if draw.chance(0.1) else 0, 3), "with_replacement": draw.chance(0.5)}


ON_CPU.add("torch.combinations")  # it selects by a mask


def _image(draw: Draw, channels: int, height: int, width: int) -> T:
    front = draw.shape(0, 2)
    shape = (*front, channels, height, width)
    return T(shape[1:] if draw.chance(0.05) else shape, draw.dtype())


def _shuffle(draw: Draw) -> tuple[T, int]:
    factor = draw.randint(0 if draw.chance(0.1) else 1, 3)
    return _image(draw, draw.size() * factor**2 + draw.chance(0.1), draw.size(), draw.size()), factor


def _unshuffle(draw: Draw) -> tuple[T, int]:
    factor = draw.randint(0 if draw.chance(0.1) else 1, 3)
    height = draw.size() * max(factor, 1) + draw.chance(0.1)
    return _image(draw, draw.size(), height, draw.size() * max(factor, 1)), factor


def _channels(draw: Draw) -> tuple[T, int]:
    groups = draw.randint(0 if draw.chance(0.1) else 1, 3)
    shape = (draw.size(), draw.size() * max(groups, 1) + draw.chance(0.1), *draw.shape(0 if draw.chance(0.1) else 1, 2))
    return T(shape, draw.dtype()), groups


@arguments("torch.pixel_shuffle")
def pixel_shuffle(draw: Draw) -> Arguments:
    tensor, factor = _shuffle(draw)
    return {"input": tensor, "upscale_factor": factor}


@arguments("torch.pixel_unshuffle")
def pixel_unshuffle(draw: Draw) -> Arguments:
    tensor, factor = _unshuffle(draw)
    return {"input": tensor, "downscale_factor": factor}


@arguments("torch.channel_shuffle")
def channel_shuffle(draw: Draw) -> Arguments:
    tensor, groups = _channels(draw)
    return {"input": tensor, "groups": groups}


@arguments("torch.nn.PixelShuffle.forward")
def pixel_shuffle_module(draw: Draw) -> Arguments:
    tensor, factor = _shuffle(draw)
    return {"init": {"upscale_factor": factor}, "forward": {"input": tensor}}


@arguments("torch.nn.PixelUnshuffle.forward")
def pixel_unshuffle_module(draw: Draw) -> Arguments:
    tensor, factor = _unshuffle(draw)
    return {"init": {"downscale_factor": factor}, "forward": {"input": tensor}}


@arguments("torch.nn.ChannelShuffle.forward")
def channel_shuffle_module(draw: Draw) -> Arguments:
    tensor, groups = _channels(draw)
    return {"init": {"groups": groups}, "forward": {"input": tensor}}


@arguments("torch.nn.Flatten.forward")
def flatten_module(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    init = {"start_dim": draw.dim(len(tensor.shape)), "end_dim": draw.dim(len(tensor.shape))}
    return {"init": init if draw.chance(0.6) else {}, "forward": {"input": tensor}}


@arguments("torch.nn.Unflatten.forward")
def unflatten_module(draw: Draw) -> Arguments:
    found = unflatten(draw)
    return {"init": {"dim": found["dim"], "unflattened_size": found["sizes"]}, "forward": {"input": found["input"]}}


def _one_or_two(draw: Draw, low: int, high: int) -> int | tuple[int, int]:
    return draw.randint(low, high) if draw.chance(0.5) else (draw.randint(low, high), draw.randint(low, high))


def _patches(draw: Draw) -> Arguments:
    found: Arguments = {"kernel_size": _one_or_two(draw, 1, 3)}
    for name, low in (("dilation", 1), ("padding", 0), ("stride", 1)):
        if draw.chance(0.4):
            found[name] = _one_or_two(draw, low, 2)
    if draw.chance(0.05):
        found["stride"] = 0
    return found


def _unfold(draw: Draw) -> tuple[T, Arguments]:
    front = draw.shape(1, 2)
    shape = (*front, draw.randint(3, 8), draw.randint(3, 8))
    return T(shape[-2:] if draw.chance(0.05) else shape, draw.dtype(torch.float32, torch.float64)), _patches(draw)


def _two(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value


def _fold(draw: Draw) -> tuple[T, Arguments]:
    found = _patches(draw)
    image = _one_or_two(draw, 3, 8)
    area, count = 1, 1
    for axis in range(2):
        kernel, dilation, padding, stride = (
            _two(found.get(name, default))[axis]
            for name, default in (("kernel_size", 1), ("dilation", 1), ("padding", 0), ("stride", 1))
        )
        area *= kernel
        count *= (_two(image)[axis] + 2 * padding - dilation * (kernel - 1) - 1) // max(stride, 1) + 1
    columns = draw.size() * area + draw.chance(0.1)
    shape = (*draw.shape(0, 1), columns, max(count, 1) + draw.chance(0.1))
    return T(shape, draw.dtype(torch.float32, torch.float64)), {"output_size": image, **found}


@arguments("torch.nn.functional.unfold")
def unfold(draw: Draw) -> Arguments:
    tensor, options = _unfold(draw)
    return {"input": tensor, **options}


@arguments("torch.nn.functional.fold")
def fold(draw: Draw) -> Arguments:
    tensor, options = _fold(draw)
    return {"input": tensor, **options}


@arguments("torch.nn.Unfold.forward")
def unfold_module(draw: Draw) -> Arguments:
    tensor, options = _unfold(draw)
    return {"init": options, "forward": {"input": tensor}}


@arguments("torch.nn.Fold.forward")
def fold_module(draw: Draw) -> Arguments:
    tensor, options = _fold(draw)
    return {"init": options, "forward": {"input": tensor}}
