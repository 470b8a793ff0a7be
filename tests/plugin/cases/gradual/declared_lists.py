"""`outputs: list[Tensor] = []` holds what is put into it, as a list without a declared type does."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Decoder(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.cell = nn.GRUCell(width, width)
        self.out = nn.Linear(width, 10)

    def forward(self, x: Float[Tensor, "b t width"]) -> Float[Tensor, "b t 10"]:
        h = torch.zeros_like(x[:, 0])
        states: list[Tensor] = []
        for step in x.unbind(dim=1):
            h = self.cell(step, h)
            states.append(h)
        reveal(torch.stack(states, dim=1))  # N: is Float[Tensor, "b _ width"]
        self.out(torch.cat(states, dim=1).unsqueeze(1).transpose(0, 2))  # E: [shape-mismatch]
        return self.out(torch.stack(states, dim=1))


def fills(xs: list[Tensor]) -> None: ...


def several(
    x: Float[Tensor, "b t d"], y: Float[Tensor, "b d"], ys: list[Float[Tensor, "b d"]], is_long: bool
) -> list[Tensor]:
    same: list[torch.Tensor] = []
    same.append(y)
    same.append(x[:, :, 0])
    reveal(same[0])  # N: is Float[Tensor, "b _"]
    either: list[Tensor] = []
    if is_long:
        either.append(x)
    else:
        either.append(y)
    reveal(either[0] + either[0])  # N: is Tensor
    extended: list[Tensor] = []
    extended.extend(ys)
    reveal(extended[0])  # N: is Float[Tensor, "b d"]
    fills(extended)
    return same


def unknown(y: Float[Tensor, "b d"], u: Tensor, a: Any) -> None:
    first: list[Tensor] = []
    first.append(u)
    first.append(y)
    reveal(first[0])  # N: is Tensor
    later: list[Tensor] = []
    later.append(y)
    later.append(a)
    reveal(later[0])  # N: is Tensor
    inferred = [y]
    inferred.append(a)
    reveal(inferred[0])  # N: is Tensor
    replaced: list[Tensor] = []
    replaced = [y]
    replaced.append(u)
    reveal(replaced[0])  # N: is Tensor
    optional: list[Tensor | None] = []
    optional.append(y)
    optional.append(None)
    passed: list[Tensor] = []
    fills(passed)
    reveal(passed[0])  # N: is Tensor
