"""A decorator that keeps the signature, where its function is the first of the file that mypy's checker comes to."""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from jaxtyping import Float
from torch import Tensor

P = ParamSpec("P")
R = TypeVar("R")


class Pooling(Protocol):
    def __call__(self, x: Float[Tensor, "b t c"]) -> Float[Tensor, "b c"]: ...


def logged(f: Callable[P, R]) -> Callable[P, R]:
    return f


@logged
def keep(x: Float[Tensor, "b t c"]) -> Float[Tensor, "b t c"]:
    return x


@logged
def pool(x: Float[Tensor, "b t c"]) -> Float[Tensor, "b c"]: ...


def pooled(f: Pooling, x: Float[Tensor, "2 3 4"]) -> Float[Tensor, "2 4"]:
    return f(x)


def use(x: Float[Tensor, "2 3 4"]) -> None:
    reveal_type(keep(x))  # R: Tensor[Float, tuple[batch=2, time=3, channel=4], Any]
    pooled(pool, x)
    pooled(keep, x)  # E: [arg-type]
    list(map(keep, [x]))
    list(map(keep, [x[0]]))  # E: [arg-type]
