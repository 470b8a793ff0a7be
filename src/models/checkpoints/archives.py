"""`ArchiveCheckpoint`: an archive of the model beside each checkpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback, ModelCheckpoint

from models._ranks import on_rank_zero
from models._state import whole_state
from neuraltypes._archivable import Archivable
from neuraltypes.archive._model import save_model

_SUFFIX = ".nt"


class ArchiveCheckpoint(Callback):
    """Write an archive beside each file that `ModelCheckpoint` writes (`best.ckpt`, `best.nt`), and remove it with it.

    The weights are those of the checkpoint: with weight averaging, the average. The archive's metadata holds epoch,
    step and what was logged.

    Raises:
        TypeError: at the start of training, the model is no `NeuralModule`, or there is no `ModelCheckpoint`.
        archive.ConfigError: at the start of training, the model could not be restored from an archive.
    """

    def __init__(self) -> None:
        self._saved: Mapping[str, Any] | None = None
        self._state: Mapping[str, Any] = {}
        self._written: dict[str, list[int]] = {}

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if stage != "fit":
            return
        if not isinstance(pl_module, Archivable):
            raise TypeError(f"ArchiveCheckpoint: {type(pl_module).__qualname__} is no NeuralModule")
        if not _checkpoint_callbacks(trainer):
            raise TypeError("ArchiveCheckpoint: the trainer has no ModelCheckpoint to write archives beside")
        pl_module.to_config_dict()
        # It comes behind those whose files it follows; the loop that calls this goes on over the old list.
        trainer.callbacks = [*(found for found in trainer.callbacks if found is not self), self]  # type: ignore[attr-defined]

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take over the archives of a run that is resumed."""
        paths = _kept_checkpoints(trainer)
        self._written = on_rank_zero(lambda: {path: _stamp(path) for path in paths if _is_archived(path)})

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        self._saved, self._state = checkpoint, checkpoint["state_dict"]  # which a strategy takes out

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        self._follow(trainer, pl_module)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._follow(trainer, pl_module)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._follow(trainer, pl_module)  # what was saved behind `on_train_epoch_end`, before the weights go on

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._follow(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._follow(trainer, pl_module)

    def _follow(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Bring the archives to where the checkpoints are, if any was written since the last time."""
        saved, self._saved = self._saved, None
        if saved is None:
            return
        state, self._state = whole_state(pl_module, saved.get("state_dict", self._state)), {}
        paths = _kept_checkpoints(trainer)
        at = {"epoch": saved["epoch"], "global_step": saved["global_step"]}
        metadata = {"training": training_metadata(trainer) | at}
        self._written = on_rank_zero(lambda: self._update(pl_module, paths, state, metadata))

    def _update(
        self, model: pl.LightningModule, paths: set[str], state: Mapping[str, Any], metadata: Mapping[str, Any]
    ) -> dict[str, list[int]]:
        assert isinstance(model, Archivable)
        written = {}
        for path, stamp in self._written.items():
            if Path(path).exists():
                written[path] = stamp
            else:
                Path(path).with_suffix(_SUFFIX).unlink(missing_ok=True)
        for path in sorted(paths):
            if Path(path).exists() and written.get(path) != (stamp := _stamp(path)):
                save_model(model, Path(path).with_suffix(_SUFFIX), metadata, state=state)
                written[path] = stamp
        return written


def training_metadata(trainer: pl.Trainer) -> dict[str, Any]:
    """Where a run stands, as JSON data: epoch, step, versions, and the finite numbers that were logged."""
    logged = {name: float(value) for name, value in trainer.callback_metrics.items() if value.numel() == 1}
    return {
        "epoch": trainer.current_epoch,
        "global_step": trainer.global_step,
        "lightning": version("pytorch-lightning"),
        "metrics": {name: value for name, value in sorted(logged.items()) if math.isfinite(value)},
        "precision": str(trainer.precision),
        "world_size": trainer.world_size,
    }


def _checkpoint_callbacks(trainer: pl.Trainer) -> list[ModelCheckpoint]:
    return [callback for callback in trainer.checkpoint_callbacks if isinstance(callback, ModelCheckpoint)]


def _kept_checkpoints(trainer: pl.Trainer) -> set[str]:
    found = {
        path
        for callback in _checkpoint_callbacks(trainer)
        for path in (callback.best_model_path, callback.last_model_path, *callback.best_k_models)
    }
    return found - {""}


def _is_archived(path: str) -> bool:
    return Path(path).exists() and Path(path).with_suffix(_SUFFIX).exists()


def _stamp(path: str) -> list[int]:
    """What differs when a file was written anew."""
    found = Path(path).stat()
    return [found.st_mtime_ns, found.st_ino]
