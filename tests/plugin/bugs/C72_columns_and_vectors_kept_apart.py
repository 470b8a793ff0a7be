"""C72 columns_and_vectors_kept_apart: columns with columns, vectors with vectors, and an outer difference that is meant. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Critic(nn.Module):
    def __init__(self, obs: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(obs, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, obs: Float[Tensor, "b obs"]) -> Float[Tensor, "b 1"]:
        return self.net(obs)


class Losses(nn.Module):
    def __init__(self, obs: int) -> None:
        super().__init__()
        self.q1 = Critic(obs)
        self.q2 = Critic(obs)

    def actor(self, obs: Float[Tensor, "b obs"], log_pi: Float[Tensor, "b 1"]) -> Float[Tensor, ""]:
        smaller = torch.min(self.q1(obs), self.q2(obs)).view(-1)
        return (0.2 * log_pi.view(-1) - smaller).mean()

    def critic(
        self, obs: Float[Tensor, "b obs"], reward: Float[Tensor, "b"], done: Float[Tensor, "b"]
    ) -> Float[Tensor, ""]:
        with torch.no_grad():
            target = reward.view(-1, 1) + 0.99 * (1 - done.view(-1, 1)) * torch.min(self.q1(obs), self.q2(obs))
        return (self.q1(obs) - target).pow(2).mean() + (self.q2(obs) - target).pow(2).mean()

    def ranking(self, obs: Float[Tensor, "b obs"], reward: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        q = self.q1(obs).squeeze(-1)
        better = reward[:, None] > reward[None, :]
        gaps = q[:, None] - q[None, :]
        return (torch.relu(1.0 - gaps) * better).sum() / better.sum().clamp(min=1)


def main() -> None:
    torch.manual_seed(0)
    m, obs = Losses(3), torch.randn(6, 3)
    total = m.actor(obs, torch.randn(6, 1)) + m.critic(obs, torch.randn(6), torch.zeros(6))
    print("GOOD", tuple((total + m.ranking(obs, torch.randn(6))).shape))


if __name__ == "__main__":
    main()
