"""Attributes that hold what comes along (caches, states, buffers) are silent."""

from __future__ import annotations

from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


class Stateful(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.state = torch.zeros(1, size)

    def reset(self, x: Float[Tensor, "b d"]) -> None:
        self.state = x

    def step(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        self.state = x[:, -1]
        self.state = x
        return x

    def forward(self, x: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:
        self.state = x
        return self.state


class KeyValueCache:
    def __init__(self) -> None:
        self.keys: Float[Tensor, "b h t d"] | None = None
        self.values: Float[Tensor, "b h t d"] | None = None

    def update(
        self, k: Float[Tensor, "b h t d"], v: Float[Tensor, "b h t d"]
    ) -> tuple[Float[Tensor, "b h s d"], Float[Tensor, "b h s d"]]:
        if self.keys is None or self.values is None:
            self.keys, self.values = k, v
        else:
            self.keys = torch.cat([self.keys, k], dim=2)
            self.values = torch.cat([self.values, v], dim=2)
        return self.keys, self.values

    def __len__(self) -> int:
        return 0 if self.keys is None else self.keys.shape[2]


class LazyMask(nn.Module):
    mask: Bool[Tensor, "t t"]

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mask", torch.zeros(0, 0, dtype=torch.bool), persistent=False)
        self.last: Tensor | None = None

    def forward(self, x: Float[Tensor, "b s d"]) -> Bool[Tensor, "s s"]:
        t = x.size(1)
        if self.mask.size(0) < t:
            self.mask = torch.ones(t, t, dtype=torch.bool).tril()
        self.last = x
        return self.mask[:t, :t]


class Inferred:
    def __init__(self, x: Float[Tensor, "b t"], y: Int[Tensor, "n"]) -> None:
        self.x = x
        self.y = y
        self.pair = (x, y)
        self.many = [x]
        self.named = {"x": x}
        self.sizes = x.shape
        self.width = x.shape[1]

    def change(self, x: Float[Tensor, "c d"], y: Int[Tensor, "m 3"]) -> None:
        self.x = x
        self.y = y
        self.many.append(x)
        self.named["y"] = y
        self.width = x.shape[0]
        self.width = 3

    def both(self) -> Float[Tensor, "k l"]:
        return self.x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Inferred) and self.width == other.width


class Running(nn.Module):
    mean: Float[Tensor, "d"]
    count: Int[Tensor, ""]

    def __init__(self, d: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(d))
        self.register_buffer("count", torch.tensor(0))

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        if self.training:
            self.count += len(x)
            self.mean += (x.mean(0) - self.mean) / self.count
        return x - self.mean


class Lazy:
    def __init__(self, path: str) -> None:
        self.path = path
        self._data: Float[Tensor, "n d"] | None = None

    @property
    def data(self) -> Float[Tensor, "n d"]:
        if self._data is None:
            self._data = torch.load(self.path)
        return self._data

    @cached_property
    def mean(self) -> Float[Tensor, "d"]:
        return self.data.mean(0)

    @cached_property
    def covariance(self) -> Float[Tensor, "d d"]:
        centred = self.data - self.mean
        return centred.T @ centred / (len(self.data) - 1)

    def whiten(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return x @ torch.linalg.inv(self.covariance)


class Shared:
    default: Float[Tensor, "d"] | None = None

    @classmethod
    def set_default(cls, x: Float[Tensor, "n"]) -> None:
        cls.default = x


def from_outside(module: Stateful, x: Float[Tensor, "b t d"], y: Int[Tensor, "n"]) -> None:
    module.state = x
    module.state = y
    holder = Inferred(x[0], y)
    holder.x = x[0]
    holder.width = len(y)
    setattr(module, "extra", x)


class Trainer:
    best = None
    history: list[Tensor] = []

    def record(self, x: Float[Tensor, "b"], y: Float[Tensor, "b c"]) -> None:
        self.history.append(x)
        self.history.append(y)
        self.previous = x
        self.previous = self.previous + 1

    def again(self, y: Float[Tensor, "b c"]) -> None:
        self.previous = y
