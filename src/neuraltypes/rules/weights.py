"""Parameters and buffers of modules, in the sizes that the module was made with.

What a flag turns off is None; where the flag is not known, nothing is said of it.
Source: https://docs.pytorch.org/docs/stable/nn.html, the variables of each module.
"""

from __future__ import annotations

from collections.abc import Iterable

from neuraltypes._sizes import number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._arithmetic import shared_out, times
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import bool_of, size_axes, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, Result
from neuraltypes.rules._windows import for_each_count


def _if(config: Config, flags: Iterable[str], shape: Shape | None) -> Result:
    """A tensor of that shape where all of these flags are set, None where one is not."""
    values = [bool_of(config.get(flag, UNKNOWN)) for flag in flags]
    if False in values:
        return None
    return UNKNOWN if None in values else Array(shape)


def _axis(config: Config, name: str) -> SizedAxis:
    return SizedAxis(size_of(config.get(name, UNKNOWN)))


def _vector(name: str, size: str, *flags: str, count: int = 1) -> None:
    """Make the rule `weights.name` of a vector: `count` times what `size` was given as, where the flags are set."""

    @computed(f"weights.{name}")
    def vector(config: Config) -> Result:
        return _if(config, flags, (_repeated(config, size, count),))


def _repeated(config: Config, name: str, count: int) -> SizedAxis:
    return SizedAxis(times(number(count), _axis(config, name).size))


_vector("linear_bias", "out_features", "bias")
_vector("convolution_bias", "out_channels", "bias")
_vector("batch_norm", "num_features", "affine")
_vector("batch_norm_bias", "num_features", "affine", "bias")
_vector("statistics", "num_features", "track_running_stats")
_vector("group_norm", "num_channels", "affine")
_vector("group_norm_bias", "num_channels", "affine", "bias")
_vector("cell_bias", "hidden_size", "bias")
_vector("gru_cell_bias", "hidden_size", "bias", count=3)
_vector("lstm_cell_bias", "hidden_size", "bias", count=4)
_vector("attention_bias", "embed_dim", "bias", count=3)


@for_each_count("weights.convolution")
def convolution(count: int, config: Config) -> Result:
    """`nn.Conv2d.weight` and its like: `out in/groups kernel...`."""
    return Array((_axis(config, "out_channels"), _shared(config, "in_channels"), *_kernel(config, count)))


@for_each_count("weights.transposed_convolution")
def transposed_convolution(count: int, config: Config) -> Result:
    """`nn.ConvTranspose2d.weight` and its like: `in out/groups kernel...`."""
    return Array((_axis(config, "in_channels"), _shared(config, "out_channels"), *_kernel(config, count)))


def _shared(config: Config, channels: str) -> SizedAxis:
    return SizedAxis(shared_out(_axis(config, channels).size, _axis(config, "groups").size))


def _kernel(config: Config, count: int) -> Shape:
    given = config.get("kernel_size", UNKNOWN)
    axes = size_axes(given if isinstance(given, tuple) else (given,) * count)
    assert axes is not None
    return axes


@computed("weights.layer_norm")
def layer_norm(config: Config) -> Result:
    """`nn.LayerNorm.weight`: `normalized_shape`."""
    return _if(config, ["elementwise_affine"], size_axes(config.get("normalized_shape", UNKNOWN)))


@computed("weights.layer_norm_bias")
def layer_norm_bias(config: Config) -> Result:
    """`nn.LayerNorm.bias`: `normalized_shape`."""
    return _if(config, ["elementwise_affine", "bias"], size_axes(config.get("normalized_shape", UNKNOWN)))


@computed("weights.attention")
def attention(config: Config) -> Result:
    """`nn.MultiheadAttention.in_proj_weight`: `3*e e` for queries, keys and values, where all have as many features."""
    features = _axis(config, "embed_dim").size
    others = [config.get(name, UNKNOWN) for name in ("kdim", "vdim")]
    if any(one is not None and (features is None or size_of(one) != features) for one in others):
        return UNKNOWN
    return Array((_repeated(config, "embed_dim", 3), _axis(config, "embed_dim")))
