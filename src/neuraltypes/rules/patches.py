"""Images: channels as pixels, patches as columns.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus, plus, shared_out, times
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, axis_at, least_rank, rank, require_axes, require_equal, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, Refused, Result, Value


@computed("layout.pixel_shuffle")
def pixel_shuffle(input: Array, upscale_factor: Value, **_: Value) -> Result:
    """Channels become pixels: `c*r*r h w` to `c h*r w*r`."""
    factor = size_of(upscale_factor)
    _require_factor(factor, "upscale_factor")
    require_axes(input.shape, 3)
    return input.of(_image(input.shape, lambda c, h, w: _shuffled(c, h, w, factor)))


@computed("layout.pixel_unshuffle")
def pixel_unshuffle(input: Array, downscale_factor: Value, **_: Value) -> Result:
    """Pixels become channels: `c h*r w*r` to `c*r*r h w`."""
    factor = size_of(downscale_factor)
    _require_factor(factor, "downscale_factor")
    require_axes(input.shape, 3)
    return input.of(_image(input.shape, lambda c, h, w: _unshuffled(c, h, w, factor)))


def _require_factor(factor: Size | None, argument: str) -> None:
    if factor is not None and factor.constant is not None and factor.constant <= 0:
        raise Refused(f"is {factor}", argument)


_Image = tuple[Size | None, Size | None, Size | None]


def _image(shape: Shape | None, change: Callable[[Size | None, Size | None, Size | None], _Image]) -> Shape | None:
    """A shape with other sizes for its last three axes, if they are known to be there."""
    if shape is None or least_rank(shape) < 3 or any(isinstance(axis, Rest) for axis in shape[-3:]):
        return None if shape is None or rank(shape) is None else shape
    axes = [axis for axis in shape[-3:] if isinstance(axis, SizedAxis)]
    sizes = change(axes[0].size, axes[1].size, axes[2].size)
    new = [SizedAxis(size, axis.label) for size, axis in zip(sizes, axes, strict=True)]
    return (*shape[:-3], *new)


def _shuffled(channels: Size | None, height: Size | None, width: Size | None, factor: Size | None) -> _Image:
    square = times(factor, factor)
    _require_divisible(channels, square, "axis -3", "input")
    return shared_out(channels, square), times(height, factor), times(width, factor)


def _unshuffled(channels: Size | None, height: Size | None, width: Size | None, factor: Size | None) -> _Image:
    _require_divisible(height, factor, "axis -2", "input")
    _require_divisible(width, factor, "axis -1", "input")
    return times(channels, times(factor, factor)), shared_out(height, factor), shared_out(width, factor)


def _require_divisible(size: Size | None, divisor: Size | None, which: str, argument: str) -> None:
    left, right = (None if one is None else one.constant for one in (size, divisor))
    if left is not None and right and left % right:
        raise Refused(f"{which} is {left}, expected a multiple of {right}", argument)


@computed("layout.channel_shuffle")
def channel_shuffle(input: Array, groups: Value, **_: Value) -> Result:
    """The channels of several groups mixed."""
    count = size_of(groups)
    require_axes(input.shape, 3)
    _require_factor(count, "groups")
    channels = axis_at(input.shape, number(1)) if input.shape else None
    _require_divisible(None if channels is None else channels.size, count, "axis 1", "input")
    return input


@computed("layout.pixel_shuffle_module")
def pixel_shuffle_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.PixelShuffle`."""
    return pixel_shuffle(input, config.get("upscale_factor", UNKNOWN))


