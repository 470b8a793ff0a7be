"""Sums of bytes in helper threads, which end before the caller goes on, whatever happens."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from neuraltypes.archive._sums import Summing, Sums

MAX_THREADS = 8
_SLICE = 4 << 20  # bytes between two looks at whether to stop


class Hashers:
    """Threads that compute sums; on leaving the block they have ended, soon where it is left by an exception."""

    def __init__(self, threads: int | None = None) -> None:
        self._stop = threading.Event()
        self.threads = threads or min(MAX_THREADS, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(self.threads, "neuraltypes-archive")

    def submit(self, pieces: Iterable[bytes | memoryview], *, crc: bool = True) -> Future[Sums]:
        """The sums of all pieces together, to be; their memory must not change until they are there."""
        return self._pool.submit(self._sums, pieces, crc)

    def _sums(self, pieces: Iterable[bytes | memoryview], crc: bool) -> Sums:  # handed on by a pool
        summing = Summing(crc=crc)
        for piece in pieces:
            view = memoryview(piece)
            for start in range(0, len(view), _SLICE):
                if self._stop.is_set():
                    raise CancelledError
                summing.update(view[start : start + _SLICE])
        return summing.sums

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stop.set()
        try:
            self._pool.shutdown(wait=True, cancel_futures=kind is not None)
        except BaseException:  # Ctrl-C while waiting
            self._stop.set()
            self._pool.shutdown(wait=True, cancel_futures=True)
            raise
