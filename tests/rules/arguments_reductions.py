"""Arguments of reductions, running totals and distances.

Most run on the CPU: the meta kernels of `std`, `max` and `argmax` take dtypes that every device refuses.
"""

from __future__ import annotations

from typing import Any

import torch

from tests.rules._conformance import DTYPES, FLOATS, INTS, Arguments, Draw, T, arguments

_WIDE = (torch.float32, torch.float64)
_REAL = (*FLOATS, *INTS)


def _and_methods(*names: str) -> tuple[str, ...]:
    """Functions and the methods of their names."""
    return (*names, *(name.replace("torch.", "torch.Tensor.") for name in names))


def _dtype(draw: Draw, *usual: torch.dtype) -> torch.dtype:
    """One of the usual dtypes, now and then any."""
    return draw.dtype() if draw.chance(0.12) else draw.dtype(*usual)


def _axes(draw: Draw, ndim: int) -> Any:
    """One axis, several, or all."""
    if draw.chance(0.3):
        dims = draw.dims(ndim) or (draw.dim(ndim),)
        if draw.chance(0.05):
            dims = (*dims, dims[0])
        return list(dims) if draw.chance(0.3) else dims
    return None if draw.chance(0.15) else draw.dim(ndim)


def _reduction(draw: Draw, *dtypes: torch.dtype, single: bool = False, may_be_all: bool = True) -> Arguments:
    tensor = T(draw.shape(), _dtype(draw, *dtypes))
    found: Arguments = {"input": tensor}
    ndim = len(tensor.shape)
    if not may_be_all or draw.chance(0.8):
        dim = draw.dim(ndim) if single else _axes(draw, ndim)
        found["dim"] = draw.dim(ndim) if dim is None and not may_be_all else dim
        if draw.chance(0.6):
            found["keepdim"] = draw.chance(0.5)
    return found


def _maybe_dtype(draw: Draw, found: Arguments, *dtypes: torch.dtype) -> Arguments:
    return {**found, "dtype": draw.dtype(*dtypes)} if draw.chance(0.3) else found


@arguments("torch.sum", "torch.nansum")
def total(draw: Draw) -> Arguments:
    return _maybe_dtype(draw, _reduction(draw, *DTYPES), torch.float64, torch.int64, torch.float32, torch.bool)


@arguments("torch.prod")
def prod(draw: Draw) -> Arguments:
    found = _reduction(draw, *DTYPES, single=True)
    return _maybe_dtype(draw, found, torch.float64, torch.int64, torch.float32)


@arguments("torch.mean", "torch.nanmean")
def mean(draw: Draw) -> Arguments:
    return _maybe_dtype(draw, _reduction(draw, *FLOATS, torch.complex64), torch.float64, torch.float32, torch.int64)


@arguments(*_and_methods("torch.std", "torch.var"), "torch.std_mean", "torch.var_mean", on_cpu=True)
def deviation(draw: Draw) -> Arguments:
    found = _reduction(draw, *FLOATS, torch.complex64)
    if draw.chance(0.3):
        found |= {"correction": draw.randint(0, 2)} if draw.chance(0.5) else {"unbiased": draw.chance(0.5)}
    if "unbiased" in found and "dim" not in found:
        found.pop("keepdim", None)
    return found


@arguments("torch.all", "torch.any")
def truth(draw: Draw) -> Arguments:
    found = _reduction(draw, *DTYPES)
    if draw.chance(0.1):
        found["dim"] = ()
    return found


@arguments("torch.count_nonzero")
def count(draw: Draw) -> Arguments:
    found = _reduction(draw, *DTYPES)
    found.pop("keepdim", None)
    return found


@arguments("torch.logsumexp")
def logsumexp(draw: Draw) -> Arguments:
    found = _reduction(draw, *FLOATS, *INTS)
    found["dim"] = -1 if found.get("dim") in (None, (), []) else found["dim"]
    return found


@arguments("torch.norm", "torch.Tensor.norm")
def norm(draw: Draw) -> Arguments:
    found = _reduction(draw, *FLOATS, torch.complex64)
    dim = found.get("dim")
    if isinstance(dim, tuple | list):  # which axis may be named twice depends on the sizes
        found["dim"] = tuple(dict.fromkeys(dim))
    if draw.chance(0.6):
        found["p"] = draw.choice((2, 1, 2.0, 0.5, float("inf"), "fro", "nuc"))
    found = _maybe_dtype(draw, found, torch.float64, torch.float32)
    if "dtype" in found:
        found["input"] = T(found["input"].shape, draw.dtype(*FLOATS))
    return found


