"""Lists of tensors that are grown item by item: what they hold, and how many."""

import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import reveal


def grown(x: Float[Tensor, "b 3"], y: Float[Tensor, "b 5"], flag: bool) -> None:
    xs = [x]
    xs.append(y)
    reveal(torch.cat(xs, 1))  # N: is Float[Tensor, "b 8"]
    xs += [x, y]
    reveal(torch.cat(xs, 1))  # N: is Float[Tensor, "b 16"]
    torch.stack(xs)  # E: has tensors of different shapes: "b 3", "b 5"
    torch.cat(xs)  # E: has "b 5" beside "b 3"
    if flag:
        xs.append(x)
    reveal(torch.cat(xs, 1))  # N: is Float[Tensor, "b _"]


def alike(x: Float[Tensor, "b t"], y: Float[Tensor, "b t"]) -> None:
    xs = [x, y]
    xs += [x + y]
    reveal(xs)  # N: is list[Float[Tensor, "b t"]]
    parts = [x]
    parts.extend([y, x - y])
    stacked = torch.stack(parts)
    reveal(stacked)  # N: is Float[Tensor, "3 b t"]
    stacked.reshape(x.shape[0], -1)  # E: without moving a number
    stacked.transpose(0, 1).reshape(x.shape[0], -1)
    one = torch.stack([x])
    one.reshape(x.shape[0], -1)


def not_known(x: Float[Tensor, "b 3"], y: Float[Tensor, "b 5"], rounds: int) -> None:
    looped = [x]
    for _ in range(rounds):
        looped += [x]
    reveal(torch.stack(looped))  # N: is Float[Tensor, "_ b 3"]
    replaced = [x, x]
    replaced[0] = y
    reveal(torch.cat(replaced, 1))  # N: is Float[Tensor, "b _"]
    inserted = [x]
    inserted.insert(0, y)
    reveal(torch.cat(inserted, 1))  # N: is Float[Tensor, "b _"]
    handed = [x]
    put_more(handed)
    reveal(torch.cat(handed, 1))  # N: is Float[Tensor, "b _"]
    popped = [x, y]
    popped.pop()
    reveal(torch.cat(popped, 1))  # N: is Float[Tensor, "b _"]
    other = [x]
    same = other
    same.append(y)
    reveal(torch.cat(other, 1))  # N: is Float[Tensor, "b _"]
    deleted = [x, y]
    del deleted[0]
    reveal(torch.cat(deleted, 1))  # N: is Float[Tensor, "b _"]


def put_more(xs: list[Tensor]) -> None:
    xs.append(xs[0])
