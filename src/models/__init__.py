"""Models whose every `forward` is a typed interface, their data and their training."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.data import CollateError as CollateError
    from models.data import DataConfigError as DataConfigError
    from models.data import ModelData as ModelData
    from models.data import NeuralDataset as NeuralDataset
    from models.data import NeuralIterableDataset as NeuralIterableDataset
    from models.data import Ratio as Ratio
    from models.data import WiringError as WiringError

# Each is loaded at first use.
_MODULES = {
    "models.data": (
        "CollateError",
        "DataConfigError",
        "ModelData",
        "NeuralDataset",
        "NeuralIterableDataset",
        "Ratio",
        "WiringError",
    ),
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
