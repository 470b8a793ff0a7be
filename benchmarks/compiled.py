"""A compiled call, checked against unchecked, and how many graphs and breaks the checks cause."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import typecheck

from _measure import measure

X, MASK, LENGTHS = torch.randn(4, 7, 8), torch.ones(4, 7, dtype=torch.bool), torch.full((4,), 7)


def module(decorate: Callable[..., Any]) -> nn.Module:
    class Pool(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(8, 8)

        @decorate
        def forward(
            self, *, x: Float[Tensor, "b t c"], mask: Bool[Tensor, "b t"], lengths: Int[Tensor, "b"]
        ) -> Float[Tensor, "b c"]:
            hidden: Tensor = self.linear(x)
            return hidden.masked_fill(~mask[..., None], 0).sum(1) / lengths[:, None]

    return Pool()


def main() -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    modules = {"none": module(lambda f: f), "none again": module(lambda f: f), "neuraltypes": module(typecheck)}
    explained = torch._dynamo.explain(modules["neuraltypes"])(x=X, mask=MASK, lengths=LENGTHS)
    print(f"graphs {explained.graph_count}, breaks {explained.graph_break_count}")
    compiled = {name: torch.compile(made, fullgraph=True) for name, made in modules.items()}

    def calling(name: str) -> Callable[[], object]:
        call = compiled[name]
        with torch.no_grad():
            call(x=X, mask=MASK, lengths=LENGTHS)

        def once() -> None:
            with torch.no_grad():
                call(x=X, mask=MASK, lengths=LENGTHS)

        return once

    timings = measure({name: calling(name) for name in compiled}, calls=500, rounds=41)
    print(f"{'variant':14s} {'ns':>8s} {'ratio':>7s}  quartiles")
    for name, timing in timings.items():
        lower, upper = timing.quartiles(timings["none"])
        print(f"{name:14s} {timing.median:8.0f} {timing.ratio(timings['none']):7.3f}  {lower:.3f} {upper:.3f}")


if __name__ == "__main__":
    main()
