"""The mypy plugin: `plugins = neuraltypes_mypy` in mypy's configuration.

This module imports nothing when mypy reads it as a stub of itself, so that a checked project does not pull in mypy's
own sources; the plugin lies in `neuraltypes_mypy._plugin`.
"""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path
from typing import Any

__all__ = ["plugin"]


def _digest() -> str:
    """A digest of all that decides what the plugin says. mypy keeps results as long as `__version__` stays the same."""
    here = Path(__file__).parent
    folders = (here, here.parent / "neuraltypes", here.parent.parent / "stubs")
    sources = sorted(path for folder in folders for path in folder.rglob("*.py*") if path.suffix in (".py", ".pyi"))
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


__version__ = _digest()


def plugin(version: str) -> type[Any]:  # noqa: ARG001 - mypy passes its version to every plugin
    """The plugin class, the same for every version of mypy."""
    found: type[Any] = importlib.import_module("neuraltypes_mypy._plugin").NeuralTypesPlugin
    return found
