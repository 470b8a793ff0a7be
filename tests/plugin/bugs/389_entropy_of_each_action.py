"""389_entropy_of_each_action

kind: silent   facet: shape   seen in: thu-ml/tianshou#40
ideal static checker: the log-density "b actions" is not summed: the target is "b actions", declared "b 1"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal

from neuraltypes import NeuralModule


class Actor(NeuralModule):
    def __init__(self, *, obs: int, actions: int) -> None:
        super().__init__()
        self.obs, self.actions = obs, actions
        self.body = nn.Sequential(nn.Linear(obs, 32), nn.ReLU())
        self.mu, self.log_std = nn.Linear(32, actions), nn.Linear(32, actions)

    def forward(
        self, *, state: Float[Tensor, "batch {self.obs}"]
    ) -> tuple[Float[Tensor, "batch {self.actions}"], Float[Tensor, "batch 1"]]:
        h = self.body(state)
        dist = Normal(self.mu(h), self.log_std(h).clamp(-5, 2).exp())
        x = dist.rsample()
        y = torch.tanh(x)
        log_prob = dist.log_prob(x) - torch.log(1 - y.pow(2) + 1e-6)  # BUG: of each action on its own
        return y, log_prob


class SoftTarget(NeuralModule):
    def __init__(self, *, obs: int, actions: int, alpha: float = 0.2, gamma: float = 0.99) -> None:
        super().__init__()
        self.actor = Actor(obs=obs, actions=actions)
        self.critics = nn.ModuleList([nn.Linear(obs + actions, 1) for _ in range(2)])
        self.alpha, self.gamma = alpha, gamma

    def forward(
        self, *, state: Float[Tensor, "batch obs"], reward: Float[Tensor, "batch 1"]
    ) -> Float[Tensor, "batch 1"]:
        action, log_prob = self.actor(state=state)
        pairs = torch.cat([state, action], dim=-1)
        q = torch.min(self.critics[0](pairs), self.critics[1](pairs))
        return reward + self.gamma * (q - self.alpha * log_prob)


def main() -> None:
    torch.manual_seed(0)
    # The declared types are checked, too: the wrong program stops there.
    out = SoftTarget(obs=5, actions=3)(state=torch.randn(4, 5), reward=torch.zeros(4, 1))
    print("GOOD" if out.shape == (4, 1) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
