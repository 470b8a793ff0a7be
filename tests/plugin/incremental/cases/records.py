"""Records: what a module gives."""

from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from jaxtyping import Float, Int
from torch import Tensor


class Encoded(NamedTuple):
    y: Float[Tensor, "2 3"]
    lengths: Int[Tensor, "2"]


class Batch(TypedDict):
    x: Float[Tensor, "2 5"]


@dataclass
class Config:
    width: int = 64
    depth: int = 2
