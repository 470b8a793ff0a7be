"""Letters that mean different things in different places are silent, unless an order is swapped."""

from jaxtyping import Float, Int
from torch import Tensor


def smooth(x: Float[Tensor, "t"], window: int = 3) -> Float[Tensor, "t"]: ...
def normalize(x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]: ...
def pairwise(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]: ...
def rotate(x: Float[Tensor, "b h t d"]) -> Float[Tensor, "b h t d"]: ...
def heads(x: Float[Tensor, "b h s d"], mask: Int[Tensor, "b s"]) -> Float[Tensor, "b s h*d"]: ...
def image(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]: ...
def volume(x: Float[Tensor, "b c d h w"]) -> Float[Tensor, "b c"]: ...
def tokens(x: Float[Tensor, "b n d"]) -> Float[Tensor, "b n d"]: ...
def linear(x: Float[Tensor, "... c"]) -> Float[Tensor, "... d"]: ...
def column(x: Float[Tensor, "d"]) -> Float[Tensor, "d"]: ...
def first(x: Float[Tensor, "b *rest"]) -> Float[Tensor, "*rest"]: ...


def calls(
    losses: Float[Tensor, "n"],
    sequence: Float[Tensor, "b t"],
    features: Float[Tensor, "b t d"],
    picture: Float[Tensor, "b c h w"],
    patches: Float[Tensor, "b n d"],
    attention: Float[Tensor, "b heads t d"],
    classes: Float[Tensor, "b c"],
) -> None:
    smooth(losses)
    smooth(sequence[0])
    smooth(classes[0])
    normalize(sequence)
    normalize(classes)
    pairwise(sequence, sequence)
    pairwise(classes, classes)
    tokens(features)
    tokens(patches)
    rotate(picture)
    rotate(attention)
    image(attention)
    linear(features)
    linear(picture)
    linear(losses)
    column(losses)
    first(features)
    first(first(features))
    volume(picture[:, :, None])


def squares(x: Float[Tensor, "t s"], y: Float[Tensor, "s t"], z: Float[Tensor, "n n"]) -> None:
    pairwise(x, y.t())
    pairwise(z, z)
    normalize(y)


def one_kind_twice(x: Float[Tensor, "b t_in t_out"], y: Float[Tensor, "b time t"]) -> Float[Tensor, "b time"]:
    def align(x: Float[Tensor, "b t_out t_in"]) -> Float[Tensor, "b t_out"]: ...

    align(x)
    return align(y)


def batch_only(n: Float[Tensor, "n"], batch: Float[Tensor, "batch"]) -> None:
    def weights(x: Float[Tensor, "b"]) -> None: ...

    weights(n)
    weights(batch)
