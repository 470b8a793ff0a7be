"""Tensors that are made, parameters and subclasses of `Tensor` are silent."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Bool, Float, Float32, Int, Int64, Shaped, UInt8
from torch import Tensor, nn


def made(n: int, d: int) -> Float[Tensor, "{n} {d}"]:
    x: Float[Tensor, "{n} {d}"] = torch.randn(n, d)
    return x


def many_ways(b: int) -> None:
    a: Float[Tensor, "2 3"] = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    c: Float[Tensor, "3"] = torch.Tensor([1.0, 2.0, 3.0])
    d: Int64[Tensor, "n"] = torch.LongTensor([1, 2])
    e: Float[Tensor, "{b} 2"] = torch.empty((b, 2))
    f: Bool[Tensor, "{b}"] = torch.full((b,), True)
    g: Float32[Tensor, "4"] = torch.from_numpy(np.ones(4, dtype=np.float32))
    h: UInt8[Tensor, "h w 3"] = torch.as_tensor(np.zeros((2, 2, 3), dtype=np.uint8))
    i: Shaped[Tensor, "..."] = torch.arange(3)
    j: Float[Tensor, ""] = torch.scalar_tensor(1.0)
    k = Tensor(2, 3)
    k = Tensor([1.0])
    del a, c, d, e, f, g, h, i, j, k


class Embedding(nn.Module):
    weight: Float[Tensor, "n d"]
    scale: Float[nn.Parameter, "d"]

    def __init__(self, n: int, d: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n, d))
        self.scale = nn.Parameter(torch.ones(d))
        self.bias: nn.Parameter | None = None
        self.register_parameter("offset", nn.Parameter(torch.zeros(d)))
        self.reset()

    def reset(self) -> None:
        nn.init.normal_(self.weight, std=0.02)
        nn.init.zeros_(self.scale)

    def forward(self, x: Int[Tensor, "b t"]) -> Float[Tensor, "b t d"]:
        y = self.weight[x] * self.scale
        return y if self.bias is None else y + self.bias


class Quantized(nn.Parameter):
    zero: float

    def __new__(cls, data: Float[Tensor, "..."], zero: float = 0.0) -> Self:
        return super().__new__(cls, data, False)


class Tagged(Tensor):
    name: str = ""

    @classmethod
    def tagged(cls, x: Tensor, name: str) -> "Tagged":
        y = x.as_subclass(cls)
        y.name = name
        return y

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return super().__torch_function__(func, types, args, kwargs)


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, grad: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        (x,) = ctx.saved_tensors
        return 2 * x * grad


def takes(x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
    return x


def passes(p: nn.Parameter, q: Quantized, t: Tagged, b: nn.Buffer, x: torch.FloatTensor) -> None:
    takes(p)
    takes(q)
    takes(t)
    takes(b)
    takes(x)
    takes(p.data)
    takes(p.grad if p.grad is not None else torch.zeros_like(p))
    y: Float[Tensor, "b d"] = p
    y = q
    y = takes(y)
    z: Tensor = p
    z = y
    w: nn.Parameter | Tensor = nn.Parameter(y)
    w = y
    takes(w)
    takes(z)


def arrays(x: Float[npt.NDArray[np.float32], "n d"], y: Float[np.ndarray[Any, Any], "n"]) -> Float[Tensor, "n d"]:
    return torch.from_numpy(x * y[:, None])


def back(x: Float[Tensor, "n d"]) -> Float[npt.NDArray[np.float32], "n d"]:
    return x.numpy()


def equal(x: Float[Tensor, "b d"], y: Float[Tensor, "n m"], n: int) -> bool:
    same = x.shape == y.shape and x.dtype == y.dtype
    if x.shape[0] != n or x.size(1) > 3 or x.ndim != 2:
        raise ValueError(f"{tuple(x.shape)} and {list(y.shape)}")
    if x.shape == (n, 3) or x.shape[-2:] == y.shape[:2]:
        return True
    sizes = list(x.shape) + [n]
    rows, columns = x.shape
    rows = 3
    columns += rows
    total = int(np.prod(x.shape)) + sum(x.shape) + max(y.shape)
    torch.zeros(*x.shape)
    torch.zeros(x.shape)
    torch.zeros((*x.shape[:-1], n))
    return same and (x == x).all().item() is True and total == columns + len(sizes)
