"""Mixtures and transformed distributions: their shapes follow from the distributions that they are made of."""

import torch
from jaxtyping import Float32
from torch import Tensor, nn
from torch.distributions import (
    AffineTransform,
    Categorical,
    ComposeTransform,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
    SigmoidTransform,
    TanhTransform,
    TransformedDistribution,
)

from neuraltypes import reveal


def mixtures(
    logits: Float32[Tensor, "b k"], mean: Float32[Tensor, "b k d"], x: Float32[Tensor, "b d"], y: Float32[Tensor, "b"]
) -> None:
    mixture = MixtureSameFamily(Categorical(logits=logits), Independent(Normal(mean, mean.exp()), 1))
    reveal(mixture.sample())  # N: Float32[Tensor, "b d"]
    reveal(mixture.sample((7,)))  # N: Float32[Tensor, "7 b d"]
    reveal(mixture.log_prob(x))  # N: Float32[Tensor, "b"]
    reveal(mixture.mean)  # N: Float32[Tensor, "b d"]
    mixture.log_prob(mean)  # E: [shape-mismatch]
    flat = MixtureSameFamily(Categorical(logits=logits), Normal(logits, 1.0))
    reveal(flat.log_prob(y))  # N: Float32[Tensor, "b"]
    MixtureSameFamily(Categorical(logits=logits), Normal(mean, 1.0))  # E: [shape-mismatch]
    MixtureSameFamily(Categorical(logits=mean), Normal(logits, 1.0))  # E: [shape-mismatch]


def transformed(mean: Float32[Tensor, "b d"], scale: Float32[Tensor, "d"], x: Float32[Tensor, "b d"]) -> None:
    squashed = TransformedDistribution(Normal(mean, mean.exp()), [TanhTransform(cache_size=1), AffineTransform(0.0, 2)])
    reveal(squashed.rsample())  # N: Float32[Tensor, "b d"]
    reveal(squashed.log_prob(x))  # N: Float32[Tensor, "b d"]
    reveal(Independent(squashed, 1).log_prob(x))  # N: Float32[Tensor, "b"]
    squashed.log_prob(x.T)  # E: [shape-mismatch]
    logistic = TransformedDistribution(Normal(0.0, 1.0), AffineTransform(loc=mean, scale=scale))
    reveal(logistic.sample((3,)))  # N: Float32[Tensor, "3 b d"]
    joint = TransformedDistribution(MultivariateNormal(scale, torch.eye(3)), ComposeTransform([SigmoidTransform()]))
    reveal(joint.log_prob(x))  # N: Float32[Tensor, "b"]
    TransformedDistribution(Normal(mean, 1.0), [AffineTransform(mean.T, 1)])  # E: do not broadcast  [shape-mismatch]
    reveal(TransformedDistribution(Normal(mean, 1.0), [TanhTransform().inv]).sample())  # N: Any


class Policy(nn.Module):
    def __init__(self, d: int, actions: int) -> None:
        super().__init__()
        self.mean = nn.Linear(d, actions)
        self.wrong = nn.Linear(d, 2 * actions)

    def forward(self, state: Float32[Tensor, "b {self.d}"]) -> Float32[Tensor, "b"]:
        mean = self.mean(state)
        policy = Independent(TransformedDistribution(Normal(mean, mean.exp()), [TanhTransform()]), 1)
        action = policy.rsample()
        policy.log_prob(self.wrong(state))  # E: [shape-mismatch]
        return policy.log_prob(action)
