"""The trainer of our own runs: Lightning's, with our callbacks and plugins where none were given."""

from __future__ import annotations

import importlib.util
import inspect
import os
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from typing import Any, Final

import pytorch_lightning as pl
from lightning_fabric.plugins import CheckpointIO
from omegaconf import OmegaConf
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.loggers import Logger

from models._cfg import resolved
from models.check_reports import CheckReports, callback_of
from models.checkpoints.pickle_free import PickleFreeCheckpointIO
from models.checkpoints.resuming import ExactResume
from models.errors import ConfigError, nearest_or_known
from models.failing import FailTogether
from models.runs._loggers import RunLogger, TensorBoardBeside
from models.runs.record import RunRecord

FOLDER = "runs"
_PLACE = "trainer"
_KEYS: Final = tuple(name for name in inspect.signature(pl.Trainer.__init__).parameters if name != "self")
_SHARDED: Final = ("fsdp", "deepspeed", "modelparallel", "model_parallel")  # these write checkpoints of their own


def trainer(section: Any = None, *, name: str = "", checks: Any = None, config: Any = None, **given: Any) -> pl.Trainer:
    """Lightning's `Trainer` as our own models are trained with it.

        trainer = runs.trainer(cfg.trainer, name="digits", checks=cfg.checks, callbacks=[ModelCheckpoint(...)])
        trainer.fit(model)

    Beside what is given it has, each unless one of that type is given: `RunRecord`, `ExactResume`, `CheckReports` and
    `FailTogether`; `PickleFreeCheckpointIO`; loggers for CSV and, if it is installed, TensorBoard, both in
    `<default_root_dir>/<name>/version_N`, where `default_root_dir` is `runs`. Nothing is written before a fit, and
    nothing of the process is changed: seed it before the model is made, or use `train`.

    Args:
        section: arguments of `pl.Trainer` as a mapping or a config, where null stands for what Lightning does without.
            What is given by name comes before it.
        name: a folder for the runs of this kind.
        checks: as `cfg.checks` of a model: a policy such as `"first"`, or a mapping. A model's own comes before it.
        config: what `RunRecord` keeps as the run's config; by default the model's and these arguments.
        given: more arguments of `pl.Trainer`.

    Raises:
        ConfigError: `section` has a key that no trainer takes, or `checks` does not fit.
    """
    arguments = {**_section(section), **given}
    kept = {"trainer": dict(arguments)} if config is None else config
    if arguments.get("barebones"):
        return pl.Trainer(**arguments)
    folder = os.fspath(arguments.setdefault("default_root_dir", FOLDER))
    ours = [RunRecord(kept), ExactResume(), callback_of(checks) or CheckReports(), FailTogether()]
    arguments["callbacks"] = _with_defaults(arguments.get("callbacks"), ours)
    if arguments.get("logger") in (None, True):
        arguments["logger"] = _loggers(folder, name)
    if not _is_sharded(arguments.get("strategy")):
        arguments["plugins"] = _with_checkpoint_io(arguments.get("plugins"))
    return pl.Trainer(**arguments)


def _section(section: Any) -> dict[str, Any]:
    """The arguments that a config has."""
    if section is None:
        return {}
    if not OmegaConf.is_config(section):
        section = OmegaConf.structured(section) if is_dataclass(section) else section
        if not isinstance(section, Mapping) and not OmegaConf.is_config(section):
            raise ConfigError(f"is a {type(section).__name__}, expected a mapping", place=_PLACE)
    found = resolved(section) if OmegaConf.is_config(section) else dict(section)
    for key in found:
        if key not in _KEYS:
            raise ConfigError(f"no such key{nearest_or_known(str(key), list(_KEYS))}", place=f"{_PLACE}.{key}")
    return {str(key): value for key, value in found.items() if value is not None}


def _with_defaults(given: Any, ours: Iterable[Callback]) -> list[Callback]:
    """Our callbacks, but for those that were given, then the given ones: the record learns of failures first."""
    found = [given] if isinstance(given, Callback) else list(given or [])
    return [*(each for each in ours if not any(isinstance(one, type(each)) for one in found)), *found]


def _loggers(folder: str, name: str) -> list[Logger]:
    first = RunLogger(folder, name=name)
    has_tensorboard = importlib.util.find_spec("tensorboard") is not None
    return [first, TensorBoardBeside(first)] if has_tensorboard else [first]


def _with_checkpoint_io(given: Any) -> list[Any]:
    found = list(given) if isinstance(given, list | tuple) else [] if given is None else [given]
    return found if any(isinstance(one, CheckpointIO) for one in found) else [*found, PickleFreeCheckpointIO()]


def _is_sharded(strategy: Any) -> bool:
    """Whether a strategy writes checkpoints in its own way, or was given how to."""
    if isinstance(strategy, str) or strategy is None:
        return str(strategy).startswith(_SHARDED)
    own = getattr(strategy, "_checkpoint_io", None)
    return own is not None or type(strategy).__name__.lower().startswith(_SHARDED)
