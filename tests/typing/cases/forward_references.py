"""Annotations that are not evaluated, and names that are defined later, read the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar, assert_type

from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import ElementType, LogitsType

if TYPE_CHECKING:
    from jaxtyping import Float

E = TypeVar("E", bound=ElementType)


def defined_later(x: NeuralType[Float[Tensor, "b t"], Later]) -> Result:
    assert_type(x, Tensor)
    return Result(scores=x, best=None)


def quoted(x: "NeuralType[Float[Tensor, 'b t'], LogitsType]", y: "Alias") -> "list[Alias]":
    assert_type(x, Tensor)
    assert_type(y, Tensor)
    return [x, y]


def generic(x: NeuralType[Float[Tensor, "b t"], E]) -> NeuralType[Float[Tensor, "b t"], E]:
    return x


class Result(NamedTuple):
    scores: NeuralType[Float[Tensor, "b t"], Later]
    best: NeuralType[Float[Tensor, "b"], Later] | None


class Later(LogitsType): ...


Alias: TypeAlias = "NeuralType[Float[Tensor, 'b t'], Later]"


def calls(x: Tensor) -> None:
    assert_type(defined_later(x).scores, Tensor)
    assert_type(defined_later(x).best, Tensor | None)
    assert_type(quoted(x, x), list[Tensor])
    assert_type(generic(x), Tensor)
