"""Asking whether two tensors are the same one, or equal, is silent."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def same(x: Float[Tensor, "b t"], y: Float[Tensor, "n"], z: Int[Tensor, "n"]) -> bool:
    if x is y:
        return True
    if x is not z:
        return False
    if any(x is one for one in (y, z)):
        return False
    if x in [y, z]:
        return True
    if x.shape == y.shape:
        return True
    return bool((x == x).all()) or torch.equal(x, y) or x.dtype == z.dtype


def sizes(x: Float[Tensor, "2 3"], y: Float[Tensor, "4 t"]) -> bool:
    if x.shape == y.shape:
        return True
    if x.shape[0] == 3:
        return False
    if x.shape[0] != y.shape[0] or x.ndim == 4 or x.size(1) in (1, 2):
        return False
    if x.shape == (1, 2) or len(y) == 0:
        return True
    return x.shape[1] is y.shape[1]


class Tied(nn.Module):
    def __init__(self, weight: Float[nn.Parameter, "v d"]) -> None:
        super().__init__()
        self.weight = weight
        self.embedding = nn.Embedding(3, 4)
        self.head = nn.Linear(4, 3)
        self.head.weight = self.embedding.weight

    def is_tied(self, other: Float[Tensor, "n m k"]) -> bool:
        if self.weight is other:
            return True
        return self.head.weight is self.embedding.weight or self.weight is self.head.weight
