"""Arguments of functions that make tensors: sizes, numbers, nested lists.

What is not on the CPU is not made elsewhere either, so that tensors are as tiny there.
"""

from __future__ import annotations

from typing import Any

import torch

from tests.rules._conformance import DTYPES, FLOATS, Arguments, Draw, T, arguments

_NEW_DTYPES = (torch.float32, torch.float64, torch.int64, torch.bool, torch.float16, torch.complex64)


def _size(draw: Draw) -> tuple[int, ...]:
    shape = draw.shape(0, 3)
    if shape and draw.chance(0.1):
        at = draw.randrange(len(shape))
        return (*shape[:at], draw.choice((-1, -2, 0)), *shape[at + 1 :])
    return shape


def _with_dtype(draw: Draw, found: Arguments, *dtypes: torch.dtype) -> Arguments:
    if draw.chance(0.4):
        found["dtype"] = draw.choice(dtypes or _NEW_DTYPES)
    return found


def _star(draw: Draw, found: Arguments) -> Arguments:
    size = _size(draw)
    found["size"] = [size] if draw.chance(0.5) or not size else list(size)
    return found


@arguments("torch.zeros", "torch.ones", "torch.empty")
def of_size(draw: Draw) -> Arguments:
    return _with_dtype(draw, _star(draw, {}))


@arguments("torch.rand", "torch.randn", on_cpu=True)
def random(draw: Draw) -> Arguments:
    return of_size(draw)


@arguments("torch.Tensor.new_zeros", "torch.Tensor.new_ones", "torch.Tensor.new_empty", on_cpu=True)
def new(draw: Draw) -> Arguments:
    return _with_dtype(draw, _star(draw, {"self": draw.tensor(0, 2)}))


@arguments("torch.full")
def full(draw: Draw) -> Arguments:
    return _with_dtype(draw, {"size": _size(draw), "fill_value": draw.choice((0, 1, 0.5, True))})


@arguments("torch.Tensor.new_full", on_cpu=True)
def new_full(draw: Draw) -> Arguments:
    return {"self": draw.tensor(0, 2), **full(draw)}


def _strided(draw: Draw) -> Arguments:
    shape = draw.shape(0, 3)
    return _with_dtype(draw, {"size": shape, "stride": tuple(draw.size() for _ in shape)})


@arguments("torch.empty_strided")
def empty_strided(draw: Draw) -> Arguments:
    return _strided(draw)


@arguments("torch.Tensor.new_empty_strided", on_cpu=True)
def new_empty_strided(draw: Draw) -> Arguments:
    return {"self": draw.tensor(0, 2), **_strided(draw)}


@arguments("torch.empty_permuted")
def empty_permuted(draw: Draw) -> Arguments:
    shape = draw.shape(0, 3)
    return _with_dtype(draw, {"size": shape, "physical_layout": tuple(draw.sample(range(len(shape)), len(shape)))})


@arguments("torch.randint")
def randint(draw: Draw) -> Arguments:
    found: Arguments = {"high": draw.randint(5, 9), "size": _size(draw)}
    if draw.chance(0.5):
        found["low"] = draw.randint(0, 4)
    return _with_dtype(draw, found, torch.int32, torch.int64, torch.float32)


@arguments("torch.randperm")
def randperm(draw: Draw) -> Arguments:
    return _with_dtype(draw, {"n": draw.randint(-1, 6)}, torch.int32, torch.int64)


@arguments("torch.eye")
def eye(draw: Draw) -> Arguments:
    found: Arguments = {"n": draw.randint(-1, 6)}
    if draw.chance(0.5):
        found["m"] = draw.randint(-1, 6)
    return _with_dtype(draw, found)


def _number(draw: Draw) -> float:
    return draw.randint(-6, 12) if draw.chance(0.75) else draw.choice((0.5, -1.25, 3.0, 7.1, 0.1))


