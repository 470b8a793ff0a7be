"""batchnorm_width_of_another_layer (fixed twin)

kind: crash   facet: shape   seen in: pytorch/pytorch#9076, Namkyeong/BGRL_Pytorch#1
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 64, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(64, 128, 4, 2, 1),
            nn.BatchNorm2d(128),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(128 * 7 * 7, 1),
        )

    def forward(self, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 1"]:
        return self.net(x)


def main() -> None:
    torch.manual_seed(0)
    out = Discriminator()(torch.randn(2, 1, 28, 28))
    print("GOOD" if out.shape == (2, 1) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
