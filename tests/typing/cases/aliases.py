"""An alias of a neural type is the tensor type: a plain assignment and a `TypeAlias`."""

from typing import Optional, TypeAlias, assert_type

from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal, EncodedRepresentation

Samples = Float[Tensor, "b t"]
Audio = NeuralType[Samples, AudioSignal(freq=16000)]
Encoded: TypeAlias = NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]
Layers: TypeAlias = list[Encoded]
MaybeAudio: TypeAlias = Optional[Audio]
Either: TypeAlias = Audio | list[Audio]


def plain(samples: Samples, audio: Audio) -> Audio:
    assert_type(samples, Tensor)
    assert_type(audio, Tensor)
    return audio


def type_alias(encoded: Encoded) -> Encoded:
    assert_type(encoded, Tensor)
    return encoded


def within_other_types(layers: Layers, audio: MaybeAudio, either: Either) -> None:
    assert_type(layers, list[Tensor])
    assert_type(audio, Tensor | None)
    assert_type(either, Tensor | list[Tensor])


class Holder:
    Local: TypeAlias = NeuralType[Float[Tensor, "b t"], EncodedRepresentation]

    def keep(self, x: Local) -> Local:
        assert_type(x, Tensor)
        return x


def calls(x: Tensor) -> None:
    assert_type(plain(x, x), Tensor)
    assert_type(type_alias(x), Tensor)
    assert_type(Holder().keep(x), Tensor)
    within_other_types([x], None, x)