@arguments("torch.arange")
def arange(draw: Draw) -> Arguments:
    found: Arguments = {"end": _number(draw)}
    if draw.chance(0.6):
        found["start"] = _number(draw)
        if draw.chance(0.6):
            found["step"] = draw.choice((1, 2, 3, -1, -2, 0.5, 0.3, -0.7, 0))
    if any(isinstance(bound, float) for bound in found.values()):  # whose bounds int64 cuts, each device in its own way
        return _with_dtype(draw, found, torch.float32, torch.float64)
    return _with_dtype(draw, found, torch.float32, torch.float64, torch.int64, torch.int32)


@arguments("torch.range")
def range_(draw: Draw) -> Arguments:
    found: Arguments = {"start": draw.randint(0, 3), "end": draw.randint(1, 9)}
    if draw.chance(0.5):
        found["step"] = draw.choice((1, 2, 0.5, -1))
    return _with_dtype(draw, found, torch.float32, torch.float64)


@arguments("torch.linspace", "torch.logspace", on_cpu=True)
def linspace(draw: Draw) -> Arguments:
    def bound() -> Any:
        shape = (2,) if draw.chance(0.05) else ()
        return T(shape, torch.float32) if draw.chance(0.2) else draw.choice((0, 1, 0.5, 2.0))

    found: Arguments = {"start": bound(), "end": bound(), "steps": draw.randint(-1, 6)}
    return _with_dtype(draw, found, torch.float32, torch.float64, torch.int64)


@arguments(
    "torch.zeros_like", "torch.ones_like", "torch.empty_like", "torch.rand_like", "torch.randn_like", on_cpu=True
)
def like(draw: Draw) -> Arguments:  # the meta kernels take any dtype
    return _with_dtype(draw, {"input": draw.tensor()})


@arguments("torch.full_like", on_cpu=True)
def full_like(draw: Draw) -> Arguments:
    return _with_dtype(draw, {"input": draw.tensor(), "fill_value": draw.choice((0, 0.5, True))})


@arguments("torch.randint_like", on_cpu=True)
def randint_like(draw: Draw) -> Arguments:
    numbers = (torch.int64, torch.int32, torch.float32, torch.float64)
    found: Arguments = {"input": draw.tensor(0, 3, *numbers), "high": 5}
    if draw.chance(0.5):
        found["low"] = 2
    return _with_dtype(draw, found, *numbers)


def _data(draw: Draw) -> Any:
    def nested(shape: tuple[int, ...]) -> Any:
        if not shape:
            return draw.choice(numbers)
        ragged = draw.chance(0.03)
        return [nested(shape[1:]) for _ in range(shape[0] + ragged)]

    numbers = draw.choice(((1, 2), (0.5, 1.5), (True, False), (1, 0.5), (True, 3), (True, 0.5)))
    return nested(tuple(draw.randint(0 if draw.chance(0.05) else 1, 3) for _ in range(draw.randint(0, 3))))


@arguments("torch.tensor", "torch.as_tensor", on_cpu=True)
def tensor(draw: Draw) -> Arguments:
    return _with_dtype(draw, {"data": draw.tensor() if draw.chance(0.2) else _data(draw)})


@arguments("torch.asarray", on_cpu=True)
def asarray(draw: Draw) -> Arguments:
    return _with_dtype(draw, {"obj": draw.tensor() if draw.chance(0.2) else _data(draw)})


@arguments("torch.Tensor.new_tensor", on_cpu=True)
def new_tensor(draw: Draw) -> Arguments:
    return _with_dtype(draw, {"self": draw.tensor(0, 2), "data": _data(draw)})


@arguments("torch.scalar_tensor")
def scalar_tensor(draw: Draw) -> Arguments:
    return _with_dtype(draw, {"s": draw.choice((0, 0.5, True))})


def _pair(draw: Draw, first: str, second: str) -> Arguments:
    shape = draw.shape(0, 3)
    dtype = draw.choice(DTYPES) if draw.chance(0.1) else draw.choice((torch.float32, torch.float64, torch.float16))
    other = draw.float_dtype() if draw.chance(0.1) else dtype
    return {first: T(shape, dtype), second: T(draw.broadcastable(shape), other)}


