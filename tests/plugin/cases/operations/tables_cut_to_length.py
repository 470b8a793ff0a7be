"""A table that a class makes as long as it is told is cut to the axis of a call: it has that many rows then."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Rotary(nn.Module):
    cos: Tensor

    def __init__(self, d_head: int, max_len: int = 512) -> None:
        super().__init__()
        angles = torch.outer(torch.arange(max_len).float(), torch.rand(d_head))
        self.register_buffer("cos", angles.cos())
        self.scale = nn.Parameter(torch.ones(max_len, d_head))

    def forward(self, x: Float[Tensor, "b heads t d_head"]) -> Float[Tensor, "b heads t d_head"]:
        reveal(self.cos[: x.shape[2]])  # N: Float32[Tensor, "t d_head"]
        x * self.scale[: x.shape[1]]  # E: do not broadcast (axis -2)  [shape-mismatch]
        x * self.cos[: x.shape[1]]  # E: do not broadcast (axis -2)  [shape-mismatch]
        return x * self.cos[: x.shape[2]] + self.scale[: x.shape[2]]


class Cut(nn.Module):
    def __init__(self, longest: int) -> None:
        super().__init__()
        self.longest = longest

    def forward(self, x: Float[Tensor, "b t d"], y: Float[Tensor, "b s d"]) -> Tensor:
        reveal(x[:, : self.longest])  # N: Float[Tensor, "b _ d"]
        reveal(x[:, : y.shape[1]])  # N: Float[Tensor, "b _ d"]
        return x[:, : self.longest]


class BatchFirst(nn.Module):
    pe: Tensor
    one: Tensor

    def __init__(self, d: int, max_len: int = 512) -> None:
        super().__init__()
        self.register_buffer("pe", torch.zeros(1, max_len, d))
        self.register_buffer("one", torch.zeros(1, max_len, d))

    def forward(self, x: Float[Tensor, "time batch d"]) -> Float[Tensor, "time batch d"]:
        reveal(self.pe[:, : x.size(0)])  # N: Float32[Tensor, "1 time d"]
        reveal(self.one[: x.size(0)])  # N: Float32[Tensor, "1 max_len d"]
        reveal(self.one[: x.size(0) // 2])  # N: Float32[Tensor, "_ max_len d"]
        reveal(self.one[x.size(0) :])  # N: Float32[Tensor, "_ max_len d"]
        x + self.pe[: x.size(0)]  # E: takes "time" positions along axis 0, which is 1  [shape-mismatch]
        x + self.pe[:1, : x.size(0)].transpose(0, 1)
        return x + self.pe[:, : x.size(0)].transpose(0, 1)
