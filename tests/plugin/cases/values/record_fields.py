"""A field of a record that was made in sight is what the record was made of, as long as nothing can have changed it."""

from dataclasses import dataclass, field, replace
from typing import Generic, NamedTuple, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType, reveal
from neuraltypes.elements import LogitsType

T = TypeVar("T")


@dataclass
class Out:
    hidden: Tensor
    steps: int = 0


@dataclass
class Declared:
    hidden: Float[Tensor, "b 80 t"]
    logits: NeuralType[Tensor, LogitsType] | None = None
    more: list[Tensor] = field(default_factory=list)


@dataclass(frozen=True)
class Frozen:
    hidden: Float[Tensor, "b c"]
    other: Tensor | None = None


@dataclass
class Scaled:
    hidden: Tensor

    def __post_init__(self) -> None:
        self.hidden = self.hidden[:, :3]


@dataclass
class Pair(Generic[T]):
    value: T
    hidden: Tensor


class Named(NamedTuple):
    hidden: Tensor
    steps: int


def three(x: Float[Tensor, "b 3"]) -> None: ...
def change(out: Out) -> None: ...
def look(out: Frozen) -> None: ...


def made(x: Float[Tensor, "4 5"], y: Float[Tensor, "4 3"]) -> Out:
    out = Out(hidden=x)
    reveal(out.hidden)  # N: Float[Tensor, "4 5"]
    three(out.hidden)  # E: axis 1 is 5, expected 3  [shape-mismatch]
    three(Out(y, 3).hidden)
    three(Out(x, 3).hidden)  # E: axis 1 is 5, expected 3  [shape-mismatch]
    pair = Pair(y, hidden=x)
    three(pair.value)
    three(pair.hidden)  # E: axis 1 is 5, expected 3  [shape-mismatch]
    named = Named(x, 1)
    three(named.hidden)  # E: axis 1 is 5, expected 3  [shape-mismatch]
    return out


def declared(x: Float[Tensor, "4 n 7"], z: Float[Tensor, "4 3"]) -> None:
    out = Declared(x, logits=z)  # E: [shape-mismatch]
    three(out.hidden)  # E: has 3 axes, expected 2  [shape-mismatch]
    if out.logits is not None:
        reveal(out.logits)  # N: NeuralType[Float[Tensor, "4 3"], LogitsType]


def frozen(x: Float[Tensor, "4 5"], y: Float[Tensor, "4 3"]) -> None:
    out = Frozen(x, y)
    look(out)
    three(out.hidden)  # E: axis 1 is 5, expected 3  [shape-mismatch]
    assert out.other is not None
    three(out.other)
    three(replace(out, hidden=y).hidden)


def may_be_another(x: Float[Tensor, "4 5"], y: Float[Tensor, "4 3"], flag: bool) -> None:
    one = Out(x) if flag else Out(y)
    three(one.hidden)
    if flag:
        two = Out(x)
    else:
        two = Out(y)
    three(two.hidden)
    three_ = Out(x)
    if flag:
        three_ = Out(y)
    three(three_.hidden)
    for each in [Out(x), Out(y)]:
        three(each.hidden)
    three(Scaled(x).hidden)


def may_be_changed(x: Float[Tensor, "4 5"], y: Float[Tensor, "4 3"]) -> None:
    one = Out(x)
    one.hidden = y
    three(one.hidden)
    two = Out(x)
    change(two)
    three(two.hidden)
    four = Out(x)
    alias = four
    alias.hidden = y
    three(four.hidden)
    five = Out(x)
    outs = [five]
    outs[0].hidden = y
    three(five.hidden)


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Linear(5, 3)
        self.up = nn.Linear(4, 5)

    def forward(self, x: Float[Tensor, "b 5"]) -> Out:
        out = Out(hidden=self.down(x))
        three(out.hidden)
        self.up(out.hidden)  # E: axis -1 is 3, expected 4  [shape-mismatch]
        h = out.hidden
        h = torch.zeros(2, 4)
        self.up(h)
        return out
