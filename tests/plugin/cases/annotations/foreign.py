"""Arrays that are no tensors of torch, and other uses of `Annotated`, stay what they are to mypy: silent."""

from typing import Annotated, Any, TypeVar

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int, PyTree, Shaped
from torch import Tensor

from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal

T = TypeVar("T")


def array(x: Float[np.ndarray[Any, Any], "b t"]) -> Float[np.ndarray[Any, Any], "b"]:
    return x


def typed_array(x: Float[npt.NDArray[np.float32], "b t"], y: Int[npt.NDArray[np.int64], "n"]) -> None:
    reveal_type(x)  # R: numpy.ndarray[tuple[Any, ...], numpy.dtype[numpy.floating[
    typed_array(x, y)
    typed_array(y, y)  # E: [arg-type]


def element(x: NeuralType[Float[npt.NDArray[np.float32], "t"], AudioSignal]) -> None: ...


def scalar(x: Float[float, ""], y: Shaped[int, ""]) -> Float[float, ""]:
    return x + y


def any_array(x: Float[Any, "b t"]) -> Float[Any, "b"]:
    return x


def unknown_array(x: Float[T, "b t"]) -> Float[T, "b"]:
    return x


def mixed(x: Float[Tensor | np.ndarray[Any, Any], "b t"]) -> Float[Tensor, "b t"]:
    return x if isinstance(x, Tensor) else Tensor(x)


def tree(x: PyTree[Float[Tensor, "b"]]) -> PyTree[Float[Tensor, "b"]]:
    return x


def annotated(x: Annotated[int, "seconds"], y: Annotated[list[int], 3, 4]) -> Annotated[float, "t b"]:
    return x + sum(y)


def calls(x: Float[np.ndarray[Any, Any], "b t"], y: Tensor) -> None:
    array(x)
    any_array(x)
    any_array(y)
    scalar(3.0, 4)
    unknown_array(y)
    mixed(x)
    mixed(y)
