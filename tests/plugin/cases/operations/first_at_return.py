"""A function whose first known tensor comes late: what was assigned before is followed, nothing counts twice."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from neuraltypes import reveal


def at_the_return(n: int, is_longer: bool) -> Tensor:
    shape = (n,)
    if is_longer:
        shape = (n + 1,)
        is_longer = False
    is_done = is_longer
    return torch.zeros(shape) if is_done else torch.ones(shape)


def in_the_middle(n: int, make: Callable[[], Any]) -> None:
    x = make()
    x = x[0]
    x = torch.cat([torch.zeros(3)[None], torch.zeros(4, 3)])
    x = x[0]
    reveal(x)  # N: is Float32[Tensor, "3"]
    for _ in range(n):
        x = torch.zeros(3, 4)
        x = x[0]
        reveal(x)  # N: is Float32[Tensor, "4"]


def in_a_loop(n: int, make: Callable[[], Any]) -> None:
    while n:
        y = make()
        y = torch.zeros(2, 3, 4)
        y = y[0]
        reveal(y)  # N: is Float32[Tensor, "3 4"]
