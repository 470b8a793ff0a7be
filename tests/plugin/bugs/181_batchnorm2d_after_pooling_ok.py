"""batchnorm2d_after_pooling

kind: crash   facet: shape   seen in: projection heads of self-supervised models
ideal static checker: BatchNorm2d takes four axes
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Projector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 32, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Sequential(nn.Linear(32, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 16))

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 16"]:
        return self.head(self.backbone(x))


def main() -> None:
    torch.manual_seed(0)

    good = Projector()(torch.randn(4, 3, 8, 8)).shape == (4, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
