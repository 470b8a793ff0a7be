"""Sizes in configurations of configurations, as constructors read them: `config.encoder.d`."""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


@dataclass
class EncoderConfig:
    d: int = 64
    heads: int = 8


@dataclass
class Config:
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    vocabulary: int = 100
    d: int = 32
    mult: int = field(default=4)


class Encoder(nn.Module):
    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.linear = nn.Linear(config.d, 2 * config.d)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x)


class Model(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config.encoder)
        self.embed = nn.Embedding(config.vocabulary, config.encoder.d)
        self.up = nn.Linear(config.d, config.d * config.mult)
        self.down = nn.Linear(self.config.encoder.d, 3)
        self.width = config.encoder.d

    def forward(self, ids: Tensor, x: Float[Tensor, "b t {self.config.d}"]) -> Tensor:
        y = self.embed(torch.zeros(2, 3, dtype=torch.long))
        reveal(y)  # N: Float[Tensor, "2 3 d"]
        reveal(self.down(y))  # N: Float[Tensor, "2 3 3"]
        reveal(self.down(torch.zeros(2, self.width)))  # N: Float32[Tensor, "2 3"]
        self.up(y)  # the sizes of two configurations may be one number
        self.down(self.encoder.linear(y))  # E: is 2*config.encoder.d, expected config.encoder.d  [shape-mismatch]
        reveal(self.up(x))  # N: Float[Tensor, "b t d*mult"]
        self.down(x)
        return self.up(x)


class Small(Model):
    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.head = nn.Linear(config.encoder.d, 5)

    def forward(self, ids: Tensor, x: Float[Tensor, "b t {self.config.d}"]) -> Tensor:
        y = self.embed(torch.zeros(2, 3, dtype=torch.long))
        reveal(self.head(y))  # N: Float[Tensor, "2 3 5"]
        return y


class Part(Encoder):
    def __init__(self, config: Config) -> None:
        super().__init__(config.encoder)
        self.more = nn.Linear(2 * config.encoder.d, 7)

    def forward(self, x: Float[Tensor, "b {self.linear.in_features}"]) -> Tensor:
        reveal(self.more(self.linear(x)))  # N: Float[Tensor, "b 7"]
        return x


class Changing(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        config.encoder.d = 128
        self.linear = nn.Linear(config.encoder.d, 3)

    def forward(self, x: Float[Tensor, "b 64"]) -> Tensor:
        return self.linear(x)


def made() -> None:
    reveal(Model(Config()).embed.weight)  # N: [Tensor, "100 64"]
    reveal(Model(Config(d=16)).up.weight)  # N: [Tensor, "64 16"]
    small = Model(Config(encoder=EncoderConfig(d=16)))
    reveal(small.embed.weight)  # N: [Tensor, "100 16"]
    small.down(torch.zeros(2, 64))  # E: [shape-mismatch]
    reveal(small.down(torch.zeros(2, 16)))  # N: Float32[Tensor, "2 3"]
    reveal(Changing(Config()).linear(torch.zeros(2, 128)))  # N: Float32[Tensor, "2 3"]
