"""C81 variances_from_their_logarithms: exp, half of it before exp, softplus: each where a variance or a deviation is wanted. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import (
    LossType,
    NormalDistributionLogVarianceType,
    NormalDistributionMeanType,
    NormalDistributionSamplesType,
)


class Posterior(NeuralModule):
    def __init__(self, *, d: int, z: int) -> None:
        super().__init__()
        self.z = z
        self.both = nn.Linear(d, 2 * z)

    def forward(
        self, *, x: Float[Tensor, "b d"]
    ) -> tuple[
        NeuralType[Float[Tensor, "b {self.z}"], NormalDistributionMeanType],
        NeuralType[Float[Tensor, "b {self.z}"], NormalDistributionLogVarianceType],
    ]:
        mean, log_var = self.both(x).chunk(2, dim=-1)
        return mean, log_var.clamp(-10.0, 10.0)


class Sample(NeuralModule):
    def forward(
        self,
        *,
        mean: NeuralType[Float[Tensor, "b z"], NormalDistributionMeanType],
        log_var: NeuralType[Float[Tensor, "b z"], NormalDistributionLogVarianceType],
    ) -> NeuralType[Float[Tensor, "b z"], NormalDistributionSamplesType]:
        std = torch.exp(0.5 * log_var)
        assert torch.allclose(std, log_var.exp().sqrt(), rtol=1e-4)
        return mean + std * torch.randn_like(std)


def kl(
    mean: NeuralType[Float[Tensor, "b z"], NormalDistributionMeanType],
    log_var: NeuralType[Float[Tensor, "b z"], NormalDistributionLogVarianceType],
) -> NeuralType[Float[Tensor, ""], LossType]:
    return (-0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(dim=1)).mean()


def fit(
    mean: NeuralType[Float[Tensor, "b z"], NormalDistributionMeanType],
    log_var: NeuralType[Float[Tensor, "b z"], NormalDistributionLogVarianceType],
    y: Float[Tensor, "b z"],
) -> NeuralType[Float[Tensor, ""], LossType]:
    by_torch = F.gaussian_nll_loss(mean, y, log_var.exp())
    by_hand = 0.5 * (log_var + (y - mean).pow(2) * (-log_var).exp()).mean()
    by_distribution = -Normal(mean, (log_var / 2).exp()).log_prob(y).mean()
    soft = F.gaussian_nll_loss(mean, y, F.softplus(log_var) + 1e-6)
    return by_torch + by_hand + by_distribution + soft


def main() -> None:
    torch.manual_seed(0)
    mean, log_var = Posterior(d=4, z=3)(x=torch.randn(5, 4))
    z = Sample()(mean=mean, log_var=log_var)
    print("GOOD", tuple((kl(mean, log_var) + fit(mean, log_var, z)).shape))


if __name__ == "__main__":
    main()
