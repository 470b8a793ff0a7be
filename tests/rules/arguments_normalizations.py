"""Arguments for normalisation: channels and last axes that fit, now and then others."""

from __future__ import annotations

from functools import partial

import torch

from tests.rules._conformance import Arguments, Draw, T, arguments

_FLOATS = (*(torch.float32, torch.float64) * 10, torch.int64, torch.bool)


def _input(draw: Draw, channels: int, spatial: int, dtype: torch.dtype = torch.float32) -> T:
    """`n c *spatial`, now and then with other channels, an axis more or less."""
    if draw.chance(0.05):
        channels += 1
    # Two inputs or more: a module refuses one value for each channel in training, which no rule sees.
    shape = (draw.size(2, 4), channels, *(draw.size(1, 4) for _ in range(spatial)))
    if draw.chance(0.03):
        shape = (*shape, 2)
    elif draw.chance(0.03):
        shape = shape[:-1]
    return T(shape, dtype)


def _flags(draw: Draw, *names: str) -> Arguments:
    return {name: draw.chance(0.5) for name in names if draw.chance(0.3)}


def _batch_module(spatial: tuple[int, ...], draw: Draw, *, is_lazy: bool) -> Arguments:
    features = draw.size(1, 5)
    init = {} if is_lazy else {"num_features": features}
    init |= _flags(draw, "affine", "track_running_stats", "bias")
    return {"init": init, "forward": {"input": _input(draw, features, draw.choice(spatial))}}


def _instance_module(count: int, draw: Draw, *, is_lazy: bool) -> Arguments:
    features = draw.size(1, 5)
    init = {} if is_lazy else {"num_features": features}
    init |= _flags(draw, "affine", "track_running_stats", "bias")
    given = _input(draw, features, count)
    if draw.chance(0.3):
        given = T(given.shape[1:], given.dtype)
    is_tracking = init.get("track_running_stats", is_lazy)
    if is_tracking:  # in training, one value is refused here too
        given = T((*given.shape[:-1], given.shape[-1] + 1), given.dtype)
    return {"init": init, "forward": {"input": given}}


def _vectors(draw: Draw, size: int, dtype: torch.dtype, *names: str) -> Arguments:
    return {name: T((size + draw.chance(0.04),), dtype) for name in names if draw.chance(0.6)}


@arguments("torch.nn.functional.batch_norm", on_cpu=True)
def _batch_norm(draw: Draw) -> Arguments:
    channels, dtype = draw.size(1, 5), draw.dtype(*_FLOATS)
    given = _input(draw, channels, draw.randint(0, 3), dtype)
    found: Arguments = {"input": given, "running_mean": None, "running_var": None}
    if draw.chance(0.8):
        found |= {name: T((channels + draw.chance(0.04),), dtype) for name in ("running_mean", "running_var")}
    elif draw.chance(0.3):
        found["running_mean"] = T((channels,), dtype)
    found |= _vectors(draw, channels, dtype, "weight", "bias")
    if draw.chance(0.6) or found["running_var"] is None:
        found["training"] = draw.chance(0.7)
    if found.get("training") and draw.chance(0.2):
        found["input"] = T((1, *given.shape[1:]), dtype)
    return found


@arguments("torch.nn.functional.instance_norm", on_cpu=True)
def _instance_norm(draw: Draw) -> Arguments:
    channels, dtype = draw.size(1, 5), draw.dtype(*_FLOATS)
    found: Arguments = {"input": _input(draw, channels, draw.randint(0, 3), dtype)}
    if draw.chance(0.5):
        found |= {name: T((channels + draw.chance(0.04),), dtype) for name in ("running_mean", "running_var")}
    found |= _vectors(draw, channels, dtype, "weight", "bias")
    if draw.chance(0.4):
        found["use_input_stats"] = draw.chance(0.5)
    return found


def _last(draw: Draw) -> tuple[tuple[int, ...], T, torch.dtype]:
    """What is normalized, and an input that ends in it, most of the time."""
    normalized = draw.shape(1, 3)
    shape = (*draw.shape(0, 2), *normalized)
    if draw.chance(0.05):
        shape = (*shape[:-1], shape[-1] + 1)
    elif draw.chance(0.05):
        shape = shape[1:]
    dtype = draw.dtype(*_FLOATS)
    return normalized if draw.chance(0.98) else (), T(shape, dtype), dtype


