"""Curves of runs as PNGs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.runs._read import Run

_ACROSS = 2


def save_pictures(runs: Sequence[Run], names: Sequence[str], target: str) -> list[Path]:
    """Draw metrics over the steps, a line for each run: into one file that ends in `.png`, or into a folder of them.

    Raises:
        ImportError: matplotlib is not installed.
        OSError: a file cannot be written.
    """
    path = Path(target)
    if path.suffix.lower() == ".png":
        return [_save(runs, names, path)] if names else []
    return [_save(runs, [name], path / f"{stem}.png") for name, stem in zip(names, _stems(names), strict=True)]


def _stems(names: Sequence[str]) -> list[str]:
    """Names of files for metrics, each another one whatever the case of letters."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        stem = base = re.sub(r"[^\w.=+-]+", "_", name).strip(".") or "metric"
        number = 1
        while stem.lower() in taken:
            number += 1
            stem = f"{base}-{number}"
        taken.add(stem.lower())
        found.append(stem)
    return found


def _save(runs: Sequence[Run], names: Sequence[str], path: Path) -> Path:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("pictures need matplotlib: pip install 'neuraltypes[models]'") from None
    across = min(_ACROSS, len(names))
    down = -(-len(names) // across)
    figure = Figure(figsize=(6.5 * across, 3.6 * down), layout="constrained")
    FigureCanvasAgg(figure)
    for number, name in enumerate(names, 1):
        _draw(figure.add_subplot(down, across, number), runs, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    return path


def _draw(axes: Any, runs: Sequence[Run], name: str) -> None:
    for run in runs:
        if name not in run.metrics:
            continue
        points = run.metrics[name].finite()
        marker = "o" if len(points) < 20 else None
        axes.plot(*zip(*points, strict=True) if points else ((), ()), label=run.name, marker=marker, linewidth=1)
    axes.set(xlabel="step", title=name)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.title.set_parse_math(False)
    if len(runs) > 1:
        for text in axes.legend(fontsize="small").get_texts():
            text.set_parse_math(False)
