"""Modules."""

from jaxtyping import Float
from meanings import Speech
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType


class Base(nn.Module):
    def __init__(self, d_model: int = 256) -> None:
        super().__init__()
        self.d_model = d_model

    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b {self.d_model}"]: ...


class Encoder(Base): ...


class Decoder(nn.Module):
    def __init__(self, width: int = 256) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b 10"]: ...


class Sized(nn.Module):
    channels: int = 3

    def forward(self, x: Float[Tensor, "b {self.channels}"]) -> Float[Tensor, "b"]: ...


class Joined(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(Encoder(), Decoder())
        self.wrong = nn.Sequential(Encoder(8), Decoder())

    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b 10"]:
        return Decoder()(Encoder()(x))


class Spoken(NeuralModule):
    def forward(self, *, x: NeuralType[Float[Tensor, "b t"], Speech]) -> Float[Tensor, "b"]: ...


def make_decoder() -> Decoder:
    return Decoder(256)
