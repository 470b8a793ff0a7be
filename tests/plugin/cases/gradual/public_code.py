"""What public code does that plain mypy accepts, for a part of it is `Any` to it: nothing is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

_SMALL = np.finfo("float").eps


def whole(number: int) -> int:
    return number


def masked(mask: torch.LongTensor, length: int | None) -> None: ...


class Box:
    def __init__(self, number: int) -> None:
        self.number = number

    def __getitem__(self, number: int) -> str:
        return str(number)

    def take(self, number: int) -> None: ...


def items_are_numbers(names: Sequence[str], table: dict[int, str], box: Box, length: Any) -> None:
    for place in torch.randperm(3):
        names[place]
        table[place]
        box[place]
        box.take(place)
        whole(place)
        Box(place)
        end = place + 3
        end = min(end, length, 5)
        whole(end)
    for place in torch.randperm(3).view(3, 1):
        names[place.item()]


def items_are_declared(node: int, words: list[int]) -> Tensor:
    node, other = torch.tensor(words, dtype=torch.long).view(-1, 2).t().contiguous()
    return other


def operands_of_other_libraries(x: Float[Tensor, "2 3"]) -> None:
    x.norm() + _SMALL
    norm = torch.norm(x, dim=-1, keepdim=True)
    norm + _SMALL
    _SMALL * norm
    norm = norm / (torch.norm(x, dim=-1, keepdim=True) + _SMALL)
    norm += _SMALL


def names_of_numpy(x: Float[Tensor, "2 3"]) -> None:
    reveal_type(torch.linalg.norm(x, axis=-1))  # R: Any


def safe(A: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    return A


torch.linalg.cholesky = safe


class Sizes(nn.Module):
    def __init__(self, groups: int | None = None) -> None:
        super().__init__()
        self.groups = groups
        self.norm = nn.LayerNorm(8)
        self.factor: float | None = None

    def forward(self, x: Float[Tensor, "b 8"], dim_size: int | None = None) -> None:
        normed = self.norm(x)
        normed.view(-1, self.groups, 2)
        normed = self.norm(normed)
        normed.reshape(-1, dim_size)
        masked(normed, dim_size)
        factor = self.factor
        whole(3) ** -0.5 * (2 * whole(2)) ** -0.5 * factor
        whole(3) ** -0.5 * self.factor


class Grown(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 8)])

    def forward(self, x: Float[Tensor, "b 8"], keep: bool = False):  # type: ignore[no-untyped-def]
        found = ()
        each = (x,)
        for layer in self.layers:
            x = layer(x)
            found += (x,)  # type: ignore[assignment]
            each = each + (x,)  # type: ignore[assignment]
        reveal_type(torch.stack(each))  # R: Tensor
        torch.stack(each[::-1])
        return torch.stack(found, dim=1)


class Kept(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 8)])

    def forward(self, x: Float[Tensor, "b 8"], keep: bool = False):  # type: ignore[no-untyped-def]
        states = () if keep else None
        for layer in self.layers:
            if keep:
                states = states + (x,)  # type: ignore[operator, assignment]
            x = layer(x)
        return states


class Either(nn.Module):
    def __init__(self, adaptive: bool) -> None:
        super().__init__()
        if adaptive:
            self.proj = nn.Linear(8, 4)
        else:
            self.proj = nn.AdaptiveLogSoftmaxWithLoss(8, 4, [2])  # type: ignore[assignment]

    def forward(self, x: Float[Tensor, "b 8"], y: Tensor) -> None:
        self.proj(x, y)


class Loops(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one = nn.ModuleList([nn.Conv1d(1, 2, 3), nn.Conv1d(1, 2, 3)])
        self.two = nn.ModuleList([nn.ConvTranspose1d(1, 2, 3), nn.ConvTranspose1d(1, 2, 3)])

    def forward(self, x):  # type: ignore[no-untyped-def]
        for _, layer in enumerate(self.one):
            x = layer(x)
        for _, layer in enumerate(self.two):
            x = layer(x)
        return x


class Routes(nn.Module):
    def __init__(self, parts: dict[str, list[nn.Module]]) -> None:
        super().__init__()
        self.routes = nn.ModuleDict({name: nn.Sequential(*some) for name, some in parts.items()})

    def forward(self, x, route: str):  # type: ignore[no-untyped-def]
        for module in self.routes[route]:
            x = module.encode(x) if "x" in module.keys else x
        for modules in self.routes.values():
            first: Loops = modules[0]
            for module in reversed(modules):
                module.save(first)
        for _, modules in self.routes.items():
            for _, module in enumerate(modules):
                module.save()
        return self.routes[route][0].save(x)


def rotated(x: Tensor) -> tuple[Tensor, Tensor]:  # which is wrong, it gives a tensor
    return x  # type: ignore[return-value]


class Rotary(nn.Module):
    def __init__(self, patch: tuple[int] = (1, 2, 2)) -> None:  # type: ignore[assignment]
        super().__init__()
        self.query = nn.Linear(8, 8)
        self.conv = nn.Conv3d(1, 2, kernel_size=patch, stride=patch)  # type: ignore[arg-type]

    def forward(self, x: Float[Tensor, "b 8"], wanted: torch.FloatTensor) -> None:
        query = self.query(x)
        query[:, :2] = rotated(query)
        query = rotated(query)
        wanted = self.query(x)
        self.conv(torch.zeros(1, 1, 4, 4, 4))
        names: str = self.query(x).numpy()


def cube_roots(x: Tensor, least: Any, steps: int) -> Tensor:
    least = least if least is not None else x[-1].item()
    return (least ** (1 / 7.0) + np.linspace(0, 1, steps)) ** 7.0
