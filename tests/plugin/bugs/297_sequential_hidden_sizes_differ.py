"""297 sequential_hidden_sizes_differ

kind: crash   facet: shape   seen in: StackOverflow "mat1 and mat2 shapes cannot be multiplied (64x256 and 128x10)"
ideal static checker: Linear(128, 10) inside Sequential expects last dim 128, got 256
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Mlp(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(28 * 28, 256),
            nn.BatchNorm1d(256),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(128, 10),  # BUG: the layer before gives 256
        )

    def forward(self, *, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 10"]:
        return self.net(x)


def main() -> None:
    torch.manual_seed(0)
    out = Mlp()(x=torch.randn(4, 1, 28, 28))
    good = out.shape == (4, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
