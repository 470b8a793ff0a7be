"""The syntax of Python 3.12: `type` statements and type parameters. It is only checked, with 3.12 as the target."""

from typing import NamedTuple, assert_type

from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal, ElementType, EncodedRepresentation, LogitsType

type Audio = NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)]
type Layers = list[NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]]
type Of[E: ElementType] = NeuralType[Float[Tensor, "b t"], E]


def aliases(audio: Audio, layers: Layers, logits: Of[LogitsType]) -> Audio:
    assert_type(audio + 1, Tensor)
    assert_type([layer + 1 for layer in layers], list[Tensor])
    assert_type(logits + 1, Tensor)
    return audio


def keep[E: ElementType](x: NeuralType[Float[Tensor, "b t"], E]) -> NeuralType[Float[Tensor, "b t"], E]:
    assert_type(x, Tensor)
    return x


class Scored[E: ElementType](NamedTuple):
    scores: NeuralType[Float[Tensor, "b t"], E]


class Head[E: ElementType]:
    def __init__(self, element: type[E]) -> None:
        self.element = element

    def forward(self, *, x: NeuralType[Float[Tensor, "b t"], EncodedRepresentation]) -> Scored[E]:
        return Scored(x)


def calls(x: Tensor) -> None:
    assert_type(keep(x), Tensor)
    assert_type(Head(LogitsType).forward(x=x).scores, Tensor)
