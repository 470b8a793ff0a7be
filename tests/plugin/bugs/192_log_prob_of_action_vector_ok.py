"""log_prob_of_action_vector

kind: silent   facet: shape   seen in: sunwuzhou03/reinforcement-learning-lab#1
ideal static checker: one log-probability for each component; the critic gives one for each state
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Normal


class Actor(nn.Module):
    def __init__(self, states: int, actions: int) -> None:
        super().__init__()
        self.mean = nn.Linear(states, actions)
        self.log_std = nn.Parameter(torch.zeros(actions))

    def forward(self, x: Float[Tensor, "b states"]) -> tuple[Tensor, Float[Tensor, "b 1"]]:
        policy = Normal(self.mean(x), self.log_std.exp())
        action = policy.rsample()
        return torch.tanh(action), policy.log_prob(action).sum(dim=-1, keepdim=True)


def main() -> None:
    torch.manual_seed(0)

    good = Actor(8, 3)(torch.randn(4, 8))[1].shape == (4, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
