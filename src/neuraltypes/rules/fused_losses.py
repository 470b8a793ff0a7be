"""Losses that have a layer in them: `linear_cross_entropy` is `cross_entropy` of what a linear layer gives.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html
"""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._dtypes import require_same_dtype
from neuraltypes.rules._loss_shapes import loss
from neuraltypes.rules._registry import computed, find_computed
from neuraltypes.rules._shapes import axis_at, rank, require_equal, size_axes, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, Refused, Result, Value
from neuraltypes.rules.class_losses import cross_entropy, is_same_shape
from neuraltypes.rules.products import require_rank
from neuraltypes.rules.recurrent import require_shape

_SETTINGS: Final = ("reduction", "weight", "ignore_index", "label_smoothing", "options")


@loss("fused_losses.linear_cross_entropy")
def linear_cross_entropy(
    input: Array,
    linear_weight: Array,
    target: Array,
    how: str | None,
    linear_bias: Value = None,
    weight: Value = None,
    ignore_index: Value = None,
    label_smoothing: Value = 0.0,
    options: Value = None,
) -> Result:
    """`n d` or `d` with weights `c *k d`: the loss of logits `n c *k`, or `c`."""
    shape = _logits(input.shape, linear_weight.shape)
    dtype = require_same_dtype(("input", input), ("linear_weight", linear_weight), ("linear_bias", linear_bias))
    if isinstance(linear_bias, Array) and linear_weight.shape is not None and rank(linear_weight.shape) is not None:
        require_shape(linear_bias.shape, linear_weight.shape[:-1], "linear_bias")
    if options is not None:  # which way torch goes, and what that refuses, hangs on more than shapes
        return Array(None if how in (None, "none") else (), dtype)
    logits = Array(shape, dtype)
    if ignore_index is not None and ignore_index is not UNKNOWN and is_same_shape(logits, target):
        raise Refused("is given, but target holds probabilities", "ignore_index")
    return cross_entropy(logits, target, how, weight=weight, label_smoothing=label_smoothing)


def _logits(input: Shape | None, weight: Shape | None) -> Shape | None:
    """`n c *k`, or `c`."""
    require_rank(Array(input), 1, "input", 2)
    require_rank(Array(weight), 2, "linear_weight")
    features, expected = axis_at(input, number(-1)), axis_at(weight, number(-1))
    if features is not None and expected is not None:
        require_equal(expected, features, "axis -1 is {right}, expected {left}", "input")
    if input is None or weight is None or rank(input) is None or rank(weight) is None:
        return None
    if len(input) == 1 and len(weight) > 2:
        raise Refused("has 1 axis, expected 2: for losses with more axes it must be a batch", "input")
    return (*input[:-1], *weight[:-1])


@computed("fused_losses.LinearCrossEntropyLoss")
def linear_cross_entropy_module(config: Config, input: Array, target: Array) -> Result:
    """`nn.LinearCrossEntropyLoss`: its weights are as many as the sizes it was made with say."""
    more = size_axes(config.get("out_features", UNKNOWN))
    sizes = [SizedAxis(size_of(config.get(name, UNKNOWN))) for name in ("num_classes", "in_features")]
    weights = Array(None if more is None else (sizes[0], *more, sizes[1]), input.dtype)
    settings = {name: config.get(name, UNKNOWN) for name in _SETTINGS}
    found: Result = find_computed("fused_losses.linear_cross_entropy")(
        input=input, linear_weight=weights, target=target, **settings
    )
    return found
