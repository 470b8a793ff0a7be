"""A name that is given several sizes has the one of its last assignment; where branches and rounds differ, none."""

import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import reveal


def frames(x: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n c h2 w2"]:
    return x


def an_unknown_size_is_not_the_one_from_before(video: Float[Tensor, "b t 3 h w"]) -> None:
    b, t, c, h, w = video.shape
    x = frames(video.view(b * t, c, h, w))
    _, c, h, w = x.shape
    reveal(x.view(b, t, c, h, w))  # N: Float[Tensor, "b t _ _ _"]
    c = 4
    reveal(x.new_zeros(b, c, t))  # N: Float[Tensor, "b _ t"]


def another_size_is(video: Float[Tensor, "b t 3 h w"], images: Float[Tensor, "n 4 p q"]) -> None:
    b, t, c, h, w = video.shape
    video.view(b * t, c, h, w)
    n, c, h, w = images.shape
    reveal(images.view(n, c, h * w))  # N: Float[Tensor, "n 4 p*q"]
    video.view(b * t, c, h, w)  # E: asks for 4*b*p*q*t entries  [shape-mismatch]


def sizes_of_branches_meet(x: Float[Tensor, "b t 3"], flag: bool) -> None:
    n = x.shape[2]
    if flag:
        n = x.shape[1]
        reveal(x.new_zeros(7, n))  # N: Float[Tensor, "7 t"]
    reveal(x.new_zeros(7, n))  # N: Float[Tensor, "7 _"]
    if flag:
        same = x.shape[1]
    else:
        same = x.size(1)
    reveal(x.new_zeros(7, same))  # N: Float[Tensor, "7 t"]
    if flag:
        other = x.shape[1]
    else:
        other = x.shape[0]
    x.view(other, -1, 3)
    shape = x.shape
    if flag:
        shape = x.transpose(1, 2).shape
    reveal(x.new_zeros(shape))  # N: Tensor


def a_loop_begins_with_the_size_of_its_last_round(x: Float[Tensor, "b t 3"], layers: list[int]) -> None:
    n = x.shape[1]
    reveal(x.new_zeros(n))  # N: Float[Tensor, "t"]
    for layer in layers:
        reveal(x.new_zeros(n))  # N: Float[Tensor, "_"]
        n = n * layer
    reveal(x.new_zeros(n))  # N: Float[Tensor, "_"]
    k = x.shape[1]
    while len(layers) < k:
        layers.append(1)
        k = len(layers)
    x.view(-1, k)
    for _ in layers:
        m = x.shape[1]
        reveal(x.new_zeros(m))  # N: Float[Tensor, "t"]
        m += 1
        reveal(x.new_zeros(m))  # N: Float[Tensor, "t+1"]


def a_test_says_what_a_size_is_in_its_branch_alone(x: Float[Tensor, "b t 3"]) -> None:
    n = x.shape[0]
    n = x.shape[1]
    if n:
        x.view(-1, n, 3)
    if n == 4:
        reveal(x.new_zeros(n))  # N: Float[Tensor, "t"]
    torch.zeros(n, 3) + x[0]
