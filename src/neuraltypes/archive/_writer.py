"""Writing an archive: everything is planned and checked first, then streamed with digests taken on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from neuraltypes.archive import _json, _manifest, _safetensors, _zip
from neuraltypes.archive._allowance import Allowance
from neuraltypes.archive._hashing import Hashers
from neuraltypes.archive._manifest import ArtifactRecord, FileRecord, Manifest
from neuraltypes.archive._names import problem_of, require_distinct
from neuraltypes.archive._positioned import write_at
from neuraltypes.archive._progress import Advance, progress
from neuraltypes.archive._remote import writing
from neuraltypes.archive._sums import Summing, Sums, combine, sha256, sums_of
from neuraltypes.archive.errors import ArtifactError, LimitError, StateError

Pieces: TypeAlias = Iterable[bytes | memoryview]

_SLICE = 8 << 20  # bytes of one system call


class TensorSource(NamedTuple):
    """A tensor to write; `dtype` as safetensors calls it, `pieces` its bytes in row-major order, made anew each time.

    `memory` is the whole of them where they lie in memory that stays, which helper threads then read too.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    pieces: Callable[[], Pieces]
    memory: memoryview | None = None


class ArtifactSource(NamedTuple):
    """A file or a folder to write: what is inside by name, with an estimate of its size in bytes."""

    kind: str
    files: Mapping[str, tuple[int, Callable[[], Pieces]]]
    owner: str | None = None


