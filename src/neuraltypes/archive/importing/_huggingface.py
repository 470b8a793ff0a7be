"""Folders of Hugging Face: `config.json`, weights in one file or in shards, the files of a tokenizer."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from neuraltypes.archive import _json
from neuraltypes.archive._extract import read_safetensors
from neuraltypes.archive._names import shown
from neuraltypes.archive._sources import artifact_from_path
from neuraltypes.archive._writer import ArtifactSource
from neuraltypes.archive.errors import SourceError, naming
from neuraltypes.archive.importing._pickles import load_weights, state_in
from neuraltypes.archive.importing._source import Source

CONFIG = "config.json"
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
_TOKENIZER = (
    *("tokenizer*", "vocab*", "merges*", "special_tokens_map.json", "added_tokens.json", "chat_template*"),
    *("*.spm", "*.tiktoken", "spiece.model", "sentencepiece*.model", "tekken.json", "bpe.codes"),
)
_CODE = (".py", ".so")


def read_folder(folder: Path) -> Source:
    """A folder that `save_pretrained` wrote, or a snapshot of a repository.

    Raises:
        ArchiveError: it has no weights, they are damaged or need more than weights, or index and shards disagree.
        OSError: a file cannot be read.
    """
    names = sorted(path.name for path in folder.iterdir())
    weights = next((name for name in _WEIGHTS if name in names), None)
    if weights is None:
        raise SourceError(f"it has no weights: none of {', '.join(_WEIGHTS)}")
    state, files = _read_index(folder, weights) if weights.endswith(".json") else (_read(folder / weights), {weights})
    config_path = folder / CONFIG
    config = (
        _json.decode_loosely(config_path.read_bytes(), CONFIG, _json.CONFIG_LIMITS) if config_path.exists() else None
    )
    artifacts, taken = _artifacts(folder, names)
    left_out = [name for name in names if name not in {CONFIG, weights, *files, *taken}]
    version = config.get("transformers_version") if isinstance(config, dict) else None
    return Source(
        "huggingface",
        state,
        config,
        artifacts,
        {"transformers": version} if isinstance(version, str) else {},
        (f"left out: {', '.join(map(shown, left_out))}",) if left_out else (),
    )


def read_safetensors_file(path: Path) -> Source:
    """A single safetensors file."""
    return Source("safetensors", _read(path))


def _read(path: Path) -> Mapping[str, Any]:
    with naming(path):
        if path.suffix != ".safetensors":
            return state_in(load_weights(path), None)[0]
        return {tensor.name: tensor for tensor in read_safetensors(path)}


def _read_index(folder: Path, name: str) -> tuple[dict[str, Any], set[str]]:
    """The tensors of all shards, and the files that those are."""
    index = _json.decode_loosely((folder / name).read_bytes(), name, _json.TABLE_LIMITS)
    places = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(places, dict) or not all(isinstance(file, str) for file in places.values()):
        raise SourceError(f"{name} has no weight_map of files by tensor")
    files = dict.fromkeys(places.values())
    if odd := [file for file in files if "/" in file or "\\" in file or file in ("", ".", "..")]:
        raise SourceError(f"{name} names shards outside of the folder: {', '.join(map(shown, odd))}", files=odd)
    if gone := [file for file in files if not (folder / file).is_file()]:
        raise SourceError(f"{name} names shards that are not there: {', '.join(map(shown, gone))}", files=gone)
    shards = {file: _read(folder / file) for file in files}
    _require_agreement(name, places, shards)
    return {tensor: value for shard in shards.values() for tensor, value in shard.items()}, set(files)


def _require_agreement(name: str, places: Mapping[str, str], shards: Mapping[str, Mapping[str, Any]]) -> None:
    problems = [f"{shown(t)} is not in {file}" for t, file in places.items() if t not in shards[file]]
    for file, shard in shards.items():
        for tensor in shard:
            if places.get(tensor) != file:
                where = "not in the index" if tensor not in places else f"in the index as in {places[tensor]}"
                problems.append(f"{shown(tensor)} is in {file}, and {where}")
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems[:20])
        raise SourceError(f"{name} and the shards disagree:\n{listed}", problems=problems)


def _artifacts(folder: Path, names: list[str]) -> tuple[dict[str, ArtifactSource], set[str]]:
    """The tokenizer's files as one folder, other configs as files; and the names of all of those."""
    is_file = {name: (folder / name).is_file() for name in names}
    tokenizer = [
        name
        for name in names
        if is_file[name] and not name.endswith(_CODE) and any(fnmatch(name, pattern) for pattern in _TOKENIZER)
    ]
    others = [name for name in names if is_file[name] and name.endswith("_config.json") and name not in tokenizer]
    found = {name.removesuffix(".json"): artifact_from_path(name, folder / name) for name in others}
    if tokenizer:
        inside = [artifact_from_path(name, folder / name).files for name in tokenizer]
        found["tokenizer"] = ArtifactSource("folder", {name: file for files in inside for name, file in files.items()})
    return found, {*tokenizer, *others}
