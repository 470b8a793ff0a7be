"""Arguments of pointwise operations: mostly of the declared dtypes and shapes that broadcast, now and then not.

They run on the CPU: the meta kernels of torch take dtypes that no device has a kernel for (`gelu` of whole numbers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch

from neuraltypes.rules import Parameter, Signature
from tests.rules import _conformance as conformance
from tests.rules._conformance import DTYPES, FLOATS, INTS, STUBS, Arguments, Draw, T, arguments

_FILES = (
    STUBS / "torch/__init__.pyi",
    STUBS / "torch/special.pyi",
    STUBS / "torch/nn/_activation.pyi",
    STUBS / "torch/nn/functional/_activation.pyi",
)
_LEFT_OUT: tuple[str, ...] = (
    "out",
    "generator",
    "memory_format",
    "device",
    "_stacklevel",
    "lower",
    "upper",
    "from_",
    "to",
)
_LEFT_OUT += ("min_val", "max_val", "min_value", "max_value", "element", "test_element")
_NUMBERS = (2, 0.5, True, 3.0, 1, -1)


def _allowed(parameter: Parameter) -> list[torch.dtype]:
    members = parameter.tensors.members if parameter.tensors is not None else None
    return [one for one in DTYPES if members is None or str(one).removeprefix("torch.") in members]


_BITS = (torch.bool, torch.bool, torch.int64, torch.int64, torch.int32, torch.uint8)
_SINGLE_AND_DOUBLE = (torch.float32, torch.float64)
_PREFERRED: Mapping[str, Sequence[torch.dtype]] = {
    **dict.fromkeys(("shift", "gcd", "lcm", "bitwise", "and", "or_"), _BITS),
    **dict.fromkeys(("igamma", "hypot", "nextafter", "logaddexp"), FLOATS),
    "dropout": (*FLOATS, *_BITS),
    "float_power_": (torch.float64,),
}
# What takes some dtypes on one device and not on another is tried with those that all take.
_ONLY: Mapping[str, Sequence[torch.dtype]] = {
    **dict.fromkeys(("rrelu", "RReLU"), _SINGLE_AND_DOUBLE),
    **dict.fromkeys(
        ("erfcx", "ndtri", "log_ndtr", "bessel", "airy_ai", "zeta", "_polynomial_"),
        (*_SINGLE_AND_DOUBLE, *INTS, torch.bool),
    ),
    "ardtanh": (*FLOATS, torch.int64),
    "ldexp": (*FLOATS, *INTS),
    "clamp": (*FLOATS, *INTS, torch.bool),  # complex bounds without axes are cut, or not, by how they are mixed
    "dropout": (*FLOATS, *INTS, torch.bool),
}
_OF_ONE_DTYPE = ("lerp", "heaviside", "isclose", "prelu")


def _choices(parameter: Parameter, name: str) -> list[torch.dtype]:
    if parameter.name == "condition":
        return [torch.bool]
    if name.endswith("requires_grad_"):
        return list(FLOATS)
    preferred = [one for word, dtypes in (*_PREFERRED.items(), *_ONLY.items()) if word in name for one in dtypes]
    allowed = _allowed(parameter)
    return [one for one in preferred if one in allowed] or allowed


def _tensor(
    draw: Draw, parameter: Parameter, base: tuple[int, ...], first: torch.dtype | None, fits: bool, name: str
) -> T:
    choices = _choices(parameter, name)
    dtype = first if first in choices else None
    if dtype is None or draw.chance(0.08 if any(word in name for word in _OF_ONE_DTYPE) else 0.4):
        is_odd = draw.chance(0.08) and not any(word in name for word in _ONLY)
        dtype = draw.dtype() if is_odd else draw.choice(choices)
    if {first, dtype} == {torch.float16, torch.complex64}:  # they give complex32, which the CPU hardly computes in
        dtype = first
    assert dtype is not None
    if parameter.name == "value" and draw.chance(0.95):
        return T((), dtype)
    shape = draw.broadcastable(base)
    if fits and not draw.chance(0.1):
        shape = tuple(draw.choice((1, size)) for size in base[len(base) - min(len(shape), len(base)) :])
    return T(shape, dtype)


def _is_tensor(parameter: Parameter) -> bool:
    return parameter.tensors is not None


def drawn(draw: Draw, signature: Signature, *, in_place: bool) -> Arguments:
    """Arguments for a declaration: its first tensor, and others that broadcast with it."""
    base, dtype = draw.shape(0, 3), None
    found: Arguments = {}
    has_tensor = False
    last = [one.name for one in signature.parameters if _is_tensor(one) and one.name not in _LEFT_OUT][-1:]
    for place, parameter in enumerate(signature.parameters):
        if parameter.name in _LEFT_OUT or (parameter.name == "self" and place):
            continue
        if not parameter.is_required and "Tensor" not in parameter.text and draw.chance(0.5):
            continue
        if parameter.name == "p" and parameter.text == "float":
            found["p"] = draw.choice((0.25, 0.5))
        elif _is_tensor(parameter):
            needs = not has_tensor and [parameter.name] == last
            if parameter.name == "p":
                found["p"] = T(draw.broadcastable(base), draw.float_dtype()) if draw.chance(0.5) else 0.25
                continue
            if "float" in parameter.text and not needs and draw.chance(0.35):
                found[parameter.name] = draw.choice(_NUMBERS)
                continue
            tensor = _tensor(draw, parameter, base, dtype, in_place and has_tensor, signature.name)
            found[parameter.name] = T(base, tensor.dtype) if not has_tensor else tensor
            dtype, has_tensor = tensor.dtype, True
        else:
            value = conformance._one(parameter, draw, base, len(base), {}, None)
            if value is not conformance._SKIP:
                found[parameter.name] = value
    return found


@arguments("torch.prelu", on_cpu=True)
def prelu(draw: Draw) -> Arguments:
    shape = draw.shape(0, 4)
    channels = shape[1] if len(shape) > 1 else 1
    count = draw.choice((1, channels, channels, draw.size()))
    dtype = draw.dtype() if draw.chance(0.1) else draw.float_dtype()
    weight = T(() if count == 1 and draw.chance(0.3) else (count,), draw.dtype() if draw.chance(0.05) else dtype)
    return {"input": T(shape, dtype), "weight": T((2, 2), dtype) if draw.chance(0.05) else weight}


@arguments("torch.Tensor.to", on_cpu=True)
def to(draw: Draw) -> Arguments:
    found: Arguments = {"self": draw.tensor()}
    form = draw.choice(("dtype", "device", "both"))
    if form in ("dtype", "both"):
        found["dtype"] = draw.dtype()
    if form in ("device", "both"):
        found["device"] = "cpu"
    if draw.chance(0.3):
        found["copy"] = True
    return found


@arguments("torch.Tensor.type", on_cpu=True)
def type_(draw: Draw) -> Arguments:
    names = ("torch.LongTensor", "torch.FloatTensor", "torch.BoolTensor", "torch.DoubleTensor", "torch.HalfTensor")
    return {"self": draw.tensor(), "dtype": draw.choice(names) if draw.chance(0.4) else draw.dtype()}


@arguments("torch.Tensor.cuda", "torch.Tensor.xpu", "torch.Tensor.pin_memory")
def elsewhere(draw: Draw) -> Arguments:
    pytest.skip("there may be no such device; the rule is that of torch.Tensor.cpu")


@arguments("torch.nn.PReLU.forward", on_cpu=True)
def prelu_module(draw: Draw) -> Arguments:
    shape = draw.shape(0, 4)
    count = draw.choice((1, shape[1] if len(shape) > 1 else 1, draw.size()))
    return {"init": {"num_parameters": count}, "forward": {"input": T(shape)}}


def _halves(draw: Draw) -> tuple[T, int]:
    shape = draw.shape(0, 4)
    dim = draw.dim(len(shape))
    if -len(shape) <= dim < len(shape) and draw.chance(0.8):
        at = dim % len(shape)
        shape = (*shape[:at], 2 * shape[at], *shape[at + 1 :])
    return T(shape, draw.dtype() if draw.chance(0.05) else draw.float_dtype()), dim


@arguments("torch.nn.functional.glu", on_cpu=True)
def glu(draw: Draw) -> Arguments:
    tensor, dim = _halves(draw)
    return {"input": tensor, "dim": dim}


@arguments("torch.nn.GLU.forward", on_cpu=True)
def glu_module(draw: Draw) -> Arguments:
    tensor, dim = _halves(draw)
    return {"init": {"dim": dim}, "forward": {"input": tensor}}


@arguments("torch.nn.Softmax2d.forward", on_cpu=True)
def softmax_2d(draw: Draw) -> Arguments:
    return {
        "init": {},
        "forward": {"input": T(draw.shape(3, 4) if draw.chance(0.85) else draw.shape(), draw.float_dtype())},
    }


@arguments(
    *(f"torch.nn.{name}.forward" for name in ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d")),
    "torch.nn.AlphaDropout.forward",
    "torch.nn.FeatureAlphaDropout.forward",
    on_cpu=True,
)
def dropout_module(draw: Draw) -> Arguments:
    """What torch refuses here, it refuses in training only."""
    init = {"p": draw.choice((0.0, 0.25, 1.0)), "inplace": draw.chance(0.5)}
    return {"init": init, "forward": {"input": T(draw.shape(2, 5), draw.float_dtype())}}


def _register(name: str, signature: Signature) -> None:
    is_in_place = (name.endswith("_") and not name.endswith("__")) or ".__i" in name

    def generator(draw: Draw) -> Arguments:
        return drawn(draw, signature, in_place=is_in_place)

    def module(draw: Draw) -> Arguments:
        made = conformance.registry().find(name.removesuffix(".forward") + ".__init__")
        init: dict[str, Any] = {} if made is None else conformance._drawn(made, draw)
        init = {key: value for key, value in init.items() if key not in _LEFT_OUT}
        return {"init": init, "forward": drawn(draw, signature, in_place=False)}

    arguments(name, on_cpu=True)(module if name.endswith(".forward") else generator)


def _register_all() -> None:
    registry = conformance.registry()
    for name in conformance.rule_names():
        span = registry._spans[name]
        signature = registry.find(name)
        if span.path in _FILES and span.alias is None and name not in conformance.GENERATORS:
            assert signature is not None
            _register(name, signature)


_register_all()
conformance.ON_CPU.update(
    name
    for name in conformance.rule_names()
    if conformance.registry().alias_of(name) in conformance.ON_CPU
    and conformance.registry()._spans[name].path in _FILES
)
