"""Parameters have the shape that they are made with, in the sizes of the class, as the axes of `forward` meet them."""

import torch
from jaxtyping import Float
from neuraltypes import reveal
from torch import Tensor, nn


class Scale(nn.Module):
    def __init__(self, d: int, extra: int = 0) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(d))
        self.mixing = nn.Parameter(torch.randn(d, d) / d**0.5)
        self.padded = nn.Parameter(torch.ones(d + extra))
        _, t = torch.zeros(3, 4).shape
        self.local = nn.Parameter(torch.zeros(t))
        self.lower = nn.Parameter(torch.empty(d // 2), requires_grad=False)
        nn.init.normal_(self.lower)

    def forward(self, x: Float[Tensor, "b t c"]) -> Float[Tensor, "b t c"]:
        reveal(self.gamma)  # N: is Float32[Tensor, "d"]
        reveal(self.lower)  # N: Tensor, "d//2"]
        reveal(self.local)  # N: is Float32[Tensor, "4"]
        reveal(self.gamma.data)  # N: is Float32[Tensor, "d"]
        reveal(x @ self.mixing)  # N: Tensor, "b t c"]
        return x * self.gamma * self.padded

    def transposed(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c t"]:
        x = x * self.gamma
        return x * self.mixing  # E: do not broadcast (axis -2)  [shape-mismatch]


class Patches(nn.Module):
    def __init__(self, image: int, patch: int, d: int) -> None:
        super().__init__()
        n = (image // patch) ** 2
        self.cls = nn.Parameter(torch.zeros(1, 1, d))
        self.positions = nn.Parameter(torch.zeros(1, n + 1, d))
        self.conv = nn.Conv2d(3, d, patch, patch)

    def forward(self, images: Float[Tensor, "b 3 image image"]) -> Float[Tensor, "b _ d"]:
        x = self.conv(images).flatten(2).mT
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1) + self.positions
        reveal(x)  # N: Tensor, "b (image//patch)*(image//patch)+1 d"]
        return x

    def forgotten(self, images: Float[Tensor, "b 3 image image"]) -> None:
        self.conv(images).flatten(2) + self.positions  # E: do not broadcast  [shape-mismatch]


reveal(Patches(32, 4, 64).positions)  # N: is Float32[Tensor, "1 65 64"]


class Optional(nn.Module):
    def __init__(self, d: int, is_scaled: bool) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(d)) if is_scaled else None
        self.later: nn.Parameter | None = None
        self.width = nn.Buffer(torch.zeros(d, 3))

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        if self.scale is not None:
            x = x * self.scale
        if self.later is not None:
            x = x * self.later
        reveal(self.width)  # N: is Float32[Tensor, "d 3"]
        return x


class Own(nn.Parameter):
    pass


def others(given: nn.Parameter | None, own: Own, row: Float[Tensor, "b 4"]) -> nn.Parameter:
    reveal(Own(torch.zeros(3)))  # N: is Tensor
    plain: Tensor = nn.Parameter(torch.zeros(3))
    row @ plain
    several = [nn.Parameter(torch.zeros(3)), nn.Parameter(torch.zeros(4))]
    row * several[0] * own
    row * nn.Parameter(torch.zeros(3))  # E: do not broadcast  [shape-mismatch]
    return given or nn.Parameter(torch.zeros(3))
