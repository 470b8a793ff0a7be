"""Where tensors are followed, names that hold none are checked as by plain mypy."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Node:
    def __init__(self, before: Any) -> None:
        self.before = before


def walk(x: Float[Tensor, "b t"], node: Any, flag: bool) -> Tensor:
    last = None
    if flag:
        last = node.before
    reveal_type(last)  # R: Any | None
    last.before  # E: Item "None" of "Any | None" has no attribute "before"  [union-attr]
    x = torch.zeros(2, 3) if last is None else x
    return x


class Inputs(nn.Module):
    def same(self, other: nn.Module) -> bool:
        return bool((self.indices == other.indices).all())  # E: "bool" has no attribute "all"  [attr-defined]


class Wide:
    def __init__(self, width: int) -> None:
        self.width = width


class Deep:
    def __init__(self, depth: int, width: int) -> None:
        self.depth = depth


class Both(Wide, Deep):
    pass
