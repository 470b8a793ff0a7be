"""Convolutions: channels in front, sizes by stride, padding and kernel."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        self.c_in, self.c_out = c_in, c_out
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_out)
        self.relu = nn.ReLU(inplace=True)
        self.down = (
            nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride=stride, bias=False), nn.BatchNorm2d(c_out))
            if stride != 1 or c_in != c_out
            else nn.Identity()
        )

    def forward(self, x: Float[Tensor, "b {self.c_in} h w"]) -> Float[Tensor, "b {self.c_out} h2 w2"]:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += self.down(x)
        return self.relu(y)


class Classifier(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.features = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding="same"),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(64, classes)

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b {self.classes}"]:
        x = self.features(x)
        x = self.pool(x)
        return self.head(torch.flatten(x, 1))


def fixed(x: Float[Tensor, "b 3 32 32"]) -> Float[Tensor, "b 10"]:
    body = nn.Sequential(nn.Conv2d(3, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.Flatten())
    reveal(body(x))  # N: Float[Tensor, "b 400"]
    nn.Linear(256, 10)(body(x))  # E: axis -1 is 400, expected 256  [shape-mismatch]
    return nn.Linear(16 * 5 * 5, 10)(body(x))


def sizes(x: Float[Tensor, "b c h w"], image: Float[Tensor, "3 64 64"], wave: Float[Tensor, "b 1 samples"]) -> None:
    reveal(nn.Conv2d(3, 8, 3, padding=1)(image))  # N: Float[Tensor, "8 64 64"]
    reveal(nn.Conv2d(3, 8, 4, 2, 1)(image))  # N: Float[Tensor, "8 32 32"]
    reveal(nn.Conv2d(3, 8, (3, 5), padding=(1, 2), stride=(1, 2))(image))  # N: Float[Tensor, "8 64 32"]
    reveal(nn.ConvTranspose2d(3, 8, 4, 2, 1)(image))  # N: Float[Tensor, "8 128 128"]
    reveal(nn.ConvTranspose2d(3, 8, 3, 2, 1, 1)(image))  # N: Float[Tensor, "8 128 128"]
    reveal(F.max_pool2d(image, 2))  # N: Float[Tensor, "3 32 32"]
    reveal(F.avg_pool2d(image, 3, 1, 1))  # N: Float[Tensor, "3 64 64"]
    reveal(F.interpolate(image[None], scale_factor=2))  # N: Float[Tensor, "1 3 128 128"]
    reveal(F.interpolate(image[None], size=(10, 20), mode="bilinear"))  # N: Float[Tensor, "1 3 10 20"]
    reveal(F.adaptive_avg_pool2d(x, 1).flatten(1))  # N: Float[Tensor, "b c"]
    reveal(F.adaptive_avg_pool2d(x, (None, 4)))  # N: Float[Tensor, "b c h 4"]
    reveal(F.pad(image, (1, 2, 3, 4)))  # N: Float[Tensor, "3 71 67"]
    reveal(F.pad(wave, (80, 0)))  # N: Float[Tensor, "b 1 samples+80"]
    reveal(nn.Conv1d(1, 16, 3, padding=1)(wave))  # N: Float[Tensor, "b 16 samples"]
    reveal(nn.PixelShuffle(2)(nn.Conv2d(3, 12, 1)(image)))  # N: Float[Tensor, "3 128 128"]
    reveal(F.unfold(image[None], 8, stride=8))  # N: Float[Tensor, "1 192 64"]
    reveal(nn.Upsample(scale_factor=2)(x))  # N: "b c 2*h 2*w"
    reveal(nn.MaxPool2d(2)(image))  # N: Float[Tensor, "3 32 32"]
    nn.Conv2d(3, 8, 3)(x)  # E: [shape-mismatch]
    nn.Conv2d(1, 8, 3)(image)  # E: [shape-mismatch]
    nn.Conv1d(16, 8, 3)(wave)  # E: [shape-mismatch]
    nn.BatchNorm2d(8)(image[None])  # E: [shape-mismatch]
    nn.Conv2d(6, 8, 3, groups=4)  # E: [shape-mismatch]
    nn.ConvTranspose2d(8, 3, 2)(image)  # E: [shape-mismatch]


class Causal(nn.Module):
    def __init__(self, channels: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.left = (kernel - 1) * dilation
        self.conv = nn.Conv1d(channels, channels, kernel, dilation=dilation)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c t"]:
        return self.conv(F.pad(x, (self.left, 0)))


class Trimmed(nn.Module):
    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.trim = kernel - 1
        self.conv = nn.Conv1d(channels, 2 * channels, kernel, padding=kernel - 1)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c t"]:
        y = self.conv(x)[:, :, : -self.trim]
        return F.glu(y, dim=1)


class UNet(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.c = c
        self.down = nn.Conv2d(c, 2 * c, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(2 * c, c, 2, stride=2)
        self.merge = nn.Conv2d(2 * c, c, 3, padding=1)

    def forward(self, x: Float[Tensor, "b {self.c} h w"]) -> Float[Tensor, "b {self.c} h w"]:
        y = self.up(F.gelu(self.down(x)))
        y = y[:, :, : x.shape[2], : x.shape[3]]
        y = F.interpolate(y, size=x.shape[-2:])
        return self.merge(torch.cat([x, y], dim=1))


class Patches(nn.Module):
    def __init__(self, patch: int = 16, d: int = 768) -> None:
        super().__init__()
        self.d = d
        self.proj = nn.Conv2d(3, d, patch, stride=patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, d))
        self.pos = nn.Parameter(torch.zeros(1, 197, d))

    def forward(self, x: Float[Tensor, "b 3 224 224"]) -> Float[Tensor, "b 197 {self.d}"]:
        y = self.proj(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.cls.expand(y.shape[0], -1, -1), y], dim=1)
        return y + self.pos


class Separable(nn.Module):
    def __init__(self, c: int, k: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(c, c, k, padding=k // 2, groups=c)
        self.pointwise = nn.Conv1d(c, c, 1)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c t"]:
        return x + self.pointwise(self.depthwise(x))
