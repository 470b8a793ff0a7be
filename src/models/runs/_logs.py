"""The metrics of a run, read from what Lightning's loggers wrote."""

from __future__ import annotations

import csv
import logging
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from models.runs._files import EVENTS, METRICS

_STEP, _EPOCH = "step", "epoch"
_FRAME = 16  # bytes of length and checksums around each event


@dataclass(slots=True)
class Series:
    """The values of a metric, in the order in which they were logged, each with its step."""

    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, step: int, value: float) -> None:
        """Append a value."""
        self.steps.append(step)
        self.values.append(value)

    def finite(self) -> list[tuple[int, float]]:
        """Steps and values without those that are no numbers."""
        return [(step, value) for step, value in zip(self.steps, self.values, strict=True) if math.isfinite(value)]


@dataclass(frozen=True, slots=True)
class Logs:
    """The metrics by name, and what could not be read."""

    metrics: dict[str, Series] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def has_logs(folder: Path) -> bool:
    """Whether a logger wrote into the folder."""
    return (folder / METRICS).is_file() or any(folder.glob(EVENTS))


def read_logs(folder: Path) -> Logs:
    """What `CSVLogger` wrote, or where there is nothing of it, `TensorBoardLogger`; they are given the same.

    Raises:
        OSError: a file cannot be read.
        ImportError: there are TensorBoard's files only, and it is not installed.
    """
    if (folder / METRICS).is_file():
        return _read_csv(folder / METRICS)
    files = sorted(folder.glob(EVENTS))
    return _read_events(files) if files else Logs()


def _read_csv(path: Path) -> Logs:
    """Lines that have other fields than the header, or what is no number in them, are left out and counted."""
    metrics: dict[str, Series] = {}
    damaged = []
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        lines = csv.reader(line.replace("\0", "\ufffd") for line in file)
        names = next(lines, [])
        if names and _STEP not in names:
            return Logs({}, (f'{path}: its first line names no "{_STEP}"; nothing is read of it',))
        for fields in lines:
            try:
                found = dict(zip(names, fields, strict=True))
                step = int(found[_STEP])
                values = {name: float(text) for name, text in found.items() if text and name not in (_STEP, _EPOCH)}
            except ValueError:
                damaged.append(lines.line_num)
                continue
            for name, value in values.items():
                metrics.setdefault(name, Series()).add(step, value)
    return Logs(dict(sorted(metrics.items())), _said(path, damaged))


def _said(path: Path, damaged: list[int]) -> tuple[str, ...]:
    if not damaged:
        return ()
    lines = f"{len(damaged)} damaged line{'s' if len(damaged) > 1 else ''}"
    return (f"{path}: {lines} left out (the first is line {damaged[0]})",)


def _read_events(files: Iterable[Path]) -> Logs:
    try:
        from tensorboard.backend.event_processing.event_file_loader import (  # type: ignore[import-untyped]
            RawEventFileLoader,
        )
        from tensorboard.compat.proto.event_pb2 import Event  # type: ignore[import-untyped]
    except ImportError:
        raise ImportError("the run has logs of TensorBoard only, which `pip install tensorboard` reads") from None
    metrics: dict[str, Series] = {}
    warnings = []
    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    for path in files:
        size, read = path.stat().st_size, 0
        for content in RawEventFileLoader(str(path)).Load():  # it stops where a file is damaged, without a word
            event = Event.FromString(content)
            read += len(content) + _FRAME
            for name, value in _scalars(event):
                metrics.setdefault(name, Series()).add(event.step, value)
        if read < size:
            warnings.append(f"{path}: damaged, read as far as byte {read} of {size}")
    return Logs(dict(sorted(metrics.items())), tuple(warnings))


def _scalars(event: object) -> Iterator[tuple[str, float]]:
    summary = getattr(event, "summary", None)
    for value in getattr(summary, "value", ()):
        if value.WhichOneof("value") == "simple_value" and value.tag != _EPOCH:
            yield value.tag, value.simple_value
