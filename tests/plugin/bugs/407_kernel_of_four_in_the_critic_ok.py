"""407_kernel_of_four_in_the_critic (fixed twin)

kind: crash   facet: shape   seen in: jcwleo/random-network-distillation-pytorch#13
ideal static checker: nothing (clean)
"""

import torch
import torch.nn as nn
from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LogitsType, RegressionValuesType


class CnnActorCritic(NeuralModule):
    def __init__(self, *, actions: int, frames: int = 4) -> None:
        super().__init__()
        self.actions = actions
        self.feature = nn.Sequential(
            nn.Conv2d(in_channels=frames, out_channels=32, kernel_size=8, stride=4),
            nn.ReLU(),
            nn.Conv2d(in_channels=32, out_channels=64, kernel_size=4, stride=2),
            nn.ReLU(),
            nn.Conv2d(in_channels=64, out_channels=64, kernel_size=3, stride=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(7 * 7 * 64, 256),
            nn.ReLU(),
        )
        self.actor = nn.Linear(256, actions)
        self.critic = nn.Linear(256, 1)

    def forward(
        self, *, state: Float[Tensor, "batch 4 84 84"]
    ) -> tuple[
        NeuralType[Float[Tensor, "batch {self.actions}"], LogitsType],
        NeuralType[Float[Tensor, "batch 1"], RegressionValuesType],
    ]:
        x = self.feature(state)
        return self.actor(x), self.critic(x)


def main() -> None:
    torch.manual_seed(0)
    policy, value = CnnActorCritic(actions=6)(state=torch.randn(2, 4, 84, 84))
    print("GOOD" if policy.shape == (2, 6) and value.shape == (2, 1) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
