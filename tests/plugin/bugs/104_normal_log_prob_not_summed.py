"""normal_log_prob_not_summed

kind: silent   facet: shape   seen in: continuous control, SAC and PPO ports
ideal static checker: one log probability per action dimension
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal


class Actor(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mu = nn.Linear(8, 3)
        self.log_std = nn.Parameter(torch.zeros(3))

    def forward(self, *, state: Float[Tensor, "b 8"], action: Float[Tensor, "b 3"]) -> Float[Tensor, "b"]:
        dist = Normal(self.mu(state), self.log_std.exp())
        return dist.log_prob(action)  # BUG: .sum(dim=-1)


def main() -> None:
    torch.manual_seed(0)
    good = Actor()(state=torch.randn(4, 8), action=torch.randn(4, 3)).shape == (4,)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
