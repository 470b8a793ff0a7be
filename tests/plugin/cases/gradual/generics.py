"""Generic classes and functions over tensors and modules are silent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import UserDict
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, Self, TypeVar, TypeVarTuple, Unpack, overload

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ChannelType, ElementType, EncodedRepresentation, LogitsType

T = TypeVar("T")
K = TypeVar("K")
X = TypeVar("X", bound=Tensor)
N = TypeVar("N", Tensor, float)
M = TypeVar("M", bound=nn.Module)
E = TypeVar("E", bound=ElementType)
C = TypeVar("C", bound=ChannelType)
Ts = TypeVarTuple("Ts")
P = ParamSpec("P")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)


class Box(Generic[T]):
    def __init__(self, item: T) -> None:
        self.item = item

    def map(self, function: Callable[[T], K]) -> Box[K]:
        return Box(function(self.item))

    def get(self) -> T:
        return self.item

    def set(self, item: T) -> None:
        self.item = item


class Buffer(Generic[T]):
    def __init__(self, size: int) -> None:
        self.size = size
        self.items: list[T] = []

    def push(self, item: T) -> None:
        self.items.append(item)
        del self.items[: -self.size]

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __getitem__(self, index: int) -> T:
        return self.items[index]


@dataclass
class Labelled(Generic[X]):
    value: X
    label: Int[Tensor, "b"]
    extra: dict[str, X] = field(default_factory=dict)


class Maps(UserDict[str, Tensor]):
    def to(self, device: str) -> Self:
        for key, value in self.items():
            self[key] = value.to(device)
        return self


class Registry(MutableMapping[str, T]):
    def __init__(self) -> None:
        self.data: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        return self.data[key]

    def __setitem__(self, key: str, value: T) -> None:
        self.data[key] = value

    def __delitem__(self, key: str) -> None:
        del self.data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


def boxes(x: Float[Tensor, "b t"], y: Float[Tensor, "n"], z: Int[Tensor, "b"], flag: bool) -> Float[Tensor, "b t"]:
    box = Box(x)
    box.set(x)
    box.map(lambda v: v.mean(-1)).set(y)
    number = box.map(len).get()
    Box(number).set(3)
    mixed: Box[Tensor] = Box(x)
    mixed.set(y)
    mixed = Box(y)
    buffer: Buffer[Tensor] = Buffer(3)
    buffer.push(x)
    buffer.push(y)
    typed: Buffer[Float[Tensor, "b _"]] = Buffer(len(x))
    typed.push(x)
    labelled = Labelled(x, z)
    labelled.extra["y"] = x
    maps = Maps({"x": x})
    maps["y"] = y
    maps.to("cpu")
    registry = Registry[Tensor]()
    registry["x"] = x
    registry["y"] = y
    registry.update(z=z)
    if flag:
        return buffer[0]
    for item in typed:
        return item
    return box.get()


def first(xs: Sequence[T]) -> T:
    return xs[0]


def pick(a: T, b: T, flag: bool) -> T:
    return a if flag else b


def default(a: T | None, b: T) -> T:
    return b if a is None else a


def tree_map(function: Callable[[T], K], tree: Mapping[str, T]) -> dict[str, K]:
    return {key: function(value) for key, value in tree.items()}


def scale(x: N, factor: float) -> N:
    return x * factor


def chain(x: T, *functions: Callable[[T], T]) -> T:
    for function in functions:
        x = function(x)
    return x


def spread(*args: Unpack[Ts]) -> tuple[Unpack[Ts]]:
    return args


def keep(x: X, mask: Bool[Tensor, "n"]) -> X:
    x.masked_fill_(mask, 0.0)
    return x


def group(xs: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    found: dict[K, list[T]] = {}
    for x in xs:
        found.setdefault(key(x), []).append(x)
    return found


def functions(
    x: Float[Tensor, "b t"],
    y: Float[Tensor, "b s"],
    z: Int[Tensor, "n"],
    m: Float[Tensor, "b t"] | None,
    mask: Bool[Tensor, "n"],
) -> None:
    first([x, y])
    first((x, y, z))
    pick(x, y, True)
    pick(x, z, False)
    pick([x], [y], True)
    pick({"x": x}, {"x": z}, True)
    pick((x, z), (y, z), True)
    default(m, x)
    default(m, y)
    default(None, z)
    tree_map(len, {"x": x, "y": y})
    tree_map(lambda v: v.mean(), {"x": x, "y": y})
    scale(x, 3.0)
    chain(x, torch.relu, torch.sigmoid)
    chain(x, lambda v: v[1:], lambda v: v.t())
    a, b, c = spread(x, y, 3)
    keep(x, mask)
    keep(a, mask)
    group([x, y], len)
    group([x, x], lambda v: v.shape)
    sorted([x, y], key=len)
    min(x, y, key=lambda v: v.numel())
    dict(x=x, y=y)
    dict([("x", x), ("y", y)])
    [*{"x": x, "y": y}.values()]
    tuple([x, y])
    set([x, y])
    list({"x": x}.items())
    next(iter({"x": x, "y": z}.values()), None)
    max((len(v), i) for i, v in enumerate([x, y]))
    del b, c


class Wrapper(nn.Module, Generic[M]):
    def __init__(self, inner: M, scale: float = 1.0) -> None:
        super().__init__()
        self.inner = inner
        self.scale = scale

    def forward(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        return self.scale * self.inner(x)

    def unwrap(self) -> M:
        return self.inner


class Typed(NeuralModule, Generic[E]):
    def forward(self, *, x: NeuralType[Float[Tensor, "b d"], E]) -> NeuralType[Float[Tensor, "b d"], E]:
        return x


class Channels(NeuralModule):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b d"], C], y: NeuralType[Float[Tensor, "b d"], C]
    ) -> NeuralType[Float[Tensor, "b d"], C]:
        return x + y


def modules(
    x: NeuralType[Float[Tensor, "b d"], EncodedRepresentation],
    y: Float[Tensor, "b d"],
    z: NeuralType[Float[Tensor, "b d"], LogitsType],
) -> NeuralType[Float[Tensor, "b d"], EncodedRepresentation]:
    wrapped = Wrapper(Wrapper(nn.GELU()))
    wrapped(x)
    wrapped.unwrap().unwrap()(x)
    Wrapper(nn.ReLU()).unwrap()(x)
    Typed[LogitsType]()(x=z)
    Typed[EncodedRepresentation]()(x=x)
    free = Typed[Any]()
    free(x=x)
    free(x=z)
    Channels()(x=x, y=x)
    Channels()(x=x, y=y)
    return Channels()(x=y, y=y)


class Transform(Protocol[In, Out]):
    def __call__(self, x: In, /) -> Out: ...


class Stage(ABC, Generic[T, K]):
    @abstractmethod
    def run(self, x: T) -> K: ...

    def __rshift__(self, other: Stage[K, X]) -> Stage[T, X]:
        return Chained(self, other)


class Chained(Stage[T, X], Generic[T, K, X]):
    def __init__(self, first: Stage[T, K], second: Stage[K, X]) -> None:
        self.first, self.second = first, second

    def run(self, x: T) -> X:
        return self.second.run(self.first.run(x))


class Embed(Stage[Int[Tensor, "b t"], Float[Tensor, "b t d"]]):
    def run(self, x: Int[Tensor, "b t"]) -> Float[Tensor, "b t d"]:
        return x.unsqueeze(-1).float()


class Pool(Stage[Float[Tensor, "b t d"], Float[Tensor, "b d"]]):
    def run(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d"]:
        return x.mean(1)


def stages(x: Int[Tensor, "b t"], f: Transform[Int[Tensor, "b t"], Float[Tensor, "b"]]) -> Float[Tensor, "b d"]:
    f(x)
    Embed().run(x)
    y = Pool().run(Embed().run(x))
    y = (Embed() >> Pool()).run(x)
    return y


class Result(NamedTuple, Generic[T]):
    value: T
    error: str | None = None


def attempt(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Result[T | None]:
    try:
        return Result(function(*args, **kwargs))
    except RuntimeError as error:
        return Result(None, str(error))


def attempts(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"] | None:
    result = attempt(torch.relu, x)
    if result.error:
        return None
    other = attempt(pick, x, x, True)
    return other.value if other.value is not None else result.value


@overload
def convert(x: Float[Tensor, "*s"]) -> Int[Tensor, "*s"]: ...
@overload
def convert(x: list[T]) -> dict[int, T]: ...
def convert(x: Any) -> Any:
    return x


def overloads(x: Float[Tensor, "b t"], y: Float[Tensor, ""]) -> Int[Tensor, "b t"]:
    convert([x, y])
    convert([x])[0].mean()
    convert(y)
    return convert(x)
