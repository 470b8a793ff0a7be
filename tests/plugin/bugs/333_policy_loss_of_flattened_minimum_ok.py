"""333 policy_loss_of_flattened_minimum (fixed twin)

kind: latent   facet: shape   seen in: vwxyzjn/cleanrl#379
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Critic(nn.Module):
    def __init__(self, obs: int, act: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(obs + act, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, obs: Float[Tensor, "b obs"], act: Float[Tensor, "b act"]) -> Float[Tensor, "b 1"]:
        return self.net(torch.cat([obs, act], dim=1))


class Agent(nn.Module):
    def __init__(self, obs: int, act: int) -> None:
        super().__init__()
        self.qf1 = Critic(obs, act)
        self.qf2 = Critic(obs, act)
        self.alpha = 0.2

    def actor_loss(
        self,
        obs: Float[Tensor, "b obs"],
        pi: Float[Tensor, "b act"],
        log_pi: Float[Tensor, "b 1"],
    ) -> Float[Tensor, ""]:
        qf1_pi = self.qf1(obs, pi)
        qf2_pi = self.qf2(obs, pi)
        min_qf_pi = torch.min(qf1_pi, qf2_pi)
        return ((self.alpha * log_pi) - min_qf_pi).mean()


def main() -> None:
    torch.manual_seed(0)
    agent, obs, pi, log_pi = Agent(3, 2), torch.randn(8, 3), torch.randn(8, 2), torch.randn(8, 1)
    each = agent.alpha * log_pi - torch.min(agent.qf1(obs, pi), agent.qf2(obs, pi)) - torch.rand(8, 1)
    print("GOOD" if each.shape == (8, 1) and agent.actor_loss(obs, pi, log_pi).ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
