"""Convolutions and transposed convolutions over 1, 2 or 3 axes, as functions and as modules.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
"""

from __future__ import annotations

from dataclasses import dataclass

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus, over, plus, times
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, Refused, Result, Value
from neuraltypes.rules._windows import (
    Sizes,
    below,
    exceeds,
    for_each_count,
    require_at_least,
    require_divisible,
    require_size,
    require_vector,
    resized,
    shared_dtype,
    sized,
    span,
    split,
    spread,
    with_ranks,
)

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


@dataclass(frozen=True, slots=True)
class _Window:
    """What a convolution slides over its spatial axes; `padding` is "same" where the length stays."""

    kernel: Sizes
    stride: Sizes
    padding: Sizes | str
    dilation: Sizes


@for_each_count("convolutions.conv")
def conv(
    count: int,
    input: Array,
    weight: Array,
    bias: Value = None,
    stride: Value = UNKNOWN,
    padding: Value = UNKNOWN,
    dilation: Value = UNKNOWN,
    groups: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """`*b i t` with a weight `o i/groups k` gives `*b o (t+2*padding-dilation*(k-1)-1)//stride+1`."""
    out_channels, in_each, kernel = _weight(weight, count)
    group_count = size_of(groups)
    _require_groups(group_count, out_channels, "weight")
    require_vector(bias, out_channels, "bias")
    dtype = shared_dtype(input=input, weight=weight, bias=bias)
    window = _window(kernel, stride, padding, dilation, count)
    in_channels = times(in_each, group_count)
    shape = _convolved(input.shape, count, in_channels, out_channels, window, None)
    return Array(shape, dtype)


@for_each_count("convolutions.conv_module")
def conv_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.Conv1d` and its like; a lazy one learns `in_channels` from its first input."""
    window, groups = _configured(count, config)
    is_lazy = "in_channels" not in config
    in_channels, out_channels = _channels(config)
    mode = config.get("padding_mode", "zeros")
    shape = _convolved(input.shape, count, in_channels, out_channels, window, "in_channels", mode)
    if is_lazy:
        _require_divisible_channels(input.shape, count, groups)
    return input.plain(shape)


def _configured(count: int, config: Config) -> tuple[_Window, Size | None]:
    kernel = spread(config.get("kernel_size", UNKNOWN), count, "kernel_size", is_exact=True)
    require_at_least(kernel, 1, "kernel_size")
    stride, padding, dilation = (config.get(name, UNKNOWN) for name in ("stride", "padding", "dilation"))
    mode = config.get("padding_mode", "zeros")
    if isinstance(mode, str) and mode not in _PADDING_MODES:
        raise Refused(f'is "{mode}", expected one of {", ".join(_PADDING_MODES)}', "padding_mode")
    groups = size_of(config.get("groups", UNKNOWN))
    require_at_least([groups], 1, "groups")
    for name in ("in_channels", "out_channels"):
        size = size_of(config.get(name, UNKNOWN))
        require_divisible(size, groups, f"is {size}, not divisible by groups={groups}", name)
    return _window(kernel, stride, padding, dilation, count, is_zeros=mode == "zeros"), groups


def _channels(config: Config) -> tuple[Size | None, Size | None]:
    return size_of(config.get("in_channels", UNKNOWN)), size_of(config.get("out_channels", UNKNOWN))


def _weight(weight: Array, count: int) -> tuple[Size | None, Size | None, Sizes]:
    shape = with_ranks(weight.shape, (count + 2,), "weight")
    first, second, *kernel = map(sized, shape)
    return first, second, tuple(kernel)


def _window(
    kernel: Sizes, stride: Value, padding: Value, dilation: Value, count: int, *, is_zeros: bool = True
) -> _Window:
    strides = spread(stride, count, "stride")
    dilations = spread(dilation, count, "dilation")
    require_at_least(strides, 1, "stride")
    require_at_least(dilations, 1, "dilation")
    if padding == "valid":
        padding = number(0)
    if isinstance(padding, str):
        if padding != "same":
            raise Refused(f'is "{padding}", expected "same", "valid" or numbers', "padding")
        if any(exceeds(one, number(1)) for one in strides):
            raise Refused('is "same", which goes with a stride of 1 only', "padding")
        return _Window(kernel, strides, padding, dilations)
    if not is_zeros and isinstance(padding, tuple) and len(padding) != count:
        return _Window(kernel, strides, (None,) * count, dilations)
    paddings = spread(padding, count, "padding")
    if is_zeros:  # the other modes cut off what a negative padding says
        require_at_least(paddings, 0, "padding")
    return _Window(kernel, strides, paddings, dilations)


def _require_groups(groups: Size | None, out_channels: Size | None, argument: str) -> None:
    require_at_least([groups], 1, "groups")
    if exceeds(groups, out_channels):
        raise Refused(f"axis 0 is {out_channels}, expected groups={groups} or more", argument)
    reason = f"axis 0 is {out_channels}, not divisible by groups={groups}"
    require_divisible(out_channels, groups, reason, argument)


def _convolved(
    shape: Shape | None,
    count: int,
    in_channels: Size | None,
    out_channels: Size | None,
    window: _Window,
    origin: str | None,
    padding_mode: Value = "zeros",
) -> Shape:
    head, spatial = split(shape, count, (count + 1, count + 2))
    head = _new_channels(head, in_channels, out_channels, origin)
    lengths = [_length(axis, place, window, padding_mode) for place, axis in enumerate(spatial)]
    return (*head, *(resized(axis, length) for axis, length in zip(spatial, lengths, strict=True)))


def _new_channels(head: Shape, in_channels: Size | None, out_channels: Size | None, origin: str | None) -> Shape:
    """The axes in front with the channels replaced; where the front is open, only the channels are known."""
    channels = head[-1] if head else None
    out = SizedAxis(out_channels)
    if not isinstance(channels, SizedAxis):
        return (Rest(), out)
    at = len(head) - 1 if not any(isinstance(axis, Rest) for axis in head) else None
    if sizes_differ(channels.size, in_channels):
        where = f"axis {at}" if at is not None else "the channel axis"
        because = f' ("{origin}")' if origin else ""
        raise Refused(f"{where} is {channels.size}, expected {in_channels}{because}", "input")
    return (*head[:-1], out)


def _length(axis: SizedAxis | Rest, place: int, window: _Window, padding_mode: Value) -> Size | None:
    """The length of a spatial axis after the convolution.

    Raises:
        Refused: it is shorter than the kernel, or than what is to be mirrored.
    """
    at = place - len(window.kernel)
    reach = span(window.kernel[place], window.dilation[place])
    if isinstance(window.padding, str):
        _require_padding(axis, over(reach, number(2)), padding_mode, at)
        return sized(axis)
    padding = window.padding[place]
    _require_padding(axis, padding, padding_mode, at)
    padded = plus(sized(axis), padding, padding)
    if exceeds(reach, padded):
        words = "" if padding is not None and padding.constant == 0 else f" with padding {padding}"
        raise Refused(f"axis {at} is {sized(axis)}{words}, but the kernel reaches over {reach}", "input")
    return plus(over(minus(padded, reach), window.stride[place]), number(1))


def _require_padding(axis: SizedAxis | Rest, padding: Size | None, mode: Value, at: int) -> None:
    """What is mirrored or repeated must be there."""
    longest = minus(sized(axis), number(1)) if mode == "reflect" else sized(axis)
    if mode in ("reflect", "circular") and exceeds(padding, longest):
        raise Refused(f'axis {at} is {sized(axis)}, too short for a "{mode}" padding of {padding}', "input")


def _require_divisible_channels(shape: Shape | None, count: int, groups: Size | None) -> None:
    """A lazy module is made for the channels that come, which its groups must divide."""
    head, _ = split(shape, count, (count + 1, count + 2))
    channels = sized(head[-1])
    reason = f"axis {len(head) - 1} is {channels}, not divisible by groups={groups}"
    require_divisible(channels, groups, reason, "input")


# Transposed


@for_each_count("convolutions.conv_transpose")
def conv_transpose(
    count: int,
    input: Array,
    weight: Array,
    bias: Value = None,
    stride: Value = UNKNOWN,
    padding: Value = UNKNOWN,
    output_padding: Value = UNKNOWN,
    groups: Value = UNKNOWN,
    dilation: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """`*b i t`, weight `i o/groups k`: `*b o (t-1)*stride-2*padding+dilation*(k-1)+output_padding+1`."""
    in_channels, out_each, kernel = _weight(weight, count)
    group_count = size_of(groups)
    _require_groups(group_count, in_channels, "weight")
    out_channels = times(out_each, group_count)
    require_vector(bias, out_channels, "bias")
    dtype = shared_dtype(input=input, weight=weight)
    if isinstance(padding, str):
        raise Refused(f'is "{padding}", expected numbers', "padding")
    window = _window(kernel, stride, padding, dilation, count)
    extra = spread(output_padding, count, "output_padding")
    return Array(_expanded(input.shape, count, in_channels, out_channels, window, extra, None), dtype)


@for_each_count("convolutions.conv_transpose_module")
def conv_transpose_module(count: int, config: Config, input: Array, output_size: Value = None, **_: Value) -> Result:
    """`nn.ConvTranspose1d` and its like; `output_size` overrules `output_padding`."""
    window, groups = _configured(count, config)
    mode = config.get("padding_mode", "zeros")
    if isinstance(mode, str) and mode != "zeros":
        raise Refused(f'is "{mode}", expected "zeros"', "padding_mode")
    in_channels, out_channels = _channels(config)
    if isinstance(window.padding, str):
        raise Refused(f'is "{window.padding}", expected numbers', "padding")
    if output_size is None:
        extra = spread(config.get("output_padding", UNKNOWN), count, "output_padding")
    else:
        extra = (None,) * count
    shape = _expanded(input.shape, count, in_channels, out_channels, window, extra, "in_channels")
    if "in_channels" not in config:
        _require_divisible_channels(input.shape, count, groups)
    if output_size is not None:
        shape = _asked(shape, input.shape, count, window, output_size)
    return input.plain(shape)


def _expanded(
    shape: Shape | None,
    count: int,
    in_channels: Size | None,
    out_channels: Size | None,
    window: _Window,
    extra: Sizes,
    origin: str | None,
) -> Shape:
    head, spatial = split(shape, count, (count + 1, count + 2))
    head = _new_channels(head, in_channels, out_channels, origin)
    require_at_least(extra, 0, "output_padding")
    lengths: list[SizedAxis] = []
    for place, axis in enumerate(spatial):
        stride, dilation = window.stride[place], window.dilation[place]
        if all(exceeds(plus(extra[place], number(1)), one) for one in (stride, dilation)):
            reason = f"is {extra[place]}, expected less than the stride, {stride}, or the dilation, {dilation}"
            raise Refused(reason, "output_padding")
        length = plus(_least(axis, place, window), extra[place])
        if below(length, 0):
            raise Refused(f"axis {place - count} is {sized(axis)}, of which {length} entries would be left", "input")
        lengths.append(resized(axis, length))
    return (*head, *lengths)


def _least(axis: SizedAxis | Rest, place: int, window: _Window) -> Size | None:
    """The length without output padding."""
    assert not isinstance(window.padding, str)
    padding = window.padding[place]
    start = times(minus(sized(axis), number(1)), window.stride[place])
    reach = span(window.kernel[place], window.dilation[place])
    return minus(minus(plus(start, reach), padding), padding)


def _asked(result: Shape, shape: Shape | None, count: int, window: _Window, output_size: Value) -> Shape:
    """The result with the lengths that `output_size` asks for, with or without the axes in front."""
    if not isinstance(output_size, tuple):
        return result
    head, spatial = split(shape, count, (count + 1, count + 2))
    is_open = any(isinstance(axis, Rest) for axis in head)
    allowed = {count, count + 1, count + 2} if is_open else {count, count + len(head)}
    if len(output_size) not in allowed:
        expected = " or ".join(map(str, sorted(allowed)))
        raise Refused(f"has {len(output_size)} sizes, expected {expected}", "output_size")
    asked = tuple(map(size_of, output_size[-count:]))
    require_at_least(asked, 0, "output_size")
    for place, (axis, size) in enumerate(zip(spatial, asked, strict=True)):
        least = _least(axis, place, window)
        most = minus(plus(least, window.stride[place]), number(1))
        if exceeds(least, size) or exceeds(size, most):
            raise Refused(f"asks for {size}, expected {least} to {most}", "output_size")
    return (*result[: len(result) - count], *(resized(axis, size) for axis, size in zip(spatial, asked, strict=True)))


@computed("convolutions.conv_tbc")
def conv_tbc(input: Array, weight: Array, bias: Array, pad: Value = UNKNOWN, **_: Value) -> Result:
    """`t b i` with a weight `k i o` gives `t+2*pad-k+1 b o`."""
    time, batch, _channels_in = with_ranks(input.shape, (3,))
    kernel, in_channels, out_channels = map(sized, with_ranks(weight.shape, (3,), "weight"))
    require_size(input.shape, 2, in_channels, "input")
    require_vector(bias, out_channels, "bias")
    dtype = shared_dtype(input=input, weight=weight, bias=bias)
    length = plus(minus(plus(sized(time), size_of(pad), size_of(pad)), kernel), number(1))
    if below(length, 0):
        raise Refused(f"axis 0 is {sized(time)}, but the kernel reaches over {kernel}", "input")
    return Array((resized(time, length), batch, SizedAxis(out_channels)), dtype)
