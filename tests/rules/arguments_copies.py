"""Arguments for copies of views, replaced parts and statistics."""

import torch

from tests.rules import arguments_layout
from tests.rules._conformance import GENERATORS, Arguments, Draw, T, arguments

_TWINS = {
    "torch.permute_copy": "torch.permute",
    "torch.squeeze_copy": "torch.squeeze",
    "torch.unsqueeze_copy": "torch.unsqueeze",
    "torch.diagonal_copy": "torch.diagonal",
    "torch.split_copy": "torch.unsafe_split",
    "torch.split_with_sizes_copy": "torch.split_with_sizes",
    "torch.unsafe_split_with_sizes": "torch.split_with_sizes",
    "torch.as_strided_copy": "torch.as_strided",
    "torch.view_copy": "torch.Tensor.view",
    "torch.expand_copy": "torch.Tensor.expand",
    "torch.unfold_copy": "torch.Tensor.unfold",
    "torch.view_as_complex_copy": "torch.view_as_complex",
}


def _as_function(name: str, twin: str) -> None:
    @arguments(name)
    def same(draw: Draw) -> Arguments:
        given = GENERATORS[twin](draw)
        return {"input" if key == "self" else key: value for key, value in given.items()}


for _name, _twin in _TWINS.items():
    _as_function(_name, _twin)


def _part(draw: Draw, shape: tuple[int, ...]) -> T:
    if shape and draw.chance(0.1):
        shape = (*shape[:-1], shape[-1] + 1)
    return T(shape, draw.dtype(torch.float32, torch.float64, torch.int64))


@arguments("torch.select_scatter", "torch.Tensor.select_scatter", on_cpu=True)  # the meta kernel takes any src
def select_scatter(draw: Draw) -> Arguments:
    shape = draw.shape(1, 3)
    at = draw.randrange(len(shape))
    index = draw.randint(-shape[at], shape[at] - 1 + draw.chance(0.05))
    return {"input": T(shape), "src": _part(draw, (*shape[:at], *shape[at + 1 :])), "dim": at, "index": index}


@arguments("torch.slice_scatter", "torch.Tensor.slice_scatter", on_cpu=True)  # the meta kernel takes any src
def slice_scatter(draw: Draw) -> Arguments:
    given = slice_copy(draw)
    shape, at = given["input"].shape, given.get("dim", 0)
    count = len(range(shape[at])[given.get("start") : given.get("end") : given.get("step", 1)])
    return {**given, "src": _part(draw, (*shape[:at], count, *shape[at + 1 :]))}


@arguments("torch.slice_copy")
def slice_copy(draw: Draw) -> Arguments:
    given: Arguments = {"input": T(draw.shape(1, 3), draw.dtype())}
    if draw.chance(0.7):
        given["dim"] = draw.randrange(len(given["input"].shape))
    for name in ("start", "end"):
        if draw.chance(0.5):
            given[name] = draw.randint(-3, 4)
    if draw.chance(0.4):
        given["step"] = draw.randint(1, 3)
    return given


@arguments("torch.diagonal_scatter", "torch.Tensor.diagonal_scatter", on_cpu=True)  # the meta kernel takes any src
def diagonal_scatter(draw: Draw) -> Arguments:
    given = arguments_layout.diagonal(draw)
    tensor = given["input"]
    try:
        rest = {key: value for key, value in given.items() if key != "input"}
        shape = tuple(torch.empty(tensor.shape, device="meta").diagonal(**rest).shape)
    except (RuntimeError, IndexError):
        shape = (2,)
    return {**given, "src": _part(draw, shape)}


@arguments("torch.cov", "torch.Tensor.cov", on_cpu=True)  # the meta kernel of weights refuses what the CPU takes
def cov(draw: Draw) -> Arguments:
    shape = draw.shape(0, 2) if draw.chance(0.95) else draw.shape(3, 3)
    return {"input": T(shape, draw.dtype(torch.float32, torch.float64, torch.int64)), "correction": draw.randint(0, 1)}


