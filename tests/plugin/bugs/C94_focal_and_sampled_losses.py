"""C94 focal_and_sampled_losses: logits corrected, filtered and shifted; log-probabilities made probabilities and back. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ClassificationTarget, LogitsType, LogprobsType, LossType, ProbsType


class Focal(NeuralModule):
    def __init__(self, *, classes: int, gamma: float = 2.0) -> None:
        super().__init__()
        self.classes, self.gamma = classes, gamma

    def forward(
        self,
        *,
        logits: NeuralType[Float[Tensor, "batch {self.classes}"], LogitsType],
        labels: NeuralType[Int[Tensor, "batch"], ClassificationTarget],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        log_p = logits.log_softmax(dim=-1)
        log_pt = log_p.gather(1, labels[:, None]).squeeze(1)
        pt = log_pt.exp()
        return (-((1 - pt) ** self.gamma) * log_pt).mean()


class SampledSoftmax(NeuralModule):
    """Items of the batch are negatives, corrected by how often they are drawn."""

    def __init__(self, *, items: int, d: int) -> None:
        super().__init__()
        self.items = nn.Embedding(items, d)
        self.register_buffer("frequency", torch.full((items,), 1.0 / items))

    frequency: Tensor

    def forward(
        self, *, users: Float[Tensor, "batch d"], bought: Int[Tensor, "batch"]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        logits = users @ self.items(bought).T - self.frequency[bought].log()
        twice = bought[:, None] == bought[None, :]
        twice = twice & ~torch.eye(bought.size(0), dtype=torch.bool)
        return F.cross_entropy(logits.masked_fill(twice, -1e4), torch.arange(bought.size(0)))


def nucleus(
    logits: NeuralType[Float[Tensor, "batch vocab"], LogitsType], top_p: float, temperature: float
) -> NeuralType[Float[Tensor, "batch vocab"], ProbsType]:
    logits = logits / temperature
    ordered, index = logits.sort(dim=-1, descending=True)
    cumulative = ordered.softmax(dim=-1).cumsum(dim=-1)
    drop = cumulative - ordered.softmax(dim=-1) > top_p
    drop = torch.zeros_like(drop).scatter(1, index, drop)
    return logits.masked_fill(drop, float("-inf")).softmax(dim=-1)


def perturbed(logits: NeuralType[Float[Tensor, "batch vocab"], LogitsType]) -> Int[Tensor, "batch"]:
    noise = -torch.log(-torch.log(torch.rand_like(logits).clamp(min=1e-9)))
    return (logits + noise).argmax(dim=-1)


def averaged(
    a: NeuralType[Float[Tensor, "batch vocab"], LogprobsType], b: NeuralType[Float[Tensor, "batch vocab"], LogprobsType]
) -> NeuralType[Float[Tensor, "batch vocab"], LogprobsType]:
    return torch.logsumexp(torch.stack([a, b]), dim=0) - math.log(2)


def prior_term(
    probs: NeuralType[Float[Tensor, "batch clusters"], ProbsType],
) -> NeuralType[Float[Tensor, ""], LossType]:
    used = probs.mean(dim=0)
    uniform = torch.full_like(used, 1.0 / used.numel())
    return F.kl_div(used.clamp(min=1e-8).log(), uniform, reduction="sum")


def main() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(4, 6), torch.randint(0, 6, (4,))
    log_p = logits.log_softmax(-1)
    print(
        "GOOD",
        Focal(classes=6)(logits=logits, labels=labels).ndim,
        SampledSoftmax(items=6, d=3)(users=torch.randn(4, 3), bought=labels).ndim,
        tuple(nucleus(logits, 0.9, 0.7).shape),
        tuple(perturbed(logits).shape),
        tuple(averaged(log_p, log_p).shape),
        prior_term(logits.softmax(-1)).ndim,
    )


if __name__ == "__main__":
    main()
