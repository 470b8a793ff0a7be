"""Llama's decoder: rotary positions (arXiv:2104.09864), grouped queries (2305.13245), RMS norm (1910.07467),
SwiGLU (2002.05202)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Complex, Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def _norm(self, x: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch d"]:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)

    def forward(self, x: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch d"]:
        output = self._norm(x.float()).type_as(x)
        return output * self.weight


def precompute_freqs_cis(dim: int, end: int, theta: float = 10000.0) -> Complex[Tensor, "{end} {dim}//2"]:
    freqs = 1.0 / (theta ** (torch.arange(0, dim, 2)[: (dim // 2)].float() / dim))
    t = torch.arange(end, device=freqs.device)
    freqs = torch.outer(t, freqs).float()
    freqs_cis = torch.polar(torch.ones_like(freqs), freqs)
    reveal(freqs_cis)  # N: Revealed neural type is Complex64[Tensor, "end dim//2"]
    return freqs_cis


def apply_rotary_emb(
    x: Float[Tensor, "b t heads e"], freqs_cis: Complex[Tensor, "t e//2"]
) -> Float[Tensor, "b t heads e"]:
    x_ = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    freqs_cis = freqs_cis[None, :, None, :]
    x_out = torch.view_as_real(x_ * freqs_cis).flatten(3)
    out = x_out.type_as(x)
    reveal(out)  # N: Revealed neural type is Float[Tensor, "b t heads e"]
    return out


def repeat_kv(x: Float[Tensor, "b t kv e"], n_rep: int) -> Float[Tensor, "b t kv*{n_rep} e"]:
    bs, slen, n_kv_heads, head_dim = x.shape
    out = (
        x[:, :, :, None, :]
        .expand(bs, slen, n_kv_heads, n_rep, head_dim)
        .reshape(bs, slen, n_kv_heads * n_rep, head_dim)
    )
    reveal(out)  # N: Revealed neural type is Float[Tensor, "b t kv*n_rep e"]
    return out


class Attention(nn.Module):
    def __init__(self, dim: int, n_heads: int, n_kv_heads: int, head_dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.n_heads = n_heads
        self.n_kv_heads = n_kv_heads
        self.head_dim = head_dim
        self.wq = nn.Linear(dim, n_heads * head_dim, bias=False)
        self.wk = nn.Linear(dim, n_kv_heads * head_dim, bias=False)
        self.wv = nn.Linear(dim, n_kv_heads * head_dim, bias=False)
        self.wo = nn.Linear(n_heads * head_dim, dim, bias=False)

    def forward(
        self,
        x: Float[Tensor, "b t {self.dim}"],
        freqs_cis: Complex[Tensor, "t {self.head_dim}//2"],
        mask: Float[Tensor, "t t"],
    ) -> Float[Tensor, "b t {self.dim}"]:
        bsz, seqlen, _ = x.shape
        xq, xk, xv = self.wq(x), self.wk(x), self.wv(x)
        xq = xq.view(bsz, seqlen, self.n_heads, self.head_dim)
        xk = xk.view(bsz, seqlen, self.n_kv_heads, self.head_dim)
        xv = xv.view(bsz, seqlen, self.n_kv_heads, self.head_dim)
        xq = apply_rotary_emb(xq, freqs_cis)
        xk = apply_rotary_emb(xk, freqs_cis)
        keys = repeat_kv(xk, self.n_heads // self.n_kv_heads)
        values = repeat_kv(xv, self.n_heads // self.n_kv_heads)
        queries, keys, values = xq.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2)
        scores = torch.matmul(queries, keys.transpose(2, 3)) / self.head_dim**0.5
        scores = scores + mask
        scores = F.softmax(scores.float(), dim=-1).type_as(xq)
        output = torch.matmul(scores, values)
        output = output.transpose(1, 2).contiguous().view(bsz, seqlen, -1)
        output = self.wo(output)
        reveal(output)  # N: Revealed neural type is Float[Tensor, "b t dim"]
        return output


class FeedForward(nn.Module):
    def __init__(self, dim: int, hidden_dim: int, multiple_of: int = 8) -> None:
        super().__init__()
        self.dim = dim
        hidden_dim = int(2 * hidden_dim / 3)
        hidden_dim = multiple_of * ((hidden_dim + multiple_of - 1) // multiple_of)
        self.w1 = nn.Linear(dim, hidden_dim, bias=False)
        self.w2 = nn.Linear(hidden_dim, dim, bias=False)
        self.w3 = nn.Linear(dim, hidden_dim, bias=False)

    def forward(self, x: Float[Tensor, "b t {self.dim}"]) -> Float[Tensor, "b t {self.dim}"]:
        x = self.w2(F.silu(self.w1(x)) * self.w3(x))
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b t dim"]
        return x


class TransformerBlock(nn.Module):
    def __init__(self, dim: int, n_heads: int, n_kv_heads: int) -> None:
        super().__init__()
        self.dim = dim
        self.head_dim = dim // n_heads
        self.attention = Attention(dim, n_heads, n_kv_heads, self.head_dim)
        self.feed_forward = FeedForward(dim, 4 * dim)
        self.attention_norm = RMSNorm(dim)
        self.ffn_norm = RMSNorm(dim)

    def forward(
        self,
        x: Float[Tensor, "b t {self.dim}"],
        freqs_cis: Complex[Tensor, "t {self.head_dim}//2"],
        mask: Float[Tensor, "t t"],
    ) -> Float[Tensor, "b t {self.dim}"]:
        h = x + self.attention(self.attention_norm(x), freqs_cis, mask)
        out = h + self.feed_forward(self.ffn_norm(h))
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b t dim"]
        return out


class Transformer(nn.Module):
    def __init__(self, vocab_size: int, dim: int, n_layers: int, n_heads: int, n_kv_heads: int, max_seq: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.tok_embeddings = nn.Embedding(vocab_size, dim)
        self.layers = nn.ModuleList([TransformerBlock(dim, n_heads, n_kv_heads) for _ in range(n_layers)])
        self.norm = RMSNorm(dim)
        self.output = nn.Linear(dim, vocab_size, bias=False)
        self.freqs_cis = precompute_freqs_cis(dim // n_heads, max_seq * 2)

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t {self.vocab_size}"]:
        _bsz, seqlen = tokens.shape
        h = self.tok_embeddings(tokens)
        freqs_cis = self.freqs_cis[:seqlen]
        mask = torch.full((seqlen, seqlen), float("-inf"), device=tokens.device)
        mask = torch.triu(mask, diagonal=1)
        for layer in self.layers:
            h = layer(h, freqs_cis, mask)
        h = self.norm(h)
        output = self.output(h).float()
        reveal(output)  # N: Revealed neural type is Float32[Tensor, "b t vocab_size"]
        return output


def check() -> Tensor:
    model = Transformer(vocab_size=50, dim=16, n_layers=2, n_heads=4, n_kv_heads=2, max_seq=20)
    logits = model(torch.randint(0, 50, (2, 7)))
    return reveal(logits)  # N: Revealed neural type is Float[Tensor, "batch=2 time=7 50"]
