"""Models whose every `forward` is a typed interface, and what they are built and trained with.

Names are loaded at first use: importing this package loads nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.checkpoints.archives import ArchiveCheckpoint
    from models.errors import ConfigError
    from models.model_pt import ModelPT

_MODULES = {
    "ArchiveCheckpoint": "models.checkpoints.archives",
    "ConfigError": "models.errors",
    "ModelPT": "models.model_pt",
}

__all__ = ["ArchiveCheckpoint", "ConfigError", "ModelPT"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
