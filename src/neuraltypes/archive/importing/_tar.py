"""Tars, gzipped or not, read in place. Whatever a plain tar of files need not hold is refused."""

from __future__ import annotations

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from neuraltypes.archive._names import shown
from neuraltypes.archive.errors import LimitError, SourceError

GZIP = b"\x1f\x8b"
MAX_MEMBERS = 4096
_PIECE = 1 << 20
_SMALL, _MAX_RATIO = 64 << 20, 200  # bytes that may unpack from anything; what gzip makes of weights is far less
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE)
_DRIVE = re.compile(r"[A-Za-z]:")


class Tar:
    """The files of a tar by name, without `./`."""

    def __init__(self, tar: tarfile.TarFile, size: int, *, is_gzip: bool) -> None:
        self._tar, self._is_gzip = tar, is_gzip
        self._largest = max(_SMALL, _MAX_RATIO * size) if is_gzip else size
        self.files = self._scan()

    def size(self, name: str) -> int:
        """The bytes of a file."""
        return self.files[name].size

    def read(self, name: str, largest: int) -> bytes:
        """The content of a small file.

        Raises:
            LimitError: it is larger than `largest`.
        """
        if self.size(name) > largest:
            raise LimitError(f"{name} has {self.size(name)} bytes, at most {largest} are read", member=name)
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of a file, a megabyte at a time."""
        file = self._extracted(name)
        left = self.size(name)
        with _naming_damage():
            while left:
                piece = file.read(min(_PIECE, left))
                if not piece:
                    raise SourceError(f"{shown(name)} is cut off")
                left -= len(piece)
                yield piece

    def open(self, name: str) -> BinaryIO:
        """A file to read at any place: of a gzipped tar, a copy in memory."""
        return BytesIO(b"".join(self.pieces(name))) if self._is_gzip else self._extracted(name)

    def _extracted(self, name: str) -> BinaryIO:
        file = self._tar.extractfile(self.files[name])
        assert file is not None
        return file  # type: ignore[return-value]  # a reader is what is asked for

    def _scan(self) -> dict[str, tarfile.TarInfo]:
        found: dict[str, tarfile.TarInfo] = {}
        seen: set[str] = set()
        with _naming_damage():
            while (info := self._tar.next()) is not None:
                name = _plain_name(info)
                if info.offset_data + info.size > self._largest:
                    raise LimitError(f"{shown(name)} unpacks to {info.size} bytes, which is too much", member=name)
                if name.lower() in seen:
                    raise SourceError(f"there are two members {shown(name)}", member=name)
                seen.add(name.lower())
                if len(seen) > MAX_MEMBERS:
                    raise LimitError(f"the tar has more than {MAX_MEMBERS} members", limit=MAX_MEMBERS)
                if not info.isdir():
                    found[name] = info
            self._require_end()
        return found

    def _require_end(self) -> None:
        """Refuse what follows the last member: other readers of tars go on there, or an error hides there."""
        file = self._tar.fileobj
        assert file is not None
        file.seek(self._tar.offset)
        while piece := file.read(_PIECE):
            if piece.count(0) != len(piece):
                raise SourceError("the tar is damaged, or something that is no member follows its last member")


@contextmanager
def opened_tar(path: Path) -> Iterator[Tar]:
    """The tar at `path`, open for reading.

    Raises:
        SourceError: it is damaged, or has members with which tars deceive.
        LimitError: it unpacks to more than a model does.
    """
    with path.open("rb") as file:
        is_gzip = file.read(2) == GZIP
    with ExitStack() as stack:
        with _naming_damage():
            tar = stack.enter_context(tarfile.open(path, "r:gz" if is_gzip else "r:"))
            found = Tar(tar, path.stat().st_size, is_gzip=is_gzip)
        yield found


def _plain_name(info: tarfile.TarInfo) -> str:
    """The name of a member without `./`."""
    if not (info.isdir() or info.type in _FILES) or info.issparse():
        kinds = {"link": info.issym() or info.islnk(), "device": info.isdev(), "sparse file": info.issparse()}
        kind = next((kind for kind, holds in kinds.items() if holds), "special member")
        raise SourceError(f"{shown(info.name)} is a {kind}, expected files alone", member=info.name)
    parts = info.name.split("/")
    while parts and parts[0] == ".":
        parts.pop(0)
    name = "/".join(parts)
    if not parts and info.isdir():
        return "."
    if any(part in ("", ".", "..") for part in parts) or not name.isprintable() or "\\" in name or _DRIVE.match(name):
        raise SourceError(f"the member name {shown(info.name)} leads out of the tar, or is no plain name")
    return name


@contextmanager
def _naming_damage() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        raise SourceError(f"the tar is damaged: {error}") from None
