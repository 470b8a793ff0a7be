"""Sizes of modules that cannot be known, or that agree, are silent."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule


class Linear(nn.Module):
    def __init__(self, d_in: int, d_out: int | None = None, *, bias: bool = True) -> None:
        super().__init__()
        self.d_in = d_in
        self.d_out = d_out or d_in
        self.weight = nn.Parameter(torch.zeros(self.d_out, self.d_in))

    def forward(self, x: Float[Tensor, "*b {self.d_in}"]) -> Float[Tensor, "*b {self.d_out}"]: ...


class Norm(nn.Module):
    def __init__(self, d: int = 8) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Float[Tensor, "*b {self.d}"]) -> Float[Tensor, "*b {self.d}"]: ...


@dataclass
class Config:
    d: int = 64
    heads: int = 4
    expansion: float = 4.0
    sizes: list[int] = field(default_factory=lambda: [64, 128])
    d_head: int | None = None

    def __post_init__(self) -> None:
        if self.d_head is None:
            self.d_head = self.d // self.heads

    @property
    def d_inner(self) -> int:
        return int(self.d * self.expansion)

    @classmethod
    def small(cls) -> Config:
        return cls(d=16)


class Block(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.norm = Norm(config.d)
        self.up = Linear(config.d, config.d_inner)
        self.down = Linear(config.d_inner, config.d)
        self.heads = nn.ModuleList([Linear(config.d, config.d_head) for _ in range(config.heads)])

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        y = self.norm(x)
        y = self.down(self.up(y))
        for head in self.heads:
            head(y)
        return x + y


class Tower(nn.Module):
    def __init__(self, sizes: list[int], config: Config | None = None, **kwargs: Any) -> None:
        super().__init__()
        config = config or Config()
        self.sizes = sizes
        self.first = Linear(sizes[0], sizes[1])
        self.layers = nn.Sequential(*[Linear(a, b) for a, b in zip(sizes, sizes[1:], strict=False)])
        self.last = Linear(sizes[-1], kwargs.get("d_out", 10))
        d = config.d
        for _ in range(3):
            d *= 2
        self.out = Linear(d, config.d)
        self.width = d
        self.env = Linear(int(os.environ["WIDTH"]), 8)
        self.norm = Norm()

    def forward(self, x: Float[Tensor, "b d_in"]) -> Float[Tensor, "b d_out"]:
        x = self.first(x)
        x = self.layers(x)
        x = self.last(x)
        x = self.out(x)
        x = self.env(x)
        return self.norm(x)


class Grown(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.layer = Linear(d, d)

    def grow(self, extra: int) -> None:
        self.d += extra
        self.layer = Linear(self.d, self.d)

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        return self.layer(x)


class Conditional(nn.Module):
    def __init__(self, d: int, deep: bool = False, mode: str = "a") -> None:
        super().__init__()
        if deep:
            d = 2 * d
        self.layer = Linear(d, 3) if mode == "a" else Linear(3, d)
        self.d = d if deep else d + 1
        if mode == "b":
            self.other = Linear(d)
        elif mode == "c":
            self.other = Linear(2 * d)
        else:
            raise ValueError(mode)
        try:
            self.tried = Linear(d, d)
        except ValueError:
            self.tried = Linear(3, 3)

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        x = self.layer(x)
        x = self.other(x)
        return self.tried(x)


class Parent(NeuralModule):
    def __init__(self, d: int = 4, **kwargs: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, *, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]: ...


class FixedChild(Parent):
    def __init__(self) -> None:
        super().__init__(8)


class KwargsChild(Parent):
    def __init__(self, **kwargs: int) -> None:
        super().__init__(**kwargs)


class ArgsChild(Parent):
    def __init__(self, *args: int) -> None:
        super().__init__(*args)


class ClassLevel(Parent):
    d: int = 16

    def __init__(self) -> None:
        nn.Module.__init__(self)


class LateChild(Parent):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = 2 * d


class PropertyChild(nn.Module):
    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    @property
    def d(self) -> int:
        return 2 * self.scale

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]: ...


def children(x: Float[Tensor, "b 8"], y: Float[Tensor, "b 16"], z: Float[Tensor, "b 4"], n: int) -> None:
    FixedChild()(x=x)
    KwargsChild(d=8)(x=x)
    KwargsChild(**{"d": 8})(x=x)
    ArgsChild(8)(x=x)
    ClassLevel()(x=y)
    LateChild(4)(x=x)
    LateChild(d=8)(x=y)
    PropertyChild(4)(x)
    Parent()(x=z)
    Parent(8)(x=x)
    Parent(*[8])(x=x)
    Parent(**{"d": 8})(x=x)
    Parent(int("8"))(x=x)
    Parent(max(4, 8))(x=x)
    Parent(math.prod([2, 4]))(x=x)
    Parent(round(8.0))(x=x)
    Parent(x.shape[1])(x=x)
    Parent(2**3)(x=x)
    Parent(16 >> 1)(x=x)
    Parent(8 if n else 8)(x=x)
    Parent([4, 8][1])(x=x)
    Parent({"d": 8}["d"])(x=x)
    Parent(d=n or 8)(x=x)
    Parent(True + 7)(x=x)
    make(Parent, 8)(x=x)
    kinds: dict[str, type[Parent]] = {"a": Parent, "b": FixedChild}
    kinds["b"]()(x=x)
    cls = Parent if n else FixedChild
    cls(8)(x=x)  # type: ignore[call-arg]


def make(cls: type[Parent], d: int) -> Parent:
    return cls(d=d)


def configs(x: Float[Tensor, "b t 64"], y: Float[Tensor, "b t 16"], z: Float[Tensor, "b t 32"]) -> None:
    Norm(Config().d)(x)
    Norm(Config.small().d)(y)
    Norm(Config(d=16).d)(y)
    Norm(replace(Config(), d=16).d)(y)
    config = Config()
    config.d = 16
    Norm(config.d)(y)
    Norm(config.d_inner)(x)
    changed = Config()
    change(changed)
    Norm(changed.d)(z)
    Norm(Config().sizes[0])(x)
    Linear(64)(x)
    Linear(64, None)(x)
    Linear(64, 32, bias=False)(x)
    Grown(8).grow(8)
    grown = Grown(8)
    grown.grow(8)
    grown(y[0])
    conditional = Conditional(8, deep=True)
    conditional(y[0])
    Conditional(15)(y[0])


def change(config: Config) -> None:
    config.d = 32


def moved(x: Float[Tensor, "b 8"], n: Norm, deep: bool) -> Float[Tensor, "b 8"]:
    model = Norm(4)
    model = Norm(8)
    x = model(x)
    other = Norm(4) if not deep else Norm(8)
    x = other(x)
    x = n(x)
    loaded: Norm = torch.load("model.pt")
    x = loaded(x)
    x = Norm(8).to("cpu")(x)
    x = Norm(8).eval().requires_grad_(False)(x)
    x = nn.Sequential(Norm(8), nn.Sequential(Norm(8), nn.ReLU()), Norm(8))(x)
    return x


class Holder:
    """No module: its numbers may change at any time."""

    def __init__(self, d: int = 4) -> None:
        self.d = d
        self.norm = Norm(self.d)

    def set(self, d: int) -> None:
        self.d = d
        self.norm = Norm(d)


def holders(x: Float[Tensor, "b 8"]) -> None:
    holder = Holder()
    holder.set(8)
    holder.norm(x)
    Norm(holder.d)(x)
    Holder(8).norm(x)


class Embedding(nn.Module):
    def __init__(self, vocabulary: int, d: int, padding: int = 0) -> None:
        super().__init__()
        self.vocabulary, self.d = vocabulary, d
        self.padding = padding
        self.table = nn.Parameter(torch.zeros(vocabulary + padding, d))

    @classmethod
    def from_pretrained(cls, table: Float[Tensor, "n d"]) -> Embedding:
        model = cls(*table.shape)
        model.table.data = table
        return model

    def forward(self, x: Int[Tensor, "b t"]) -> Float[Tensor, "b t {self.d}"]:
        return self.table[x]

    def tied(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.vocabulary}"]:
        return x @ self.table.t()


def embedded(table: Float[Tensor, "100 8"], x: Int[Tensor, "b t"]) -> Float[Tensor, "b t 100"]:
    embedding = Embedding.from_pretrained(table)
    return embedding.tied(embedding(x))
