"""Archives at URLs that fsspec knows (`s3://`, `gs://`, `memory://`, ...): through private temporary files here."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from neuraltypes.archive._atomic import replacing, require_room
from neuraltypes.archive._progress import progress
from neuraltypes.archive.errors import TruncatedError

_PIECE = 8 << 20
_LOCAL = "file://"


def is_remote(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a URL, other than of a local file."""
    return isinstance(path, str) and "://" in path and not path.startswith(_LOCAL)


def local(path: str | os.PathLike[str]) -> str:
    """The path of a local file that may be given as a URL."""
    return os.fspath(path).removeprefix(_LOCAL)


@contextmanager
def writing(path: str | os.PathLike[str], size: int, *, bar: bool = False) -> Iterator[int]:
    """A descriptor to write about `size` bytes to; what was written is at the path or URL when the block ends.

    Raises:
        OSError: there is no room, here or there, or no right to write. What was there is still there.
        ImportError: fsspec, or what it needs for such URLs, is not installed.
    """
    if not is_remote(path):
        with replacing(local(path), size) as descriptor:
            yield descriptor
        return
    filesystem, place = _find(str(path))
    require_room(tempfile.gettempdir(), size)
    with tempfile.TemporaryFile(prefix="neuraltypes-") as file:
        yield file.fileno()
        try:
            _upload(file, filesystem, place, bar=bar)
        except NotImplementedError:
            raise OSError(errno.ENOTSUP, "nothing can be written to such URLs", path) from None


def download(url: str) -> int:
    """A descriptor of a private copy of the file at a URL, which is gone when it is closed.

    Raises:
        OSError: there is no such file, or no room for it.
        TruncatedError: less of it came than there is.
        ImportError: fsspec, or what it needs for such URLs, is not installed.
    """
    filesystem, place = _find(url)
    size: int | None = filesystem.info(place).get("size")
    require_room(tempfile.gettempdir(), size or 0)
    with tempfile.TemporaryFile(prefix="neuraltypes-") as file:
        with filesystem.open(place, "rb") as source, progress("download", size or 0, wanted=True) as advance:
            got = _copy(source, file, advance)
        if size is not None and got != size:
            raise TruncatedError(f"{url}: {got} bytes came of {size}", got=got, expected=size, path=url)
        file.flush()
        return os.dup(file.fileno())


def _find(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]
    except ImportError:
        raise ImportError(f"{url}: archives at URLs need fsspec: pip install fsspec") from None
    # An instance of its own, for a transaction is a state of the instance.
    filesystem, place = url_to_fs(url, skip_instance_cache=True)
    return filesystem, place


def _upload(file: BinaryIO, filesystem: Any, place: str, *, bar: bool) -> None:
    # In a transaction what was there stays until all has come, and nothing of a failed upload.
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    with (
        filesystem.transaction,
        progress("upload", size, wanted=bar) as advance,
        filesystem.open(place, "wb") as target,
    ):
        _copy(file, target, advance)


def _copy(source: BinaryIO, target: BinaryIO, advance: Any) -> int:
    copied = 0
    while piece := source.read(_PIECE):
        target.write(piece)
        copied += len(piece)
        advance(len(piece))
    return copied
