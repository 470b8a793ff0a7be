"""Convolutions, pooling, normalisation, embeddings and resampling on sizes that are names, or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from neuraltypes._sizes import named, number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules import UNKNOWN, Array, Outcome, apply
from tests.rules._conformance import registry

FLOAT32 = frozenset({"float32"})


def shape(*sizes: str | int | None) -> Shape:
    """`shape("*", "b", 80, None, "time=t")`: any axes, a name, a number, an unknown size, a labelled name."""
    return tuple(Rest() if size == "*" else _axis(size) for size in sizes)


def _axis(size: str | int | None) -> SizedAxis:
    if isinstance(size, str):
        label, _, name = size.rpartition("=")
        return SizedAxis(named(name), label or None)
    return SizedAxis(None if size is None else number(size))


def made(name: str, given: Shape | None, **init: Any) -> Outcome:
    """What a module of `torch.nn`, made with those arguments, does with a tensor."""
    constructor, forward = registry().find(f"torch.nn.{name}.__init__"), registry().find(f"torch.nn.{name}.forward")
    assert constructor is not None
    assert forward is not None
    config = {one.name: one.default for one in constructor.parameters if not one.is_required}
    config |= {key: _value(value) for key, value in init.items()}
    return apply(forward, {"input": Array(given, FLOAT32)}, config)


def called(name: str, **arguments: Any) -> Outcome:
    """What a function of `torch.nn.functional` does."""
    signature = registry().find(f"torch.nn.functional.{name}")
    assert signature is not None
    return apply(signature, {key: _value(value) for key, value in arguments.items()})


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_value, value))
    return number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def text(outcome: Outcome) -> str:
    """The shape that comes out."""
    assert not outcome.refused, outcome.refused[0].reason
    assert isinstance(outcome.result, Array)
    assert outcome.result.shape is not None
    return format_shape(outcome.result.shape)


def refusal(outcome: Outcome) -> str:
    """The reason of a refusal."""
    (refused,) = outcome.refused
    return refused.reason


@pytest.mark.parametrize(
    ("options", "length"),
    [
        ({}, "t-2"),
        ({"padding": 1}, "t"),
        ({"padding": "same"}, "t"),
        ({"stride": 2, "padding": 1}, "(t+1)//2"),
        ({"dilation": 4}, "t-8"),
        ({"padding": UNKNOWN}, "_"),
    ],
)
def test_convolution_calculates_with_the_name_of_a_length(options: dict[str, Any], length: str) -> None:
    outcome = made("Conv1d", shape("b", 80, "t"), in_channels=80, out_channels=256, kernel_size=3, **options)
    assert text(outcome) == f"b 256 {length}"


def test_other_channels_are_refused() -> None:
    layer = {"in_channels": 80, "out_channels": 256, "kernel_size": 3}
    assert refusal(made("Conv1d", shape("b", "t", 80), **layer)) == 'axis 1 is t, expected 80 ("in_channels")'
    assert refusal(made("Conv1d", shape("t", 80), **layer)) == 'axis 0 is t, expected 80 ("in_channels")'
    assert refusal(made("Conv2d", shape("b", "t"), **layer)) == "has 2 axes, expected 3 or 4"


def test_convolution_of_an_input_of_unknown_rank_knows_its_channels() -> None:
    layer = {"in_channels": 3, "out_channels": 8, "kernel_size": 3, "padding": 1}
    assert text(made("Conv2d", None, **layer)) == "... 8 _ _"
    assert text(made("Conv2d", shape("*", 3, "h", "w"), **layer)) == "... 8 h w"
    assert text(made("Conv2d", shape("b", "*", "w"), **layer)) == "... 8 _ w"
    assert text(made("Conv2d", shape("b", "*", 3, "h", "w"), **layer)) == "b 8 h w"


def test_axes_keep_their_kinds() -> None:
    outcome = made("Conv1d", shape("b", 80, "time=n"), in_channels=80, out_channels=8, kernel_size=3)
    assert text(outcome) == "b 8 time=n-2"


def test_kernel_is_refused_only_where_it_surely_does_not_fit() -> None:
    layer = {"in_channels": 3, "out_channels": 8, "kernel_size": 5}
    assert refusal(made("Conv1d", shape("b", 3, 4), **layer)) == "axis -1 is 4, but the kernel reaches over 5"
    assert text(made("Conv1d", shape("b", 3, "t"), **layer)) == "b 8 t-4"


def test_transposed_convolution_undoes_the_stride() -> None:
    layer = {"in_channels": 8, "out_channels": 1, "kernel_size": 4, "stride": 2, "padding": 1}
    assert text(made("ConvTranspose1d", shape("b", 8, "t"), **layer)) == "b 1 2*t"


def test_weights_of_named_sizes() -> None:
    given = {"input": Array(shape("b", "c", "t")), "groups": named("c")}
    weight = Array(shape("c", 1, "k"))
    assert text(called("conv1d", weight=weight, **given)) == "b c -k+t+1"


def test_pooling_rounds_up_only_where_no_window_is_left_out() -> None:
    image = Array(shape("b", "c", "t"))
    assert text(called("max_pool1d", input=image, kernel_size=2)) == "b c t//2"
    assert text(called("max_pool1d", input=image, kernel_size=2, ceil_mode=True)) == "b c (t+1)//2"
    assert text(called("max_pool1d", input=image, kernel_size=1, stride=3, ceil_mode=True)) == "b c _"
    assert called("max_pool1d", input=image, kernel_size=2, return_indices=UNKNOWN).result is UNKNOWN


def test_adaptive_pooling_keeps_the_axis_that_is_none() -> None:
    assert text(made("AdaptiveAvgPool2d", shape("b", "c", "h", "w"), output_size=(None, 1))) == "b c h 1"


def test_padding_adds_to_the_last_axis_first() -> None:
    padded = called("pad", input=Array(shape("b", "t", "d")), pad=(0, 0, named("k"), 1))
    assert text(padded) == "b k+t+1 d"
    assert text(called("pad", input=Array(shape("*", "t")), pad=(1, 1))) == "... t+2"


def test_batch_norm_fills_in_what_it_needs() -> None:
    assert text(made("BatchNorm2d", shape("b", None, "*"), num_features=64)) == "b 64 _ _"
    assert refusal(made("BatchNorm1d", shape("b", "t", 80), num_features=80)) == (
        'axis 1 is t, expected 80 ("num_features")'
    )


def test_layer_norm_checks_the_last_axes() -> None:
    assert text(made("LayerNorm", shape("*", "d"), normalized_shape=named("d"))) == "... d"
    assert refusal(made("LayerNorm", shape("b", "t", "d"), normalized_shape=512)) == (
        'axis -1 is d, expected 512 ("normalized_shape")'
    )
    over_batch = made("LayerNorm", shape("t", "batch"), normalized_shape=named("batch"))
    assert [one.code for one in over_batch.suspected] == ["kind"]


def test_embedding_adds_an_axis() -> None:
    signature = registry().find("torch.nn.Embedding.forward")
    assert signature is not None
    config = {"num_embeddings": number(100), "embedding_dim": named("d"), "padding_idx": None, "dtype": None}
    ids = Array(shape("b", "t"), frozenset({"int64"}))
    assert text(apply(signature, {"input": ids}, config)) == "b t d"
    (refused,) = apply(signature, {"input": Array(shape("b"), FLOAT32)}, config).refused
    assert (refused.code, refused.reason) == ("dtype", "is float32, expected int64 or int32")


@pytest.mark.parametrize(
    ("factor", "length"), [(2.0, "2*t"), (2, "2*t"), (0.5, "t//2"), (0.1, "_"), (float("nan"), "_"), (UNKNOWN, "_")]
)
def test_interpolation_by_a_factor(factor: Any, length: str) -> None:
    outcome = called("interpolate", input=Array(shape("b", "c", "t")), scale_factor=factor)
    assert text(outcome) == f"b c {length}"


def test_interpolation_mode_says_how_many_axes() -> None:
    wrong = called("interpolate", input=Array(shape("b", "c", "t")), scale_factor=2.0, mode="bilinear")
    assert refusal(wrong) == "has 3 axes, expected 4"
    assert text(called("interpolate", input=Array(None), size=(8, 8))) == "_ _ 8 8"
