"""The syntax of Python 3.12: `type`, and type parameters in brackets."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import ChannelType, EncodedRepresentation, LogitsType

type New = Float[Tensor, "b t"]
type Pair[T] = tuple[T, Float[Tensor, "b"]]
Implicit = Float[Tensor, "b t"]


def new(x: New) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def implicit(x: Implicit) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def pair(x: Pair[int]) -> Float[Tensor, "n m"]:
    return x[1]  # E: [return-value]


def generic[T](x: T, y: Float[Tensor, "b t"]) -> tuple[T, Float[Tensor, "b t"]]:
    return x, y


def element[E: ChannelType](x: NeuralType[Float[Tensor, "b"], E]) -> NeuralType[Float[Tensor, "b"], E]:
    return x


def applied[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return function(*args, **kwargs)


class Holder[T: Tensor]:
    def __init__(self, item: T) -> None:
        self.item = item


class Wrapper[M: nn.Module](nn.Module):
    def __init__(self, inner: M) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
        return self.inner(x)


def calls(
    x: Float[Tensor, "b t"],
    y: NeuralType[Float[Tensor, "b"], EncodedRepresentation],
    z: NeuralType[Float[Tensor, "b"], LogitsType],
    n: int,
) -> Float[Tensor, "b"]:
    applied(new, x)
    element(y)
    Wrapper(nn.Linear(3, 3))(x)
    if n == 1:
        return generic(3, x)[1]  # E: [return-value]
    if n == 2:
        return Holder(x).item  # E: [return-value]
    return element(y)
