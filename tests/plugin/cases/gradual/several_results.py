"""A function that gives one of several things: what is done with it holds for what they have in common."""

import torch
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor


class Cache:
    def stack(self, labelled: bool = False) -> Float[Tensor, "n *b d"] | tuple[Float[Tensor, "n *b d"], list[str]]:
        raise NotImplementedError

    def labels(self) -> list[str]:
        stacked, labels = self.stack(labelled=True)
        labels.append("bias")
        return labels


def loss(x: Float[Tensor, "b p v"], per_token: bool) -> Float[Tensor, ""] | Float[Tensor, "b p-1"]:
    raise NotImplementedError


def second_half(x: Float[Tensor, "2 3 4"]) -> Tensor:
    losses = loss(x, per_token=True)
    reveal(losses[:, 1:])  # N: is Float[Tensor, "..."]
    return loss(x, per_token=True)[:, 1:].mean()


def rows_or_none(x: Float[Tensor, "2 3"] | None) -> None:
    for row in x if x is not None else torch.zeros(4, 3):
        reveal(row)  # N: is Float[Tensor, "3"]
