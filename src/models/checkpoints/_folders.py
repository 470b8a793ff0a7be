"""Folders that the processes of a sharded run wrote together, read whole in one process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lightning_fabric.utilities.load import _METADATA_FILENAME

from models.checkpoints._keys import AVERAGING, CURRENT, OPTIMIZERS
from models.errors import CheckpointError
from neuraltypes.archive import ArchiveError
from neuraltypes.archive.importing import _sharded
from neuraltypes.archive.importing._pickles import load_weights


def read_folder(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The whole checkpoint of a folder that a `ModelParallelStrategy` wrote, in this process alone.

    Raises:
        CheckpointError: it is damaged, or needs more than data.
    """
    try:
        parts = _sharded.read_all(os.fspath(path))
    except ArchiveError as error:
        raise CheckpointError(str(error)) from None
    checkpoint = rest_of(path)
    states = [parts[f"optimizer_{number}"] for number in range(sum(name.startswith("optimizer_") for name in parts))]
    if AVERAGING in checkpoint:
        checkpoint[CURRENT] = states.pop()
    return {**checkpoint, "state_dict": parts["state_dict"], OPTIMIZERS: states}


def rest_of(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What Lightning writes of rank 0 alone.

    Raises:
        CheckpointError: it is no mapping.
    """
    rest: dict[str, Any] = load_weights(Path(path, _METADATA_FILENAME))
    if not isinstance(rest, dict):
        raise CheckpointError(f"{_METADATA_FILENAME} holds a {type(rest).__name__}, expected a dict")
    return rest
