"""Sizes from a configuration object: symbols inside the class, numbers outside of it."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


@dataclass
class Config:
    d: int = 16
    e: int = 32
    layers: int = 2
    dropout: float = 0.1


class Layer(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.width = config.d
        self.up = nn.Linear(config.d, config.e)
        self.down = nn.Linear(config.e, self.config.d)

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b {self.width}"]:
        reveal(self.up(x))  # N: is Float[Tensor, "b e"]
        self.down(x)  # E: axis -1 is config.d, expected config.e  [shape-mismatch]
        return self.down(self.up(x))

    def view(self, x: Float[Tensor, "b {self.config.d}"]) -> Float[Tensor, "b {self.config.d}"]:
        self.down(x)  # E: [shape-mismatch]
        return x.view(-1, self.config.d)


class Model(nn.Module):
    def __init__(self, config: Config, classes: int) -> None:
        super().__init__()
        self.config = config
        self.layers = nn.ModuleList([Layer(config) for _ in range(config.layers)])
        self.others = nn.ModuleList([Layer(self.config) for _ in range(config.layers)])
        self.head = nn.Linear(config.d, classes)

    def forward(self, x: Float[Tensor, "b {self.config.d}"]) -> Float[Tensor, "b classes"]:
        for layer in self.layers:
            x = layer(x)
        for layer in self.others:
            reveal(layer(x))  # N: is Float[Tensor, "b d"]
        self.head(self.layers[0].up(x))  # E: [shape-mismatch]
        return self.head(x)


class Derived(Model):
    def __init__(self, config: Config) -> None:
        super().__init__(config, 10)
        self.extra = nn.Linear(config.d, 3)

    def more(self, x: Float[Tensor, "b {self.config.d}"]) -> None:
        reveal(self.extra(self.layers[0](x)))  # N: is Float[Tensor, "b 3"]


class Changing(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.first = nn.Linear(config.d, config.d)
        config.d = config.d * 2
        self.second = nn.Linear(config.d, config.d)

    def forward(self, x: Float[Tensor, "b 16"]) -> None:
        reveal(self.second(self.first(x)))  # N: is Float[Tensor, "b _"]


def used(x: Float[Tensor, "b 16"], y: Float[Tensor, "b 8"], given: Config) -> None:
    model = Model(Config(d=8), 10)
    reveal(model.head(y))  # N: is Float[Tensor, "b 10"]
    model.head(x)  # E: axis -1 is 16, expected 8  [shape-mismatch]
    model(x)  # E: axis 1 is 16, expected 8  [shape-mismatch]
    model(y)
    Model(Config(), 3)(x)
    Model(Config(), 3)(y)  # E: axis 1 is 8, expected 16  [shape-mismatch]
    config = Config(d=8)
    Derived(config)(y)
    Derived(config)(x)  # E: [shape-mismatch]
    reveal(Derived(config=config).layers[0].up(y))  # N: is Float[Tensor, "b 32"]
    changed = Config(d=8)
    changed.d = 16
    Model(changed, 3)(x)
    Model(given, 3)(x)
    Model(given, 3)(y)


@dataclass
class Completed:
    d: int = 8
    hidden: int = 0

    def __post_init__(self) -> None:
        self.hidden = self.hidden or 4 * self.d


class Feed(nn.Module):
    def __init__(self, config: Completed) -> None:
        super().__init__()
        self.up = nn.Linear(config.d, config.hidden)
        self.down = nn.Linear(config.hidden, config.d)

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return self.down(self.up(x))


def completed(x: Float[Tensor, "b 8"]) -> None:
    feed = Feed(Completed())
    nn.Linear(32, 2)(feed.up(x))
    feed.down(x)


class OwnConfig:
    """Its constructor may be given other sizes than the defaults."""

    def __init__(self, d: int = 64, e: int = 256, heads: int = 4, dropout: float = 0.1) -> None:
        self.d = d
        self.e = e
        self.heads = heads
        self.head_dim = d // heads
        self.dropout = dropout


class UntypedConfig:
    def __init__(self, d=64, e=256, **others):  # type: ignore[no-untyped-def]
        self.d = d
        self.e = e


class ChangingConfig:
    def __init__(self, d: int = 64, e: int = 256) -> None:
        self.d = d
        self.e = e

    def widen(self) -> None:
        self.e = 2 * self.e


class Own(nn.Module):
    def __init__(self, config: OwnConfig) -> None:
        super().__init__()
        self.config = config
        self.up = nn.Linear(config.d, config.e)
        self.down = nn.Linear(config.e, config.d)
        self.head = nn.Linear(config.d, config.head_dim)

    def forward(self, x: Float[Tensor, "b {self.config.d}"]) -> Float[Tensor, "b {self.config.d}"]:
        reveal(self.up(x))  # N: is Float[Tensor, "b e"]
        reveal(self.head(x))  # N: is Float[Tensor, "b _"]
        self.down(x)  # E: axis -1 is config.d, expected config.e  [shape-mismatch]
        return self.down(self.up(x))


class OfUntyped(nn.Module):
    def __init__(self, config: UntypedConfig) -> None:
        super().__init__()
        self.up = nn.Linear(config.d, config.e)
        self.down = nn.Linear(config.d, config.e)

    def forward(self, x: Float[Tensor, "b d"]) -> None:
        self.down(self.up(x))  # E: axis -1 is config.e  [shape-mismatch]


class OfChanging(nn.Module):
    def __init__(self, config: ChangingConfig) -> None:
        super().__init__()
        self.up = nn.Linear(config.d, config.e)
        self.down = nn.Linear(config.d, config.d)

    def forward(self, x: Float[Tensor, "b d"]) -> None:
        self.down(self.up(x))


def own(x: Float[Tensor, "b 64"]) -> None:
    reveal(Own(OwnConfig(d=64, e=128)).up(x))  # N: is Float[Tensor, "b 128"]
    Own(OwnConfig(32)).up(x)  # E: [shape-mismatch]
    Own(OwnConfig(e=32)).up(x)
    changed = OwnConfig(d=32)
    changed.d = 64
    Own(changed).up(x)


class Together(nn.Module):
    """Several sizes are assigned at once."""

    def __init__(self, d: int, e: int) -> None:
        super().__init__()
        self.d, self.e = d, e
        self.up, self.down = nn.Linear(d, e), nn.Linear(e, d)
        self.swapped, self.back = self.e, self.d

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.e}"]:
        self.down(x)  # E: Argument "input" to "Linear" does not fit: axis -1 is d, expected e  [shape-mismatch]
        return self.up(x)


def together() -> None:
    reveal(Together(8, 4)(torch.zeros(2, 8)))  # N: Revealed neural type is Float[Tensor, "batch=2 4"]
    Together(8, 4)(torch.zeros(2, 4))  # E: axis 1 is 4, expected 8 ("{self.d}")  [shape-mismatch]
    reveal(torch.zeros(Together(8, 4).swapped))  # N: Revealed neural type is Float32[Tensor, "4"]


@dataclass
class Deeper(Config):
    layers: int = 12
    e: int = 24


@dataclass
class Renamed(Deeper):
    d: str = "wide"  # type: ignore[assignment]


def inherited(narrow: Deeper) -> None:
    reveal(torch.zeros(Deeper().d, Deeper().e))  # N: Float32[Tensor, "16 24"]
    reveal(torch.zeros(Deeper(d=3).d, Deeper(layers=4).layers))  # N: Float32[Tensor, "3 4"]
    reveal(torch.zeros(Layer(Deeper(d=8)).width))  # N: Float32[Tensor, "8"]
    reveal(torch.zeros(narrow.d, Renamed().e))  # N: Float32[Tensor, "_ 24"]
