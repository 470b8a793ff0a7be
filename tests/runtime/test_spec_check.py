"""A spec checks a value as a call checks an argument, under the same policies; a function's interface can be read."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import AnnotationError, DTypeError, ShapeError, checks, interface_of, spec_from_annotation, typecheck
from neuraltypes.axes import FixedAxis, NamedAxis


class Pair(NamedTuple):
    x: Float[Tensor, "t"]
    y: Float[Tensor, "t 2"]


def test_all_that_disagrees_is_said_under_the_given_name() -> None:
    spec = spec_from_annotation(Pair)
    spec.check(Pair(torch.zeros(3), torch.zeros(3, 2)), name="pair 7")
    with pytest.raises(DTypeError) as caught:
        spec.check(Pair(torch.zeros(3), torch.zeros(4, 2).int()), name="pair 7")
    assert str(caught.value).splitlines()[0] == "pair 7(-> .y): dtype is int32, expected Float"
    assert [failure.cause for failure in caught.value.failures] == ["dtype", "shape"]
    with pytest.raises(DTypeError, match=r"pair 7\(-> .x\): dtype is int64"):
        spec.check(Pair(torch.zeros(3).long(), torch.zeros(3, 2)), name="pair 7")


def test_policies_hold_and_first_counts_by_owner() -> None:
    spec: Any = spec_from_annotation(Float[Tensor, "3"])
    with checks("off"):
        spec.check(torch.zeros(4), name="x")
    with checks("first", calls=1):
        owner = SimpleNamespace()
        spec.check(torch.zeros(3), name="x", owner=owner)
        spec.check(torch.zeros(4), name="x", owner=owner)
        with pytest.raises(ShapeError):
            spec.check(torch.zeros(4), name="x", owner=SimpleNamespace())
        with pytest.raises(ShapeError):
            spec.check(torch.zeros(4), name="x")


def test_the_interface_of_a_function_whether_it_is_checked_or_not() -> None:
    def scale(x: Float[Tensor, "b 3"], by: float = 1.0) -> Float[Tensor, "b 3"]:
        return x * by

    class Scaler:
        def scale(self, x: Float[Tensor, "b 3"], by: float = 1.0) -> None: ...

    for function in (scale, typecheck(scale)):
        assert str(interface_of(function)) == '(x: Float[Tensor, "b 3"], by: float = ...) -> Float[Tensor, "b 3"]'
    assert list(interface_of(Scaler().scale).inputs) == ["x", "by"]
    axes: Any = interface_of(scale).inputs["x"]
    assert [type(axis) for axis in axes.axes] == [NamedAxis, FixedAxis]

    def unresolved(x: "Float[Missing, 'b']") -> None: ...  # type: ignore[name-defined]

    def malformed(x: "Float[Tensor, 'b'] + 1") -> None: ...  # type: ignore[valid-type]

    assert str(interface_of(unresolved).inputs["x"]) == "Any"
    with pytest.raises(AnnotationError, match="malformed"):
        interface_of(malformed)
