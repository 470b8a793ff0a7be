"""Axes that the program puts together are unknown here; the dtype is held to."""

from enum import Enum
from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor

BATCH: Final = "b"
TOKENS = "b t"


class Name(Enum):
    BATCH = "b"
    FEATURE = "c"

    @staticmethod
    def all_of(*names: "Name") -> str:
        return " ".join(name.value for name in names)


def of_a_call(x: Float[Tensor, Name.all_of(Name.BATCH, Name.FEATURE)]) -> Float[Tensor, Name.all_of(Name.BATCH)]:
    reveal_type(x)  # R: Tensor[Float, Any, Any]
    return x.mean(dim=-1)


def of_a_name(x: Int[Tensor, TOKENS], y: Float[Tensor, Name.BATCH.value]) -> Int[Tensor, "b t"]:
    reveal_type(y)  # R: Tensor[Float, Any, Any]
    return x


def of_an_f_string(x: Float[Tensor, f"{BATCH} 3"], y: Float[Tensor, BATCH + " 3"]) -> Float[Tensor, f"{BATCH} 3"]:
    return x + y


def use(x: Float[Tensor, "b c"], i: Int[Tensor, "b t"]) -> None:
    reveal_type(of_a_call(x))  # R: Tensor[Float, Any, Any]
    of_a_call(i)  # E: is Int, expected Float  [dtype-mismatch]
    of_an_f_string(x, torch.zeros(3, dtype=torch.int64))  # E: is Int64, expected Float  [dtype-mismatch]


class Store:
    items: Float[Tensor, Name.all_of(Name.BATCH)]


def without_quotes(x: Float[Tensor, batch]) -> None: ...  # E: are a string  [bad-annotation]
