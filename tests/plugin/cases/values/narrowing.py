"""What a check in the source says about a tensor holds from there on, in the branch that it rules."""

import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralType, ensure, reveal
from neuraltypes.elements import ProbsType


def by_isinstance(x: Tensor, y: Float[Tensor, "b t"]) -> None:
    if isinstance(x, Float[Tensor, "b t 3"]):
        reveal(x)  # N: is Float[Tensor, "b t 3"]
    else:
        reveal(x)  # N: is Tensor


def by_ndim(x: Tensor, y: Tensor) -> None:
    if x.ndim == 2:
        reveal(x)  # N: is Shaped[Tensor, "_ _"]
    else:
        reveal(x)  # N: is Tensor
    if y.dim() != 4:
        raise ValueError
    reveal(y)  # N: is Shaped[Tensor, "_ _ _ _"]


def by_assert(x: Tensor, y: Float[Tensor, "b t"]) -> Float[Tensor, "t b"]:
    b, t = y.shape
    assert x.shape == (b, t)
    reveal(x)  # N: is Shaped[Tensor, "b t"]
    return x  # E: [return-value]


def by_one_size(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "b 80"]:
    assert x.shape[1] == 80
    reveal(x)  # N: is Float[Tensor, "b 80"]
    return x


def by_and(x: Tensor, y: Tensor) -> None:
    if x.ndim == 1 and y.shape == (2, 3):
        reveal(x)  # N: is Shaped[Tensor, "_"]
        reveal(y)  # N: is Shaped[Tensor, "2 3"]


def by_ensure(x: Tensor) -> NeuralType[Float[Tensor, "b 8"], ProbsType]:
    stated = ensure(x, NeuralType[Float[Tensor, "b 7"], ProbsType])
    reveal(stated)  # N: is NeuralType[Float[Tensor, "batch=_ 7"], ProbsType]
    return stated  # E: [return-value]


def unpacked(x: Tensor, y: Tensor, heads: int) -> Tensor:
    b, t, c = x.shape
    reveal(x)  # N: is Shaped[Tensor, "_ _ _"]
    q, k, v = x.reshape(b, t, 3, heads, c // heads // 3).permute(2, 0, 3, 1, 4).unbind(0)
    reveal(q)  # N: is Shaped[Tensor, "_ heads _ _"]
    (rows, columns), count = y.size(), 3
    reveal(y)  # N: is Tensor
    rows, columns = y.size()
    reveal(y)  # N: is Shaped[Tensor, "_ _"]
    x = x.mean(1)
    torch.bmm(x, y)  # E: Argument "input" to "bmm" has 2 axes, expected 3  [shape-mismatch]
    return q @ k.mT


def unpacked_in_rounds(x: Tensor, n: int) -> None:
    first, *others = x.shape
    reveal(x)  # N: is Tensor
    for _ in range(n):
        x = x[None]
        b, t, d = x.shape
        reveal(x)  # N: is Shaped[Tensor, "_ _ _"]
        x = x[0]
    reveal(x)  # N: is Tensor


def unpacked_later(x: Tensor | None, y: Tensor) -> None:
    shape = y.shape
    reveal(y)  # N: is Tensor
    b, t = shape
    if x is not None:
        b, t = x.shape
        reveal(x)  # N: is Shaped[Tensor, "_ _"]
