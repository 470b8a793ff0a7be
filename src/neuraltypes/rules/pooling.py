"""Pooling over 1, 2 or 3 axes, as functions and as modules, and its inverse.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus, over, plus, times
from neuraltypes.rules._dtypes import INT64, dtypes_text, floating
from neuraltypes.rules._shapes import bool_of, require_equal, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, Refused, Result, Value
from neuraltypes.rules._windows import (
    Sizes,
    below,
    exceeds,
    for_each_count,
    require_at_least,
    resized,
    sized,
    span,
    split,
    spread,
    with_ranks,
)

_MOST_AXES = 65


@for_each_count("pooling.max_pool")
def max_pool(
    count: int,
    input: Array,
    kernel_size: Value = UNKNOWN,
    stride: Value = None,
    padding: Value = UNKNOWN,
    dilation: Value = UNKNOWN,
    ceil_mode: Value = UNKNOWN,
    return_indices: Value = False,
    **_: Value,
) -> Result:
    """`*b c t` gives `*b c (t+2*padding-dilation*(k-1)-1)//stride+1`; the places of the maxima too, if asked for."""
    shape = _pooled(input.shape, count, kernel_size, stride, padding, dilation, ceil_mode)
    return _with_indices(input.plain(shape), return_indices)


@for_each_count("pooling.max_pool_with_indices")
def max_pool_with_indices(count: int, input: Array, return_indices: Value = True, **options: Value) -> Result:
    """The same, always with the places."""
    return max_pool(count, input, return_indices=True, **options)


@for_each_count("pooling.max_pool_module")
def max_pool_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.MaxPool1d` and its like."""
    return max_pool(count, input, **config)


@for_each_count("pooling.avg_pool")
def avg_pool(
    count: int,
    input: Array,
    kernel_size: Value = UNKNOWN,
    stride: Value = None,
    padding: Value = UNKNOWN,
    ceil_mode: Value = UNKNOWN,
    divisor_override: Value = None,
    **_: Value,
) -> Result:
    """The same lengths, without dilation."""
    divisor = size_of(divisor_override)
    if divisor is not None and divisor.constant == 0:
        raise Refused("is 0", "divisor_override")
    shape = _pooled(input.shape, count, kernel_size, stride, padding, number(1), ceil_mode)
    _require_kernels_fit(input.shape, count, kernel_size)
    return input.plain(shape)


@for_each_count("pooling.avg_pool_module")
def avg_pool_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.AvgPool1d` and its like."""
    return avg_pool(count, input, **config)


@for_each_count("pooling.lp_pool")
def lp_pool(
    count: int,
    input: Array,
    kernel_size: Value = UNKNOWN,
    stride: Value = None,
    ceil_mode: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """The same lengths, without padding."""
    if count == 1 and isinstance(kernel_size, tuple):
        raise Refused("has several numbers, expected one", "kernel_size")
    spread(kernel_size, count, "kernel_size", is_exact=True)
    shape = _pooled(input.shape, count, kernel_size, stride, number(0), number(1), ceil_mode)
    _require_kernels_fit(input.shape, count, kernel_size)
    return input.plain(shape, floating(input.dtype))


@for_each_count("pooling.lp_pool_module")
def lp_pool_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.LPPool1d` and its like."""
    return lp_pool(count, input, **config)


def _require_kernels_fit(shape: Shape | None, count: int, kernel_size: Value) -> None:
    """An average over three axes takes no kernel that is longer than its axis, whatever the padding."""
    if count < 3:
        return
    _, spatial = split(shape, count, (count + 1, count + 2))
    for place, (axis, kernel) in enumerate(zip(spatial, spread(kernel_size, count, "kernel_size"), strict=True)):
        if exceeds(kernel, sized(axis)):
            raise Refused(f"axis {place - count} is {sized(axis)}, but the kernel reaches over {kernel}", "input")


def _with_indices(pooled: Array, return_indices: Value) -> Result:
    flag = bool_of(return_indices)
    if flag is None:
        return UNKNOWN
    return (pooled, Array(pooled.shape, INT64)) if flag else pooled


def _pooled(
    shape: Shape | None,
    count: int,
    kernel_size: Value,
    stride: Value,
    padding: Value,
    dilation: Value,
    ceil_mode: Value,
) -> Shape:
    kernel = spread(kernel_size, count, "kernel_size")
    strides = kernel if stride in (None, ()) else spread(stride, count, "stride")
    paddings = spread(padding, count, "padding")
    dilations = spread(dilation, count, "dilation")
    for name, values in (("kernel_size", kernel), ("stride", strides), ("dilation", dilations)):
        require_at_least(values, 1, name)
    require_at_least(paddings, 0, "padding")
    head, spatial = split(shape, count, (count + 1, count + 2))
    is_ceil = bool_of(ceil_mode)
    lengths: list[SizedAxis] = []
    for place, axis in enumerate(spatial):
        reach = span(kernel[place], dilations[place])
        if exceeds(times(paddings[place], number(2)), kernel[place]):
            raise Refused(f"is {paddings[place]}, more than half of the kernel, {kernel[place]}", "padding")
        length = _length(sized(axis), reach, strides[place], paddings[place], is_ceil)
        if below(length, 1):
            raise Refused(f"axis {place - count} is {sized(axis)}, but the kernel reaches over {reach}", "input")
        lengths.append(resized(axis, length))
    return (*head, *lengths)


def _length(
    size: Size | None, reach: Size | None, stride: Size | None, padding: Size | None, is_ceil: bool | None
) -> Size | None:
    left = minus(plus(size, padding, padding), reach)
    if is_ceil is False:
        return plus(over(left, stride), number(1))
    if is_ceil is None:
        return plus(left, number(1)) if stride == number(1) else None
    length = plus(over(minus(plus(left, stride), number(1)), stride), number(1))
    # A last window that would start in the padding behind is left out.
    if not exceeds(plus(padding, stride), reach) and exceeds(plus(reach, number(1)), plus(padding, stride)):
        return length
    last, end = times(minus(length, number(1)), stride), plus(size, padding)
    if last is None or end is None or last.constant is None or end.constant is None:
        return None
    return minus(length, number(1)) if last.constant >= end.constant else length


# Adaptive: to a length that is asked for


@for_each_count("pooling.adaptive_avg_pool")
def adaptive_avg_pool(count: int, input: Array, output_size: Value = UNKNOWN, **_: Value) -> Result:
    """`*b c t` gives `*b c output_size`; None keeps the length of an axis."""
    return input.plain(_adapted(input.shape, count, output_size, is_mean=True))


@for_each_count("pooling.adaptive_avg_pool_module")
def adaptive_avg_pool_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.AdaptiveAvgPool1d` and its like."""
    return adaptive_avg_pool(count, input, **config)


