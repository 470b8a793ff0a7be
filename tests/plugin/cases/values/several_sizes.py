"""Sizes that functions compute, several sizes under one name, members of an `IntEnum`."""

import enum
import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Width(enum.IntEnum):
    SMALL = 64
    LARGE = 2 * 64


class Flag(enum.IntFlag):
    SMALL = 64


def products_and_sums(x: Float[Tensor, "b c h w"]) -> None:
    b, c, h, w = x.shape
    reveal(x.reshape(b, math.prod(x.shape[1:])))  # N: Float[Tensor, "b c*h*w"]
    x.reshape(b, math.prod(x.shape[2:]))  # E: [shape-mismatch]
    reveal(torch.zeros(sum((h, w)), sum([b, c])))  # N: Float32[Tensor, "h+w b+c"]
    torch.zeros(sum((h, w))) + torch.zeros(h)  # E: [shape-mismatch]


def divisions(x: Float[Tensor, "b t d"]) -> None:
    b, t, d = x.shape
    reveal(torch.zeros(int(d / 2), math.ceil(t / 2), int(2 * d)))  # N: Float32[Tensor, "d//2 (t+1)//2 2*d"]
    reveal(torch.zeros(-(-t // 2)) + torch.zeros(math.ceil(t / 2)))  # N: Float32[Tensor, "(t+1)//2"]
    reveal(torch.zeros(d >> 1, d << 1, 1 << 3))  # N: Float32[Tensor, "d//2 2*d 8"]
    half, rest = divmod(d, 2)
    reveal(torch.zeros(half, rest, divmod(t, 4)[0]))  # N: Float32[Tensor, "d//2 d%2 t//4"]
    torch.zeros(d >> 1) + torch.zeros(d >> 2)  # E: [shape-mismatch]
    torch.zeros(int(d / 2)) + torch.zeros(math.ceil(t / 2))  # E: [shape-mismatch]
    reveal(torch.zeros(int((t - 9) / 2)))  # N: Float32[Tensor, "_"]


def of_floats(x: Float[Tensor, "b t d"], ratio: float, count: int) -> None:
    d = x.size(-1)
    reveal(torch.zeros(int(d * ratio), math.ceil(d * ratio)))  # N: Float32[Tensor, "_ _"]
    reveal(torch.zeros(1 << count, min(d, 8)))  # N: Float32[Tensor, "_ _"]


def under_one_name(x: Float[Tensor, "b h w c"]) -> None:
    *lead, c = x.shape
    size = (3, c)
    order = (0, 3, 1, 2)
    reveal(torch.zeros(size))  # N: Float32[Tensor, "3 c"]
    reveal(torch.zeros(*lead, size[0]))  # N: Float32[Tensor, "b h w 3"]
    reveal(x.reshape(math.prod(lead), c).view(*lead, c))  # N: Float[Tensor, "b h w c"]
    reveal(x.permute(order))  # N: Float[Tensor, "b c h w"]
    reveal(torch.zeros(list(x.shape)))  # N: Float32[Tensor, "b h w c"]
    torch.zeros(size) @ torch.zeros(size)  # E: [shape-mismatch]
    x.view(*lead, 2 * c)  # E: [shape-mismatch]


def changed_later(x: Float[Tensor, "b h w c"], many: bool) -> None:
    *lead, c = x.shape
    lead.append(3)
    reveal(torch.zeros(*lead, c))  # N: [Tensor, "..."]
    *others, last = x.shape
    others[0] = last
    reveal(torch.zeros(others))  # N: [Tensor, "..."]
    size = (3, c)
    if many:
        size = (c, 3)
    reveal(torch.zeros(size))  # N: Float32[Tensor, "_ _"]
    shape: tuple[int, ...] = (c,)
    for one in x.shape:
        shape += (one,)
    reveal(torch.zeros(shape))  # N: [Tensor, "..."]


def members() -> None:
    reveal(torch.zeros(Width.SMALL, 2 * Width.SMALL))  # N: Float32[Tensor, "64 128"]
    chosen = Width.SMALL
    reveal(torch.zeros(chosen))  # N: Float32[Tensor, "64"]
    nn.Linear(Width.SMALL, 3)(torch.zeros(2, 65))  # E: [shape-mismatch]
    nn.Linear(Width.SMALL, 3)(torch.zeros(2, Width.SMALL))
    reveal(torch.zeros(Width.LARGE, Flag.SMALL))  # N: Float32[Tensor, "128 64"]


class Several(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        inner, outer = 2 * width, 5
        self.first = nn.Linear(width, inner)
        self.second = nn.Linear(inner, outer)
        self.wrong = nn.Linear(outer, inner)
        self.shared = nn.Linear(int(width / 2), width >> 1)

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Tensor:
        y = self.second(self.first(x))
        reveal(y)  # N: Float[Tensor, "b 5"]
        self.wrong(x)  # E: [shape-mismatch]
        halves = x.chunk(2, -1)[0]
        reveal(self.shared(halves))  # N: Float[Tensor, "b width//2"]
        return y


def either_of_two(x: Float[Tensor, "b c h w"], many: bool) -> None:
    b, c, h, w = x.shape
    count = c
    if many:
        count = h
    torch.zeros(count) + torch.zeros(h)
    reveal(torch.zeros(count))  # N: Float32[Tensor, "_"]
    size = c
    size = size // 2
    reveal(torch.zeros(size))  # N: Float32[Tensor, "c//2"]
    torch.zeros(size) + torch.zeros(c)  # E: [shape-mismatch]
    same = w
    if many:
        same = w
    torch.zeros(same) + torch.zeros(h)  # E: [shape-mismatch]


def in_a_loop(x: Float[Tensor, "b c h w"], rounds: int) -> None:
    size = x.size(1)
    for _ in range(rounds):
        torch.zeros(size) + torch.zeros(x.size(3))
        size = x.size(3)
    torch.zeros(size) + torch.zeros(x.size(3))
    try:
        other = x.size(1)
    except RuntimeError:
        other = x.size(3)
    torch.zeros(other) + torch.zeros(x.size(3))
