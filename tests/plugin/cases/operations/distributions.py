"""What distributions are asked for follows from what they were made with, also where one is made of another."""

import torch
from jaxtyping import Float, Float32
from torch import Tensor
from torch.distributions import Categorical, Independent, Normal, kl_divergence

from neuraltypes import reveal


def attributes_of_distributions(x: Float[Tensor, "b t d"]) -> None:
    normal = torch.distributions.Normal(x, 1.0)
    reveal(normal.mean)  # N: Float[Tensor, "b t d"]
    reveal(normal.stddev)  # N: Float[Tensor, "b t d"]
    reveal(torch.distributions.Categorical(logits=x).probs)  # N: [Tensor, "b t d"]


def several_numbers_as_one_sample(mean: Float32[Tensor, "b d"], actions: Float32[Tensor, "b d"]) -> None:
    policy = Independent(Normal(mean, torch.ones_like(mean)), 1)
    reveal(policy.sample())  # N: Float32[Tensor, "b d"]
    reveal(policy.log_prob(actions))  # N: Float32[Tensor, "b"]
    reveal(policy.entropy())  # N: Float32[Tensor, "b"]
    policy.log_prob(actions.T)  # E: [shape-mismatch]


def divergences(mean: Float32[Tensor, "b d"], prior: Float32[Tensor, "d"]) -> None:
    posterior = Normal(mean, mean.exp())
    reveal(kl_divergence(posterior, Normal(prior, 1.0)))  # N: Float32[Tensor, "b d"]
    reveal(kl_divergence(Independent(posterior, 1), Independent(posterior, 1)))  # N: Float32[Tensor, "b"]
    reveal(kl_divergence(Categorical(logits=mean), Categorical(logits=mean)))  # N: Float32[Tensor, "b"]


def divergence(p: torch.distributions.Distribution, q: Normal) -> None:
    reveal(kl_divergence(p, q))  # N: Tensor
