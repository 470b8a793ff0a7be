"""Errors of the layer that models are built on."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

__all__ = ["ConfigError"]


class ConfigError(ValueError):
    """A configuration that does not fit; `place` is the path of the key (`"optim.lr"`), and the message names it."""

    def __init__(self, message: str, *, place: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), str(self), self.place)


def nearest(name: str, known: list[str]) -> str:
    """The end of a message: the nearest known name, or all of them if they are few."""
    if close := get_close_matches(name, known, 1):
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(sorted(known))}" if 0 < len(known) <= 20 else ""


def _rebuild(cls: type[ConfigError], message: str, place: str) -> ConfigError:
    error = cls(message)
    error.place = place
    return error
