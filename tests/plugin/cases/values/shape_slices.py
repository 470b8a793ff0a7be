"""`x.shape[1:]` and `x.shape + (3,)` stay a `torch.Size`, of known sizes."""

import torch
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor, nn


def are_sizes(x: Float[Tensor, "2 3 4"], y: Tensor, n: int) -> torch.Size:
    x.shape[1:].numel()
    rest = x.shape[1:]
    rest.numel()
    fixed: torch.Size = x.shape[:-1]
    y.expand(fixed + y.shape[2:])
    if n:
        return x.shape[n:]
    return x.size()[:-1] + y.shape


def are_rebound(x: Float[Tensor, "2 3 4"], y: Tensor) -> None:
    rest = x.shape[1:]
    reveal(torch.zeros(rest))  # N: is Float32[Tensor, "3 4"]
    rest = y.shape
    reveal(torch.zeros(rest))  # N: is Float32[Tensor, "..."]
    rest = x.shape
    reveal(torch.zeros(rest))  # N: is Float32[Tensor, "2 3 4"]


def are_rebound_after_narrowing(images: list[Tensor], others: list[Tensor]) -> None:
    for image in images:
        assert image.ndim == 3
        rest = image.shape[-2:]
    for image in others:
        rest = image.shape[-2:]
    rest.numel()


class Last(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.last = torch.zeros(2, 3).shape

    def forward(self, y: Tensor) -> Tensor:
        self.last = y.shape
        return y


def are_known(x: Float[Tensor, "2 3 4"], y: Float[Tensor, "b t d"], n: int) -> None:
    reveal(x.new_zeros(x.shape[:-1] + (3, 5)))  # N: is Float[Tensor, "2 3 3 5"]
    reveal(x.view(*x.shape[:-1], 2, 2))  # N: is Float[Tensor, "2 3 2 2"]
    reveal(y.new_zeros(y.shape[:2]))  # N: is Float[Tensor, "b t"]
    reveal(y.new_zeros(y.shape + (3,)))  # N: is Float[Tensor, "b t d 3"]
    reveal(y.new_zeros(y.shape[::2]))  # N: is Float[Tensor, "b d"]
    b, t = y.shape[:2]
    reveal(torch.zeros(b, t))  # N: is Float32[Tensor, "b t"]
    reveal(torch.zeros(*y.shape[:-1], 2))  # N: is Float32[Tensor, "b t 2"]
    reveal(torch.zeros((*y.shape[:-1], n)))  # N: is Float32[Tensor, "b t n"]
    reveal(torch.zeros(size=y.shape))  # N: is Float32[Tensor, "b t d"]


def are_unknown(y: Tensor, *size: int) -> None:
    reveal(torch.zeros(y.shape[1:]))  # N: is Float32[Tensor, "..."]
    reveal(torch.zeros(3, *size))  # N: is Float32[Tensor, "..."]
    reveal(torch.zeros(size))  # N: is Float32[Tensor, "..."]
