"""Fuzz the reading of archives with atheris: `make fuzz`, or `python -m tests.archive.fuzz` and libFuzzer's options.

An input is a byte that says what the rest is: a whole file, or a member of an archive that is put together around it
with digests that agree, for hardly any change of a whole file gets further than to its checksums. Whatever it is,
nothing but an `ArchiveError` may come of it, within 100 ms of CPU time (`NEURALTYPES_FUZZ_SECONDS_PER_INPUT`, on a
machine that does other things, too) and 16 MiB.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _atheris() -> Any:
    try:
        return importlib.import_module("atheris")
    except ImportError:
        sys.exit("atheris is not installed: pip install atheris, which has wheels for some versions of Python only")


# What is fuzzed is instrumented when it is imported, in this process alone.
with _atheris().instrument_imports(["neuraltypes.archive"]) if __name__ == "__main__" else contextlib.nullcontext():
    from neuraltypes.archive import Archive, ArchiveError, _manifest
    from neuraltypes.archive._inspect import as_text, describe
    from neuraltypes.archive._state import load_state
    from tests.archive import _build

SLOWEST = float(os.environ.get("NEURALTYPES_FUZZ_SECONDS_PER_INPUT", "0.1"))
LARGEST = 16 << 20
MEASURED = 50  # of so many inputs, the memory of one is measured, for that takes long

_HERE = Path(__file__).parent


class Target:
    """What atheris calls with each input."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "input.nt"
        self._members = _build.parts(_build.small_archive(folder / "valid.nt"))
        self._count = 0
        self._makers: list[Callable[[bytes], bytes]] = [_whole, *map(self._with, self._members)]

    def seeds(self) -> list[bytes]:
        """Inputs that are archives."""
        whole = [b"\0" + path.read_bytes() for path in (_HERE / "golden").iterdir()]
        return whole + [bytes([number]) + content for number, content in enumerate(self._members.values(), 1)]

    def __call__(self, data: bytes) -> None:
        """Read what the input stands for.

        Raises:
            AssertionError: it took too long, or too much memory.
        """
        if not data:
            return
        self._path.write_bytes(self._makers[data[0] % len(self._makers)](data[1:]))
        self._count += 1
        if self._seconds() >= SLOWEST:
            # Once may have reasons that lie elsewhere; four times are not by chance.
            assert min(self._seconds() for _ in range(3)) < SLOWEST, "too slow"
        if self._count % MEASURED == 0:
            assert self._memory() < LARGEST, "too much memory"

    def _with(self, name: str) -> Callable[[bytes], bytes]:
        if name == _manifest.MANIFEST:  # it would be written anew, with the digests
            return lambda data: _build.container(list((self._members | {name: data}).items()))
        return lambda data: _build.reassembled(self._members | {name: data})

    def _seconds(self) -> float:
        start = time.thread_time()
        _read(self._path)
        return time.thread_time() - start

    def _memory(self) -> int:
        tracemalloc.start()
        try:
            _read(self._path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def _whole(data: bytes) -> bytes:
    return data


def _read(path: Path) -> None:
    """Everything that is done without torch, and what the class of a model is not needed for with it."""
    with contextlib.suppress(ArchiveError):
        _build.read_all(path)
        with Archive.open(path) as archive:
            as_text(describe(archive))
            load_state(archive)


def main() -> None:
    """Fuzz until an input fails, or as long as libFuzzer's arguments say."""
    atheris = _atheris()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = Target(folder)
        (folder / "corpus").mkdir()
        for number, seed in enumerate(target.seeds()):
            (folder / "corpus" / f"seed{number}").write_bytes(seed)
        arguments = [sys.argv[0], str(folder / "corpus"), "-max_len=20000", "-timeout=20", *sys.argv[1:]]
        atheris.Setup(arguments, target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
