"""Typed data sets, their wiring to a model, metrics by set, and prediction from raw inputs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.data._dataset import NeuralDataset as NeuralDataset
    from models.data._dataset import NeuralIterableDataset as NeuralIterableDataset
    from models.data._metrics import Ratio as Ratio
    from models.data._model import ModelData as ModelData
    from models.data.errors import CollateError as CollateError
    from models.data.errors import DataConfigError as DataConfigError
    from models.data.errors import WiringError as WiringError

_MODULES = {
    "models.data._dataset": ("NeuralDataset", "NeuralIterableDataset"),
    "models.data._metrics": ("Ratio",),
    "models.data._model": ("ModelData",),
    "models.data.errors": ("CollateError", "DataConfigError", "WiringError"),
}
_LAZY = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "CollateError",
    "DataConfigError",
    "ModelData",
    "NeuralDataset",
    "NeuralIterableDataset",
    "Ratio",
    "WiringError",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
