"""What the caller of an import names: files of names and configs, and a class."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

from neuraltypes._archivable import Archivable
from neuraltypes.archive import _json
from neuraltypes.archive.errors import ClassNotFoundError, ContentError
from neuraltypes.archive.importing._yaml import decode_yaml


def read_mapping(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The object in a JSON file, or in a YAML file by any other name.

    Raises:
        ArchiveError: it is malformed, or no object.
        OSError: it cannot be read.
    """
    place, text = os.fspath(path), Path(path).read_bytes()
    is_json = place.lower().endswith(".json")
    found = _json.decode_loosely(text, place, _json.TABLE_LIMITS) if is_json else decode_yaml(text, place)
    if not isinstance(found, dict):
        raise ContentError(f"{place} holds no object", path=place)
    return found


def class_at(place: str) -> type[Archivable]:
    """The class that `package.module:Class` names, imported as `python -m` would, from the current folder too.

    Raises:
        ClassNotFoundError: there is no such module or class, or it has no `restore_from`.
    """
    module, _, name = place.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module) if name else None
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise ClassNotFoundError(f"{place}: {error}; expected package.module:Class", name=place) from None
    if not isinstance(found, type) or not issubclass(found, Archivable):
        raise ClassNotFoundError(f"{place} is no NeuralModule", name=place)
    return found
