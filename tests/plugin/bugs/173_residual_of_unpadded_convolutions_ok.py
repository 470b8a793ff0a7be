"""residual_of_unpadded_convolutions

kind: crash   facet: shape   seen in: residual blocks without padding
ideal static checker: each 3x3 convolution takes two rows and columns away
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return x + self.body(x)


def main() -> None:
    torch.manual_seed(0)

    good = Residual(4)(torch.randn(2, 4, 8, 8)).shape == (2, 4, 8, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
