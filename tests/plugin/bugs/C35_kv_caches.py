"""kv_caches: growing, static and rolling caches, Optional state, grouped heads, a loop that generates. A checker must stay silent."""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn


@dataclass(frozen=True)
class AttentionConfig:
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 8


@dataclass(frozen=True)
class Config:
    vocab: int = 11
    d_model: int = 32
    layers: int = 2
    window: int = 16
    attention: AttentionConfig = field(default_factory=AttentionConfig)


@dataclass
class LayerCache:
    k: Float[Tensor, "b kv past d"] | None = None
    v: Float[Tensor, "b kv past d"] | None = None

    def update(
        self, k: Float[Tensor, "b kv t d"], v: Float[Tensor, "b kv t d"]
    ) -> tuple[Float[Tensor, "b kv s d"], Float[Tensor, "b kv s d"]]:
        if self.k is not None and self.v is not None:
            k, v = torch.cat([self.k, k], dim=2), torch.cat([self.v, v], dim=2)
        self.k, self.v = k, v
        return k, v

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.shape[2]


class StaticCache(nn.Module):
    k: Tensor

    def __init__(self, batch: int, cfg: Config) -> None:
        super().__init__()
        a = cfg.attention
        self.register_buffer("k", torch.zeros(batch, a.kv_heads, cfg.window, a.head_dim))

    def write(self, at: int, k: Float[Tensor, "b kv t d"]) -> Float[Tensor, "b kv s d"]:
        t = k.shape[2]
        self.k[:, :, at : at + t] = k
        return self.k[:, :, : at + t]

    def roll(self, k: Float[Tensor, "b kv 1 d"]) -> Float[Tensor, "b kv window d"]:
        self.k = torch.cat([self.k[:, :, 1:], k], dim=2)
        return self.k


class Attention(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        a = cfg.attention
        self.a = a
        self.q = nn.Linear(cfg.d_model, a.heads * a.head_dim, bias=False)
        self.kv = nn.Linear(cfg.d_model, 2 * a.kv_heads * a.head_dim, bias=False)
        self.o = nn.Linear(a.heads * a.head_dim, cfg.d_model, bias=False)

    def forward(self, x: Float[Tensor, "b t d_model"], cache: LayerCache | None = None) -> Float[Tensor, "b t d_model"]:
        b, t, _ = x.shape
        a = self.a
        q = self.q(x).view(b, t, a.heads, a.head_dim).transpose(1, 2)
        k, v = self.kv(x).view(b, t, 2, a.kv_heads, a.head_dim).permute(2, 0, 3, 1, 4)
        past = 0
        if cache is not None:
            past = cache.length
            k, v = cache.update(k, v)
        k, v = (y.repeat_interleave(a.heads // a.kv_heads, dim=1) for y in (k, v))
        keep = torch.ones(t, past + t, dtype=torch.bool).tril(diagonal=past)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        return self.o(out.transpose(1, 2).contiguous().view(b, t, -1))


class GPT(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.cfg = cfg
        self.embed = nn.Embedding(cfg.vocab, cfg.d_model)
        self.layers = nn.ModuleList([Attention(cfg) for _ in range(cfg.layers)])
        self.norm = nn.RMSNorm(cfg.d_model)

    def forward(
        self, tokens: Int64[Tensor, "b t"], caches: list[LayerCache] | None = None
    ) -> Float[Tensor, "b t vocab"]:
        x = self.embed(tokens)
        for i, layer in enumerate(self.layers):
            x = x + layer(self.norm(x), None if caches is None else caches[i])
        return self.norm(x) @ self.embed.weight.T

    @torch.inference_mode()
    def generate(self, prompt: Int64[Tensor, "b t"], steps: int) -> Int64[Tensor, "b total"]:
        caches = [LayerCache() for _ in self.layers]
        out, fresh = prompt, prompt
        for _ in range(steps):
            logits = self(fresh, caches)[:, -1]
            fresh = logits.argmax(-1, keepdim=True)
            out = torch.cat([out, fresh], dim=1)
        return out


def main() -> None:
    torch.manual_seed(0)
    m = GPT(Config())
    prompt = torch.randint(0, 11, (2, 3))
    out = m.generate(prompt, 4)
    full = prompt
    for _ in range(4):
        full = torch.cat([full, m(full)[:, -1].argmax(-1, keepdim=True)], 1)
    assert torch.equal(out, full)
    s = StaticCache(2, Config())
    print(
        "GOOD",
        tuple(out.shape),
        tuple(s.write(3, torch.randn(2, 2, 4, 8)).shape),
        tuple(s.roll(torch.randn(2, 2, 1, 8)).shape),
    )


if __name__ == "__main__":
    main()
