"""Deliberate errors, each of which all four checkers must report: a folder that cannot fail proves nothing."""

from typing import NamedTuple, assert_type

from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal, EncodedRepresentation, LengthsType, LogitsType


class Encoded(NamedTuple):
    encoded: NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]


def returns_text(x: Tensor) -> NeuralType[Float[Tensor, "b t"], LogitsType]:
    return "text"  # E


def returns_none(x: Tensor) -> NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)]:
    return None  # E


def takes(*, x: NeuralType[Float[Tensor, "b t"], LogitsType]) -> None: ...


def takes_optional(x: NeuralType[Float[Tensor, "b t"], LogitsType] | None) -> Tensor:
    return x * 2  # E


def takes_layers(layers: list[NeuralType[Float[Tensor, "b t"], LogitsType]]) -> None:
    layers.append("text")  # E


def is_no_int(lengths: NeuralType[Int[Tensor, "b"], LengthsType]) -> None:
    assert_type(lengths, int)  # E


class Encoder(nn.Module):
    def forward(self, *, x: NeuralType[Float[Tensor, "b t"], LogitsType]) -> Encoded:
        return x  # E


def calls(x: Tensor) -> None:
    takes(x=3)  # E
    takes(x)  # E
    Encoded(encoded=3.0)  # E
    text: str = returns_text(x)  # E
    print(text)


def parameters_of_an_element() -> None:
    AudioSignal(freq="16k")  # E
    AudioSignal(rate=16000)  # E
    AudioSignal(16000)  # E
    AudioSignal(freq=16000).freq = 8000  # E
