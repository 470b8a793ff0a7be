"""284 grayscale_into_rgb_stem

kind: crash   facet: shape   seen in: forum "expected input[2, 1, 28, 28] to have 3 channels, but got 1 channels instead"
ideal static checker: Conv2d(3, ...) expects 3 channels, got 1
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Stem(nn.Module):
    def __init__(self, in_channels: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 32, kernel_size=7, stride=2, padding=3)
        self.bn = nn.BatchNorm2d(32)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.bn(self.conv(x)))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = Stem()  # BUG: the images have one channel
        self.fc = nn.Linear(32, 10)

    def forward(self, *, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 10"]:
        h = self.stem(x)
        return self.fc(h.mean(dim=(2, 3)))


def main() -> None:
    torch.manual_seed(0)
    out = Net()(x=torch.randn(2, 1, 28, 28))
    good = out.shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
