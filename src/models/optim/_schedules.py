"""Learning rates over steps: warm-up, hold, and a way down."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from models.errors import ConfigError

Shape = Callable[[float], float]

_SHAPES: dict[str, Callable[..., float]] = {
    "cosine": lambda progress, **_: 0.5 * (1 + math.cos(math.pi * progress)),
    "linear": lambda progress, **_: 1 - progress,
    "polynomial": lambda progress, *, power, **_: (1 - progress) ** power,
    "inverse_sqrt": lambda _, *, past, warmup, **__: (max(warmup, 1) / (max(warmup, 1) + past)) ** 0.5,
    "constant": lambda _, **__: 1.0,
}
NAMES = frozenset(_SHAPES)
_ENDLESS = frozenset({"inverse_sqrt", "constant"})
_NUMBERS = {"min_lr": 0.0, "power": 2.0}


def schedule(
    step: int, *, name: str, steps: float, warmup: int = 0, hold: int = 0, floor: float = 0.0, power: float = 2.0
) -> float:
    """The learning rate of a step, counted from 0, as a part of the peak.

    It rises over `warmup` steps, stays for `hold` steps, and falls until step `steps`, from where on it is `floor`;
    `inverse_sqrt` and `constant` have no end.
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    past = max(step - warmup - hold, 0)
    progress = 0.0 if name in _ENDLESS else min(past / max(steps - warmup - hold, 1), 1.0)
    return floor + (1 - floor) * _SHAPES[name](progress, past=past, warmup=warmup, power=power)


def make_schedule(
    optimizer: torch.optim.Optimizer, section: Mapping[str, Any], steps: Callable[[], float], place: str
) -> LambdaLR:
    """The schedule of a section whose keys and types fit.

    Its state holds no settings, so that a run goes on with those of its config.

    Raises:
        ConfigError: a value is out of range, or the number of steps is needed and not known.
    """
    name = section["name"]
    total = _total(section, steps, place) if _needs_total(section) else math.inf
    warmup, hold = (_count(section.get(key), total, f"{place}.{key}") for key in ("warmup", "hold"))
    if warmup + hold > total:
        raise ConfigError(f"warmup and hold are {warmup + hold} steps, of {total:.0f} in all", place=place)
    least, power = (_number(section.get(key, default), f"{place}.{key}") for key, default in _NUMBERS.items())
    factors: list[Callable[[int], float]] = []
    for group in optimizer.param_groups:
        peak = float(group["lr"])
        if least > peak:
            raise ConfigError(f"is {least}, more than the learning rate {peak}", place=f"{place}.min_lr")
        factors.append(
            partial(
                schedule,
                name=name,
                steps=total,
                warmup=warmup,
                hold=hold,
                floor=least / peak if peak else 0.0,
                power=power,
            )
        )
    return LambdaLR(optimizer, factors)


def _needs_total(section: Mapping[str, Any]) -> bool:
    return section["name"] not in _ENDLESS or any(isinstance(section.get(key), float) for key in ("warmup", "hold"))


def _total(section: Mapping[str, Any], steps: Callable[[], float], place: str) -> float:
    given = section.get("steps")
    if given is None:
        total = steps()
        if math.isinf(total) or total < 0:  # Lightning gives -1 for epochs of unknown length
            raise ConfigError("the trainer knows no end; give max_steps to it, or steps here", place=place)
        return total
    return _count(given, math.inf, f"{place}.steps")


def _count(value: Any, total: float, place: str) -> int:
    """A number of steps, given as such or as a part of all steps."""
    if value is None:
        return 0
    if value < 0 or (value > 1 and value != int(value)):
        raise ConfigError(f"is {value!r}, expected a number of steps, or a part of all (0.05)", place=place)
    if isinstance(value, float) and value <= 1:
        return round(value * total)
    return int(value)


def _number(value: float, place: str) -> float:
    if value < 0:
        raise ConfigError(f"is {value!r}, expected a number from 0", place=place)
    return value
