"""Broadcasting: what fits, what does not, and what does by mistake."""

import torch
from jaxtyping import Bool, Float
from neuraltypes import reveal
from torch import Tensor, nn


def fits(
    x: Float[Tensor, "b t d"], row: Float[Tensor, "d"], column: Float[Tensor, "b t 1"], m: Bool[Tensor, "b t"]
) -> None:
    reveal(x + row)  # N: Float[Tensor, "b t d"]
    reveal(x * column)  # N: Float[Tensor, "b t d"]
    reveal(x * m.unsqueeze(-1))  # N: Float[Tensor, "b t d"]
    reveal(x + 1)  # N: Float[Tensor, "b t d"]
    reveal(2 * x)  # N: Float[Tensor, "b t d"]
    reveal(1 / x)  # N: Float[Tensor, "b t d"]
    reveal(x[:, :, None] - x[:, None])  # N: Float[Tensor, "b t t d"]
    reveal(x[:, :, None] - x[:, :, :, None])
    reveal(torch.maximum(x, row))  # N: Float[Tensor, "b t d"]
    reveal(torch.where(m[..., None], x, row))  # N: Float[Tensor, "b t d"]
    reveal(x > column)  # N: Bool[Tensor, "b t d"]
    reveal(row[:, None] * row)  # N: Float[Tensor, "d d"]
    reveal(x - x.mean(-1, keepdim=True))  # N: Float[Tensor, "b t d"]
    reveal((x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5))  # N: Float[Tensor, "b t d"]
    reveal(torch.addcmul(x, row, row))  # N: Float[Tensor, "b t d"]
    reveal(x.lerp(row, 0.5))  # N: Float[Tensor, "b t d"]
    reveal(torch.clamp(x, min=row))  # N: Float[Tensor, "b t d"]


def differs(
    x: Float[Tensor, "b t d"], m: Bool[Tensor, "b t"], y: Float[Tensor, "b d"], z: Float[Tensor, "b t e"]
) -> None:
    x * m  # E: [shape-mismatch]
    x + y  # E: [shape-mismatch]
    x + z  # E: [shape-mismatch]
    x - x.mean(-1)  # E: [shape-mismatch]
    x / x.sum(1)  # E: [shape-mismatch]
    x.masked_fill(m, 0.0)  # E: [shape-mismatch]
    torch.where(m, x, 0.0)  # E: [shape-mismatch]
    x + torch.ones(3)  # E: [shape-mismatch]
    x[..., :3] + torch.ones(3)
    x + y[:, None]
    x > y  # E: [shape-mismatch]
    x.add(y)  # E: [shape-mismatch]
    torch.mul(x, z)  # E: [shape-mismatch]
    torch.lerp(x, z, 0.5)  # E: [shape-mismatch]


class Scale(nn.Module):
    def __init__(self, d: int, channels: int) -> None:
        super().__init__()
        self.d = d
        self.weight = nn.Parameter(torch.ones(d))
        self.bias = nn.Parameter(torch.zeros(d))
        self.gain = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.scalar = nn.Parameter(torch.tensor(1.0))
        self.ones = torch.ones(channels)

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        var = x.pow(2).mean(-1, keepdim=True)
        return x * torch.rsqrt(var + 1e-6) * self.weight + self.bias * self.scalar

    def image(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return x * self.gain + self.ones[:, None, None]

    def wrong(self, x: Float[Tensor, "b {self.d} t"]) -> Float[Tensor, "b {self.d} t"]:
        return x * self.weight  # E: [shape-mismatch]


def unknown_sizes(
    x: Float[Tensor, "..."], y: Float[Tensor, "b _"], z: Float[Tensor, "*batch d"], w: Float[Tensor, "*batch"]
) -> None:
    x + y
    y + y
    z * w[..., None]
    z + z.sum(-1, keepdim=True)
    y * torch.randn(5)
    reveal(z - z.mean(-1, keepdim=True))  # N: Float[Tensor, "... d"]
    z * w  # whether it fits depends on the batch


def declared(x: Float[Tensor, "#b d"], y: Float[Tensor, "#b d"]) -> Float[Tensor, "b d"]:
    return x + y


def pairwise(a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    area = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    other = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    low = torch.max(a[:, None, :2], b[:, :2])
    high = torch.min(a[:, None, 2:], b[:, 2:])
    size = (high - low).clamp(min=0)
    inter = size[:, :, 0] * size[:, :, 1]
    return inter / (area[:, None] + other - inter)


def box(a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"]) -> None:
    torch.max(a, b)  # E: [shape-mismatch]
    torch.cdist(a, b)
    (a[:, None] - b[None]).abs().sum(-1)
    (a - b).abs()  # E: [shape-mismatch]
