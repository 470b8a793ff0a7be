"""What waits for the nature of a function's result does not keep others waiting for the attributes that it sets."""

from __future__ import annotations

import torch
from jaxtyping import Float
from neuraltypes import NeuralType
from neuraltypes.elements import LogprobsType
from torch import Tensor, nn
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


class Kept(nn.Module):
    def clear(self) -> None:
        if hasattr(self, "_solved"):
            del self._solved

    def solved(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if not self.training and hasattr(self, "_solved"):
            y = self._solved  # E: Cannot determine type of "_solved"  [has-type]
        else:
            y = torch.linalg.solve_triangular(x.mT, x, upper=True)
            self._solved = y
        return y, torch.zeros(3) @ torch.zeros(4)  # E: [shape-mismatch]
