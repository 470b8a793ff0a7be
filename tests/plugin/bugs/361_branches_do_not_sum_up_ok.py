"""361 branches_do_not_sum_up (fixed twin)

kind: crash   facet: shape   seen in: GoogLeNet ports: "expected input to have 240 channels, but got 256 channels instead"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def conv_bn(c_in: int, c_out: int, kernel: int, padding: int = 0) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(c_in, c_out, kernel, padding=padding, bias=False), nn.BatchNorm2d(c_out), nn.ReLU())


class Inception(nn.Module):
    def __init__(self, c_in: int, c1: int, c3: int, c5: int, pool: int) -> None:
        super().__init__()
        self.branch1 = conv_bn(c_in, c1, 1)
        self.branch2 = nn.Sequential(conv_bn(c_in, 96, 1), conv_bn(96, c3, 3, padding=1))
        self.branch3 = nn.Sequential(conv_bn(c_in, 16, 1), conv_bn(16, c5, 5, padding=2))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), conv_bn(c_in, pool, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], dim=1)


class Stage(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a3 = Inception(192, 64, 128, 32, 32)
        self.b3 = Inception(256, 128, 192, 96, 64)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(480, 10)

    def forward(self, x: Float[Tensor, "b 192 h w"]) -> Float[Tensor, "b 10"]:
        x = self.b3(self.a3(x))
        return self.fc(self.pool(x).flatten(1))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if Stage()(torch.randn(2, 192, 8, 8)).shape == (2, 10) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
