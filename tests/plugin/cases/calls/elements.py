"""Elements at calls: a parameter takes its element or a subclass, a result may be relied on as a superclass."""

from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import (
    AcousticEncodedRepresentation,
    AudioSignal,
    ChannelType,
    EncodedRepresentation,
    LogitsType,
    LogprobsType,
    MaskType,
    PaddingMaskType,
    ProbsType,
    ValidMaskType,
)

Vector = Float[Tensor, "b"]


def encoded(x: NeuralType[Vector, EncodedRepresentation]) -> NeuralType[Vector, AcousticEncodedRepresentation]: ...
def probs(x: NeuralType[Vector, ProbsType], y: NeuralType[Vector, LogprobsType] | None = None) -> None: ...
def masked(x: NeuralType[Vector, ValidMaskType]) -> None: ...
def sound(x: NeuralType[Vector, AudioSignal(freq=16000)]) -> NeuralType[Vector, AudioSignal(freq=8000)]: ...
def nothing(x: Vector) -> Vector: ...
def either(x: NeuralType[Vector, ProbsType] | NeuralType[Vector, LogitsType]) -> None: ...
def many(xs: list[NeuralType[Vector, ProbsType]]) -> None: ...


def a_subclass_is_taken(
    a: NeuralType[Vector, AcousticEncodedRepresentation],
    b: NeuralType[Vector, EncodedRepresentation],
    c: NeuralType[Vector, ChannelType],
) -> NeuralType[Vector, ChannelType]:
    encoded(a)
    encoded(b)
    encoded(c)  # E: "x" to "encoded" holds ChannelType, expected EncodedRepresentation  [element-mismatch]
    return encoded(encoded(a))


def siblings(
    x: NeuralType[Vector, LogitsType], y: NeuralType[Vector, LogprobsType], z: NeuralType[Vector, ProbsType]
) -> None:
    probs(z)
    probs(z, y)
    probs(x)  # E: holds LogitsType, expected ProbsType  [element-mismatch]
    probs(y)  # E: holds LogprobsType, expected ProbsType  [element-mismatch]
    probs(z, z)  # E: "y" to "probs" holds ProbsType, expected LogprobsType  [element-mismatch]
    probs(y, z)  # E: [element-mismatch] # E: [element-mismatch]


def masks(
    x: NeuralType[Vector, PaddingMaskType], y: NeuralType[Vector, MaskType], z: NeuralType[Vector, ValidMaskType]
) -> None:
    masked(z)
    masked(x)  # E: holds PaddingMaskType, expected ValidMaskType  [element-mismatch]
    masked(y)  # E: [element-mismatch]


def parameters(
    x: NeuralType[Vector, AudioSignal],
    y: NeuralType[Vector, AudioSignal(freq=16000)],
    z: NeuralType[Vector, AudioSignal(freq=44100)],
) -> None:
    sound(x)
    sound(y)
    sound(z)  # E: holds AudioSignal(freq=44100), expected AudioSignal(freq=16000)  [element-mismatch]
    sound(sound(y))  # E: holds AudioSignal(freq=8000), expected AudioSignal(freq=16000)  [element-mismatch]


def unknown(x: Tensor, y: Vector, z: NeuralType[Vector, LogitsType]) -> None:
    probs(x)
    probs(y)
    nothing(z)
    probs(nothing(z))


def unions(x: NeuralType[Vector, LogitsType], y: NeuralType[Vector, LogprobsType], flag: bool) -> None:
    either(x)
    either(y)  # E: [element-mismatch]
    probs(x if flag else y)  # E: holds LogitsType, expected ProbsType  [element-mismatch]


def containers(x: NeuralType[Vector, LogitsType], y: NeuralType[Vector, ProbsType]) -> None:
    many([y, y])
    xs = [x]
    many(xs)  # E: [element-mismatch]
