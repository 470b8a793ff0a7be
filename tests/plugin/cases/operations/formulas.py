"""Formulas with a number that looks like the right one: variances as deviations, logits as log-probabilities."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.distributions import Normal

from neuraltypes import NeuralType
from neuraltypes.elements import NormalDistributionLogVarianceType


class Latent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stats = nn.Linear(64, 8)

    def wrong(self, x: Float[Tensor, "b 64"]) -> None:
        mu, logvar = self.stats(x).chunk(2, dim=-1)
        mu + torch.randn_like(mu) * logvar.exp()  # E: gives variances of their logarithms  [element-mismatch]
        eps = torch.randn(mu.shape)
        var = torch.exp(logvar)
        mu + var * eps  # E: gives variances of their logarithms  [element-mismatch]
        Normal(mu, var)  # E: "scale" to "Normal" holds variances  [element-mismatch]
        Normal(loc=mu, scale=logvar.exp())  # E: holds variances  [element-mismatch]

    def right(self, x: Float[Tensor, "b 64"]) -> None:
        mu, logvar = self.stats(x).chunk(2, dim=-1)
        mu + torch.randn_like(mu) * (0.5 * logvar).exp()
        mu + torch.randn_like(mu) * torch.exp(logvar / 2)
        mu + torch.randn_like(mu) * logvar.mul(0.5).exp()
        mu + torch.randn_like(mu) * logvar.exp().sqrt()
        mu + torch.randn_like(mu) * logvar.exp() ** 0.5
        Normal(mu, logvar.exp().sqrt())
        (mu - torch.rand_like(mu)) * logvar.exp()
        (-0.5 * (1 + logvar - mu.pow(2) - logvar.exp())).sum()

    def halved(self, x: Float[Tensor, "b 64"]) -> Tensor:
        mu, logvar = self.stats(x).chunk(2, dim=-1)
        half_logvar = 0.5 * logvar
        logvar = logvar * 0.5
        return mu + torch.randn_like(mu) * logvar.exp() + torch.randn_like(mu) * half_logvar.exp()


def declared(
    mean: Float[Tensor, "b z"], s: NeuralType[Float[Tensor, "b z"], NormalDistributionLogVarianceType]
) -> Tensor:
    noise = torch.randn_like(mean)
    return mean + noise * s.exp()  # E: gives variances of their logarithms  [element-mismatch]


def log_scale(mean: Float[Tensor, "b z"], log_std: Float[Tensor, "b z"]) -> Tensor:
    return mean + torch.randn_like(mean) * log_std.exp()


class Policy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pi = nn.Linear(8, 4)

    def wrong(self, x: Float[Tensor, "b 8"]) -> None:
        logits = self.pi(x)
        p = F.softmax(logits, dim=-1)
        entropy = -(p * logits).sum(-1)  # E: adds up probabilities times logits  [element-mismatch]
        mean_entropy = (-p * logits).sum(dim=-1).mean()  # E: adds up probabilities times logits  [element-mismatch]
        entropy, mean_entropy

    def entropy(self, logits: Float[Tensor, "b 4"]) -> Float[Tensor, "b"]:
        return -torch.sum(logits.softmax(-1) * logits, dim=-1)  # E: probabilities times logits  [element-mismatch]

    def right(self, x: Float[Tensor, "b 8"], q: Float[Tensor, "b 4"]) -> None:
        logits = self.pi(x)
        p = F.softmax(logits, dim=-1)
        entropy = -(p * F.log_softmax(logits, dim=-1)).sum(-1)
        smooth_maximum = (p * logits).sum(-1)
        value_without_entropy = (p * q).sum(-1)
        entropy, smooth_maximum, value_without_entropy


def pooled(h: Float[Tensor, "batch time 64"], mask: Float[Tensor, "batch time"]) -> Float[Tensor, "batch 64"]:
    return (h * mask.unsqueeze(-1)).sum(1) / mask.sum()  # E: by what the mask keeps of all of them  [shape-mismatch]


def pooled_by_name(h: Float[Tensor, "batch time 64"], valid: Bool[Tensor, "batch time"]) -> Float[Tensor, "batch 64"]:
    m = valid[:, :, None].float()
    out = torch.sum(h * m, dim=1) / m.sum().clamp(min=1)  # E: divides each of "batch"  [shape-mismatch]
    return out


def pooled_right(h: Float[Tensor, "batch time 64"], mask: Float[Tensor, "batch time"]) -> Float[Tensor, "batch 64"]:
    m = mask.unsqueeze(-1)
    return (h * m).sum(1) / m.sum(1).clamp(min=1)


def mean_of_all(h: Float[Tensor, "batch time 64"], mask: Float[Tensor, "batch time"]) -> Float[Tensor, "64"]:
    out = (h * mask.unsqueeze(-1)).sum(1) / mask.sum()
    return out.sum(0)


def shares_of_loss(loss: Float[Tensor, "batch time"], mask: Float[Tensor, "batch time"]) -> Float[Tensor, "batch"]:
    return (loss * mask).sum(1) / mask.sum()


def weighed(h: Float[Tensor, "batch time 64"], weight: Float[Tensor, "batch time"]) -> Float[Tensor, "batch 64"]:
    return (h * weight.unsqueeze(-1)).sum(1) / weight.sum()
