"""Of an operand that is unknown mypy takes no overload for the one that is meant, as it does without the plugin."""

from __future__ import annotations

from typing import Any

from jaxtyping import Float
from torch import Tensor, nn


class Kept(nn.Module):
    def __init__(self, make: Any) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.1)
        self.proj = nn.Linear(8, 4)
        self.layers = nn.ModuleList([make() for _ in range(3)])

    def forward(self, x: Tensor, keep: bool = False):  # type: ignore[no-untyped-def]
        hidden = self.drop(x)
        states = () if keep else None
        for layer in self.layers:
            if keep:
                states = states + (hidden,)  # type: ignore[operator]
            outputs = layer(hidden)
            hidden = outputs[0]
        return states

    def of_known(self, x: Float[Tensor, "b 8"], keep: bool = False):  # type: ignore[no-untyped-def]
        hidden = self.drop(x)
        self.proj(hidden[0, :4])  # E: axis -1 is 4, expected 8  [shape-mismatch]
        states = ()
        for layer in self.layers:
            if keep:
                states = states + (hidden,)  # type: ignore[assignment]
            hidden = layer(hidden)
        return states