@dataclass(frozen=True)
class Content:
    """Everything that an archive holds."""

    tensors: tuple[TensorSource, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    config: Any = None
    interface: Any = None
    artifacts: Mapping[str, ArtifactSource] = field(default_factory=dict)
    class_name: str | None = None
    class_version: int = 1
    provenance: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


def write(path: str | os.PathLike[str], content: Content, *, bar: bool = False) -> str:
    """Write an archive, whole or not at all, and give its digest, `"sha256:..."`. Equal content gives equal bytes.

    `path` may be a URL that fsspec knows; `bar` says whether people at a terminal see how far a long save is.

    Raises:
        ArchiveError: the content cannot be archived; nothing was written.
        OSError: the file cannot be written; what was at `path` is still there.
    """
    plan = _plan(content)
    with writing(path, plan.size, bar=bar) as descriptor, progress("save", plan.size, wanted=bar) as advance:
        return _Writer(descriptor, advance).write(plan)


@dataclass(frozen=True)
class _Plan:
    """Content whose every part is known to be fit for an archive."""

    content: Content
    head: bytes
    table: list[_safetensors.Tensor]
    tensors: tuple[TensorSource, ...]
    files: Mapping[str, Callable[[], Pieces]]
    size: int


def _plan(content: Content) -> _Plan:
    sources = {tensor.name: tensor for tensor in content.tensors}
    if len(sources) != len(content.tensors):
        raise StateError("two tensors have the same name")
    table = _safetensors.layout((tensor.name, tensor.dtype, tensor.shape) for tensor in content.tensors)
    head = _safetensors.encode(table)
    small = {_manifest.CONFIG: _json.encode(content.config, "config")}
    small[_manifest.INTERFACE] = _json.encode(content.interface, "interface")
    files = {name: _always(text) for name, text in small.items()} | _artifact_files(content.artifacts)
    if len(files) + 2 > _zip.MAX_MEMBERS:
        raise LimitError(f"the artifacts are {len(files) - 2} files, an archive holds {_zip.MAX_MEMBERS - 4}")
    require_distinct(files)
    # The manifest with stand-ins for what is not known yet: its own checks and its size are those of the final one.
    tensors = tuple(sources[tensor.name] for tensor in table)
    draft = _manifest_of(content, head, {tensor.name: "0" * 64 for tensor in tensors}, dict.fromkeys(files, _UNKNOWN))
    manifest = _manifest.encode(draft)
    weights = sum(tensor.size for tensor in table)
    allowance = Allowance(len(head) + weights)
    texts = {_safetensors.TABLE: head, **small, "the manifest": manifest}
    for what, text in texts.items():
        allowance.take(what, len(text))
        allowance.count(what, text)
    sizes = [weights, *map(len, texts.values())]
    sizes += [size for artifact in content.artifacts.values() for size, _ in artifact.files.values()]
    return _Plan(content, head, table, tensors, files, sum(sizes) + 512 * len(files) + (1 << 14))


def _artifact_files(artifacts: Mapping[str, ArtifactSource]) -> dict[str, Callable[[], Pieces]]:
    files = {}
    for name, artifact in artifacts.items():
        for inside, (_, pieces) in artifact.files.items():
            member = f"{_manifest.ARTIFACTS}{name}/{inside}"
            if problem := problem_of(member):
                raise ArtifactError(f"artifact {name!r}: the name {inside!r} {problem}", artifact=name, file=inside)
            files[member] = pieces
    return dict(sorted(files.items()))


def _manifest_of(
    content: Content, head: bytes, tensors: Mapping[str, str], files: Mapping[str, FileRecord]
) -> Manifest:
    return Manifest(
        class_name=content.class_name,
        class_version=content.class_version,
        provenance=content.provenance,
        metadata=content.metadata,
        head=sha256(head),
        tensors=tensors,
        aliases=dict(sorted(content.aliases.items())),
        files=files,
        artifacts={name: ArtifactRecord(a.kind, a.owner) for name, a in sorted(content.artifacts.items())},
    )


_UNKNOWN = FileRecord(10**12, "0" * 64)


class _Writer:
    """Members behind each other on one descriptor; each header is written once the content's checksum is known."""

    def __init__(self, descriptor: int, advance: Advance) -> None:
        self._descriptor = descriptor
        self._advance = advance
        self._members: list[_zip.Placed] = []

    def write(self, plan: _Plan) -> str:
        tensors = self._write_weights(plan)
        files = {name: self._write_file(name, pieces()) for name, pieces in plan.files.items()}
        manifest = _manifest.encode(_manifest_of(plan.content, plan.head, tensors, files))
        self._write_file(_manifest.MANIFEST, [manifest])
        self._write_at(self._end, _zip.encode_directory(self._members))
        return f"sha256:{sha256(manifest)}"

    @property
    def _end(self) -> int:
        return self._members[-1].end if self._members else 0

    def _write_weights(self, plan: _Plan) -> dict[str, str]:
        """Write all tensors, and give the digest of each. Helper threads read what lies in memory meanwhile."""
        start = position = _zip.place(_zip.Member(_manifest.WEIGHTS, 0, 0), self._end).content
        position += self._write_at(position, plan.head)
        pending: list[Future[Sums]] = []
        with Hashers() as hashers:
            for tensor in plan.tensors:
                if tensor.memory is not None:
                    pending.append(hashers.submit([tensor.memory]))
                    position += self._write_at(position, tensor.memory)
                else:
                    found = self._write_pieces(position, tensor.pieces())
                    pending.append(_done(found))
                    position += found.size
            sums = [each.result() for each in pending]
        for planned, found in zip(plan.table, sums, strict=True):
            if found.size != planned.size:
                raise StateError(
                    f"{planned.name!r} gave {found.size} bytes, expected {planned.size}", tensor=planned.name
                )
        crc = combine([sums_of([plan.head]), *sums])
        self._finish(_manifest.WEIGHTS, position - start, crc)
        return {tensor.name: found.sha256 for tensor, found in zip(plan.tensors, sums, strict=True)}

    def _write_file(self, name: str, pieces: Pieces) -> FileRecord:
        sums = self._write_pieces(_zip.place(_zip.Member(name, 0, 0), self._end).content, pieces)
        self._finish(name, sums.size, sums.crc)
        return FileRecord(sums.size, sums.sha256)

    def _write_pieces(self, position: int, pieces: Pieces) -> Sums:
        summing = Summing()
        for piece in pieces:
            summing.update(piece)
            position += self._write_at(position, piece)
        return summing.sums

    def _finish(self, name: str, size: int, crc: int) -> None:
        placed = _zip.place(_zip.Member(name, size, crc), self._end)
        self._write_at(placed.header, _zip.encode_header(placed))
        self._members.append(placed)

    def _write_at(self, position: int, data: bytes | memoryview) -> int:
        view = memoryview(data)
        for start in range(0, len(view), _SLICE):
            rest = view[start : start + _SLICE]
            while rest:
                written = write_at(self._descriptor, rest, position)
                position += written
                rest = rest[written:]
                self._advance(written)
        return len(view)


def _done(sums: Sums) -> Future[Sums]:
    future: Future[Sums] = Future()
    future.set_result(sums)
    return future


def _always(text: bytes) -> Callable[[], Pieces]:
    return lambda: [text]
