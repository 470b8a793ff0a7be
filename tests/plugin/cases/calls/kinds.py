"""Axes have kinds: a transposed batch is reported as such, though every size fits."""

from jaxtyping import Float, Int
from torch import Tensor, nn


class Encoder(nn.Module):
    def forward(self, x: Float[Tensor, "batch time channel"]) -> Float[Tensor, "time batch channel"]: ...


def convolved(x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c t"]: ...
def image(x: Float[Tensor, "b c h w"]) -> None: ...
def labelled(x: Float[Tensor, "batch=p time=q"]) -> Float[Tensor, "time=q batch=p"]: ...
def free(x: Float[Tensor, "p q r"]) -> Float[Tensor, "r q p"]: ...
def partly(x: Float[Tensor, "b p c"]) -> None: ...
def lengths(x: Int[Tensor, "b"], y: Float[Tensor, "t"]) -> None: ...


def transposed(x: Float[Tensor, "batch time channel"]) -> None:
    y = Encoder()(x)
    Encoder()(y)  # E: got time, batch, channel; expected batch, time, channel  [axis-kind]
    convolved(x)  # E: got batch, time, channel; expected batch, channel, time  [axis-kind]
    image(x[..., None])


def by_label(x: Float[Tensor, "b t"], y: Float[Tensor, "t b"]) -> None:
    labelled(x)
    labelled(y)  # E: [axis-kind]
    labelled(labelled(x))  # E: [axis-kind]


def without_a_kind(x: Float[Tensor, "b t c"], y: Float[Tensor, "p q r"]) -> None:
    free(x)
    free(y)
    convolved(y)
    partly(x)
    convolved(free(y))


def kinds_go_through_names(x: Float[Tensor, "b t c"]) -> None:
    convolved(free(x))  # E: [axis-kind]


def sizes_are_numbers(x: Float[Tensor, "2 3 4"], y: Float[Tensor, "batch=2 time=3 channel=4"]) -> None:
    convolved(x)
    convolved(y)  # E: got batch, time, channel; expected batch, channel, time  [axis-kind]


def one_axis(x: Int[Tensor, "t"], y: Float[Tensor, "b"]) -> None:
    lengths(x, y)  # a kind that a letter alone says is not held against another letter


def pictures(x: Float[Tensor, "b h w c"]) -> None:
    image(x)  # E: [axis-kind]
