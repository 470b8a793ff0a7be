"""335 advantages_centred_over_the_batch

kind: silent   facet: shape   seen in: dueling DQN re-implementations ("advantage.mean()" without dim)
ideal static checker: the mean is over the batch, too: mean(dim=1, keepdim=True) is wanted
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class DuelingNet(nn.Module):
    def __init__(self, obs: int, actions: int, hidden: int = 64) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(obs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.value = nn.Linear(hidden, 1)
        self.advantage = nn.Linear(hidden, actions)

    def forward(self, obs: Float[Tensor, "b obs"]) -> Float[Tensor, "b actions"]:
        h = self.body(obs)
        value = self.value(h)
        advantage = self.advantage(h)
        return value + (advantage - advantage.mean())  # BUG: over the examples, too


def main() -> None:
    torch.manual_seed(0)
    net, obs = DuelingNet(4, 3), torch.randn(8, 4)
    good = torch.allclose(net(obs)[:1], net(obs[:1]), atol=1e-5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
