"""C96 caches_of_every_kind: preallocated, rolling and growing caches, grouped heads, streaming convolutions. A checker must stay silent."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule


@dataclass(frozen=True)
class Config:
    d: int = 16
    heads: int = 4
    kv_heads: int = 2
    max_len: int = 32

    @property
    def head_dim(self) -> int:
        return self.d // self.heads


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


class CachedAttention(NeuralModule):
    def __init__(self, *, config: Config, batch: int) -> None:
        super().__init__()
        self.config = config
        self.q = nn.Linear(config.d, config.heads * config.head_dim)
        self.kv = nn.Linear(config.d, 2 * config.kv_heads * config.head_dim)
        self.out = nn.Linear(config.d, config.d)
        half = config.head_dim // 2
        angles = torch.arange(config.max_len)[:, None] * (10000.0 ** (-torch.arange(half) / half))[None]
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())
        self.register_buffer("cache_k", torch.zeros(batch, config.kv_heads, config.max_len, config.head_dim))
        self.register_buffer("cache_v", torch.zeros(batch, config.kv_heads, config.max_len, config.head_dim))

    cos: Tensor
    sin: Tensor
    cache_k: Tensor
    cache_v: Tensor

    def forward(
        self, *, x: Float[Tensor, "batch time {self.config.d}"], start: int
    ) -> Float[Tensor, "batch time {self.config.d}"]:
        b, t, _ = x.shape
        c = self.config
        q = self.q(x).view(b, t, c.heads, c.head_dim).transpose(1, 2)
        k, v = self.kv(x).view(b, t, 2, c.kv_heads, c.head_dim).permute(2, 0, 3, 1, 4)
        cos, sin = self.cos[start : start + t], self.sin[start : start + t]
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        self.cache_k[:b, :, start : start + t] = k.detach()
        self.cache_v[:b, :, start : start + t] = v.detach()
        keys, values = self.cache_k[:b, :, : start + t], self.cache_v[:b, :, : start + t]
        groups = c.heads // c.kv_heads
        keys, values = keys.repeat_interleave(groups, dim=1), values.repeat_interleave(groups, dim=1)
        keep = torch.arange(start + t)[None, :] <= torch.arange(start, start + t)[:, None]
        y = F.scaled_dot_product_attention(q, keys, values, attn_mask=keep)
        return self.out(y.transpose(1, 2).flatten(2))


class StreamingConv(NeuralModule):
    def __init__(self, *, channels: int, kernel: int) -> None:
        super().__init__()
        self.channels, self.kernel = channels, kernel
        self.conv = nn.Conv1d(channels, channels, kernel)

    def forward(
        self,
        *,
        chunk: Float[Tensor, "batch {self.channels} t"],
        past: Float[Tensor, "batch {self.channels} {self.kernel}-1"],
    ) -> tuple[Float[Tensor, "batch {self.channels} t"], Float[Tensor, "batch {self.channels} {self.kernel}-1"]]:
        joined = torch.cat([past, chunk], dim=2)
        return self.conv(joined), joined[:, :, -(self.kernel - 1) :]


def reordered(cache: Float[Tensor, "layers beams heads time d"], beams: Int[Tensor, "beams"]) -> Tensor:
    return cache.index_select(1, beams)


def main() -> None:
    torch.manual_seed(0)
    attention = CachedAttention(config=Config(), batch=2)
    x = torch.randn(2, 6, 16)
    parts = torch.cat([attention(x=x[:, :4], start=0), attention(x=x[:, 4:], start=4)], dim=1)
    conv = StreamingConv(channels=3, kernel=4)
    y, past = conv(chunk=torch.randn(2, 3, 5), past=torch.zeros(2, 3, 3))
    same = torch.allclose(parts, attention(x=x, start=0), atol=1e-5)
    print("GOOD" if same else "WRONG", tuple(y.shape), tuple(past.shape))
    print(tuple(reordered(torch.zeros(2, 3, 2, 4, 4), torch.tensor([2, 0, 0])).shape))


if __name__ == "__main__":
    main()
