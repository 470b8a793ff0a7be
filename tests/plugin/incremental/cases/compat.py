"""Passes names on."""

from typing import Final

from jaxtyping import Float as Number
from jaxtyping import Int

__all__ = ["WIDTH", "Int", "Number"]

WIDTH: Final = 64
