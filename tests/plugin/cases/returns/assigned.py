"""What is assigned fits what is declared: variables, attributes, items."""

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple, TypedDict

from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, ProbsType


@dataclass
class Batch:
    x: Float[Tensor, "b 3"]
    xs: list[Float[Tensor, "b 3"]] = field(default_factory=list)


class Item(TypedDict, total=False):
    x: Float[Tensor, "b 3"]


class Module(nn.Module):
    state: Float[Tensor, "b 3"]
    maybe: Float[Tensor, "b 3"] | None = None
    cache: dict[str, Float[Tensor, "b 3"]]
    shared: ClassVar[list[Float[Tensor, "b 3"]]] = []

    def __init__(self, x: Float[Tensor, "n 3"], y: Float[Tensor, "n 4"], z: Int[Tensor, "n 3"]) -> None:
        super().__init__()
        self.own: Float[Tensor, "n 3"] = y  # E: [assignment]
        self.register: Tensor = y
        self.state = x
        self.state = y  # E: [assignment]
        self.maybe = y  # E: [assignment]
        self.maybe = None
        self.cache = {"x": x}
        self.cache = {"y": y}  # E: [dict-item]
        self.cache["z"] = z  # E: [assignment]
        self.shared.append(y)  # E: [arg-type]

    def later(self, y: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
        self.state = y  # E: [assignment]
        self.own = y  # E: [assignment]
        return self.own  # E: [return-value]

    @property
    def both(self) -> Float[Tensor, "b 3"]: ...

    @both.setter
    def both(self, value: Float[Tensor, "b 3"]) -> None: ...


def variables(x: Float[Tensor, "b t"], n: Int[Tensor, "b t"], y: Tensor) -> None:
    a: Float[Tensor, "b t"] = x
    b: Float[Tensor, "b"] = x  # E: [assignment]
    c: Float[Tensor, "b t"] = n  # E: [assignment]
    d: Float[Tensor, "b t"] = y
    e: Float[Tensor, "b _"] = x
    f: Float[Tensor, "..."] = x
    g: Float[Tensor, "b t"]
    g = x
    g = n  # E: [assignment]
    a, b = x, x  # E: [assignment]
    (h, *i) = [x, x]
    for g in [x, x]:
        a = g
    for g in [n]:  # E: [assignment]
        pass
    del c, d, e, f, h, i, a, b


def a_local_keeps_its_declaration(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
    z: Tensor = x
    if len(x) == 1:
        return z
    w: Float[Tensor, "b t"] = z
    return w  # E: [return-value]


def elements(x: NeuralType[Float[Tensor, "b"], LogitsType]) -> None:
    a: NeuralType[Float[Tensor, "b"], LogitsType] = x
    b: NeuralType[Float[Tensor, "b"], ProbsType] = x  # E: [assignment]
    c: Float[Tensor, "b"] = x
    d: NeuralType[Float[Tensor, "b"], ProbsType] = c
    del a, b, d


def of_others(module: Module, batch: Batch, item: Item, x: Float[Tensor, "b 3"], y: Float[Tensor, "b 4"]) -> None:
    module.state = x
    module.state = y  # E: [assignment]
    module.both = x
    module.both = y  # E: [assignment]
    batch.x = y  # E: [assignment]
    batch.xs.append(x)
    batch.xs.append(y)  # E: [arg-type]
    batch.xs[0] = y  # E: [assignment]
    batch.xs += [y]  # E: [list-item]
    item["x"] = x
    item["x"] = y  # E: [typeddict-item]
    item.update({"x": y})  # E: [typeddict-item]
    setattr(module, "state", y)


def declared_containers(x: Float[Tensor, "b 3"], y: Float[Tensor, "b 4"]) -> None:
    xs: list[Float[Tensor, "b 3"]] = [x, y]  # E: [list-item]
    xs.append(y)  # E: [arg-type]
    xs.insert(0, y)  # E: [arg-type]
    xs[0] = y  # E: [assignment]
    xs.extend([y])  # E: [list-item]
    xs.extend([x])
    pairs: dict[str, tuple[Float[Tensor, "b 3"], int]] = {"x": (x, 1)}
    pairs["y"] = (y, 2)  # E: [assignment]
    pair: tuple[Float[Tensor, "b 3"], Float[Tensor, "b 4"]] = (x, y)
    pair = (y, x)  # E: [assignment]
    both: set[Float[Tensor, "b 3"]] = {x}
    both.add(y)  # E: [arg-type]
    del pairs, pair


class Pair(NamedTuple):
    x: Float[Tensor, "b 3"]
    y: Float[Tensor, "b 4"] | None = None


def replaced(pair: Pair, x: Float[Tensor, "b 3"]) -> None:
    pair._replace(x=x)
    pair._replace(y=x)  # E: [shape-mismatch]


def defaults(x: Float[Tensor, "3"] = None, y: Float[Tensor, "3"] = 3) -> None:  # E: [assignment] # E: [assignment]
    pass
