"""Functions that say nothing of shapes give what their bodies give of each call's arguments."""
# mypy: allow-untyped-defs, allow-untyped-calls

import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import reveal


def turn(x: Tensor) -> Tensor:
    """Swap the last two axes."""
    return x.transpose(-1, -2)


def untyped_turn(x):
    return x.transpose(-1, -2)


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    return x * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)


def split_heads(x: Tensor, heads: int) -> Tensor:
    return x.view(x.size(0), x.size(1), heads, -1).transpose(1, 2)


def pad(x: Tensor, n: int, m: int = 3) -> Tensor:
    return torch.cat([x, x.new_zeros(x.size(0), n + m, x.size(2))], dim=1)


def twice(x: Tensor) -> Tensor:
    return turn(below(x)) + turn(x)


def below(x: Tensor) -> Tensor:
    return x.relu()


def several(x: Tensor) -> Tensor:
    x = x.transpose(0, 1)
    return x


def halves(x):
    return x.chunk(2, dim=-1)


def shapes_follow(y: Float[Tensor, "b n d"], z: Float[Tensor, "b d"], w: Float[Tensor, "b t e"], n: int) -> None:
    reveal(turn(y))  # N: is Float[Tensor, "b d n"]
    reveal(turn(w))  # N: is Float[Tensor, "b e t"]
    reveal(untyped_turn(y))  # N: is Float[Tensor, "b d n"]
    reveal(modulate(y, z, z))  # N: is Float[Tensor, "b n d"]
    reveal(split_heads(y, 4))  # N: is Float[Tensor, "b 4 n d//4"]
    reveal(pad(y, 5))  # N: is Float[Tensor, "b _ d"]
    reveal(pad(y, 5, m=1))  # N: is Float[Tensor, "b n+6 d"]
    reveal(twice(y))  # N: is Float[Tensor, "b d n"]
    reveal(several(y))  # N: is Float[Tensor, "n b d"]
    turn(y) @ turn(y)  # E: [shape-mismatch]
    first, second = halves(y)
    reveal(torch.cat([first, second], dim=1))  # N: is Float[Tensor, "b 2*n (d+1)//2"]
    modulate(z, y, y)


def exists(x):
    return x is not None


def default(x, other):
    return x if exists(x) else other


def recursive(x: Tensor) -> Tensor:
    return recursive(x)


def wrong(x):
    return x.no_such_method(3)


def refused(x: Tensor) -> Tensor:
    return x @ x


def rows(x: Tensor) -> list[Tensor]:
    return [row for row in x]


class Replaced:
    def encode(self, x: Tensor) -> Tensor:
        return x

    def run(self, y: Float[Tensor, "b n d"]) -> None:
        reveal(self.encode(y))  # N: is Tensor


def stays_unknown(y: Float[Tensor, "b n d"], o: Float[Tensor, "b n d"] | None, u: Tensor) -> None:
    reveal(default(o, y))  # N: is Any
    reveal(recursive(y))  # N: is Tensor
    reveal(wrong(y))  # N: is Any
    reveal(refused(y))  # N: is Tensor
    reveal(rows(y))  # N: is list[Tensor]
    reveal(turn(u))  # N: is Tensor
    number: int = untyped_turn(y)
    turned = turn(y)
    turned = turn(turned)
    reveal(turned)  # N: is Float[Tensor, "b n d"]
    print(number)


def bump(x, start=1.0):
    values = torch.zeros(x.size())
    values[x < start] = 1
    return values


def loaded(x):
    if x.ndim == 3:
        x = torch.load("kept")
    return x


class Holder:
    """To mypy these are `Any`, which goes wherever anything else goes, too."""

    def __init__(self, flag: bool, x: Float[Tensor, "b n"]) -> None:
        if flag:
            self.mask = bump(x)
        else:
            self.mask = None
        if flag:
            kept = loaded(x)
        else:
            kept = [{"x": x} if flag else x][0]
        print(kept)
