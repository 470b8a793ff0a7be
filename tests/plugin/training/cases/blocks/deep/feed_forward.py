"""A feed-forward block, deeper in the same package."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

Activation = Callable[[Float[Tensor, "*s"]], Float[Tensor, "*s"]]


class FeedForward(nn.Module):
    def __init__(self, width: int, factor: int = 4, activation: Activation = torch.relu) -> None:
        super().__init__()
        self.inner = nn.Linear(width, factor * width)
        self.outer = nn.Linear(factor * width, width)
        self.activation = activation

    def forward(self, x: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch width"]:
        return self.outer(self.activation(self.inner(x)))
