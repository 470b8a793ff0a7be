"""Keyword arguments by a TypedDict, and starred lists."""

from typing import NotRequired, TypedDict, Unpack

import torch
from jaxtyping import Float
from torch import Tensor


class Row(TypedDict):
    a: Float[Tensor, "b 3"]
    c: NotRequired[Float[Tensor, "b 4"]]


def by_keyword(**row: Unpack[Row]) -> Float[Tensor, "b 3"]:
    return row["a"]


def by_place(*xs: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
    return xs[0]


def keywords(row: Row) -> None:
    by_keyword(a=torch.zeros(2, 3))
    by_keyword(a=torch.zeros(2, 3), c=torch.zeros(2, 4))
    by_keyword(**row)
    by_keyword(a=torch.zeros(2, 4))  # E: Argument "a" to "by_keyword" does not fit: axis 1 is 4  [shape-mismatch]
    by_keyword(a=torch.zeros(2, 3), c=torch.zeros(3, 4))  # E: is 3, expected 2 (bound by a axis 0)  [shape-mismatch]
    by_keyword(a=torch.zeros(2, 3, dtype=torch.int64))  # E: is Int64, expected Float  [dtype-mismatch]
    by_keyword(c=torch.zeros(2, 4))  # E: Missing named argument "a"  [call-arg]
    x: Float[Tensor, "2 3"] = by_keyword(a=torch.zeros(2, 3))
    y: Float[Tensor, "3 3"] = by_keyword(a=torch.zeros(2, 3))  # E: [assignment]
    del x, y


def starred(wide: list[Float[Tensor, "n 4"]], right: list[Float[Tensor, "n 3"]], any_: list[Tensor]) -> None:
    by_place(*right)
    by_place(*any_)
    by_place(torch.zeros(2, 3), *any_)
    by_place(*torch.zeros(2, 5, 3))
    by_place(*wide)  # E: axis 1 is 4, expected 3  [shape-mismatch]
    by_place(*(one[:, :3] for one in wide))
