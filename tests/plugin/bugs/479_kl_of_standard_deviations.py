"""479 kl_of_standard_deviations

kind: silent   facet: semantic   seen in: DaehanKim/vgae_pytorch#2, sutaoyu/IBMEA#2
ideal static checker: KL of a Gaussian from logstd wants exp(2 * logstd), not exp(logstd)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class KL(nn.Module):
    def forward(self, *, mu: Float[Tensor, "b 16"], log_std: Float[Tensor, "b 16"]) -> Float[Tensor, ""]:
        var = torch.exp(log_std)  # BUG: that is the std, the variance is exp(2 * log_std)
        return -0.5 * (1 + 2 * log_std - mu.pow(2) - var).sum(dim=1).mean()


def main() -> None:
    torch.manual_seed(0)
    mu, s = torch.randn(4, 16), torch.randn(4, 16)
    ref = (
        torch.distributions.kl_divergence(torch.distributions.Normal(mu, s.exp()), torch.distributions.Normal(0.0, 1.0))
        .sum(1)
        .mean()
    )
    good = bool(torch.allclose(KL()(mu=mu, log_std=s), ref, atol=1e-4))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
