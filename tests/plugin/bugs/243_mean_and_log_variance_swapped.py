"""mean_and_log_variance_swapped

kind: silent   facet: semantic   seen in: VAE re-implementations, "encode returns mu, logvar" unpacked the other way
ideal static checker: the mean is given where a log-variance is declared
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import NormalDistributionLogVarianceType, NormalDistributionMeanType


class Encoder(nn.Module):
    def __init__(self, d: int, latent: int) -> None:
        super().__init__()
        self.mean = nn.Linear(d, latent)
        self.log_var = nn.Linear(d, latent)

    def forward(
        self, x: Float[Tensor, "b d"]
    ) -> tuple[
        NeuralType[Float[Tensor, "b latent"], NormalDistributionMeanType],
        NeuralType[Float[Tensor, "b latent"], NormalDistributionLogVarianceType],
    ]:
        return self.mean(x), self.log_var(x)


def sample(
    mean: NeuralType[Float[Tensor, "b latent"], NormalDistributionMeanType],
    log_var: NeuralType[Float[Tensor, "b latent"], NormalDistributionLogVarianceType],
) -> Float[Tensor, "b latent"]:
    return mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)


class VAE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder(8, 3)

    def forward(self, x: Float[Tensor, "b 8"]) -> Float[Tensor, "b 3"]:
        log_var, mean = self.encoder(x)  # BUG: the mean comes first
        return sample(mean, log_var)


def main() -> None:
    torch.manual_seed(0)
    m, x = VAE(), torch.randn(4, 8)
    torch.manual_seed(1)
    out = m(x)
    torch.manual_seed(1)
    ref = m.encoder.mean(x) + torch.exp(0.5 * m.encoder.log_var(x)) * torch.randn(4, 3)
    print("GOOD" if torch.allclose(out, ref) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
