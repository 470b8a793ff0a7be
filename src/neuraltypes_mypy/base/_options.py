"""The plugin's options: `[tool.neuraltypes]` in the `pyproject.toml` of the folder that mypy runs in."""

from __future__ import annotations

import importlib.util
import re
import zlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from mypy.errors import CompileError

_first: Final[list[dict[str, Any]]] = []
_IMPORT: Final = rb"(?m)^[ \t]*(?:from|import)[ \t]+\.*([\w.]*)(?:[ \t]+import[ \t]+\(?([\w, ]+))?"


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
    """A digest of stubs, of the computed rules that they name by module, and of the modules beside those."""
    digest = 0
    modules: set[str] = set()
    for folder in folders:
        for path in sorted(file for file in folder.rglob("*.pyi") if not file.is_dir()):
            text = _read(path)
            digest = zlib.crc32(f"{path.relative_to(folder)} ".encode() + text, digest)
            modules |= {name.decode() for name in re.findall(rb'@computed\("([\w.]+):', text)}
    for _, text in sorted(_sources(modules).items()):
        digest = zlib.crc32(text, digest)
    return f"{digest:08x}"


def _read(path: Path) -> bytes:
    """What a file holds, which must be text.

    Raises:
        CompileError: it cannot be read.
    """
    try:
        text = path.read_bytes()
        text.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(f"stubs: {path} cannot be read: {error}") from None
    return text


def _sources(modules: set[str]) -> dict[Path, bytes]:
    """The sources of computed rules, and of what they import that lies beside them, by file."""
    found: dict[Path, bytes] = {}
    waiting = {path for name in modules if (path := _source_of(name)) is not None}
    while waiting:
        path = waiting.pop()
        found[path] = path.read_bytes()
        for module, names in re.findall(_IMPORT, found[path]):
            words = [module, *(b".".join((module, name)) for name in re.findall(rb"\w+", names))]
            waiting |= {file for word in words for file in _beside(path, word.decode().strip("."))} - found.keys()
    return found


def _beside(path: Path, module: str) -> list[Path]:
    """The file of a module, seen from the folder of a file or from those above that are packages."""
    folders = [path.parent]
    while (folders[-1] / "__init__.py").is_file():
        folders.append(folders[-1].parent)
    named = [folder.joinpath(*module.split(".")) for folder in folders if module and folder.name != "site-packages"]
    return [file for one in named for file in (one.with_name(f"{one.name}.py"), one / "__init__.py") if file.is_file()]


def _source_of(module: str) -> Path | None:
    """Where the source of a module lies; None where there is none, which is said where its rule is needed."""
    try:
        spec = importlib.util.find_spec(module)
    except Exception:  # noqa: BLE001 - it imports the packages around the module, which are the user's
        return None
    origin = None if spec is None or spec.origin is None else Path(spec.origin)
    return origin if origin is not None and origin.suffix == ".py" and origin.is_file() else None


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


def as_read(data: dict[str, Any]) -> dict[str, Any]:
    """Options as the cache depends on them; the first that this process reads are remembered."""
    if not _first:
        _first.append(data)
    return data


def has_changed() -> bool:
    """Whether the options, stubs or rules of the project are others than the first that this process has read."""
    try:
        return bool(_first) and read_options(Path.cwd()).as_data() != _first[0]
    except CompileError:
        return True


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
