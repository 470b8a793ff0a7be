"""Arguments for convolutions: windows that fit most inputs, weights of the right channels, now and then a wrong one."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from tests.rules._conformance import Arguments, Draw, T, arguments

_MODES = ("zeros", "reflect", "replicate", "circular")


def _several(draw: Draw, count: int, low: int, high: int, *, wrong: float = 0.02) -> Any:
    """One number, or one for each axis; now and then one too many, or one below the least."""
    if draw.chance(wrong):
        low = -1
    if draw.chance(0.5):
        return draw.randint(low, high)
    if draw.chance(wrong):
        count += 1
    return tuple(draw.randint(low, high) for _ in range(count))


def _kernel(draw: Draw, count: int) -> tuple[int, ...]:
    return tuple(draw.randint(1, 3) for _ in range(count))


def _input(draw: Draw, count: int, channels: int, dtype: torch.dtype = torch.float32) -> T:
    """Batched or not, on small sizes; now and then with other channels, or an axis too many or too few."""
    if draw.chance(0.04):
        channels += 1
    shape = (channels, *(draw.randint(2, 6) for _ in range(count)))
    if draw.chance(0.75):
        shape = (draw.size(1, 3), *shape)
    if draw.chance(0.03):
        shape = (1, *shape)
    elif draw.chance(0.02):
        shape = shape[1:]
    return T(shape, dtype)


def _groups(draw: Draw) -> tuple[int, int, int]:
    """Groups, channels in and channels out."""
    groups = draw.choice((1, 1, 1, 2, 3))
    channels = [groups * draw.randint(1, 2) for _ in range(2)]
    if draw.chance(0.03):
        channels[draw.randrange(2)] += 1
    return groups, channels[0], channels[1]


def _options(draw: Draw, count: int, *, is_transposed: bool) -> Arguments:
    given: Arguments = {}
    if draw.chance(0.5):
        given["stride"] = _several(draw, count, 1, 3)
    if draw.chance(0.5):
        given["padding"] = _several(draw, count, 0, 2)
    if draw.chance(0.3):
        # A transposed kernel of 1 takes a dilation of 0 on some paths.
        given["dilation"] = _several(draw, count, 1, 2, wrong=0.0 if is_transposed else 0.02)
    if is_transposed and draw.chance(0.3):
        given["output_padding"] = _several(draw, count, 0, 1)
    if not is_transposed and draw.chance(0.2):
        given["padding"] = draw.choice(("same", "valid"))
        if given["padding"] == "same" and draw.chance(0.8):
            given.pop("stride", None)
    return given


def _one_number(draw: Draw, given: Arguments) -> None:
    """Torch's functions take `(2,)` for `2`."""
    for name, value in given.items():
        if isinstance(value, int) and draw.chance(0.1):
            given[name] = (value,)


