"""residual_without_projection (fixed twin)

kind: crash   facet: shape   seen in: ResNet re-implementations
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Down(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(128, 128, 3, padding=1)
        self.shortcut = nn.Conv2d(64, 128, 1, stride=2)

    def forward(self, *, x: Float[Tensor, "b 64 32 32"]) -> Float[Tensor, "b 128 16 16"]:
        h = self.conv2(F.relu(self.conv1(x)))
        return F.relu(h + self.shortcut(x))


def main() -> None:
    torch.manual_seed(0)
    good = Down()(x=torch.randn(2, 64, 32, 32)).shape == (2, 128, 16, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
