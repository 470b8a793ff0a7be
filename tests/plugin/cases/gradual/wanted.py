"""What a name held before says nothing of what is assigned to it next."""

import copy
from typing import Any, TypeVar

import torch
from einops import rearrange, unpack
from neuraltypes import reveal
from torch import Tensor

T = TypeVar("T")


def first(x: T, y: T) -> T:
    return x


def by_arguments(flag: bool, y: Tensor, step: Any) -> None:
    if flag:
        d = y.sum()
    else:
        d = max(step - 1, 1)
    if y.numel() > 3:
        d = first(step, 2.0)
    else:
        d = copy.deepcopy(step)
    e = first(y, torch.zeros(2, 3))
    reveal(e)  # N: is Tensor
    del d


def as_before(parts: Any, flag: bool) -> Any:
    collected = []
    for _ in parts:
        collected.append(torch.zeros(2, 3))
    collected = torch.stack(collected, dim=-1)  # E: Incompatible types in assignment  [assignment]
    if flag:
        (collected,) = unpack(collected, parts, "b * d")
        collected = rearrange(collected, "b d c -> d b c")
    return collected


def none_in_a_branch(x: Tensor, n: int, flag: bool) -> Tensor:
    if flag:
        prefix, x = x[:, :n], x[:, n:]
    else:
        prefix, x = None, x
    x = torch.zeros(1, 2) + x
    return x if prefix is None else torch.cat([prefix, x])


class Denormalize:
    def __init__(self, mean: float | Tensor, std: float) -> None:
        self.mean = mean
        self.std = std

    def both(self, x: Tensor) -> Tensor:
        mean = self.mean
        std = self.std
        if not isinstance(mean, Tensor):
            mean = torch.atleast_1d(torch.as_tensor(mean, dtype=x.dtype))
        if not isinstance(std, Tensor):
            std = torch.atleast_1d(torch.as_tensor(std, dtype=x.dtype))
        return (x + mean) / std


def read_from_the_class(x: Tensor) -> Any:
    divide: Any = Tensor.__rtruediv__
    return divide(x, 3)
