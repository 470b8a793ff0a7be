"""Names of tensors that are `Any` to plain mypy, returned or in displays: nothing is said where no tensor is wanted."""

from __future__ import annotations

from typing import Any, TypedDict

import torch
from jaxtyping import Float
from torch import Tensor


class Scores(TypedDict):
    loss: float
    wanted: torch.LongTensor


class Named(TypedDict):
    loss: float
    names: list[str]


def take(scores: dict[str, float], more: list[float]) -> None: ...


def in_dictionaries(x: Float[Tensor, "b 8"]) -> dict[str, float]:
    loss = x.norm()
    take({"loss": loss}, [loss])
    kept: dict[str, float] = {"loss": loss}
    kept.update({"again": loss})
    return {"loss": loss, "other": x.norm()}


def in_either_dictionary(x: Float[Tensor, "b 8"]) -> Scores | Named:
    loss = x.norm()
    return {"loss": loss, "wanted": loss}


def in_either_tuple(x: Float[Tensor, "b 8"], twice: bool) -> tuple[float] | tuple[float, int]:
    loss = x.norm()
    if twice:
        return loss, 3
    return (loss,)


def alone(x: Float[Tensor, "b 8"]) -> float:
    loss = x.norm()
    return loss


def swapped(x: Float[Tensor, "b 8"]) -> None:
    first, second = x.norm(), x.norm()
    first, second = second, first
    take({"loss": first}, [second])


def rows(x: Float[Tensor, "b 8"]) -> tuple[Float[Tensor, ""], int]:
    loss = x.norm()
    reveal_type([loss])  # R: list[Tensor[Float, tuple[()]
    return loss, 3


def of_another_shape(x: Float[Tensor, "b 8"]) -> tuple[Float[Tensor, "8"], int]:
    loss = x.norm()
    return loss, 3  # E: Incompatible return value type  [return-value]


def of_a_known_tensor(x: Float[Tensor, "b 8"]) -> dict[str, float]:
    total = x.sum()
    return {"total": total}  # E: Dict entry 0 has incompatible type  [dict-item]