@computed("layout.pixel_unshuffle_module")
def pixel_unshuffle_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.PixelUnshuffle`."""
    return pixel_unshuffle(input, config.get("downscale_factor", UNKNOWN))


@computed("layout.channel_shuffle_module")
def channel_shuffle_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.ChannelShuffle`."""
    return channel_shuffle(input, config.get("groups", UNKNOWN))


def _pair(value: Value, argument: str, least: int) -> tuple[Size | None, Size | None]:
    """A number, or two, for height and width.

    Raises:
        Refused: it is below `least`, or there are not one or two.
    """
    items = value if isinstance(value, tuple) else (value, value)
    items = items * 2 if len(items) == 1 else items
    if len(items) != 2:
        raise Refused(f"has {len(items)} numbers, expected 2", argument)
    found = size_of(items[0]), size_of(items[1])
    for size in found:
        if size is not None and size.constant is not None and size.constant < least:
            raise Refused(f"is {size}", argument)
    return found


class _Patches:
    """How an image is cut: kernels, dilation, padding and stride, each for height and width."""

    def __init__(self, kernel_size: Value, dilation: Value, padding: Value, stride: Value) -> None:
        self.kernel = _pair(kernel_size, "kernel_size", 1)
        self.dilation = _pair(dilation, "dilation", 1)
        self.padding = _pair(padding, "padding", 0)
        self.stride = _pair(stride, "stride", 1)

    @property
    def area(self) -> Size | None:
        return times(*self.kernel)

    def count(self, image: Sequence[Size | None], argument: str) -> Size | None:
        """The number of patches in an image of that size."""
        total: Size | None = number(1)
        for axis, size in enumerate(image):
            reach = times(self.dilation[axis], plus(self.kernel[axis], number(-1)))
            room = minus(plus(size, times(self.padding[axis], number(2))), plus(reach, number(1)))
            along = plus(shared_out(room, self.stride[axis]), number(1))
            if along is not None and along.constant is not None and along.constant <= 0:
                raise Refused(f"is too small for a kernel of {self.kernel[axis]}", argument)
            total = times(total, along)
        return total


@computed("layout.unfold")
def unfold(
    input: Array,
    kernel_size: Value,
    dilation: Value = UNKNOWN,
    padding: Value = UNKNOWN,
    stride: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """Patches of an image as columns: `b c h w` to `b c*k l`."""
    patches = _Patches(kernel_size, dilation, padding, stride)
    require_axes(input.shape, 3, 4)
    if input.shape is None or rank(input.shape) is None:
        return input.of((ANY, ANY, ANY)) if least_rank(input.shape) == 4 else input.of(None)
    *front, channels, height, width = (axis for axis in input.shape if isinstance(axis, SizedAxis))
    count = patches.count((height.size, width.size), "input")
    return input.of((*front, SizedAxis(times(channels.size, patches.area)), SizedAxis(count)))


@computed("layout.fold")
def fold(
    input: Array,
    output_size: Value,
    kernel_size: Value,
    dilation: Value = UNKNOWN,
    padding: Value = UNKNOWN,
    stride: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """Columns summed into an image: `b c*k l` to `b c h w`."""
    patches = _Patches(kernel_size, dilation, padding, stride)
    image = _pair(output_size, "output_size", 1)
    require_axes(input.shape, 2, 3)
    if input.shape is None or rank(input.shape) is None:
        return input.plain(None)
    *front, columns, blocks = (axis for axis in input.shape if isinstance(axis, SizedAxis))
    _require_divisible(columns.size, patches.area, "axis -2", "input")
    expected = patches.count(image, "output_size")
    require_equal(blocks, SizedAxis(expected), "axis -1 is {left}, expected {right}", "input")
    sizes = (shared_out(columns.size, patches.area), *image)
    return input.plain((*front, *map(SizedAxis, sizes)))


_PATCH_OPTIONS: Final = ("kernel_size", "dilation", "padding", "stride")


@computed("layout.unfold_module")
def unfold_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Unfold`."""
    return unfold(input, **{name: config.get(name, UNKNOWN) for name in _PATCH_OPTIONS})


@computed("layout.fold_module")
def fold_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Fold`."""
    names = ("output_size", *_PATCH_OPTIONS)
    return fold(input, **{name: config.get(name, UNKNOWN) for name in names})
