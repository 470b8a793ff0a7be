"""Modules that other cases wire together."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


@dataclass
class BaseConfig:
    width: int = 64
    depth: int = 2


class Encoder(NeuralModule):
    def __init__(self, d_model: int = 256) -> None:
        super().__init__()
        self.d_model = d_model

    def forward(self, *, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t {self.d_model}"]: ...


class Decoder(NeuralModule):
    def __init__(self, *, d_model: int = 256) -> None:
        super().__init__()
        self.d_model = d_model

    def forward(self, *, x: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b t"]: ...


class Block(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Float[Tensor, "*b {self.d}"]) -> Float[Tensor, "*b {self.d}"]: ...


def make_encoder(width: int) -> Encoder:
    return Encoder(d_model=width)
