"""Sizes and modules that stand in one tuple keep what is known of each."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


def sizes(x: Float[Tensor, "b t"], flag: bool) -> None:
    b, t = x.shape
    last = x.shape[1]
    first = x.size(0)
    for size in (b, t):
        reveal(torch.zeros(size))  # N: is Float32[Tensor, "_"]
    both = (last, first)
    for size in both:
        reveal(torch.zeros(size))  # N: is Float32[Tensor, "_"]
    reveal(torch.zeros(b if flag else t))  # N: is Float32[Tensor, "_"]
    reveal(torch.zeros(b, t))  # N: is Float32[Tensor, "b t"]
    reveal(torch.zeros(first, last))  # N: is Float32[Tensor, "b t"]


class Two(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Linear(4, 5)
        self.narrow = nn.Linear(3, 5)

    def forward(self, x: Float[Tensor, "b 4"]) -> None:
        for layer in (self.wide, self.narrow):
            layer(x)
        self.wide(x)
        self.narrow(x)  # E: [shape-mismatch]