@arguments("torch.trace")
def trace(draw: Draw) -> Arguments:
    return {"input": draw.tensor(2, 2) if draw.chance(0.85) else draw.tensor()}


@arguments(*_and_methods("torch.amax", "torch.amin"), on_cpu=True)
def chosen(draw: Draw) -> Arguments:
    found = _reduction(draw, *_REAL, torch.bool)
    if found.get("dim", 0) is None:
        found["dim"] = ()
    return found


@arguments(*_and_methods("torch.aminmax"), on_cpu=True)
def least_and_greatest(draw: Draw) -> Arguments:
    return _reduction(draw, *_REAL, torch.bool, single=True)


@arguments(*_and_methods("torch.max", "torch.min"), on_cpu=True)
def extreme(draw: Draw) -> Arguments:
    found = _reduction(draw, *_REAL, torch.bool, single=True)
    if draw.chance(0.2):
        tensor = found["input"]
        return {"input": tensor, "other": T(draw.broadcastable(tensor.shape), _dtype(draw, *_REAL))}
    return found


@arguments(*_and_methods("torch.median", "torch.nanmedian"), on_cpu=True)
def median(draw: Draw) -> Arguments:
    return _reduction(draw, *_REAL, single=True)


@arguments(*_and_methods("torch.mode"), on_cpu=True)
def mode(draw: Draw) -> Arguments:
    return _reduction(draw, *_REAL, torch.bool, single=True)


@arguments(*_and_methods("torch.argmax", "torch.argmin"), on_cpu=True)
def index(draw: Draw) -> Arguments:
    return _reduction(draw, *_REAL, single=True)


@arguments(*_and_methods("torch.quantile", "torch.nanquantile"), on_cpu=True)  # the values of q are looked at
def quantile(draw: Draw) -> Arguments:
    found = _reduction(draw, *_WIDE, single=True)
    q: Any = draw.choice((0.5, 0.0, 1.0, 0.25, 1.5 if draw.chance(0.3) else 0.75))
    if draw.chance(0.5):
        q = T(draw.shape(0, 1 if draw.chance(0.9) else 2), found["input"].dtype)
    if draw.chance(0.3):
        found["interpolation"] = draw.choice(("linear", "lower", "nearest"))
    return {**found, "q": q}