@for_each_count("pooling.adaptive_max_pool")
def adaptive_max_pool(
    count: int, input: Array, output_size: Value = UNKNOWN, return_indices: Value = False, **_: Value
) -> Result:
    """The same, with the places of the maxima if asked for."""
    return _with_indices(input.plain(_adapted(input.shape, count, output_size)), return_indices)


@for_each_count("pooling.adaptive_max_pool_with_indices")
def adaptive_max_pool_with_indices(count: int, input: Array, output_size: Value = UNKNOWN, **_: Value) -> Result:
    """The same, always with the places."""
    return adaptive_max_pool(count, input, output_size, True)


@for_each_count("pooling.adaptive_max_pool_module")
def adaptive_max_pool_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.AdaptiveMaxPool1d` and its like."""
    return adaptive_max_pool(count, input, **config)


def _adapted(shape: Shape | None, count: int, output_size: Value, *, is_mean: bool = False) -> Shape:
    if output_size is None or (count == 1 and isinstance(output_size, tuple) and None in output_size):
        raise Refused("is None, expected a number", "output_size")
    asked = spread(output_size, count, "output_size", is_exact=True)
    require_at_least(asked, 0, "output_size")
    keeps = [isinstance(output_size, tuple) and output_size[place] is None for place in range(count)]
    ranks: Sequence[int] = (count + 1, count + 2)
    if is_mean and count > 1 and not any(keeps) and all(size is None or size.constant == 1 for size in asked):
        # One entry for each axis is a mean, for which torch takes any number of axes in front.
        ranks = range(count + isinstance(output_size, tuple), _MOST_AXES)
    head, spatial = split(shape, count, ranks)
    lengths = [
        resized(axis, sized(axis) if keep else size) for axis, size, keep in zip(spatial, asked, keeps, strict=True)
    ]
    return (*head, *lengths)


# Fractional: windows at random


@for_each_count("pooling.fractional_max_pool")
def fractional_max_pool(
    count: int,
    input: Array,
    kernel_size: Value = UNKNOWN,
    output_size: Value = None,
    output_ratio: Value = None,
    return_indices: Value = False,
    **_: Value,
) -> Result:
    """`*b c h w` gives `*b c *output_size`, or `int(h * output_ratio)`."""
    if output_size is None and output_ratio is None:
        raise Refused("has neither an output_size nor an output_ratio")
    head, spatial = split(input.shape, count, (count + 1, count + 2))
    kernel = spread(kernel_size, count, "kernel_size", is_exact=True)
    if output_size is None:
        asked = _ratios_of(spatial, count, output_ratio)
    else:
        asked = spread(output_size, count, "output_size", is_exact=True)
    overlap = number(1 if count == 2 else 0)
    for place, (axis, size, window) in enumerate(zip(spatial, asked, kernel, strict=True)):
        if exceeds(minus(plus(size, window), overlap), sized(axis)):
            at = place - count
            raise Refused(f"axis {at} is {sized(axis)}, too short for {size} windows of {window}", "input")
    lengths = [resized(axis, size) for axis, size in zip(spatial, asked, strict=True)]
    return _with_indices(input.plain((*head, *lengths)), return_indices)


@for_each_count("pooling.fractional_max_pool_with_indices")
def fractional_max_pool_with_indices(
    count: int, input: Array, return_indices: Value = True, **options: Value
) -> Result:
    """The same, always with the places."""
    return fractional_max_pool(count, input, return_indices=True, **options)


@for_each_count("pooling.fractional_max_pool_module")
def fractional_max_pool_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.FractionalMaxPool2d` and its like."""
    if count == 3:
        require_at_least(spread(config.get("kernel_size", UNKNOWN), count, "kernel_size"), 1, "kernel_size")
    ratio = config.get("output_ratio", UNKNOWN)
    if ratio not in (None, UNKNOWN) and config.get("output_size", UNKNOWN) not in (None, UNKNOWN):
        raise Refused("is given beside an output_size", "output_ratio")
    for one in ratio if isinstance(ratio, tuple) else (ratio,):
        if isinstance(one, float) and (one <= 0 or one >= 1):
            raise Refused(f"is {one}, expected a number between 0 and 1", "output_ratio")
    return fractional_max_pool(count, input, **config)


def _ratios_of(spatial: Shape, count: int, output_ratio: Value) -> Sizes:
    ratios = output_ratio if isinstance(output_ratio, tuple) else (output_ratio,) * count
    if len(ratios) != count:
        raise Refused(f"has {len(ratios)} numbers, expected {count}", "output_ratio")
    return tuple(_scaled(sized(axis), ratio) for axis, ratio in zip(spatial, ratios, strict=True))


def _scaled(size: Size | None, ratio: Value) -> Size | None:
    if size is None or size.constant is None or not isinstance(ratio, float) or not math.isfinite(ratio):
        return None
    return number(int(size.constant * ratio))


# The inverse of max pooling


@for_each_count("pooling.max_unpool")
def max_unpool(
    count: int,
    input: Array,
    indices: Array,
    kernel_size: Value = UNKNOWN,
    stride: Value = None,
    padding: Value = UNKNOWN,
    output_size: Value = None,
    **_: Value,
) -> Result:
    """`*b c t` gives `*b c (t-1)*stride-2*padding+k`, or what `output_size` says where that is near."""
    head, spatial = split(input.shape, count, (count + 1, count + 2))
    _require_same_shape(input.shape, indices)
    kernel = spread(kernel_size, count, "kernel_size", is_exact=True)
    strides = kernel if stride is None else spread(_cut(stride, count), count, "stride", is_exact=True)
    paddings = spread(_cut(padding, count), count, "padding", is_exact=True)
    lengths = tuple(
        minus(
            plus(times(minus(sized(axis), number(1)), strides[place]), kernel[place]), times(number(2), paddings[place])
        )
        for place, axis in enumerate(spatial)
    )
    if output_size is not None:
        lengths = _unpooled(lengths, strides, output_size)
    return input.plain((*head, *(resized(axis, size) for axis, size in zip(spatial, lengths, strict=True))))


@for_each_count("pooling.max_unpool_module")
def max_unpool_module(
    count: int, config: Config, input: Array, indices: Array, output_size: Value = None, **_: Value
) -> Result:
    """`nn.MaxUnpool1d` and its like."""
    return max_unpool(count, input, indices, output_size=output_size, **config)


def _cut(value: Value, count: int) -> Value:
    """Fewer than three axes leave numbers alone that are too many."""
    return value[:count] if isinstance(value, tuple) and count < 3 else value


def _unpooled(lengths: Sizes, strides: Sizes, output_size: Value) -> Sizes:
    count = len(lengths)
    if not isinstance(output_size, tuple):
        return (None,) * count
    if len(output_size) not in (count, count + 2):
        raise Refused(f"has {len(output_size)} sizes, expected {count} or {count + 2}", "output_size")
    asked = tuple(map(size_of, output_size[-count:]))
    for size, length, stride in zip(asked, lengths, strides, strict=True):
        difference = minus(size, length)
        if difference is None or stride is None or difference.constant is None or stride.constant is None:
            continue
        if abs(difference.constant) >= stride.constant:
            raise Refused(f"asks for {size}, expected {length}, or less than {stride} from it", "output_size")
    return asked


def _require_same_shape(shape: Shape | None, indices: Array) -> None:
    if indices.dtype is not None and not indices.dtype & INT64:
        raise Refused(f"is {dtypes_text(indices.dtype)}, expected int64", "indices", "dtype")
    if shape is None or any(isinstance(axis, Rest) for axis in shape):
        return
    for at, (one, other) in enumerate(zip(shape, with_ranks(indices.shape, (len(shape),), "indices"), strict=True)):
        assert isinstance(one, SizedAxis)
        assert isinstance(other, SizedAxis)
        require_equal(other, one, f"axis {at} is {{left}}, but input has {{right}}", "indices")
