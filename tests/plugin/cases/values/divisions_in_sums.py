"""`2*(k//2)` is `k` where a division must leave no remainder; what is padded by half a window is of either length."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


def a_moving_average(x: Float[Tensor, "b t c"], window: int = 5) -> Float[Tensor, "b t c"]:
    front, end = x[:, :1].repeat(1, window // 2, 1), x[:, -1:].repeat(1, window // 2, 1)
    padded = torch.cat([front, x, end], dim=1)
    reveal(padded)  # N: Float[Tensor, "b _ c"]
    trend = F.avg_pool1d(padded.transpose(1, 2), window, stride=1).transpose(1, 2)
    return x - trend


def a_window_around_each_step(x: Float[Tensor, "b t"], size: int) -> Float[Tensor, "b t size"]:
    return F.pad(x, (size // 2, size // 2)).unfold(1, size, 1)


def offsets_on_both_sides(x: Float[Tensor, "size"], size: int) -> Float[Tensor, "size"]:
    return x + torch.arange(-(size // 2), size // 2 + 1)


def halves_make_a_whole(x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
    half = x.shape[1] // 2
    rotated = torch.cat([-x[:, half:], x[:, :half]], dim=1)
    reveal(torch.cat([x[:, :half], x[:, :half]], dim=1))  # N: Float[Tensor, "b d"]
    return x + rotated


def without_a_division_it_is_said(x: Float[Tensor, "b t c"], side: int) -> Float[Tensor, "b t c"]:
    padded = F.pad(x, (0, 0, side, side))
    return F.avg_pool1d(padded.mT, 2 * side + 1, stride=1).mT + F.avg_pool1d(x.mT, 3, stride=1).mT  # E: broadcast


class Shuffle(nn.Module):
    """Powers of a size divide as well: nothing is left of `c // r**3 * r**3`."""

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, x: Float[Tensor, "b c d h"]) -> None:
        b, c, d, h = x.size()
        out, r = int(c // self.scale**3), self.scale
        x.view(b, out, r, r, r, d, h)
        x.view(b, c // r**2, r, r, d, h)
        x.view(b, out, r, r, d, h)  # E: [shape-mismatch]
        x.view(b, out, r, r, 2, d, h)  # E: [shape-mismatch]
        x.view(b, c // r**2, r, 3, d, h)  # E: [shape-mismatch]
