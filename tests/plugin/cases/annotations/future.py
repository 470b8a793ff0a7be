"""`from __future__ import annotations` changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AudioSignal, LogitsType


class Encoder(NeuralModule):
    def forward(self, *, x: NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)]) -> Encoded:
        return Encoded(x, Later(x))  # E: [shape-mismatch] # E: [element-mismatch] # E: [shape-mismatch]


class Encoded(NamedTuple):
    y: NeuralType[Float[Tensor, "b t c"], LogitsType]
    later: Later


@dataclass
class Later:
    y: Float[Tensor, "b"]
    parent: Later | None = None


def lone_name(x: Float[Tensor, "b"], y: Int[Tensor, "int"]) -> Float[Tensor, "b t"]:
    return x  # E: [return-value]


def earlier(x: Alias) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


Alias = Float[Tensor, "b t"]


class Block(nn.Module):
    def forward(self, x: Float[Tensor, "b t"] | None, block: Block | None = None) -> Float[Tensor, "b"] | None:
        return x  # E: [return-value]
