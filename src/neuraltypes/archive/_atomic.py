"""A file that appears whole or not at all: written beside its place, made durable, then moved there.

A save that is killed leaves its temporary file behind. Each save holds a lock on its own, which the system drops with
the process; so the next save to the same path tells leftovers from the files of saves that still run.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_SUFFIX = ".saving"
_TOKEN_BYTES = 8


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str], size: int) -> Iterator[int]:
    """A descriptor to write about `size` bytes to; what was written is at `path` when the block ends without error.

    A link is followed: what it points to is replaced.

    Raises:
        OSError: there is no room, no such folder, no right to write there. What was at `path` is still there.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder cannot be replaced by an archive", str(path))
    _remove_leftovers(target)
    require_room(target.parent, size)
    descriptor, temporary = _create(target)
    try:
        try:
            yield descriptor
            os.fsync(descriptor)
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
            raise
        _sync_folder(target.parent)
    finally:
        os.close(descriptor)


def _create(target: Path) -> tuple[int, Path]:
    while True:
        temporary = target.with_name(f"{_prefix(target)}{secrets.token_hex(_TOKEN_BYTES)}{_SUFFIX}")
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        try:
            if _lock(descriptor, wait=True) and _is_at(descriptor, temporary):
                return descriptor, temporary
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
            os.close(descriptor)
            raise
        os.close(descriptor)  # another save took it for a leftover before it was locked


def _remove_leftovers(target: Path) -> None:
    if sys.platform == "win32":
        return
    prefix = _prefix(target)
    for name in os.listdir(target.parent):  # noqa: PTH208  # names alone are needed, of perhaps many
        if name.startswith(prefix) and name.endswith(_SUFFIX) and len(name) == _length(prefix):
            # It may be gone by now, or belong to someone else; then it is not ours to remove.
            with contextlib.suppress(OSError):
                _remove_leftover(target.with_name(name))


def _remove_leftover(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if _lock(descriptor, wait=False) and _is_at(descriptor, path):
            path.unlink()
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in (
            errno.ENOTSUP,
            errno.ENOLCK,
            errno.ENOSYS,
        ):  # a file system without locks: nothing is removed
            return wait
        raise
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _prefix(target: Path) -> str:
    # A name may have 255 bytes; two targets that share a prefix and differ later are told apart by nothing but locks.
    return f".{target.name.encode()[:200].decode(errors='ignore')}."


def _length(prefix: str) -> int:
    return len(prefix) + 2 * _TOKEN_BYTES + len(_SUFFIX)


def require_room(folder: str | os.PathLike[str], size: int) -> None:
    """Refuse to write about `size` bytes to a file system that has fewer.

    Raises:
        OSError: there is no room, or no such folder.
    """
    free = shutil.disk_usage(folder).free
    if free < size:
        raise OSError(errno.ENOSPC, f"the archive needs {size} bytes, {free} are free", str(folder))


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
