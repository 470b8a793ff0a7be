"""Attention: heads are split and merged, scores are over keys, masks broadcast."""

import math
from typing import Optional

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from neuraltypes import reveal
from torch import Tensor, nn


class MultiHead(nn.Module):
    def __init__(self, d: int, h: int, dropout: float = 0.1) -> None:
        super().__init__()
        assert d % h == 0
        self.d, self.h, self.d_head = d, h, d // h
        self.qkv = nn.Linear(d, 3 * d, bias=False)
        self.out = nn.Linear(d, d)
        self.dropout = nn.Dropout(dropout)

    def split(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b {self.h} t {self.d_head}"]:
        b, t, _ = x.shape
        return x.view(b, t, self.h, self.d_head).transpose(1, 2)

    def forward(
        self, x: Float[Tensor, "b t {self.d}"], mask: Optional[Bool[Tensor, "b t"]] = None
    ) -> Float[Tensor, "b t {self.d}"]:
        b, t, d = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = self.split(q), self.split(k), self.split(v)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d_head)
        reveal(scores)  # N: Float[Tensor, "b h t t"]
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :], float("-inf"))
        weights = self.dropout(scores.softmax(dim=-1))
        y = (weights @ v).transpose(1, 2).contiguous().view(b, t, d)
        return self.out(y)


class Fused(nn.Module):
    def __init__(self, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d)
        self.proj = nn.Linear(d, d)
        self.register_buffer("bias", torch.tril(torch.ones(1024, 1024)).view(1, 1, 1024, 1024))
        self.bias: Tensor

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        b, t, c = x.size()
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.bias[:, :, :t, :t] == 0, float("-inf"))
        y = F.softmax(att, dim=-1) @ v
        return self.proj(y.transpose(1, 2).reshape(b, t, c))


def flash(q: Float[Tensor, "b h t d"], k: Float[Tensor, "b h s d"], v: Float[Tensor, "b h s e"]) -> None:
    reveal(F.scaled_dot_product_attention(q, k, v))  # N: Float[Tensor, "b h t e"]
    F.scaled_dot_product_attention(q, k, v, is_causal=True)
    F.scaled_dot_product_attention(q, v, k)  # E: [shape-mismatch]
    scores = torch.einsum("bhtd,bhsd->bhts", q, k)
    reveal(scores)  # N: Float[Tensor, "b h t s"]
    reveal(torch.einsum("bhts,bhse->bhte", scores.softmax(-1), v))  # N: Float[Tensor, "b h t e"]
    torch.einsum("bhtd,bhsd->bhts", q, v)  # E: [shape-mismatch]
    q @ k  # E: [shape-mismatch]
    reveal(torch.matmul(q, k.mT))  # N: Float[Tensor, "b h t s"]


def causal(x: Float[Tensor, "b h t d"]) -> Float[Tensor, "b h t t"]:
    t = x.shape[-2]
    scores = x @ x.mT
    mask = torch.ones(t, t, dtype=torch.bool).triu(1)
    reveal(mask)  # N: Bool[Tensor, "t t"]
    return scores.masked_fill(mask, -1e9).softmax(-1)


def relative(x: Float[Tensor, "b h t d"], table: Float[Tensor, "positions d"]) -> Float[Tensor, "b h t t"]:
    t = x.shape[2]
    index = torch.arange(t)[:, None] - torch.arange(t)[None, :] + t - 1
    reveal(index)  # N: Int64[Tensor, "t t"]
    return torch.einsum("bhqd,qkd->bhqk", x, table[index])


def torch_module(x: Float[Tensor, "b t 64"], ignore: Bool[Tensor, "b t"], other: Float[Tensor, "b s 32"]) -> None:
    att = nn.MultiheadAttention(64, 4, batch_first=True)
    y, weights = att(x, x, x, key_padding_mask=ignore)
    reveal(y)  # N: "b t 64"
    reveal(weights)  # N: "b t t"
    y, none = att(x, x, x, need_weights=False)
    reveal(y)  # N: "b t 64"
    cross = nn.MultiheadAttention(64, 4, kdim=32, vdim=32, batch_first=True)
    reveal(cross(x, other, other)[0])  # N: "b t 64"
    reveal(cross(x, other, other)[1])  # N: "b t s"
    cross(x, x, x)  # E: [shape-mismatch]
    att(x, other, other)  # E: [shape-mismatch]
    per_head = att(x, x, x, average_attn_weights=False)[1]
    reveal(per_head)  # N: "b 4 t t"
    layer = nn.TransformerEncoderLayer(64, 4, batch_first=True)
    reveal(nn.TransformerEncoder(layer, 6)(x, src_key_padding_mask=ignore))  # N: Float[Tensor, "b t 64"]
    nn.TransformerEncoder(layer, 6)(other)  # E: [shape-mismatch]


def grouped(q: Float[Tensor, "b 8 t d"], k: Float[Tensor, "b 2 t d"], v: Float[Tensor, "b 2 t d"]) -> None:
    reveal(k.repeat_interleave(4, dim=1))  # N: Float[Tensor, "b 8 t d"]
    reveal(k[:, :, None].expand(-1, -1, 4, -1, -1).flatten(1, 2))  # N: Float[Tensor, "b 8 t d"]
    F.scaled_dot_product_attention(q, k, v)  # E: [shape-mismatch]
    F.scaled_dot_product_attention(q, k, v, enable_gqa=True)


def rotary(
    x: Float[Tensor, "b h t d"], cos: Float[Tensor, "t d"], sin: Float[Tensor, "t d"]
) -> Float[Tensor, "b h t d"]:
    half = x.shape[-1] // 2
    rotated = torch.cat((-x[..., half:], x[..., :half]), dim=-1)
    a, b = x.chunk(2, dim=-1)
    torch.cat([-b, a], dim=-1) * sin
    return x * cos + rotated * sin


def rotary_stacked(x: Float[Tensor, "b t h d"], cos: Float[Tensor, "t d"]) -> Float[Tensor, "b t h d"]:
    even, odd = x[..., ::2], x[..., 1::2]
    rotated = torch.stack([-odd, even], dim=-1).flatten(-2)
    del rotated
    return x * cos[:, None]


def complex_rotary(x: Float[Tensor, "b t h 64"]) -> None:
    pairs = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    reveal(pairs)  # N: Complex64[Tensor, "b t h 32"]
    reveal(torch.view_as_real(pairs).flatten(3))  # N: Float32[Tensor, "b t h 64"]
