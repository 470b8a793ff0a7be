"""Reductions: which axes are gone, which are kept."""

import torch
from jaxtyping import Bool, Float, Int
from neuraltypes import reveal
from torch import Tensor


def gone(x: Float[Tensor, "b t d"], n: int, dims: tuple[int, ...]) -> None:
    reveal(x.sum())  # N: Float[Tensor, ""]
    reveal(x.sum(1))  # N: Float[Tensor, "b d"]
    reveal(x.sum(-1))  # N: Float[Tensor, "b t"]
    reveal(x.sum(dim=(1, 2)))  # N: Float[Tensor, "b"]
    reveal(x.sum([0, 1]))  # N: Float[Tensor, "d"]
    reveal(x.mean(1, keepdim=True))  # N: Float[Tensor, "b 1 d"]
    reveal(x.mean(1, True))  # N: Float[Tensor, "b 1 d"]
    reveal(x.mean(dim=(-2, -1), keepdim=True))  # N: Float[Tensor, "b 1 1"]
    reveal(torch.mean(x, dim=1))  # N: Float[Tensor, "b d"]
    reveal(torch.sum(x, (0, 1)))  # N: Float[Tensor, "d"]
    reveal(x.std(dim=0))  # N: Float[Tensor, "t d"]
    reveal(x.var(-1, unbiased=False, keepdim=True))  # N: Float[Tensor, "b t 1"]
    reveal(x.norm(dim=-1))  # N: Float[Tensor, "b t"]
    reveal(x.norm())  # N: Float[Tensor, ""]
    reveal(torch.linalg.norm(x, dim=-1))  # N: Float[Tensor, "b t"]
    reveal(torch.linalg.vector_norm(x, dim=-1, keepdim=True))  # N: Float[Tensor, "b t 1"]
    reveal(x.max())  # N: Float[Tensor, ""]
    reveal(x.amax(dim=1))  # N: Float[Tensor, "b d"]
    reveal(x.amax((1, 2)))  # N: Float[Tensor, "b"]
    reveal(x.argmax())  # N: Int64[Tensor, ""]
    reveal(x.argmax(-1, keepdim=True))  # N: Int64[Tensor, "b t 1"]
    reveal(x.logsumexp(-1))  # N: Float[Tensor, "b t"]
    reveal(x.prod(1))  # N: Float[Tensor, "b d"]
    reveal(x.median(dim=1).values)  # N: Float[Tensor, "b d"]
    reveal(x.median())  # N: Float[Tensor, ""]
    reveal(x.cumsum(1))  # N: Float[Tensor, "b t d"]
    reveal(x.any(-1))  # N: Bool[Tensor, "b t"]
    reveal(x.quantile(0.5, dim=1))
    reveal(x.count_nonzero(dim=1))  # N: Int64[Tensor, "b d"]
    reveal(torch.var_mean(x, dim=1)[1])  # N: Float[Tensor, "b d"]
    reveal(x.sum(n))  # N: "_ _"
    reveal(x.sum(dims))
    x.sum(3)  # E: [shape-mismatch]
    x.mean(-4)  # E: [shape-mismatch]
    x.sum(1).sum(2)  # E: [shape-mismatch]
    x.sum((1, 1))  # E: [shape-mismatch]
    x.max(1).max(0)  # E: [attr-defined]


def extremes(x: Float[Tensor, "b t d"]) -> None:
    values, index = x.max(dim=1)
    reveal(values)  # N: Float[Tensor, "b d"]
    reveal(index)  # N: Int64[Tensor, "b d"]
    reveal(x.max(1)[0])  # N: Float[Tensor, "b d"]
    reveal(x.min(dim=-1, keepdim=True).values)  # N: Float[Tensor, "b t 1"]
    reveal(x.min(dim=-1, keepdim=True).indices)  # N: Int64[Tensor, "b t 1"]
    reveal(torch.max(x, 1).values)  # N: Float[Tensor, "b d"]
    reveal(torch.max(x, x))  # N: Float[Tensor, "b t d"]
    _, best = torch.max(x, dim=-1)
    reveal(best)  # N: Int64[Tensor, "b t"]
    low, high = torch.aminmax(x, dim=1)
    reveal(high)  # N: Float[Tensor, "b d"]


def masked_mean(x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"]) -> Float[Tensor, "b d"]:
    weights = mask.unsqueeze(-1).float()
    total = (x * weights).sum(1)
    count = weights.sum(1).clamp(min=1)
    reveal(count)  # N: Float32[Tensor, "b 1"]
    return total / count


def masked_mean_by_counts(x: Float[Tensor, "b t d"], mask: Bool[Tensor, "b t"]) -> Float[Tensor, "b d"]:
    total = (x * mask[..., None]).sum(dim=1)
    total / mask.sum(1)  # E: [shape-mismatch]
    return total / mask.sum(1)[:, None]


def by_lengths(x: Float[Tensor, "b t d"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b d"]:
    mask = torch.arange(x.size(1), device=x.device)[None, :] < lengths[:, None]
    x = x.masked_fill(~mask[..., None], 0)
    return x.sum(1) / lengths.unsqueeze(1)


def instance_norm(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
    mean, var = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True)
    return (x - mean) / (var + 1e-5).sqrt()


def group_norm(x: Float[Tensor, "b c h w"], groups: int) -> Float[Tensor, "b c h w"]:
    b, c, h, w = x.shape
    y = x.view(b, groups, -1)
    y = (y - y.mean(-1, keepdim=True)) / y.std(-1, keepdim=True)
    return y.view(b, c, h, w)


def gram(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c c"]:
    b, c, h, w = x.size()
    y = x.view(b, c, h * w)
    return y.bmm(y.transpose(1, 2)) / (c * h * w)


def accuracy(logits: Float[Tensor, "b c"], y: Int[Tensor, "b"]) -> float:
    top = logits.topk(5, dim=1).indices
    hits = top.eq(y.view(-1, 1).expand_as(top))
    reveal(hits)  # N: Bool[Tensor, "b 5"]
    hits[:, :1].float().sum() / len(y)
    return (logits.argmax(1) == y).float().mean().item()


def topk_transposed(logits: Float[Tensor, "b c"], y: Int[Tensor, "b"]) -> None:
    _, top = logits.topk(5, 1, True, True)
    top = top.t()
    correct = top.eq(y.view(1, -1).expand_as(top))
    correct[:1].reshape(-1).float().sum(0, keepdim=True)
    for k in (1, 5):
        correct[:k].reshape(-1).float().sum(0)
