"""Pointwise operations and creation, on sizes that have names, and on what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from neuraltypes._sizes import add, floor_divide, multiply, named, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules import UNKNOWN, Array, DType, Outcome, Produced, apply
from tests.rules._conformance import registry

B, T, C = (SizedAxis(named(name)) for name in "btc")
ONE, ANY = SizedAxis(number(1)), SizedAxis()
FLOAT32, INT64, BOOL, HALF = (frozenset({name}) for name in ("float32", "int64", "bool", "float16"))


def call(name: str, **arguments: Any) -> Outcome:
    signature = registry().find(name)
    assert signature is not None
    return apply(signature, arguments)


def forward(name: str, config: dict[str, Any], **arguments: Any) -> Outcome:
    signature = registry().find(f"torch.nn.{name}.forward")
    assert signature is not None
    return apply(signature, arguments, config)


def array(*axes: SizedAxis | Rest, dtype: frozenset[str] | None = FLOAT32, element: str = "") -> Array:
    return Array(axes, dtype, Produced(element) if element else None)


def result(outcome: Outcome) -> Array:
    assert not outcome.refused
    assert isinstance(outcome.result, Array)
    return outcome.result


def element(outcome: Outcome) -> object:
    found = result(outcome).element
    return found.name if isinstance(found, Produced) else found


def test_named_axes_broadcast_with_those_of_size_one() -> None:
    found = result(call("torch.add", input=array(B, T, C), other=array(T, ONE)))
    assert found == array(B, T, C)


def test_two_names_do_not_broadcast() -> None:
    assert [one.code for one in call("torch.mul", input=array(B, T), other=array(B, C)).refused] == ["shape"]


@pytest.mark.parametrize("other", [UNKNOWN, Array()])
def test_an_unknown_operand_leaves_the_shape_unknown(other: Any) -> None:
    found = result(call("torch.Tensor.__add__", self=array(B, T), other=other))
    assert found.shape is None
    assert found.dtype is None


def test_any_number_of_axes_in_front() -> None:
    batch: Shape = (Rest("batch"), T, C)
    assert result(call("torch.mul", input=array(*batch), other=array(C))).shape == batch
    assert result(call("torch.relu", input=array(*batch))).shape == batch


def test_a_number_keeps_the_dtype_unless_it_is_of_a_higher_category() -> None:
    assert result(call("torch.Tensor.__mul__", self=array(B, dtype=HALF), other=2.0)).dtype == HALF
    assert result(call("torch.Tensor.__mul__", self=array(B, dtype=INT64), other=0.5)).dtype == FLOAT32
    assert result(call("torch.Tensor.__truediv__", self=array(B, dtype=INT64), other=number(2))).dtype == FLOAT32


def test_what_grows_does_not_fit_in_place() -> None:
    assert call("torch.Tensor.add_", self=array(ONE, T), other=array(B, T)).refused
    assert not call("torch.Tensor.add_", self=array(B, T), other=array(ONE, T)).refused
    assert not call("torch.Tensor.add_", self=array(B, T), other=array(ANY, T)).refused
    assert call("torch.Tensor.div_", self=array(B, dtype=INT64), other=number(2)).refused[0].code == "dtype"


def test_activations_produce_elements() -> None:
    logits = array(B, C, element="LogitsType")
    assert element(call("torch.sigmoid", input=logits)) == "ProbsType"
    assert element(call("torch.softmax", input=logits, dim=number(-1))) == "ProbsType"
    assert element(forward("LogSoftmax", {"dim": number(-1)}, input=logits)) == "LogprobsType"
    assert element(forward("LogSigmoid", {}, input=logits)) == "LogprobsType"
    assert element(call("torch.relu", input=logits)) is None
    assert element(forward("Dropout", {"p": 0.5}, input=logits)) == "LogitsType"


def test_softmax_without_dim_takes_the_first_of_three_axes() -> None:
    batch = SizedAxis(named("batch"))
    (found,) = forward("Softmax", {"dim": None}, input=array(batch, T, C)).suspected
    assert (found.argument, found.code) == (None, "kind")
    assert found.reason == 'normalizes over axis 0, "batch", where no dim is given; give dim=-1'
    assert not forward("Softmax", {"dim": None}, input=array(batch, C)).suspected
    assert not forward("Softmax", {}, input=array(batch, T, C)).suspected


def test_arithmetic_on_probabilities() -> None:
    probabilities = array(B, C, element="ProbsType")
    assert element(call("torch.Tensor.__rsub__", self=probabilities, other=number(1))) == "ProbsType"
    assert element(call("torch.sub", input=1.0, other=probabilities)) == "ProbsType"
    assert element(call("torch.Tensor.__rsub__", self=probabilities, other=number(2))) is None
    assert element(call("torch.log", input=probabilities)) == "LogprobsType"
    assert element(call("torch.exp", input=array(B, element="LogprobsType"))) == "ProbsType"
    assert element(call("torch.clamp", input=probabilities, min=1e-6)) == "ProbsType"
    assert element(call("torch.special.logit", input=probabilities)) == "LogitsType"


def test_masks_turn_over() -> None:
    mask = array(B, T, dtype=BOOL, element="PaddingMaskType")
    assert element(call("torch.Tensor.__invert__", self=mask)) == "ValidMaskType"
    assert element(call("torch.logical_not", input=mask)) == "ValidMaskType"
    assert element(call("torch.Tensor.__and__", self=mask, other=mask)) == "PaddingMaskType"
    assert element(call("torch.Tensor.__and__", self=mask, other=array(B, T, dtype=BOOL))) is None
    assert call("torch.Tensor.__rsub__", self=mask, other=number(1)).refused[0].code == "dtype"


def test_filling_keeps_the_element_and_its_range() -> None:
    scores = array(B, T, dtype=HALF, element="LogitsType")
    mask = array(T, dtype=BOOL)
    assert element(call("torch.Tensor.masked_fill", input=scores, mask=mask, value=float("-inf"))) == "LogitsType"
    assert element(call("torch.where", condition=mask, input=scores, other=float("-inf"))) == "LogitsType"
    assert call("torch.Tensor.masked_fill", input=scores, mask=mask, value=-1e9).refused[0].code == "dtype"


def test_softmax_over_the_batch_and_of_probabilities() -> None:
    batch = SizedAxis(named("b"), "batch")
    assert call("torch.softmax", input=array(batch, C), dim=number(0)).suspected[0].code == "kind"
    assert not call("torch.softmax", input=array(batch, C), dim=number(1)).suspected
    assert not call("torch.softmax", input=array(B, C), dim=number(0)).suspected
    assert call("torch.softmax", input=array(B, C), dim=number(2)).refused


def test_probabilities_are_not_normalized_again_by_what_gave_them() -> None:
    given = {
        name: call(name, input=array(B, C), dim=number(1)).result for name in ("torch.softmax", "torch.log_softmax")
    }
    given["torch.sigmoid"] = call("torch.sigmoid", input=array(B, C)).result
    probs, logprobs, gates = given.values()
    for name in ("torch.softmax", "torch.log_softmax"):
        assert call(name, input=probs, dim=number(1)).suspected[0].code == "element"
        assert not call(name, input=logprobs, dim=number(1)).suspected
        assert not call(name, input=gates, dim=number(1)).suspected
        assert not call(name, input=array(B, C, element="ProbsType"), dim=number(1)).suspected
    assert call("torch.sigmoid", input=gates).suspected[0].code == "element"
    assert not call("torch.sigmoid", input=probs).suspected
    chosen = call("torch.topk", input=probs, k=number(2), dim=number(1)).result
    assert isinstance(chosen, tuple)
    some = chosen[0]
    assert element(Outcome(some)) == "ProbsType"
    assert not call("torch.softmax", input=some, dim=number(1)).suspected


def test_thresholds_for_probabilities() -> None:
    assert call("torch.Tensor.__gt__", self=array(B, element="LogitsType"), other=0.5).suspected
    assert not call("torch.Tensor.__gt__", self=array(B, element="ProbsType"), other=0.5).suspected
    assert not call("torch.Tensor.__gt__", self=array(B, element="LogitsType"), other=number(0)).suspected


def test_glu_halves_an_axis() -> None:
    twice = multiply(named("c"), number(2))
    assert result(call("torch.nn.functional.glu", input=array(B, SizedAxis(twice)))) == array(B, C)
    half = floor_divide(named("c"), number(2))
    assert result(forward("GLU", {"dim": number(1)}, input=array(B, C, T))) == array(B, SizedAxis(half), T)
    assert result(call("torch.nn.functional.glu", input=array(Rest(), C), dim=UNKNOWN)).shape == (Rest(), ANY)


def test_prelu_has_a_slope_for_each_channel() -> None:
    assert not call("torch.prelu", input=array(B, C, T), weight=array(C)).refused
    assert call("torch.prelu", input=array(B, C, T), weight=array(T)).refused
    assert not call("torch.prelu", input=array(Rest(), T), weight=array(C)).refused


def test_conversion() -> None:
    logits = array(B, element="LogitsType")
    assert result(call("torch.Tensor.to", self=logits, dtype=DType(HALF))) == array(B, dtype=HALF, element="LogitsType")
    assert result(call("torch.Tensor.to", self=logits, device=UNKNOWN)) == logits
    assert result(call("torch.Tensor.to", self=logits, other=array(T, dtype=HALF))).dtype == HALF
    assert result(call("torch.Tensor.to", self=logits, dtype=UNKNOWN)).dtype is None
    assert result(call("torch.Tensor.long", self=logits)) == array(B, dtype=INT64)


def test_creation_from_named_sizes() -> None:
    b, t = named("b"), named("t")
    assert result(call("torch.zeros", size=(b, t))) == array(B, T)
    assert result(call("torch.zeros", size=((b, t),), dtype=DType(INT64))) == array(B, T, dtype=INT64)
    assert result(call("torch.zeros", size=(UNKNOWN,))).shape is None
    assert result(call("torch.full", size=(b,), fill_value=True)) == array(B, dtype=BOOL)
    assert result(call("torch.full", size=(b,), fill_value=UNKNOWN)).dtype is None
    assert result(call("torch.Tensor.new_ones", self=array(B, dtype=HALF), size=(t,))) == array(T, dtype=HALF)
    assert result(call("torch.eye", n=t)) == array(T, T)


def test_ranges_of_named_lengths() -> None:
    t, c = named("t"), named("c")
    assert result(call("torch.arange", end=t)) == array(T, dtype=INT64)
    assert result(call("torch.arange", start=t, end=add(t, c))) == array(C, dtype=INT64)
    half = add(floor_divide(add(t, number(1)), number(2)), number(0))  # type: ignore[arg-type]
    assert result(call("torch.arange", start=number(0), end=t, step=number(2))).shape == (SizedAxis(half),)
    assert result(call("torch.arange", end=t, step=UNKNOWN)) == array(ANY, dtype=None)
    assert result(call("torch.arange", end=t, dtype=DType(FLOAT32))) == array(T)
    assert result(call("torch.linspace", start=0.0, end=1.0, steps=t)) == array(T)


def test_triangles_of_named_sizes() -> None:
    t = named("t")
    for size in range(1, 6):
        for name, offset in (("tril", 0), ("tril", -1), ("triu", 0), ("triu", 1)):
            axes = result(call(f"torch.{name}_indices", row=t, col=t, offset=number(offset))).shape
            numbers = result(call(f"torch.{name}_indices", row=number(size), col=number(size), offset=number(offset)))
            assert axes is not None
            assert numbers.shape is not None
            named_count, count = axes[1], numbers.shape[1]
            assert isinstance(named_count, SizedAxis)
            assert named_count.size is not None
            (symbol,) = set(named_count.size.symbols())
            assert SizedAxis(named_count.size.replace({symbol: number(size)})) == count


def test_multinomial_takes_probabilities() -> None:
    samples = named("k")
    found = call("torch.multinomial", input=array(B, C), num_samples=samples)
    assert result(found) == array(B, SizedAxis(samples), dtype=INT64)
    assert call("torch.multinomial", input=array(B, C, T), num_samples=samples).refused


def test_nested_lists() -> None:
    rows = ((number(1), number(2)), (0.5, number(3)))
    assert result(call("torch.tensor", data=rows)).shape == (SizedAxis(number(2)), SizedAxis(number(2)))
    assert result(call("torch.tensor", data=rows)).dtype == FLOAT32
    assert result(call("torch.tensor", data=(UNKNOWN, number(1)))) == Array()
    assert call("torch.tensor", data=((number(1),), (number(1), number(2)))).refused
