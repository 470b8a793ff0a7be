"""Arguments for padding, interpolation and grids: mostly of a rank that the mode takes, now and then a wrong one."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from tests.rules._conformance import Arguments, Draw, T, arguments

_PADDING_MODES = ("constant", "reflect", "replicate", "circular")


def _input(draw: Draw, spatial: int, *, is_unbatched: bool = False) -> T:
    shape = tuple(draw.randint(2, 7) for _ in range(spatial))
    shape = (*(draw.size(1, 3) for _ in range(1 if is_unbatched else 2)), *shape)
    if draw.chance(0.04):
        shape = (1, *shape)
    elif draw.chance(0.04):
        shape = shape[1:]
    dtype = draw.dtype(torch.float32, torch.float64)
    return T(shape, torch.bool if draw.chance(0.05) else dtype)


def _pads(draw: Draw, count: int) -> tuple[int, ...]:
    """Numbers for both ends of each axis; some negative, some too long."""
    low, high = draw.choice(((0, 2), (0, 2), (-1, 3), (-4, 4)))
    return tuple(draw.randint(low, high) for _ in range(2 * count))


def _pads_in_circle(draw: Draw, count: int) -> tuple[int, ...]:
    """Only longer or only shorter: a copy that overlaps itself is refused or not, as the memory lies."""
    low, high = draw.choice(((0, 2), (0, 5), (-3, 0)))
    return tuple(draw.randint(low, high) for _ in range(2 * count))


@arguments("torch.nn.functional.pad", on_cpu=True)
def _pad(draw: Draw) -> Arguments:
    mode = draw.choice(_PADDING_MODES)
    if mode == "constant":
        given = draw.tensor(0, 4)
        pads = _pads(draw, draw.randint(0, len(given.shape)))
        found: Arguments = {"input": given, "pad": pads if draw.chance(0.93) else (*pads, 1)}
        if draw.chance(0.5):
            found["value"] = draw.choice((0.0, 1.0, None))
    else:
        count = draw.randint(1, 3)
        given = _input(draw, count, is_unbatched=draw.chance(0.4))
        pads = _pads_in_circle(draw, count) if mode == "circular" else _pads(draw, count)
        found = {"input": given, "pad": pads if draw.chance(0.95) else (*pads, 1, 1)}
        if draw.chance(0.1):
            found["value"] = draw.choice((0.0, 1.0, None, 2))
    if mode != "constant" or draw.chance(0.3):
        found["mode"] = mode if draw.chance(0.97) else "mirror"
    return found


@arguments("torch.constant_pad_nd", on_cpu=True)
def _constant_pad(draw: Draw) -> Arguments:
    given = draw.tensor(0, 4)
    pads = _pads(draw, draw.randint(0, len(given.shape)))
    return {"input": given, "pad": pads if draw.chance(0.93) else (*pads, 1)}


def _pad_module(count: int, title: str, draw: Draw) -> Arguments:
    pads = _pads_in_circle(draw, count) if title == "Circular" else _pads(draw, count)
    init: Arguments = {"padding": draw.randint(0, 3) if draw.chance(0.5) else pads}
    if draw.chance(0.03):
        init["padding"] = (1, 1) if count > 1 else (1, 1, 1, 1)
    if title == "Constant":
        init["value"] = draw.choice((0.0, 1.5))
    return {"init": init, "forward": {"input": _input(draw, count, is_unbatched=draw.chance(0.4))}}


_MODES = {
    1: ("nearest", "nearest-exact", "area", "linear"),
    2: ("nearest", "nearest-exact", "area", "bilinear", "bicubic", "lanczos"),
    3: ("nearest", "nearest-exact", "area", "trilinear"),
}
_FACTORS = (0.25, 0.5, 0.7, 1.0, 1.3, 1.5, 2.0, 2, 3)


def _several(draw: Draw, count: int, choices: tuple[Any, ...]) -> Any:
    if draw.chance(0.5):
        return draw.choice(choices)
    return tuple(draw.choice(choices) for _ in range(count + draw.chance(0.04)))


def _lengths(draw: Draw, count: int) -> Arguments:
    found: Arguments = {}
    if draw.chance(0.5):
        found["size"] = _several(draw, count, (1, 2, 3, 5, 8) if draw.chance(0.97) else (0, 4))
    if "size" not in found or draw.chance(0.04):
        found["scale_factor"] = _several(draw, count, _FACTORS)
    elif draw.chance(0.03):
        del found["size"]
    return found


def _interpolation(draw: Draw, *, is_module: bool, options: tuple[str, ...]) -> Arguments:
    count = draw.randint(1, 3)
    mode = draw.choice(_MODES[count if draw.chance(0.95) else draw.randint(1, 3)])
    found = _lengths(draw, count)
    if mode != "nearest" or draw.chance(0.3):
        found["mode"] = mode if draw.chance(0.98) else "cubic"
    if draw.chance(0.4 if mode.endswith(("linear", "cubic")) else 0.05):
        found["align_corners"] = draw.choice((True, False, None))
    if draw.chance(0.15):
        found["recompute_scale_factor"] = draw.choice((True, False, None))
    if draw.chance(0.9 if mode == "lanczos" else 0.3 if mode in ("bilinear", "bicubic") else 0.03):
        found["antialias"] = draw.chance(0.9)
    found = {name: value for name, value in found.items() if name in options}
    given = _input(draw, count)
    if mode == "area" and given.dtype == torch.bool:  # an empty result may have any dtype
        given = T(given.shape)
    first = {"input": given}
    return {"init": found, "forward": first} if is_module else {**first, **found}


def _two_axes(draw: Draw, *, is_module: bool, modes: tuple[int, ...]) -> Arguments:
    count = draw.choice(modes)
    found = _lengths(draw, count)
    first = {"input": _input(draw, count)}
    return {"init": found, "forward": first} if is_module else {**first, **found}


@arguments("torch.nn.functional.grid_sample", on_cpu=True)
def _grid_sample(draw: Draw) -> Arguments:
    count = draw.randint(2, 3)
    given = _input(draw, count)
    batch = given.shape[0] + draw.chance(0.06)
    places = (batch, *(draw.size() for _ in range(count)), count + draw.chance(0.06))
    grid = T(places, given.dtype if draw.chance(0.95) else torch.float16)
    found: Arguments = {"input": given, "grid": grid}
    if draw.chance(0.5):
        found["mode"] = draw.choice(("bilinear", "nearest", "bicubic") if draw.chance(0.97) else ("linear",))
    if draw.chance(0.4):
        found["padding_mode"] = draw.choice(("zeros", "border", "reflection") if draw.chance(0.95) else ("mirror",))
    if draw.chance(0.4):
        found["align_corners"] = draw.choice((True, False, None))
    return found


@arguments("torch.nn.functional.affine_grid", on_cpu=True)
def _affine_grid(draw: Draw) -> Arguments:
    count = draw.randint(2, 3)
    batch = draw.size()
    theta = (batch + draw.chance(0.05), count + draw.chance(0.05), count + 1 + draw.chance(0.05))
    size = [batch, *(draw.size() for _ in range(count + 1 + draw.chance(0.04)))]
    if draw.chance(0.04):
        size[-1] = 0
    dtype = draw.dtype(torch.float32, torch.float64) if draw.chance(0.95) else torch.int64
    found: Arguments = {"theta": T(theta if draw.chance(0.96) else theta[1:], dtype), "size": size}
    if draw.chance(0.4):
        found["align_corners"] = draw.choice((True, False, None))
    return found


def _register() -> None:
    # On the CPU: with a meta kernel, the modes differ in what they check.
    for count in (1, 2, 3):
        for title in ("Constant", "Zero", "Reflection", "Replication", "Circular"):
            arguments(f"torch.nn.{title}Pad{count}d.forward", on_cpu=True)(partial(_pad_module, count, title))
    upsample = ("size", "scale_factor", "mode", "align_corners")
    for name, options in (
        ("torch.nn.functional.interpolate", (*upsample, "recompute_scale_factor", "antialias")),
        ("torch.nn.functional.upsample", upsample),
        ("torch.nn.Upsample.forward", (*upsample, "recompute_scale_factor")),
    ):
        arguments(name, on_cpu=True)(partial(_interpolation, is_module=name.endswith(".forward"), options=options))
    for name, modes in (
        ("torch.nn.functional.upsample_nearest", (1, 2, 3)),
        ("torch.nn.functional.upsample_bilinear", (2, 2, 2, 1)),
        ("torch.nn.UpsamplingNearest2d.forward", (2, 2, 2, 1)),
        ("torch.nn.UpsamplingBilinear2d.forward", (2, 2, 2, 1)),
    ):
        arguments(name, on_cpu=True)(partial(_two_axes, is_module=name.endswith(".forward"), modes=modes))


_register()
