"""U-Net, which joins what it halved with what it doubled again: Ronneberger et al. 2015, arXiv:1505.04597."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class DoubleConv(nn.Module):
    """Two convolutions, each normalized."""

    def __init__(self, in_channels: int, out_channels: int, mid_channels: int | None = None) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        if not mid_channels:
            mid_channels = out_channels
        self.double_conv = nn.Sequential(
            nn.Conv2d(in_channels, mid_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(mid_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid_channels, out_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Float[Tensor, "b {self.in_channels} h w"]) -> Float[Tensor, "b {self.out_channels} h w"]:
        out = self.double_conv(x)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b out_channels h w"]
        return out


class Down(nn.Module):
    """Half the size, then two convolutions."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.pool = nn.MaxPool2d(2)
        self.conv = DoubleConv(in_channels, out_channels)

    def forward(self, x: Float[Tensor, "b {self.in_channels} h w"]) -> Float[Tensor, "b {self.out_channels} h//2 w//2"]:
        out = self.conv(self.pool(x))
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b out_channels height=h//2 width=w//2"]
        return out


class Up(nn.Module):
    """Twice the size, padded to what was there on the way down, then two convolutions."""

    def __init__(self, in_channels: int, out_channels: int, bilinear: bool = True) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.up: nn.Module
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            self.conv = DoubleConv(in_channels, out_channels, in_channels // 2)
        else:
            self.up = nn.ConvTranspose2d(in_channels, in_channels // 2, kernel_size=2, stride=2)
            self.conv = DoubleConv(in_channels, out_channels)

    def forward(
        self, x1: Float[Tensor, "b c h w"], x2: Float[Tensor, "b skip h2 w2"]
    ) -> Float[Tensor, "b {self.out_channels} h2 w2"]:
        x1 = self.up(x1)
        diff_y = x2.size()[2] - x1.size()[2]
        diff_x = x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, [diff_x // 2, diff_x - diff_x // 2, diff_y // 2, diff_y - diff_y // 2])
        x = torch.cat([x2, x1], dim=1)
        out = self.conv(x)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b out_channels height=h2 width=w2"]
        return out


class UNet(nn.Module):
    def __init__(self, n_channels: int, n_classes: int, width: int = 64) -> None:
        super().__init__()
        self.n_channels = n_channels
        self.n_classes = n_classes
        self.inc = DoubleConv(n_channels, width)
        self.down1 = Down(width, width * 2)
        self.down2 = Down(width * 2, width * 4)
        self.down3 = Down(width * 4, width * 4)
        self.up1 = Up(width * 8, width * 2)
        self.up2 = Up(width * 4, width)
        self.up3 = Up(width * 2, width)
        self.outc = nn.Conv2d(width, n_classes, kernel_size=1)

    def forward(self, x: Float[Tensor, "b {self.n_channels} h w"]) -> Float[Tensor, "b {self.n_classes} h w"]:
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x4 = self.down3(x3)
        y = self.up1(x4, x3)
        y = self.up2(y, x2)
        y = self.up3(y, x1)
        logits = self.outc(y)
        reveal(logits)  # N: Revealed neural type is Float[Tensor, "b n_classes h w"]
        return logits


def check() -> Tensor:
    model = UNet(n_channels=3, n_classes=5, width=8)
    masks = model(torch.zeros(2, 3, 36, 52))
    return reveal(masks)  # N: Revealed neural type is Float[Tensor, "batch=2 5 height=36 width=52"]
