"""392_upsampling_keeps_the_channels

kind: crash   facet: shape   seen in: meetps/pytorch-semseg#180
ideal static checker: bilinear upsampling keeps the 128 channels: the concatenation has 192, the convolution takes 128
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ConvBlock(nn.Module):
    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.c_in, self.c_out = c_in, c_out
        self.body = nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, padding=1),
            nn.BatchNorm2d(c_out),
            nn.ReLU(),
            nn.Conv2d(c_out, c_out, 3, padding=1),
            nn.ReLU(),
        )

    def forward(self, x: Float[Tensor, "b {self.c_in} h w"]) -> Float[Tensor, "b {self.c_out} h w"]:
        return self.body(x)


class BilinearUp(nn.Module):
    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        self.conv = ConvBlock(c_in, c_out)

    def forward(self, skip: Tensor, x: Tensor) -> Tensor:
        return self.conv(torch.cat([skip, self.up(x)], dim=1))


class SmallUNet(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.down1 = ConvBlock(3, 64)
        self.pool = nn.MaxPool2d(2)
        self.center = ConvBlock(64, 128)
        self.up1 = BilinearUp(128, 64)  # BUG: 128 from below and 64 from the side
        self.final = nn.Conv2d(64, classes, 1)

    def forward(self, image: Float[Tensor, "b 3 64 64"]) -> Float[Tensor, "b classes 64 64"]:
        side = self.down1(image)
        below = self.center(self.pool(side))
        return self.final(self.up1(side, below))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if SmallUNet(5)(torch.randn(2, 3, 64, 64)).shape == (2, 5, 64, 64) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
