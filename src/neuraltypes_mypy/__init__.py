"""The mypy plugin: `plugins = neuraltypes_mypy` in mypy's configuration.

This module imports nothing when mypy reads it as a stub of itself, so that a checked project does not pull in mypy's
own sources; the plugin lies in `neuraltypes_mypy._plugin`.
"""

from __future__ import annotations

import importlib
import os
import zlib
from typing import Any

__all__ = ["plugin"]


def _digest() -> str:
    """A digest of all that decides what the plugin says. mypy keeps results as long as `__version__` stays the same."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - at every start of mypy, a warm one too
    above = os.path.dirname(here)  # noqa: PTH120
    digest = 0
    for top in (here, f"{above}/neuraltypes", f"{above}/../stubs"):
        for folder, inside, names in os.walk(top):
            inside.sort()
            for name in sorted(names):
                if name.endswith((".py", ".pyi")):
                    with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123
                        text = file.read()
                    digest = zlib.crc32(f"{folder[len(top) :]}/{name} {len(text)} ".encode() + text, digest)
    return f"{digest:08x}"


_known: list[str] = []  # the digest of what this process has loaded
_asked: list[bool] = []


def version() -> str:
    """What decides what the plugin of this process says; read once."""
    if not _known:
        _known.append(_digest())
    return _known[0]


def __getattr__(name: str) -> str:
    """`__version__`, by which mypy's daemon asks again before each run whether it must be started anew.

    So it says what lies there now, and whether the project's options and stubs are those that this process has read.
    """
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not _asked:
        _asked.append(True)
        return version()
    changed = importlib.import_module("neuraltypes_mypy.base._options").has_changed()
    return f"{_digest()}+changed" if changed else _digest()


def plugin(version: str) -> type[Any]:  # noqa: ARG001 - mypy passes its version to every plugin
    """The plugin class, the same for every version of mypy."""
    found: type[Any] = importlib.import_module("neuraltypes_mypy._plugin").NeuralTypesPlugin
    return found
