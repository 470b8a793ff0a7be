"""language_modelling: shifted labels, packed documents, ALiBi, T5 buckets, prefix masks, chunked losses, MLM, DPO. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn


def alibi(heads: int, t: int) -> Float[Tensor, "{heads} {t} {t}"]:
    slopes = 2.0 ** (-8 * torch.arange(1, heads + 1) / heads)
    distance = torch.arange(t)[None, :] - torch.arange(t)[:, None]
    return slopes[:, None, None] * distance.clamp(max=0)


def document_mask(segments: Int64[Tensor, "b t"]) -> Bool[Tensor, "b 1 t t"]:
    same = segments[:, None, :, None] == segments[:, None, None, :]
    causal = torch.ones(segments.shape[1], segments.shape[1], dtype=torch.bool).tril()
    return same & causal


def positions(segments: Int64[Tensor, "b t"]) -> Int64[Tensor, "b t"]:
    start = torch.cat([torch.ones_like(segments[:, :1], dtype=torch.bool), segments[:, 1:] != segments[:, :-1]], dim=1)
    index = torch.arange(segments.shape[1]).expand_as(segments)
    return index - torch.where(start, index, 0).cummax(dim=1).values


def prefix_mask(prefix: Int64[Tensor, "b"], t: int) -> Bool[Tensor, "b {t} {t}"]:
    causal = torch.tril(torch.ones(t, t)).bool()
    return causal[None] | (torch.arange(t)[None, None, :] < prefix[:, None, None])


class RelativeBias(nn.Module):
    def __init__(self, heads: int, buckets: int = 8, far: int = 16) -> None:
        super().__init__()
        self.buckets, self.far = buckets, far
        self.table = nn.Embedding(buckets, heads)

    def bucket(self, distance: Int64[Tensor, "q k"]) -> Int64[Tensor, "q k"]:
        n = (-distance).clamp(min=0)
        exact = self.buckets // 2
        large = (
            exact
            + (torch.log(n.float().clamp(min=1) / exact) / math.log(self.far / exact) * (self.buckets - exact)).long()
        )
        return torch.where(n < exact, n, large.clamp(max=self.buckets - 1))

    def forward(self, q: int, k: int) -> Float[Tensor, "1 heads {q} {k}"]:
        distance = torch.arange(k)[None, :] - torch.arange(q)[:, None]
        return self.table(self.bucket(distance)).permute(2, 0, 1).unsqueeze(0)


class Block(nn.Module):
    def __init__(self, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)

    def forward(
        self, x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b 1 t t"], bias: Float[Tensor, "1 heads t t"]
    ) -> Float[Tensor, "b t d"]:
        q, k, v = self.qkv(self.norm(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / q.shape[-1] ** 0.5 + bias
        weights = scores.masked_fill(mask.logical_not(), torch.finfo(scores.dtype).min).softmax(-1)
        return x + self.out((weights @ v).transpose(1, 2).flatten(2))


class LM(nn.Module):
    def __init__(self, vocab: int, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.embed, self.pos = nn.Embedding(vocab, d), nn.Embedding(32, d)
        self.block, self.relative = Block(d, heads), RelativeBias(heads)
        self.head = nn.Linear(d, vocab, bias=False)

    def hidden(self, tokens: Int64[Tensor, "b t"], segments: Int64[Tensor, "b t"]) -> Float[Tensor, "b t d"]:
        t = tokens.shape[1]
        x = self.embed(tokens) + self.pos(positions(segments))
        return self.block(x, document_mask(segments), self.relative(t, t) + alibi(self.heads, t))

    def forward(self, tokens: Int64[Tensor, "b t"], segments: Int64[Tensor, "b t"]) -> Float[Tensor, ""]:
        logits = self.head(self.hidden(tokens, segments))
        shifted, labels = logits[:, :-1].contiguous(), tokens[:, 1:].contiguous()
        labels = labels.masked_fill(segments[:, 1:] != segments[:, :-1], -100)
        return F.cross_entropy(shifted.view(-1, shifted.size(-1)), labels.view(-1), ignore_index=-100)

    def chunked(self, tokens: Int64[Tensor, "b t"], segments: Int64[Tensor, "b t"], chunk: int) -> Float[Tensor, ""]:
        h, y = self.hidden(tokens, segments)[:, :-1].flatten(0, 1), tokens[:, 1:].flatten()
        total = h.new_zeros(())
        for part, labels in zip(h.split(chunk), y.split(chunk), strict=True):
            total = total + F.cross_entropy(self.head(part), labels, reduction="sum")
        return total / y.numel()

    def sequence_log_prob(self, tokens: Int64[Tensor, "b t"], answer: Bool[Tensor, "b t"]) -> Float[Tensor, "b"]:
        log_probs = self.head(self.hidden(tokens, torch.zeros_like(tokens)))[:, :-1].log_softmax(-1)
        chosen = log_probs.gather(2, tokens[:, 1:, None]).squeeze(2)
        return (chosen * answer[:, 1:]).sum(-1)


def dpo(
    policy: LM, reference: LM, good: Tensor, bad: Tensor, answer: Bool[Tensor, "b t"], beta: float = 0.1
) -> Float[Tensor, ""]:
    with torch.no_grad():
        ref = reference.sequence_log_prob(good, answer) - reference.sequence_log_prob(bad, answer)
    margin = policy.sequence_log_prob(good, answer) - policy.sequence_log_prob(bad, answer) - ref
    return -F.logsigmoid(beta * margin).mean()


def mask_tokens(
    tokens: Int64[Tensor, "b t"], mask_id: int, vocab: int
) -> tuple[Int64[Tensor, "b t"], Int64[Tensor, "b t"]]:
    chosen = torch.bernoulli(torch.full(tokens.shape, 0.15)).bool()
    labels = torch.where(chosen, tokens, -100)
    draw = torch.rand(tokens.shape)
    inputs = tokens.masked_fill(chosen & (draw < 0.8), mask_id)
    inputs = torch.where(chosen & (draw > 0.9), torch.randint(vocab, tokens.shape), inputs)
    return inputs, labels


def main() -> None:
    torch.manual_seed(0)
    m, tokens, segments = (
        LM(11, 8, 2),
        torch.randint(0, 11, (2, 6)),
        torch.tensor([[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2]]),
    )
    losses = [
        m(tokens, segments),
        m.chunked(tokens, segments, 4),
        dpo(m, LM(11, 8, 2), tokens, tokens.flip(0), segments > 0),
    ]
    x, y = mask_tokens(tokens, 10, 11)
    print(
        "GOOD",
        all(v.shape == () for v in losses),
        tuple(x.shape),
        tuple(y.shape),
        tuple(prefix_mask(torch.tensor([1, 3]), 5).shape),
    )


if __name__ == "__main__":
    main()
