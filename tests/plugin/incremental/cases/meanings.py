"""Elements and dtypes of the project."""

from jaxtyping import AbstractDtype, Float
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal
from neuraltypes.elements import ProbsType as Probabilities


class Speech(AudioSignal): ...


class Half(AbstractDtype):
    dtypes = ["float16", "bfloat16"]


class Chance(Probabilities): ...


def certain(x: NeuralType[Float[Tensor, "b"], Chance]) -> NeuralType[Float[Tensor, "b"], Probabilities]:
    return x
