"""Joining and splitting: lists of tensors, also those that loops fill."""

import torch
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor, nn


def joined(x: Float[Tensor, "b t 64"], y: Float[Tensor, "b t 32"], z: Float[Tensor, "b s 64"]) -> None:
    reveal(torch.cat([x, y], dim=-1))  # N: Float[Tensor, "b t 96"]
    reveal(torch.cat((x, z), dim=1))  # N: Float[Tensor, "b s+t 64"]
    reveal(torch.cat([x, x, x]))  # N: Float[Tensor, "3*b t 64"]
    reveal(torch.stack([x, x]))  # N: Float[Tensor, "2 b t 64"]
    reveal(torch.stack([x, x], dim=-1))  # N: Float[Tensor, "b t 64 2"]
    reveal(torch.concat([x, y[..., :1]], 2))  # N: Float[Tensor, "b t 65"]
    reveal(torch.hstack([x, z]))  # N: Float[Tensor, "b s+t 64"]
    torch.cat([x, y])  # E: [shape-mismatch]
    torch.cat([x, z], dim=-1)  # E: [shape-mismatch]
    torch.cat([x, y[0]], dim=-1)  # E: [shape-mismatch]
    torch.stack([x, y])  # E: [shape-mismatch]
    torch.cat([x, y], dim=3)  # E: [shape-mismatch]
    torch.cat([x, torch.zeros_like(x)], dim=1)
    torch.cat([x, x.new_zeros(x.shape[0], 5, 64)], dim=1)
    torch.cat([x, torch.zeros(x.shape[0], x.shape[1], 3)], dim=-1)
    torch.cat([x[:, :1], x[:, 1:]], dim=1) + x


def split(x: Float[Tensor, "b t 64"], n: int) -> None:
    a, b = x.chunk(2, dim=-1)
    reveal(a)  # N: Float[Tensor, "b t 32"]
    a, b = x.split(32, dim=-1)
    reveal(b)  # N: Float[Tensor, "b t 32"]
    c, d, e = x.split([16, 16, 32], dim=-1)
    reveal(e)  # N: Float[Tensor, "b t 32"]
    c, d, e = torch.split(x, [16, 16, 32], -1)
    x.split([16, 16, 16], dim=-1)  # E: [shape-mismatch]
    parts = x.split(n, dim=1)
    torch.cat(parts, dim=1)
    torch.cat([part.relu() for part in x.chunk(n)])
    first, rest = x[:, :1], x[:, 1:]
    reveal(torch.cat([first, rest], 1))  # N: Float[Tensor, "b t 64"]
    q, k, v = x.unflatten(-1, (4, 16)).unbind(-2)[:3]
    reveal(x.tensor_split(2, dim=-1)[0])  # N: Float[Tensor, "b t 32"]
    f, g, h = x.chunk(3, dim=-1)
    u, w = x.chunk(3, dim=-1)  # E: Too many values to unpack


def loops(x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b t 64"]:
    steps = []
    for i in range(x.shape[1]):
        steps.append(x[:, i])
    reveal(torch.stack(steps, dim=1))  # N: Float[Tensor, "b _ 64"]
    reveal(torch.cat(steps, dim=-1))  # N: "b _"
    return torch.stack(steps, dim=1)


def comprehensions(x: Float[Tensor, "b t 64"], layers: nn.ModuleList) -> Float[Tensor, "b 64 n"]:
    reveal(torch.stack([x[:, i] for i in range(4)], dim=1))  # N: Float[Tensor, "b _ 64"]
    reveal(torch.cat([x[:, i : i + 1] for i in range(4)], dim=1))  # N: Float[Tensor, "b _ 64"]
    reveal(torch.stack([t.mean(0) for t in x]))
    torch.cat([layer(x) for layer in layers], dim=-1)
    return torch.stack([x[:, 0] for _ in layers], dim=-1)


def growing(x: Float[Tensor, "b d"]) -> Float[Tensor, "b n d"]:
    out = x[:, None]
    for _ in range(10):
        out = torch.cat([out, x[:, None]], dim=1)
    return out


def dense(x: Float[Tensor, "b c h w"], blocks: nn.ModuleList) -> Float[Tensor, "b out h w"]:
    features = [x]
    for block in blocks:
        features.append(block(torch.cat(features, dim=1)))
    return torch.cat(features, 1)


def mixed(x: Float[Tensor, "b 64"], y: Float[Tensor, "b 32"], flag: bool) -> None:
    parts = [x]
    if flag:
        parts.append(y)
    torch.cat(parts, dim=1)
    found: list[Tensor] = []
    found.append(x)
    found.append(y)
    torch.cat(found, dim=1)
    both = [x, y]
    reveal(torch.cat(both, dim=-1))
    torch.cat([*parts, y], dim=-1)
    torch.cat(parts + [y], dim=-1)
    named = {"x": x, "y": y}
    torch.cat(list(named.values()), dim=-1)
    torch.cat([named["x"], named["y"]], dim=-1)


class Pyramid(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.convs = nn.ModuleList([nn.Conv1d(d, d, k, padding=k // 2) for k in (3, 5, 7)])
        self.out = nn.Linear(3 * d, d)

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        ys = [conv(x.transpose(1, 2)).relu() for conv in self.convs]
        return self.out(torch.cat(ys, dim=1).transpose(1, 2))

    def pooled(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        ys = [conv(x.transpose(1, 2)).max(dim=-1).values for conv in self.convs]
        return self.out(torch.cat(ys, dim=-1))
