"""A function that speaks of a dtype by the name that another module gave it."""

from compat import Number
from torch import Tensor


def score(x: Number[Tensor, "b 7"]) -> None:
    print(x)
