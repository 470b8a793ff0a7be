"""Functions and classes that make modules for others."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class Sizes:
    inner: int = 5


class Widen(nn.Sequential):
    def __init__(self, d: int) -> None:
        super().__init__(nn.Linear(d, 2 * d), nn.ReLU())


def make_linear(d: int, e: int = 6) -> nn.Linear:
    return nn.Linear(d, e)


def make_stack(d: int, depth: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers.append(nn.Linear(d, d))
    return nn.Sequential(*layers, make_linear(d))


class Stack(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.act: nn.Module = nn.ReLU()
        self.blocks = nn.ModuleList()
        self.blocks.append(nn.Linear(sizes.inner, 7))


class Table(nn.Module):
    table: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("table", torch.ones(5, 12))

    def reset(self) -> None:
        self.count = torch.ones(3)
