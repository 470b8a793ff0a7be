"""Reading and writing at a place of a file, also where the system has no call for it (Windows)."""

from __future__ import annotations

import os
import threading

_lock = threading.Lock()  # between going to a place and what is done there


def read_at(descriptor: int, buffer: memoryview, offset: int) -> int:
    """Fill a flat buffer from `offset` on, perhaps not to its end, and give how many bytes; 0 at the file's end."""
    if hasattr(os, "preadv"):
        return os.preadv(descriptor, [buffer], offset)
    with _lock:
        os.lseek(descriptor, offset, os.SEEK_SET)
        data = os.read(descriptor, len(buffer))
    buffer[: len(data)] = data
    return len(data)


def write_at(descriptor: int, data: memoryview, offset: int) -> int:
    """Write flat data to `offset`, perhaps not all of it, and give the number of bytes."""
    if hasattr(os, "pwrite"):
        return os.pwrite(descriptor, data, offset)
    with _lock:
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.write(descriptor, data)
