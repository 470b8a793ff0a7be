"""Reshaping: -1, sizes as values, heads, flattening, transposing."""

import torch
from einops import rearrange, reduce, repeat
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor, nn


def numbers(x: Float[Tensor, "b 8 6"]) -> None:
    reveal(x.view(-1, 48))  # N: Float[Tensor, "b 48"]
    reveal(x.view(x.size(0), -1))  # N: Float[Tensor, "b 48"]
    reveal(x.reshape(-1))  # N: Float[Tensor, "48*b"]
    reveal(x.flatten(1))  # N: Float[Tensor, "b 48"]
    reveal(x.flatten())  # N: Float[Tensor, "48*b"]
    reveal(torch.flatten(x, start_dim=1))  # N: Float[Tensor, "b 48"]
    reveal(x.unflatten(1, (2, 4)))  # N: Float[Tensor, "b 2 4 6"]
    reveal(x.unflatten(-1, (3, -1)))  # N: Float[Tensor, "b 8 3 2"]
    reveal(x.view(x.shape[0], 2, 4, *x.shape[2:]))  # N: Float[Tensor, "b 2 4 6"]
    reveal(x.reshape(*x.shape[:-1], 2, 3))  # N: Float[Tensor, "b 8 2 3"]
    reveal(x.reshape(x.shape[:1] + (-1,)))  # N: Float[Tensor, "b 48"]
    reveal(x.reshape([x.shape[0], 48]))  # N: Float[Tensor, "b 48"]
    reveal(x.view((-1, 6)))  # N: Float[Tensor, "8*b 6"]
    reveal(x.view_as(x))  # N: Float[Tensor, "b 8 6"]
    reveal(nn.Flatten()(x))  # N: Float[Tensor, "b 48"]
    reveal(nn.Flatten(0)(x))  # N: Float[Tensor, "48*b"]
    reveal(nn.Unflatten(1, (2, 4))(x))  # N: Float[Tensor, "b 2 4 6"]
    reveal(x.mT)  # N: Float[Tensor, "b 6 8"]
    reveal(x.permute(0, 2, 1))  # N: Float[Tensor, "b 6 8"]
    reveal(x.permute((2, 0, 1)))  # N: Float[Tensor, "6 b 8"]
    reveal(x.movedim(-1, 0))  # N: Float[Tensor, "6 b 8"]
    reveal(x.swapaxes(0, 1))  # N: Float[Tensor, "8 b 6"]
    x.view(x.shape[0], 47)  # E: [shape-mismatch]
    x.view(-1, 32).view(x.shape[0], 32)  # E: [shape-mismatch]
    x.view(-1, 10)
    x.view(-1, 96)
    x.unflatten(1, (3, 3))  # E: [shape-mismatch]
    x.permute(0, 1)  # E: [shape-mismatch]
    x.permute(0, 1, 1)  # E: [shape-mismatch]
    x.transpose(1, 3)  # E: [shape-mismatch]
    x.t()  # E: [shape-mismatch]


def units(x: Float[Tensor, "b 1 t"], y: Float[Tensor, "b t"]) -> None:
    reveal(x.squeeze(1))  # N: Float[Tensor, "b t"]
    reveal(x.squeeze(-1))
    reveal(y.unsqueeze(1))  # N: Float[Tensor, "b 1 t"]
    reveal(y.unsqueeze(-1))  # N: Float[Tensor, "b t 1"]
    reveal(y[None])  # N: Float[Tensor, "1 b t"]
    reveal(y.expand(3, -1, -1))  # N: Float[Tensor, "3 b t"]
    reveal(x.expand(-1, 4, -1))  # N: Float[Tensor, "b 4 t"]
    reveal(y.repeat(2, 1))  # N: Float[Tensor, "2*b t"]
    reveal(y.repeat(2, 1, 1))  # N: Float[Tensor, "2 b t"]
    reveal(y.repeat_interleave(3, dim=0))  # N: Float[Tensor, "3*b t"]
    reveal(y.tile(2))  # N: Float[Tensor, "b 2*t"]
    y.expand(4, -1)  # E: [shape-mismatch]
    y.expand(-1)  # E: [shape-mismatch]
    y.unsqueeze(3)  # E: [shape-mismatch]
    y.repeat(2)  # E: [shape-mismatch]
    x.expand_as(y)  # E: [shape-mismatch]


