"""Errors of the layer that models are built on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from neuraltypes._spelling import hint
from neuraltypes.config.errors import ConfigError

__all__ = ["CheckpointError", "ConfigError"]

Error = TypeVar("Error", bound=Exception)


class CheckpointError(ValueError):
    """A checkpoint that cannot be written without pickling, or that is malformed."""


def rebuilt(cls: type[Error], args: tuple[Any, ...], state: dict[str, Any]) -> Error:
    """An error as it was pickled, whatever its constructor takes."""
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


def nearest_or_known(name: str, known: Iterable[str]) -> str:
    """The end of a message: the nearest known name, or all of them if they are few."""
    names = list(known)
    return hint(name, names) or (f"; known are {', '.join(sorted(names))}" if 0 < len(names) <= 20 else "")
