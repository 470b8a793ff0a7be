"""Every kind of function: overloads, properties, static and class methods, async, nested, lambdas, generators."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import cached_property, wraps
from typing import Any, overload

from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule


class Encoder(nn.Module):
    @property
    def weight(self) -> Float[Tensor, "n d"]: ...

    @weight.setter
    def weight(self, value: Float[Tensor, "n d"]) -> None: ...

    @cached_property
    def bias(self) -> Float[Tensor, "d"]: ...

    @staticmethod
    def static(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
        return x  # E: [return-value]

    @classmethod
    def create(cls, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
        return x  # E: [return-value]

    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
        return x  # E: [return-value]

    def __getitem__(self, index: int) -> Float[Tensor, "d"]:
        return self.weight  # E: [return-value]

    def __matmul__(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b n"]:
        return x


class Keyword(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
        return x  # E: [return-value]


def properties(encoder: Encoder, x: Float[Tensor, "b"]) -> Float[Tensor, "d"]:
    y: Float[Tensor, "d"] = encoder.weight  # E: [assignment]
    encoder.weight = x  # E: [assignment]
    y = encoder[0]
    encoder @ x  # E: [shape-mismatch]
    if x.sum() > 3:
        return encoder.bias
    return y


async def coroutine(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


async def awaits(x: Float[Tensor, "b t"], y: Awaitable[Float[Tensor, "b t"]]) -> Float[Tensor, "b"]:
    z = await coroutine(x)
    if z is x.mean(1):
        return await y  # E: [return-value]
    return z


async def generates(x: Float[Tensor, "b t"]) -> AsyncIterator[Float[Tensor, "b"]]:
    yield x  # E: [misc]


async def iterates(x: Float[Tensor, "b t"]) -> None:
    async for y in generates(x):
        z: Float[Tensor, "b t"] = y  # E: [assignment]
        del z


def generator(x: Float[Tensor, "b t"]) -> Iterator[Float[Tensor, "b"]]:
    yield x  # E: [misc]


def outer(x: Float[Tensor, "b t"], n: int) -> Float[Tensor, "b"]:
    def inner(y: Float[Tensor, "b s"]) -> Float[Tensor, "b"]:
        return y  # E: [return-value]

    def closure() -> Float[Tensor, "b t"]:
        return x

    def wrong_closure() -> Float[Tensor, "b"]:
        return x  # E: [return-value]

    if n == 1:
        return closure()  # E: [return-value]
    if n == 2:
        return wrong_closure()
    return inner(x)


@overload
def head(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]: ...
@overload
def head(x: Float[Tensor, "b t"], n: int) -> Float[Tensor, "b {n}"]: ...
def head(x: Float[Tensor, "b t"], n: int | None = None) -> Float[Tensor, "b ..."]:
    return x


def overloads(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
    y = head(x, 3)
    if x.sum() > 3:
        return y  # E: [return-value]
    return head(x)


def with_defaults(x: Float[Tensor, "b t"], y: Float[Tensor, "b"] | None = None, *, n: int = 3) -> None: ...


def positional_only(x: Float[Tensor, "b t"], /, y: Float[Tensor, "b"]) -> Float[Tensor, "b t"]:
    return y  # E: [return-value]


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@decorated
def inside(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def lambdas(x: Float[Tensor, "b t"]) -> None:
    f: Callable[[Float[Tensor, "b t"]], Float[Tensor, "b"]] = lambda y: y  # E: [return-value] # E: [assignment]
    f(x)


class Outer:
    class Inner:
        def method(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
            return x  # E: [return-value]

    def method(self, x: Int[Tensor, "b t"]) -> Int[Tensor, "b"]:
        class Local:
            def method(self, y: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
                return y  # E: [return-value]

        del Local
        return x  # E: [return-value]


if True:

    def conditional(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
        return x  # E: [return-value]
