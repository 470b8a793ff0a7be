"""What a function of one expression cannot do with the numbers that a call gives is said at the call."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    return x * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)


def twice(x: Tensor, scale: Tensor) -> Tensor:
    return modulate(x, scale, scale)


def summed(x, y):  # type: ignore[no-untyped-def]
    return x + y


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.right = nn.Linear(64, 6 * 64)
        self.wrong = nn.Linear(64, 4 * 64)

    def forward(self, x: Float[Tensor, "b t 64"], c: Float[Tensor, "b 64"]) -> Float[Tensor, "b t 64"]:
        shift, scale, *_ = self.wrong(c).chunk(6, dim=1)
        modulate(x, shift, scale)  # E: In "modulate": Operands of "*": "b t 64" and "b 1 43"  [shape-mismatch]
        twice(x, scale)  # E: In "twice": In "modulate": Operands of "*"  [shape-mismatch]
        summed(x, scale)  # E: In "summed"  [shape-mismatch]
        shift, scale, *_ = self.right(c).chunk(6, dim=1)
        twice(x, scale)
        return modulate(x, shift, scale)


def names_may_be_one(
    x: Float[Tensor, "b t d"], scale: Float[Tensor, "b e"], shift: Float[Tensor, "n d"], one: Float[Tensor, "b 1"]
) -> None:
    modulate(x, shift, scale)
    twice(x, scale)
    twice(x, one)
    if x.shape == scale.shape:
        summed(x, scale)
    modulate(torch.rand(2, 3), torch.rand(3, 3), one)
    modulate(torch.rand(2, 3, 4), torch.rand(2, 5), torch.rand(2, 4))  # E: In "modulate"  [shape-mismatch]
