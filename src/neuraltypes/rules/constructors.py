"""What torch's modules refuse to be made with: sizes that do not divide, options that exclude each other.

Source: https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from neuraltypes._sizes import Size, number
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import int_of, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value
from neuraltypes.rules._windows import exceeds, for_each_count, require_at_least, require_divisible

_PADDING_MODES: Final = ("zeros", "reflect", "replicate", "circular")
_PADDINGS: Final = ("same", "valid")


@computed("constructors.convolution")
def convolution(
    _module: Value,
    out_channels: Value,
    kernel_size: Value,
    groups: Value = UNKNOWN,
    stride: Value = UNKNOWN,
    padding: Value = UNKNOWN,
    padding_mode: Value = UNKNOWN,
    **settings: Value,
) -> Result:
    """`nn.Conv1d` and its like: the groups divide the channels, "same" goes without a stride."""
    _require_groups(settings, out_channels, groups)
    require_at_least(_numbers(kernel_size), 0, "kernel_size")
    if isinstance(padding, str):
        _require_among(padding, _PADDINGS, "padding")
        if padding == "same" and any(exceeds(one, number(1)) for one in _numbers(stride)):
            raise Refused('is "same", which goes with a stride of 1 only', "padding")
    _require_among(padding_mode, _PADDING_MODES, "padding_mode")
    return UNKNOWN


@computed("constructors.transposed_convolution")
def transposed_convolution(
    _module: Value,
    out_channels: Value,
    kernel_size: Value,
    groups: Value = UNKNOWN,
    padding_mode: Value = UNKNOWN,
    **settings: Value,
) -> Result:
    """`nn.ConvTranspose1d` and its like, which are padded with zeros alone."""
    _require_among(padding_mode, ("zeros",), "padding_mode")
    _require_groups(settings, out_channels, groups)
    require_at_least(_numbers(kernel_size), 0, "kernel_size")
    return UNKNOWN


def _numbers(value: Value) -> list[Size | None]:
    return [size_of(one) for one in (value if isinstance(value, tuple) else (value,))]


def _require_groups(settings: Mapping[str, Value], out_channels: Value, groups: Value) -> None:
    divisor = size_of(groups)
    require_at_least([divisor], 1, "groups")
    if "in_channels" not in settings:  # a lazy one is not looked at before its first call
        return
    for name, value in (("in_channels", settings["in_channels"]), ("out_channels", out_channels)):
        size = size_of(value)
        require_divisible(size, divisor, f"is {size}, not divisible by groups={divisor}", name)


def _require_among(value: Value, expected: tuple[str, ...], argument: str) -> None:
    if isinstance(value, str) and value not in expected:
        words = f"one of {', '.join(expected)}" if len(expected) > 1 else f'"{expected[0]}"'
        raise Refused(f'is "{value}", expected {words}', argument)


@computed("constructors.group_norm")
def group_norm(_module: Value, num_groups: Value, num_channels: Value, **_: Value) -> Result:
    """`nn.GroupNorm`: the groups divide the channels."""
    groups, channels = size_of(num_groups), size_of(num_channels)
    if groups is not None and groups.constant == 0:
        raise Refused("is 0", "num_groups")
    require_divisible(channels, groups, f"is {channels}, not divisible by num_groups={groups}", "num_channels")
    return UNKNOWN


@computed("constructors.attention")
def attention(_module: Value, embed_dim: Value, num_heads: Value, **_: Value) -> Result:
    """`nn.MultiheadAttention`: the heads share the features."""
    _require_heads(embed_dim, num_heads, ("embed_dim", "num_heads"))
    return UNKNOWN


@computed("constructors.transformer")
def transformer(_module: Value, d_model: Value, nhead: Value, **settings: Value) -> Result:
    """`nn.TransformerEncoderLayer` and its like."""
    _require_rate(settings.get("dropout"), "dropout")
    _require_heads(d_model, nhead, ("d_model", "nhead"))
    return UNKNOWN


@computed("constructors.whole_transformer")
def whole_transformer(_module: Value, custom_encoder: Value, custom_decoder: Value, **settings: Value) -> Result:
    """`nn.Transformer`, which makes the halves that it is not given."""
    if custom_encoder is None or custom_decoder is None:
        return transformer(_module, **settings)
    return UNKNOWN


def _require_heads(features: Value, heads: Value, names: tuple[str, str]) -> None:
    size, count = size_of(features), size_of(heads)
    require_at_least([size], 1, names[0])
    require_at_least([count], 1, names[1])
    require_divisible(size, count, f"is {size}, not divisible by {names[1]}={count}", names[0])


@computed("constructors.recurrent")
def recurrent(
    _module: Value,
    input_size: Value,
    hidden_size: Value,
    num_layers: Value = UNKNOWN,
    dropout: Value = UNKNOWN,
    proj_size: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """`nn.LSTM` and its like."""
    _require_rate(dropout, "dropout")
    for name, value in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        require_at_least([size_of(value)], 1, name)
    require_at_least([size_of(proj_size)], 0, "proj_size")
    hidden, projected = int_of(hidden_size), int_of(proj_size)
    if hidden is not None and projected is not None and projected >= hidden:
        raise Refused(f"is {projected}, expected less than hidden_size={hidden}", "proj_size")
    return UNKNOWN


@computed("constructors.dropout")
def dropout(_module: Value, p: Value = UNKNOWN, **_: Value) -> Result:
    """`nn.Dropout` and its like."""
    _require_rate(p, "p")
    return UNKNOWN


def _require_rate(value: Value, argument: str) -> None:
    rate = _float_of(value)
    if rate is not None and not 0 <= rate <= 1:
        raise Refused(f"is {rate:g}, expected 0 to 1", argument)


def _float_of(value: Value) -> float | None:
    if isinstance(value, float):
        return value
    constant = int_of(value) if value is not None else None
    return None if constant is None else float(constant)


@computed("constructors.embedding")
def embedding(_module: Value, num_embeddings: Value, padding_idx: Value = None, **_: Value) -> Result:
    """`nn.Embedding`, `nn.EmbeddingBag`: the padding is one of the entries."""
    count, padding = int_of(num_embeddings), None if padding_idx is None else int_of(padding_idx)
    if count is not None and padding and not -count <= padding < count:
        raise Refused(f"is {padding}, but there are only {count} embeddings", "padding_idx")
    return UNKNOWN


@for_each_count("constructors.fractional_pool")
def fractional_pool(
    count: int, _module: Value, kernel_size: Value, output_size: Value = None, output_ratio: Value = None, **_: Value
) -> Result:
    """`nn.FractionalMaxPool2d` and its like: either a size or a ratio."""
    if output_size is None and output_ratio is None:
        raise Refused("has neither an output_size nor an output_ratio")
    if not {type(output_size), type(output_ratio)} & {type(None), type(UNKNOWN)}:
        raise Refused("is given beside an output_size", "output_ratio")
    for ratio in output_ratio if isinstance(output_ratio, tuple) else (output_ratio,):
        value = None if ratio is None else _float_of(ratio)
        if value is not None and not 0 < value < 1:
            raise Refused(f"is {value:g}, expected a number between 0 and 1", "output_ratio")
    if count == 3:
        require_at_least(_numbers(kernel_size), 1, "kernel_size")
    return UNKNOWN


@computed("constructors.adaptive_softmax")
def adaptive_softmax(_module: Value, n_classes: Value, cutoffs: Value, **_: Value) -> Result:
    """`nn.AdaptiveLogSoftmaxWithLoss`: cutoffs rise between 1 and the number of classes."""
    if not isinstance(cutoffs, tuple):
        return UNKNOWN
    if not cutoffs:
        raise Refused("is empty", "cutoffs")
    edges = [int_of(one) for one in cutoffs]
    known = [edge for edge in (*edges, int_of(n_classes)) if edge is not None]
    if any(edge < 1 for edge in known[: len(edges)]) or sorted(set(known)) != known:
        raise Refused(f"does not rise from 1 to below n_classes={size_of(n_classes) or '?'}", "cutoffs")
    return UNKNOWN


@computed("constructors.bilinear")
def bilinear(_module: Value, in1_features: Value, **_: Value) -> Result:
    """`nn.Bilinear`."""
    require_at_least([size_of(in1_features)], 1, "in1_features")
    return UNKNOWN


@computed("constructors.hard_tanh")
def hard_tanh(_module: Value, min_val: Value, max_val: Value, **_: Value) -> Result:
    """`nn.Hardtanh`: the bounds are in order."""
    low, high = _float_of(min_val), _float_of(max_val)
    if low is not None and high is not None and high <= low:
        raise Refused(f"is {high:g}, expected more than min_val={low:g}", "max_val")
    return UNKNOWN


@computed("constructors.multi_margin")
def multi_margin(_module: Value, p: Value = UNKNOWN, weight: Value = None, **_: Value) -> Result:
    """`nn.MultiMarginLoss`: the power is 1 or 2, the weights are a vector."""
    power = size_of(p)
    if (isinstance(p, float) and p not in (1.0, 2.0)) or (power is not None and power.constant not in (1, 2, None)):
        raise Refused(f"is {power if power is not None else p}, expected 1 or 2", "p")
    if isinstance(weight, Array) and weight.ndim not in (1, None):
        raise Refused(f"has {weight.ndim} axes, expected 1", "weight")
    return UNKNOWN


@computed("constructors.triplet")
def triplet(_module: Value, margin: Value = UNKNOWN, **_: Value) -> Result:
    """`nn.TripletMarginLoss`: the margin is above 0."""
    value = _float_of(margin)
    if value is not None and value <= 0:
        raise Refused(f"is {value:g}, expected more than 0", "margin")
    return UNKNOWN
