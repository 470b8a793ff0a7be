"""Subclasses that change a `forward`, protocols and abstract classes are silent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, Protocol, TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AcousticEncodedRepresentation, EncodedRepresentation, LengthsType


class Base(nn.Module, ABC):
    @abstractmethod
    def forward(self, x: Float[Tensor, "b t c"]) -> Float[Tensor, "b t d"]: ...

    @property
    @abstractmethod
    def width(self) -> int: ...


class Wider(Base):
    """Takes more than its base, and promises more."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Identity()

    def forward(self, x: Float[Tensor, "*lead c"]) -> Float[Tensor, "*lead c"]:
        return self.linear(x)

    @property
    def width(self) -> int:
        return 8


class OtherNames(Base):
    def forward(self, x: Float[Tensor, "batch time channels"], scale: float = 1.0) -> Float[Tensor, "batch time out"]:
        return x * scale

    @property
    def width(self) -> int:
        return 3


class Untyped(Base):
    def forward(self, x: Tensor) -> Tensor:
        return x

    @property
    def width(self) -> int:
        return 3


class Extended(Wider):
    def forward(self, x: Float[Tensor, "*lead c"]) -> Float[Tensor, "*lead c"]:
        y = super().forward(x)
        return y + x


def run(modules: list[Base], x: Float[Tensor, "b t c"]) -> list[Float[Tensor, "b t _"]]:
    return [module(x) for module in modules]


class Encodes(Protocol):
    def __call__(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t d"]: ...


class Steps(Protocol):
    def step(self, state: Float[Tensor, "b d"], action: Int[Tensor, "b"]) -> Float[Tensor, "b d"]: ...


class Environment:
    def step(self, state: Float[Tensor, "n s"], action: Int[Tensor, "n"]) -> Float[Tensor, "n s"]:
        return state + action[:, None]


class LooseEnvironment:
    def step(self, state: Tensor, action: Tensor) -> Tensor:
        return state


def encode(x: Float[Tensor, "n time"]) -> Float[Tensor, "n time width"]:
    return x[..., None]


def roll(environment: Steps, state: Float[Tensor, "b d"], actions: Int[Tensor, "t b"]) -> Float[Tensor, "b d"]:
    for action in actions:
        state = environment.step(state, action)
    return state


def use(encoder: Encodes, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t d"]:
    return encoder(x)


def call_them(x: Float[Tensor, "b t"], state: Float[Tensor, "b d"], actions: Int[Tensor, "t b"]) -> None:
    use(encode, x)
    use(lambda x: x[..., None], x)
    roll(Environment(), state, actions)
    roll(LooseEnvironment(), state, actions)


X = TypeVar("X", bound=Tensor)
M = TypeVar("M", bound=nn.Module)
T = TypeVar("T")


class Wrapper(nn.Module, Generic[M]):
    def __init__(self, inner: M) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Float[Tensor, "b t c"]) -> Float[Tensor, "b t d"]:
        return self.inner(x)


def same(x: X) -> X:
    return x


def first(items: list[T]) -> T:
    return items[0]


def frozen(module: M) -> M:
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module


def generics(x: Float[Tensor, "b t c"], y: Float[Tensor, "b t d"]) -> Float[Tensor, "b t c"]:
    wrapper = Wrapper(Wider())
    frozen(wrapper)(x)
    first([x, y])
    return same(first([x]))


class Encoder(NeuralModule):
    def forward(
        self,
        *,
        audio: NeuralType[Float[Tensor, "b t c"], EncodedRepresentation],
        lengths: Int[Tensor, "b"] | None = None,
    ) -> NeuralType[Float[Tensor, "b t d"], EncodedRepresentation]:
        return audio


class AcousticEncoder(Encoder):
    def forward(
        self,
        *,
        audio: NeuralType[Float[Tensor, "b t c"], EncodedRepresentation],
        lengths: Int[Tensor, "b"] | None = None,
    ) -> NeuralType[Float[Tensor, "b t d"], AcousticEncodedRepresentation]:
        return audio * 2


class Inherits(Encoder):
    def forward(self, *, audio, lengths=None):  # type: ignore[no-untyped-def]
        return super().forward(audio=audio, lengths=lengths)


class Keywords(Encoder):
    def forward(self, **kwargs: Any) -> Any:
        return super().forward(**kwargs)


def lengths(x: Int[Tensor, "b"]) -> NeuralType[Int[Tensor, "b"], LengthsType]:
    return x


def pipeline(encoder: Encoder, x: Float[Tensor, "b t c"], n: Int[Tensor, "b"]) -> Float[Tensor, "b t d"]:
    y = encoder(audio=x, lengths=lengths(n))
    y = AcousticEncoder()(audio=y)
    return Inherits()(audio=y)


class Mixin:
    def encode(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return x


class Both(Mixin, nn.Module):
    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return self.encode(x)

    def encode(self, x: Float[Tensor, "n e"]) -> Float[Tensor, "n e"]:
        return torch.relu(super().encode(x))


class Attribute(Both):
    encode_bias: Float[Tensor, "d"]

    def __call__(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return super().__call__(x)
