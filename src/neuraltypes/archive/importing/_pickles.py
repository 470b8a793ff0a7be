"""Files of `torch.save`, read as weights alone: whatever would have to be run is refused, with its name."""

from __future__ import annotations

import pickle
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from neuraltypes.archive._names import shown
from neuraltypes.archive.errors import SourceError
from neuraltypes.archive.importing._data import as_data
from neuraltypes.archive.importing._source import Source

ZIP = b"PK\x03\x04"
_KEYS = ("state_dict", "model_state_dict", "model")
_LIGHTNING = "pytorch-lightning_version"
_PIECE = 1 << 20
# What readers of damaged bytes raise. The file was opened and read before, so an OSError is one of seeking.
_DAMAGE = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError),
    *(TypeError, ValueError, struct.error),
)
_WANTED = re.compile(r"GLOBAL ([\w.]+)")  # how torch names what it does not do


def read_torch_file(path: Path, key: str | None) -> Source:
    """A state dict, a dict that holds one, or a checkpoint of Lightning.

    Raises:
        SourceError: the file is damaged, needs more than weights, or holds no state dict.
    """
    return source_of(load_weights(path), key)


def source_of(loaded: Any, key: str | None) -> Source:
    """What was loaded as a checkpoint.

    Raises:
        SourceError: it holds no state dict.
    """
    state, rest = state_in(loaded, key)
    if _LIGHTNING not in rest:
        left_out = sorted(map(str, rest))
        return Source("torch", state, notes=_left_out(left_out))
    hyper_parameters = rest.get("hyper_parameters")
    config, notes = as_data(hyper_parameters, "hyper_parameters") if hyper_parameters else (None, [])
    kept = {_LIGHTNING, "hyper_parameters", "hparams_name", "hparams_type"}
    return Source(
        "lightning",
        state,
        config,
        provenance={"pytorch-lightning": str(rest[_LIGHTNING])},
        notes=(*notes, *_left_out(sorted(str(name) for name in rest if name not in kept))),
    )


def load_weights(file: Path | BinaryIO) -> Any:
    """What `torch.save` wrote, on the CPU; from a path mapped where the file allows it.

    Raises:
        SourceError: the file is damaged, or needs more than weights.
    """
    is_zip = _is_zip(file)
    if is_zip:
        _require_checksums(file)
    if not isinstance(file, Path):
        file.seek(0)
    try:
        return torch.load(
            file, map_location="cpu", weights_only=True, mmap=True if is_zip and isinstance(file, Path) else None
        )
    except pickle.UnpicklingError as error:
        raise _refusal(error) from None
    except _DAMAGE as e:
        raise SourceError(f"torch cannot read the weights: {type(e).__name__}: {_first_line(e)}") from None


def _is_zip(file: Path | BinaryIO) -> bool:
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return opened.read(4) == ZIP
    first = file.read(4)
    file.seek(0)
    return first == ZIP


def _require_checksums(file: Path | BinaryIO) -> None:
    """Compare the records with their CRC-32, which torch itself does not; it may have been told to write none."""
    try:
        with zipfile.ZipFile(file) as records:
            infos = records.infolist()
            if not any(info.CRC for info in infos):
                return
            for info in infos:
                with records.open(info) as record:
                    while record.read(_PIECE):
                        pass
    except (*_DAMAGE, zipfile.BadZipFile, zlib.error) as error:
        raise SourceError(f"the weights are damaged: {error}") from None


def _refusal(error: pickle.UnpicklingError) -> SourceError:
    found = _WANTED.search(str(error))
    if found is None:
        return SourceError(f"the weights are no plain tensors: {_reason(error)}")
    return SourceError(
        f"reading it needs more than weights: it wants {found[1]}; nothing of it was run. "
        "Save the state dict alone where you trust the file: torch.save(model.state_dict(), ...)",
        wanted=found[1],
    )


def _reason(error: Exception) -> str:
    text = str(error)
    return _first_line(text.partition("WeightsUnpickler error: ")[2] or text)


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return shown(lines[0])[1:-1] if lines else ""


def state_in(loaded: Any, key: str | None) -> tuple[Mapping[str, Any], Mapping[Any, Any]]:
    """The state dict in what was loaded, and what else there is."""
    if not isinstance(loaded, Mapping):
        raise SourceError(f"it holds a {type(loaded).__name__}, expected a dict of tensors")
    if key is None:
        key = next((name for name in _KEYS if isinstance(loaded.get(name), Mapping)), None)
        if key is None and any(isinstance(value, Tensor) for value in loaded.values()):
            return _texts(loaded), {}
    if key is None or not isinstance(loaded.get(key), Mapping):
        known = ", ".join(repr(name) for name, value in loaded.items() if isinstance(value, Mapping)) or "nothing"
        wanted = "one of its keys" if key is None else repr(key)
        raise SourceError(f"{wanted} should hold the state dict; dicts are under {known}: name it as the key")
    return _texts(loaded[key]), {name: value for name, value in loaded.items() if name != key}


def _texts(state: Mapping[Any, Any]) -> Mapping[str, Any]:
    if odd := [name for name in state if not isinstance(name, str)]:
        raise SourceError(f"the state dict has names that are no texts: {odd[:5]!r}")
    return state


def _left_out(names: list[str]) -> tuple[str, ...]:
    return (f"left out, for it is no weights: {', '.join(names)}",) if names else ()
