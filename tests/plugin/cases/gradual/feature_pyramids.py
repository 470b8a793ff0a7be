"""Convolutional networks with maps of several sizes are silent."""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class ConvBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1)
        self.norm = nn.BatchNorm2d(out_channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Conv2d(in_channels, out_channels, 1, stride=stride)

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h_out w_out"]:
        y = F.relu(self.norm(self.conv(x)))
        return y + self.shortcut(x)


class Backbone(nn.Module):
    def __init__(self, widths: tuple[int, ...] = (64, 128, 256, 512)) -> None:
        super().__init__()
        self.stem = ConvBlock(3, widths[0])
        self.stages = nn.ModuleList(ConvBlock(a, b, stride=2) for a, b in zip(widths, widths[1:], strict=False))

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> list[Float[Tensor, "b _ _ _"]]:
        maps = []
        x = self.stem(x)
        maps.append(x)
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class Pyramid(nn.Module):
    def __init__(self, widths: list[int], width: int = 256) -> None:
        super().__init__()
        self.lateral = nn.ModuleList([nn.Conv2d(w, width, 1) for w in widths])
        self.output = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for _ in widths])

    def forward(self, maps: list[Float[Tensor, "b _ _ _"]]) -> dict[str, Float[Tensor, "b c _ _"]]:
        lateral = [conv(m) for conv, m in zip(self.lateral, maps, strict=True)]
        merged = [lateral[-1]]
        for one in reversed(lateral[:-1]):
            up = F.interpolate(merged[0], size=one.shape[-2:], mode="nearest")
            merged.insert(0, one + up)
        found: dict[str, Float[Tensor, "b c _ _"]] = OrderedDict()
        for level, (conv, m) in enumerate(zip(self.output, merged, strict=True)):
            found[f"p{level}"] = conv(m)
        return found


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList([ConvBlock(3, 64), ConvBlock(64, 128, 2), ConvBlock(128, 256, 2)])
        self.up = nn.ModuleList([ConvBlock(384, 128), ConvBlock(192, 64)])
        self.head = nn.Conv2d(64, 1, 1)

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 1 h w"]:
        skips = []
        for down in self.down:
            x = down(x)
            skips.append(x)
        x = skips.pop()
        for up in self.up:
            skip = skips.pop()
            x = F.interpolate(x, scale_factor=2.0)
            x = up(torch.cat([x, skip], dim=1))
        return self.head(x)


def hand_written(
    image: Float[Tensor, "b 3 h w"], half: Float[Tensor, "b 64 h//2 w//2"], quarter: Float[Tensor, "b 128 h//4 w//4"]
) -> list[Tensor]:
    maps = [image]
    maps.append(half)
    maps.append(quarter)
    levels = {"image": image, "half": half, "quarter": quarter}
    levels["again"] = half
    for m in [image, half, quarter]:
        maps.append(F.avg_pool2d(m, 2))
    as_tuple = (image, half, quarter)
    maps += as_tuple
    maps.extend([half, quarter])
    maps[0] = quarter
    return maps + list(levels.values())


def largest(a: Float[Tensor, "b c h w"], b: Float[Tensor, "b c h2 w2"]) -> Float[Tensor, "b c _ _"]:
    best = a
    for candidate in (a, b):
        if candidate.numel() > best.numel():
            best = candidate
    return best


def pooled(x: Float[Tensor, "b c h w"], levels: int) -> list[Float[Tensor, "b c _ _"]]:
    pyramid = [x]
    for _ in range(levels):
        x = F.avg_pool2d(x, kernel_size=2)
        pyramid.append(x)
    return pyramid


def pad_to_multiple(x: Float[Tensor, "b c h w"], multiple: int) -> Float[Tensor, "b c h_padded w_padded"]:
    _, _, h, w = x.shape
    pad_h = (multiple - h % multiple) % multiple
    pad_w = (multiple - w % multiple) % multiple
    if pad_h == 0 and pad_w == 0:
        return x
    return F.pad(x, (0, pad_w, 0, pad_h))


def tiles(x: Float[Tensor, "c h w"], size: int) -> list[Float[Tensor, "c _ _"]]:
    _, h, w = x.shape
    return [x[:, i : i + size, j : j + size] for i in range(0, h, size) for j in range(0, w, size)]


def normalize(
    x: Float[Tensor, "b 3 h w"], mean: Float[Tensor, "3"], std: Float[Tensor, "3"]
) -> Float[Tensor, "b 3 h w"]:
    return (x - mean[None, :, None, None]) / std.view(1, -1, 1, 1)


def to_tokens(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b h*w c"]:
    return x.flatten(2).transpose(1, 2)


def to_map(x: Float[Tensor, "b t c"], h: int, w: int) -> Float[Tensor, "b c {h} {w}"]:
    b, t, c = x.shape
    assert t == h * w
    return x.transpose(1, 2).reshape(b, c, h, w)
