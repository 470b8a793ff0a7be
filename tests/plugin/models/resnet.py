"""A residual network for images: He et al. 2016, doi:10.1109/CVPR.2016.90."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


def conv3x3(channels: int, planes: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels, planes, kernel_size=3, stride=stride, padding=1, bias=False)


class BasicBlock(nn.Module):
    def __init__(self, channels: int, planes: int, stride: int = 1) -> None:
        super().__init__()
        self.channels = channels
        self.planes = planes
        self.conv1 = nn.Conv2d(channels, planes, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride != 1 or channels != planes:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels, planes, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(planes)
            )

    def forward(self, x: Float[Tensor, "b {self.channels} h w"]) -> Float[Tensor, "b {self.planes} h2 w2"]:
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        out = self.relu(out)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b planes (h-1)//stride+1 (w-1)//stride+1"]
        return out


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.channels = channels
        self.conv1 = nn.Conv2d(channels, width, kernel_size=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv3x3(width, width)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, channels, kernel_size=1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels)

    def forward(self, x: Float[Tensor, "b {self.channels} h w"]) -> Float[Tensor, "b {self.channels} h w"]:
        out = F.relu(self.bn1(self.conv1(x)))
        out = F.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out = F.relu(x + out)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b channels h w"]
        return out


class ResNet(nn.Module):
    def __init__(self, blocks: list[int], classes: int = 1000, width: int = 64) -> None:
        super().__init__()
        self.classes = classes
        self.inplanes = width
        self.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(width, blocks[0])
        self.layer2 = self._make_layer(width * 2, blocks[1], stride=2)
        self.mix = Bottleneck(width * 2, width)
        self.last = BasicBlock(width * 2, width * 4, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(width * 4, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(m, nn.BatchNorm2d):
                nn.init.constant_(m.weight, 1)
                nn.init.constant_(m.bias, 0)

    def _make_layer(self, planes: int, blocks: int, stride: int = 1) -> nn.Sequential:
        layers = [BasicBlock(self.inplanes, planes, stride)]
        self.inplanes = planes
        for _ in range(1, blocks):
            layers.append(BasicBlock(planes, planes))
        return nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b {self.classes}"]:
        x = self.conv1(x)
        x = self.bn1(x)
        x = self.relu(x)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b width (h+1)//2 (w+1)//2"]
        x = self.maxpool(x)
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.mix(x)
        x = self.last(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        x = self.fc(x)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b classes"]
        return x


def check() -> Tensor:
    model = ResNet([2, 2], classes=10, width=8)
    return reveal(model(torch.randn(2, 3, 64, 64)))  # N: Revealed neural type is Float[Tensor, "batch=2 10"]
