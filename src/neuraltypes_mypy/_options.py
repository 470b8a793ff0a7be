"""The plugin's options: `[tool.neuraltypes]` in the `pyproject.toml` of the folder that mypy runs in."""

from __future__ import annotations

import importlib.util
import re
import zlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from mypy.errors import CompileError


@dataclass(frozen=True, slots=True)
class PluginOptions:
    """What a project may choose.

    `report_untracked` adds a note where the type of a tensor is not known any more. `stubs` are folders with shape
    stubs of the project's own, seen from the folder that mypy runs in.
    """

    report_untracked: bool = False
    stubs: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As mypy keeps it with its cache: other options, other results."""
        return {**asdict(self), "stubs": list(self.stubs), "digest": _digest(self.stub_folders())}

    def stub_folders(self) -> list[Path]:
        """The folders with the project's shape stubs."""
        return [Path.cwd() / folder for folder in self.stubs]


def _digest(folders: list[Path]) -> str:
    """A digest of stubs and of the computed rules that they name by module."""
    digest = 0
    modules: set[str] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*.pyi")):
            text = path.read_bytes()
            digest = zlib.crc32(f"{path.relative_to(folder)} ".encode() + text, digest)
            modules |= {name.decode() for name in re.findall(rb'@computed\("([\w.]+):', text)}
    for module in sorted(modules):
        spec = importlib.util.find_spec(module)
        if spec is not None and spec.origin is not None:
            digest = zlib.crc32(Path(spec.origin).read_bytes(), digest)
    return f"{digest:08x}"


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
    import tomllib

    from neuraltypes._spelling import nearest  # which few configurations need

    try:
        table = tomllib.loads(text).get("tool", {}).get("neuraltypes", {})
    except tomllib.TOMLDecodeError:
        return PluginOptions()  # mypy itself says that it cannot read the file
    if not isinstance(table, dict):
        raise _wrong(f"is {table!r}, expected a table")
    known = {field.name for field in fields(PluginOptions)}
    for key, value in table.items():
        if key not in known:
            raise _wrong(f'has no key "{key}"; did you mean "{nearest(key, known) or min(known)}"?')
        if key == "stubs":
            _require_folders(value)
        elif not isinstance(value, bool):
            raise _wrong(f"{key} is {value!r}, expected true or false")
    return PluginOptions(**{**table, "stubs": tuple(table.get("stubs", ()))})


def _require_folders(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(f'stubs is {value!r}, expected a list of folders such as ["shapes"]')
    for item in value:
        if not Path(item).is_dir():
            raise _wrong(f'stubs: there is no folder "{item}" in {Path.cwd()}')


def _wrong(reason: str) -> CompileError:
    return CompileError([f"pyproject.toml: error: [tool.neuraltypes] {reason}"])
