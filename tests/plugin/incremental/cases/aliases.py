"""Aliases, one of another."""

from typing import TypeAlias

from jaxtyping import Float
from torch import Tensor

Audio: TypeAlias = Float[Tensor, "b 16"]
Batched: TypeAlias = list[Audio]
