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
