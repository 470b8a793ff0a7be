"""What is summed, averaged or counted over the batch, beside what each example has."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from neuraltypes import NeuralType
from neuraltypes.elements import LogDeterminantType, LogitsType, ProbsType
from torch import Tensor


def determinants(
    density: Float[Tensor, "batch"],
    log_det: NeuralType[Float[Tensor, "batch"], LogDeterminantType],
    scales: NeuralType[Float[Tensor, "d"], LogDeterminantType],
    other: Float[Tensor, "batch"],
    row: Float[Tensor, "d"],
) -> None:
    density - log_det.sum()  # E: sums log-determinants over "batch", of which each has its own  [axis-kind]
    torch.sum(log_det) + density  # E: sums log-determinants over "batch"  [axis-kind]
    total = log_det.sum()
    density + total  # E: sums log-determinants over "batch"  [axis-kind]
    torch.sub(density, log_det.sum())  # E: sums log-determinants over "batch"  [axis-kind]
    density - log_det
    density.sum() + log_det.sum()
    density.mean() - log_det.sum() / len(log_det)
    density + scales.sum()
    row + scales.sum()
    density + other.sum()


def means(
    logits: NeuralType[Float[Tensor, "batch k"], LogitsType], prior: NeuralType[Float[Tensor, "k"], ProbsType]
) -> None:
    probs = logits.softmax(-1)
    F.kl_div(probs.mean(dim=0), prior)  # E: holds ProbsType, expected LogprobsType  [element-mismatch]
    F.kl_div(probs.mean(0, keepdim=True).squeeze(0), prior)  # E: holds ProbsType  [element-mismatch]
    F.kl_div(probs.mean(0).log(), prior)
    F.kl_div(probs.mean(1), probs.mean(1))
    F.kl_div(logits.mean(0), prior)
    probs.mean(0).softmax(-1)
    mean = logits.sigmoid().mean(0)
    -(mean * mean.log()).sum()


def lengths(
    x: Float[Tensor, "steps batch classes"],
    n: Int[Tensor, "batch"],
    wide: Int[Tensor, "width"],
    y: Int[Tensor, "batch chars"],
    long: Int[Tensor, "time"],
    pairs: Int[Tensor, "2*rows"],
) -> None:
    log_probs = x.log_softmax(-1)
    F.ctc_loss(log_probs, y, n, n)
    F.ctc_loss(log_probs, y, wide[: len(wide) // 2], n)  # E: holds width//2 lengths, expected batch  [shape-mismatch]
    F.ctc_loss(log_probs, y, n, long[::2])  # E: holds (time+1)//2 lengths, expected batch  [shape-mismatch]
    F.ctc_loss(log_probs, y, pairs[::4], n)
