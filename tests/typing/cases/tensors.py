"""A neural type of a tensor is the tensor type, with an element class, an element with parameters, or no element."""

from typing import assert_type

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal, EncodedRepresentation, LengthsType, LogitsType, VideoSignal


class Energy(LogitsType): ...


class Pressure(AudioSignal):
    gain: float | None = None


def element_class(x: NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]) -> None:
    assert_type(x, Tensor)
    assert_type(x.shape, torch.Size)


def one_axis(lengths: NeuralType[Int[Tensor, "b"], LengthsType]) -> None:
    assert_type(lengths, Tensor)


def element_with_parameters(
    audio: NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)],
    video: NeuralType[Float[Tensor, "b t c h w"], VideoSignal(fps=25)],
) -> None:
    assert_type(audio, Tensor)
    assert_type(video, Tensor)


def element_of_the_user(
    energy: NeuralType[Float[Tensor, "b t"], Energy],
    pressure: NeuralType[Float[Tensor, "b t"], Pressure(freq=16000, gain=0.5)],
) -> None:
    assert_type(energy, Tensor)
    assert_type(pressure, Tensor)


def no_element(x: Float[Tensor, "b t c"], mask: Bool[Tensor, "b t"]) -> None:
    assert_type(x, Tensor)
    assert_type(mask, Tensor)


def subclass_of_tensor(weight: NeuralType[Float[nn.Parameter, "o i"], EncodedRepresentation]) -> None:
    assert_type(weight, nn.Parameter)


def axis_grammar(
    x: NeuralType[Float[Tensor, "*lead #t 3 mel=80 t+1 _"], EncodedRepresentation],
    any_lead: NeuralType[Float[Tensor, "... {x.ndim}"], EncodedRepresentation],
    y: NeuralType[Float[Tensor, "batch=b time=t_src"], EncodedRepresentation],
    scalar: NeuralType[Float[Tensor, ""], EncodedRepresentation],
) -> None:
    assert_type(x, Tensor)
    assert_type(any_lead, Tensor)
    assert_type(y, Tensor)
    assert_type(scalar, Tensor)


def result(x: NeuralType[Float[Tensor, "b t"], LogitsType]) -> NeuralType[Float[Tensor, "b t"], Energy]:
    local: NeuralType[Float[Tensor, "b t"], Energy] = x * 2
    assert_type(local, Tensor)
    return local


def calls(x: Tensor) -> None:
    assert_type(result(x), Tensor)
    element_class(x)
    element_with_parameters(audio=x, video=x)
    assert_type(AudioSignal(freq=16000).freq, int | None)
    assert_type(Pressure(freq=16000, gain=0.5).gain, float | None)
