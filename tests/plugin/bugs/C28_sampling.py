"""sampling: top-k, nucleus and typical sampling, repetition penalties, speculative acceptance. A checker must stay silent."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor


def top_k(logits: Float[Tensor, "b vocab"], k: int) -> Float[Tensor, "b vocab"]:
    threshold = logits.topk(k, dim=-1).values[..., -1, None]
    return torch.where(logits < threshold, torch.full_like(logits, -torch.inf), logits)


def nucleus(logits: Float[Tensor, "b vocab"], p: float) -> Float[Tensor, "b vocab"]:
    ordered, order = logits.sort(dim=-1, descending=True)
    cumulative = ordered.softmax(dim=-1).cumsum(dim=-1)
    remove = cumulative > p
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = False
    return logits.masked_fill(remove.scatter(1, order, remove), -torch.inf)


def typical(logits: Float[Tensor, "b vocab"], mass: float) -> Float[Tensor, "b vocab"]:
    log_probs = logits.log_softmax(-1)
    entropy = -(log_probs.exp() * log_probs).sum(-1, keepdim=True)
    surprise = (-log_probs - entropy).abs()
    order = surprise.argsort(dim=-1)
    cumulative = logits.gather(-1, order).softmax(-1).cumsum(-1)
    last = (cumulative < mass).sum(dim=-1, keepdim=True).clamp(max=logits.shape[-1] - 1)
    threshold = surprise.gather(-1, order).gather(-1, last)
    return logits.masked_fill(surprise > threshold, -torch.inf)


def penalize(logits: Float[Tensor, "b vocab"], seen: Int64[Tensor, "b t"], penalty: float) -> Float[Tensor, "b vocab"]:
    score = logits.gather(1, seen)
    score = torch.where(score < 0, score * penalty, score / penalty)
    return logits.scatter(1, seen, score)


def accepted(
    draft: Float[Tensor, "b steps vocab"], target: Float[Tensor, "b steps vocab"], tokens: Int64[Tensor, "b steps"]
) -> Int64[Tensor, "b"]:
    index = tokens.unsqueeze(-1)
    ratio = (target.softmax(-1).gather(2, index) / draft.softmax(-1).gather(2, index)).squeeze(2)
    keep: Bool[Tensor, "b steps"] = torch.rand_like(ratio) < ratio
    return keep.long().cumprod(dim=1).sum(dim=1)


@torch.no_grad()
def sample(logits: Float[Tensor, "b t vocab"], temperature: float = 1.0) -> Int64[Tensor, "b 1"]:
    last = logits[:, -1, :] / max(temperature, 1e-5)
    noise = -torch.empty_like(last).exponential_().log()
    return (nucleus(top_k(last, 3), 0.9) + noise).argmax(dim=-1, keepdim=True)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 4, 7)
    y = penalize(typical(x[:, 0], 0.8), torch.randint(0, 7, (2, 3)), 1.2)
    n = accepted(x, x + 0.1, torch.randint(0, 7, (2, 4)))
    print("GOOD", tuple(sample(x).shape), tuple(y.shape), tuple(n.shape))


if __name__ == "__main__":
    main()
