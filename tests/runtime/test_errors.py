"""Errors as objects: their classes, the data that they carry, and the traceback that is printed."""

import pickle
import traceback
from collections.abc import Callable

import pytest
import torch
from beartype.roar import BeartypeCallHintViolation
from jaxtyping import Bool, Float
from torch import Tensor

from neuraltypes import CheckError, DTypeError, NeuralModule, TensorSpec, typecheck


class Attention(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b t c"], mask: Bool[Tensor, "b t"]) -> Float[Tensor, "b t c"]:
        return x[:, 1:]


@typecheck
def gather(x: Float[Tensor, "b t"], rows: list[Float[Tensor, "t"]]) -> None: ...


def full(*sizes: int) -> Tensor:
    return torch.ones(sizes)


attention = Attention()


@pytest.mark.parametrize(
    "call",
    [
        lambda: attention(x=full(4, 7, 8), mask=full(4, 9)),
        lambda: attention(x=full(4, 7, 8), mask=full(4, 7).bool()),
        lambda: gather(full(2, 3), [full(1)]),
    ],
    ids=["argument", "result", "function"],
)
def test_the_traceback_of_a_direct_call_has_few_frames(call: Callable[[], object]) -> None:
    with pytest.raises(CheckError) as caught:
        call()
    error = caught.value
    assert error.__traceback__ is not None
    frames = traceback.format_exception(type(error), error, error.__traceback__.tb_next)
    lines = "".join(frames).split(type(error).__name__)[0].splitlines()
    assert len(lines[1:-1]) <= 12, "\n".join(lines)
    assert error.__cause__ is None
    assert error.__context__ is None


def failed() -> CheckError:
    with pytest.raises(CheckError) as caught:
        attention(x=full(4, 7, 8), mask=full(4, 9))
    return caught.value


def test_the_details_are_data() -> None:
    error = failed()
    dtype, shape = error.failures
    assert (error.expected, error.got) == ("Bool", "float32") == (dtype.expected, dtype.got)
    assert (shape.expected, shape.got, shape.axis) == (7, 9, 1)
    assert (shape.argument, shape.place, shape.cause) == ("mask", "", "shape")
    assert shape.spec == TensorSpec("b t", dtype="Bool")
    assert shape.found == "float32[4, 9]"
    assert error.bindings == {"b": 4, "t": 7, "c": 8}


def test_an_error_is_a_type_error_and_a_violation_of_beartype() -> None:
    for error in (TypeError, BeartypeCallHintViolation, CheckError, DTypeError):
        with pytest.raises(error):
            attention(x=full(4, 7, 8), mask=full(4, 7))


def test_an_error_pickles() -> None:
    error = failed()
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is type(error)
    assert str(copied) == str(error)
    assert (copied.failures, copied.bindings) == (error.failures, error.bindings)


def test_an_error_is_printed_under_its_own_name() -> None:
    failed()
    assert DTypeError.__module__ == "neuraltypes.errors"
