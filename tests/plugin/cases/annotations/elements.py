"""Elements: classes, instances with parameters, type variables, and a project's own."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from jaxtyping import Float
from torch import Tensor

import neuraltypes.elements
from neuraltypes import NeuralModule, NeuralType, elements, ensure
from neuraltypes.elements import AudioSignal, ChannelType, ElementType, EncodedRepresentation, LogitsType, VoidType

E = TypeVar("E", bound=ElementType)
C = TypeVar("C", bound=ChannelType)
Renamed = LogitsType


class Energy(LogitsType):
    """Minus the energy of a state."""


@dataclass(frozen=True)
class Pitch(ElementType):
    hop: int | None = None
    unit: str | None = None


def written(
    a: NeuralType[Float[Tensor, "b"], LogitsType],
    b: NeuralType[Float[Tensor, "b"], elements.LogitsType],
    c: NeuralType[Float[Tensor, "b"], neuraltypes.elements.LogitsType],
    d: NeuralType[Float[Tensor, "b"], Renamed],
    e: NeuralType[Float[Tensor, "b"], LogitsType()],
    f: NeuralType[Float[Tensor, "b"], elements.LogitsType()],
    g: NeuralType[Tensor, LogitsType],
    h: NeuralType[list[Float[Tensor, "b"]], LogitsType],
    i: NeuralType[Float[Tensor, "b"], VoidType],
    j: NeuralType[Float[Tensor, "b"], Energy],
) -> None:
    reveal_type(a)  # R: Tensor[Float, tuple[b], LogitsType]
    reveal_type(b)  # R: Tensor[Float, tuple[b], LogitsType]
    reveal_type(c)  # R: Tensor[Float, tuple[b], LogitsType]
    reveal_type(d)  # R: Tensor[Float, tuple[b], LogitsType]
    reveal_type(e)  # R: Tensor[Float, tuple[b], LogitsType]
    reveal_type(f)  # R: Tensor[Float, tuple[b], LogitsType]
    reveal_type(g)  # R: Tensor[Any, Any, LogitsType]
    reveal_type(h)  # R: list[Tensor[Float, tuple[b], LogitsType]]
    reveal_type(i)  # R: Tensor[Float, tuple[b], Any]
    reveal_type(j)  # R: Energy


def wants(
    x: NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)], y: NeuralType[Float[Tensor, "b"], Pitch(hop=3)]
) -> None: ...


def gives(
    a: NeuralType[Float[Tensor, "b t"], AudioSignal(freq=8000)],
    b: NeuralType[Float[Tensor, "b t"], AudioSignal],
    c: NeuralType[Float[Tensor, "b"], Pitch(unit="Hz")],
    d: NeuralType[Float[Tensor, "b"], Pitch(hop=4, unit="Hz")],
    e: NeuralType[Float[Tensor, "b"], Pitch(3)],
) -> None:
    wants(b, c)
    wants(b, e)
    wants(a, c)  # E: holds AudioSignal(freq=8000), expected AudioSignal(freq=16000)  [element-mismatch]
    wants(b, d)  # E: holds Pitch(hop=4, unit='Hz'), expected Pitch(hop=3)  [element-mismatch]
    wants(c, c)  # E: [element-mismatch] # E: [shape-mismatch]


def positional(x: NeuralType[Float[Tensor, "b"], Pitch(4)]) -> NeuralType[Float[Tensor, "b"], Pitch(3)]:
    return x  # E: [return-value]


def variable(x: NeuralType[Float[Tensor, "b"], C]) -> NeuralType[Float[Tensor, "b"], C]:
    return x


class Norm(NeuralModule, Generic[E]):
    def forward(self, *, x: NeuralType[Float[Tensor, "b"], E]) -> NeuralType[Float[Tensor, "b"], E]:
        return x


class LogitNorm(Norm[LogitsType]):
    """Fills the variable in."""


def generic(
    x: NeuralType[Float[Tensor, "b"], EncodedRepresentation], y: NeuralType[Float[Tensor, "b"], LogitsType]
) -> NeuralType[Float[Tensor, "b"], LogitsType]:
    reveal_type(variable(x))  # R: EncodedRepresentation
    variable(y)  # E: holds LogitsType, expected ChannelType  [element-mismatch]
    LogitNorm()(x=y)
    LogitNorm()(x=x)  # E: holds EncodedRepresentation, expected LogitsType  [element-mismatch]
    return variable(x)  # E: [return-value]


def at_hop(x: NeuralType[Float[Tensor, "b"], Pitch(hop=3)]) -> None: ...


def ensured(x: Tensor, hop: int) -> None:
    """To mypy a parameter of an element is given by its name; what is given by its place is known all the same."""
    at_hop(ensure(x, NeuralType[Float[Tensor, "b"], Pitch(3)]))  # E: [call-arg]
    at_hop(ensure(x, NeuralType[Float[Tensor, "b"], Pitch(4)]))  # E: [call-arg] # E: [element-mismatch]
    at_hop(ensure(x, NeuralType[Float[Tensor, "b"], Pitch(hop=4)]))  # E: holds Pitch(hop=4), expected Pitch(hop=3)
    at_hop(ensure(x, NeuralType[Float[Tensor, "b"], Pitch(hop)]))  # E: [call-arg]
    at_hop(ensure(x, NeuralType[Float[Tensor, "b"], Pitch(hop=hop)]))
    at_hop(ensure(x, NeuralType[Float[Tensor, "b"], Pitch]))
