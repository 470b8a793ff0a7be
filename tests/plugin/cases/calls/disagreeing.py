"""Arguments that are handed on, or given before the call, are unified with each other as those of a call are."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import repeat, starmap
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


def add(x: Float[Tensor, "b c"], y: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]: ...
def join(x: Float[Tensor, "b c"], y: Float[Tensor, "b d"]) -> Float[Tensor, "b c+d"]: ...
def three(x: Float[Tensor, "b c"], y: Float[Tensor, "b d"], z: Float[Tensor, "c d"]) -> Float[Tensor, "b"]: ...
def perhaps(x: Float[Tensor, "b c"], y: Float[Tensor, "b c"] | None) -> Float[Tensor, "b c"]: ...
def repeated(x: Float[Tensor, "b c"], times: int = 1) -> Float[Tensor, "b c*{times}"]: ...


def mapped(
    xs: list[Float[Tensor, "4 3"]], ys: list[Float[Tensor, "4 5"]], zs: list[Float[Tensor, "2 3"]], us: list[Tensor]
) -> None:
    list(map(add, xs, ys))  # E: "y" to "add" does not fit: axis 1 "c" is 5, expected 3  [shape-mismatch]
    list(map(join, xs, zs))  # E: "y" to "join" does not fit: axis 0 "b" is 2, expected 4  [shape-mismatch]
    list(map(perhaps, xs, ys))  # E: "c" is 5, expected 3  [shape-mismatch]
    list(map(torch.add, xs, ys))  # E: do not broadcast  [shape-mismatch]
    for joined in map(join, xs, ys):
        reveal(joined)  # N: Float[Tensor, "batch=4 8"]
    reveal(list(map(add, xs, xs)))  # N: list[Float[Tensor, "batch=4 channel=3"]]
    list(map(add, xs, us))
    list(map(add, us, ys))
    list(map(perhaps, xs, repeat(None)))
    list(map(repeated, xs, range(3)))
    list(map(repeated, xs, "abc"))  # E: [arg-type]
    list(map(add, *[xs, xs]))


def mapped_by_modules(layer: nn.Linear, xs: list[Float[Tensor, "4 3"]], ys: list[Float[Tensor, "4 5"]]) -> None:
    known = nn.Linear(3, 8)
    list(map(known, ys))  # E: axis -1 is 5, expected 3  [shape-mismatch]
    reveal(list(map(known, xs)))  # N: list[Float[Tensor, "4 8"]]
    list(map(layer, ys))


def mapped_by_others(
    f: Callable[[Tensor, Tensor], Tensor], g: Callable[..., Any], xs: list[Float[Tensor, "4 3"]], ys: Iterable[Any]
) -> None:
    list(map(f, xs, ys))
    list(map(g, xs, ys))
    list(map(max, [1], [2]))


def names_disagree(xs: Iterable[Float[Tensor, "b c"]], ys: Iterable[Float[Tensor, "b d"]]) -> None:
    list(map(add, xs, ys))  # E: axis 1 "c" is d, expected c  [shape-mismatch]
    list(map(join, xs, ys))


def mapped_by_stars(xs: list[Float[Tensor, "4 3"]], ys: list[Float[Tensor, "4 5"]], pairs: list[Any]) -> None:
    list(starmap(add, zip(xs, ys)))  # E: axis 1 "c" is 5, expected 3  [shape-mismatch]
    reveal(list(starmap(join, zip(xs, ys))))  # N: list[Float[Tensor, "batch=4 8"]]
    list(starmap(add, [(x, x) for x in xs]))
    list(starmap(add, [xs, ys]))
    list(starmap(add, pairs))


def zipped(xs: list[Float[Tensor, "4 3"]], ys: list[Float[Tensor, "4 5"]]) -> None:
    [add(x, y) for x, y in zip(xs, ys, strict=True)]  # E: axis 1 "c" is 5, expected 3  [shape-mismatch]
    [add(x, x) for x, _ in zip(xs, ys, strict=True)]
    for _, (x, y) in enumerate(zip(xs, ys, strict=True)):
        add(x, y)  # E: axis 1 "c" is 5, expected 3  [shape-mismatch]
        join(x, y)


class Pair(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(2, 3))

    def both(self, x: Float[Tensor, "b c"], y: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]:
        return x + y

    def forward(self, x: Float[Tensor, "4 3"], y: Float[Tensor, "4 3"]) -> None:
        partial(self.both, x, self.bias)  # E: "y" to "both" does not fit: axis 0 "b" is 2, expected 4
        partial(self.both, x, y)


def given_before(
    x: Float[Tensor, "4 3"], y: Float[Tensor, "2 5"], z: Float[Tensor, "4 5"], w: Float[Tensor, "3 6"], u: Tensor
) -> None:
    partial(join, x, y)  # E: "y" to "join" does not fit: axis 0 "b" is 2, expected 4 (bound by x axis 0)
    partial(join, x, y=y)  # E: axis 0 "b" is 2, expected 4
    wrong = partial(join, x, y)  # E: axis 0 "b" is 2, expected 4
    wrong()
    partial(join, x, u)
    partial(repeated, x, times=2)
    reveal(partial(repeated, x, times=2)())  # N: Float[Tensor, "batch=4 6"]
    reveal(partial(join, x, z)())  # N: Float[Tensor, "batch=4 8"]
    later = partial(join, x)
    reveal(later(z))  # N: Float[Tensor, "batch=4 8"]
    later(y)  # E: [arg-type]


def given_later(
    x: Float[Tensor, "4 3"], z: Float[Tensor, "4 5"], w: Float[Tensor, "3 6"], v: Float[Tensor, "3 5"]
) -> None:
    later = partial(three, x)
    later(z, v)
    later(z, w)  # E: "z" to "three" does not fit: axis 1 "d" is 6, expected 5


def losses(x: Float[Tensor, "4 3"], y: Int[Tensor, "4"]) -> None:
    loss = partial(F.cross_entropy, reduction="sum")
    loss(torch.softmax(x, -1), y)  # E: holds ProbsType, expected LogitsType  [element-mismatch]
    loss(x, y)


softmax = F.softmax
probabilities = softmax


def names_of_names(x: Float[Tensor, "4 3"], y: Int[Tensor, "4"]) -> None:
    reveal(probabilities(x, dim=-1))  # N: Float[Tensor, "4 3"]
    loss = F.nll_loss
    other = loss
    other(probabilities(x, dim=-1), y)  # E: holds ProbsType, expected LogprobsType  [element-mismatch]
    other(F.log_softmax(x, dim=-1), y)
