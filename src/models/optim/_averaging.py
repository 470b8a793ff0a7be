"""Averaged weights, also of models whose weights processes share: the average is shared alike."""

from __future__ import annotations

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import EMAWeightAveraging
from torch.optim.swa_utils import AveragedModel

from models.checkpoints._keys import AVERAGING, CURRENT
from models.errors import ConfigError
from models.sharding import sharded_parts, shares_weights


class Averaging(EMAWeightAveraging):
    """Lightning's, which knows of no shared weights, for a `ShardedStrategy` as well."""

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if stage != "fit" or not shares_weights(pl_module):
            super().setup(trainer, pl_module, stage)
            return
        from models.checkpoints.sharded import ShardedStrategy

        if not isinstance(trainer.strategy, ShardedStrategy):
            raise ConfigError(
                "Lightning's strategy saves a part of the shared weights alone; take models.ShardedStrategy",
                place="optim.ema",
            )
        if any(sharded_parts(pl_module)):
            raise ConfigError("torch copies no model whose weights are shared already", place="optim.ema")
        mesh = pl_module._device_mesh  # noqa: SLF001  # Lightning's; a mesh cannot be copied
        pl_module._device_mesh = None  # noqa: SLF001
        device = self._device or pl_module.device
        try:
            self._average_model = AveragedModel(pl_module, device, use_buffers=self._use_buffers, **self._kwargs)
        finally:
            pl_module._device_mesh = mesh  # noqa: SLF001
        average: Any = self._average_model.module
        average._device_mesh, average._trainer = mesh, trainer  # noqa: SLF001
        average.configure_model()
        average._trainer = None  # noqa: SLF001

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *args: Any) -> None:
        _drop_gathered(pl_module)
        super().on_train_batch_end(trainer, pl_module, *args)

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        if self._average_model is None or not shares_weights(pl_module):
            super().on_save_checkpoint(trainer, pl_module, checkpoint)
            return
        strategy: Any = trainer.strategy
        checkpoint[CURRENT] = checkpoint["state_dict"]
        checkpoint["state_dict"] = strategy.state_of(self._average_model.module)
        checkpoint[AVERAGING] = {"n_averaged": self._average_model.n_averaged}

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        if self._average_model is not None and shares_weights(pl_module):  # the strategy has loaded the average
            average = {name: value.detach().clone() for name, value in pl_module.state_dict().items()}
            checkpoint = {**checkpoint, "state_dict": average}
        super().on_load_checkpoint(trainer, pl_module, checkpoint)

    def _swap_models(self, pl_module: pl.LightningModule) -> None:
        _drop_gathered(pl_module)
        super()._swap_models(pl_module)

    def _copy_average_to_current(self, pl_module: pl.LightningModule) -> None:
        _drop_gathered(pl_module)
        super()._copy_average_to_current(pl_module)


def _drop_gathered(model: pl.LightningModule) -> None:
    """Let the model have its own part of the weights, not what was gathered for the last step."""
    if shares_weights(model):
        for part in sharded_parts(model):
            part.reshard()
