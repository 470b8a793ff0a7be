"""Where a function without annotation says that its argument is not None, it is not; so of the functions of the module."""
# mypy: allow-untyped-defs, allow-untyped-calls

from typing import Any

import torch
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor


def exists(value):
    return value is not None


def is_given(value: Any) -> bool:
    """Whether there is one."""
    return value is not None


def is_large(value):
    return value is not None and value.sum() > 3


def is_missing(value):
    return value is None


def from_lengths(x: Float[Tensor, "b t"], lengths: Tensor | None, mask: Float[Tensor, "t"] | None) -> Tensor:
    t = x.shape[1]
    if exists(lengths):
        return t - lengths
    reveal(x * mask if is_given(mask) and mask.sum() > 1 else x)  # N: is Float[Tensor, "b t"]
    if not exists(mask):
        return x + mask  # E: Unsupported operand types for +  [operator]
    return x + mask


def of_another_size(x: Float[Tensor, "b 3"], mask: Float[Tensor, "4"] | None, y: Float[Tensor, "5"] | None) -> None:
    if exists(mask):
        x + mask  # E: "b 3" and "4" do not broadcast  [shape-mismatch]
    assert exists(y)
    x + y  # E: "b 3" and "5" do not broadcast  [shape-mismatch]


def by_others(x: Float[Tensor, "b t"], mask: Float[Tensor, "t"] | None) -> None:
    if is_large(mask):
        x + mask  # E: Unsupported operand types for +  [operator]
    if is_missing(mask):
        x + mask  # E: Unsupported operand types for +  [operator]


def in_a_loop(x: Float[Tensor, "b t"], rounds: int) -> Tensor | None:
    total = None
    for _ in range(rounds):
        total = x + total if exists(total) else x
        if exists(total):
            total.shape
    return total


def numbers(n: int | None) -> int:
    if exists(n):
        return n  # E: Incompatible return value type  [return-value]
    return torch.zeros(3).shape[0]


def given_or_not(mask: Float[Tensor, "t"] | None, other: Tensor | None) -> None:
    if exists(mask):
        kept, parts, items = mask, (mask, 1), [mask]
        reveal(parts)  # N: tuple[Float[Tensor, "t"], int]
    else:
        kept, parts, items = None, (None, 1), [None]
    mask = mask if exists(mask) else None
    if exists(other):
        one = other
    else:
        one = None
    other = None
    del kept, parts, items, one
