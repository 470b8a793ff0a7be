"""A TypedDict that is made where it is handed in: each entry is what is written there, not what is declared."""

from typing import Any, NotRequired, TypedDict

from jaxtyping import Float, Int
from torch import Tensor


class Batch(TypedDict):
    mel: Float[Tensor, "b 80 t"]
    lengths: Int[Tensor, "b"]
    more: NotRequired[Float[Tensor, "b 3"] | None]


class Pair(TypedDict):
    batch: Batch
    target: Float[Tensor, "b"]


def mean(batch: Batch) -> Float[Tensor, "b"]: ...
def loss(pair: Pair) -> None: ...
def make(mel: Float[Tensor, "b 80 t"]) -> Batch: ...


def use(
    mel: Float[Tensor, "4 80 9"],
    fitting: Int[Tensor, "4"],
    wrong: Int[Tensor, "5"],
    y: Float[Tensor, "4"],
    more: Float[Tensor, "5 3"],
    some: Tensor,
    unknown: Any,
) -> None:
    reveal_type(mean({"mel": mel, "lengths": fitting}))  # R: Tensor[Float, tuple[batch=4], Any]
    mean({"mel": mel, "lengths": wrong})  # E: axis 0 "b" is 5, expected 4  [shape-mismatch]
    mean(Batch(mel=mel, lengths=fitting))
    mean(Batch(mel=mel, lengths=wrong))  # E: axis 0 "b" is 5, expected 4  [shape-mismatch]
    mean({"mel": some, "lengths": wrong})
    mean({"mel": some, "lengths": wrong, "more": None})
    mean({"mel": some, "lengths": fitting, "more": more})  # E: "b" is 5, expected 4  [shape-mismatch]
    mean(Batch(mel=mel, lengths=unknown))
    mean({**make(mel), "lengths": wrong})
    loss({"batch": {"mel": mel, "lengths": fitting}, "target": y})
    loss({"batch": {"mel": mel, "lengths": wrong}, "target": y})  # E: "b" is 5, expected 4  [shape-mismatch]
