"""Logarithms and what they are the logarithms of do not go together: probabilities, variances."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogprobsType, NormalDistributionLogVarianceType, ProbsType

Scores = NeuralType[Float[Tensor, "b beams"], LogprobsType]


def beams_and_probabilities(scores: Scores, logits: Float[Tensor, "b beams vocab"]) -> None:
    scores.unsqueeze(-1) + logits.softmax(dim=-1)  # E: holds probabilities  [element-mismatch]
    logits.sigmoid() - scores.unsqueeze(-1)  # E: holds probabilities  [element-mismatch]
    torch.add(scores.unsqueeze(-1), logits.softmax(dim=-1))  # E: holds probabilities  [element-mismatch]
    scores.unsqueeze(-1) + logits.log_softmax(dim=-1)
    scores.unsqueeze(-1).exp() + logits.softmax(dim=-1)
    scores.unsqueeze(-1) + logits.softmax(dim=-1).log()
    scores.unsqueeze(-1) * logits.softmax(dim=-1)
    scores.unsqueeze(-1) + 0.1 * logits
    scores + 0.5
    1.0 - logits.sigmoid()


def by_their_names(
    logits: Float[Tensor, "b actions"], action: Int[Tensor, "b"], old_log_probs: Float[Tensor, "b"]
) -> None:
    wrong = F.softmax(logits, dim=-1).gather(1, action.unsqueeze(1)).squeeze(1)
    torch.exp(wrong - old_log_probs)  # E: holds probabilities  [element-mismatch]
    right = F.log_softmax(logits, dim=-1).gather(1, action.unsqueeze(1)).squeeze(1)
    torch.exp(right - old_log_probs)
    torch.exp(logits.mean(dim=-1) - old_log_probs)


class Mixture(nn.Module):
    def __init__(self, d: int, k: int) -> None:
        super().__init__()
        self.pi = nn.Linear(d, k)
        self.mu = nn.Linear(d, k)

    def forward(self, x: Float[Tensor, "b d"], y: Float[Tensor, "b 1"]) -> Float[Tensor, "b"]:
        log_prob = -0.5 * (y - self.mu(x)) ** 2
        torch.logsumexp(F.softmax(self.pi(x), dim=-1) + log_prob, dim=-1)  # E: holds probabilities
        return torch.logsumexp(F.log_softmax(self.pi(x), dim=-1) + log_prob, dim=-1)


def variances(
    mean: Float[Tensor, "b d"],
    y: Float[Tensor, "b d"],
    log_var: NeuralType[Float[Tensor, "b d"], NormalDistributionLogVarianceType],
) -> None:
    F.gaussian_nll_loss(mean, y, log_var)  # E: holds logarithms of variances  [element-mismatch]
    nn.GaussianNLLLoss()(mean, y, log_var)  # E: holds logarithms of variances  [element-mismatch]
    F.gaussian_nll_loss(mean, y, log_var.exp())
    F.gaussian_nll_loss(mean, y, F.softplus(log_var))
    F.gaussian_nll_loss(mean, y, mean)


def smoothed(p: NeuralType[Float[Tensor, "b c"], ProbsType], q: Float[Tensor, "b c"]) -> Float[Tensor, "b"]:
    return (p * (p.log() - q.log_softmax(dim=-1))).sum(dim=-1) - p.sum(dim=-1) + 1.0


def thresholds_by_name(x: Float[Tensor, "b 4"], threshold: float = 0.5) -> None:
    logits = nn.Linear(4, 1)(x)
    half = 0.5
    logits > half  # E: a threshold for probabilities  [element-mismatch]
    logits > threshold
    chosen = 0.5
    if x.numel() > 4:
        chosen = 0.0
    logits > chosen
    logits.sigmoid() > half
