"""Sizes that a constructor gives to the one behind it: the same number, whatever it is called there."""

from dataclasses import dataclass, field
from typing import Any, Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

WIDTH: Final = 48


@dataclass
class Inner:
    d: int = 16


@dataclass
class Config:
    d: int = 64
    inner: Inner = field(default_factory=Inner)


class Base(nn.Module):
    def __init__(self, d_model: int, heads: int = 4) -> None:
        super().__init__()
        self.d_model = d_model
        self.heads = heads
        self.norm = nn.LayerNorm(d_model)

    def pooled(self, x: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b {self.d_model}"]:
        return x.mean(1)


class Middle(Base):
    """Has the constructor of its parent."""


class Number(Base):
    def __init__(self) -> None:
        super().__init__(d_model=64)
        self.linear = nn.Linear(64, 10)
        self.narrow = nn.Linear(63, 10)
        self.weight = nn.Parameter(torch.zeros(64))

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b t {self.d_model}"]:
        self.linear(x)
        self.linear(self.norm(x))
        self.linear(self.pooled(x))
        self.narrow(x)  # E: is d_model, expected 63  [shape-mismatch]
        y: Float[Tensor, "b t {self.d_model}"] = x * self.weight
        del y
        return x * self.weight

    def made(self) -> Float[Tensor, "{self.d_model}"]:
        return torch.zeros(64)

    def made_wrong(self) -> Float[Tensor, "{self.d_model}"]:
        return torch.zeros(63)  # E: [return-value]

    def by_letters(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        return self.norm(x)

    def heads_by_default(
        self, x: Float[Tensor, "b {self.heads}"], w: Float[Tensor, "4 3"], v: Float[Tensor, "5 3"]
    ) -> None:
        x @ w
        x @ v  # E: is 5, expected heads  [shape-mismatch]


class Double(Base):
    def __init__(self, d: int) -> None:
        super().__init__(2 * d)
        self.linear = nn.Linear(2 * d, 10)
        self.single = nn.Linear(d, 10)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b 10"]:
        self.single(x)  # E: is d_model, expected d  [shape-mismatch]
        return self.linear(self.pooled(self.norm(x)))


class OfConfig(Base):
    def __init__(self, config: Config) -> None:
        super().__init__(config.d)
        self.config = config
        self.linear = nn.Linear(config.d, 10)
        self.again = nn.Linear(self.config.d, 10)
        self.inner = nn.Linear(config.inner.d, 10)
        self.wrong = nn.Linear(config.d + 1, 10)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> None:
        self.linear(self.norm(x))
        self.again(x)
        self.inner(x)
        self.wrong(x)  # E: is d_model, expected d_model+1  [shape-mismatch]


class Behind(Middle):
    def __init__(self, d_model: int) -> None:
        super().__init__(d_model=d_model)
        self.linear = nn.Linear(d_model, 10)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"], y: Float[Tensor, "b t {self.heads}"]) -> None:
        self.linear(self.norm(x))
        self.linear(y)  # E: is heads, expected d_model  [shape-mismatch]


class ByName(Base):
    def __init__(self, d_model: int) -> None:
        Base.__init__(self, d_model=d_model)
        self.linear = nn.Linear(d_model, 10)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"], y: Float[Tensor, "b t {self.heads}"]) -> None:
        self.linear(self.norm(x))
        self.linear(y)  # E: [shape-mismatch]


class Old(Base):
    def __init__(self, d_model: int) -> None:
        super(Old, self).__init__(d_model, heads=2)  # noqa: UP008 - as older code has it
        self.linear = nn.Linear(d_model, 10)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> None:
        self.linear(self.norm(x))


class Rest(Base):
    def __init__(self, d_model: int, **kwargs: int) -> None:
        super().__init__(d_model, **kwargs)
        self.linear = nn.Linear(d_model, 10)
        self.four = nn.Linear(4, 10)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"], y: Float[Tensor, "b t {self.heads}"]) -> None:
        self.linear(self.norm(x))
        self.four(y)
        self.four(x)  # E: is d_model, expected 4  [shape-mismatch]


class Unknown(Base):
    def __init__(self, d_model: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.linear = nn.Linear(d_model, 10)
        self.constant = nn.Linear(WIDTH, 10)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b t {self.d_model}"]:
        self.linear(self.norm(x))
        self.constant(x)
        return torch.zeros(self.linear.in_features) + x


class OneOfTwo(Base):
    def __init__(self, d_model: int, heads: int) -> None:
        if heads > 2:
            super().__init__(d_model, heads)
        else:
            super().__init__(d_model, 2)
        self.linear = nn.Linear(d_model, 10)
        self.heads_of = nn.Linear(heads, 10)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"], y: Float[Tensor, "b t {self.heads}"]) -> None:
        self.linear(self.norm(x))
        self.heads_of(y)
        self.heads_of(x)  # E: [shape-mismatch]


class Last(Number):
    def other(self, x: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b t 64"]:
        self.linear(x)
        self.narrow(x)  # E: is d_model, expected 63  [shape-mismatch]
        return x


class ByDefault(nn.Module):
    """What is written as a number where it is the default of a parameter is meant where that is left alone."""

    def __init__(self, mels: int = 80, d: int = 80, wide: int = 16, config: Config = Config()) -> None:  # noqa: B008
        super().__init__()
        self.linear = nn.Linear(mels, d)
        self.back = nn.Linear(d, mels)
        self.wide = nn.Linear(wide, mels)
        self.configured = nn.Linear(config.d, mels)

    def forward(self, x: Float[Tensor, "b t 80"], y: Float[Tensor, "b 64"]) -> Float[Tensor, "b t 80"]:
        self.wide(x)  # E: is 80, expected wide  [shape-mismatch]
        self.linear(self.linear(x))  # E: is d, expected mels  [shape-mismatch]
        self.configured(y)
        self.configured(x)  # E: is 80, expected config.d  [shape-mismatch]
        return self.linear(x)

    def wrong(self, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t 81"]:
        return self.linear(x)  # E: [return-value]


class OfPart(nn.Module):
    """What is given to a part stands in the names of this class, not of the part's."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.part = OfConfig(config)
        self.nested = Nested(config)

    def forward(self, x: Float[Tensor, "b t 16"]) -> None:
        self.nested(x)


class Nested(Base):
    def __init__(self, config: Config) -> None:
        super().__init__(config.inner.d)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> None: ...


class Outer(nn.Module):
    def __init__(self, inner: Inner) -> None:
        super().__init__()
        self.part = OfInner(inner)

    def forward(self, x: Float[Tensor, "b t 16"], y: Float[Tensor, "b t 17"]) -> None:
        self.part(x)


class OfInner(Base):
    def __init__(self, inner: Inner) -> None:
        super().__init__(inner.d)

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> None: ...


class OfModel(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.part = OfInner(config.inner)

    def forward(self, x: Float[Tensor, "b t 16"], y: Float[Tensor, "b t 17"]) -> None:
        self.part(x)
        self.part(y)


def from_outside(x: Float[Tensor, "b t 64"], y: Float[Tensor, "b t 63"]) -> None:
    Number()(x)
    Number()(y)  # E: axis 2 is 63, expected 64  [shape-mismatch]
    Double(32)(x)
    Double(32)(y)  # E: axis 2 is 63, expected 64  [shape-mismatch]
    OfConfig(Config())(x)
    OfConfig(Config(63))(x)  # E: axis 2 is 64, expected 63  [shape-mismatch]
    Rest(64, heads=2)(x, x[..., :2])
    Rest(64)(x, x[..., :5])
    ByName(63)(x, x)  # E: axis 2 is 64, expected 63  [shape-mismatch] # E: axis 2 is 64, expected 4  [shape-mismatch]
