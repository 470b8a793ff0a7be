"""425 dueling_mean_keepdim

kind: crash   facet: shape   seen in: dueling DQN ports: advantage.mean() and keepdim
ideal static checker: "b 6" minus "b": the mean over axis 1 lost its axis
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Dueling(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.value = nn.Linear(32, 1)
        self.advantage = nn.Linear(32, 6)

    def forward(self, *, x: Float[Tensor, "b 32"]) -> Float[Tensor, "b 6"]:
        a = self.advantage(x)
        return self.value(x) + a - a.mean(dim=1)  # BUG: keepdim=True missing


def main() -> None:
    torch.manual_seed(0)
    out = Dueling()(x=torch.randn(5, 32))
    good = out.shape == (5, 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
