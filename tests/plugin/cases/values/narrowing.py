"""What a check in the source says about a tensor holds from there on, in the branch that it rules."""

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
