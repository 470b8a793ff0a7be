"""Configurations that hold configurations of the same module: by default, or as they are given."""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class Part:
    d_model: int = 64
    depth: int = 2


@dataclass
class Whole:
    encoder: Part = field(default_factory=Part)
    decoder: Part = field(default_factory=lambda: Part(d_model=32))
    head: Part = Part()
    other: Part = field(default_factory=lambda: Part(32))
    maybe: Part | None = None
    rate: int = 5


@dataclass
class OnlyParts:
    encoder: Part = field(default_factory=Part)


class Decoder(nn.Module):
    def __init__(self, config: Part) -> None:
        super().__init__()
        self.config = config
        self.linear = nn.Linear(config.d_model, 10)

    def forward(self, x: Float[Tensor, "b t {self.config.d_model}"]) -> Float[Tensor, "b t 10"]:
        return self.linear(x)


def by_default(x: Float[Tensor, "b t 64"], y: Float[Tensor, "b t 32"]) -> None:
    Decoder(Whole().encoder)(x)
    Decoder(Whole().encoder)(y)  # E: axis 2 is 32, expected 64 ("{self.config.d_model}")  [shape-mismatch]
    Decoder(Whole().decoder)(x)  # E: axis 2 is 64, expected 32  [shape-mismatch]
    Decoder(Whole().decoder)(y)
    Decoder(Whole().head)(y)  # E: [shape-mismatch]
    Decoder(OnlyParts().encoder)(y)  # E: [shape-mismatch]
    torch.zeros(3, Whole().encoder.d_model) @ torch.zeros(32, 2)  # E: [shape-mismatch]
    torch.zeros(3, Whole().decoder.d_model) @ torch.zeros(32, 2)


def given(x: Float[Tensor, "b t 64"], y: Float[Tensor, "b t 32"]) -> None:
    Decoder(Whole(encoder=Part(32)).encoder)(y)
    Decoder(Whole(Part(32)).encoder)(x)  # E: [shape-mismatch]
    whole = Whole(decoder=Part(64))
    Decoder(whole.decoder)(x)
    Decoder(whole.decoder)(y)  # E: [shape-mismatch]


def unknown(x: Float[Tensor, "b t 3"], whole: Whole, part: Part) -> None:
    Decoder(whole.encoder)(x)
    Decoder(Whole(encoder=part).encoder)(x)
    Decoder(Whole().other)(x)
    made = Whole()
    made.encoder = Part(3)
    Decoder(made.encoder)(x)
    handed = Whole()
    change(handed)
    Decoder(handed.decoder)(x)
    assert made.maybe
    Decoder(made.maybe)(x)


def change(whole: Whole) -> None:
    whole.decoder = Part(3)
