"""A project's own `AbstractDtype` is a tensor type of unknown dtype, its axes checked."""

from jaxtyping import AbstractDtype, Float
from torch import Tensor


class Float8(AbstractDtype):
    dtypes = ["float8_e4m3fn", "float8_e5m2"]


# A limit: mypy looks for type variables among the words of a signature, and reports `b`, before it asks a hook; plain
# mypy does so, too.
def shape(x: Float8[Tensor, "b t"]) -> Float8[Tensor, "b"]:  # E: Name "b" is not defined  [name-defined]
    return x  # E: [return-value]


def dtype(x: Float8[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    return x


def malformed(x: Float8[Tensor, "b, t"]) -> None: ...  # E: [bad-annotation]
