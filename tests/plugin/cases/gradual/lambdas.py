"""Lambdas that change a shape, and generic classes that are given more: to plain mypy all tensors are of one type."""

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Generic, TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

T = TypeVar("T")
K = TypeVar("K")


class Cache(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value

    def update(self, value: T) -> T:
        self.value = value
        return value


class Average(Generic[T]):
    def __init__(self, start: Callable[[], T]) -> None:
        self.value = start()

    def update(self, value: T) -> None:
        self.value = value


class Held(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value

    def get(self) -> T:
        return self.value


def repeat(function: Callable[[T], T], x: T, count: int) -> T: ...
def scan(function: Callable[[T], T], x: T) -> list[T]: ...
def pipe(functions: Sequence[Callable[[T], T]], x: T) -> T: ...
def apply(function: Callable[[T], K], x: T) -> K: ...


def reduced(xs: list[Float[Tensor, "b t"]], y: Float[Tensor, "n"], z: Float[Tensor, "n m"]) -> None:
    reveal_type(reduce(lambda a, b: torch.cat([a, b]), xs))  # R: Tensor[Any, Any, Any]
    reveal_type(reduce(lambda a, b: a @ b.mT, xs))  # R: Tensor[Any, Any, Any]
    reveal_type(reduce(lambda a, b: a + b, xs))  # R: Tensor[Float, tuple[b, t], Any]
    reveal_type(reduce(lambda a, b: a + b.sum(), xs, y))  # R: Tensor[Float, tuple[n], Any]
    reduce(lambda a, b: torch.cat([a, b]), xs, xs[0]) @ z
    reduce(lambda a, b: "", xs)  # E: [arg-type] # E: [return-value]
    reduce(lambda a, b: "", [1])  # E: [arg-type] # E: [return-value]


def given_functions(x: Float[Tensor, "b t"]) -> None:
    repeat(lambda v: v[1:], x, 3)
    scan(lambda v: torch.cat([v, v]), x)
    pipe([lambda v: v[1:], lambda v: v.t()], x)
    reveal_type(pipe([torch.relu, torch.sigmoid], x))  # R: Tensor[Float, tuple[b, t], Any]
    reveal_type(apply(lambda v: v[0], x))  # R: Tensor[Float, tuple[t], Any]
    repeat(lambda v: v @ v, x, 3)  # E: [shape-mismatch]
    repeat(lambda v: len(v), x, 3)  # E: [arg-type] # E: [return-value]


def given_more(x: Float[Tensor, "b t"], y: Float[Tensor, "n"], z: Int[Tensor, "b"]) -> None:
    cache = Cache(x)
    cache.update(y)
    Cache(x).update(z)
    cache.update("a")  # E: [arg-type]
    Average(lambda: torch.zeros(3)).update(x)
    declared: Cache[Float[Tensor, "b t"]] = Cache(x)
    declared.update(y)  # E: [arg-type]
    reveal_type(Held(x).get())  # R: Tensor[Float, tuple[b, t], Any]
    mapping = OrderedDict([("a", x)])
    mapping["b"] = y
    queue = deque([x], maxlen=3)
    queue.extend([y])
    queue[0] = z
