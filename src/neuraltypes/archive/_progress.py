"""A bar for what takes longer than a moment, for people at a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Advance: TypeAlias = Callable[[int], object]

_DELAY = 2.0  # seconds without a bar
_SMALL = 1 << 28  # bytes that take less than that


@contextmanager
def progress(what: str, total: int, *, wanted: bool) -> Iterator[Advance]:
    """A function to call with numbers of bytes that are done, of `total`.

    A bar is shown on standard error if that is a terminal, tqdm is installed, and it takes a few seconds; of several
    processes of one training, by the first.
    """
    bar = _bar(what, total) if wanted and total >= _SMALL and _is_watched() else None
    if bar is None:
        yield _ignore
        return
    with bar:
        yield bar.update


def _is_watched() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("LOCAL_RANK", "0") == "0"


def _bar(what: str, total: int) -> Any:
    try:
        from tqdm import tqdm  # type: ignore[import-untyped]
    except ImportError:
        return None
    return tqdm(total=total, desc=what, unit="B", unit_scale=True, delay=_DELAY, leave=False, file=sys.stderr)


def _ignore(_: int) -> None:
    pass
