"""New tensors have the sizes that they are made of, and torch's default dtype where no other is named."""

import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import reveal


def from_sizes(x: Float[Tensor, "b t 8"], sizes: list[int]) -> None:
    b, t, c = x.shape
    reveal(torch.zeros(b, t))  # N: is Float[Tensor, "b t"]
    reveal(torch.ones((b, 2 * t), dtype=torch.int64))  # N: is Int64[Tensor, "b 2*t"]
    reveal(torch.empty(c))  # N: is Float[Tensor, "8"]
    reveal(torch.full((3,), 1))  # N: is Shaped[Tensor, "3"]
    reveal(torch.rand(*x.shape))  # N: is Float[Tensor, "b t 8"]
    reveal(torch.randn(sizes))  # N: is Tensor


def like_others(x: Float[Tensor, "b t"]) -> None:
    reveal(torch.zeros_like(x))  # N: is Float[Tensor, "b t"]
    reveal(torch.ones_like(x, dtype=torch.bool))  # N: is Bool[Tensor, "b t"]


def returned(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    b, t = x.shape
    if b:
        return torch.zeros(b, t + 1)  # E: [return-value]
    return torch.zeros(b, t)
