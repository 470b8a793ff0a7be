"""`FailTogether`: where one rank fails, the others say why they stopped."""

from __future__ import annotations

import contextlib
import threading
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
_PERIOD = 0.5  # seconds


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

    def __init__(self) -> None:
        self._listener: _Listener | None = None

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Begin to listen for failures elsewhere; come after the other callbacks: none is left out when this raises."""
        trainer.callbacks = [*(each for each in trainer.callbacks if each is not self), self]  # type: ignore[attr-defined]
        if _is_distributed(trainer) and self._listener is None:
            self._listener = _Listener()

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Listen no more."""
        self.heard()
        self._listener = None

    def heard(self) -> str | None:
        """The first failure, if it was elsewhere and is known here: rank and error. It is listened for no more."""
        return None if self._listener is None else self._listener.stop()

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        """Say what failed here; or raise what failed elsewhere.

        Raises:
            RankError: another rank failed before.
        """
        if not _is_distributed(trainer) or isinstance(exception, RankError):
            return
        elsewhere = first_failure(trainer, exception)
        if elsewhere is None:
            _wait_for_readers(_store(), trainer)
            return
        if self.heard() is None:  # else the listener has said so
            with contextlib.suppress(RuntimeError):
                _store().add(_READ, 1)
        raise RankError(*elsewhere) from exception


def first_failure(trainer: pl.Trainer, exception: BaseException) -> tuple[int, str] | None:
    """The rank that failed before this one, with its error. None if this one is the first, which is then noted."""
    if not _is_distributed(trainer):
        return None
    own = f"{trainer.global_rank} {type(exception).__name__}: {exception}"
    callbacks: list[Callback] = trainer.callbacks  # type: ignore[attr-defined]
    heard = next((each.heard() for each in callbacks if isinstance(each, FailTogether)), None)
    try:
        first = heard or _store().compare_set(_KEY, "", own).decode()
    except RuntimeError:
        return None  # the rank that holds the store is gone
    rank, _, message = first.partition(" ")
    return None if first == own else (int(rank), message)


def _is_distributed(trainer: pl.Trainer) -> bool:
    return trainer.world_size > 1 and dist.is_initialized()


def _store() -> Store:
    return PrefixStore(_KEY, _get_default_store())


class _Listener:
    """Looks for a failure elsewhere in a thread: the rank that holds the store stays until all others have heard of it.

    This process cannot: it waits for what the rank that failed was to send, and learns only when that one is gone.
    """

    def __init__(self) -> None:
        self._heard: str | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self) -> str | None:
        """End the thread; what it heard, if anything."""
        self._is_over.set()
        self._thread.join(_PATIENCE)
        return self._heard

    def _listen(self) -> None:
        with contextlib.suppress(RuntimeError):  # the store is gone
            store = PrefixStore(_KEY, _get_default_store().clone())  # type: ignore[attr-defined]  # not in the stubs
            while not self._is_over.wait(_PERIOD):
                if store.check([_KEY]):
                    self._heard = store.get(_KEY).decode()
                    store.add(_READ, 1)
                    return


def _wait_for_readers(store: Store, trainer: pl.Trainer) -> None:
    """Stay while others read, if the store is in this process."""
    if trainer.global_rank != 0:
        return
    store.set_timeout(timedelta(seconds=_PATIENCE))
    end = time.monotonic() + _PATIENCE
    while store.add(_READ, 0) < trainer.world_size - 1 and time.monotonic() < end:
        time.sleep(0.05)
