"""A dtype means the same under whatever name it comes in."""

import typing
import typing as t

import jaxtyping
import jaxtyping as jt
import torch
import torch as th
from annotations.shared import Audio, Exported, Floating, Mel
from annotations import shared
from annotations.shared import *
from jaxtyping import Float as F
from jaxtyping import Int
from torch import Tensor
from torch import Tensor as T

import neuraltypes as nt
from neuraltypes import NeuralType as N
from neuraltypes import elements as el
from neuraltypes.elements import LogitsType as L

Real = 3  # a name of jaxtyping's that means something else here


def module(x: jaxtyping.Float[torch.Tensor, "b t"]) -> jaxtyping.Float[torch.Tensor, "b"]:
    return x  # E: got "Tensor[Float, tuple[b, t], Any]", expected "Tensor[Float, tuple[b], Any]"  [return-value]


def module_alias(x: jt.Float[th.Tensor, "b t"]) -> jt.Float[th.Tensor, "b"]:
    return x  # E: [return-value]


def name_alias(x: F[T, "b t"]) -> F[T, "b"]:
    return x  # E: [return-value]


def name_alias_dtype(x: F[T, "b"]) -> Int[T, "b"]:
    return x  # E: got "Tensor[Float, tuple[b], Any]", expected "Tensor[Int, tuple[b], Any]"  [return-value]


def full_path(x: jt.Float[torch._tensor.Tensor, "b t"]) -> F[Tensor, "b"]:
    return x  # E: [return-value]


def reexported(x: Floating[Tensor, "b t"]) -> Exported[Tensor, "b"]:
    return x  # E: got "Tensor[Float, tuple[b, t], Any]", expected "Tensor[Int, tuple[b], Any]"  [return-value]


def reexported_as_attribute(x: shared.Floating[Tensor, "b t"]) -> shared.Exported[Tensor, "b t"]:
    return x  # E: [return-value]


def from_a_star(x: Starred[Tensor, "b t"]) -> Starred[Tensor, "b"]:
    return x  # E: [return-value]


def neural_alias(x: N[F[T, "b"], L]) -> N[F[T, "b"], el.ProbsType]:
    return (
        x  # E: got "Tensor[Float, tuple[b], LogitsType]", expected "Tensor[Float, tuple[b], ProbsType]"  [return-value]
    )


def neural_module(x: nt.NeuralType[F[T, "b"], nt.elements.LogitsType]) -> nt.NeuralType[F[T, "b"], el.ProbsType]:
    return x  # E: [return-value]


def annotated(x: typing.Annotated[F[T, "b t"], "anything"]) -> t.Annotated[F[T, "b"], 3]:
    return x  # E: [return-value]


def alias_from_elsewhere(x: Audio, y: Mel) -> Audio:
    return y  # E: [return-value]


def imported_inside() -> None:
    from jaxtyping import Bool as Flag

    def inner(x: Flag[Tensor, "b t"]) -> Flag[Tensor, "b"]:
        return x  # E: [return-value]


if typing.TYPE_CHECKING:
    from jaxtyping import Complex as C


def imported_for_checking(x: "C[Tensor, 'b t']") -> "C[Tensor, 'b']":
    return x  # E: [return-value]


try:
    from jaxtyping import Float64 as Double
except ImportError:
    pass


def imported_in_try(x: Double[Tensor, "b t"]) -> Double[Tensor, "b"]:
    return x  # E: [return-value]
