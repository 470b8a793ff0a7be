"""362 growth_counted_once (fixed twin)

kind: crash   facet: shape   seen in: DenseNet re-implementations: "running_mean should contain 128 elements not 96"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class DenseBlock(nn.Module):
    def __init__(self, channels: int = 64, growth: int = 16) -> None:
        super().__init__()
        self.layer1 = nn.Conv2d(64, 16, kernel_size=3, padding=1)
        self.layer2 = nn.Conv2d(80, 16, kernel_size=3, padding=1)
        self.layer3 = nn.Conv2d(96, 16, kernel_size=3, padding=1)
        self.layer4 = nn.Conv2d(112, 16, kernel_size=3, padding=1)

    def forward(self, x: Float[Tensor, "b 64 h w"]) -> Tensor:
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = torch.cat([x, torch.relu(layer(x))], dim=1)
        return x


class Transition(nn.Module):
    def __init__(self, c_in: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(c_in)
        self.conv = nn.Conv2d(c_in, c_in // 2, kernel_size=1)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(self.conv(torch.relu(self.norm(x))))


class DenseNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.block = DenseBlock()
        self.transition = Transition(64 + 4 * 16)
        self.head = nn.Linear(64, 10)

    def forward(self, x: Float[Tensor, "b 64 16 16"]) -> Float[Tensor, "b 10"]:
        x = self.transition(self.block(x))
        return self.head(x.mean(dim=(2, 3)))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if DenseNet()(torch.randn(2, 64, 16, 16)).shape == (2, 10) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
