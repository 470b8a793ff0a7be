"""What is not annotated is unknown, and the unknown is accepted everywhere."""

from dataclasses import dataclass
from typing import Any, Callable

import torch
import torch.nn.functional as F
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor, nn


@dataclass
class Config:
    d: int = 64
    heads: int = 4
    layers: Any = None


def plain(x: Tensor, y: Tensor, n: int, extra: Any) -> Tensor:
    x + y
    x @ y
    torch.cat([x, y], dim=n)
    x.view(-1, n)
    x.view(n, 4, -1).transpose(1, 2)
    x.softmax(n)
    F.cross_entropy(x, y)
    F.cross_entropy(extra, y)
    x[extra]
    x[extra, :, n]
    x.transpose(n, -1)
    x.sum(extra)
    torch.einsum(extra, x, y)
    torch.einsum("ij,jk->ik", x, y)
    x.permute(*extra)
    x.reshape(extra)
    nn.Linear(n, 3)(x)
    nn.Linear(extra, extra)(x)
    nn.Linear(*extra)(x)
    nn.Linear(**extra)(x)
    nn.Conv2d(n, extra, (3, n))(x)
    F.softmax(extra, dim=-1)
    getattr(x, "sum")(1)
    getattr(F, "relu")(x)
    x.new_zeros(*x.shape[:-1], n) + y
    x.expand(*y.shape)
    x.to(extra) * extra
    extra(x) + x
    torch.stack([extra, x])
    torch.where(extra, x, 0)
    F.mse_loss(x, extra)
    for one in x:
        one + y
    first, *rest = x.split(n)
    f = x.shape[7]
    a, b = x.shape
    c, d, e = y.shape
    assert x.ndim == 2
    return x.squeeze()


class Any1(nn.Module):
    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.config = config
        self.fc = nn.Linear(config.d, config.d)
        self.attention = nn.MultiheadAttention(config.d, config.heads, batch_first=config.batch_first)
        self.layers = nn.ModuleList([nn.Linear(config.d, config.d) for _ in range(config.layers)])
        self.act = getattr(nn, config.act)()
        self.mlp = nn.Sequential(*[getattr(nn, name)() for name in config.names])
        self.norm = config.norm(config.d)
        self.lstm = nn.LSTM(config.d, config.d, batch_first=config.batch_first, bidirectional=config.both)
        self.conv = nn.Conv1d(config.d, config.d, config.k, padding=config.p, stride=config.s)

    def forward(self, x: Float[Tensor, "b t d"], *others: Tensor, **more: Any) -> Float[Tensor, "b t d"]:
        y = self.act(self.fc(x))
        y, _ = self.attention(y, y, y)
        y, (h, c) = self.lstm(y)
        y = y + h[-1] + c[0]
        y = self.conv(y.transpose(1, 2)).mT
        for layer in self.layers:
            y = y + layer(y)
        for other in others:
            y = y * other
        y = more["norm"](y) + more.get("bias", 0)
        return self.norm(self.mlp(y)) + x


class Untyped(nn.Module):
    def __init__(self, d, hidden=None, act=nn.GELU):  # type: ignore[no-untyped-def]
        super().__init__()
        hidden = hidden or d
        self.a = nn.Linear(d, hidden)
        self.b = nn.Linear(hidden, d)
        self.act = act()

    def forward(self, x, mask=None):  # type: ignore[no-untyped-def]
        x = self.b(self.act(self.a(x)))
        if mask is not None:
            x = x.masked_fill(mask, 0)
        return x.view(x.shape[0], -1, 3)


class Typed(nn.Module):
    def __init__(self, config: Config, make: Callable[[int], nn.Module]) -> None:
        super().__init__()
        self.config = config
        self.inner = Untyped(config.d)
        self.made = make(config.d)
        self.q = nn.Linear(config.d, config.d)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        y = self.inner(x)
        y = self.made(y)
        reveal(y)  # N: Any
        return self.q(y) + x

    def heads(self, x: Float[Tensor, "b t {self.config.d}"]) -> Float[Tensor, "b h t e"]:
        b, t, d = x.shape
        return self.q(x).view(b, t, self.config.heads, d // self.config.heads).transpose(1, 2)


def higher(f: Callable[[Tensor], Tensor], g: Callable[..., Any], x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    torch.vmap(f)(x)
    torch.func.grad(g)(x)
    y = x.apply_(g)
    y = torch.utils._pytree.tree_map(f, {"x": x})["x"]
    return f(x) + g(x) + g(f)(x) + y


def data(
    batch: dict[str, Any], items: list[Any], row: dict[str, Tensor], pair: tuple[Tensor, ...]
) -> Float[Tensor, "b c"]:
    x, y = batch["x"], batch["y"]
    logits = nn.Linear(8, 2)(x)
    F.cross_entropy(logits, y)
    F.cross_entropy(row["logits"], row["labels"])
    F.mse_loss(pair[0], pair[-1])
    torch.stack(items)
    torch.cat(list(pair), dim=-1) + torch.tensor(items)
    loaded = torch.load("x.pt")
    return logits + loaded["bias"]
