"""Padding, interpolation and sampling from a grid, as functions and as modules.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
"""

from __future__ import annotations

import math
from dataclasses import replace

from neuraltypes._sizes import Size, floor_divide, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus, plus, times
from neuraltypes.rules._dtypes import BOOL, COMPLEX, COMPUTABLE, FLOATS, dtypes_text
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import bool_of, rank, require_equal, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, DTypes, Refused, Result, Value
from neuraltypes.rules._windows import (
    Sizes,
    below,
    exceeds,
    for_each_count,
    numbers,
    require_at_least,
    resized,
    shared_dtype,
    sized,
    split,
    with_ranks,
)

_PADDING_MODES = ("constant", "reflect", "replicate", "circular")
_MOST_AXES = 65
_EXACT = 2**20
"""Up to this denominator, a factor times a length is exact in floating point."""


# Padding


@computed("resampling.pad")
def pad(input: Array, pad: Value = UNKNOWN, mode: Value = "constant", value: Value = None, **_: Value) -> Result:
    """Longer axes, the last one first: `*b t` padded by `(left, right)` is `*b t+left+right`. Negative numbers cut."""
    if isinstance(mode, str) and mode not in _PADDING_MODES:
        raise Refused(f'is "{mode}", expected one of {", ".join(_PADDING_MODES)}', "mode")
    if not isinstance(pad, tuple):
        return input.of(_unsized(input.shape))
    if len(pad) % 2:
        raise Refused(f"has {numbers(len(pad))}, expected an even number of them", "pad")
    if mode not in ("constant", UNKNOWN):
        _require_no_value(value, mode)
    if mode in ("reflect", "replicate"):
        _require_dtype(input, COMPUTABLE - BOOL)
    return input.of(_padded(input.shape, tuple(map(size_of, pad)), mode))


def _require_no_value(value: Value, mode: Value) -> None:
    size = size_of(value)
    if (isinstance(value, float) and value != 0 and not math.isnan(value)) or (
        size is not None and size.constant not in (None, 0)
    ):
        raise Refused(f'is {size if size is not None else value}, but mode "{mode}" takes none', "value")


def _unsized(shape: Shape | None) -> Shape | None:
    """As many axes of any size."""
    if shape is None:
        return None
    return tuple(SizedAxis(label=axis.label) if isinstance(axis, SizedAxis) else Rest() for axis in shape)


def _padded(shape: Shape | None, pads: Sizes, mode: Value) -> Shape:
    count = len(pads) // 2
    is_constant = mode in ("constant", UNKNOWN)
    if not is_constant and not 1 <= count <= 3:
        raise Refused(f'has {numbers(len(pads))}, expected 2, 4 or 6 in mode "{mode}"', "pad")
    head, padded = split(shape, count, range(count, _MOST_AXES) if is_constant else (count + 1, count + 2))
    lengths: list[SizedAxis] = []
    for place, axis in enumerate(padded):
        at = count - 1 - place
        length = _length(sized(axis), pads[2 * at], pads[2 * at + 1], mode, place - count)
        lengths.append(resized(axis, length))
    if mode in ("reflect", "replicate") and all(below(axis.size, 1) for axis in lengths):
        raise Refused("is cut to nothing", "input")
    return (*head, *lengths)


def _length(size: Size | None, left: Size | None, right: Size | None, mode: Value, at: int) -> Size | None:
    """The length of an axis with numbers added, or cut off, at both ends.

    Raises:
        Refused: what is cut off, or mirrored, is not there.
    """
    inner = plus(size, _cut(left), _cut(right))
    length = plus(size, left, right)
    if below(inner if mode in ("constant", "circular") else length, 0):
        raise Refused(f"axis {at} is {size}, less than is cut off", "input")
    longest = minus(size, number(1)) if mode == "reflect" else size
    for one in (left, right):
        if mode in ("reflect", "circular") and exceeds(one, longest):
            raise Refused(f'axis {at} is {size}, too short for a "{mode}" padding of {one}', "input")
    return length


def _cut(padding: Size | None) -> Size | None:
    """What a padding cuts off, as a number of zero or less."""
    return padding if padding is None or padding.constant is None or padding.constant < 0 else number(0)


def _pad_module(count: int, config: Config, input: Array, mode: str) -> Result:
    padding = config.get("padding", UNKNOWN)
    if not isinstance(padding, tuple):  # if unknown, it has as many numbers as torch's annotation says
        padding = (padding,) * (2 * count)
    return pad(input, padding, mode)


