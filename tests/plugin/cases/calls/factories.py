"""Functions and methods that make modules: what they return has the sizes that the call gives."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal

WIDTH = 512
NARROW: Final = 32


class Encoder(nn.Module):
    def __init__(self, n_in: int, d: int) -> None:
        super().__init__()
        self.n_in, self.d = n_in, d

    def forward(self, x: Float[Tensor, "b {self.n_in}"]) -> Float[Tensor, "b {self.d}"]: ...

    @classmethod
    def small(cls) -> "Encoder":
        return cls(80, 64)

    @classmethod
    def sized(cls, d: int) -> "Encoder":
        return cls(80, d)

    @staticmethod
    def wide() -> "Encoder":
        return Encoder(80, WIDTH)

    @classmethod
    @functools.cache
    def kept(cls) -> "Encoder":
        return cls(80, 64)


class Wrapped(Encoder):
    def __init__(self, n_in: int, d: int) -> None:
        super().__init__(2 * n_in, d)


class Decoder(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b 10"]: ...


@dataclass
class Config:
    d: int = 64
    n_in: int = 80


def narrow() -> Encoder:
    return Encoder(80, NARROW)


def wide() -> Encoder:
    encoder = Encoder(80, WIDTH)
    return encoder


def configured(config: Config) -> Encoder:
    return Encoder(config.n_in, config.d)


def twice(config: Config) -> Encoder:
    return Encoder(config.n_in, 2 * config.d)


def changed(config: Config) -> Encoder:
    config.d = 8
    return Encoder(config.n_in, config.d)


def joined(x: Float[Tensor, "2 80"]) -> None:
    decode = Decoder(64)
    decode(Encoder.small()(x))
    decode(Encoder.sized(64)(x))
    decode(Encoder.sized(65)(x))  # E: [shape-mismatch]
    decode(Encoder.wide()(x))  # E: axis 1 is 512, expected 64  [shape-mismatch]
    decode(narrow()(x))  # E: axis 1 is 32, expected 64  [shape-mismatch]
    decode(wide()(x))  # E: axis 1 is 512, expected 64  [shape-mismatch]
    decode(configured(Config())(x))
    decode(configured(Config(d=32))(x))  # E: axis 1 is 32, expected 64  [shape-mismatch]
    decode(twice(Config(d=32))(x))
    decode(twice(Config())(x))  # E: axis 1 is 128, expected 64  [shape-mismatch]
    decode(changed(Config(d=32))(x))


def by_a_subclass(x: Float[Tensor, "2 160"], encoder: Encoder) -> None:
    reveal(Wrapped.small()(x))  # N: Float[Tensor, "batch=2 _"]
    reveal(encoder.small()(x))  # N: Float[Tensor, "batch=2 _"]
    Wrapped.wide()(x)  # E: axis 1 is 160, expected 80  [shape-mismatch]


def by_other_ways(x: Float[Tensor, "2 80"], config: Config, make: Callable[[], Encoder]) -> None:
    reveal(configured(config)(x))  # N: Float[Tensor, "batch=2 _"]
    reveal(make()(x))  # N: Float[Tensor, "batch=2 _"]
    decode: Any = Decoder(64)
    decode(Encoder.kept()(torch.zeros(2, 81)))
