"""Functions that are handed around keep their axes."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial, reduce, wraps
from typing import Any, ParamSpec, Protocol, TypeVar

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal, typecheck

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

Activation = Callable[[Float[Tensor, "b d"]], Float[Tensor, "b d"]]


class Step(Protocol):
    def __call__(self, x: Float[Tensor, "b d"], y: Float[Tensor, "b"]) -> Float[Tensor, "d"]: ...


def mean(x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]: ...
def scale(x: Float[Tensor, "b t"], y: Float[Tensor, "t"]) -> Float[Tensor, "b t"]: ...
def relu(x: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]: ...
def add(x: Float[Tensor, "n m"], y: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]: ...
def step(x: Float[Tensor, "n d"], y: Float[Tensor, "n"]) -> Float[Tensor, "d"]: ...


def timed(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return wrapper


def repeated(times: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorator(function: Callable[P, R]) -> Callable[P, R]:
        return function

    return decorator


@timed
def decorated(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "t"]: ...


@repeated(3)
@timed
def twice(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "t"]: ...


@torch.no_grad()
def no_grad(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "t"]: ...


@typecheck
def checked(x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "t"]: ...


@lru_cache
def cached(n: int) -> Float[Tensor, "{n} 3"]: ...


class Module(nn.Module):
    @timed
    def forward(self, x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "t"]: ...

    @torch.inference_mode()
    def predict(self, x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "t"]: ...


def decorators(x: Float[Tensor, "2 3"], y: Float[Tensor, "2"], z: Float[Tensor, "3"]) -> None:
    reveal_type(decorated(x, y))  # R: Tensor[Float, tuple[time=3], Any]
    decorated(x, z)  # E: [shape-mismatch]
    decorated(x, y=z)  # E: [shape-mismatch]
    twice(x, z)  # E: [shape-mismatch]
    no_grad(x, z)  # E: [shape-mismatch]
    checked(x, z)  # E: [shape-mismatch]
    Module()(x, z)  # E: [shape-mismatch]
    Module().predict(x, z)  # E: [shape-mismatch]
    cached(3)


def partials(x: Float[Tensor, "2 3"], y: Float[Tensor, "3"], z: Float[Tensor, "4"]) -> None:
    scaled = partial(scale, y=y)
    scaled(x)
    scaled(z)  # E: [arg-type]
    partial(scale, z)  # E: [arg-type]
    partial(scale, x)(y)
    partial(scale, x)(z)  # E: [arg-type]


LayerNorm = partial(nn.LayerNorm, eps=1e-6)
make_conv = partial(nn.Conv2d, kernel_size=3, padding=1)
softmax = partial(F.softmax, dim=-1)


class Scaled(nn.Module):
    def __init__(self, d: int, depth: int = 2) -> None:
        super().__init__()
        self.d = d
        self.act = partial(F.leaky_relu, negative_slope=0.1)
        self.sum = partial(torch.sum, dim=1)
        self.norm = LayerNorm(d)

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        reveal(self.act(x))  # N: Float[Tensor, "b t d"]
        self.sum(x) @ x  # E: [shape-mismatch]
        return self.sum(self.norm(x))


make_scaled = partial(Scaled, depth=4)


def partials_of_operations(x: Float[Tensor, "b 8 t"], image: Float[Tensor, "b 3 h w"], w: Float[Tensor, "t 5"]) -> None:
    reveal(softmax(x))  # N: Float[Tensor, "b 8 t"]
    times = partial(torch.matmul, x)
    reveal(times(w))  # N: Float[Tensor, "b 8 5"]
    times(image)  # E: [shape-mismatch]
    shifted = partial(torch.add, alpha=2.0)
    reveal(shifted(x, x))  # N: Float[Tensor, "b 8 t"]
    shifted(x, w)  # E: [shape-mismatch]
    reveal(partial(torch.cat, dim=1)([x, x]))  # N: Float[Tensor, "b 16 t"]
    reveal(partial(torch.sum, dim=1)(x, dim=2))  # N: Float[Tensor, "b 8"]
    softmax(x, 3)  # E: Too many positional arguments  [call-arg]
    softmax(x, dim="a")  # E: [arg-type]


def partials_of_classes(x: Float[Tensor, "b 8 t"], image: Float[Tensor, "b 3 h w"], size: int) -> None:
    reveal(make_conv(3, 16)(image))  # N: Float[Tensor, "b 16 h w"]
    make_conv(4, 16)(image)  # E: [shape-mismatch]
    LayerNorm(512)(x)  # E: [shape-mismatch]
    reveal(make_scaled(512)(torch.zeros(3, 4, 512)))  # N: Tensor, "batch=3 512"]
    make_scaled(512)(torch.zeros(3, 4, 513))  # E: [shape-mismatch]
    reveal(partial(nn.Linear, 5)(7)(torch.zeros(2, 5)))  # N: Tensor, "2 7"]
    reveal(partial(nn.Linear, 5)(7, bias=False)(torch.zeros(2, 5)))  # N: Tensor, "2 7"]
    partial(nn.Linear, size)(7)(x)


def maps(xs: list[Float[Tensor, "2 3"]], ys: list[Float[Tensor, "3"]]) -> None:
    reveal_type(list(map(mean, xs)))  # R: list[Tensor[Float, tuple[2], Any]]
    list(map(mean, ys))  # E: [arg-type]
    list(map(scale, xs, ys))
    list(map(scale, ys, xs))  # E: [arg-type]
    reduce(add, xs)
    sorted(xs, key=lambda x: mean(x).sum().item())
    list(filter(lambda x: len(mean(x)) > 1, xs))


def parameter(
    f: Callable[[Float[Tensor, "2 3"]], Float[Tensor, "2"]],
    g: Activation,
    x: Float[Tensor, "2 3"],
    y: Float[Tensor, "3"],
) -> None:
    reveal_type(f(x))  # R: Tensor[Float, tuple[2], Any]
    f(y)  # E: [shape-mismatch]
    g(x)
    g(y)  # E: [shape-mismatch]


def takes_activation(f: Activation) -> None: ...
def takes_step(f: Step) -> None: ...
def takes_any(f: Callable[..., Tensor]) -> None: ...
def applied(f: Callable[[T], R], x: T) -> R: ...


def arguments(x: Float[Tensor, "2 3"], y: Float[Tensor, "3"]) -> None:
    takes_activation(relu)
    takes_activation(torch.relu)
    takes_activation(nn.ReLU())
    takes_activation(lambda v: v)
    takes_activation(mean)  # E: [arg-type]
    takes_step(step)
    takes_step(scale)  # E: [arg-type]
    takes_any(mean)
    takes_any(scale)
    reveal_type(applied(mean, x))  # R: Tensor[Float, tuple[2], Any]
    applied(mean, y)  # E: [arg-type]
    applied(relu, x)


def stored() -> None:
    functions = {"mean": mean, "relu": relu}
    functions["mean"] = mean
    activations: list[Activation] = [relu, torch.relu, nn.ReLU()]
    activations.append(torch.sigmoid)
    del functions, activations


def returned(deep: bool) -> Activation:
    if deep:
        return mean  # E: [return-value]
    return relu


def called_at_once(x: Float[Tensor, "2 3"], y: Float[Tensor, "2"]) -> None:
    returned(True)(x)
    returned(True)(y)  # E: [arg-type]
    (mean if len(x) else mean)(y)  # E: [arg-type]
    function = mean
    function(y)  # E: [shape-mismatch]
    method = Module().predict
    method(x, y)
    method(y, x)  # E: [shape-mismatch] # E: [shape-mismatch]


class Pipeline:
    def __init__(self, f: Activation, hooks: Iterable[Callable[[Tensor], None]] = ()) -> None:
        self.f = f
        self.hooks = list(hooks)

    def run(self, x: Float[Tensor, "b t"], y: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        for hook in self.hooks:
            hook(x)
        self.f(y)  # E: 1 to "Pipeline.f" has 1 axis, expected 2  [shape-mismatch]
        return self.f(x)  # E: [return-value]


def reduced(f: Callable[[Float[Tensor, "b d"]], Float[Tensor, "b"]], x: Float[Tensor, "b d"]) -> Float[Tensor, "b"]: ...
def of_numbers(x: Int[Tensor, "b t"]) -> Float[Tensor, "b"]: ...
def of_any(x: Tensor) -> Tensor: ...


def beside_tensors(x: Float[Tensor, "2 3"], y: Float[Tensor, "2"]) -> None:
    reveal_type(reduced(mean, x))  # R: Tensor[Float, tuple[batch=2], Any]
    reduced(relu, x)  # E: [arg-type]
    reduced(of_numbers, x)  # E: [arg-type]
    reduced(mean, y)  # E: [shape-mismatch]
    reduced(of_any, x)
    reduced(nn.Flatten(0), x)
    reduced(lambda v: v.sum(1), x)
    reduced(lambda v: v, x)  # E: [arg-type] # E: [return-value]
    reduced(partial(torch.sum, dim=1), x)