@for_each_count("resampling.constant_pad_module")
def constant_pad_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.ConstantPad1d`, `nn.ZeroPad1d` and their like."""
    return _pad_module(count, config, input, "constant")


@for_each_count("resampling.reflection_pad_module")
def reflection_pad_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.ReflectionPad1d` and its like."""
    return _pad_module(count, config, input, "reflect")


@for_each_count("resampling.replication_pad_module")
def replication_pad_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.ReplicationPad1d` and its like."""
    return _pad_module(count, config, input, "replicate")


@for_each_count("resampling.circular_pad_module")
def circular_pad_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.CircularPad1d` and its like."""
    with_ranks(input.shape, (count + 1, count + 2))
    return _pad_module(count, config, input, "circular")


# Interpolation

_RANKS = {
    "nearest": (3, 4, 5),
    "nearest-exact": (3, 4, 5),
    "area": (3, 4, 5),
    "linear": (3,),
    "bilinear": (4,),
    "bicubic": (4,),
    "lanczos": (4,),
    "trilinear": (5,),
}
_IMAGES = FLOATS | {"uint8"}
_DTYPES = {"area": FLOATS | COMPLEX, "linear": FLOATS, "trilinear": FLOATS, "bilinear": _IMAGES, "nearest": _IMAGES}
_WITH_CORNERS = ("linear", "bilinear", "bicubic", "lanczos", "trilinear")
_WITH_ANTIALIAS = ("bilinear", "bicubic", "lanczos")


@computed("resampling.interpolate")
def interpolate(
    input: Array,
    size: Value = None,
    scale_factor: Value = None,
    mode: Value = "nearest",
    align_corners: Value = None,
    recompute_scale_factor: Value = None,
    antialias: Value = False,
    **_: Value,
) -> Result:
    """`b c t` gives `b c size`, or the lengths times `scale_factor`, rounded down."""
    _require_mode(mode, align_corners, antialias)
    _require_dtype(input, _DTYPES.get(mode, _IMAGES | COMPLEX) if isinstance(mode, str) else _IMAGES | COMPLEX)
    if size is None and scale_factor is None:
        raise Refused("has neither a size nor a scale_factor")
    if size not in (None, UNKNOWN) and scale_factor not in (None, UNKNOWN):
        raise Refused("is given beside a size", "scale_factor")
    if bool_of(recompute_scale_factor) and size not in (None, UNKNOWN):
        raise Refused("is True, which says nothing beside a size", "recompute_scale_factor")
    ranks = _RANKS[mode] if isinstance(mode, str) else (3, 4, 5)
    shape = with_ranks(input.shape, ranks)
    count = _count_spatial(shape, size, scale_factor)
    if count is None:
        return input.resampled((Rest(),))
    head, spatial = split(shape, count, (count + 2,))
    asked = _asked(spatial, count, size, scale_factor)
    require_at_least(asked, 0 if mode == "area" else 1, "size" if scale_factor is None else "scale_factor")
    return input.resampled((*head, *(resized(axis, length) for axis, length in zip(spatial, asked, strict=True))))


def _require_mode(mode: Value, align_corners: Value, antialias: Value) -> None:
    if not isinstance(mode, str):
        return
    if mode not in _RANKS:
        raise Refused(f'is "{mode}", expected one of {", ".join(_RANKS)}', "mode")
    if mode not in _WITH_CORNERS and align_corners not in (None, UNKNOWN):
        raise Refused(f"is given, but goes with {', '.join(_WITH_CORNERS)} only", "align_corners")
    if mode == "lanczos" and bool_of(align_corners):
        raise Refused('is True, which mode "lanczos" does not know', "align_corners")
    is_antialiased = bool_of(antialias)
    if is_antialiased and mode not in _WITH_ANTIALIAS:
        raise Refused(f"is True, but goes with {', '.join(_WITH_ANTIALIAS)} only", "antialias")
    if is_antialiased is False and mode == "lanczos":
        raise Refused('is False, but mode "lanczos" needs it', "antialias")


def _require_dtype(input: Array, dtypes: DTypes) -> None:
    if input.dtype is not None and not input.dtype & dtypes:
        raise Refused(f"is {dtypes_text(input.dtype)}, expected {dtypes_text(dtypes)}", "input", "dtype")


def _count_spatial(shape: Shape, size: Value, scale_factor: Value) -> int | None:
    """The number of spatial axes, as the input or the arguments say."""
    known = rank(shape)
    if known is not None:
        return known - 2
    return next((len(value) for value in (size, scale_factor) if isinstance(value, tuple)), None)


def _asked(spatial: Shape, count: int, size: Value, scale_factor: Value) -> Sizes:
    if UNKNOWN in (size, scale_factor):
        return (None,) * count
    name, value = ("size", size) if size is not None else ("scale_factor", scale_factor)
    values = value if isinstance(value, tuple) else (value,) * count
    if len(values) != count:
        raise Refused(f"has {numbers(len(values))}, but the input has {count} spatial axes", name)
    if size is not None:
        return tuple(map(size_of, values))
    return tuple(_scaled(sized(axis), factor) for axis, factor in zip(spatial, values, strict=True))


def _scaled(size: Size | None, factor: Value) -> Size | None:
    """A length times a factor, rounded down."""
    if not isinstance(factor, float):
        return times(size, size_of(factor))
    if not math.isfinite(factor):  # not a number: some float
        return None
    if size is not None and size.constant is not None:
        return number(int(size.constant * factor))
    above, below_ = factor.as_integer_ratio() if abs(factor) < _EXACT else (0, _EXACT)
    product = times(size, number(above))
    return None if product is None or below_ >= _EXACT else floor_divide(product, number(below_))


@computed("resampling.upsample_bilinear")
def upsample_bilinear(input: Array, size: Value = None, scale_factor: Value = None, **_: Value) -> Result:
    """`interpolate` in one mode."""
    return interpolate(input, size, scale_factor, "bilinear")


@computed("resampling.upsample_module")
def upsample_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Upsample` and `nn.UpsamplingNearest2d`."""
    return interpolate(input, **config)


@computed("resampling.upsample_bilinear_module")
def upsample_bilinear_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.UpsamplingBilinear2d`."""
    return upsample_bilinear(input, **config)


