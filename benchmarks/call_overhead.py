"""What checking one call costs: a keyword-only `forward` of three inputs, beside a hand-written check and the peers.

The body returns a ready tensor. `x hand` is (variant - none) / (hand-written - none), the median over rounds.
"""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Callable
from typing import Any

import torch
from beartype import beartype
from jaxtyping import Bool, Float, Int, jaxtyped
from torch import Tensor, nn

from neuraltypes import NeuralType, checks, typecheck
from neuraltypes.elements import EncodedRepresentation, LengthsType, ValidMaskType

from _measure import Timing, measure

X, MASK = torch.randn(4, 7, 8), torch.ones(4, 7, dtype=torch.bool)
LENGTHS = torch.full((4,), 7)
OUT: Tensor = torch.randn(4, 8)
FLOATS = frozenset({torch.float16, torch.bfloat16, torch.float32, torch.float64})
INTEGERS = frozenset({torch.int8, torch.int16, torch.int32, torch.int64})
BOOLEANS = frozenset({torch.bool})


def bare() -> Callable[..., Tensor]:
    def forward(
        self: nn.Module, *, x: Float[Tensor, "b t c"], mask: Bool[Tensor, "b t"], lengths: Int[Tensor, "b"]
    ) -> Float[Tensor, "b c"]:
        return OUT

    # Not as strings: jaxtyping and beartype read them as they are.
    forward.__annotations__ = {
        "x": Float[Tensor, "b t c"],
        "mask": Bool[Tensor, "b t"],
        "lengths": Int[Tensor, "b"],
        "return": Float[Tensor, "b c"],
    }
    return forward


def with_elements() -> Callable[..., Tensor]:
    forward = bare()
    forward.__annotations__ = {
        "x": NeuralType[Float[Tensor, "b t c"], EncodedRepresentation],
        "mask": NeuralType[Bool[Tensor, "b t"], ValidMaskType],
        "lengths": NeuralType[Int[Tensor, "b"], LengthsType],
        "return": NeuralType[Float[Tensor, "b c"], EncodedRepresentation],
    }
    return forward


def plain_tensors() -> Callable[..., Tensor]:
    forward = bare()
    forward.__annotations__ = dict.fromkeys(("x", "mask", "lengths", "return"), Tensor)
    return forward


def hand_written(self: nn.Module, *, x: Any, mask: Any, lengths: Any) -> Any:
    b, t, c = x.shape
    if not isinstance(x, Tensor) or x.dtype not in FLOATS:
        raise TypeError("x")
    mask_b, mask_t = mask.shape
    if not isinstance(mask, Tensor) or mask.dtype not in BOOLEANS or mask_b != b or mask_t != t:
        raise TypeError("mask")
    (lengths_b,) = lengths.shape
    if not isinstance(lengths, Tensor) or lengths.dtype not in INTEGERS or lengths_b != b:
        raise TypeError("lengths")
    out: Any = OUT
    out_b, out_c = out.shape
    if not isinstance(out, Tensor) or out.dtype not in FLOATS or out_b != b or out_c != c:
        raise TypeError("out")
    return out


def module(forward: Callable[..., Any]) -> nn.Module:
    made = type("Module", (nn.Module,), {"forward": forward})()
    assert isinstance(made, nn.Module)
    return made


def main() -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    modules = {
        "none": module(bare()),
        "hand-written": module(hand_written),
        "neuraltypes": module(typecheck(bare())),
        "neuraltypes, elements": module(typecheck(with_elements())),
        "neuraltypes, first 10": module(typecheck(bare())),
        "neuraltypes, off": module(typecheck(bare())),
        "beartype, plain Tensor": module(beartype(plain_tensors())),
        "beartype, jaxtyping hints": module(beartype(bare())),
        "jaxtyped(beartype)": module(jaxtyped(bare(), typechecker=beartype)),
    }
    inputs = {"x": X, "mask": MASK, "lengths": LENGTHS}

    def calling(name: str) -> Callable[[], object]:
        forward = modules[name].forward
        policy = {"neuraltypes, first 10": "first", "neuraltypes, off": "off"}.get(name)

        def many() -> None:
            for _ in range(100):
                forward(**inputs)

        def many_under_policy() -> None:
            with checks("first", calls=10) if policy == "first" else checks("off"):
                many()

        return many if policy is None else many_under_policy

    timings = measure({name: calling(name) for name in modules}, calls=10, rounds=41)
    print(f"{'variant':28s} {'ns':>8s} {'over none':>10s} {'x hand':>8s}")
    for name, timing in timings.items():
        over = (timing.median - timings["none"].median) / 100
        print(f"{name:28s} {timing.median / 100:8.0f} {over:10.0f} {_by_hand(timing, timings):8.2f}")


def _by_hand(timing: Timing, timings: dict[str, Timing]) -> float:
    rounds = zip(timing.rounds, timings["none"].rounds, timings["hand-written"].rounds, strict=True)
    return statistics.median((mine - none) / max(hand - none, 1.0) for mine, none, hand in rounds)


if __name__ == "__main__":
    main()
