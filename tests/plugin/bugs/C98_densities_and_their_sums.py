"""C98 densities_and_their_sums: log-densities summed over actions, pixels and steps, mixtures, flows, importance weights. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, kl_divergence

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LogDeterminantType, LossType


class SquashedActor(NeuralModule):
    def __init__(self, *, obs: int, actions: int) -> None:
        super().__init__()
        self.obs, self.actions = obs, actions
        self.body = nn.Linear(obs, 2 * actions)

    def forward(
        self, *, state: Float[Tensor, "batch {self.obs}"]
    ) -> tuple[Float[Tensor, "batch {self.actions}"], Float[Tensor, "batch 1"]]:
        mu, raw = self.body(state).chunk(2, dim=-1)
        dist = Normal(mu, F.softplus(raw) + 1e-4)
        u = dist.rsample()
        correction = 2 * (math.log(2) - u - F.softplus(-2 * u))
        return torch.tanh(u), (dist.log_prob(u) - correction).sum(dim=-1, keepdim=True)


class MixtureHead(NeuralModule):
    def __init__(self, *, d: int, size: int, mixtures: int) -> None:
        super().__init__()
        self.size, self.mixtures = size, mixtures
        self.weights = nn.Linear(d, mixtures)
        self.means, self.scales = nn.Linear(d, mixtures * size), nn.Linear(d, mixtures * size)

    def forward(
        self, *, h: Float[Tensor, "batch time d"], y: Float[Tensor, "batch time {self.size}"]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        shape = (self.mixtures, self.size)
        means, scales = self.means(h).unflatten(-1, shape), F.softplus(self.scales(h)).unflatten(-1, shape)
        parts = Independent(Normal(means, scales + 1e-3), 1)
        return -MixtureSameFamily(Categorical(logits=self.weights(h)), parts).log_prob(y).mean()

    def by_hand(self, h: Tensor, y: Tensor) -> Tensor:
        shape = (self.mixtures, self.size)
        means, scales = self.means(h).unflatten(-1, shape), F.softplus(self.scales(h)).unflatten(-1, shape) + 1e-3
        each = Normal(means, scales).log_prob(y.unsqueeze(-2)).sum(dim=-1)
        return -torch.logsumexp(each + self.weights(h).log_softmax(dim=-1), dim=-1).mean()


class Coupling(NeuralModule):
    def __init__(self, *, d: int) -> None:
        super().__init__()
        self.d = d
        self.net = nn.Sequential(nn.Linear(d // 2, 16), nn.ReLU(), nn.Linear(16, d // 2 * 2))

    def forward(
        self, *, x: Float[Tensor, "batch {self.d}"]
    ) -> tuple[Float[Tensor, "batch {self.d}"], NeuralType[Float[Tensor, "batch"], LogDeterminantType]]:
        even, odd = x[:, ::2], x[:, 1::2]
        s, t = self.net(even).chunk(2, dim=1)
        s = torch.tanh(s)
        return torch.stack([even, odd * s.exp() + t], dim=-1).flatten(1), s.sum(dim=1)


def flow_loss(layers: nn.ModuleList, x: Float[Tensor, "batch d"]) -> NeuralType[Float[Tensor, ""], LossType]:
    total = torch.zeros(x.size(0))
    for layer in layers:
        x, log_det = layer(x=x)
        total = total + log_det
    base = Normal(0.0, 1.0).log_prob(x).sum(dim=1)
    return -(base + total).mean()


def importance_bound(log_p: Float[Tensor, "samples batch"], log_q: Float[Tensor, "samples batch"]) -> Float[Tensor, ""]:
    return (torch.logsumexp(log_p - log_q, dim=0) - math.log(log_p.size(0))).mean()


def divergence(mu: Float[Tensor, "batch d"], log_var: Float[Tensor, "batch d"]) -> Float[Tensor, "batch"]:
    exact = kl_divergence(Normal(mu, (0.5 * log_var).exp()), Normal(torch.zeros_like(mu), torch.ones_like(mu)))
    by_hand = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp())
    return 0.5 * (exact + by_hand).sum(dim=1)


def clipped(
    new: Float[Tensor, "batch"], old: Float[Tensor, "batch"], advantage: Float[Tensor, "batch"]
) -> NeuralType[Float[Tensor, ""], LossType]:
    ratio = (new - old).exp()
    return -torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()


def entropy_bonus(logits: Float[Tensor, "batch actions"], taken: Int[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    dist = Categorical(logits=logits)
    return dist.log_prob(taken) + 0.01 * dist.entropy()


def main() -> None:
    torch.manual_seed(0)
    action, log_prob = SquashedActor(obs=5, actions=3)(state=torch.randn(4, 5))
    head, h, y = MixtureHead(d=4, size=2, mixtures=3), torch.randn(2, 5, 4), torch.randn(2, 5, 2)
    layers = nn.ModuleList([Coupling(d=4) for _ in range(2)])
    ok = torch.allclose(head(h=h, y=y), head.by_hand(h, y), atol=1e-2)
    print(
        "GOOD" if ok else "WRONG", tuple(action.shape), tuple(log_prob.shape), flow_loss(layers, torch.randn(3, 4)).ndim
    )
    print(importance_bound(torch.randn(6, 3), torch.randn(6, 3)).ndim, tuple(divergence(y[0], y[1]).shape))
    print(clipped(y[0, :, 0], y[1, :, 0], y[0, :, 1]).ndim, tuple(entropy_bonus(y[0], torch.ones(5).long()).shape))


if __name__ == "__main__":
    main()
