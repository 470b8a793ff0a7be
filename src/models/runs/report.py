"""`neuraltypes report RUN [RUN ...]`: what a run was, its metrics in numbers and curves, and how runs differ."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.runs._draw import Range, draw, sparkline
from models.runs._files import FOLDER, PATCH
from models.runs._logs import Series
from models.runs._read import Run, flattened, read_run, record_folder
from neuraltypes.archive._inspect import printable, size_text

_HEIGHT, _SPARK = 6, 24
_WIDEST_PLOT, _WIDEST_CELL = 100, 48
_TITLES: tuple[str, ...] = ("values", "last", "at step", "lowest", "at step", "highest", "at step")
_NAMED_VERSIONS = ("python", "torch", "pytorch-lightning", "neuraltypes")


def report(
    paths: Sequence[str],
    *,
    metrics: Sequence[str] = (),
    png: str | None = None,
    curves: bool = True,
    width: int = 80,
    is_ascii: bool = False,
) -> tuple[list[str], list[str]]:
    """The lines of a report of one run, or of several beside each other, and warnings of what could not be read.

    Args:
        paths: the folders of the runs.
        metrics: patterns (`val/*`) of the metrics to show; by default all.
        png: a file or a folder for pictures of the curves.
        curves: whether curves are among the lines.
        width: of the terminal, in letters.
        is_ascii: whether the lines are to have no other letters.

    Raises:
        FileNotFoundError: a folder is not there, or holds no run; or no metric fits the patterns.
        ImportError: what is needed to read the logs or to draw is not installed.
    """
    runs = [read_run(path) for path in paths]
    names = _chosen(runs, metrics)
    lines = _of_one(runs[0], names) if len(runs) == 1 else _of_several(runs, names, is_ascii=is_ascii)
    if curves and len(runs) == 1:
        for name in names:
            if len(runs[0].metrics[name].finite()) > 1:
                plot = draw(runs[0].metrics[name], width=min(width, _WIDEST_PLOT), height=_HEIGHT, is_ascii=is_ascii)
                lines += ["", name, *plot]
    if png is not None:
        from models.runs._pictures import save_pictures

        lines += ["", *(f"picture: {path}" for path in save_pictures(runs, names, png))]
    warnings = [printable(f"warning: {text}") for run in runs for text in run.warnings]
    return [printable(line) for line in lines], warnings


def _chosen(runs: Sequence[Run], patterns: Sequence[str]) -> list[str]:
    names = sorted({name for run in runs for name in run.metrics})
    if not patterns:
        return names
    found = [name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
    if not found:
        known = f"; there are {', '.join(names)}" if names else ""
        raise FileNotFoundError(f"no metric is called {' or '.join(patterns)}{known}")
    return found


def _of_one(run: Run, names: Sequence[str]) -> list[str]:
    rows = [("metric", *_TITLES)]
    rows += [(name, *_numbers(run.metrics[name])) for name in names]
    metrics = _table(rows) if names else ["no metrics were logged"]
    return [run.name, *(f"  {line}" for line in _header(run)), "", *metrics]


def _of_several(runs: Sequence[Run], names: Sequence[str], *, is_ascii: bool) -> list[str]:
    lines = []
    for number, run in enumerate(runs, 1):
        lines += [f"[{number}] {run.name}", f"    {_outcome(run.record)}"]
    titles = [f"[{number}]" for number in range(1, len(runs) + 1)]
    differences = _differences(runs)
    lines += [
        "",
        *(
            _table([("differs", *titles), *differences], left=range(len(runs) + 1))
            if differences
            else ["no difference is recorded"]
        ),
    ]
    for name in names:
        shared = _range(runs, name)
        rows = [(name, *_TITLES, "")]
        for title, run in zip(titles, runs, strict=True):
            series = run.metrics.get(name, Series())
            spark = sparkline(series, shared, width=_SPARK, is_ascii=is_ascii)
            rows.append((title, *_numbers(series), spark))
        lines += ["", *_table(rows, left=(0, len(rows[0]) - 1))]
    return lines


def _numbers(series: Series) -> tuple[str, ...]:
    """Count, last, lowest and highest value, each with its step."""
    if not series.values:
        return ("0", *["-"] * 6)
    last = _number(series.values[-1]), str(series.steps[-1])
    points = series.finite()
    if not points:
        return (str(len(series.values)), *last, *["-"] * 4)
    low, high = (choose(points, key=lambda point: point[1]) for choose in (min, max))
    return (str(len(series.values)), *last, _number(low[1]), str(low[0]), _number(high[1]), str(high[0]))


def _range(runs: Sequence[Run], name: str) -> Range:
    values = [value for run in runs if name in run.metrics for _, value in run.metrics[name].finite()]
    return Range(min(values), max(values)) if values else Range(0.0, 0.0)


def _header(run: Run) -> Iterator[str]:
    record = run.record
    if not record:
        yield "record    none: only the logs are known"
        return
    yield f"outcome   {_outcome(record)}"
    for note in _of(record, "error").get("notes") or []:
        yield f"          {note}"
    yield f"command   {' '.join(map(str, record.get('command') or []))}"
    folder = record_folder(run.folder)
    yield f"config    {str(record.get('config_sha256'))[:12]}  {folder}"
    seed = _of(record, "seed")
    workers = ", workers too" if seed.get("workers") else ""
    is_set = seed.get("seed") is not None
    yield f"seed      {seed['seed']}{workers}" if is_set else "seed      none was set: no run is the same again"
    versions = _of(record, "versions")
    yield f"versions  {', '.join(f'{name} {versions[name]}' for name in _NAMED_VERSIONS if name in versions)}"
    training, machine = _of(record, "training"), _of(record, "machine")
    devices = ", ".join(map(str, machine.get("devices") or [])) or "no GPU"
    processes = training.get("world_size")
    many = f"{processes} process{'es' if processes != 1 else ''}"
    yield f"machine   {machine.get('platform')}, {devices}, {many}, threads: {machine.get('threads')}"
    if resumed := _of(record, "resumed"):
        yield f"resumed   at step {resumed.get('global_step')} from {resumed.get('from')}"
    yield from _git_lines(_of(record, "git"))
    for best in record.get("best") or []:
        if isinstance(best, dict) and best.get("monitor"):
            yield f"best      {best['monitor']} {best.get('score')} ({best.get('mode')}): {best.get('path')}"


def _git_lines(git: Mapping[str, Any]) -> Iterator[str]:
    if git.get("problem"):
        yield f"git       {git['problem']}"
    for found in git.get("repositories") or []:
        size = found.get("patch_bytes") or 0
        cut = "" if found.get("patch_complete") else ", cut off"
        changes = f", changed ({FOLDER}/{PATCH}, {size_text(size)}{cut})" if size else ""
        count = found.get("untracked_files") or 0
        new = f", {count} untracked file{'s' if count > 1 else ''}" if count else ""
        commit = str(found.get("commit"))[:12] if found.get("commit") else "no commit"
        yield f"git       {commit} on {found.get('branch') or 'no branch'}{changes}{new}"


def _outcome(record: Mapping[str, Any]) -> str:
    if not record:
        return "no record"
    outcome, error = str(record.get("outcome")), _of(record, "error")
    if error:
        kind = f"{error['type']}: " if error.get("type") else ""
        rank = f" (on rank {error['rank']})" if _of(record, "training").get("world_size", 1) != 1 else ""
        outcome += f" with {kind}{str(error.get('message')).partition(chr(10))[0]}{rank}"
    if "seconds" in record:
        outcome += (
            f" after {_duration(record['seconds'])}, epoch {record.get('epoch')}, step {record.get('global_step')}"
        )
    elif outcome == "running":
        outcome = "no end is recorded: it is running, or was killed"
    return f"{outcome} (started {record.get('started')})"


def _differences(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    """What was recorded differently: config, seed, versions, commit and processes."""
    known = [dict(run.config) | dict(_known(run.record)) for run in runs]
    keys = dict.fromkeys(key for values in known for key in values)
    rows = [(key, *(_shown(values.get(key, _ABSENT)) for values in known)) for key in keys]
    return [row for row in rows if len(set(row[1:])) > 1]


def _known(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("versions", "training"):
        yield from flattened(_of(record, name), f"record.{name}")
    if record:
        yield "record.threads", _of(record, "machine").get("threads")
        yield "record.seed", _of(record, "seed").get("seed")
    for found in _of(record, "git").get("repositories") or []:
        changed = " with changes" if found.get("patch_bytes") else ""
        yield "record.git", f"{str(found.get('commit'))[:12]}{changed}"


class _Absent:
    """Stands for a key that a run's config does not have."""


_ABSENT = _Absent()


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "-"
    text = "null" if value is None else str(value)
    return text if len(text) <= _WIDEST_CELL else f"{text[: _WIDEST_CELL - 3]}..."


def _of(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of a record, which may be damaged."""
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else str(value)


def _duration(seconds: Any) -> str:
    if not isinstance(seconds, int | float):
        return str(seconds)
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def _table(rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> list[str]:
    """Rows in columns, numbers to the right of theirs and the columns `left` to the left."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        both = enumerate(zip(row, widths, strict=True))
        cells = [cell.ljust(width) if number in left else cell.rjust(width) for number, (cell, width) in both]
        lines.append("  ".join(cells).rstrip())
    return lines
