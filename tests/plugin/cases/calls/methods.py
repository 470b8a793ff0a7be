"""Calls of methods, class methods, constructors, `super().forward(...)`, and of modules."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self, overload

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LogitsType, ProbsType


class Encoder(nn.Module):
    def __init__(self, bias: Float[Tensor, "d"]) -> None:
        super().__init__()
        self.bias = bias

    def forward(self, x: Float[Tensor, "b t"], n: Int[Tensor, "b"] | None = None) -> Float[Tensor, "b t 4"]: ...

    def encode(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b 2*t"]: ...

    @classmethod
    def create(cls, x: Float[Tensor, "3 d"]) -> "Encoder":
        return cls(x)  # E: "bias" to "Encoder" has 2 axes, expected 1  [shape-mismatch]

    @staticmethod
    def static(x: Float[Tensor, "b t"], y: Float[Tensor, "b t"]) -> Float[Tensor, "t"]: ...

    def inside(self, x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        self(x)
        self(y)  # E: "x" to "Encoder" has 1 axis, expected 2  [shape-mismatch]
        self.forward(y)  # E: "x" to "Encoder.forward" has 1 axis, expected 2  [shape-mismatch]
        self.encode(y)  # E: "x" to "Encoder.encode" has 1 axis, expected 2  [shape-mismatch]
        self.static(x, y)  # E: [shape-mismatch]
        Encoder.static(x, y)  # E: [shape-mismatch]
        if len(x) == 2:
            return self.encode(x)  # E: [return-value]
        return self(x)  # E: [return-value]


class Child(Encoder):
    def forward(self, x: Float[Tensor, "b t"], n: Int[Tensor, "b"] | None = None) -> Float[Tensor, "b t 4"]:
        super().forward(x[0])  # E: [shape-mismatch]
        y = super().forward(x, n)
        super().forward(y)  # E: has 3 axes, expected 2  [shape-mismatch]
        super().encode(y)  # E: [shape-mismatch]
        super(Child, self).forward(y)  # E: [shape-mismatch]
        if len(x) == 2:
            return super().encode(x)  # E: [return-value]
        return y


class Keyword(NeuralModule):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t"], ProbsType], n: Int[Tensor, "b"] | None = None
    ) -> NeuralType[Float[Tensor, "b"], LogitsType]: ...


class ChildOfKeyword(Keyword):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t"], ProbsType], n: Int[Tensor, "b"] | None = None
    ) -> NeuralType[Float[Tensor, "b"], LogitsType]:
        y = super().forward(x=x, n=n)
        return super().forward(x=y)  # E: [shape-mismatch] # E: [element-mismatch]


@dataclass
class Config:
    weight: Float[Tensor, "n d"]
    bias: Float[Tensor, "n"]


class Callable_:
    def __call__(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]: ...

    def __add__(self, x: Float[Tensor, "2 3"]) -> Float[Tensor, "3"]: ...

    def __getitem__(self, x: Int[Tensor, "n"]) -> Float[Tensor, "n 3"]: ...

    def __setitem__(self, x: Int[Tensor, "n"], y: Float[Tensor, "n"]) -> None: ...

    @property
    def inner(self) -> Encoder: ...


def of_modules(
    encoder: Encoder, x: Float[Tensor, "2 3"], y: Float[Tensor, "5"], n: Int[Tensor, "2"], m: Int[Tensor, "3"]
) -> None:
    reveal_type(encoder(x))  # R: Tensor[Float, tuple[batch=2, time=3, 4], Any]
    reveal_type(encoder.forward(x))  # R: Tensor[Float, tuple[batch=2, time=3, 4], Any]
    reveal_type(encoder.encode(x))  # R: 6], Any]
    reveal_type(encoder.__call__(x))  # R: 4], Any]
    encoder(x, n)
    encoder(n=n, x=x)
    encoder(x, m)  # E: axis 0 "b" is 3, expected 2 (bound by x axis 0)  [shape-mismatch]
    encoder(encoder(x))  # E: has 3 axes, expected 2  [shape-mismatch]
    encoder.encode(encoder.encode(x))
    encoder.encode(encoder(x))  # E: [shape-mismatch]
    Encoder(y)
    Encoder(bias=x)  # E: "bias" to "Encoder" has 2 axes, expected 1  [shape-mismatch]
    Encoder.create(x)  # E: axis 0 is 2, expected 3  [shape-mismatch]
    Encoder(y)(x)
    Encoder(y)(y)  # E: [shape-mismatch]
    encoder(x, n, n)  # E: Too many arguments for "forward" of "Encoder"  [call-arg]
    encoder(z=x)  # E: [call-arg]
    Child(y)(x, m)  # E: [shape-mismatch]
    Encoder.forward(encoder, y)  # E: [shape-mismatch]


def of_keyword_modules(
    module: Keyword,
    x: NeuralType[Float[Tensor, "2 3"], ProbsType],
    y: NeuralType[Float[Tensor, "2 3"], LogitsType],
    m: Int[Tensor, "3"],
) -> None:
    reveal_type(module(x=x))  # R: Tensor[Float, tuple[batch=2], LogitsType]
    module(x=y)  # E: "x" to "Keyword" holds LogitsType, expected ProbsType  [element-mismatch]
    module(x=x, n=m)  # E: [shape-mismatch]
    ChildOfKeyword()(x=x, n=m)  # E: [shape-mismatch]


def of_other_objects(f: Callable_, x: Float[Tensor, "2 3"], y: Float[Tensor, "5"], n: Int[Tensor, "5"]) -> None:
    reveal_type(f(x))  # R: Tensor[Float, tuple[batch=2], Any]
    f(y)  # E: [shape-mismatch]
    f + x
    f + y  # E: [shape-mismatch]
    reveal_type(f[n])  # R: Tensor[Float, tuple[batch=5, 3], Any]
    f[y]  # E: is Float, expected Int  [dtype-mismatch]
    f[n] = y
    f[n] = x[0]  # E: [shape-mismatch]
    f[n] = x  # E: [shape-mismatch]
    f.inner(y)  # E: [shape-mismatch]
    Config(x, y)  # E: [shape-mismatch]
    Config(weight=x, bias=x[0])  # E: [shape-mismatch]


class Nested(nn.Module):
    def __init__(self, inner: Encoder, kind: type[Encoder]) -> None:
        super().__init__()
        self.inner = inner
        self.made = Encoder(inner.bias)
        self.other = kind(inner.bias)
        self.optional: Encoder | None = inner

    def forward(self, x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "b t 4"]:
        self.inner(y)  # E: [shape-mismatch]
        self.made(y)  # E: [shape-mismatch]
        self.other(y)  # E: [shape-mismatch]
        self.inner.encode(y)  # E: [shape-mismatch]
        if self.optional is not None:
            self.optional(y)  # E: [shape-mismatch]
        if len(x) == 1:
            return self.inner.encode(x)  # E: [return-value]
        return self.inner(x)


class Abstract(nn.Module, ABC):
    @abstractmethod
    def unsafe(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]: ...

    @overload
    def either(self, x: Float[Tensor, "b"]) -> Float[Tensor, "b"]: ...
    @overload
    def either(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]: ...
    def either(self, x: Tensor) -> Tensor: ...

    def computed(self, x: Float[Tensor, "b t"], y: Float[Tensor, "2*t"], n: int = 0) -> Float[Tensor, "b t+1"]: ...

    def itself(self, x: Float[Tensor, "b t"]) -> Self: ...

    @classmethod
    def made(cls, x: Float[Tensor, "b t"]) -> Self:
        cls().unsafe(x)
        cls().unsafe(x.mT).add(cls().either(x))
        return cls()


class Concrete(Abstract):
    def unsafe(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
        return super().unsafe(x)  # E: [safe-super]

    def either(self, x):  # E: [no-untyped-def]
        return super().either(x)

    def computed(self, x: Float[Tensor, "b t"], y: Float[Tensor, "2*t"], n: int = 0) -> Float[Tensor, "b t+1"]:
        super().computed(x, y=super().computed(x, y))  # E: has 2 axes, expected 1  [shape-mismatch]
        super().computed(x, y, n="a")  # E: [arg-type]
        super().computed(x)  # E: Missing positional argument "y" in call to "computed" of "Abstract"  [call-arg]
        super().missing(x)  # E: [misc]
        super().either(x).mT.relu()
        reveal_type(super().itself(x))  # R: Concrete
        for _ in range(n):
            y = torch.cat([y, super().computed(x, y)[0]])
        [super(Concrete, self).computed(x, z) for z in (y, x)]
        functions = [super().computed]
        functions.clear()
        return super().computed(x, y)

    @classmethod
    def made(cls, x: Float[Tensor, "b t"]) -> Self:
        super().made(x[0])  # E: [shape-mismatch]
        super().made(cls.__mro__)  # E: [arg-type]
        return super().made(x).itself(x)


class Camera:
    def __init__(self, pose: Float[Tensor, "b 3 3"], focal: Float[Tensor, "b"]) -> None: ...

    @classmethod
    def of_numbers(cls, focal: float) -> "Camera":
        return cls(torch.zeros(1, 3, 3), torch.tensor([focal]))

    @classmethod
    def of_two(cls) -> "Camera":
        return cls(torch.zeros(1, 3, 3), torch.zeros(2))  # E: "focal" to "Camera" does not fit: axis 0 "b" is 2


class Stereo(Camera):
    @classmethod
    def of_both(cls) -> Camera:
        return cls(torch.zeros(2, 3, 3), torch.zeros(2))

    @classmethod
    def of_one(cls) -> Camera:
        return cls(torch.zeros(2, 3, 3), torch.zeros(1))  # E: axis 0 "b" is 1, expected 2
