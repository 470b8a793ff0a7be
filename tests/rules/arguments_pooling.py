"""Arguments for pooling: windows that fit most inputs, output sizes that can be had, now and then something wrong."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from tests.rules._conformance import Arguments, Draw, T, arguments


def _several(draw: Draw, count: int, low: int, high: int, *, can_be_short: bool = True) -> Any:
    """One number, or one for each axis; now and then one too many, or one below the least."""
    if draw.chance(0.02):
        low -= 1
    if draw.chance(0.5):
        return draw.randint(low, high)
    if draw.chance(0.03):
        count += 1
    elif draw.chance(0.05) and can_be_short:
        count = 1
    return tuple(draw.randint(low, high) for _ in range(count))


def _input(draw: Draw, count: int, least: int = 2) -> T:
    """Batched or not, on small sizes; now and then with an axis too many or too few."""
    shape = tuple(draw.randint(least, 7) for _ in range(count))
    shape = (*(draw.size(1, 3) for _ in range(1 if draw.chance(0.25) else 2)), *shape)
    if draw.chance(0.03):
        shape = (1, *shape)
    elif draw.chance(0.03):
        shape = shape[2:]
    return T(shape, torch.bool if draw.chance(0.03) else draw.dtype(torch.float32, torch.float64))


def _call(draw: Draw, first: Arguments, options: Arguments, *, is_module: bool) -> Arguments:
    return {"init": options, "forward": first} if is_module else {**first, **options}


def _windows(count: int, draw: Draw, *, is_module: bool, kind: str, is_top: bool = False) -> Arguments:
    """Max, average and power-average pooling."""
    options: Arguments = {"kernel_size": _several(draw, count, 1, 4)}
    if kind == "lp":
        options["norm_type"] = draw.choice((1.0, 2.0, 2))
    if draw.chance(0.6):
        options["stride"] = _several(draw, count, 1, 4)
    elif draw.chance(0.3) and not is_top:
        options["stride"] = None
    if draw.chance(0.5) and kind != "lp":
        options["padding"] = _several(draw, count, 0, draw.choice((1, 1, 2)))
    if draw.chance(0.3) and kind == "max":
        options["dilation"] = _several(draw, count, 1, 2)
    if draw.chance(0.5):
        options["ceil_mode"] = draw.chance(0.7)
    if draw.chance(0.4) and kind == "max" and not is_top:
        options["return_indices"] = draw.chance(0.7)
    if kind == "avg" and draw.chance(0.3):
        options["count_include_pad"] = draw.chance(0.5)
    if kind == "avg" and count > 1 and draw.chance(0.2):
        options["divisor_override"] = draw.choice((0, 1, 2, 3))
    given = _input(draw, count)
    if kind == "lp":
        given = T(given.shape, draw.dtype(torch.float32, torch.float64, torch.int64))
    return _call(draw, {"input": given}, options, is_module=is_module)


def _adaptive(count: int, draw: Draw, *, is_module: bool, is_max: bool, is_top: bool = False) -> Arguments:
    size = _several(draw, count, 1, 5, can_be_short=False)
    if isinstance(size, tuple) and draw.chance(0.5) and not is_top:
        size = tuple(None if draw.chance(0.4) else one for one in size)
    elif draw.chance(0.03) and not is_top:
        size = None
    options: Arguments = {"output_size": size}
    if is_max and draw.chance(0.4) and not is_top:
        options["return_indices"] = draw.chance(0.7)
    given = _input(draw, count)
    if size == 0 or (isinstance(size, tuple) and 0 in size):  # an empty result may have any dtype
        given = T(given.shape)
    return _call(draw, {"input": given}, options, is_module=is_module)


def _fractional(count: int, draw: Draw, *, is_module: bool) -> Arguments:
    options: Arguments = {"kernel_size": _several(draw, count, 1, 2)}
    if draw.chance(0.5):
        options["output_size"] = _several(draw, count, 1, 3)
    if "output_size" not in options or draw.chance(0.05):
        ratios = tuple(draw.choice((0.3, 0.5, 0.7, 0.9)) for _ in range(count))
        # As functions, they want several ratios, against their own words.
        options["output_ratio"] = draw.choice((0.5, 0.7, 1.5)) if is_module and draw.chance(0.4) else ratios
    elif draw.chance(0.03):
        del options["output_size"]
    if draw.chance(0.4):
        options["return_indices"] = draw.chance(0.7)
    return _call(draw, {"input": _input(draw, count, 4)}, options, is_module=is_module)


def _unpool(count: int, draw: Draw, *, is_module: bool) -> Arguments:
    given = _input(draw, count, 3)
    indices = T(given.shape, torch.int64 if draw.chance(0.95) else torch.int32, values=1)
    if draw.chance(0.05) and given.shape:
        indices = T((*given.shape[:-1], given.shape[-1] + 1), torch.int64, values=1)
    kernel = _several(draw, count, 2, 3, can_be_short=False)
    options: Arguments = {"kernel_size": kernel}
    if draw.chance(0.4):
        options["stride"] = _several(draw, count, 2, 3, can_be_short=False)
    if draw.chance(0.3):
        options["padding"] = _several(draw, count, 0, 1, can_be_short=False)
    first: Arguments = {"input": given, "indices": indices}
    if draw.chance(0.3):
        strides = options.get("stride", kernel)
        stride = strides if isinstance(strides, tuple) else (strides,) * count
        first["output_size"] = [2 * draw.randint(2, 6) for _ in range(count)]
        if draw.chance(0.7) and len(stride) == count and len(given.shape) > count:
            sizes = zip(given.shape[-count:], stride, strict=True)
            first["output_size"] = [size * step + draw.randint(-1, 1) for size, step in sizes]
        if draw.chance(0.4):
            first["output_size"] = [1, 1, *first["output_size"]]
    return _call(draw, first, options, is_module=is_module)


def _register() -> None:
    for count in (1, 2, 3):
        in_functional = [
            f"torch.nn.functional.{{}}_pool{count}d",
            f"torch.nn.functional.{{}}_pool{count}d_with_indices",
        ]
        for kind, title in (("max", "Max"), ("avg", "Avg"), ("lp", "LP")):
            names = [name.format(kind) for name in in_functional[: 2 if kind == "max" else 1]]
            arguments(*names, on_cpu=True)(partial(_windows, count, is_module=False, kind=kind))
            class_name = f"torch.nn.{title}Pool{count}d.forward"
            arguments(class_name, on_cpu=True)(partial(_windows, count, is_module=True, kind=kind))
        for is_max in (False, True):
            kind, title = ("adaptive_max", "AdaptiveMax") if is_max else ("adaptive_avg", "AdaptiveAvg")
            names = [name.format(kind) for name in in_functional[: 2 if is_max else 1]]
            arguments(*names, on_cpu=True)(partial(_adaptive, count, is_module=False, is_max=is_max))
            class_name = f"torch.nn.{title}Pool{count}d.forward"
            arguments(class_name, on_cpu=True)(partial(_adaptive, count, is_module=True, is_max=is_max))
        if count > 1:
            names = [name.format("fractional_max") for name in in_functional]
            arguments(*names, on_cpu=True)(partial(_fractional, count, is_module=False))
            class_name = f"torch.nn.FractionalMaxPool{count}d.forward"
            arguments(class_name, on_cpu=True)(partial(_fractional, count, is_module=True))
        arguments(f"torch.nn.functional.max_unpool{count}d", on_cpu=True)(partial(_unpool, count, is_module=False))
        arguments(f"torch.nn.MaxUnpool{count}d.forward", on_cpu=True)(partial(_unpool, count, is_module=True))
        arguments(f"torch.max_pool{count}d", on_cpu=True)(
            partial(_windows, count, is_module=False, kind="max", is_top=True)
        )
    arguments("torch.max_pool1d_with_indices", on_cpu=True)(
        partial(_windows, 1, is_module=False, kind="max", is_top=True)
    )
    arguments("torch.avg_pool1d", on_cpu=True)(partial(_windows, 1, is_module=False, kind="avg", is_top=True))
    for name, is_max in (("torch.adaptive_avg_pool1d", False), ("torch.adaptive_max_pool1d", True)):
        arguments(name, on_cpu=True)(partial(_adaptive, 1, is_module=False, is_max=is_max, is_top=True))


# On the CPU: the meta kernels leave some checks of windows to the real ones.
_register()
