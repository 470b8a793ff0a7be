"""What waits for the nature of a function's result does not keep others waiting for the attributes that it sets."""

from __future__ import annotations

import torch
from jaxtyping import Float
from neuraltypes import NeuralType
from neuraltypes.elements import LogprobsType
from torch import Tensor
from torch.nn import functional as F


class Schedule:
    def scale(self) -> Tensor:
        return self.inter[0]

    def fill(self, x: Float[Tensor, "b t"]) -> None:
        y = self.first(x)
        y = y.log()
        self.inter = torch.cat([y, y])

    def first(self, x: Tensor) -> Tensor:
        return F.softmax(self.second(x), -1)

    def second(self, x: Tensor) -> Tensor:
        return self.third(x)

    def third(self, x: Tensor) -> Tensor:
        return F.log_softmax(x, -1)


def probabilities(x: Tensor) -> Tensor:
    return F.softmax(x, -1)


def declared(x: Tensor) -> NeuralType[Float[Tensor, "b t"], LogprobsType]:
    return probabilities(x)  # E: expected LogprobsType
