"""Calls whose types mypy infers by itself (callables, partial, map, ParamSpec, `super`) raise no false alarm."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial, reduce, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def double(x: Float[Tensor, "b t"], y: Float[Tensor, "b 2*t"]) -> Float[Tensor, "b 3*t"]: ...
def broadcast(x: Float[Tensor, "#b c"], y: Float[Tensor, "#b c"]) -> Float[Tensor, "#b c"]: ...
def variadic(x: Float[Tensor, "*b c"], w: Float[Tensor, "d c"]) -> Float[Tensor, "*b d"]: ...
def braces(x: Float[Tensor, "b {n}"], n: int) -> Float[Tensor, "b {n}"]: ...
def dots(x: Float[Tensor, "..."], y: Float[Tensor, "... c"]) -> Float[Tensor, "..."]: ...
def mean(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]: ...
def add(x: Float[Tensor, "*s"], y: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]: ...
def optional(x: Float[Tensor, "b t"], m: Int[Tensor, "b"] | None = None) -> Float[Tensor, "b t"]: ...
def lists(xs: list[Float[Tensor, "b _"]]) -> Float[Tensor, "b _"]: ...


def timed(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return wrapper


def with_seed(function: Callable[Concatenate[int, P], R]) -> Callable[P, R]:
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(0, *args, **kwargs)

    return wrapper


def applied(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return function(*args, **kwargs)


timed_double = timed(double)
timed_broadcast = timed(broadcast)
timed_variadic = timed(variadic)


@timed
def decorated(x: Float[Tensor, "*b c"], w: Float[Tensor, "d c"], y: Float[Tensor, "#d"]) -> Float[Tensor, "*b d+1"]: ...


@with_seed
def seeded(seed: int, x: Float[Tensor, "b t"], y: Float[Tensor, "b t+1"]) -> Float[Tensor, "b"]: ...


@torch.no_grad()
def no_grad(x: Float[Tensor, "*b c"], y: Float[Tensor, "*b 2*c"]) -> Float[Tensor, "*b"]: ...


def decorators(
    x: Float[Tensor, "2 3"], y: Float[Tensor, "2 6"], z: Float[Tensor, "5 2 3"], w: Float[Tensor, "7 3"], n: int
) -> None:
    timed_double(x, y)
    timed_broadcast(x[:1], x)
    timed_variadic(z, w)
    timed_variadic(x, w)
    decorated(x, w, w[:, 0])
    decorated(z, w=w, y=w[:, 0])
    seeded(x, torch.ones(2, 4))
    no_grad(x, y)
    no_grad(x=x, y=y)
    applied(double, x, y)
    applied(double, x, y=y)
    applied(broadcast, x[:1], x)
    applied(variadic, z, w)
    applied(braces, x, n)
    applied(optional, x)
    applied(optional, x, None)


def fixed_sizes(
    a: Float[Tensor, "1 3"], b: Float[Tensor, "5 3"], c: Float[Tensor, "4 5 3"], d: Float[Tensor, "7 3"]
) -> None:
    timed_broadcast(a, b)
    timed_variadic(c, d)
    timed_variadic(b, d)
    applied(broadcast, a, b)
    applied(variadic, c, d)
    applied(dots, a, c)
    partial(broadcast, a)(b)
    partial(variadic, w=d)(c)
    partial(braces, n=3)(a)
    partial(optional, m=None)(a)
    partial(double)(a, y=a.repeat(1, 2))
    f = partial(variadic, w=d)
    f(b)
    f(c)
    g = variadic
    g(c, d)
    h = broadcast if len(a) else add
    h(b, b)
    k = lambda x: variadic(x, d)
    k(b)
    k(c)


def maps(xs: list[Float[Tensor, "2 3"]], ys: list[Float[Tensor, "2 6"]], zs: list[Float[Tensor, "_ 3"]]) -> None:
    list(map(double, xs, ys))
    list(map(mean, xs))
    list(map(mean, zs))
    list(map(partial(variadic, w=xs[0]), zs))
    reduce(add, xs)
    reduce(lambda a, b: add(a, b), xs)
    [mean(x) for x in (*xs, *ys)]
    sorted(zs, key=lambda z: len(mean(z)))
    with ThreadPoolExecutor() as pool:
        list(pool.map(mean, xs))
        pool.submit(double, xs[0], ys[0]).result()
    lists(xs)
    lists([*xs, *ys])
    max(zs, key=len)
    dict(enumerate(xs))
    list(zip(xs, ys, strict=True))


class Base(nn.Module):
    def forward(self, x: Float[Tensor, "*b c"], y: Float[Tensor, "*b 2*c"] | None = None) -> Float[Tensor, "*b c"]: ...

    def mix(self, x: Float[Tensor, "#b c"], y: Float[Tensor, "#b c"]) -> Float[Tensor, "b c"]: ...

    @classmethod
    def create(cls, x: Float[Tensor, "n 2*n"], y: Float[Tensor, "n"]) -> "Base": ...


class Child(Base):
    def forward(self, x: Float[Tensor, "*b c"], y: Float[Tensor, "*b 2*c"] | None = None) -> Float[Tensor, "*b c"]:
        x = super().forward(x, y)
        x = super().forward(x)
        return super().forward(x=x, y=None)

    def mix(self, x: Float[Tensor, "#b c"], y: Float[Tensor, "#b c"]) -> Float[Tensor, "b c"]:
        return super().mix(x, y)

    def numbers(
        self, a: Float[Tensor, "1 3"], b: Float[Tensor, "5 3"], c: Float[Tensor, "5 6"], d: Float[Tensor, "3 6"]
    ) -> None:
        super().mix(a, b)
        super().forward(b, c)
        super().create(d, a[0])
        Base.create(d, a[0])
        Base.forward(self, b, c)
        Base.mix(self, a, b)

    @classmethod
    def create(cls, x: Float[Tensor, "n 2*n"], y: Float[Tensor, "n"]) -> "Base":
        return super().create(x, y)


def checkpointed(model: Child, x: Float[Tensor, "2 3"]) -> Float[Tensor, "2 3"]:
    y = checkpoint(model, x, use_reentrant=False)
    return y


def callbacks(
    on_step: Callable[[Float[Tensor, "b t"], int], None],
    transform: Callable[[Float[Tensor, "b t"]], Float[Tensor, "b t"]] | None,
    losses: dict[str, Callable[[Float[Tensor, "b c"], Int[Tensor, "b"]], Float[Tensor, ""]]],
    x: Float[Tensor, "2 3"],
    y: Int[Tensor, "2"],
    z: Float[Tensor, "n m"],
) -> Float[Tensor, ""]:
    on_step(x, 0)
    on_step(z, 1)
    if transform is not None:
        x = transform(x)
        z = transform(z)
    for name, loss in losses.items():
        print(name, loss(x, y))
    return losses["main"](x, y)


def own_names(f: Callable[[Float[Tensor, "b t"]], Float[Tensor, "b"]], x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
    """The callable's names may well be the function's."""
    return f(x)


def passes(x: Float[Tensor, "2 3"], y: Int[Tensor, "2"], z: Float[Tensor, "n m"]) -> None:
    callbacks(lambda x, step: None, None, {}, x, y, z)
    callbacks(print, torch.relu, {"main": nn.functional.cross_entropy}, x, y, z)
    callbacks(lambda x, step: print(x, step), lambda x: x, {"main": nn.CrossEntropyLoss()}, x, y, z)
    own_names(mean, x)
    own_names(lambda v: v.mean(-1), x)
    own_names(torch.sum, z)


class Registry:
    functions: dict[str, Callable[..., Tensor]] = {}

    @classmethod
    def register(cls, name: str) -> Callable[[Callable[P, Tensor]], Callable[P, Tensor]]:
        def decorator(function: Callable[P, Tensor]) -> Callable[P, Tensor]:
            cls.functions[name] = function
            return function

        return decorator


@Registry.register("mean")
def registered(x: Float[Tensor, "*b t"]) -> Float[Tensor, "*b"]: ...


@Registry.register("sum")
def other(x: Float[Tensor, "b t"], y: Float[Tensor, "b 2*t"]) -> Float[Tensor, "b"]: ...


def registry(x: Float[Tensor, "2 3"], y: Float[Tensor, "2 6"]) -> Float[Tensor, "2"]:
    registered(x)
    other(x, y)
    return Registry.functions["mean"](x)


def generator(xs: Iterable[Float[Tensor, "2 3"]]) -> Iterator[Float[Tensor, "2"]]:
    for x in xs:
        yield mean(x)
    yield from map(mean, xs)
    yield from (mean(x) for x in xs)


def memo(function: Callable[[T], R]) -> Callable[[T], R]:
    cache: dict[Any, R] = {}

    def wrapper(x: T) -> R:
        return cache.setdefault(id(x), function(x))

    return wrapper


remembered = memo(mean)


@memo
def remembered_too(x: Float[Tensor, "b 2*b"]) -> Float[Tensor, "b"]: ...


def uses_memo(x: Float[Tensor, "2 3"], y: Float[Tensor, "3 6"]) -> Float[Tensor, "2"]:
    remembered_too(y)
    return remembered(x)


def listed(function: Callable[P, R]) -> Callable[P, list[R]]: ...
def factory(n: int) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


compiled = torch.compile(double)
compiled_dynamic = torch.compile(double, dynamic=True)
compiled_later = torch.compile(dynamic=True)(double)
listed_double = listed(double)
made = factory(3)(double)
inference = torch.inference_mode()(double)
seeded_double = partial(double, torch.zeros(2, 3))
vmapped = torch.vmap(double)


@contextmanager
def manager(x: Float[Tensor, "b t"]) -> Iterator[Float[Tensor, "b 2*t"]]:
    yield torch.cat([x, x], dim=1)


@cache
def cached(x: Float[Tensor, "b t"]) -> Float[Tensor, "b 2*t"]: ...
def tripled(x: Float[Tensor, "b t"]) -> Float[Tensor, "b 3*t"]: ...


class Wide(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b {self.d} 2*t"]: ...

    def widened(self, xs: list[Float[Tensor, "2 3"]]) -> list[Float[Tensor, "2 {self.d} 6"]]:
        return list(map(self.forward, xs))


def computed_results(x: Float[Tensor, "2 3"], wide: Wide) -> None:
    with manager(x) as y:
        y.mean()
    cached(x).mean()
    compiled(x, y).mean()
    compiled_dynamic(x, y).mean()
    listed_double(x, y)[0].mean()
    made(x, y).mean()
    z = checkpoint(tripled, x)
    with ThreadPoolExecutor() as pool:
        future = pool.submit(tripled, x)
        z = future.result()
    mapped = list(map(tripled, [x]))
    z = mapped[0]
    wides = list(map(wide, [x]))
    z = wides[0]
    z = {"tripled": tripled}["tripled"](x)
    w: Float[Tensor, "2 9"] = [tripled][0](x)
    w = max(map(tripled, [x]), key=len)
    del z, w
