"""Modules that declare nothing: what they give is read from their bodies, which use what other modules say."""

from jaxtyping import Float
from layers import Decoder
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.proj = Decoder(d)
        self.out = nn.Linear(10, d)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.proj(x))


class Stack(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.block = Block(16)

    def forward(self, x: Float[Tensor, "b 16"]) -> Float[Tensor, "b 16"]:
        return self.block(x)
