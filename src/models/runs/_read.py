"""A run, read from its folder: its record, its config and its logs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.runs._files import CONFIG, FOLDER, HPARAMS, RECORD, RESOLVED
from models.runs._logs import Series, has_logs, read_logs

_MOST_NAMES = 8


@dataclass(frozen=True)
class Run:
    """What is known of a run; `record` is empty where none was written, `config` has the keys of all levels."""

    name: str
    folder: Path
    record: Mapping[str, Any]
    config: Mapping[str, Any]
    metrics: Mapping[str, Series]
    warnings: tuple[str, ...] = ()


def read_run(path: str) -> Run:
    """The run in a folder.

    Raises:
        FileNotFoundError: there is no such folder, or no run in it.
        ImportError: what its logs are read with is not installed.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise FileNotFoundError(f"no such folder: {path}")
    records = _records(folder)
    if not records and not has_logs(folder):
        raise FileNotFoundError(
            f"{path} holds no run: no record, metrics.csv or events of TensorBoard{_others(folder)}"
        )
    warnings: list[str] = []
    record = _read_json(records[-1] / RECORD, warnings) if records else {}
    logs = read_logs(folder)
    config = _read_config(folder, records[-1] if records else None, warnings)
    return Run(path, folder, record, config, logs.metrics, (*warnings, *logs.warnings))


def record_folder(run: Path) -> Path | None:
    """Where the last record of a run is."""
    return next(iter(reversed(_records(run))), None)


def flattened(config: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a config by the paths of their keys, as `key=value` would name them."""
    if isinstance(config, Mapping) and config:
        for key, value in config.items():
            yield from flattened(value, f"{place}.{key}" if place else str(key))
    elif isinstance(config, list) and any(isinstance(item, list | dict) for item in config):
        for number, value in enumerate(config):
            yield from flattened(value, f"{place}[{number}]")
    else:
        yield place, config


def _records(run: Path) -> list[Path]:
    found = {}
    for path in run.glob(f"{FOLDER}*"):
        if (match := re.fullmatch(rf"{FOLDER}(?:-(\d+))?", path.name)) and path.is_dir():
            found[int(match[1] or 1)] = path
    return [found[number] for number in sorted(found)]


def _read_json(path: Path, warnings: list[str]) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        warnings.append(f"{path} cannot be read: {error}")
        return {}
    return found if isinstance(found, dict) else {}


def _read_config(run: Path, record: Path | None, warnings: list[str]) -> dict[str, Any]:
    """The recorded values, or what Lightning keeps of the hyperparameters."""
    paths = [run / HPARAMS] if record is None else [record / RESOLVED, record / CONFIG]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return {}
    import yaml  # type: ignore[import-untyped]

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        warnings.append(f"{path} cannot be read: {str(error).splitlines()[0]}")
        return {}
    return dict(flattened(found)) if isinstance(found, dict) else {}


def _others(folder: Path) -> str:
    """The runs below a folder, for the message that it is none itself."""
    below = sorted(path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.is_dir())
    runs = [str(path) for path in below if has_logs(path) or _records(path)]
    if not runs:
        return ""
    more = f" and {len(runs) - _MOST_NAMES} more" if len(runs) > _MOST_NAMES else ""
    return f"; there are runs in {', '.join(runs[:_MOST_NAMES])}{more}"
