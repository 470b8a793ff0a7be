"""402_spread_may_be_negative

kind: crash   facet: semantic   seen in: sweetice/Deep-reinforcement-learning-with-pytorch#35
ideal static checker: the scale of a Normal is the raw output of a linear layer, which may be negative
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal

from neuraltypes import NeuralModule


class ActorNet(NeuralModule):
    def __init__(self, *, state_dim: int) -> None:
        super().__init__()
        self.state_dim = state_dim
        self.fc1 = nn.Linear(state_dim, 100)
        self.mu_head = nn.Linear(100, 1)
        self.sigma_head = nn.Linear(100, 1)

    def forward(
        self, *, state: Float[Tensor, "batch {self.state_dim}"]
    ) -> tuple[Float[Tensor, "batch 1"], Float[Tensor, "batch 1"]]:
        h = F.relu(self.fc1(state))
        mu = 2.0 * torch.tanh(self.mu_head(h))
        sigma = self.sigma_head(h)  # BUG: softplus makes it positive
        return mu, sigma


def log_density(
    actor: ActorNet, state: Float[Tensor, "batch d"], action: Float[Tensor, "batch 1"]
) -> Float[Tensor, "batch 1"]:
    mu, sigma = actor(state=state)
    return Normal(mu, sigma).log_prob(action)


def main() -> None:
    torch.manual_seed(0)
    density = log_density(ActorNet(state_dim=3), torch.randn(32, 3), torch.zeros(32, 1))
    print("GOOD" if density.isfinite().all() else "SILENT-WRONG")


if __name__ == "__main__":
    main()