@arguments("torch.cumsum", "torch.cumprod")
def running_total(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    found: Arguments = {"input": tensor, "dim": draw.dim(len(tensor.shape), wrong=0.1)}
    return _maybe_dtype(draw, found, torch.float64, torch.int64, torch.int32)


@arguments("torch.Tensor.cumsum_", "torch.Tensor.cumprod_")
def running_total_in_place(draw: Draw) -> Arguments:
    tensor = draw.tensor()
    return {"input": tensor, "dim": draw.dim(len(tensor.shape), wrong=0.1)}


@arguments(*_and_methods("torch.cummax", "torch.cummin"), on_cpu=True)
def running_extreme(draw: Draw) -> Arguments:
    tensor = T(draw.shape(), _dtype(draw, *_REAL, torch.bool))
    return {"input": tensor, "dim": draw.dim(len(tensor.shape), wrong=0.1)}


@arguments(*_and_methods("torch.logcumsumexp"), on_cpu=True)
def logcumsumexp(draw: Draw) -> Arguments:
    tensor = T(draw.shape(), _dtype(draw, *FLOATS, torch.complex64))
    return {"input": tensor, "dim": draw.dim(len(tensor.shape), wrong=0.1)}


@arguments("torch.diff")
def diff(draw: Draw) -> Arguments:
    tensor = draw.tensor(0 if draw.chance(0.1) else 1)
    ndim = len(tensor.shape)
    dim = draw.dim(ndim)
    found: Arguments = {"input": tensor, "dim": dim}
    if draw.chance(0.5):
        found["n"] = draw.randint(0, 3)
    if -ndim <= dim < ndim:
        for name in ("prepend", "append"):
            if draw.chance(0.3):
                shape = list(tensor.shape)
                shape[dim] = draw.size()
                if draw.chance(0.1):
                    shape[draw.randrange(ndim)] += 1
                found[name] = T(tuple(shape) if draw.chance(0.95) else draw.shape(), draw.dtype())
    return found


@arguments("torch.trapezoid", "torch.cumulative_trapezoid")
def trapezoid(draw: Draw) -> Arguments:
    tensor = draw.tensor(1)
    dim = draw.dim(len(tensor.shape))
    found: Arguments = {"y": tensor, "dim": dim}
    if draw.chance(0.4) and -len(tensor.shape) <= dim < len(tensor.shape):
        points = tensor.shape[dim] + (1 if draw.chance(0.1) else 0)
        found["x"] = T((points,), draw.dtype())
    elif draw.chance(0.3):
        found["dx"] = 0.5
    return found


@arguments("torch.renorm", "torch.Tensor.renorm_")
def renorm(draw: Draw) -> Arguments:
    tensor = T(draw.shape(1 if draw.chance(0.1) else 2), _dtype(draw, *FLOATS))
    return {"input": tensor, "p": 2, "dim": draw.dim(len(tensor.shape)), "maxnorm": 1.0}


@arguments(*_and_methods("torch.dist"), on_cpu=True)
def dist(draw: Draw) -> Arguments:
    tensor = T(draw.shape(), _dtype(draw, *FLOATS))
    return {"input": tensor, "other": T(draw.broadcastable(tensor.shape), _dtype(draw, tensor.dtype)), "p": 2}


@arguments("torch.cdist", on_cpu=True)  # the meta kernel mixes dtypes; the CPU has none for half precision
def cdist(draw: Draw) -> Arguments:
    dtype = draw.dtype(*_WIDE, torch.float32, torch.int64)
    batch = draw.shape(0, 2)
    rows, others, features = draw.size(), draw.size(), draw.size()
    wrong = 1 if draw.chance(0.1) else 0
    x1 = T((*batch, rows, features), dtype)
    x2 = T((*draw.broadcastable(batch), others, features + wrong), dtype if draw.chance(0.9) else torch.float32)
    if draw.chance(0.05):
        x2 = T(x2.shape[-1:], dtype)
    return {"x1": x1, "x2": x2, "p": draw.choice((2.0, 1.0))}


@arguments("torch.pdist")
def pdist(draw: Draw) -> Arguments:
    return {"input": T(draw.shape(2, 2) if draw.chance(0.9) else draw.shape(), _dtype(draw, *FLOATS))}


@arguments("torch.cosine_similarity")
def cosine_similarity(draw: Draw) -> Arguments:
    tensor = T(draw.shape(1 if draw.chance(0.9) else 0), _dtype(draw, *FLOATS))
    other = T(draw.broadcastable(tensor.shape), _dtype(draw, tensor.dtype))
    found: Arguments = {"x1": tensor, "x2": other}
    return found if draw.chance(0.2) else {**found, "dim": draw.dim(max(len(tensor.shape), len(other.shape)))}


@arguments("torch.pairwise_distance", "torch.nn.functional.pairwise_distance", on_cpu=True)
def pairwise_distance(draw: Draw) -> Arguments:
    tensor = T(draw.shape(1, 3), _dtype(draw, *FLOATS))
    other = T(draw.broadcastable(tensor.shape), _dtype(draw, tensor.dtype))
    return {"x1": tensor, "x2": other, "keepdim": draw.chance(0.5)}


@arguments("torch.nn.functional.normalize")
def normalize(draw: Draw) -> Arguments:
    tensor = T(draw.shape(), _dtype(draw, *FLOATS))
    found: Arguments = {"input": tensor}
    return found if draw.chance(0.2) else {**found, "dim": draw.dim(len(tensor.shape), wrong=0.1)}


@arguments("torch.nn.CosineSimilarity.forward")
def cosine_module(draw: Draw) -> Arguments:
    found = cosine_similarity(draw)
    init = {"dim": found.pop("dim")} if "dim" in found else {}
    return {"init": init, "forward": found}


@arguments("torch.nn.PairwiseDistance.forward", on_cpu=True)
def pairwise_module(draw: Draw) -> Arguments:
    found = pairwise_distance(draw)
    return {"init": {"keepdim": found.pop("keepdim")}, "forward": found}
