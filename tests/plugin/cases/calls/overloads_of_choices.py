"""The function behind overloads may take one of several tensors with the same number of axes."""

from typing import Literal, overload

from jaxtyping import Float
from torch import Tensor


@overload
def along(
    m: Float[Tensor, "r c"], v: Float[Tensor, "r"] | Float[Tensor, "n r"], *, side: Literal["left"] = "left"
) -> Float[Tensor, "r c"]: ...


@overload
def along(
    m: Float[Tensor, "r c"], v: Float[Tensor, "c"] | Float[Tensor, "c n"], *, side: Literal["right"]
) -> Float[Tensor, "r c"]: ...


def along(
    m: Float[Tensor, "r c"],
    v: Float[Tensor, "r"] | Float[Tensor, "n r"] | Float[Tensor, "c"] | Float[Tensor, "c n"],
    *,
    side: Literal["left", "right"] = "left",
) -> Float[Tensor, "r c"]:
    if side == "left":
        return m.T  # E: [return-value]
    return m * 2


@overload
def behind(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]: ...


@overload
def behind(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]: ...


def behind(  # E: does not accept all possible parameters of signature 2 # E: cannot produce return type
    x: Float[Tensor, "b t"],
) -> Float[Tensor, "b t"]:
    return x


class Norm:
    @overload
    def scaled(self, x: Float[Tensor, "b t"], y: Float[Tensor, "b"] | Float[Tensor, "t"]) -> Float[Tensor, "b t"]: ...
    @overload
    def scaled(self, x: Float[Tensor, "b t"], y: float) -> Float[Tensor, "b t"]: ...
    def scaled(
        self, x: Float[Tensor, "b t"], y: Float[Tensor, "b"] | Float[Tensor, "t"] | float
    ) -> Float[Tensor, "b t"]:
        return x.T  # E: [return-value]
