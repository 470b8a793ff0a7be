"""Archives as folders and as plain files of weights, and folders as archives. Weights in safetensors need no torch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from neuraltypes.archive import _json, _manifest, _safetensors
from neuraltypes.archive._atomic import replacing
from neuraltypes.archive._names import problem_of, require_distinct, shown
from neuraltypes.archive._reader import Archive
from neuraltypes.archive._sources import artifact_from_path, pieces_of
from neuraltypes.archive._writer import ArtifactSource, Content, Pieces, TensorSource, write
from neuraltypes.archive.errors import ContentError, WeightsError, naming

Path_: TypeAlias = str | os.PathLike[str]
Format: TypeAlias = Literal["safetensors", "pt"]

WHOLE = "model_weights"  # the file of all tensors, or of those that the model itself holds
_PIECE = 1 << 20


def unpack(path: Path_, folder: Path_) -> None:
    """Write every member of an archive, verified, to a new folder: what `unzip` writes, and what `pack` reads.

    Raises:
        ArchiveError: the archive is damaged; then nothing is written.
        FileExistsError: the folder exists.
        OSError: a file cannot be written.
    """
    with Archive.open(path) as archive:
        archive.verify()
        Path(folder).mkdir(parents=True)
        for name, placed in archive.members.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for piece in _read(archive, placed.content, placed.member.size):
                    file.write(piece)


def pack(folder: Path_, path: Path_) -> str:
    """Write the archive of a folder such as `unpack` writes, and give its digest. Digests are computed anew.

    Only `weights.safetensors` is needed, by whomever it was written. A file or folder in `artifacts/` is an artifact.
    Class, aliases and metadata come from `manifest.json`, where there is one.

    Raises:
        ArchiveError: a part is malformed.
        OSError: a file cannot be read or written.
    """
    root = Path(folder)
    with naming(root):
        return write(path, _content_of(root))


def extract_state_dict(
    path: Path_, save_dir: Path_, *, split_by_module: bool = False, file_format: Format = "safetensors"
) -> list[Path]:
    """Write the tensors of an archive, verified, for plain PyTorch, and give the files.

    All in one `model_weights` file, or one file for each module directly below the model, named like it and with names
    from there on; what the model itself holds is in `model_weights` then. Tied tensors are written under each name.

    Raises:
        ArchiveError: the archive is damaged, or a module has a name that no file can have.
        OSError: a file cannot be written.
    """
    with Archive.open(path) as archive:
        parts = _split(archive.tensors) if split_by_module else {WHOLE: {name: name for name in archive.tensors}}
        with naming(archive.path):
            require_distinct(parts)
        archive.verify_tensors(archive.tensors)
        save = _save_safetensors if file_format == "safetensors" else _save_pt
        Path(save_dir).mkdir(parents=True, exist_ok=True)
        files = {Path(save_dir, f"{part}.{file_format}"): names for part, names in parts.items()}
        for file, names in files.items():
            save(archive, names, file)
    return list(files)


def _split(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each file, the names in it and those in the archive."""
    parts: dict[str, dict[str, str]] = {}
    for name in names:
        module, dot, rest = name.partition(".")
        inside = parts.setdefault(module if dot else WHOLE, {})
        if inside.setdefault(rest if dot else name, name) != name:
            raise ContentError(f"the tensors of a module called {WHOLE} cannot be split from the model's own")
    for part in parts:
        if problem := "holds '/'" if "/" in part else problem_of(part):
            raise ContentError(f"the module {shown(part)} has no file: its name {problem}", module=part)
    return parts


def _save_safetensors(archive: Archive, names: Mapping[str, str], file: Path) -> None:
    tensors = {inside: archive.tensors[name] for inside, name in names.items()}
    table = _safetensors.layout((inside, tensor.dtype, tensor.shape) for inside, tensor in tensors.items())
    head = _safetensors.encode(table)
    size = len(head) + sum(tensor.size for tensor in table)
    with replacing(file, size) as descriptor, os.fdopen(os.dup(descriptor), "wb") as output:
        output.write(head)
        for each in table:
            for piece in _read(archive, tensors[each.name].offset, each.size):
                output.write(piece)


def _save_pt(archive: Archive, names: Mapping[str, str], file: Path) -> None:
    import torch

    from neuraltypes.archive._state import load_state

    loaded = load_state(archive, names.values(), verify=False)
    size = sum(archive.tensors[name].size for name in names.values())
    with replacing(file, size) as descriptor, os.fdopen(os.dup(descriptor), "wb") as output:
        torch.save({inside: loaded[name] for inside, name in names.items()}, output)


def _read(archive: Archive, offset: int, size: int) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(min(_PIECE, size)))
    for start in range(0, size, _PIECE):
        piece = buffer[: min(_PIECE, size - start)]
        archive.read_into(piece, offset + start)
        yield piece


def _content_of(root: Path) -> Content:
    known = _read_manifest(root / _manifest.MANIFEST)
    return Content(
        tensors=tuple(read_safetensors(root / _manifest.WEIGHTS)),
        aliases=known.aliases if known else {},
        config=_read_json(root / _manifest.CONFIG),
        interface=_read_json(root / _manifest.INTERFACE),
        artifacts=_read_artifacts(root / _manifest.ARTIFACTS, known),
        class_name=known.class_name if known else None,
        class_version=known.class_version if known else 1,
        provenance=known.provenance if known else {},
        metadata=known.metadata if known else {},
    )


def _read_manifest(path: Path) -> _manifest.Manifest | None:
    return _manifest.decode(path.read_bytes()) if path.exists() else None


def _read_json(path: Path) -> Any:
    return _json.decode_loosely(path.read_bytes(), path.stem, _json.CONFIG_LIMITS) if path.exists() else None


def read_safetensors(path: Path) -> Iterator[TensorSource]:
    """The tensors of a safetensors file, by whomever it was written; their bytes are read when they are asked for.

    Raises:
        ArchiveError: the file is malformed.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.read(8)
        head = first + file.read(_safetensors.head_size(first, size) - len(first))
    for tensor in _safetensors.decode(head, size):
        pieces = partial(_pieces_of_tensor, path, len(head) + tensor.start, tensor)
        yield TensorSource(tensor.name, tensor.dtype, tensor.shape, pieces)


def _pieces_of_tensor(path: Path, start: int, tensor: _safetensors.Tensor) -> Pieces:
    got = 0
    for piece in pieces_of(path, start, tensor.size):
        got += len(piece)
        yield piece
    if got != tensor.size:
        raise WeightsError(f"{path.name} became shorter while it was read", tensor=tensor.name)


def _read_artifacts(folder: Path, known: _manifest.Manifest | None) -> dict[str, ArtifactSource]:
    records = known.artifacts if known else {}
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return {name: _read_artifact(name, folder / name, records.get(name)) for name in sorted({*names, *records})}


def _read_artifact(name: str, path: Path, record: _manifest.ArtifactRecord | None) -> ArtifactSource:
    if record is None:
        return artifact_from_path(name, path)
    if record.kind == "folder" and not path.exists():
        return ArtifactSource("folder", {}, record.owner)  # an empty folder has no member
    source = artifact_from_path(name, path, owner=record.owner)
    return source._replace(kind=record.kind)
