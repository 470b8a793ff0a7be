"""`FailTogether`: where one rank fails, the others say why they stopped."""

from __future__ import annotations

import contextlib
import time
from datetime import timedelta
from typing import Any

import pytorch_lightning as pl
import torch.distributed as dist
from pytorch_lightning.callbacks import Callback
from torch.distributed.distributed_c10d import PrefixStore, Store, _get_default_store

from models.errors import rebuilt

_KEY, _READ = "neuraltypes/failure", "neuraltypes/failure_read"
_PATIENCE = 10.0  # seconds


class RankError(RuntimeError):
    """Another rank failed; `rank` is which one, and the message has its error."""

    def __init__(self, rank: int, message: str) -> None:
        super().__init__(f"rank {rank} failed: {message}")
        self.rank = rank

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuilt, (type(self), self.args, vars(self))


class FailTogether(Callback):
    """Tells all ranks of a distributed run the error of the one that failed first.

    That rank raises its own error, the others `RankError`, once their communication breaks; this needs a backend that
    notices (gloo does at once; NCCL when its watchdog ends the process) or a launcher that ends all (`torchrun`).
    """

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        """Say what failed here; or raise what failed elsewhere.

        Raises:
            RankError: another rank failed before.
        """
        if trainer.world_size == 1 or not dist.is_initialized() or isinstance(exception, RankError):
            return
        store = PrefixStore(_KEY, _get_default_store())
        own = f"{trainer.global_rank} {type(exception).__name__}: {exception}"
        try:
            first = store.compare_set(_KEY, "", own).decode()
        except RuntimeError:
            return  # the rank that holds the store is gone
        rank, _, message = first.partition(" ")
        if first == own:
            _wait_for_readers(store, trainer)
            return
        with contextlib.suppress(RuntimeError):
            store.add(_READ, 1)
        raise RankError(int(rank), message) from exception


def _wait_for_readers(store: Store, trainer: pl.Trainer) -> None:
    """Stay while others read, if the store is in this process."""
    if trainer.global_rank != 0:
        return
    store.set_timeout(timedelta(seconds=_PATIENCE))
    end = time.monotonic() + _PATIENCE
    while store.add(_READ, 0) < trainer.world_size - 1 and time.monotonic() < end:
        time.sleep(0.05)
