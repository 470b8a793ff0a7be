"""Reading an archive: one descriptor from validation to mapping, and nothing in it is run, imported or unpacked."""

from __future__ import annotations

import errno
import mmap
import os
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, Self

from neuraltypes.archive import _json, _manifest, _safetensors, _zip
from neuraltypes.archive._allowance import Allowance
from neuraltypes.archive._manifest import ArtifactRecord, Manifest
from neuraltypes.archive._names import shown
from neuraltypes.archive._positioned import read_at
from neuraltypes.archive._sums import Summing, Sums, combine, sha256, sums_of
from neuraltypes.archive.errors import (
    ContentError,
    DigestError,
    LimitError,
    NotAnArchiveError,
    TruncatedError,
    naming,
)

_SLICE = 1 << 20  # bytes read at a time
_SHA256 = "sha256:"


class ArchivedTensor(NamedTuple):
    """A tensor in an archive: `dtype` as safetensors calls it, `offset` and `size` in bytes, of the whole file.

    `alias_of` names the tensor that it is, under another name.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    size: int
    sha256: str
    alias_of: str | None = None

    @property
    def items(self) -> int:
        """How many numbers it holds."""
        return self.size * 8 // _safetensors.DTYPES[self.dtype]


class Artifact(NamedTuple):
    """A file or a folder in an archive. It is readable as long as the archive is open."""

    name: str
    record: ArtifactRecord
    archive: Archive
    files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """One SHA-256 over kind, names and contents: artifacts with equal digests are the same."""
        digests = [[inside, self.archive.manifest.files[member].sha256] for inside, member in self.files.items()]
        return sha256(_json.encode([self.record.kind, digests], "artifact", _manifest.LIMITS))

    @property
    def size(self) -> int:
        """Bytes of all its files together."""
        return sum(self.archive.manifest.files[member].size for member in self.files.values())

    def read_bytes(self, file: str | None = None) -> bytes:
        """The content of a file of the folder, or of the file that the artifact is.

        Raises:
            KeyError: there is no such file.
            DigestError: the content is not what was saved.
        """
        if file is None:
            if self.record.kind != "file":
                raise KeyError(f"the artifact {self.name!r} is a folder; name one of its files")
            file = next(iter(self.files))
        return self.archive.read(self.files[file])


class Archive:
    """An archive, open for reading. What is small is verified at once; `verify` does it for tensors and artifacts.

    Needs no torch. Tensors are descriptions; `map` gives their bytes without reading them.

    Raises:
        ArchiveError: the file is no archive, or a damaged one.
        OSError: it cannot be opened.
    """

    def __init__(self, path: str | os.PathLike[str], *, expected_digest: str | None = None) -> None:
        self.path = os.fspath(path)
        self._map: mmap.mmap | None = None
        self._descriptor: int | None = open_file(self.path)
        try:
            with naming(self.path):
                self._read(expected_digest)
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, expected_digest: str | None = None) -> Archive:
        """The archive at `path`, perhaps a URL; with `expected_digest`, exactly the one of that digest.

        Raises:
            ArchiveError: the file is no archive, a damaged one, or another one than expected.
            OSError: it cannot be opened.
        """
        return cls(path, expected_digest=expected_digest)

    digest: str
    size: int
    manifest: Manifest
    config: Any
    interface: Any

    @property
    def class_name(self) -> str | None:
        """The full name of the class that was saved, as data."""
        return self.manifest.class_name

    @property
    def class_version(self) -> int:
        """The version of the class's config."""
        return self.manifest.class_version

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the saver had to say beside the model."""
        return self.manifest.metadata

    @property
    def provenance(self) -> Mapping[str, str]:
        """What the archive was written with: packages and versions."""
        return self.manifest.provenance

    @property
    def tensors(self) -> Mapping[str, ArchivedTensor]:
        """All tensors by name: in the order of their bytes, then the aliases."""
        return MappingProxyType(self._tensors)

    @property
    def artifacts(self) -> Mapping[str, Artifact]:
        """All artifacts by name."""
        return MappingProxyType(self._artifacts)

    @property
    def members(self) -> Mapping[str, _zip.Placed]:
        """The members of the file by name, in order."""
        return MappingProxyType(self._members)

    def read(self, member: str) -> bytes:
        """The verified content of a member other than the weights.

        Raises:
            KeyError: there is no such member.
            DigestError: it is not what was saved.
            TruncatedError: the file has become shorter.
        """
        with naming(self.path):
            return b"".join(self._verified(member))

    def pieces(self, member: str) -> Iterator[bytes]:
        """The content of a member other than the weights, a megabyte at a time; it is verified at the end.

        Raises:
            KeyError, DigestError, TruncatedError: as `read`.
        """
        with naming(self.path):
            yield from self._verified(member)

    def map(self) -> memoryview:
        """The whole file in memory, page by page as it is touched; changes to it stay private.

        It must not be truncated by others while it is in use: the system then ends the process.

        Raises:
            ValueError: the archive is closed.
        """
        if self._map is None:
            self._map = mmap.mmap(self._fd, self.size, access=mmap.ACCESS_COPY)
        return memoryview(self._map)

    def tensor_bytes(self, name: str) -> memoryview:
        """The mapped bytes of a tensor, not verified."""
        tensor = self._tensors[name]
        return self.map()[tensor.offset : tensor.offset + tensor.size]

    def read_into(self, buffer: memoryview, offset: int) -> None:
        """Fill a flat buffer with the bytes of the file from `offset` on.

        Raises:
            TruncatedError: the file has become shorter.
        """
        position = 0
        while position < len(buffer):
            got = read_at(self._fd, buffer[position:], offset + position)
            if not got:
                raise TruncatedError("it became shorter while it was read", offset=offset + position)
            position += got

    def verify(self, *, threads: int | None = None, bar: bool = False) -> None:
        """Read everything, and compare it with the digests and checksums; `inspect` and mapping read a part only.

        `bar` says whether people at a terminal see how far it is, where it takes long.

        Raises:
            DigestError: bytes are not those that were saved; the message names the tensor or the file.
        """
        with naming(self.path):
            owned = [tensor for tensor in self._tensors.values() if tensor.alias_of is None]
            sums = self._verify_tensors(owned, threads, crc=True, bar=bar)
            self._require_crc(_manifest.WEIGHTS, combine([sums_of([self._head]), *sums]))
            for member in self.manifest.files:
                for _ in self._verified(member):
                    pass

    def verify_tensors(
        self,
        names: Iterable[str],
        *,
        views: Mapping[str, memoryview] | None = None,
        threads: int | None = None,
        bar: bool = False,
    ) -> None:
        """Compare these tensors, or what `views` holds of them, with their digests.

        Raises:
            DigestError: the first one whose bytes are not those that were saved.
        """
        with naming(self.path):
            owners = dict.fromkeys(self._tensors[name].alias_of or name for name in names)
            self._verify_tensors([self._tensors[name] for name in owners], threads, views, bar=bar)

    def close(self) -> None:
        """Close the file. Mapped bytes, and tensors over them, stay valid."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = self._map = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_descriptor", None) is not None:
            self.close()

    def __repr__(self) -> str:
        return f"<Archive {self.path!r} {self.digest[: len(_SHA256) + 12]}>"

    @property
    def _fd(self) -> int:
        if self._descriptor is None:
            raise ValueError(f"{self.path}: the archive is closed")
        return self._descriptor

    def _read(self, expected_digest: str | None) -> None:
        self.size = size_of_file(self._fd)
        placed = _zip.read(self._read_at, self.size)
        self._members = {each.member.name: each for each in placed}
        self._allowance = Allowance(self._placed(_manifest.WEIGHTS).member.size)
        self.manifest = self._read_manifest(expected_digest)
        table = self._read_table()
        _manifest.require_consistent(self.manifest, list(self._members), [tensor.name for tensor in table])
        self._require_sizes()
        self.config = self._read_json(_manifest.CONFIG, "config")
        self.interface = self._read_json(_manifest.INTERFACE, "interface")
        self._tensors = dict(self._describe(table))
        files = _manifest.files_by_artifact(self.manifest.files)
        self._artifacts = {
            name: Artifact(name, record, self, files.get(name, {})) for name, record in self.manifest.artifacts.items()
        }

    def _read_at(self, offset: int, size: int) -> bytes:
        buffer = memoryview(bytearray(max(0, min(size, self.size - offset))))
        got = 0
        while got < len(buffer) and (more := read_at(self._fd, buffer[got:], offset + got)):
            got += more
        return bytes(buffer[:got])

    def _read_manifest(self, expected_digest: str | None) -> Manifest:
        placed = self._placed(_manifest.MANIFEST)
        if placed.member.size > _manifest.LIMITS.size:
            raise LimitError(f"the manifest has {placed.member.size} bytes, at most {_manifest.LIMITS.size} are read")
        self._allowance.take("the manifest", placed.member.size)
        text = b"".join(self._pieces(placed))
        self.digest = f"{_SHA256}{sha256(text)}"
        if expected_digest is not None and expected_digest != self.digest:
            raise DigestError(
                f"it is {self.digest}, expected {expected_digest}", got=self.digest, expected=expected_digest
            )
        self._require_crc(_manifest.MANIFEST, zlib.crc32(text))
        self._allowance.count("the manifest", text)
        return _manifest.decode(text)

    def _read_json(self, member: str, what: str) -> Any:
        self._allowance.take(what, self._members[member].member.size)
        text = b"".join(self._verified(member))
        self._allowance.count(what, text)
        return _json.decode(text, what)

    def _read_table(self) -> list[_safetensors.Tensor]:
        placed = self._placed(_manifest.WEIGHTS)
        size = _safetensors.head_size(self._read_at(placed.content, 8), placed.member.size)
        self._allowance.take(_safetensors.TABLE, size)
        self._head = self._read_at(placed.content, size)
        if sha256(self._head) != self.manifest.head:
            raise DigestError("the table of tensors is not the one that was saved", part=_manifest.WEIGHTS)
        self._allowance.count(_safetensors.TABLE, self._head)
        return _safetensors.read(self._head, placed.member.size)

    def _describe(self, table: list[_safetensors.Tensor]) -> Iterator[tuple[str, ArchivedTensor]]:
        base = self._members[_manifest.WEIGHTS].content + len(self._head)
        digests, found = self.manifest.tensors, {}
        for name, dtype, shape, start, size in table:
            found[name] = ArchivedTensor(name, dtype, shape, base + start, size, digests[name])
        yield from found.items()
        for alias, name in self.manifest.aliases.items():
            yield alias, found[name]._replace(name=alias, alias_of=name)

    def _placed(self, member: str) -> _zip.Placed:
        if member not in self._members:
            raise ContentError(f"it has no {member}", member=member)
        return self._members[member]

    def _require_sizes(self) -> None:
        for name, file in self.manifest.files.items():
            if (size := self._members[name].member.size) != file.size:
                raise ContentError(f"{shown(name)} has {size} bytes, the manifest says {file.size}", member=name)
        for name in (_manifest.CONFIG, _manifest.INTERFACE):
            if (size := self._members[name].member.size) > _json.CONFIG_LIMITS.size:
                raise LimitError(f"{name} has {size} bytes, at most {_json.CONFIG_LIMITS.size} are read", member=name)

    def _pieces(self, placed: _zip.Placed) -> Iterator[bytes]:
        for start in range(placed.content, placed.end, _SLICE):
            piece = bytearray(min(_SLICE, placed.end - start))
            self.read_into(memoryview(piece), start)
            yield bytes(piece)

    def _verified(self, member: str) -> Iterator[bytes]:
        """The content of a file in pieces; an error comes with the last."""
        summing = Summing()
        for piece in self._pieces(self._members[member]):
            summing.update(piece)
            yield piece
        if summing.sums.sha256 != self.manifest.files[member].sha256:
            raise DigestError(f"{shown(member)} is not what was saved", member=member)
        self._require_crc(member, summing.sums.crc)

    def _require_crc(self, member: str, crc: int) -> None:
        expected = self._members[member].member.crc
        if crc != expected:
            raise DigestError(
                f"{shown(member)} has the CRC-32 {crc:08x}, expected {expected:08x}", member=member, got=crc
            )

    def _verify_tensors(
        self,
        tensors: list[ArchivedTensor],
        threads: int | None,
        views: Mapping[str, memoryview] | None = None,
        *,
        crc: bool = False,
        bar: bool,
    ) -> list[Sums]:
        from neuraltypes.archive._hashing import Hashers
        from neuraltypes.archive._progress import progress

        size = sum(tensor.size for tensor in tensors)
        with progress("verify", size, wanted=bar) as advance, Hashers(threads) as hashers:
            pending = {}
            for tensor in _large_first(tensors, hashers.threads):
                pieces = [views[tensor.name]] if views else self._tensor_pieces(tensor)
                pending[tensor.name] = hashers.submit(pieces, crc=crc)
            sums = []
            for tensor in tensors:
                sums.append(pending[tensor.name].result())
                advance(tensor.size)
                if sums[-1].sha256 != tensor.sha256:
                    raise DigestError(
                        f"tensor {shown(tensor.name)} is not what was saved: SHA-256 {sums[-1].sha256}, "
                        f"expected {tensor.sha256}",
                        tensor=tensor.name,
                        got=sums[-1].sha256,
                        expected=tensor.sha256,
                    )
        return sums

    def _tensor_pieces(self, tensor: ArchivedTensor) -> Iterator[memoryview]:
        buffer = memoryview(bytearray(min(_SLICE, tensor.size)))
        for start in range(0, tensor.size, _SLICE):
            piece = buffer[: min(_SLICE, tensor.size - start)]
            self.read_into(piece, tensor.offset + start)
            yield piece


def _large_first(tensors: Sequence[ArchivedTensor], threads: int) -> list[ArchivedTensor]:
    """The tensors in their order, but those before that would keep a thread busy when the others have ended."""
    large = sum(tensor.size for tensor in tensors) // (4 * threads)
    return sorted(tensors, key=lambda tensor: tensor.size <= large)


def open_file(path: str) -> int:
    """A descriptor of the file at a path, or of a private copy of the one at a URL.

    Raises:
        NotAnArchiveError: it is a socket or a device.
        OSError: it cannot be opened.
    """
    if "://" in path:
        from neuraltypes.archive import _remote

        if _remote.is_remote(path):
            return _remote.download(path)
        path = _remote.local(path)
    # A FIFO would wait for a writer without O_NONBLOCK.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.ENODEV):  # sockets and devices
            raise NotAnArchiveError(f"{path}: no regular file", path=path) from None
        raise


def size_of_file(descriptor: int) -> int:
    """The size in bytes of an open file.

    Raises:
        NotAnArchiveError: it is no regular file.
    """
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a device, a pipe or a socket"
        raise NotAnArchiveError(f"no archive: it is {kind}, expected a file")
    return status.st_size
