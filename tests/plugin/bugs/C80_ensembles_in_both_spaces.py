"""C80 ensembles_in_both_spaces: probabilities are averaged and logged, logits are averaged, log-probabilities joined by logsumexp. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, LogprobsType, LossType, ProbsType


class Ensemble(nn.Module):
    def __init__(self, d: int, classes: int, members: int = 3) -> None:
        super().__init__()
        self.members = nn.ModuleList([nn.Linear(d, classes) for _ in range(members)])

    def forward(self, x: Float[Tensor, "b d"]) -> NeuralType[Float[Tensor, "members b classes"], LogitsType]:
        return torch.stack([member(x) for member in self.members])


def mean_probs(
    logits: NeuralType[Float[Tensor, "members b classes"], LogitsType],
) -> NeuralType[Float[Tensor, "b classes"], ProbsType]:
    return logits.softmax(dim=-1).mean(dim=0)


def mixture(
    logits: NeuralType[Float[Tensor, "members b classes"], LogitsType],
) -> NeuralType[Float[Tensor, "b classes"], LogprobsType]:
    return logits.log_softmax(dim=-1).logsumexp(dim=0) - math.log(logits.shape[0])


def losses(
    logits: NeuralType[Float[Tensor, "members b classes"], LogitsType], y: Int[Tensor, "b"]
) -> NeuralType[Float[Tensor, ""], LossType]:
    by_probs = F.nll_loss(mean_probs(logits).clamp(min=1e-8).log(), y)
    by_mixture = F.nll_loss(mixture(logits), y)
    product = F.cross_entropy(logits.mean(dim=0), y)
    members = F.cross_entropy(logits.flatten(0, 1), y.repeat(logits.shape[0]))
    return by_probs + by_mixture + product + members


def disagreement(logits: NeuralType[Float[Tensor, "members b classes"], LogitsType]) -> Float[Tensor, "b"]:
    p = mean_probs(logits)
    each = logits.softmax(-1)
    entropy = -(p * p.clamp(min=1e-8).log()).sum(-1)
    return entropy + (each * each.clamp(min=1e-8).log()).sum(-1).mean(0)


def main() -> None:
    torch.manual_seed(0)
    logits, y = Ensemble(4, 5)(torch.randn(6, 4)), torch.randint(5, (6,))
    print("GOOD", tuple(losses(logits, y).shape), tuple(disagreement(logits).shape))


if __name__ == "__main__":
    main()
