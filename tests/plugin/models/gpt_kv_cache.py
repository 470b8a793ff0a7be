"""GPT-2 that generates with a cache of keys and values: Radford et al. 2019."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal

Past = tuple[Float[Tensor, "b _ past _"], Float[Tensor, "b _ past _"]]
Present = tuple[Float[Tensor, "b _ total _"], Float[Tensor, "b _ total _"]]


class CausalSelfAttention(nn.Module):
    def __init__(self, n_embd: int, n_head: int) -> None:
        super().__init__()
        self.n_embd = n_embd
        self.n_head = n_head
        self.c_attn = nn.Linear(n_embd, 3 * n_embd)
        self.c_proj = nn.Linear(n_embd, n_embd)

    def forward(
        self, x: Float[Tensor, "b t {self.n_embd}"], past: Past | None = None
    ) -> tuple[Float[Tensor, "b t {self.n_embd}"], Present]:
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        if past is not None:
            past_key, past_value = past
            k = torch.cat((past_key, k), dim=-2)
            v = torch.cat((past_value, v), dim=-2)
        S = k.size(-2)
        mask = torch.ones(T, S, dtype=torch.bool, device=x.device).tril(diagonal=S - T)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        y = self.c_proj(y)
        reveal(y)  # N: Revealed neural type is Float[Tensor, "b t n_embd"]
        return y, (k, v)


class MLP(nn.Module):
    def __init__(self, n_embd: int) -> None:
        super().__init__()
        self.n_embd = n_embd
        self.c_fc = nn.Linear(n_embd, 4 * n_embd)
        self.gelu = nn.GELU(approximate="tanh")
        self.c_proj = nn.Linear(4 * n_embd, n_embd)

    def forward(self, x: Float[Tensor, "b t {self.n_embd}"]) -> Float[Tensor, "b t {self.n_embd}"]:
        x = self.c_fc(x)
        x = self.gelu(x)
        x = self.c_proj(x)
        return x


class Block(nn.Module):
    def __init__(self, n_embd: int, n_head: int) -> None:
        super().__init__()
        self.n_embd = n_embd
        self.ln_1 = nn.LayerNorm(n_embd)
        self.attn = CausalSelfAttention(n_embd, n_head)
        self.ln_2 = nn.LayerNorm(n_embd)
        self.mlp = MLP(n_embd)

    def forward(
        self, x: Float[Tensor, "b t {self.n_embd}"], past: Past | None = None
    ) -> tuple[Float[Tensor, "b t {self.n_embd}"], Present]:
        attn, present = self.attn(self.ln_1(x), past)
        x = x + attn
        x = x + self.mlp(self.ln_2(x))
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b t n_embd"]
        return x, present


class GPT(nn.Module):
    def __init__(self, vocab_size: int, block_size: int, n_layer: int, n_head: int, n_embd: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.block_size = block_size
        self.wte = nn.Embedding(vocab_size, n_embd)
        self.wpe = nn.Embedding(block_size, n_embd)
        self.h = nn.ModuleList([Block(n_embd, n_head) for _ in range(n_layer)])
        self.ln_f = nn.LayerNorm(n_embd)
        self.lm_head = nn.Linear(n_embd, vocab_size, bias=False)
        self.wte.weight = self.lm_head.weight

    def forward(
        self, idx: Int[Tensor, "b t"], past: list[Past] | None = None
    ) -> tuple[Float[Tensor, "b t {self.vocab_size}"], list[Present]]:
        _, t = idx.size()
        offset = 0 if past is None else past[0][0].size(-2)
        pos = torch.arange(offset, offset + t, dtype=torch.long, device=idx.device)
        x = self.wte(idx) + self.wpe(pos)
        presents = []
        for i, block in enumerate(self.h):
            x, present = block(x, None if past is None else past[i])
            presents.append(present)
        x = self.ln_f(x)
        logits = self.lm_head(x)
        reveal(logits)  # N: Revealed neural type is Float[Tensor, "b _ vocab_size"]
        return logits, presents

    @torch.no_grad()
    def generate(
        self, idx: Int[Tensor, "b t"], max_new_tokens: int, top_k: int | None = None
    ) -> Int[Tensor, "b total"]:
        logits, past = self(idx)
        for _ in range(max_new_tokens):
            last = logits[:, -1, :] / 0.8
            if top_k is not None:
                v, _ = torch.topk(last, min(top_k, last.size(-1)))
                last[last < v[:, [-1]]] = -float("inf")
            probs = F.softmax(last, dim=-1)
            following = torch.multinomial(probs, num_samples=1)
            idx = torch.cat((idx, following), dim=1)
            logits, past = self(following, past)
        reveal(idx)  # N: Revealed neural type is Shaped[Tensor, "b _"]
        return idx


def check() -> Tensor:
    model = GPT(vocab_size=50, block_size=20, n_layer=2, n_head=4, n_embd=16)
    prompt = torch.randint(0, 50, (2, 7))
    model.generate(prompt, max_new_tokens=3, top_k=5)
    _, past = model(prompt)
    logits, _ = model(torch.randint(0, 50, (2, 1)), past)
    return reveal(logits)  # N: Revealed neural type is Float[Tensor, "batch=2 time=1 50"]
