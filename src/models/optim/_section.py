"""The `optim` section of a config, checked as far as it can be without a model, and before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import torch
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from models.optim._classes import NAME, optimizer_class, scheduler_class
from models.optim._schedules import NAMES
from neuraltypes.config._fit import TARGET, Fitter
from neuraltypes.config._nodes import ConfigNode
from neuraltypes.config._parameters import parameters_of
from neuraltypes.config._values import Make

GROUPS, SCHED = "groups", "sched"
STEPS = "auto"
_MODULES = "modules"
_OURS: Mapping[str, Any] = {
    GROUPS: dict[str, dict[str, Any] | None] | None,
    "no_decay": str | list[str] | None,
    SCHED: dict[str, Any] | None,
    "clip_norm": float | None,
    "clip_value": float | None,
    "ema": float | dict[str, Any] | None,
    "freeze": str | list[str] | None,
}
_LIGHTNINGS: Mapping[str, Any] = {
    "interval": Literal["step", "epoch"],
    "frequency": int,
    "monitor": str,
    "strict": bool,
}

Steps: TypeAlias = int | float  # a number of steps, or a part of all
Options: TypeAlias = Callable[[], dict[str, Any]]


class Sched(NamedTuple):
    """A schedule: its class, None for one of ours, its arguments, and what Lightning wants to know of it.

    Of the arguments `steps` are the number of steps in all.
    """

    cls: type[LRScheduler] | None
    options: Options
    steps: Sequence[str]
    lightnings: Mapping[str, Any]


class Optim(NamedTuple):
    """An optimizer's class and arguments, the options of each group, and what else there is, as plain values."""

    cls: type[torch.optim.Optimizer] | None
    options: Options
    groups: Mapping[str, Options]
    sched: Sched | None
    others: Mapping[str, Any]


def read_optim(fitter: Fitter, section: ConfigNode) -> Optim:
    """What a section says; what does not fit is among the fitter's problems, and then nothing may be made of it."""
    others = read_others(fitter, section)
    rest = section.without(NAME, TARGET, *_OURS)
    cls = optimizer_class(fitter, section)
    if cls is None:
        return Optim(None, dict, {}, None, others)
    options = _options(fitter, rest, cls)
    groups = {name: _group(fitter, node, cls) for name, node in _entries(section, GROUPS).items()}
    if others.get("no_decay") and "weight_decay" not in parameters_of(cls).named:
        fitter.add(section.entries["no_decay"], f"{cls.__name__} has no weight_decay")
    sched = section.entries.get(SCHED)
    found = read_sched(fitter, sched) if sched is not None and sched.is_mapping else None
    return Optim(cls, options, groups, found, others)


def read_others(fitter: Fitter, section: ConfigNode) -> dict[str, Any]:
    """What a section asks for beside an optimizer, as plain values."""
    if not section.is_mapping:
        fitter.fit(section, dict[str, Any])
        return {}
    makes = {key: fitter.as_data().fit(node, _OURS[key]) for key, node in section.entries.items() if key in _OURS}
    average = section.entries.get("ema")
    if average is not None and average.is_mapping:
        makes["ema"] = _options(fitter, average, Average)
    _check_clipping(fitter, section)
    return {key: make() for key, make in makes.items()} if not fitter.problems else {}


def read_sched(fitter: Fitter, section: ConfigNode) -> Sched:
    """What a section's schedule says, as `read_optim`."""
    entries = section.entries
    lightnings = {key: fitter.fit(entries[key], hint)() for key, hint in _LIGHTNINGS.items() if key in entries}
    rest = section.without(*_LIGHTNINGS)
    if NAME in entries and entries[NAME].value in NAMES:
        return Sched(None, _options(fitter, rest, Schedule), (), lightnings)
    cls = scheduler_class(fitter, rest, NAMES)
    if cls is None:
        return Sched(None, dict, (), lightnings)
    if issubclass(cls, ReduceLROnPlateau) and "monitor" not in lightnings:
        place = ConfigNode(None, f"{section.path}.monitor", section.position)
        fitter.add(place, "is missing, ReduceLROnPlateau requires the name of what is monitored")
    given = rest.without(NAME, TARGET)
    steps = [key for key, node in given.entries.items() if node.value == STEPS]
    known = {key: node.holding(1) if key in steps else node for key, node in given.entries.items()}
    return Sched(cls, _options(fitter, given.with_entries(known), cls), steps, lightnings)


def _group(fitter: Fitter, node: ConfigNode, cls: type) -> Options:
    if not node.is_mapping:
        return dict
    patterns = node.entries.get(_MODULES)
    modules: Make | None = None if patterns is None else fitter.fit(patterns, str | list[str] | None)
    options = _options(fitter, node.without(_MODULES), cls, is_whole=False)
    return lambda: ({} if modules is None else {_MODULES: modules()}) | options()


def _options(fitter: Fitter, node: ConfigNode, cls: type, *, is_whole: bool = True) -> Options:
    """Arguments for `cls` beside its first one, which is the caller's to give."""
    first = next(iter(parameters_of(cls).named), "")
    given = {} if cls in (Schedule, Average) else {first: None}
    make = fitter.arguments(node, cls, given, is_whole=is_whole)
    return lambda: make()[1]


def _entries(section: ConfigNode, key: str) -> Mapping[str, ConfigNode]:
    node = section.entries.get(key)
    return node.entries if node is not None and node.is_mapping else {}


def _check_clipping(fitter: Fitter, section: ConfigNode) -> None:
    given = [section.entries[key] for key in ("clip_norm", "clip_value") if key in section.entries]
    given = [node for node in given if node.value is not None]
    if len(given) == 2:
        fitter.add(given[0], "clip_value clips gradients, too")
    for node in given:
        if type(node.value) in (int, float) and node.value < 0:
            fitter.add(node, f"is {node.value!r}, expected a number from 0")


class Schedule:
    """What a schedule of ours takes, with types."""

    def __init__(
        self,
        *,
        name: str,
        warmup: Steps | None = None,
        hold: Steps | None = None,
        min_lr: float = 0.0,
        power: float = 2.0,
        steps: Steps | None = None,
    ) -> None: ...


class Average:
    """What `ema` takes, with types."""

    def __init__(
        self,
        *,
        decay: float = 0.999,
        device: str | None = None,
        use_buffers: bool = True,  # Lightning's
        update_every_n_steps: int = 1,
        update_starting_at_step: int | None = None,
        update_starting_at_epoch: int | None = None,
    ) -> None: ...
