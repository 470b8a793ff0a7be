"""A parameter by the name of `logits` or `log_probs`, where probabilities belong: as a whole, in part, and scaled."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


def sampled(
    logits: Float[Tensor, "b v"], log_probs: Float[Tensor, "b v"], k: Float[Tensor, "b v"], temperature: float
) -> None:
    torch.multinomial(logits / temperature, 1)  # E: holds LogitsType, by its name, expected ProbsType
    torch.multinomial(logits[:, :5], 1)  # E: holds LogitsType, by its name
    torch.multinomial(logits.detach().float() * 2, 1)  # E: holds LogitsType, by its name
    torch.multinomial(log_probs, 1)  # E: holds LogprobsType, by its name
    torch.multinomial(log_probs.exp(), 1)
    torch.multinomial(logits / logits.sum(-1, keepdim=True), 1)
    torch.multinomial(logits.softmax(-1)[:, :5], 1)
    torch.multinomial(k / temperature, 1)


def distilled(s: Float[Tensor, "b v"], teacher_logits: Float[Tensor, "b v"], teacher: Float[Tensor, "b v"]) -> None:
    log_p = F.log_softmax(s, dim=-1)
    F.kl_div(log_p, teacher_logits / 2.0)  # E: expected ProbsType (or log_target=True)  [element-mismatch]
    F.kl_div(log_p, teacher_logits, log_target=True)  # they may be log-probabilities
    F.kl_div(log_p, teacher_logits.softmax(-1))
    F.kl_div(log_p, teacher)
    F.cross_entropy(s, teacher_logits.softmax(-1))


def targets(x: Float[Tensor, "b v"], teacher_logits: Float[Tensor, "b v"], teacher: Float[Tensor, "b v"]) -> None:
    F.binary_cross_entropy(x.sigmoid(), teacher_logits)  # E: holds LogitsType, expected ProbsType or labels
    F.binary_cross_entropy_with_logits(x, teacher_logits)  # E: holds LogitsType, expected ProbsType or labels
    nn.BCEWithLogitsLoss()(x, teacher_logits)  # E: holds LogitsType, expected ProbsType or labels
    F.cross_entropy(x, teacher_logits)  # E: holds LogitsType, expected ProbsType or labels
    F.cross_entropy(x, teacher_logits.softmax(-1))
    F.cross_entropy(x, teacher)
    F.binary_cross_entropy_with_logits(teacher_logits, teacher)
    F.mse_loss(x, teacher_logits)
