"""Losses, and what they are given."""

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from neuraltypes import NeuralType
from neuraltypes.elements import LogprobsType, LossType


def ctc(
    log_probs: NeuralType[Float[Tensor, "b t v"], LogprobsType],
    targets: Int[Tensor, "b n"],
    lengths: Int[Tensor, "b"],
    target_lengths: Int[Tensor, "b"],
) -> NeuralType[Float[Tensor, ""], LossType]:
    return F.ctc_loss(log_probs.transpose(0, 1), targets, lengths, target_lengths)


def frames(x: Float[Tensor, "b t"], size: int = 4) -> Float[Tensor, "b t//{size} {size}"]:
    b, t = x.shape
    return x[:, : t // size * size].reshape(b, t // size, size)


def total(losses: list[Float[Tensor, ""]], weights: dict[str, Float[Tensor, "n"]]) -> Float[Tensor, "n"]:
    return sum(losses) * weights["all"]


def frame_loss(scores: Float[Tensor, "b t v"], targets: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
    return F.cross_entropy(scores.transpose(1, 2), targets)