class Heads(nn.Module):
    def __init__(self, d: int, h: int) -> None:
        super().__init__()
        self.d, self.h = d, h
        self.d_k = d // h
        self.q = nn.Linear(d, d)

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        b, t, _ = x.shape
        a = self.q(x).view(b, t, self.h, self.d_k).transpose(1, 2)
        c = self.q(x).view(b, -1, self.h, self.d_k).transpose(1, 2)
        e = self.q(x).view(b, t, self.h, -1).transpose(1, 2)
        f = self.q(x).unflatten(-1, (self.h, self.d_k)).transpose(1, 2)
        g = self.q(x).reshape(b, t, self.h, self.d // self.h).transpose(1, 2)
        total = a + c + e + f + g
        return total.transpose(1, 2).contiguous().view(b, -1, self.h * self.d_k)

    def flat(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        y = x.view(*x.shape[:2], self.h, self.d_k)
        return y.flatten(2)

    def einops(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        y = rearrange(x, "b t (h d) -> b h t d", h=self.h)
        return rearrange(y, "b h t d -> b t (h d)")


def windows(x: Float[Tensor, "b h w c"], size: int) -> Float[Tensor, "b h w c"]:
    b, h, w, c = x.shape
    y = x.view(b, h // size, size, w // size, size, c)
    y = y.permute(0, 1, 3, 2, 4, 5).reshape(-1, size * size, c)
    y = y.view(b, h // size, w // size, size, size, c).permute(0, 1, 3, 2, 4, 5)
    return y.reshape(b, h, w, c)


def shuffled(x: Float[Tensor, "b c h w"], groups: int) -> Float[Tensor, "b c h w"]:
    b, c, h, w = x.shape
    return x.view(b, groups, c // groups, h, w).transpose(1, 2).reshape(b, -1, h, w)


def patches(x: Float[Tensor, "b 3 224 224"]) -> Float[Tensor, "b 196 768"]:
    y = x.unfold(2, 16, 16).unfold(3, 16, 16)
    reveal(y)  # N: Float[Tensor, "b 3 14 14 16 16"]
    reveal(rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=16, q=16))  # N: Float[Tensor, "b 196 768"]
    reveal(reduce(x, "b c (h 2) (w 2) -> b c h w", "mean"))  # N: Float[Tensor, "b 3 112 112"]
    reveal(repeat(x, "b c h w -> b c (2 h) w"))  # N: Float[Tensor, "b 3 448 224"]
    rearrange(x, "b c h -> b h c")  # E: [shape-mismatch]
    return y.permute(0, 2, 3, 1, 4, 5).reshape(x.shape[0], 196, 768)


def folded(x: Float[Tensor, "b t n d"]) -> Float[Tensor, "b t n d"]:
    b, t, n, d = x.shape
    y = x.reshape(b * t, n, d)
    y = nn.Linear(8, 8)(y.mT.reshape(-1, 8)).reshape(b * t, d, n).mT
    return y.view(b, t, n, d)


def split_time(x: Float[Tensor, "b t d"], factor: int) -> None:
    b, t, d = x.shape
    x = x[:, : t // factor * factor]
    y = x.reshape(b, t // factor, factor * d)
    y.view(b, -1, d)
    x.reshape(b, -1, factor, d).mean(2)


def complex_parts(x: Float[Tensor, "b t d 2"]) -> None:
    reveal(torch.view_as_complex(x).abs())  # N: "b t d"