# Grids


@computed("resampling.grid_sample")
def grid_sample(input: Array, grid: Array, mode: Value = UNKNOWN, padding_mode: Value = UNKNOWN, **_: Value) -> Result:
    """`n c h w` at the places of `n y x 2` gives `n c y x`; the same with three spatial axes."""
    for name, value, expected in (
        ("mode", mode, ("bilinear", "nearest", "bicubic")),
        ("padding_mode", padding_mode, ("zeros", "border", "reflection")),
    ):
        if isinstance(value, str) and value not in expected:
            raise Refused(f'is "{value}", expected one of {", ".join(expected)}', name)
    dtype = shared_dtype(input=input, grid=grid)
    ranks = (4,) if mode == "bicubic" else (4, 5)
    shape, places = with_ranks(input.shape, ranks), with_ranks(grid.shape, ranks, "grid")
    known = rank(shape) or rank(places)
    if known is None:
        return replace(input.resampled(None), dtype=dtype)
    shape, places = with_ranks(input.shape, (known,)), with_ranks(grid.shape, (known,), "grid")
    last = SizedAxis(number(known - 2))
    require_equal(
        _sized_axis(places[-1]), last, "axis -1 is {left}, expected {right}, a number for each spatial axis", "grid"
    )
    batch = require_equal(
        _sized_axis(places[0]), _sized_axis(shape[0]), "axis 0 is {left}, but input has {right}", "grid"
    )
    return replace(input.resampled((batch, shape[1], *places[1:-1])), dtype=dtype)


def _sized_axis(axis: SizedAxis | Rest) -> SizedAxis:
    return axis if isinstance(axis, SizedAxis) else SizedAxis()


@computed("resampling.affine_grid")
def affine_grid(theta: Array, size: Value = UNKNOWN, **_: Value) -> Result:
    """`n 2 3` and a size `(n, c, h, w)` give `n h w 2`; `n 3 4` and five sizes the same with three spatial axes."""
    shape = with_ranks(theta.shape, (3,), "theta")
    if not isinstance(size, tuple):
        return Array(None, theta.dtype)
    if len(size) not in (4, 5):
        raise Refused(f"has {numbers(len(size))}, expected 4 or 5", "size")
    asked = [SizedAxis(size_of(one)) for one in size]
    count = len(size) - 2
    require_at_least([axis.size for axis in asked], 1, "size")
    for at, expected in ((1, count), (2, count + 1)):
        require_equal(
            _sized_axis(shape[at]), SizedAxis(number(expected)), f"axis {at} is {{left}}, expected {{right}}", "theta"
        )
    batch = require_equal(_sized_axis(shape[0]), asked[0], "axis 0 is {left}, but size asks for {right}", "theta")
    return Array((batch, *asked[2:], SizedAxis(number(count))), theta.dtype)
