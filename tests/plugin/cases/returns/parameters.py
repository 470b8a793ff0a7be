"""A name that is given a parameter and then what is computed of it holds a tensor."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Positions(nn.Module):
    def __init__(self, n: int, d: int) -> None:
        super().__init__()
        self.positions = nn.Parameter(torch.zeros(1, n, d))
        self.weight = nn.Parameter(torch.zeros(3, 4))

    def forward(self, x: Tensor, flag: bool) -> Tensor:
        positions = self.positions
        if flag:
            positions = positions.permute(0, 2, 1).view(1, -1, 4, 4)
            positions = F.interpolate(positions, size=(8, 8), mode="bicubic", align_corners=False)
            positions = positions.flatten(2).transpose(1, 2)
        return x + positions

    def given_an_axis(self) -> Tensor:
        weight = self.weight
        weight = weight[None]
        reveal_type(weight)  # R: Tensor[Float32, tuple[1, 3, 4], Any]
        return F.interpolate(weight, size=8)

    def still_wrong(self) -> Tensor:
        weight = self.weight
        weight = weight.t()
        return F.interpolate(weight, size=8)  # E: has 2 axes, expected 3 or 4 or 5  [shape-mismatch]

    def another(self, flag: bool) -> nn.Parameter:
        weight = self.weight
        if flag:
            weight = self.positions
        return weight
