"""`PickleFreeCheckpointIO`: Lightning's checkpoints as archives, in which nothing can run."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.plugins import TorchCheckpointIO
from lightning_fabric.utilities.cloud_io import get_filesystem

from models.checkpoints._encoding import decode, encode
from models.errors import CheckpointError
from neuraltypes.archive import Archive, ArchiveError
from neuraltypes.archive._state import load_state, read_state
from neuraltypes.archive._writer import ArtifactSource, Content, write

_KIND = "lightning checkpoint"
_DATA = "checkpoint"
_FILE = "checkpoint.json"
_FIRST_BYTES = b"PK\x03\x04\x2d\x00"  # of an archive; torch's own files have another version


class PickleFreeCheckpointIO(TorchCheckpointIO):
    """Writes the whole checkpoint as JSON and tensors in an archive, whole or not at all: `Trainer(plugins=[...])`.

    What has no such form is refused, by its place in the checkpoint, before anything is written. Files of torch's are
    read as well, with `weights_only=True` unless the caller says otherwise, and folders of sharded checkpoints.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | os.PathLike[str], storage_options: Any | None = None
    ) -> None:
        """Write a checkpoint.

        Raises:
            CheckpointError: it holds what is no data.
            ArchiveError: a tensor cannot be archived.
            OSError: the file cannot be written; what was there is still there.
        """
        if storage_options is not None:
            raise TypeError("PickleFreeCheckpointIO takes no storage_options")
        content = _content(checkpoint)
        system = _system(path)
        system.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH120  # of an address, too
        if _is_local(path):
            write(path, content)
            return
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / "checkpoint"
            write(written, content)
            system.put(str(written), str(path))

    def load_checkpoint(
        self,
        path: str | os.PathLike[str],
        map_location: Callable[..., Any] | torch.device | str | None = "cpu",
        weights_only: bool | None = None,
    ) -> dict[str, Any]:
        """Read a checkpoint; every byte is verified.

        Raises:
            FileNotFoundError: there is none.
            ArchiveError: it is damaged.
            CheckpointError: it is malformed.
        """
        if not _system(path).exists(str(path)):
            raise FileNotFoundError(f"Checkpoint file not found: {path}")
        if is_folder(path):
            from models.checkpoints._folders import read_folder  # which loads torch.distributed's checkpoints

            return read_folder(path)
        if not is_pickle_free(path):
            only = True if weights_only is None else weights_only
            return super().load_checkpoint(path, map_location, weights_only=only)  # type: ignore[arg-type]
        device = map_location if isinstance(map_location, torch.device | str) else "cpu"
        if _is_local(path):
            return read_checkpoint(path, device)
        with tempfile.TemporaryDirectory() as folder:
            copied = Path(folder) / "checkpoint"
            _system(path).get(str(path), str(copied))
            return read_checkpoint(copied, device)


def is_pickle_free(path: object) -> bool:
    """Whether there is an archive at `path`."""
    if not isinstance(path, str | os.PathLike):
        return False
    system = _system(path)
    if not system.isfile(str(path)):
        return False
    with system.open(str(path), "rb") as file:
        start: bytes = file.read(len(_FIRST_BYTES))
        return start == _FIRST_BYTES


def is_folder(path: object) -> bool:
    """Whether there is a local folder of torch.distributed.checkpoint at `path`."""
    return isinstance(path, str | os.PathLike) and _is_local(path) and Path(path, ".metadata").is_file()


def read_checkpoint(path: str | os.PathLike[str], device: torch.device | str = "cpu") -> dict[str, Any]:
    """The checkpoint that a local archive holds.

    Raises:
        ArchiveError: the file is damaged.
        CheckpointError: it is an archive of something else.
    """
    with Archive.open(path) as archive:
        if archive.metadata.get("kind") != _KIND or _DATA not in archive.artifacts:
            raise CheckpointError(f"{os.fspath(path)} is an archive, and no checkpoint of a training run")
        checkpoint = decode(_parsed(archive), load_state(archive, copy=True, device=device))
    if not isinstance(checkpoint, dict):
        raise CheckpointError(f"{os.fspath(path)} holds a {type(checkpoint).__name__}, expected a dict")
    return checkpoint


def as_torch_file(path: str | os.PathLike[str]) -> io.BytesIO:
    """A checkpoint as torch would have written it, for what reads no other."""
    buffer = io.BytesIO()
    torch.save(PickleFreeCheckpointIO().load_checkpoint(path), buffer)
    buffer.seek(0)
    return buffer


def _parsed(archive: Archive) -> Any:
    try:
        return json.loads(archive.artifacts[_DATA].read_bytes())
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{archive.path} is malformed: {type(error).__name__}: {error}") from None


def _content(checkpoint: dict[str, Any]) -> Content:
    data, tensors = encode(checkpoint)
    text = json.dumps(data, allow_nan=False, separators=(",", ":")).encode()
    try:
        state = read_state({name: _bare(tensor) for name, tensor in tensors.items()})
    except ArchiveError as error:
        raise CheckpointError(str(error)) from None
    return Content(
        tensors=state.tensors,
        aliases=state.aliases,
        artifacts={_DATA: ArtifactSource("file", {_FILE: (len(text), lambda: [text])})},
        metadata={"kind": _KIND},
    )


def _bare(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.data if isinstance(tensor, torch.nn.Parameter) else tensor


def _system(path: str | os.PathLike[str]) -> Any:
    return get_filesystem(os.fspath(path))


def _is_local(path: str | os.PathLike[str]) -> bool:
    return "://" not in os.fspath(path)