@arguments("torch.complex", on_cpu=True)
def complex_(draw: Draw) -> Arguments:
    return _pair(draw, "real", "imag")


@arguments("torch.polar", on_cpu=True)
def polar(draw: Draw) -> Arguments:  # there is no kernel for half
    found = _pair(draw, "abs", "angle")
    return {name: T(one.shape, torch.float32) if one.dtype == torch.float16 else one for name, one in found.items()}


@arguments("torch.view_as_complex", on_cpu=True)
def view_as_complex(draw: Draw) -> Arguments:
    shape = (*draw.shape(0, 3), 2) if draw.chance(0.85) else draw.shape(0, 2)
    return {"input": T(shape, draw.dtype() if draw.chance(0.1) else draw.choice(FLOATS[:4]))}


@arguments("torch.tril", "torch.triu")
def triangle(draw: Draw) -> Arguments:
    return {"input": draw.tensor(1, 4), "diagonal": draw.randint(-2, 2)}


@arguments("torch.Tensor.tril_", "torch.Tensor.triu_")
def triangle_in_place(draw: Draw) -> Arguments:
    return {"self": draw.tensor(1, 4), "diagonal": draw.randint(-2, 2)}


@arguments("torch.tril_indices", "torch.triu_indices")
def indices(draw: Draw) -> Arguments:
    found: Arguments = {"row": draw.randint(0, 6), "col": draw.randint(0, 6)}
    if draw.chance(0.05):
        found["row"] = -1
    if draw.chance(0.6):
        found["offset"] = draw.randint(-4, 4)
    return _with_dtype(draw, found, torch.int32, torch.int64)


@arguments("torch.bernoulli", "torch.Tensor.bernoulli", on_cpu=True)
def bernoulli(draw: Draw) -> Arguments:
    found: Arguments = {"input": T(draw.shape(), draw.dtype() if draw.chance(0.1) else draw.float_dtype())}
    if draw.chance(0.3):
        found["p"] = draw.choice((0.0, 0.5, 1.0, 2.0))
    return found


@arguments("torch.multinomial", "torch.Tensor.multinomial", on_cpu=True)
def multinomial(draw: Draw) -> Arguments:
    dtype = draw.dtype() if draw.chance(0.1) else draw.float_dtype()
    found: Arguments = {"input": T(draw.shape(1, 2) if draw.chance(0.9) else draw.shape(0, 4), dtype)}
    found["num_samples"] = draw.choice((1, 1, 2, 3, 5, 0))
    if draw.chance(0.5):
        found["replacement"] = draw.chance(0.7)
    return found


@arguments("torch.normal", on_cpu=True)
def normal(draw: Draw) -> Arguments:
    shape = draw.shape(0, 3)
    dtype = draw.dtype() if draw.chance(0.1) else draw.float_dtype()
    form = draw.choice(("both", "mean", "std", "size"))
    if form == "both":
        return {"mean": T(shape, dtype), "std": T(draw.broadcastable(shape), dtype)}
    if form == "mean":
        return {"mean": T(shape, dtype), "std": 1.0}
    if form == "std":
        return {"mean": 0.0, "std": T(shape, dtype)}
    return _with_dtype(draw, {"mean": 0.0, "std": 1.0, "size": shape}, torch.float32, torch.float64, torch.int64)


@arguments("torch.poisson", on_cpu=True)
def poisson(draw: Draw) -> Arguments:
    return {"input": T(draw.shape(), draw.dtype() if draw.chance(0.1) else draw.float_dtype())}


@arguments("torch.binomial", on_cpu=True)
def binomial(draw: Draw) -> Arguments:
    shape = draw.shape(0, 3)
    dtype = draw.dtype(torch.float32, torch.float64)
    return {"count": T(shape, dtype), "prob": T(draw.broadcastable(shape), dtype)}
