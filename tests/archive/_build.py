"""Archives for tests: small valid ones, and files put together by hand from parts that may say anything."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from neuraltypes.archive import Archive, _safetensors, _zip
from neuraltypes.archive._state import read_state
from neuraltypes.archive._writer import ArtifactSource, Content, write

SMALL_STATE = {
    "encoder.weight": torch.arange(6, dtype=torch.float32).reshape(2, 3),
    "encoder.steps": torch.tensor(7),
    "mask": torch.tensor([True, False, True]),
    "nothing": torch.empty(0, 4),
}
SMALL_STATE["decoder.weight"] = SMALL_STATE["encoder.weight"]
SMALL_CONFIG = {"width": 3, "name": "näme", "rate": 0.5, "sizes": [1, 2], "inner": {"deep": None}}


def small_content(state: Mapping[str, Any] = SMALL_STATE, **fields: Any) -> Content:
    """Something of everything, in a few kilobytes."""
    tensors, aliases = read_state(state)
    artifacts = {
        "vocabulary": ArtifactSource("file", {"vocab.txt": (4, lambda: [b"a\nb\n"])}, "pkg.Encoder"),
        "tables": ArtifactSource("folder", {"one": (1, lambda: [b"1"]), "in/two": (0, list)}),
    }
    known: dict[str, Any] = {
        "config": SMALL_CONFIG,
        "interface": None,
        "artifacts": artifacts,
        "class_name": "pkg.Encoder",
        "class_version": 2,
        "provenance": {"neuraltypes": "0.1.0"},
        "metadata": {"epoch": 3},
    }
    return Content(tensors=tensors, aliases=aliases, **(known | fields))


def small_archive(path: Path, **fields: Any) -> Path:
    write(path, small_content(**fields))
    return path


def read_all(path: Path) -> None:
    """Everything that reading an archive does."""
    with Archive.open(path) as archive:
        archive.verify()
        for artifact in archive.artifacts.values():
            for file in artifact.files:
                artifact.read_bytes(file)


def container(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A well-formed container of any members."""
    placed: list[_zip.Placed] = []
    data = b""
    for name, content in members:
        each = _zip.place(_zip.Member(name, len(content), zlib.crc32(content)), len(data))
        data += _zip.encode_header(each) + content
        placed.append(each)
    return data + _zip.encode_directory(placed)


def weights(table: Any, size: int, *, padded: bool = True) -> bytes:
    """A safetensors file with that table, as data or as text, and `size` bytes of tensors."""
    text = table if isinstance(table, bytes) else dumps(table)
    text += b" " * (-len(text) % 8 if padded else 0)
    return len(text).to_bytes(8, "little") + text + bytes(size)


def dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def parts(path: Path) -> dict[str, bytes]:
    """The members of an archive, as they are."""
    data = path.read_bytes()
    with Archive.open(path) as archive:
        return {name: data[placed.content : placed.end] for name, placed in archive.members.items()}


def reassembled(found: Mapping[str, bytes], **changes: Any) -> bytes:
    """An archive of these members whose manifest has the digests that they have now, and `changes` of its entries.

    Where the weights' table cannot be read, the tensors' digests stay those that the manifest names.
    """
    manifest = json.loads(found["manifest.json"])
    content = found["weights.safetensors"]
    size = 8 + int.from_bytes(content[:8], "little")
    manifest["weights"]["head"] = hashlib.sha256(content[:size]).hexdigest()
    try:
        table = _safetensors.decode(content[:size], len(content))
    except Exception:  # noqa: BLE001  # what is to be refused is built with the digests that it had
        table = []
    if table:
        digests = {t.name: hashlib.sha256(content[size + t.start : size + t.start + t.size]).hexdigest() for t in table}
        manifest["weights"]["tensors"] = digests
    files = {name: text for name, text in found.items() if name not in ("weights.safetensors", "manifest.json")}
    manifest["files"] = {n: {"size": len(t), "sha256": hashlib.sha256(t).hexdigest()} for n, t in files.items()}
    manifest |= changes
    text = changes.get("manifest_text") or dumps({key: value for key, value in manifest.items() if value is not ...})
    return container([*((n, t) for n, t in found.items() if n != "manifest.json"), ("manifest.json", text)])
