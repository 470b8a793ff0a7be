"""Quoted annotations are read like any other."""

from typing import TYPE_CHECKING, Optional

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType

if TYPE_CHECKING:
    from neuraltypes.elements import LogitsType, ProbsType


def whole(x: "Float[Tensor, 'b t']") -> "Float[Tensor, 'b']":
    return x  # E: [return-value]


def part(x: list["Float[Tensor, 'b t']"]) -> Optional["Float[Tensor, 'b']"]:
    return x[0]  # E: [return-value]


def quoted_tensor(x: Float["Tensor", "b t"]) -> Float["Tensor", "b"]:
    return x  # E: [return-value]


def quoted_element(x: "NeuralType[Float[Tensor, 'b'], LogitsType]") -> "NeuralType[Float[Tensor, 'b'], ProbsType]":
    return x  # E: [return-value]


def union(x: "Float[Tensor, 'b t'] | None") -> "Float[Tensor, 'b'] | None":
    return x  # E: [return-value]


def forward_reference(x: "Later") -> Float[Tensor, "b"]:
    return x.y  # E: [return-value]


class Later(nn.Module):
    y: "Float[Tensor, 'b t']"
    z: "list[Float[Tensor, '_ 3']]"

    def forward(self, x: "Float[Tensor, 'b t']") -> "Float[Tensor, 'b']":
        return self.z[0]  # E: [return-value]


def comment(x, y):  # type: ignore[no-untyped-def]
    return x
