"""Removing an annotation never adds an error: the same code with more and fewer annotations."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Full(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Float[Tensor, "b {self.d}"], n: Int[Tensor, "b"]) -> Float[Tensor, "b {self.d}"]: ...


class NoInputs(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Tensor, n: Tensor) -> Float[Tensor, "b {self.d}"]: ...


class NoResult(nn.Module):
    def forward(self, x: Float[Tensor, "b d"], n: Int[Tensor, "b"]) -> Tensor: ...


class NoneAtAll(nn.Module):
    def forward(self, x, n):  # type: ignore[no-untyped-def]
        return x


class AnyAtAll(nn.Module):
    def forward(self, *args: Any, **kwargs: Any) -> Any: ...


class Untyped:
    def __init__(self, d):  # type: ignore[no-untyped-def]
        self.d = d
        self.x = torch.zeros(d)


def function(x: Float[Tensor, "b t"], y: Float[Tensor, "b t"]) -> Float[Tensor, "t b"]: ...
def no_first(x: Tensor, y: Float[Tensor, "b t"]) -> Float[Tensor, "t b"]: ...
def no_axes(x: Float[Tensor, "..."], y: Float[Tensor, "..."]) -> Float[Tensor, "..."]: ...
def half(x: Float[Tensor, "b _"], y: Float[Tensor, "_ t"]) -> Float[Tensor, "t b"]: ...


def all_of_them(
    x: Tensor, y: Float[Tensor, "2 3"], z: Float[Tensor, "..."], a: Any, n: Int[Tensor, "2"]
) -> Float[Tensor, "p q"]:
    for module in (Full(3), NoInputs(3), NoResult(), NoneAtAll(), AnyAtAll()):
        module(y, n)
        module(x, n)
        module(a, x)
        module(z, n)
    Full(3)(x, x)
    Full(3)(y, a)
    Full(Untyped(3).d)(y, n)
    Full(a)(y, n)
    NoInputs(3)(y, y)
    for f in (function, no_first, no_axes, half):
        f(x, y)
        f(x, x)
        f(a, z)
        f(z, y)
        f(f(y, y), f(y, y))
    result = function(x, a)
    result = function(y, y)
    result = no_axes(result, y)
    result = a
    return result


def returns_anything(x: Tensor, y: Float[Tensor, "..."], z: Any) -> Float[Tensor, "b t"]:
    if len(x) == 1:
        return x
    if len(x) == 2:
        return y
    if len(x) == 3:
        return z
    if len(x) == 4:
        return [x, y, z][0]
    return {"x": x, "y": y}["y"]


def unannotated(x, y):  # type: ignore[no-untyped-def]
    function(x, y)
    Full(3)(x, y)
    z: Float[Tensor, "b t"] = x
    z = y
    z = function(z, z)
    return z


class Loose(NamedTuple):
    x: Tensor
    y: Any
    z: Float[Tensor, "..."]


def loose(
    values: Loose, more: list[Tensor], named: dict[str, Any], both: tuple[Tensor, Any]
) -> list[Float[Tensor, "b t"]]:
    function(values.x, values.y)
    function(values.z, more[0])
    function(*more)
    function(*both)
    function(**named)
    function(x=named["x"], **named)
    function(*values[:2])
    x, y = both
    function(x, y)
    for one in more:
        function(one, one)
    if named:
        return more
    return [values.x, values.y, *more]


def narrowed(x: Tensor | list[Tensor] | dict[str, Tensor] | None) -> Float[Tensor, "b t"]:
    if x is None:
        raise ValueError
    if isinstance(x, list):
        x = torch.stack(x)
    elif isinstance(x, dict):
        x = next(iter(x.values()))
    return x


def casts(x: Float[Tensor, "b t"], y: object) -> Float[Tensor, "n"]:
    assert isinstance(y, Tensor)
    function(x, y)
    z: Any = x
    if len(z) == 1:
        return z
    w: Tensor = x
    return w


def norms(x: Tensor) -> dict[str, float]:
    return {"x": x.norm(), "rows": x.norm(dim=-1)}
