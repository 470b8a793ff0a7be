"""What a function returns is what it promises: shape, dtype, element, inside containers too."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from jaxtyping import Float, Float32, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AcousticEncodedRepresentation, EncodedRepresentation, LogitsType, ProbsType


class Encoded(NamedTuple):
    y: Float[Tensor, "b t"]
    n: Int[Tensor, "b"]


def size(x: Float[Tensor, "b t"], y: Float[Tensor, "b s"]) -> Float[Tensor, "b s"]:
    return x  # E: got "Tensor[Float, tuple[b, t], Any]", expected "Tensor[Float, tuple[b, s], Any]"  [return-value]


def number(x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 4"]:
    return x  # E: [return-value]


def a_name_is_no_number(x: Float[Tensor, "b c"]) -> Float[Tensor, "b 4"]:
    return x  # E: [return-value]


def a_number_is_no_name(x: Float[Tensor, "b 4"], y: Float[Tensor, "c"]) -> Float[Tensor, "b c"]:
    return x  # E: [return-value]


def axes(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t 1"]:
    return x  # E: [return-value]


def transposed(x: Float[Tensor, "b t"]) -> Float[Tensor, "t b"]:
    return x  # E: [return-value]


def dtype(x: Float[Tensor, "b"]) -> Int[Tensor, "b"]:
    return x  # E: [return-value]


def wider_dtype(x: Float32[Tensor, "b"]) -> Float[Tensor, "b"]:
    return x


def narrower_dtype(x: Float[Tensor, "b"]) -> Float32[Tensor, "b"]:
    return x  # E: [return-value]


def element(x: NeuralType[Float[Tensor, "b"], LogitsType]) -> NeuralType[Float[Tensor, "b"], ProbsType]:
    return x  # E: [return-value]


def subclass(
    x: NeuralType[Float[Tensor, "b"], AcousticEncodedRepresentation],
) -> NeuralType[Float[Tensor, "b"], EncodedRepresentation]:
    return x


def superclass(
    x: NeuralType[Float[Tensor, "b"], EncodedRepresentation],
) -> NeuralType[Float[Tensor, "b"], AcousticEncodedRepresentation]:
    return x  # E: [return-value]


def unknown_element(x: Float[Tensor, "b"]) -> NeuralType[Float[Tensor, "b"], LogitsType]:
    return x


def forgotten_element(x: NeuralType[Float[Tensor, "b"], LogitsType]) -> Float[Tensor, "b"]:
    return x


def unknown(x: Tensor, y: Float[Tensor, "..."], z: Float[Tensor, "b _"]) -> Float[Tensor, "b 3"]:
    if len(x) == 1:
        return x
    if len(x) == 2:
        return y
    return z


def a_name_of_the_result_alone(x: Float[Tensor, "b t"]) -> Float[Tensor, "b new"]:
    return x


def tuples(x: Float[Tensor, "b t"], n: Int[Tensor, "b"]) -> tuple[Float[Tensor, "b t"], Int[Tensor, "b"]]:
    if len(x) == 1:
        return n, x  # E: [return-value]
    if len(x) == 2:
        return x, n, n  # E: [return-value]
    if len(x) == 3:
        return x[0], x  # E: [return-value]
    return x, n


def lists(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> list[Float[Tensor, "b t"]]:
    if len(x) == 1:
        return [x, y]  # E: [list-item]
    if len(x) == 2:
        return [y for _ in range(3)]  # E: [misc]
    if len(x) == 3:
        xs = [y]
        return xs  # E: [return-value]
    return [x, x[0]]  # E: [list-item]


def dicts(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> dict[str, Float[Tensor, "b t"]]:
    if len(x) == 1:
        return {"x": x, "y": y}  # E: [dict-item]
    return {"x": x}


def optional(x: Float[Tensor, "b t"], y: Float[Tensor, "b"] | None) -> Float[Tensor, "b t"] | None:
    if len(x) == 1:
        return y  # E: [return-value]
    if len(x) == 2:
        return None
    return x


def records(x: Float[Tensor, "b t"], n: Int[Tensor, "b"]) -> Encoded:
    if len(x) == 1:
        return Encoded(x, x)  # E: [shape-mismatch] # E: [dtype-mismatch]
    if len(x) == 2:
        return x, n  # E: [return-value]
    return Encoded(x, n)


def iterators(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Iterator[Float[Tensor, "b t"]]:
    yield x
    yield y  # E: [misc]
    yield from [x, x]
    yield from [y]  # E: [misc]


def callables(f: Callable[[Tensor], Float[Tensor, "b t"]]) -> Callable[[Tensor], Float[Tensor, "b"]]:
    return f  # E: [return-value]


class Module(NeuralModule):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, *, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b t"]) -> Float[Tensor, "b {self.d}"]:
        if len(x) == 1:
            return y  # E: [return-value]
        return x

    def doubled(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b 2*{self.d}"]:
        return x  # E: [return-value]


class Sizes(nn.Module):
    d = 4

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}+1"]:
        return x  # E: [return-value]


def nothing(x: Float[Tensor, "b t"]) -> None:
    return x  # E: No return value expected  [return-value]


def mypys_own(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    if len(x) == 1:
        return None  # E: [return-value]
    return "x"  # E: [return-value]


Doubled = Float[Tensor, "b 2*t"]


def computed_by_an_alias(x: Float[Tensor, "b t"], y: Float[Tensor, "b 2*t"]) -> Doubled:
    if len(x) == 1:
        return x  # E: expected "Tensor[Float, tuple[b, 2*t], Any]"  [return-value]
    return y


def computed_items(x: Float[Tensor, "t"], y: Float[Tensor, "t+1"]) -> Iterator[Float[Tensor, "2*t"]]:
    """Axes that only the result has."""
    yield x  # E: [misc]
    yield torch.zeros(2 * len(x))
    yield y  # E: [misc]


async def computed_later(x: Float[Tensor, "t"]) -> Float[Tensor, "2*t"]:
    if len(x) == 1:
        return x  # E: expected "Tensor[Float, tuple[2*t], Any]"  [return-value]
    y = await computed_later(x)
    if len(x) == 2:
        return await computed_later(y)  # E: got "Tensor[Float, tuple[4*t], Any]"  [return-value]

    def inner(z: Float[Tensor, "s"]) -> Float[Tensor, "3*s"]:
        return z  # E: [return-value]

    return y