def _last_function(draw: Draw, *names: str) -> Arguments:
    normalized, given, dtype = _last(draw)
    found: Arguments = {"input": given, "normalized_shape": normalized}
    for name in names:
        if draw.chance(0.4):
            found[name] = T(normalized if draw.chance(0.93) else (*normalized, 2), dtype)
    return found


def _last_module(draw: Draw, *, argument: str, flags: tuple[str, ...]) -> Arguments:
    normalized, given, _ = _last(draw)
    init: Arguments = {"normalized_shape": normalized}
    if len(normalized) == 1 and draw.chance(0.7):
        init["normalized_shape"] = normalized[0]
    init |= _flags(draw, *flags)
    return {"init": init, "forward": {argument: T(given.shape)}}


def _grouped(draw: Draw) -> tuple[int, int]:
    groups = draw.size(1, 3)
    return groups, groups * draw.size(1, 3) + draw.chance(0.05)


def _group_function(draw: Draw) -> Arguments:
    groups, channels = _grouped(draw)
    dtype = draw.dtype(*_FLOATS)
    given = _input(draw, channels, draw.randint(0, 3), dtype)
    if draw.chance(0.3):
        given = T((1, *given.shape[1:]), dtype)
    groups = groups if draw.chance(0.98) else 0
    return {"input": given, "num_groups": groups, **_vectors(draw, channels, dtype, "weight", "bias")}


@arguments("torch.nn.GroupNorm.forward", on_cpu=True)
def _group_module(draw: Draw) -> Arguments:
    groups, channels = _grouped(draw)
    given = _input(draw, channels, draw.randint(0, 3))
    if draw.chance(0.3):
        given = T((1, *given.shape[1:]))
    init = {"num_groups": groups, "num_channels": channels, **_flags(draw, "affine", "bias")}
    return {"init": init, "forward": {"input": given}}


@arguments("torch.nn.functional.local_response_norm", on_cpu=True)
def _local_response(draw: Draw) -> Arguments:
    given = _input(draw, draw.size(), draw.randint(0, 3), draw.dtype(torch.float32, torch.float64))
    return {"input": given, "size": draw.randint(1, 4)}


@arguments("torch.nn.LocalResponseNorm.forward", on_cpu=True)
def _local_response_module(draw: Draw) -> Arguments:
    return {"init": {"size": draw.randint(1, 4)}, "forward": {"input": _input(draw, draw.size(), draw.randint(0, 3))}}


@arguments("torch.nn.CrossMapLRN2d.forward", on_cpu=True)
def _cross_map(draw: Draw) -> Arguments:
    spatial = 2 if draw.chance(0.8) else draw.randint(0, 3)
    return {"init": {"size": draw.randint(1, 4)}, "forward": {"input": _input(draw, draw.size(), spatial)}}


# On the CPU: the meta kernels take statistics, weights and groups of any length.
def _register() -> None:
    for count in (1, 2, 3):
        spatial = (0, 1) if count == 1 else (count,)
        for is_lazy in (False, True):
            lazy = "Lazy" if is_lazy else ""
            batch = partial(_batch_module, spatial, is_lazy=is_lazy)
            arguments(f"torch.nn.{lazy}BatchNorm{count}d.forward", on_cpu=True)(batch)
            instance = partial(_instance_module, count, is_lazy=is_lazy)
            arguments(f"torch.nn.{lazy}InstanceNorm{count}d.forward", on_cpu=True)(instance)
    arguments("torch.nn.SyncBatchNorm.forward", on_cpu=True)(partial(_batch_module, (0, 1, 2, 3), is_lazy=False))
    layer = ("weight", "bias")
    for prefix in ("torch", "torch.nn.functional"):
        arguments(f"{prefix}.layer_norm", on_cpu=True)(lambda draw: _last_function(draw, *layer))
        arguments(f"{prefix}.rms_norm", on_cpu=True)(lambda draw: _last_function(draw, "weight"))
        arguments(f"{prefix}.group_norm", on_cpu=True)(_group_function)
    flags = ("elementwise_affine", "bias")
    arguments("torch.nn.LayerNorm.forward", on_cpu=True)(partial(_last_module, argument="input", flags=flags))
    arguments("torch.nn.RMSNorm.forward", on_cpu=True)(partial(_last_module, argument="x", flags=flags[:1]))


_register()
