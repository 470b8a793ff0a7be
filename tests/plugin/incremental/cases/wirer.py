"""Uses them."""

from jaxtyping import Float
from torch import Tensor, nn
from wired import Encoder, Model, Rounds, listed, parts


def handed(x: Float[Tensor, "b 6"]) -> Float[Tensor, "b 3"]:
    return Model(Encoder(6)).proj(x)


def several(x: Float[Tensor, "b 6"]) -> Float[Tensor, "b 6"]:
    up, down = parts(6, 7)
    return nn.Sequential(*listed(6))(down(up(x)))


def in_rounds(x: Tensor) -> Tensor:
    y: Tensor = nn.Linear(5, 6)(x)
    out: Tensor = nn.Linear(6, 2)(Rounds(6, True)(y))
    return out
