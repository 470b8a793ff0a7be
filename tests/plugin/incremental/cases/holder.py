"""Uses them."""

from held import Held, Whole, windows
from jaxtyping import Float
from torch import Tensor


def held(x: Float[Tensor, "b 64"]) -> Float[Tensor, "b 2"]:
    return Held(Whole().part)(x)


def framed(x: Float[Tensor, "b 60"]) -> Float[Tensor, "b 15 4"]:
    return windows(x)
