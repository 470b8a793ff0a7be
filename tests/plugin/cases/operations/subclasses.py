"""Subclasses of torch's modules, and modules made in helpers, in set-up methods, on conditions, lazily."""

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor, nn


class Same(nn.Linear):
    """Neither a constructor nor a forward of its own."""


class Named(nn.Conv2d):
    def __init__(self, c_in: int, c_out: int, k: int) -> None:
        super().__init__(c_in, c_out, k, padding=(k - 1) // 2, bias=False)


class Scaled(nn.Linear):
    def __init__(self, d: int, e: int, gain: float = 1.0) -> None:
        super().__init__(d, e)
        self.gain = gain

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) * self.gain


class Causal(nn.Conv1d):
    def __init__(self, c: int, d: int, k: int, dilation: int = 1, **kwargs: Any) -> None:
        super().__init__(c, d, k, padding=dilation * (k - 1), dilation=dilation, **kwargs)
        self.extra = dilation * (k - 1)

    def forward(self, x: Float[Tensor, "b {self.in_channels} t"]) -> Float[Tensor, "b {self.out_channels} t"]:
        return super().forward(x)[:, :, : x.shape[2]]


class Norm2d(nn.LayerNorm):
    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        y = x.permute(0, 2, 3, 1)
        y = F.layer_norm(y, self.normalized_shape, self.weight, self.bias, self.eps)
        return y.permute(0, 3, 1, 2)


class Norm32(nn.GroupNorm):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.float()).type(input.dtype)


class Tied(nn.Embedding):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) * self.embedding_dim**0.5

    def logits(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t v"]:
        return F.linear(x, self.weight)


def used(x: Float[Tensor, "b 32"], image: Float[Tensor, "b 3 64 64"], wave: Float[Tensor, "b 8 t"]) -> None:
    reveal(Same(32, 64)(x))  # N: Float[Tensor, "b 64"]
    Same(16, 64)(x)  # E: [shape-mismatch]
    Named(3, 8, 3)(image)
    Named(16, 8, 3)(image)  # E: [shape-mismatch]
    Scaled(32, 64)(x)
    Scaled(32, 64, gain=0.5)(x)
    Causal(8, 16, 3)(wave)
    Norm2d(3)(image)
    Norm32(1, 3)(image)
    Tied(10, 8)(torch.arange(4))
    nn.Sequential(Same(32, 64), nn.ReLU(), Same(64, 2))(x)
    nn.Sequential(Same(32, 64), nn.ReLU(), Same(32, 2))(x)  # E: [shape-mismatch]
    nn.Sequential(Named(3, 8, 3), nn.BatchNorm2d(8))(image)


def linear(d: int, e: int, zero: bool = False) -> nn.Linear:
    layer = nn.Linear(d, e)
    if zero:
        nn.init.zeros_(layer.weight)
        layer.bias.data.zero_()
    return layer


def activation(name: str) -> nn.Module:
    return {"relu": nn.ReLU(), "gelu": nn.GELU()}[name]


def norm(kind: str, c: int) -> nn.BatchNorm2d | nn.GroupNorm:
    return nn.BatchNorm2d(c) if kind == "batch" else nn.GroupNorm(32, c)


class Made(nn.Module):
    def __init__(self, d: int, hidden: int = 0, name: str = "relu", kind: str = "batch", glu: bool = False) -> None:
        super().__init__()
        self.d = d
        hidden = hidden or 4 * d
        self.up = linear(d, hidden)
        self.down = linear(hidden, d, zero=True)
        self.act = activation(name)
        self.norm = norm(kind, d)
        self.gate = nn.Linear(d, hidden) if glu else None
        if glu:
            self.out: nn.Module = nn.Linear(d, d)
        else:
            self.out = nn.Identity()
        self.setup()
        self.lazy = nn.LazyLinear(d)
        self.conv = nn.LazyConv2d(d, 3, padding=1)

    def setup(self) -> None:
        self.extra = nn.Linear(self.d, self.d)
        for i in range(2):
            setattr(self, f"layer{i}", nn.Linear(self.d, self.d))

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        y = self.act(self.up(x))
        if self.gate is not None:
            y = y * self.gate(x)
        y = self.out(self.down(y))
        y = self.extra(y)
        for i in range(2):
            y = getattr(self, f"layer{i}")(y)
        return self.lazy(y)

    def image(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b {self.d} h w"]:
        return self.norm(self.conv(x))


class Base(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.proj = nn.Linear(d, d)

    def encode(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        return self.proj(x)


class Derived(Base):
    def __init__(self, d: int, e: int) -> None:
        super().__init__(d)
        self.e = e
        self.head = nn.Linear(d, e)

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.e}"]:
        return self.head(self.encode(x))


class Replaced(Base):
    def __init__(self, d: int) -> None:
        super().__init__(d)
        self.proj = nn.Linear(d, 2 * d)

    def encode(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        a, b = self.proj(x).chunk(2, dim=-1)
        return a * b.sigmoid()


def normed(x: Float[Tensor, "b 32"]) -> None:
    layer = torch.nn.utils.parametrizations.weight_norm(nn.Linear(32, 8))
    layer(x)
    nn.utils.spectral_norm(nn.Linear(32, 8))(x)
    nn.DataParallel(nn.Linear(32, 8))(x)
    model = nn.Linear(32, 8)
    model.to("cpu").eval()(x)
    model.requires_grad_(False)
    reveal(model.eval()(x))
    model.weight.t() @ model.weight
    x @ model.weight.t()
    x @ model.weight  # E: Right operand of "@" does not fit: axis -2 is 8, expected 32  [shape-mismatch]
