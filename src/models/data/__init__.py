"""Typed data sets, their wiring to a model, metrics by set, and prediction from raw inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuraltypes._lazy import lazy_names

if TYPE_CHECKING:
    from models.data._dataset import NeuralDataset as NeuralDataset
    from models.data._dataset import NeuralIterableDataset as NeuralIterableDataset
    from models.data._metrics import Ratio as Ratio
    from models.data._model import ModelData as ModelData
    from models.data.errors import CollateError as CollateError
    from models.data.errors import WiringError as WiringError

_MODULES = {
    "models.data._dataset": ("NeuralDataset", "NeuralIterableDataset"),
    "models.data._metrics": ("Ratio",),
    "models.data._model": ("ModelData",),
    "models.data.errors": ("CollateError", "WiringError"),
}

__all__ = [
    "CollateError",
    "ModelData",
    "NeuralDataset",
    "NeuralIterableDataset",
    "Ratio",
    "WiringError",
]

__getattr__, __dir__ = lazy_names(globals(), _MODULES)
