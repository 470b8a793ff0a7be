"""Pieces of a tensor whose number is not known: each has the other axes, and they stay welcome where plain mypy's are."""

import torch
from jaxtyping import Float32
from torch import Tensor

from neuraltypes import reveal


def take(xs: list[Tensor]) -> None: ...


def by_size(x: Float32[Tensor, "b t 8"], n: int) -> None:
    for piece in x.split(n, dim=1):
        reveal(piece)  # N: Float32[Tensor, "b _ 8"]
        piece @ torch.zeros(7, 2)  # E: [shape-mismatch]
    first, second = x.split(n, dim=-1)
    reveal(first)  # N: Float32[Tensor, "b t _"]
    first @ second.transpose(1, 2)
    first + second.transpose(0, 1)  # E: [shape-mismatch]
    head, *others = x.split(n, 1)
    reveal(others[0])  # N: Float32[Tensor, "b _ 8"]
    reveal(torch.cat([piece * 2 for piece in x.split(64, 1)], dim=1))  # N: Float32[Tensor, "b _ 8"]


def as_lists(x: Float32[Tensor, "b t 8"], n: int) -> list[Tensor]:
    pieces = x.split(n, 1)
    take(pieces)
    take(x.split(n, 1))
    listed: list[Tensor] = x.split(n, 1)
    take(listed)
    again = x.split(n, 1)
    again = list(again)
    again.append(x)
    return x.split(n, 1)
