"""chunked_attention: exact attention over chunks of keys with a running maximum, and over chunks of queries. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


def online_attention(
    q: Float[Tensor, "b h t d"], k: Float[Tensor, "b h s d"], v: Float[Tensor, "b h s e"], chunk: int
) -> Float[Tensor, "b h t e"]:
    scale = 1 / math.sqrt(q.shape[-1])
    out = q.new_zeros(*q.shape[:-1], v.shape[-1])
    total = q.new_zeros(*q.shape[:-1], 1)
    best = torch.full_like(total, -torch.inf)
    for start in range(0, k.shape[2], chunk):
        scores = q @ k[:, :, start : start + chunk].transpose(-2, -1) * scale
        new_best = torch.maximum(best, scores.amax(dim=-1, keepdim=True))
        weight = torch.exp(scores - new_best)
        decay = torch.exp(best - new_best)
        out = out * decay + weight @ v[:, :, start : start + chunk]
        total = total * decay + weight.sum(dim=-1, keepdim=True)
        best = new_best
    return out / total


def attention_by_queries(
    q: Float[Tensor, "b h t d"], k: Float[Tensor, "b h s d"], v: Float[Tensor, "b h s d"], chunk: int
) -> Float[Tensor, "b h t d"]:
    parts = [F.scaled_dot_product_attention(part, k, v) for part in q.split(chunk, dim=2)]
    return torch.cat(parts, dim=2)


class LocalAttention(nn.Module):
    def __init__(self, window: int) -> None:
        super().__init__()
        self.window = window

    def forward(
        self, q: Float[Tensor, "b t d"], k: Float[Tensor, "b t d"], v: Float[Tensor, "b t d"]
    ) -> Float[Tensor, "b t d"]:
        b, t, d = q.shape
        w = self.window
        pad = -t % w
        q, k, v = (F.pad(x, (0, 0, 0, pad)).view(b, -1, w, d) for x in (q, k, v))
        before = F.pad(k, (0, 0, 0, 0, 1, 0))[:, :-1]
        keys = torch.cat([before, k], dim=2)
        values = torch.cat([F.pad(v, (0, 0, 0, 0, 1, 0))[:, :-1], v], dim=2)
        scores = torch.einsum("bnid,bnjd->bnij", q, keys) / d**0.5
        i, j = torch.arange(w)[:, None] + w, torch.arange(2 * w)[None, :]
        scores = scores.masked_fill(j > i, -1e9)
        out = torch.einsum("bnij,bnjd->bnid", scores.softmax(-1), values)
        return out.reshape(b, -1, d)[:, :t]


def main() -> None:
    torch.manual_seed(0)
    q, k, v = torch.randn(2, 3, 7, 4), torch.randn(2, 3, 9, 4), torch.randn(2, 3, 9, 4)
    ref = F.scaled_dot_product_attention(q, k, v)
    assert torch.allclose(online_attention(q, k, v, 4), ref, atol=1e-5)
    assert torch.allclose(attention_by_queries(q, k, v, 2), ref, atol=1e-5)
    x = torch.randn(2, 10, 4)
    print("GOOD", tuple(LocalAttention(4)(x, x, x).shape))


if __name__ == "__main__":
    main()
