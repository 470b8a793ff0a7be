"""Configs of other libraries as data: what they hold that is no data is left out and noted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from neuraltypes.archive._json import CONFIG_LIMITS
from neuraltypes.archive.errors import LimitError

_LEFT_OUT = object()
_SMALLEST, _LARGEST = -(1 << 63), (1 << 64) - 1


def as_data(value: Any, what: str) -> tuple[Any, list[str]]:
    """`value` as archives hold configs, and notes on what of it was left out. Keys become texts.

    Raises:
        LimitError: it is larger or deeper than a config may be.
    """
    reader = _Reader(what)
    data = reader.read(value, what, 0)
    return (None if data is _LEFT_OUT else data), reader.notes


def replaced(config: Any, change: Callable[[str, Any], Any], place: str = "") -> Any:
    """The config with each value that is no dict or list replaced by `change(place, value)`."""
    if isinstance(config, dict):
        return {key: replaced(value, change, f"{place}.{key}" if place else key) for key, value in config.items()}
    if isinstance(config, list):
        return [replaced(value, change, f"{place}.{number}") for number, value in enumerate(config)]
    return change(place, config)


def texts_of(config: Any) -> Iterator[str]:
    """Every text that is a value of a config."""
    found: list[str] = []
    replaced(config, lambda _, value: found.append(value) if isinstance(value, str) else None)
    return iter(found)


class _Reader:
    def __init__(self, what: str) -> None:
        self._what = what
        self._values = 0
        self.notes: list[str] = []

    def read(self, value: Any, place: str, depth: int) -> Any:
        self._values += 1
        if depth > CONFIG_LIMITS.depth - 2 or self._values > CONFIG_LIMITS.values:
            raise LimitError(f"{self._what} is larger or deeper than a config may be", part=self._what)
        if isinstance(value, Mapping):
            items = {str(key): self.read(item, f"{place}.{key}", depth + 1) for key, item in value.items()}
            return {key: item for key, item in items.items() if item is not _LEFT_OUT}
        if isinstance(value, list | tuple):
            items_ = [self.read(item, f"{place}[{number}]", depth + 1) for number, item in enumerate(value)]
            kept = [item for item in items_ if item is not _LEFT_OUT]
            return {"_tuple_": kept} if type(value) is tuple else kept
        return self._scalar(value, place)

    def _scalar(self, value: Any, place: str) -> Any:
        match value:
            case None | bool() | str():
                return value
            case int() if _SMALLEST <= value <= _LARGEST:
                return int(value)
            case float() if math.isfinite(value):
                return float(value)
            case torch.dtype():
                return {"_dtype_": str(value).removeprefix("torch.")}
        shown = repr(value) if isinstance(value, int | float) else f"a {type(value).__name__}"
        self.notes.append(f"{place} is {shown:.100}, which is no data of a config: left out")
        return _LEFT_OUT
