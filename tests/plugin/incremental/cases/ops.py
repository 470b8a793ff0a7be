"""Functions."""

import jaxtyping as jt
from aliases import Audio, Batched
from jaxtyping import Float as F
from meanings import Half
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal


def head(x: F[Tensor, "b 5"]) -> F[Tensor, "b"]:
    return x[:, 0]


def tail(x: jt.Float[Tensor, "b 5"]) -> jt.Float[Tensor, "b"]:
    return x[:, 1]


def play(x: Audio) -> Audio:
    return x


def play_all(x: Batched) -> None: ...
def halve(x: Half[Tensor, "b t"]) -> None: ...
def hear(x: NeuralType[jt.Float[Tensor, "b t"], AudioSignal]) -> None: ...
def resample(x: NeuralType[jt.Float[Tensor, "b t"], AudioSignal(freq=16000)]) -> None: ...