def _function(count: int, draw: Draw, *, is_transposed: bool) -> Arguments:
    groups, channels_in, channels_out = _groups(draw)
    dtype = draw.dtype(torch.float32, torch.float64, torch.complex64)
    if draw.chance(0.03):
        dtype = torch.bool
    channels = (channels_in, channels_out // groups) if is_transposed else (channels_out, channels_in // groups)
    weight = T((*channels, *_kernel(draw, count)), dtype)
    if draw.chance(0.02):
        weight = T(weight.shape[:-1], dtype)
    given: Arguments = {"input": _input(draw, count, channels_in, dtype), "weight": weight}
    if draw.chance(0.5):
        given["bias"] = T((channels_out + draw.chance(0.05),), dtype)
    options = _options(draw, count, is_transposed=is_transposed)
    while is_transposed and _leaves_nothing(count, options, weight.shape[2:], given["input"].shape):
        options = _options(draw, count, is_transposed=is_transposed)
    given |= options
    _one_number(draw, given)
    if groups > 1:
        given["groups"] = groups
    elif draw.chance(0.02):
        given["groups"] = 0
    if draw.chance(0.05):
        # Not the bias: whether it may have another dtype depends on sizes and on the library that torch computes with.
        name = draw.choice(("input", "weight"))
        given[name] = T(given[name].shape, torch.float16)
    return given


def _module(count: int, draw: Draw, *, is_transposed: bool, is_lazy: bool) -> Arguments:
    groups, channels_in, channels_out = _groups(draw)
    init: Arguments = {"out_channels": channels_out, "kernel_size": _several(draw, count, 1, 3)}
    if not is_lazy:
        init["in_channels"] = channels_in
    if is_lazy and isinstance(init["kernel_size"], int) and init["kernel_size"] < 1:
        init["kernel_size"] = 1
    forward: Arguments = {"input": _input(draw, count, channels_in)}
    options = _options(draw, count, is_transposed=is_transposed)
    while is_transposed and _leaves_nothing(count, options, init["kernel_size"], forward["input"].shape):
        options = _options(draw, count, is_transposed=is_transposed)
    init |= options
    if groups > 1:
        init["groups"] = groups
    # Without a bias, a lazy transposed convolution silently makes fewer channels than its groups could not divide.
    if draw.chance(0.3) and not (is_lazy and is_transposed and channels_out % groups):
        init["bias"] = draw.chance(0.5)
    if draw.chance(0.05 if is_transposed else 0.3):
        init["padding_mode"] = draw.choice(_MODES)
        if isinstance(init.get("padding"), tuple) and init["padding_mode"] != "zeros":
            init["padding"] = init["padding"][:count]
    if is_transposed and draw.chance(0.3):
        extra = draw.choice((0, 0, 0, 1, 2, 3))
        forward["output_size"] = [draw.randint(2, 12) for _ in range(count + extra)]
        if draw.chance(0.7):
            forward["output_size"] = _fitting(draw, count, init, forward["input"].shape)
    return {"init": init, "forward": forward}


def _lengths(count: int, options: Arguments, kernel: Any, shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """The least length of each axis of a transposed convolution, and its stride."""

    def each(value: Any) -> tuple[int, ...]:
        return (
            value
            if isinstance(value, tuple) and len(value) > 1
            else (*(value if isinstance(value, tuple) else (value,)),) * count
        )

    named = [each(options.get(name, default)) for name, default in (("stride", 1), ("padding", 0), ("dilation", 1))]
    window = zip(shape[-count:], each(kernel), *named, strict=False)
    return [
        ((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1, stride)
        for size, kernel, stride, padding, dilation in window
    ]


def _fitting(draw: Draw, count: int, init: Arguments, shape: tuple[int, ...]) -> list[int]:
    """An output size that the module can give."""
    sizes = [
        least + draw.randrange(max(stride, 1)) for least, stride in _lengths(count, init, init["kernel_size"], shape)
    ]
    return [*(shape[:-count] if draw.chance(0.4) else ()), *sizes]


def _leaves_nothing(count: int, options: Arguments, kernel: Any, shape: tuple[int, ...]) -> bool:
    """Whether an axis of the result may have no entries: torch takes that on some paths and refuses it on others."""
    extra = options.get("output_padding", 0)
    return any(
        least + more == 0
        for least, _ in _lengths(count, options, kernel, shape)
        for more in (0, *(extra if isinstance(extra, tuple) else (extra,)))
    )


# On the CPU: the meta kernels take groups and output paddings that no other device takes.
def _register() -> None:
    for count in (1, 2, 3):
        for is_transposed in (False, True):
            name = f"{'_transpose' if is_transposed else ''}{count}d"
            arguments(f"torch.conv{name}", f"torch.nn.functional.conv{name}", on_cpu=True)(
                partial(_function, count, is_transposed=is_transposed)
            )
            for is_lazy in (False, True):
                class_name = f"{'Lazy' if is_lazy else ''}Conv{'Transpose' if is_transposed else ''}{count}d"
                arguments(f"torch.nn.{class_name}.forward", on_cpu=True)(
                    partial(_module, count, is_transposed=is_transposed, is_lazy=is_lazy)
                )


_register()


@arguments("torch.conv_tbc", "torch.nn.functional.conv_tbc", on_cpu=True)
def _tbc(draw: Draw) -> Arguments:
    time, batch, channels_in, channels_out, kernel = (draw.size() for _ in range(5))
    given: Arguments = {
        "input": T((time, batch, channels_in + draw.chance(0.1))),
        "weight": T((kernel, channels_in, channels_out)),
        "bias": T((channels_out + draw.chance(0.1),)),
    }
    if draw.chance(0.5):
        given["pad"] = draw.randint(0, 3)
    return given
