"""Indexing: slices, masks, tensors, None and dots."""

import torch
from jaxtyping import Bool, Float, Int
from neuraltypes import reveal
from torch import Tensor


def slices(x: Float[Tensor, "b t 64"], n: int) -> None:
    reveal(x[0])  # N: Float[Tensor, "t 64"]
    reveal(x[:, 0])  # N: Float[Tensor, "b 64"]
    reveal(x[..., 0])  # N: Float[Tensor, "b t"]
    reveal(x[:, -1:])  # N: Float[Tensor, "b 1 64"]
    reveal(x[:, None])  # N: Float[Tensor, "b 1 t 64"]
    reveal(x[..., None, :])  # N: Float[Tensor, "b t 1 64"]
    reveal(x[..., :32])  # N: Float[Tensor, "b t 32"]
    reveal(x[..., 32:])  # N: Float[Tensor, "b t 32"]
    reveal(x[..., ::2])  # N: Float[Tensor, "b t 32"]
    reveal(x[..., -10:])  # N: Float[Tensor, "b t 10"]
    reveal(x[..., :-10])  # N: Float[Tensor, "b t 54"]
    reveal(x[..., 100:])  # N: Float[Tensor, "b t 0"]
    reveal(x[:, 1:])  # N: Float[Tensor, "b t-1 64"]
    reveal(x[:, :-1])  # N: Float[Tensor, "b t-1 64"]
    reveal(x[:, 1:-1])  # N: Float[Tensor, "b t-2 64"]
    reveal(x[0, 1, 2])  # N: Float[Tensor, ""]
    reveal(x[:, n])  # N: Float[Tensor, "b 64"]
    reveal(x[:, : x.shape[1]])  # N: Float[Tensor, "b t 64"]
    x[:, :n] + x[:, :n]
    x[:, n:] + x[:, n:]
    x[:, 1:] - x[:, :-1]
    x[:, 1:] - x  # E: [shape-mismatch]
    x[0, 0, 0, 0]  # E: [shape-mismatch]
    x[..., 0, 0, 0, 0]  # E: [shape-mismatch]
    x[..., 64]  # E: [shape-mismatch]
    x[..., 63]
    x[:, :, -64]


def tensors(
    x: Float[Tensor, "b t 64"],
    at: Int[Tensor, "b"],
    two: Int[Tensor, "b k"],
    table: Float[Tensor, "v d"],
    seen: Bool[Tensor, "b t"],
) -> None:
    rows = torch.arange(x.shape[0])
    reveal(x[rows, at])  # N: Float[Tensor, "b 64"]
    reveal(x[rows, -1])  # N: Float[Tensor, "b 64"]
    reveal(x[rows[:, None], two])  # N: Float[Tensor, "b k 64"]
    reveal(table[two])  # N: Float[Tensor, "b k d"]
    reveal(table[two].sum(1))  # N: Float[Tensor, "b d"]
    reveal(x[:, at])  # N: Float[Tensor, "b b 64"]
    reveal(x[seen])  # N: "_ 64"
    reveal(x[seen, 0])  # N: "_"
    reveal(x[:, [0, 2, 5]])  # N: Float[Tensor, "b 3 64"]
    reveal(x[[0, 1]])  # N: Float[Tensor, "2 t 64"]
    reveal(x[at, :, 0])  # N: Float[Tensor, "b t"]
    reveal(x[at, :, at])  # N: Float[Tensor, "b t"]
    reveal(x.gather(1, two[..., None].expand(-1, -1, 64)))  # N: Float[Tensor, "b k 64"]
    reveal(x.index_select(1, at))  # N: Float[Tensor, "b b 64"]
    reveal(torch.take_along_dim(x, two[..., None], dim=1))  # N: Float[Tensor, "b k 64"]
    x[rows, two]  # E: [shape-mismatch]
    x[seen.T]  # E: [shape-mismatch]
    x.gather(1, two)  # E: [shape-mismatch]
    x[x.sum(-1) > 0]
    x[x > 0]
    x[at.float()]  # E: [dtype-mismatch]
    x[seen][:, 0]


def found(x: Float[Tensor, "b t"], k: int) -> None:
    values, indices = x.topk(5, dim=-1)
    reveal(values)  # N: Float[Tensor, "b 5"]
    reveal(indices)  # N: Int64[Tensor, "b 5"]
    top = x.topk(k).indices
    x.gather(1, top)
    reveal(x.sort(dim=1).values)  # N: Float[Tensor, "b t"]
    reveal(x.argsort(-1, descending=True))  # N: Int64[Tensor, "b t"]
    reveal(x.max(dim=1)[0])  # N: Float[Tensor, "b"]
    reveal(x.kthvalue(2).values)  # N: Float[Tensor, "b"]
    reveal(torch.where(x > 0)[0])  # N: Tensor
    reveal(x.nonzero())  # N: Int64[Tensor, "_ 2"]
    row, column = x.nonzero(as_tuple=True)
    reveal(x[row, column])  # N: Float[Tensor, "_"]
    threshold = x.topk(k).values[:, -1:]
    x.masked_fill(x < threshold, float("-inf"))
    threshold = torch.topk(x, k)[0][..., -1, None]
    x[x < threshold] = -1.0


def nucleus(logits: Float[Tensor, "b v"], p: float) -> Float[Tensor, "b v"]:
    ordered, index = torch.sort(logits, descending=True, dim=-1)
    cumulative = ordered.softmax(-1).cumsum(-1)
    remove = cumulative > p
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = False
    mask = remove.scatter(1, index, remove)
    return logits.masked_fill(mask, float("-inf"))


def windows(x: Float[Tensor, "b t d"]) -> None:
    reveal(x.unfold(1, 4, 2))  # N: "b t//2-1 d 4"
    reveal(x.narrow(1, 0, 5))  # N: Float[Tensor, "b 5 d"]
    reveal(x.select(1, 0))  # N: Float[Tensor, "b d"]
    reveal(x.roll(1, 1))  # N: Float[Tensor, "b t d"]
    for row in x:
        reveal(row)  # N: Float[Tensor, "t d"]
    first, *_ = x
    a, b = x[:2]
    reveal(len(x))


def slices_made_by_calls(x: Float[Tensor, "b t 64"], n: int) -> None:
    reveal(x[slice(None), slice(0, 8)])  # N: Float[Tensor, "b _ 64"]
    reveal(x[..., slice(4, 8)])  # N: Float[Tensor, "b t 4"]
    reveal(x[..., slice(10)])  # N: Float[Tensor, "b t 10"]
    reveal(x[..., slice(None, None, 2)])  # N: Float[Tensor, "b t 32"]
    reveal(x[slice(n)])  # N: Float[Tensor, "_ t 64"]
