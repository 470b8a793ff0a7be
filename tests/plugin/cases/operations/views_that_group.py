"""A view takes the last axis from what is behind: the entries of an axis in front are not found there."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Head(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.output = nn.Conv2d(64, 9 * 20, kernel_size=3, padding=1)

    def forward(self, x: Float[Tensor, "b 64 h w"]) -> Float[Tensor, "b anchors 20"]:
        y = torch.sigmoid(self.output(x))
        y.view(y.shape[0], -1, 20)  # E: transpose or permute puts axes in another order  [axis-kind]
        y.reshape(y.shape[0], 9 * y.shape[2] * y.shape[3], 20)  # E: transpose or permute  [axis-kind]
        return y.permute(0, 2, 3, 1).reshape(y.shape[0], -1, 20)


def an_image_as_tokens(x: Float[Tensor, "b 32 h w"]) -> None:
    x.view(x.shape[0], -1, 32)  # E: transpose or permute  [axis-kind]
    x.flatten(2).transpose(1, 2)
    x.view(x.shape[0], 32, -1)
    x.view(x.shape[0], 4, 8, -1)
    x.view(x.shape[0] * 32, -1, 4)  # groups within each channel
    x.view(x.shape[0], 32, -1, 2)
    x.view(x.shape[0], -1)


def points(x: Float[Tensor, "b 6 n"], line: Float[Tensor, "b t"], rows: Float[Tensor, "b t 6"]) -> None:
    x.view(x.shape[0], -1, 2)  # E: transpose or permute  [axis-kind]
    x.view(x.shape[0], -1, 4)
    line.view(line.shape[0], -1, 20)
    rows.view(rows.shape[0], -1, 2)
    rows.reshape(-1, 3)


def merged_over_others(
    clip: Float[Tensor, "b 16 t h w"], states: Float[Tensor, "layers b d"], heads: Float[Tensor, "b t 4 d"]
) -> None:
    b, c, t, h, w = clip.shape
    clip.reshape(b * t, c, h, w)  # E: sees "b 16 t h w" as "b*t 16 h w" without moving a number  [axis-kind]
    clip.permute(0, 2, 1, 3, 4).reshape(b * t, c, h, w)
    clip.reshape(b, c * t, h, w)
    clip.reshape(b * c, t, h, w)
    clip.reshape(b * c * t, h * w)
    layers, _, d = states.shape
    states.reshape(b, layers * d)  # E: sees "layers b d" as "b d*layers" without moving a number  [axis-kind]
    states.reshape(layers * b, d)
    states.transpose(0, 1).reshape(b, layers * d)
    heads.reshape(b, t, -1)
    heads.reshape(b, -1, d)
    heads.transpose(1, 2).reshape(b, t, -1)  # E: without moving a number  [axis-kind]


def cut_elsewhere(
    image: Float[Tensor, "b 3 32 32"], map_: Float[Tensor, "b 64 7 7"], flat: Float[Tensor, "n 12"]
) -> None:
    b = image.shape[0]
    image.view(b, 64, 48)  # E: sees "b 3 32 32" as "b 64 48" without moving a number  [axis-kind]
    map_.view(b, 49, 64)  # E: sees "b 64 7 7" as "b 49 64" without moving a number  [axis-kind]
    image.view(b, 3, 8, 4, 8, 4)
    image.view(b, 3, 64, 16)
    image.view(b, 96, 32)
    image.view(b, 3, 1024)
    image.view(b, 12, 256)
    map_.view(b, 8, 8, 49)
    map_.view(b, 448, 7)
    map_.flatten(2).transpose(1, 2)
    flat.view(-1, 3, 4)
    image.view(-1, 48)
