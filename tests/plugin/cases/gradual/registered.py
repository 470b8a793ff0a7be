"""Buffers that plain mypy takes for whatever `nn.Module` may give: they are welcome anywhere, and may be replaced."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Schedule(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.register_buffer("sigmas", torch.zeros(n))
        self.register_buffer("points", torch.zeros(n, n))
        self.register_buffer("ready", torch.tensor(0))

    def steps(self) -> list[float]:
        first: float = self.sigmas[0]
        return self.sigmas.cpu().numpy().tolist()

    def equals(self, other: Any) -> bool:
        return (self.points == other.points).all() and self.training

    def forward(self, x: Float[Tensor, "b 5"]) -> None:
        reveal_type(self.points)  # R: Tensor[Float32


class Below(Schedule):
    @property
    def points(self) -> Tensor:
        return torch.zeros(3)

    def ready(self) -> int:
        return 3


class Fixed(Schedule):
    ready = None


class Sized(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("table", torch.zeros(4, 8))

    def forward(self, x: Float[Tensor, "b 5"]) -> Tensor:
        return x @ self.table  # E: axis  [shape-mismatch]
