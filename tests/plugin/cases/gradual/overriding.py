"""Subclasses that redeclare fields, properties and methods with other names or sizes are silent where Python's rules allow it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, ClassVar, NamedTuple, Protocol, Required, TypedDict, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AcousticEncodedRepresentation, EncodedRepresentation, LogitsType


class Kind(Enum):
    MEAN = "mean"
    MAX = "max"


class Layer(nn.Module, ABC):
    weight: Float[Tensor, "..."]
    bias: Float[Tensor, "d"] | None = None

    @abstractmethod
    def forward(self, x: Float[Tensor, "b *space"]) -> Float[Tensor, "b *out"]: ...

    @property
    def size(self) -> Float[Tensor, ""]:
        return self.weight.numel() * torch.ones(())

    def penalty(self, x: Float[Tensor, "b d"], scale: float = 1.0) -> Float[Tensor, "b"]:
        return scale * x.pow(2).sum(-1)


class Dense(Layer):
    weight: Float[Tensor, "o i"]

    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(o, i))
        self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, x: Float[Tensor, "b *space"]) -> Float[Tensor, "b *out"]:
        return x @ self.weight.t()

    def penalty(self, x: Float[Tensor, "batch features"], scale: float = 2.0) -> Float[Tensor, "batch"]:
        return super().penalty(x, scale)


class Sequence(Layer):
    def forward(self, x: Float[Tensor, "b *any"], lengths: Int[Tensor, "b"] | None = None) -> Float[Tensor, "b *same"]:
        return x

    @property
    def size(self) -> Float[Tensor, ""]:
        return super().size + 1


class Image(Sequence):
    weight: Float[Tensor, "c h w"]

    def forward(self, x: Float[Tensor, "b *any"], lengths: Int[Tensor, "b"] | None = None) -> Float[Tensor, "b *same"]:
        for _ in range(3):
            x = super().forward(x, lengths)
        return x


@dataclass
class Batch:
    x: Float[Tensor, "b t"]
    lengths: Int[Tensor, "b"] | None = None

    def __post_init__(self) -> None:
        if self.lengths is None:
            self.lengths = torch.full((len(self.x),), self.x.shape[1])

    def pin_memory(self) -> Batch:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Tensor):
                setattr(self, one.name, value.pin_memory())
        return self

    def __iter__(self) -> Iterator[Tensor]:
        yield self.x
        if self.lengths is not None:
            yield self.lengths


@dataclass
class Labelled(Batch):
    labels: Int[Tensor, "b"] = field(default_factory=lambda: torch.zeros(0, dtype=torch.int64))
    mask: Bool[Tensor, "b t"] | None = field(default=None, repr=False)

    def split(self, n: int) -> tuple[Labelled, Labelled]:
        return Labelled(self.x[:n], None, self.labels[:n]), Labelled(self.x[n:], labels=self.labels[n:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    logits: NeuralType[Float[Tensor, "b t v"], LogitsType]
    hidden: tuple[Float[Tensor, "b t d"], ...] = ()
    cache: dict[int, tuple[Float[Tensor, "b h s k"], Float[Tensor, "b h s k"]]] = field(default_factory=dict)


class Pair(NamedTuple):
    x: Float[Tensor, "b d"]
    y: Float[Tensor, "b d"] | None = None

    @property
    def joined(self) -> Float[Tensor, "b _"]:
        return self.x if self.y is None else torch.cat([self.x, self.y], dim=-1)


class Small(TypedDict, total=False):
    x: Required[Float[Tensor, "b d"]]
    y: Float[Tensor, "b"]


class Large(Small):
    z: list[Float[Tensor, "_ 3"]]


@runtime_checkable
class HasWidth(Protocol):
    width: int

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]: ...


class WithWidth(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Float[Tensor, "n {self.width}"]) -> Float[Tensor, "n {self.width}"]: ...


class Encoder(NeuralModule):
    element: ClassVar[str] = "encoded"

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b t d"], EncodedRepresentation]: ...


class Narrower(Encoder):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d"], EncodedRepresentation], scale: float = 1.0
    ) -> NeuralType[Float[Tensor, "b t d"], AcousticEncodedRepresentation]: ...


class Looser(Encoder):
    def forward(self, *, x: Tensor, **more: Any) -> NeuralType[Float[Tensor, "b t d"], EncodedRepresentation]: ...


def uses(
    layers: list[Layer],
    x: Float[Tensor, "2 3"],
    y: Float[Tensor, "2 3 4"],
    n: Int[Tensor, "2"],
    width: HasWidth,
    encoders: dict[str, Encoder],
) -> Float[Tensor, "2 *out"]:
    for layer in layers:
        layer(x)
        layer(y)
        if isinstance(layer, Sequence):
            layer(y, n)
        elif isinstance(layer, Dense):
            layer(x).sum()
            layer.penalty(x, 2.0)
    layers = [Dense(3, 4), Image()]
    layers.append(Sequence())
    width.forward(x)
    module = WithWidth(3)
    if isinstance(module, HasWidth):
        module.forward(x)
    width = module
    for encoder in (*encoders.values(), Narrower(), Looser()):
        y = encoder(x=y)
    return layers[0](x)


def records(x: Float[Tensor, "2 3"], y: Float[Tensor, "4 5"], n: Int[Tensor, "2"], v: Float[Tensor, "2 3 9"]) -> None:
    batch = Batch(x)
    batch = Labelled(x, n, n)
    batch.x = y
    left, right = batch.split(1)
    left.x, right.x = right.x, left.x
    first, *rest = batch
    output = Output(logits=v, hidden=(v, v))
    output.cache[0] = (v[None], v[None])
    pair = Pair(x)
    pair = pair._replace(y=x)
    a, b = pair
    c = Pair(*pair)
    d = Pair(**{"x": x})
    e: Small = {"x": x}
    f: Large = {"x": y, "z": [x, y[:, :3]]}
    e = f
    e["y"] = x[0]
    g = {**e, "more": v}
    g["x"] = n
    x = a if b is None else b
    del first, rest, c, d


def pooled(x: Float[Tensor, "b t d"], kind: Kind = Kind.MEAN) -> Float[Tensor, "b d"]:
    match kind:
        case Kind.MEAN:
            return x.mean(1)
        case Kind.MAX:
            return x.amax(1)
