"""What one process does for all of a distributed run."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, TypeVar

import torch.distributed as dist

T = TypeVar("T")


def world_size() -> int:
    """How many processes run together; 1 if this one is alone."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def on_rank_zero(action: Callable[[], T]) -> T:
    """What `action` gives on rank 0, on every rank. All ranks call this, and return or raise together.

    Raises:
        BaseException: what `action` raises, on every rank.
    """
    if world_size() == 1:
        return action()
    outcome: list[Any] = [None, None]
    raised: BaseException | None = None
    if dist.get_rank() == 0:
        try:
            outcome[0] = action()
        except BaseException as error:  # noqa: BLE001  # the others wait for it
            raised, outcome[1] = error, _portable(error)
    dist.broadcast_object_list(outcome, src=0)
    if outcome[1] is not None:
        raise raised or outcome[1]
    result: T = outcome[0]
    return result


def _portable(error: BaseException) -> BaseException:
    """The error as the other ranks raise it."""
    if isinstance(error, Exception):
        try:
            copied = pickle.loads(pickle.dumps(error))  # noqa: S301  # what was dumped here
        except Exception:  # noqa: BLE001  # an error may be of any class
            copied = None
        if type(copied) is type(error):
            error.add_note("(raised on rank 0)")
            return error
    return RuntimeError(f"rank 0 stopped with {type(error).__name__}: {error}")
