"""C73 dueling_and_distributional: values broadcast against advantages, per example and per atom, on purpose. A checker must stay silent."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Rainbow(nn.Module):
    support: Float[Tensor, "51"]

    def __init__(self, obs: int, actions: int) -> None:
        super().__init__()
        self.actions = actions
        self.body = nn.Linear(obs, 64)
        self.value = nn.Linear(64, 51)
        self.advantage = nn.Linear(64, actions * 51)
        self.register_buffer("support", torch.linspace(-10.0, 10.0, 51))

    def forward(self, obs: Float[Tensor, "b obs"]) -> Float[Tensor, "b actions"]:
        h = torch.relu(self.body(obs))
        value = self.value(h).unsqueeze(1)
        advantage = self.advantage(h).view(-1, self.actions, 51)
        atoms = value + advantage - advantage.mean(dim=1, keepdim=True)
        return (atoms.softmax(dim=2) * self.support).sum(dim=2)

    def project(
        self, reward: Float[Tensor, "b"], done: Float[Tensor, "b"], probs: Float[Tensor, "b 51"]
    ) -> Float[Tensor, "b 51"]:
        moved = (reward[:, None] + 0.99 * (1 - done[:, None]) * self.support).clamp(-10.0, 10.0)
        position = (moved + 10.0) / 0.4
        low, high = position.floor().long(), position.ceil().long()
        out = torch.zeros_like(probs)
        out.scatter_add_(1, low, probs * (high.float() + (low == high).float() - position))
        out.scatter_add_(1, high, probs * (position - low.float()))
        return out


def taken(q: Float[Tensor, "b actions"], action: Int[Tensor, "b"]) -> Float[Tensor, "b"]:
    return q.gather(1, action.unsqueeze(1)).squeeze(1)


def main() -> None:
    torch.manual_seed(0)
    m = Rainbow(4, 3)
    q = taken(m(torch.randn(5, 4)), torch.randint(3, (5,)))
    p = m.project(torch.randn(5), torch.zeros(5), torch.full((5, 51), 1 / 51))
    print("GOOD", tuple(q.shape), tuple(p.shape), torch.allclose(p.sum(1), torch.ones(5), atol=1e-4))


if __name__ == "__main__":
    main()