@arguments("torch.corrcoef", "torch.Tensor.corrcoef", on_cpu=True)
def corrcoef(draw: Draw) -> Arguments:
    shape = draw.shape(0, 2) if draw.chance(0.95) else draw.shape(3, 3)
    return {"input": T(shape, draw.dtype(torch.float32, torch.float64, torch.int64))}


@arguments("torch.vander", on_cpu=True)
def vander(draw: Draw) -> Arguments:
    shape = draw.shape(1, 1) if draw.chance(0.9) else draw.shape(0, 2)
    given: Arguments = {"x": T(shape, draw.dtype(torch.float32, torch.float64, torch.int64, torch.int32))}
    return {**given, "N": draw.randint(-1, 5)} if draw.chance(0.6) else given


@arguments("torch.gradient", on_cpu=True)
def gradient(draw: Draw) -> Arguments:
    shape = tuple(draw.size(2, 5) for _ in range(draw.randint(1, 3)))
    given: Arguments = {"input": T(shape, draw.dtype(torch.float32, torch.float64))}
    if draw.chance(0.5):
        given["dim"] = draw.dim(len(shape)) if draw.chance(0.5) else tuple(draw.sample(range(len(shape)), 1))
    return {**given, "edge_order": draw.randint(1, 2)} if draw.chance(0.4) else given


@arguments("torch.nonzero_static", "torch.Tensor.nonzero_static", on_cpu=True)
def nonzero_static(draw: Draw) -> Arguments:
    return {"input": draw.tensor(), "size": draw.randint(-1, 5)}


@arguments("torch.unravel_index", on_cpu=True)
def unravel_index(draw: Draw) -> Arguments:
    shape = draw.size() if draw.chance(0.2) else draw.shape(1, 3)
    return {"indices": T(draw.shape(0, 2), draw.dtype(torch.int64, torch.int32), values=1), "shape": shape}


@arguments("torch.norm_except_dim", on_cpu=True)
def norm_except(draw: Draw) -> Arguments:
    shape = draw.shape(1, 4)
    return {"v": T(shape), "dim": draw.choice((0, 0, -1, len(shape) - 1))}


@arguments("torch.svd_lowrank", on_cpu=True)
def svd_lowrank(draw: Draw) -> Arguments:
    shape = (*draw.shape(0, 1), draw.size(2, 6), draw.size(2, 6))
    return {"A": T(shape, draw.dtype(torch.float32, torch.float64)), "q": draw.randint(1, 3)}


@arguments("torch.pca_lowrank", on_cpu=True)
def pca_lowrank(draw: Draw) -> Arguments:
    given = svd_lowrank(draw)
    if draw.chance(0.3):
        del given["q"]
    return given


@arguments("torch.Tensor.sum_to_size")
def sum_to_size(draw: Draw) -> Arguments:
    shape = draw.shape(0, 4)
    size = shape[draw.randint(0, len(shape)) :] if draw.chance(0.5) else shape
    size = tuple(1 if draw.chance(0.3) else one + draw.chance(0.05) for one in size)
    return {"self": T(shape, draw.dtype(torch.float32, torch.float64, torch.int64)), "size": size}


@arguments("torch.resize_as_", "torch.Tensor.resize_as_", on_cpu=True)
def resize_as(draw: Draw) -> Arguments:
    return {"input": draw.tensor(), "the_template": draw.tensor()}


@arguments("torch.Tensor.to_sparse", on_cpu=True)
def to_sparse(draw: Draw) -> Arguments:
    return {"self": draw.tensor(0, 3, torch.float32, torch.float64, torch.int64)}


@arguments("torch.Tensor.to_dense", on_cpu=True)
def to_dense(draw: Draw) -> Arguments:
    given: Arguments = {"self": draw.tensor()}
    return given


@arguments("torch.Tensor.fill_diagonal_", on_cpu=True)
def fill_diagonal(draw: Draw) -> Arguments:
    size = draw.size()
    return {"self": T((size, draw.size()) if draw.chance(0.7) else (size,) * 3), "fill_value": 0.5}
