"""Models whose every `forward` is a typed interface, and what they are built and trained with.

Names are loaded at first use: importing this package loads nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.checkpoints.archives import ArchiveCheckpoint
    from models.checkpoints.pickle_free import PickleFreeCheckpointIO
    from models.checkpoints.resuming import ExactResume, ResumableLoader
    from models.errors import CheckpointError, ConfigError
    from models.model_pt import ModelPT

_MODULES = {
    "ArchiveCheckpoint": "models.checkpoints.archives",
    "CheckpointError": "models.errors",
    "ConfigError": "models.errors",
    "ExactResume": "models.checkpoints.resuming",
    "ModelPT": "models.model_pt",
    "PickleFreeCheckpointIO": "models.checkpoints.pickle_free",
    "ResumableLoader": "models.checkpoints.resuming",
}

__all__ = [
    "ArchiveCheckpoint",
    "CheckpointError",
    "ConfigError",
    "ExactResume",
    "ModelPT",
    "PickleFreeCheckpointIO",
    "ResumableLoader",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
