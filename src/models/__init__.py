"""Models whose every `forward` is a typed interface, and what they are built and trained with.

Names are loaded at first use: importing this package loads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuraltypes._lazy import lazy_names

if TYPE_CHECKING:
    from models.check_reports import CheckReports as CheckReports
    from models.checkpoints.archives import ArchiveCheckpoint as ArchiveCheckpoint
    from models.checkpoints.pickle_free import PickleFreeCheckpointIO as PickleFreeCheckpointIO
    from models.checkpoints.resuming import ExactResume as ExactResume
    from models.checkpoints.resuming import ResumableLoader as ResumableLoader
    from models.checkpoints.sharded import ShardedStrategy as ShardedStrategy
    from models.data import CollateError as CollateError
    from models.data import ModelData as ModelData
    from models.data import NeuralDataset as NeuralDataset
    from models.data import NeuralIterableDataset as NeuralIterableDataset
    from models.data import Ratio as Ratio
    from models.data import WiringError as WiringError
    from models.errors import CheckpointError as CheckpointError
    from models.errors import ConfigError as ConfigError
    from models.failing import FailTogether as FailTogether
    from models.failing import RankError as RankError
    from models.model_pt import ModelPT as ModelPT

_MODULES = {
    "models.check_reports": ("CheckReports",),
    "models.checkpoints.archives": ("ArchiveCheckpoint",),
    "models.checkpoints.pickle_free": ("PickleFreeCheckpointIO",),
    "models.checkpoints.resuming": ("ExactResume", "ResumableLoader"),
    "models.checkpoints.sharded": ("ShardedStrategy",),
    "models.data": (
        "CollateError",
        "ModelData",
        "NeuralDataset",
        "NeuralIterableDataset",
        "Ratio",
        "WiringError",
    ),
    "models.errors": ("CheckpointError", "ConfigError"),
    "models.failing": ("FailTogether", "RankError"),
    "models.model_pt": ("ModelPT",),
}

__all__ = [
    "ArchiveCheckpoint",
    "CheckReports",
    "CheckpointError",
    "CollateError",
    "ConfigError",
    "ExactResume",
    "FailTogether",
    "ModelData",
    "ModelPT",
    "NeuralDataset",
    "NeuralIterableDataset",
    "PickleFreeCheckpointIO",
    "RankError",
    "Ratio",
    "ResumableLoader",
    "ShardedStrategy",
    "WiringError",
]

__getattr__, __dir__ = lazy_names(globals(), _MODULES)
