"""Where `isinstance(x, annotation)` does not hold, `x` is one of the others that it may be."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neuraltypes import reveal


def branches(x: Float[Tensor, "b t"] | Int[Tensor, "b"]) -> Float[Tensor, "b t"]:
    if isinstance(x, Int[Tensor, "b"]):
        a: Int[Tensor, "b"] = x
        b: Float[Tensor, "b t"] = x  # E: [assignment]
    else:
        b = x
        a = x  # E: [assignment]
    del a, b
    if not isinstance(x, Int[Tensor, "b"]):
        return x
    return torch.zeros_like(x)  # E: [return-value]


def leaving(x: Float[Tensor, "b t"] | Int[Tensor, "b"] | None) -> Float[Tensor, "b t"]:
    if isinstance(x, Int[Tensor, "b"]):
        raise TypeError
    reveal(x)  # N: is Float[Tensor, "b t"] | None
    if x is None:
        raise ValueError
    return x


def may_still_be(x: Float[Tensor, "b t"] | Int[Tensor, "b"], y: Float[Tensor, "..."] | Int[Tensor, "b"]) -> None:
    """What would be an instance only where sizes agree stays."""
    if isinstance(x, Float[Tensor, "b 3"]):
        return
    reveal(x)  # N: is Float[Tensor, "b t"] | Int[Tensor, "b"]
    if isinstance(y, Float[Tensor, "b t"]):
        return
    reveal(y)  # N: is Float[Tensor, "..."] | Int[Tensor, "b"]
