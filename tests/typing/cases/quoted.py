"""Quoted annotations without `from __future__ import annotations`, and a class that names itself."""

from typing import NamedTuple, Optional, assert_type

from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType


def quoted(x: "NeuralType[Float[Tensor, 'b t'], LogitsType]") -> "Optional[Result]":
    assert_type(x, Tensor)
    return Result(scores=x, nodes=[])


def within(x: list["NeuralType[Float[Tensor, 'b t'], LogitsType]"], result: "Result") -> "dict[str, Result]":
    assert_type(x, list[Tensor])
    assert_type(result.scores, Tensor)
    return {"result": result}


class Result(NamedTuple):
    scores: "NeuralType[Float[Tensor, 'b t'], LogitsType]"
    nodes: "list[Node]"


class Node:
    value: "NeuralType[Float[Tensor, 'b t'], LogitsType]"
    next: "Node | None" = None

    def total(self) -> "NeuralType[Float[Tensor, 'b t'], LogitsType]":
        assert_type(self.value, Tensor)
        return self.value if self.next is None else self.value + self.next.total()


def element_defined_later(x: "NeuralType[Float[Tensor, 'b t'], Later]") -> None:  # E: pyright
    # pyright reads what stands beside the type in `Annotated` as a value, so in quotes it must be defined before.
    # With `from __future__ import annotations` and no quotes it need not (`forward_references.py`).
    assert_type(x, Tensor)


class Later(LogitsType): ...


def calls(x: Tensor) -> None:
    assert_type(quoted(x), Result | None)
    assert_type(Node().total(), Tensor)
    element_defined_later(x)
