"""The plugin's options: `[tool.neuraltypes]` in the `pyproject.toml` of the folder that mypy runs in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from mypy.errors import CompileError


@dataclass(frozen=True, slots=True)
class PluginOptions:
    """What a project may choose.

    `report_untracked` adds a note where the type of a tensor is not known any more.
    """

    report_untracked: bool = False

    def as_data(self) -> dict[str, Any]:
        """As mypy keeps it with its cache: other options, other results."""
        return asdict(self)


def read_options(folder: Path) -> PluginOptions:
    """The options of the project in `folder`.

    Raises:
        CompileError: a key is unknown or its value is of the wrong type; mypy prints that and stops.
    """
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return PluginOptions()
    if "neuraltypes" not in text:
        return PluginOptions()
    return _read_table(text)


def _read_table(text: str) -> PluginOptions:
    import difflib
    import tomllib

    try:
        table = tomllib.loads(text).get("tool", {}).get("neuraltypes", {})
    except tomllib.TOMLDecodeError:
        return PluginOptions()  # mypy itself says that it cannot read the file
    if not isinstance(table, dict):
        raise _wrong(f"is {table!r}, expected a table")
    known = {field.name for field in fields(PluginOptions)}
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise _wrong(f'has no key "{key}"; did you mean "{near[0] if near else min(known)}"?')
        if not isinstance(value, bool):
            raise _wrong(f"{key} is {value!r}, expected true or false")
    return PluginOptions(**table)


def _wrong(reason: str) -> CompileError:
    return CompileError([f"pyproject.toml: error: [tool.neuraltypes] {reason}"])
