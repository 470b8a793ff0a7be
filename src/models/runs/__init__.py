"""Training runs: the trainer that our own models are trained with, and what is recorded of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuraltypes._lazy import lazy_names

if TYPE_CHECKING:
    from models.runs._config import RunConfig as RunConfig
    from models.runs._config import TrainerConfig as TrainerConfig
    from models.runs._train import Finished as Finished
    from models.runs._train import train as train
    from models.runs._trainer import trainer as trainer
    from models.runs.record import RunRecord as RunRecord

__all__ = ["Finished", "RunConfig", "RunRecord", "TrainerConfig", "train", "trainer"]

_MODULES = {
    "models.runs._config": ("RunConfig", "TrainerConfig"),
    "models.runs._train": ("Finished", "train"),
    "models.runs._trainer": ("trainer",),
    "models.runs.record": ("RunRecord",),
}

__getattr__, __dir__ = lazy_names(globals(), _MODULES)
