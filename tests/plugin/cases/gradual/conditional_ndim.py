"""`x.mean(0) if x.ndim == 2 else x`: mypy narrows no branch of it, so of one of several tensors nothing is said there."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def rows_or_one(x: Float[Tensor, "b t"] | Float[Tensor, "t"]) -> Float[Tensor, "t"]:
    return x.mean(0) if x.ndim == 2 else x


def always_rows(x: Float[Tensor, "b t"] | Float[Tensor, "t"]) -> Float[Tensor, "b t"]:
    return x if x.ndim == 2 else x[None]


def in_a_statement(x: Float[Tensor, "b t"] | Float[Tensor, "t"]) -> Float[Tensor, "t"]:
    if x.ndim == 2:
        return x  # E: Incompatible return value type  [return-value]
    return x


def one_tensor(x: Float[Tensor, "b t"]) -> Float[Tensor, "t"]:
    return x.sum(1) if x.ndim == 2 else x.sum(0)  # E: Incompatible return value type  [return-value]
