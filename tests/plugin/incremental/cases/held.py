"""Configurations in configurations, and a default that braces read."""

from dataclasses import dataclass, field

from jaxtyping import Float
from torch import Tensor, nn


@dataclass
class Part:
    d_model: int = 64


@dataclass
class Whole:
    part: Part = field(default_factory=Part)


class Held(nn.Module):
    def __init__(self, config: Part) -> None:
        super().__init__()
        self.config = config

    def forward(self, x: Float[Tensor, "b {self.config.d_model}"]) -> Float[Tensor, "b 2"]: ...


def windows(x: Float[Tensor, "b t"], size: int = 4) -> Float[Tensor, "b t//{size} {size}"]: ...
