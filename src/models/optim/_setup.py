"""What Lightning's hooks for optimization do with the `optim` section of a model's config."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.utilities import GradClipAlgorithmType
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import nn

from models._state import plain_name
from models.errors import ConfigError
from models.optim._averaging import Averaging
from models.optim._groups import matching, parameter_groups, parameter_names
from models.optim._schedules import make_schedule
from models.optim._section import SCHED, Optim, Sched, read_optim, read_others
from neuraltypes.config._classes import Classes
from neuraltypes.config._fit import Fitter
from neuraltypes.config._nodes import ConfigNode

_OPTIM = "optim"


def optimizers_of(model: pl.LightningModule, section: ConfigNode | None) -> OptimizerLRScheduler:
    """The optimizer of an `optim` section, with its schedule if it has one.

    Raises:
        ConfigError: a key, value or pattern does not fit; the message has its path.
    """
    if section is None:
        raise ConfigError(
            f"{type(model).__qualname__} has no such section; give it, or override configure_optimizers", place=_OPTIM
        )
    fitter = Fitter(Classes())
    optim = read_optim(fitter, section)
    fitter.raise_problems()
    assert optim.cls is not None
    optimizer = optim.cls(groups_of(model, optim, section.path), **optim.options())
    if optim.sched is None:
        return optimizer
    scheduler = _scheduler(model, optimizer, optim.sched, f"{section.path}.{SCHED}")
    return {"optimizer": optimizer, "lr_scheduler": scheduler}  # type: ignore[return-value]


def groups_of(model: nn.Module, optim: Optim, place: str) -> list[dict[str, Any]]:
    """The parameter groups that a section asks for.

    Raises:
        ConfigError: a pattern means no parameter, or a parameter is in two groups or in none.
    """
    groups = {name: options() for name, options in optim.groups.items()}
    return parameter_groups(model, groups or None, _listed(optim.others.get("no_decay")), place)


def check_patterns(model: nn.Module, section: ConfigNode) -> None:
    """Refuse patterns of a section that fits but for them.

    Raises:
        ConfigError: as in `groups_of`, or what is to be frozen is no parameter.
    """
    optim = read_optim(Fitter(Classes()), section)
    groups_of(model, optim, section.path)
    matching(_listed(optim.others.get("freeze")), parameter_names(model), f"{section.path}.freeze")


def _listed(patterns: str | Sequence[str] | None) -> Sequence[str]:
    return [patterns] if isinstance(patterns, str) else list(patterns or ())


def _scheduler(model: pl.LightningModule, optimizer: torch.optim.Optimizer, sched: Sched, place: str) -> dict[str, Any]:
    def steps() -> float:
        return model.trainer.estimated_stepping_batches

    options = sched.options()
    if sched.cls is None:
        made: Any = make_schedule(optimizer, options, steps, place)
        return {"scheduler": made, "interval": "step", **sched.lightnings}
    options |= {key: int(steps()) for key in sched.steps}
    return {"scheduler": sched.cls(optimizer, **options), **sched.lightnings}


def callbacks_of(section: ConfigNode | None) -> list[Callback]:
    """Callbacks for what a section asks for beside an optimizer: clipping, averaged weights, frozen parts.

    Raises:
        ConfigError: a key or value does not fit.
    """
    if section is None:
        return []
    fitter = Fitter(Classes())
    asked = read_others(fitter, section)
    fitter.raise_problems()
    clipping = [key for key in ("clip_norm", "clip_value") if asked.get(key) is not None]
    callbacks: list[Callback] = [_Clipped(key, asked[key], section.path) for key in clipping]
    if (average := asked.get("ema")) is not None:
        callbacks.append(Averaging(**({"decay": average} if isinstance(average, float) else average)))
    if frozen := _listed(asked.get("freeze")):
        callbacks.append(_Frozen(frozen, section.path))
    return callbacks


class _Clipped(Callback):
    """Sets the trainer's own clipping during a fit."""

    def __init__(self, key: str, limit: float, place: str) -> None:
        self._key, self._limit, self._place = key, limit, f"{place}.{key}"
        self._before: Any = None

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if stage != "fit":
            return
        if trainer.gradient_clip_val is not None:
            raise ConfigError("the trainer's gradient_clip_val clips gradients, too", place=self._place)
        self._before = (trainer.gradient_clip_val, trainer.gradient_clip_algorithm)
        trainer.gradient_clip_val = self._limit
        trainer.gradient_clip_algorithm = GradClipAlgorithmType(self._key.removeprefix("clip_"))

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if self._before is not None:
            trainer.gradient_clip_val, trainer.gradient_clip_algorithm = self._before
            self._before = None


class _Frozen(Callback):
    """Keeps parameters from training during a fit, and the modules that hold nothing else in eval mode."""

    def __init__(self, patterns: Sequence[str], place: str) -> None:
        self._patterns, self._place = patterns, f"{place}.freeze"
        self._before: dict[str, bool] = {}
        self._modes: list[tuple[nn.Module, bool]] = []

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if stage != "fit":
            return
        chosen = matching(self._patterns, parameter_names(pl_module), self._place)
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
