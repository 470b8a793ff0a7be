"""370 mixture_weights_not_logarithms

kind: silent   facet: semantic   seen in: mixture density networks: logsumexp(pi + log_prob)
ideal static checker: the weights are probabilities, added to log-densities; log_softmax is wanted
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class MixtureDensity(nn.Module):
    def __init__(self, d: int, k: int) -> None:
        super().__init__()
        self.pi = nn.Linear(d, k)
        self.mu = nn.Linear(d, k)
        self.log_sigma = nn.Linear(d, k)

    def forward(self, x: Float[Tensor, "b d"], y: Float[Tensor, "b 1"]) -> Float[Tensor, ""]:
        pi = F.softmax(self.pi(x), dim=-1)  # BUG: logarithms are added below
        log_sigma = self.log_sigma(x)
        z = (y - self.mu(x)) / log_sigma.exp()
        log_prob = -0.5 * z**2 - log_sigma - 0.5 * math.log(2 * math.pi)
        return -torch.logsumexp(pi + log_prob, dim=-1).mean()


def main() -> None:
    torch.manual_seed(0)
    m, x, y = MixtureDensity(4, 3), torch.randn(8, 4), torch.randn(8, 1)
    each = torch.distributions.Normal(m.mu(x), m.log_sigma(x).exp())
    mix = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(logits=m.pi(x)), each)
    print("GOOD" if torch.allclose(m(x, y), -mix.log_prob(y[:, 0]).mean(), atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
