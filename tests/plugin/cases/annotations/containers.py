"""An annotation is read wherever a type may stand."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NamedTuple,
    NotRequired,
    Optional,
    Protocol,
    TypedDict,
    Union,
)

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, ProbsType


class Encoded(NamedTuple):
    y: Float[Tensor, "b t c"]
    lengths: NeuralType[Int[Tensor, "b"], LogitsType] | None = None


@dataclass
class Batch:
    audio: Float[Tensor, "b t"]
    mask: Bool[Tensor, "b t"] | None = None
    extra: list[Float[Tensor, "b"]] | None = None


class Item(TypedDict):
    image: Float[Tensor, "c h w"]
    label: NotRequired[Int[Tensor, ""]]


class Head(Protocol):
    scale: Float[Tensor, "d"]

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b k"]: ...


class Attributes:
    plain: Float[Tensor, "n d"]
    several: Final[list[Float[Tensor, "n"]]] = []
    of_class: ClassVar[dict[str, Float[Tensor, "n"]]] = {}
    parameter: Float[nn.Parameter, "n d"]
    parameters: list[Float[nn.Parameter, "n d"]]


def optional(x: Optional[Float[Tensor, "b t"]], y: Union[Float[Tensor, "b t"], Int[Tensor, "b"], None]) -> None:
    reveal_type(x)  # R: Tensor[Float, tuple[b, t], Any] | None
    reveal_type(y)  # R: Tensor[Float, tuple[b, t], Any] | Tensor[Int, tuple[b], Any] | None


def union(x: Float[Tensor, "b t"] | Int[Tensor, "b"] | str) -> None:
    reveal_type(x)  # R: Tensor[Float, tuple[b, t], Any] | Tensor[Int, tuple[b], Any] | str


def union_of_arrays(x: Float[Tensor | nn.Parameter, "b t"]) -> Float[Tensor, "b"]:
    return x  # E: [return-value]


def containers(
    a: list[Float[Tensor, "b t"]],
    b: tuple[Float[Tensor, "b t"], Int[Tensor, "b"]],
    c: dict[str, list[Float[Tensor, "b t"]]],
    d: tuple[Float[Tensor, "b t"], ...],
    e: Mapping[str, Float[Tensor, "b t"]],
    f: Sequence[Iterable[Iterator[Float[Tensor, "b t"]]]],
    g: deque[OrderedDict[int, Float[Tensor, "b t"]]],
) -> None:
    reveal_type(a)  # R: list[Tensor[Float, tuple[b, t], Any]]
    reveal_type(b)  # R: tuple[Tensor[Float, tuple[b, t], Any], Tensor[Int, tuple[b], Any]]
    reveal_type(c)  # R: dict[str, list[Tensor[Float, tuple[b, t], Any]]]
    reveal_type(d)  # R: tuple[Tensor[Float, tuple[b, t], Any], ...]
    reveal_type(e)  # R: Mapping[str, Tensor[Float, tuple[b, t], Any]]
    reveal_type(f)  # R: Sequence[Iterable[Iterator[Tensor[Float, tuple[b, t], Any]]]]
    reveal_type(g)  # R: deque[OrderedDict[int, Tensor[Float, tuple[b, t], Any]]]


def callables(f: Callable[[Float[Tensor, "b t"]], Float[Tensor, "b"]]) -> Callable[[Tensor], Float[Tensor, "b t"]]:
    return f  # E: [return-value]


def metadata(
    x: Annotated[Float[Tensor, "b c"], LogitsType],
    y: Annotated[Float[Tensor, "b c"], "text", LogitsType()],
    z: Annotated[Float[Tensor, "b c"], {"a": 1}, 3],
    n: Annotated[int, LogitsType],
) -> NeuralType[Float[Tensor, "b c"], ProbsType]:
    reveal_type(x)  # R: Tensor[Float, tuple[b, c], LogitsType]
    reveal_type(y)  # R: Tensor[Float, tuple[b, c], LogitsType]
    reveal_type(z)  # R: Tensor[Float, tuple[b, c], Any]
    reveal_type(n)  # R: int
    return x  # E: [return-value]


def element_of_a_union(x: NeuralType[Float[Tensor, "b"] | Int[Tensor, "b"] | None, LogitsType]) -> None:
    reveal_type(x)  # R: Tensor[Float, tuple[b], LogitsType] | Tensor[Int, tuple[b], LogitsType] | None


def literals(mode: Literal["b t", "a, b"], x: Float[Tensor, "b t"]) -> Literal["b t"]:
    return "b t"


def records(encoded: Encoded, batch: Batch, item: Item, head: Head, attributes: Attributes) -> None:
    reveal_type(encoded.y)  # R: Tensor[Float, tuple[Any, Any, Any], Any]
    reveal_type(encoded.lengths)  # R: Tensor[Int, tuple[Any], LogitsType] | None
    reveal_type(batch.mask)  # R: Tensor[Bool, tuple[Any, Any], Any] | None
    reveal_type(batch.extra)  # R: list[Tensor[Float, tuple[Any], Any]] | None
    reveal_type(item["image"])  # R: Tensor[Float, tuple[Any, Any, Any], Any]
    reveal_type(head.scale)  # R: Tensor[Float, tuple[Any], Any]
    reveal_type(attributes.plain)  # R: Tensor[Float, tuple[Any, Any], Any]
    reveal_type(attributes.several)  # R: list[Tensor[Float, tuple[Any], Any]]
    reveal_type(attributes.of_class)  # R: dict[str, Tensor[Float, tuple[Any], Any]]
    a: Float[Tensor, "b t"] = encoded.y  # E: [assignment]
    b: Float[Tensor, "b"] = batch.audio  # E: [assignment]
    c: Float[Tensor, "n"] = attributes.plain  # E: [assignment]
    d: Int[Tensor, "_ _ _"] = item["image"]  # E: [assignment]
    e: Float[Tensor, "n"] = attributes.parameter  # E: [assignment]
    f: Float[Tensor, "n"] = attributes.parameters[0]  # E: [assignment]
    del a, b, c, d, e, f


def locals_(y: Any) -> None:
    x: Float[Tensor, "b t"] = y
    z: list[Float[Tensor, "b t"]] = y
    w: Float[Tensor, "b"]
    w = x  # E: [assignment]
    w = z[0]  # E: [assignment]


for_loop: Float[Tensor, "b t"]
at_module_level: Float[Tensor, "2 3"]


def from_module_level() -> Float[Tensor, "3 2"]:
    return at_module_level  # E: [return-value]


def star_args(*xs: Float[Tensor, "b t"], **named: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
    reveal_type(xs)  # R: tuple[Tensor[Float, tuple[b, t], Any], ...]
    reveal_type(named)  # R: dict[str, Tensor[Float, tuple[b, t], Any]]
    return named["x"]  # E: [return-value]
