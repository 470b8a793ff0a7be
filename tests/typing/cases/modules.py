"""A `NeuralModule`, a plain module and a checked function keep their signatures."""

from typing import NamedTuple, assert_type

from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType, typecheck
from neuraltypes.elements import EncodedRepresentation, LengthsType, LogprobsType, MelSpectrogramType


class Encoded(NamedTuple):
    encoded: NeuralType[Float[Tensor, "b t_out {self.d_model}"], EncodedRepresentation]
    lengths: NeuralType[Int[Tensor, "b"], LengthsType]


class Encoder(NeuralModule):
    def __init__(self, *, d_model: int = 256, n_mels: int = 80) -> None:
        super().__init__()
        self.d_model = d_model
        self.proj = nn.Linear(n_mels, d_model)

    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "b mel=80 t"], MelSpectrogramType],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType] | None = None,
    ) -> Encoded:
        assert_type(mel, Tensor)
        assert_type(lengths, Tensor | None)
        return Encoded(encoded=mel, lengths=mel)


class Plain(nn.Module):
    @typecheck
    def forward(self, *, x: NeuralType[Float[Tensor, "b t"], LogprobsType]) -> Float[Tensor, "b t"]:
        return x


@typecheck
def bare(x: NeuralType[Float[Tensor, "b t"], LogprobsType], *, scale: float = 1.0) -> Float[Tensor, "b t"]:
    return x * scale


@typecheck()
def called(x: NeuralType[Float[Tensor, "b t"], LogprobsType]) -> Encoded:
    return Encoded(x, x)


def calls(x: Tensor) -> None:
    encoder = Encoder(d_model=512)
    assert_type(encoder.forward(mel=x), Encoded)
    assert_type(encoder.forward(mel=x, lengths=x).lengths, Tensor)
    assert_type(Plain().forward(x=x), Tensor)
    assert_type(bare(x, scale=2.0), Tensor)
    assert_type(called(x), Encoded)


def wrong_calls(x: Tensor) -> None:
    Encoder().forward(mel="text")  # E
    Encoder().forward(x)  # E
    Plain().forward(x=1)  # E
    bare(x, scale="2")  # E
    called(1)  # E
