"""The result's axes follow from the arguments', inside containers and records too."""

from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from jaxtyping import Float, Int
from torch import Tensor


class Encoded(NamedTuple):
    y: Float[Tensor, "b t c"]
    lengths: Int[Tensor, "b"]


@dataclass
class Output:
    logits: Float[Tensor, "b 10"]
    state: Float[Tensor, "b h"] | None = None


class Named(TypedDict):
    x: Float[Tensor, "b 3"]


def as_list(x: Float[Tensor, "b t"]) -> list[Float[Tensor, "t"]]: ...
def as_tuple(x: Float[Tensor, "b t"]) -> tuple[Float[Tensor, "b"], Float[Tensor, "t"]]: ...
def as_dict(x: Float[Tensor, "b t"]) -> dict[str, Float[Tensor, "t b"]]: ...
def as_optional(x: Float[Tensor, "b t"]) -> Float[Tensor, "t"] | None: ...
def as_iterator(x: Float[Tensor, "b t"]) -> Iterator[Float[Tensor, "t"]]: ...
def as_record(x: Float[Tensor, "b t"]) -> Encoded: ...
def as_object(x: Float[Tensor, "b t"]) -> Output: ...
def as_named(x: Float[Tensor, "b t"]) -> Named: ...
async def as_coroutine(x: Float[Tensor, "b t"]) -> Float[Tensor, "t"]: ...
def new_axis(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t new"]: ...


def containers(x: Float[Tensor, "2 3"]) -> None:
    reveal_type(as_list(x))  # R: list[Tensor[Float, tuple[time=3], Any]]
    reveal_type(as_tuple(x))  # R: tuple[Tensor[Float, tuple[batch=2], Any], Tensor[Float, tuple[time=3], Any]]
    reveal_type(as_dict(x))  # R: dict[str, Tensor[Float, tuple[time=3, batch=2], Any]]
    reveal_type(as_optional(x))  # R: Tensor[Float, tuple[time=3], Any] | None
    reveal_type(as_iterator(x))  # R: Iterator[Tensor[Float, tuple[time=3], Any]]
    reveal_type([as_coroutine(x)])  # R: list[Coroutine[Any, Any, Tensor[Float, tuple[time=3], Any]]]
    reveal_type(new_axis(x))  # R: Any], Any]


async def used(x: Float[Tensor, "2 3"], f: Awaitable[Float[Tensor, "3 2"]]) -> None:
    a, b = as_tuple(x)
    reveal_type(a)  # R: Tensor[Float, tuple[batch=2], Any]
    c: Float[Tensor, "2"] = b  # E: [assignment]
    for d in as_list(x):
        c = d  # E: [assignment]
    for key, e in as_dict(x).items():
        c = e  # E: [assignment]
        print(key)
    g: Float[Tensor, "2 3"] = await f  # E: [assignment]
    c = await as_coroutine(x)  # E: [assignment]
    del c, g


def records(x: Float[Tensor, "2 3"]) -> None:
    encoded = as_record(x)
    reveal_type(encoded.y)  # R: Tensor[Float, tuple[batch=2, time=3, Any], Any]
    a: Float[Tensor, "b t"] = encoded.y  # E: [assignment]
    y, lengths = encoded
    a = lengths  # E: [assignment]
    a = encoded[0]  # E: [assignment]
    b: Float[Tensor, "b 11"] = as_object(x).logits  # E: [assignment]
    c: Float[Tensor, "b 4"] = as_named(x)["x"]  # E: [assignment]
    del a, b, c, y


def chained(x: Float[Tensor, "2 3"]) -> Float[Tensor, "4"]:
    as_tuple(as_list(x)[0])  # E: has 1 axis, expected 2  [shape-mismatch]
    as_tuple(as_dict(x)["a"])  # E: got time, batch; expected batch, time  [axis-kind]
    return as_tuple(x)[1]  # E: [return-value]
