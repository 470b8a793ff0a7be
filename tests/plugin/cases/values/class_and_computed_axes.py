"""Sizes of a class that a body shows in terms of axes, and axes whose names the class's sizes bear."""

from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F


class Probe(nn.Module):
    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(features, classes)
        self.second = nn.Linear(features, classes)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b classes"]:
        flat = x.flatten(1)
        y: Tensor = self.first(flat)
        z: Tensor = self.second(x.flatten(2).mean(2))  # E: [shape-mismatch]
        return y + z


class Pair(nn.Module):
    def __init__(self, hidden: int, width: int) -> None:
        super().__init__()
        self.joined = nn.Linear(hidden, 1)
        self.conv = nn.Linear(2 * width, 1)
        self.apart = nn.Linear(width, 1)

    def forward(self, x: Float[Tensor, "b d"], y: Float[Tensor, "b e"]) -> Float[Tensor, "b 1"]:
        out: Tensor = self.joined(torch.cat([x, y], dim=-1))
        return out

    def twice(self, x: Float[Tensor, "b c"]) -> Float[Tensor, "b 1"]:
        out: Tensor = self.conv(torch.cat([x, x], dim=-1)) + self.apart(x)
        return out

    def thrice(self, x: Float[Tensor, "b c"]) -> Float[Tensor, "b 1"]:
        both: Tensor = self.apart(x) + self.conv(torch.cat([x, x], dim=-1))
        return both + self.conv(torch.cat([x, x, x], dim=-1))  # E: axis -1 is 3*c, expected 2*c  [shape-mismatch]

    def named(self, x: Float[Tensor, "b width"]) -> Float[Tensor, "b 1"]:
        out: Tensor = self.apart(torch.cat([x, x], dim=-1))  # E: axis -1 is 2*width, expected width  [shape-mismatch]
        return out


class Adapter(nn.Module):
    def __init__(self, channels: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.zeros(channels, rank))

    def forward(self, x: Float[Tensor, "b channels n"]) -> Float[Tensor, "b n rank"]:
        _ = x @ self.down  # E: [shape-mismatch]
        return x.mT @ self.down


class Mels(nn.Module):
    def __init__(self, d: int, mels: int = 80, bins: int = 40) -> None:
        super().__init__()
        self.mels = nn.Linear(mels, d)
        self.bins = nn.Linear(bins, d)

    def forward(self, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t d"]:
        out: Tensor = self.mels(x)
        return out

    def wrong(self, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t d"]:
        out: Tensor = self.bins(x)  # E: axis -1 is 80, expected bins  [shape-mismatch]
        return out


class Widths(nn.Module):
    def __init__(self, d: int, n: int) -> None:
        super().__init__()
        self.d = d
        self.rounded = max(d, 4)
        self.norm = nn.LayerNorm(d)
        self.square = nn.Linear(n, n)

    @property
    def width(self) -> int:
        """That of the norm."""
        return self.d

    @cached_property
    def inner(self) -> int:
        return self.square.in_features

    @property
    def odd(self) -> int:
        return max(self.d, 3)

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b {self.d}"]:
        return self.norm(x)

    def computed(self, x: Float[Tensor, "b {self.odd}"]) -> Float[Tensor, "b {self.rounded}"]:
        return self.norm(x)

    def squared(self, x: Float[Tensor, "b {self.inner}"]) -> Float[Tensor, "b {self.inner}"]:
        out: Tensor = self.square(x)
        return out

    def wrong(self, x: Float[Tensor, "b {self.inner}"]) -> Float[Tensor, "b {self.inner}"]:
        out: Tensor = self.norm(x)  # E: axis -1 is n, expected d  [shape-mismatch]
        return out


def widths() -> None:
    one = Widths(8, 16)
    one.squared(torch.zeros(3, 16))
    one.squared(torch.zeros(3, 8))  # E: [shape-mismatch]
    one(torch.zeros(3, 16))  # E: axis 1 is 16, expected 8 ("{self.width}")  [shape-mismatch]
    one.computed(torch.zeros(3, 5))


class Trend(nn.Module):
    """Padded on both sides by what an odd kernel takes away."""

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel

    def forward(self, x: Float[Tensor, "b past f"]) -> Float[Tensor, "b past f"]:
        side = (self.kernel - 1) // 2
        padded = torch.cat([x[:, :1].repeat(1, side, 1), x, x[:, -1:].repeat(1, side, 1)], dim=1)
        trend = F.avg_pool1d(padded.transpose(1, 2), self.kernel, stride=1)
        return x - trend.transpose(1, 2)


def turned(x: Float[Tensor, "b d"], row: Float[Tensor, "d//2"]) -> Float[Tensor, "b d"]: ...


class Rotary(nn.Module):
    """What is computed alike of an axis and of a size of the class makes these one, and no second one."""

    def __init__(self, head_dim: int, other: int) -> None:
        super().__init__()
        self.row = torch.ones(head_dim // 2)
        self.second = torch.ones(other // 2)
        self.third = torch.ones(other // 3)

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        turned(x, self.row)
        turned(x, self.second)  # E: [shape-mismatch]
        return turned(x, self.row)

    def unlike(self, x: Float[Tensor, "b d"]) -> None:
        turned(x, self.third)  # E: [shape-mismatch]
