"""mlp_hidden_sizes (fixed twin)

kind: crash   facet: shape   seen in: forum, hand-written MLPs
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class MLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(784, 128),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(128, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
        )

    def forward(self, *, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 10"]:
        return self.layers(x.view(x.size(0), -1))


def main() -> None:
    torch.manual_seed(0)
    good = MLP()(x=torch.randn(2, 1, 28, 28)).shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
