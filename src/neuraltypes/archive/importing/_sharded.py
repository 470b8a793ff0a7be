"""Folders of torch.distributed.checkpoint, in which each process wrote its part, read as weights and plain data alone.

Source: https://docs.pytorch.org/docs/stable/distributed.checkpoint.html
"""

from __future__ import annotations

import io
import math
import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import torch
from torch.distributed.checkpoint import filesystem
from torch.distributed.checkpoint import metadata as records
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.default_planner import DefaultLoadPlanner
from torch.distributed.checkpoint.filesystem import FileSystemReader
from torch.distributed.checkpoint.metadata import Metadata, TensorStorageMetadata
from torch.distributed.checkpoint.planner import ReadItem
from torch.distributed.checkpoint.state_dict_loader import load
from torch.serialization import _get_layout

from neuraltypes.archive._names import shown
from neuraltypes.archive.errors import SourceError
from neuraltypes.archive.importing._pickles import load_weights, source_of
from neuraltypes.archive.importing._source import Source

METADATA, LIGHTNING = ".metadata", "meta.pt"
_STATE = "state_dict"

_RECORDS = {
    (module.__name__, name): getattr(module, name)
    for module, names in (
        (
            records,
            (
                *("BytesStorageMetadata", "ChunkStorageMetadata", "Metadata", "MetadataIndex", "StorageMeta"),
                *("TensorProperties", "TensorStorageMetadata", "_MEM_FORMAT_ENCODING"),
            ),
        ),
        (filesystem, ("_StorageInfo",)),
    )
    for name in names
}
_PLAIN = {
    ("torch", "Size"): torch.Size,
    ("torch.serialization", "_get_layout"): _get_layout,  # a look-up of layouts by name
    ("pathlib", "PosixPath"): PurePosixPath,
    ("pathlib", "WindowsPath"): PureWindowsPath,
    ("collections", "OrderedDict"): dict,
}


class DataReader(FileSystemReader):
    """torch's reader, to which the pickled `.metadata` of a folder is records of its own and nothing else."""

    def read_metadata(self, *_: Any, **__: Any) -> Metadata:
        """What the folder holds, and where.

        Raises:
            SourceError: `.metadata` is damaged, wants something else, or points out of the folder.
        """
        path = Path(self.path) / METADATA
        metadata = read_metadata(path)
        metadata.storage_meta = metadata.storage_meta or records.StorageMeta()
        metadata.storage_meta.load_id = self.load_id
        return metadata


class DataPlanner(DefaultLoadPlanner):
    """torch's planner, to which values that are no tensors are data, as `weights_only=True` has it."""

    def load_bytes(self, read_item: ReadItem, value: io.BytesIO) -> None:
        """Take over one value.

        Raises:
            SourceError: it needs more than data.
        """
        load_weights(value)
        value.seek(0)
        super().load_bytes(read_item, value)


def is_sharded(path: str | Path) -> bool:
    """Whether there is a folder of torch.distributed.checkpoint."""
    return Path(path, METADATA).is_file()


def load_into(state: dict[str, Any], path: str | Path, *, alone: bool = False, partial: bool = False) -> None:
    """Fill a nested state dict in place; every process its part, unless this one is `alone`.

    Raises:
        SourceError: the folder is damaged, lacks something of the state (unless `partial`), or holds what is no data.
    """
    planner = DataPlanner(allow_partial_load=partial)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a process that is alone, as it was asked to be
            load(state, storage_reader=DataReader(path), planner=planner, no_dist=alone)
    except CheckpointException as error:
        raised = next(iter(error.failures.values()))[0]
        raise SourceError(f"{shown(str(path))}: {type(raised).__name__}: {raised}") from None


def read_all(path: str | Path, part: str | None = None) -> dict[str, Any]:
    """Everything in a folder, or what is under one name, in this process alone: nested dicts of tensors and data.

    Raises:
        SourceError: as in `load_into`.
    """
    metadata = read_metadata(Path(path, METADATA))
    places = metadata.planner_data if isinstance(metadata.planner_data, Mapping) else {}
    state: dict[str, Any] = {
        name: torch.zeros(entry.size, dtype=entry.properties.dtype)
        if isinstance(entry, TensorStorageMetadata)
        else None
        for name, entry in metadata.state_dict_metadata.items()
        if part is None or places.get(name, (name,))[0] == part
    }
    load_into(state, path, alone=True)
    nested: dict[Any, Any] = {}
    for name, value in state.items():
        *outer, last = places.get(name, (name,))
        inner = nested
        for key in outer:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return {name: _with_lists(value) for name, value in nested.items()}


def read_sharded(path: Path) -> Source:
    """The weights of a folder; as Lightning writes it, with the config that stands in it.

    Raises:
        SourceError: the folder is damaged, needs more than weights, or holds no state dict.
    """
    rest = load_weights(path / LIGHTNING) if (path / LIGHTNING).is_file() else {}
    found = read_all(path, _STATE) or read_all(path)
    return source_of(found if not isinstance(rest, dict) else {**rest, **found}, None)


def read_metadata(path: Path) -> Metadata:
    """The `.metadata` of a folder.

    Raises:
        SourceError: it is damaged, wants something else than records of torch's, or points out of the folder.
    """
    try:
        with path.open("rb") as file:
            metadata = _Records(file).load()
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001  # what damaged pickles raise has no end
        raise SourceError(f"{METADATA} is damaged: {type(error).__name__}: {error}") from None
    if not isinstance(metadata, Metadata) or not isinstance(metadata.storage_data, dict):
        raise SourceError(f"{METADATA} is a {type(metadata).__name__}, expected the records of torch's checkpoints")
    for info in metadata.storage_data.values():
        name = getattr(info, "relative_path", None)
        if not isinstance(name, str) or Path(name).name != name or "\\" in name:
            raise SourceError(f"{METADATA} points out of the folder: {shown(str(name))}")
    for name, entry in metadata.state_dict_metadata.items():
        if isinstance(entry, TensorStorageMetadata) and _there(entry) != math.prod(entry.size):
            raise SourceError(f"{METADATA} has {_there(entry)} of the {math.prod(entry.size)} numbers of {shown(name)}")
    return metadata


def _there(entry: TensorStorageMetadata) -> int:
    return sum(math.prod(chunk.sizes) for chunk in entry.chunks)


class _Records(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        key = (module.replace("pathlib._local", "pathlib"), name)
        found = _RECORDS.get(key) or _PLAIN.get(key)
        if found is None and module == "torch" and isinstance(getattr(torch, name, None), torch.dtype):
            found = getattr(torch, name)
        if found is None:
            wanted = f"{module}.{name}"
            raise SourceError(f"{METADATA} wants {shown(wanted)}; nothing of it was run", wanted=wanted)
        return found


def _with_lists(value: Any) -> Any:
    """Dicts whose keys are the numbers from 0 are lists."""
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(item) for key, item in value.items()}
    if inner and all(type(key) is int for key in inner) and sorted(inner) == list(range(len(inner))):
        return [inner[number] for number in range(len(inner))]
    return inner
