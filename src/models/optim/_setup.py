"""What Lightning's hooks for optimization do with the `optim` section of a model's config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.utilities import GradClipAlgorithmType
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from models._state import plain_name
from models.errors import ConfigError
from models.optim._averaging import Averaging
from models.optim._classes import fitted, optimizer_class, scheduler_class
from models.optim._groups import matching, parameter_groups, parameter_names
from models.optim._schedules import NAMES, make_schedule

_PLACE = "optim"
_OURS = frozenset({"name", "_target_", "groups", "no_decay", "sched", "clip_norm", "clip_value", "ema", "freeze"})
_LIGHTNINGS = frozenset({"interval", "frequency", "monitor", "strict"})
_STEPS = "auto"


def optimizers_of(model: pl.LightningModule, section: Mapping[str, Any] | None) -> OptimizerLRScheduler:
    """The optimizer of an `optim` section, with its schedule if it has one.

    Raises:
        ConfigError: a key, value or pattern does not fit; the message has its path.
    """
    if section is None:
        raise ConfigError(
            f"{type(model).__qualname__} has no such section; give it, or override configure_optimizers", place=_PLACE
        )
    cls = optimizer_class(section, _PLACE)
    options = fitted(cls, {key: value for key, value in section.items() if key not in _OURS}, _PLACE)
    groups = parameter_groups(model, section.get("groups"), _rules(section), _PLACE)
    for group in groups:
        place = f"{_PLACE}.groups.{group['name'].partition(',')[0]}"
        given = {key: value for key, value in group.items() if key not in ("params", "name")}
        group.update(fitted(cls, given, place, are_all=False))
    optimizer = cls(groups, **options)
    if (schedule := section.get("sched")) is None:
        return optimizer
    return {"optimizer": optimizer, "lr_scheduler": _scheduler(model, optimizer, schedule)}  # type: ignore[return-value]


def _rules(section: Mapping[str, Any]) -> Sequence[str]:
    rules = section.get("no_decay") or ()
    return [rules] if isinstance(rules, str) else list(rules)


def _scheduler(
    model: pl.LightningModule, optimizer: torch.optim.Optimizer, section: Mapping[str, Any]
) -> dict[str, Any]:
    place = f"{_PLACE}.sched"

    def steps() -> float:
        return model.trainer.estimated_stepping_batches

    lightnings = {key: section[key] for key in _LIGHTNINGS & section.keys()}
    options = {key: value for key, value in section.items() if key not in _LIGHTNINGS}
    if options.get("name") in NAMES:
        made: Any = make_schedule(optimizer, options, steps, place)
        return {"scheduler": made, "interval": "step"} | lightnings
    cls = scheduler_class(options, place)
    if issubclass(cls, ReduceLROnPlateau) and "monitor" not in lightnings:
        raise ConfigError("ReduceLROnPlateau requires the name of what is monitored", place=f"{place}.monitor")
    given = {key: value for key, value in options.items() if key not in ("name", "_target_")}
    given = {key: int(steps()) if value == _STEPS else value for key, value in given.items()}
    return {"scheduler": cls(optimizer, **fitted(cls, given, place))} | lightnings


def callbacks_of(section: Mapping[str, Any] | None) -> list[Callback]:
    """Callbacks for what a section asks for beside an optimizer: clipping, averaged weights, frozen parts.

    Raises:
        ConfigError: a key or value does not fit.
    """
    section = section or {}
    callbacks: list[Callback] = []
    if (clipping := _clipping(section)) is not None:
        callbacks.append(_Clipped(*clipping))
    if (average := section.get("ema")) is not None:
        given = {"decay": average} if isinstance(average, float) else dict(average)
        callbacks.append(Averaging(**fitted(_Average, given, f"{_PLACE}.ema")))
    if section.get("freeze"):
        callbacks.append(_Frozen(section["freeze"]))
    return callbacks


def _clipping(section: Mapping[str, Any]) -> tuple[str, float] | None:
    given = [key for key in ("clip_norm", "clip_value") if section.get(key) is not None]
    if not given:
        return None
    if len(given) == 2:
        raise ConfigError("clip_value clips gradients, too", place=f"{_PLACE}.clip_norm")
    limit = section[given[0]]
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 0:
        raise ConfigError(f"is {limit!r}, expected a number from 0", place=f"{_PLACE}.{given[0]}")
    return given[0], float(limit)


class _Clipped(Callback):
    """Sets the trainer's own clipping during a fit."""

    def __init__(self, key: str, limit: float) -> None:
        self._key, self._limit = key, limit
        self._before: Any = None

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if stage != "fit":
            return
        if trainer.gradient_clip_val is not None:
            raise ConfigError("the trainer's gradient_clip_val clips gradients, too", place=f"{_PLACE}.{self._key}")
        self._before = (trainer.gradient_clip_val, trainer.gradient_clip_algorithm)
        trainer.gradient_clip_val = self._limit
        trainer.gradient_clip_algorithm = GradClipAlgorithmType(self._key.removeprefix("clip_"))

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if self._before is not None:
            trainer.gradient_clip_val, trainer.gradient_clip_algorithm = self._before
            self._before = None


class _Average:
    """What `ema` takes, with types."""

    def __init__(
        self,
        model: nn.Module,
        decay: float = 0.999,
        device: str | None = None,
        use_buffers: bool = True,  # Lightning's
        update_every_n_steps: int = 1,
        update_starting_at_step: int | None = None,
        update_starting_at_epoch: int | None = None,
    ) -> None: ...


class _Frozen(Callback):
    """Keeps parameters from training during a fit, and the modules that hold nothing else in eval mode."""

    def __init__(self, patterns: str | Sequence[str]) -> None:
        self._patterns = patterns
        self._before: dict[str, bool] = {}
        self._modes: list[tuple[nn.Module, bool]] = []

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if stage != "fit":
            return
        chosen = matching(self._patterns, parameter_names(pl_module), f"{_PLACE}.freeze")
        named = _plainly_named(pl_module)
        self._before = {name: parameter.requires_grad for name, parameter in named.items() if parameter in chosen}
        for parameter in chosen:
            parameter.requires_grad_(False)  # before the strategy looks at what trains

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        named = _plainly_named(pl_module)  # other objects, where the weights are sharded since
        chosen = {named[name] for name in self._before}
        held = {part for module in pl_module.modules() if _holds_only(module, chosen) for part in module.modules()}
        self._modes = [(module, module.training) for module in held]
        for module in held:
            module.training = False

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        named = _plainly_named(pl_module)
        for name, flag in self._before.items():
            named[name].requires_grad_(flag)
        for module, mode in self._modes:
            module.training = mode
        self._before, self._modes = {}, []


def _plainly_named(model: nn.Module) -> dict[str, nn.Parameter]:
    return {plain_name(model, name): parameter for name, parameter in model.named_parameters()}


def _holds_only(module: nn.Module, chosen: set[nn.Parameter]) -> bool:
    held = list(module.parameters())
    return bool(held) and all(parameter in chosen for parameter in held)
