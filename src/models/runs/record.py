"""`RunRecord`: what a run needs to be understood and run again, written into its folder before the first step."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytorch_lightning as pl
import torch
from lightning_utilities.core.rank_zero import rank_zero_warn
from omegaconf import OmegaConf
from pytorch_lightning.callbacks import Callback

from models._cfg import plain_value
from models._ranks import on_rank_zero
from models.failing import first_failure
from models.runs._environment import git_state, machine, versions
from models.runs._files import CONFIG, FOLDER, PATCH, RECORD, RESOLVED
from neuraltypes._classes import full_name
from neuraltypes.config._omega import plain


class RunRecord(Callback):
    """Writes what a fit is made of into `record` in the run's folder, whole, before its first step.

    `config.yaml` has the config as it was given and `config_resolved.yaml` its values (what calls a resolver, such as
    `${oc.env:KEY}`, stays a text in both); `run.json` has the command line, seed, versions, machine, git state, start,
    and at the end the outcome: finished, interrupted, or failed with the error. What git does not know is in
    `git.patch`. A second fit in the same folder writes `record-2`. Rank 0 writes; what goes wrong before the first step
    is raised on every rank.

    Args:
        config: the config of the run, as data or a config of OmegaConf's; the model's is added if it is not in it.
    """

    def __init__(self, config: Any = None) -> None:
        self._config = config
        self._started = 0.0
        self.folder: Path | None = None
        """Where the record of the present fit is, on every rank; None where none is written."""

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if stage != "fit" or getattr(trainer, "fast_dev_run", False):
            return
        folder = trainer.log_dir or trainer.default_root_dir  # all ranks are asked together
        if "://" in str(folder):
            rank_zero_warn(f"no record of the run is written: {folder} is not a local folder")
            return
        self._started = time.monotonic()
        self.folder = on_rank_zero(lambda: self._write(Path(folder), trainer, pl_module))

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Note what the run goes on from, which is still before its first step."""
        if self.folder is not None and trainer.global_rank == 0:
            _amend(self.folder, {"resumed": {"from": str(trainer.ckpt_path), "global_step": checkpoint["global_step"]}})

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._close(trainer, {"outcome": "finished"})

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        if self.folder is None:
            return
        if isinstance(exception, KeyboardInterrupt):
            self._close(trainer, {"outcome": "interrupted"})
            return
        elsewhere = first_failure(trainer, exception)
        error = {"type": full_name(type(exception)), "message": str(exception), "rank": trainer.global_rank}
        error["notes"] = list(getattr(exception, "__notes__", []))
        if elsewhere is not None:
            error = {"type": None, "message": elsewhere[1], "rank": elsewhere[0], "notes": []}
        self._close(trainer, {"outcome": "failed", "error": error})

    def _write(self, run: Path, trainer: pl.Trainer, model: pl.LightningModule) -> Path:
        config = _as_config(self._config, model)
        values = plain_value(plain(config))
        repositories, patch = git_state([Path.cwd(), _source_folder(model)])
        record = {
            "outcome": "running",
            "started": _now(),
            "command": list(sys.orig_argv),
            "working_directory": str(Path.cwd()),
            "process": os.getpid(),
            "model": full_name(type(model)),
            "config_sha256": hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest(),
            "seed": _seed(),
            "versions": versions(),
            "machine": machine(),
            "training": _training(trainer),
            "git": repositories,
            "resumed": None,
        }
        files = {
            CONFIG: OmegaConf.to_yaml(config),
            RESOLVED: OmegaConf.to_yaml(OmegaConf.create(values)),
            RECORD: _json(record),
        }
        return _written(run, files, {PATCH: patch} if patch else {})

    def _close(self, trainer: pl.Trainer, outcome: Mapping[str, Any]) -> None:
        """Add how the fit ended. The run is over: what goes wrong here is a warning."""
        folder, self.folder = self.folder, None
        if folder is None or trainer.global_rank != 0:
            return
        end = {"ended": _now(), "seconds": round(time.monotonic() - self._started, 3)}
        end |= {"epoch": trainer.current_epoch, "global_step": trainer.global_step, "best": _best(trainer)}
        try:
            _amend(folder, {**outcome, **end})
        except (OSError, ValueError) as error:
            rank_zero_warn(f"the end of the run is not recorded: {error}")


def _as_config(given: Any, model: pl.LightningModule) -> Any:
    """What is recorded as the config, always a mapping, with the model's part."""
    config = given if OmegaConf.is_config(given) else OmegaConf.create(_data(given or {}))
    if "model" in config:
        return config
    return OmegaConf.create({"model": _data(dict(model.hparams)), **dict(config.items())})


def _data(value: Any) -> Any:
    """A value as data; of what is none, its class."""
    return json.loads(json.dumps(plain_value(value), default=lambda given: f"<{full_name(type(given))}>"))


def _seed() -> dict[str, Any]:
    """The seed as `seed_everything` left it, or null; and where torch's own generator began."""
    given, workers = os.environ.get("PL_GLOBAL_SEED"), os.environ.get("PL_SEED_WORKERS", "0")
    return {
        "seed": int(given) if given is not None else None,
        "workers": workers not in ("", "0"),
        "torch": torch.initial_seed(),
    }


def _training(trainer: pl.Trainer) -> dict[str, Any]:
    return {
        "world_size": trainer.world_size,
        "nodes": trainer.num_nodes,
        "strategy": full_name(type(trainer.strategy)),
        "accelerator": full_name(type(trainer.accelerator)),
        "precision": str(trainer.precision),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
    }


def _best(trainer: pl.Trainer) -> list[dict[str, Any]]:
    """What each `ModelCheckpoint` found best."""
    return [
        {
            "path": each.best_model_path,
            "monitor": each.monitor,
            "mode": each.mode,
            "score": None if each.best_model_score is None else float(each.best_model_score),
        }
        for each in trainer.checkpoint_callbacks
        if isinstance(each, pl.callbacks.ModelCheckpoint) and each.best_model_path
    ]


def _source_folder(model: pl.LightningModule) -> Path | None:
    file = getattr(sys.modules.get(type(model).__module__), "__file__", None)
    return None if file is None else Path(file).resolve().parent


def _written(run: Path, texts: Mapping[str, str], data: Mapping[str, bytes]) -> Path:
    """A new folder with these files, which appears with all of them."""
    run.mkdir(parents=True, exist_ok=True)
    made = run / f".{FOLDER}-{uuid4().hex}"
    made.mkdir()
    try:
        for name, text in texts.items():
            (made / name).write_text(text, encoding="utf-8")
        for name, content in data.items():
            (made / name).write_bytes(content)
        return _moved(made, run)
    except BaseException:
        for file in made.iterdir():
            file.unlink()
        made.rmdir()
        raise


def _amend(folder: Path, changes: Mapping[str, Any]) -> None:
    """Change a record; whoever reads it finds it whole."""
    path = folder / RECORD
    record = json.loads(path.read_text(encoding="utf-8"))
    written = folder / f".{RECORD}"
    written.write_text(_json({**record, **changes}), encoding="utf-8")
    written.replace(path)


def _moved(made: Path, run: Path) -> Path:
    for number in count(1):
        path = run / (FOLDER if number == 1 else f"{FOLDER}-{number}")
        if not path.exists():
            return made.rename(path)
    raise AssertionError  # count never ends


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"
