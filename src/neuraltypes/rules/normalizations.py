"""Normalisation layers: the shape stays, some axes must have the length that the layer was made for.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
"""

from __future__ import annotations

from collections.abc import Iterable

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._arithmetic import over, times
from neuraltypes.rules._context import suspect
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    bool_of,
    common,
    mixes_examples,
    numel,
    replaced,
    require_equal,
    size_axes,
    size_of,
)
from neuraltypes.rules._values import UNKNOWN, Array, Config, DTypes, Refused, Result, Value
from neuraltypes.rules._windows import (
    for_each_count,
    require_at_least,
    require_divisible,
    require_size,
    require_vector,
    sized,
    split,
    with_ranks,
)

_MOST_AXES = 65
_BATCH_RANKS = {1: (2, 3), 2: (4,), 3: (5,)}


# By channels over a batch


@computed("normalizations.batch_norm")
def batch_norm(
    input: Array,
    running_mean: Value = None,
    running_var: Value = None,
    weight: Value = None,
    bias: Value = None,
    training: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """`b c *rest` stays; whatever is given for each channel has one axis, `c`."""
    shape = _with_least(input.shape, 2)
    channels = _axis(shape, 1)
    _require_for_each_channel(channels, running_mean, running_var, weight, bias)
    is_training = bool_of(training)
    if is_training:
        _require_several(_without(shape, 1), "for each channel")
    if isinstance(running_mean, Array) != isinstance(running_var, Array) and None in (running_mean, running_var):
        raise Refused("is given without the other", "running_mean" if running_var is None else "running_var")
    if is_training is False and (running_mean is None or running_var is None):
        raise Refused("is None, but not training needs it", "running_mean" if running_mean is None else "running_var")
    return input.plain(shape)


@for_each_count("normalizations.batch_norm_module")
def batch_norm_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.BatchNorm1d` (`n c` or `n c l`), `nn.BatchNorm2d` (`n c h w`), `nn.BatchNorm3d`."""
    return input.plain(_with_features(with_ranks(input.shape, _BATCH_RANKS[count]), 1, config))


@computed("normalizations.sync_batch_norm_module")
def sync_batch_norm_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.SyncBatchNorm`: any number of axes from 2 on."""
    return input.plain(_with_features(_with_least(input.shape, 2), 1, config))


def _with_least(shape: Shape | None, least: int) -> Shape:
    return with_ranks(shape, range(least, _MOST_AXES))


def _with_features(shape: Shape, at: int, config: Config) -> Shape:
    """A shape whose axis `at` holds the channels, of which there must be `num_features` if each has numbers."""
    features = size_of(config.get("num_features", UNKNOWN))
    flags = [bool_of(config.get(name, UNKNOWN)) for name in ("affine", "track_running_stats")]
    is_needed = True if True in flags else None if None in flags else False
    return _with_channels(shape, at, features, "num_features", is_needed)


def _with_channels(shape: Shape, at: int, channels: Size | None, origin: str, is_needed: bool | None) -> Shape:
    """A shape whose axis `at` has that size: if it has not, that is refused, or, where torch goes on, suspected."""
    if not _is_seen(shape, at) or is_needed is None:
        return shape
    try:
        require_size(shape, at, channels, "input", origin)
    except Refused as mismatch:
        if is_needed:
            raise
        suspect(mismatch.reason, mismatch.argument)
        return shape
    axis = shape[at]
    if not is_needed or not isinstance(axis, SizedAxis):
        return shape
    return replaced(shape, at, common(axis, SizedAxis(channels)))


def _is_seen(shape: Shape, at: int) -> bool:
    return at < len(shape) and not any(isinstance(axis, Rest) for axis in shape[: at + 1])


def _axis(shape: Shape, at: int) -> Size | None:
    return sized(shape[at]) if _is_seen(shape, at) else None


def _without(shape: Shape, at: int) -> Shape:
    """A shape without its axis `at`; unknown where that cannot be told."""
    return (*shape[:at], *shape[at + 1 :]) if _is_seen(shape, at) else (Rest(),)


def _require_several(shape: Iterable[SizedAxis | Rest], words: str) -> None:
    """A variance wants more than one entry."""
    count = numel(shape)
    if count is not None and count.constant == 1:
        raise Refused(f"has one entry {words}, expected several", "input")


def _require_for_each_channel(channels: Size | None, mean: Value, var: Value, weight: Value, bias: Value) -> None:
    for name, value in (("running_mean", mean), ("running_var", var), ("weight", weight), ("bias", bias)):
        require_vector(value, channels, name)


# By channels, each input for itself


@computed("normalizations.instance_norm")
def instance_norm(
    input: Array,
    running_mean: Value = None,
    running_var: Value = None,
    weight: Value = None,
    bias: Value = None,
    use_input_stats: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """`b c *rest` stays; the variance is taken over `rest`."""
    shape = _with_least(input.shape, 2)
    _require_for_each_channel(_axis(shape, 1), running_mean, running_var, weight, bias)
    uses_input = bool_of(use_input_stats)
    if uses_input and _is_seen(shape, 1):
        _require_several(shape[2:], "for each channel")
    if uses_input is False and (running_mean is None or running_var is None):
        name = "running_mean" if running_mean is None else "running_var"
        raise Refused("is None, but without the statistics of the input it is needed", name)
    return input.plain(shape)


@for_each_count("normalizations.instance_norm_module")
def instance_norm_module(count: int, config: Config, input: Array, **_: Value) -> Result:
    """`nn.InstanceNorm1d` (`n c l` or `c l`) and its like; the channels matter where there is something for each."""
    head, spatial = split(input.shape, count, (count + 1, count + 2))
    shape = (*head, *spatial)
    is_affine, is_tracking = bool_of(config.get("affine", UNKNOWN)), bool_of(config.get("track_running_stats", UNKNOWN))
    if is_tracking is False:
        _require_several(spatial, "for each channel")
    if "num_features" in config:
        return input.plain(_with_features(shape, len(head) - 1, config))
    if (is_affine or is_tracking) and len(head) == 1 and _is_seen(shape, 1):
        # A lazy one takes axis 1 for the channels, whatever it is.
        require_size(shape, 0, sized(shape[1]), "input")
    return input.plain(shape)


# Over the last axes


@computed("normalizations.layer_norm")
def layer_norm(
    input: Array, normalized_shape: Value = UNKNOWN, weight: Value = None, bias: Value = None, **_: Value
) -> Result:
    """The last axes are those of `normalized_shape`."""
    if isinstance(normalized_shape, Size):
        raise Refused("is a number, expected a tuple", "normalized_shape")
    return input.plain(_normalized_last(input.shape, normalized_shape, weight, bias))


@computed("normalizations.layer_norm_module")
def layer_norm_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.LayerNorm`, whose shape may be one number."""
    return input.plain(_normalized_last(input.shape, config.get("normalized_shape", UNKNOWN)))


@computed("normalizations.rms_norm")
def rms_norm(input: Array, normalized_shape: Value = UNKNOWN, weight: Value = None, **_: Value) -> Result:
    """The same, without a bias."""
    if isinstance(normalized_shape, Size):
        raise Refused("is a number, expected a tuple", "normalized_shape")
    return Array(_normalized_last(input.shape, normalized_shape, weight), _unless_mixed(input.dtype, weight))


@computed("normalizations.rms_norm_module")
def rms_norm_module(config: Config, x: Array, **_: Value) -> Result:
    """`nn.RMSNorm`."""
    return x.plain(_normalized_last(x.shape, config.get("normalized_shape", UNKNOWN), argument="x"))


def _unless_mixed(dtype: DTypes | None, weight: Value) -> DTypes | None:
    """A weight of another dtype may change the result's."""
    return dtype if not isinstance(weight, Array) or weight.dtype == dtype else None


def _normalized_last(
    shape: Shape | None, normalized: Value, weight: Value = None, bias: Value = None, *, argument: str = "input"
) -> Shape | None:
    expected = size_axes(normalized)
    if expected is None:
        return shape
    if not expected:
        raise Refused("is empty", "normalized_shape")
    count = len(expected)
    head, last = split(shape, count, range(count, _MOST_AXES), argument)
    _suspect_batch(shape, count, argument)
    for name, value in (("weight", weight), ("bias", bias)):
        if isinstance(value, Array):
            _require_axes(with_ranks(value.shape, (count,), name), expected, name)
    return (*head, *_require_axes(last, expected, argument, "normalized_shape"))


def _require_axes(given: Shape, expected: Shape, argument: str, origin: str | None = None) -> Shape:
    because = f' ("{origin}")' if origin else ""
    found: list[SizedAxis] = []
    for place, (axis, wanted) in enumerate(zip(given, expected, strict=True)):
        assert isinstance(axis, SizedAxis)
        assert isinstance(wanted, SizedAxis)
        reason = f"axis {place - len(given)} is {{left}}, expected {{right}}{because}"
        found.append(require_equal(axis, wanted, reason, argument))
    return tuple(found)


def _suspect_batch(shape: Shape | None, count: int, argument: str) -> None:
    for place in range(-count, 0) if shape is not None and count <= len(shape) else ():
        if mixes_examples(shape, number(place)):
            suspect(f"axis {place} is a batch, over which it is normalized", argument, code="kind")


# By groups of channels


@computed("normalizations.group_norm")
def group_norm(
    input: Array, num_groups: Value = UNKNOWN, weight: Value = None, bias: Value = None, **_: Value
) -> Result:
    """`b c *rest` stays; the groups divide the channels."""
    _require_several_in_groups(_with_least(input.shape, 2), size_of(num_groups))
    return group_norm_unchecked(input, num_groups, weight, bias)


@computed("normalizations.group_norm_unchecked")
def group_norm_unchecked(
    input: Array, num_groups: Value = UNKNOWN, weight: Value = None, bias: Value = None, **_: Value
) -> Result:
    """The same; one entry in a group will do."""
    shape = _with_least(input.shape, 2)
    channels = _axis(shape, 1)
    groups = size_of(num_groups)
    require_at_least([groups], 1, "num_groups")
    require_divisible(channels, groups, f"axis 1 is {channels}, not divisible by num_groups={groups}", "input")
    require_vector(weight, channels, "weight")
    require_vector(bias, channels, "bias")
    return input.plain(shape)


@computed("normalizations.group_norm_module")
def group_norm_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.GroupNorm`."""
    groups, channels = (size_of(config.get(name, UNKNOWN)) for name in ("num_groups", "num_channels"))
    require_at_least([groups], 1, "num_groups")
    require_divisible(channels, groups, f"is {channels}, not divisible by num_groups={groups}", "num_channels")
    is_affine = bool_of(config.get("affine", UNKNOWN))
    shape = _with_channels(_with_least(input.shape, 2), 1, channels, "num_channels", is_affine)
    return group_norm(input.of(shape), groups if groups is not None else UNKNOWN)


def _require_several_in_groups(shape: Shape, groups: Size | None) -> None:
    in_groups = over(times(_axis(shape, 0), _axis(shape, 1)), groups)
    if in_groups is not None:
        _require_several((SizedAxis(in_groups), *shape[2:]), "for each group")


# Across neighbouring channels


@computed("normalizations.local_response_norm")
def local_response_norm(input: Array, size: Value = UNKNOWN, **_: Value) -> Result:
    """`b c *rest` stays, with one axis or more behind the channels."""
    require_at_least([size_of(size)], 1, "size")
    return input.plain(_with_least(input.shape, 3))


@computed("normalizations.local_response_norm_module")
def local_response_norm_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.LocalResponseNorm`."""
    return local_response_norm(input, **config)


@computed("normalizations.cross_map_module")
def cross_map_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.CrossMapLRN2d`: `b c h w` stays."""
    return input.plain(with_ranks(input.shape, (4,)))
