"""Attention, as it is written everywhere, is silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int, dropout: float = 0.1) -> None:
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"{d_model} is no multiple of {num_heads}")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.out = nn.Linear(d_model, d_model)
        self.dropout = nn.Dropout(dropout)

    def split(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b h t k"]:
        b, t, _ = x.shape
        return x.view(b, t, self.num_heads, self.head_dim).transpose(1, 2)

    def merge(self, x: Float[Tensor, "b h t k"]) -> Float[Tensor, "b t d"]:
        b, h, t, k = x.shape
        return x.transpose(1, 2).contiguous().view(b, t, h * k)

    def forward(self, x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"] | None = None) -> Float[Tensor, "b t d"]:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = self.split(q), self.split(k), self.split(v)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], float("-inf"))
        weights = self.dropout(F.softmax(scores, dim=-1))
        y = self.merge(weights @ v)
        y = self.out(y)
        return y


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, d_memory: int) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_model, bias=False)
        self.key = nn.Linear(d_memory, d_model, bias=False)
        self.value = nn.Linear(d_memory, d_model, bias=False)
        self.scale = d_model**-0.5

    def forward(
        self,
        x: Float[Tensor, "b t d"],
        memory: Float[Tensor, "b s m"],
        memory_mask: Bool[Tensor, "b s"] | None = None,
    ) -> tuple[Float[Tensor, "b t d"], Float[Tensor, "b t s"]]:
        q, k, v = self.query(x), self.key(memory), self.value(memory)
        scores = torch.einsum("btd,bsd->bts", q, k) * self.scale
        if memory_mask is None:
            memory_mask = torch.ones(memory.shape[:2], dtype=torch.bool, device=memory.device)
        scores = scores.masked_fill(~memory_mask.unsqueeze(1), torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=-1)
        return weights @ v, weights


class RelativePosition(nn.Module):
    bias: Float[Tensor, "heads distances"]

    def __init__(self, heads: int, max_distance: int) -> None:
        super().__init__()
        self.max_distance = max_distance
        self.bias = nn.Parameter(torch.zeros(heads, 2 * max_distance + 1))

    def forward(self, t: int) -> Float[Tensor, "heads t t"]:
        positions = torch.arange(t)
        distance = positions[None, :] - positions[:, None]
        distance = distance.clamp(-self.max_distance, self.max_distance) + self.max_distance
        return self.bias[:, distance]


def causal_mask(t: int, device: torch.device | None = None) -> Bool[Tensor, "{t} {t}"]:
    return torch.ones(t, t, dtype=torch.bool, device=device).tril()


class Block(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.attention = SelfAttention(d_model, num_heads)
        self.norms = nn.ModuleList([nn.LayerNorm(d_model) for _ in range(2)])
        self.mlp = nn.Sequential(nn.Linear(d_model, 4 * d_model), nn.GELU(), nn.Linear(4 * d_model, d_model))

    def forward(self, x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"] | None = None) -> Float[Tensor, "b t d"]:
        x = x + self.attention(self.norms[0](x), mask)
        x = x + self.mlp(self.norms[1](x))
        return x


class Transformer(nn.Module):
    def __init__(self, d_model: int = 64, num_heads: int = 4, depth: int = 6) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(d_model, num_heads) for _ in range(depth))
        self.norm = nn.LayerNorm(d_model)

    def forward(self, x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"] | None = None) -> Float[Tensor, "b t d"]:
        for block in self.blocks:
            x = block(x, mask)
        out: Float[Tensor, "b t d"] = self.norm(x)
        return out
