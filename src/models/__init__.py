"""Models whose every `forward` is a typed interface, and what they are built and trained with.

Names are loaded at first use: importing this package loads nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.checkpoints.archives import ArchiveCheckpoint as ArchiveCheckpoint
    from models.data import CollateError as CollateError
    from models.data import DataConfigError as DataConfigError
    from models.data import ModelData as ModelData
    from models.data import NeuralDataset as NeuralDataset
    from models.data import NeuralIterableDataset as NeuralIterableDataset
    from models.data import Ratio as Ratio
    from models.data import WiringError as WiringError
    from models.errors import ConfigError as ConfigError
    from models.model_pt import ModelPT as ModelPT

_MODULES = {
    "ArchiveCheckpoint": "models.checkpoints.archives",
    "CollateError": "models.data",
    "ConfigError": "models.errors",
    "DataConfigError": "models.data",
    "ModelData": "models.data",
    "ModelPT": "models.model_pt",
    "NeuralDataset": "models.data",
    "NeuralIterableDataset": "models.data",
    "Ratio": "models.data",
    "WiringError": "models.data",
}

__all__ = [
    "ArchiveCheckpoint",
    "CollateError",
    "ConfigError",
    "DataConfigError",
    "ModelData",
    "ModelPT",
    "NeuralDataset",
    "NeuralIterableDataset",
    "Ratio",
    "WiringError",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
