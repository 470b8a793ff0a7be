"""Sizes that go through ordinary arithmetic stay ordinary numbers: silent."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def arithmetic(x: Float[Tensor, "b t d"], n: int = 2) -> float:
    b, t, d = x.shape
    half = d // 2
    scale = 1 / math.sqrt(d)
    exact: int = t * half + b - n
    ratio: float = t / b
    exact = exact**2
    exact %= 7
    exact <<= 1
    exact |= b & t
    small: bool = t < b
    text: str = f"{b}x{t}" + str(d)
    steps = range(0, t, max(1, half))
    sizes = [b, t, d]
    sizes.append(half)
    sizes = [*sizes, 3]
    sizes[0] = 17
    by_name = {"b": b, "t": t}
    by_name["d"] = d
    by_name["n"] = 4
    t = t + 1
    t = 5
    t -= b
    b = len(text)
    total = sum(sizes) + sum(steps) + abs(-d) + divmod(t, d)[0] + round(ratio) + min(b, d)
    return exact * scale + total + int(small) + by_name["t"] + math.prod(x.shape)


def counted(xs: list[Float[Tensor, "_ d"]]) -> int:
    total = 0
    longest = 0
    for x in xs:
        total += x.shape[0]
        longest = max(longest, x.shape[0])
    return total * longest


def first_size(x: Float[Tensor, "b t"], y: Float[Tensor, "n m"]) -> int:
    size = x.shape[0]
    if size < y.shape[0]:
        size = y.shape[0]
    while size > 3:
        size //= 2
    size = size or x.shape[1]
    return size


def chosen(x: Float[Tensor, "b t"], flag: bool) -> tuple[int, int]:
    size = x.shape[0] if flag else x.shape[1]
    other = x.size(0) if flag else 3
    return size, other


def from_ints(b: int, t: int, d: int = 8) -> Float[Tensor, "{b} {t} {d}"]:
    return torch.zeros(b, t, d)


def uses(x: Float[Tensor, "b t"], n: int) -> None:
    from_ints(2, 3)
    from_ints(x.shape[0], n, d=n + 1)
    from_ints(*x.shape)
    from_ints(*[1, 2, 3])
    from_ints(**{"b": 1, "t": 2})


class Config:
    width = 8
    depth: int = 3

    def __init__(self, heads: int = 4) -> None:
        self.heads = heads
        self.head_width = self.width // heads
        self.width = 16


class Model(nn.Module):
    scale = 2

    def __init__(self, config: Config, d: int = 4, e: int | None = None) -> None:
        super().__init__()
        e = e or d
        self.e = e
        d = d * 2
        self.d = d
        self.d_in = config.width
        if config.depth > 2:
            self.d_out = d
        else:
            self.d_out = e
        self.layers = nn.ModuleList(nn.Linear(self.d if i else self.d_in, self.d_out) for i in range(config.depth))
        self.steps = 0

    def forward(self, x: Float[Tensor, "b {self.d_in}"]) -> Float[Tensor, "b {self.d_out}"]:
        self.steps += 1
        for layer in self.layers:
            x = layer(x)
        return x

    def widen(self, d: int) -> None:
        self.d_in = d
        self.d_out = d + self.e


def configured(x: Float[Tensor, "b 8"], y: Float[Tensor, "b 5"], config: Config) -> None:
    model = Model(config, d=4)
    model(x)
    model.widen(5)
    model(y)
    model.d_in = 8
    model(x)
    model.d_out = x.shape[1]


def schedule(step: int, warmup: int, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    factor = min(1.0, (step + 1) / warmup)
    return x * factor * x.shape[0] ** -0.5


def windows(x: Int[Tensor, "n"], size: int, stride: int) -> Int[Tensor, "(n-{size})//{stride}+1 {size}"]:
    count = (x.shape[0] - size) // stride + 1
    return torch.stack([x[i * stride : i * stride + size] for i in range(count)])
