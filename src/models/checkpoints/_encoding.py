"""A checkpoint as JSON and tensors: every value keeps its type, and what has no encoding is refused by its place.

Numbers, texts, None, lists and dictionaries with text keys are written as they are. Everything else is an object with
one key that begins with `$`; so is a dictionary that has such a key itself.
"""

from __future__ import annotations

import base64
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import torch
from torch import Tensor

from models.errors import CheckpointError
from neuraltypes._classes import full_name

Json: TypeAlias = Any

_DEEPEST = 64
_NUMBERS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def encode(value: Any) -> tuple[Json, dict[str, Tensor]]:
    """JSON data, and the tensors that it refers to by name.

    Raises:
        CheckpointError: something has no encoding; every such place is named.
    """
    encoder = _Encoder()
    data = encoder.encode(value, "")
    if encoder.problems:
        listed = "\n".join(f"  {place}: {problem}" for place, problem in encoder.problems)
        raise CheckpointError(f"the checkpoint holds what is no data:\n{listed}")
    return data, encoder.tensors


def decode(data: Json, tensors: Mapping[str, Tensor]) -> Any:
    """What was encoded.

    Raises:
        CheckpointError: the data is malformed.
    """
    try:
        return _decode(data, tensors)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise CheckpointError(f"the checkpoint is malformed: {type(error).__name__}: {error}") from None


class _Encoder:
    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}
        self.problems: list[tuple[str, str]] = []

    def encode(self, value: Any, place: str, depth: int = 0) -> Json:
        kind = type(value)
        if depth > _DEEPEST:
            return self._refuse(place, "nested too deeply")
        if value is None or kind in (bool, int, str):
            return value
        if kind is float:
            return value if math.isfinite(value) else {"$float": str(value)}
        if isinstance(value, Tensor):
            return {"$tensor": self._name(place, value)}
        if kind in (list, tuple, set, frozenset, torch.Size):
            items = sorted(value, key=repr) if kind in (set, frozenset) else value
            encoded = [self.encode(item, f"{place}[{n}]", depth + 1) for n, item in enumerate(items)]
            return encoded if kind is list else {f"${kind.__name__.lower()}": encoded}
        if kind in (dict, OrderedDict):
            return self._mapping(value, place, depth)
        if kind in (torch.dtype, torch.device):
            return {f"${kind.__name__}": str(value).removeprefix("torch.")}
        if kind is bytes:
            return {"$bytes": base64.b64encode(value).decode()}
        return self._refuse(place, f"a {full_name(kind)}")

    def _mapping(self, value: Mapping[Any, Any], place: str, depth: int) -> Json:
        is_plain = type(value) is dict and all(type(key) is str and not key.startswith("$") for key in value)
        if is_plain:
            return {key: self.encode(item, _joined(place, key), depth + 1) for key, item in value.items()}
        items = [
            [self.encode(key, f"{place}, a key", depth + 1), self.encode(item, _joined(place, key), depth + 1)]
            for key, item in value.items()
        ]
        if type(value) is dict:
            return {"$dict": items}
        extra = self.encode(getattr(value, "_metadata", None), _joined(place, "_metadata"), depth + 1)
        return {"$ordered": [items, extra]}

    def _name(self, place: str, tensor: Tensor) -> str:
        name = place if place not in self.tensors else f"{place}#{len(self.tensors)}"
        self.tensors[name] = tensor
        return name

    def _refuse(self, place: str, problem: str) -> None:
        self.problems.append((place or "the checkpoint", problem))


def _joined(place: str, key: Any) -> str:
    return f"{place}.{key}" if place else str(key)


def _decode(data: Json, tensors: Mapping[str, Tensor]) -> Any:
    if isinstance(data, list):
        return [_decode(item, tensors) for item in data]
    if not isinstance(data, dict):
        return data
    tag = next(iter(data), "")
    if not tag.startswith("$"):
        return {key: _decode(item, tensors) for key, item in data.items()}
    if len(data) != 1 or (read := _READERS.get(tag)) is None:
        raise CheckpointError(f"the checkpoint is malformed: {tag!r} is unknown")
    return read(data[tag], tensors)


def _sequence(kind: Callable[[list[Any]], Any]) -> Callable[[Json, Mapping[str, Tensor]], Any]:
    return lambda items, tensors: kind(_decode(list(items), tensors))


def _items(items: Json, tensors: Mapping[str, Tensor]) -> list[tuple[Any, Any]]:
    return [(_decode(key, tensors), _decode(item, tensors)) for key, item in items]


def _ordered(data: Json, tensors: Mapping[str, Tensor]) -> OrderedDict[Any, Any]:
    items, extra = data
    made = OrderedDict(_items(items, tensors))
    if extra is not None:
        made._metadata = _decode(extra, tensors)  # type: ignore[attr-defined]  # noqa: SLF001  # torch's, of state dicts
    return made


def _dtype(name: str, _: Mapping[str, Tensor]) -> torch.dtype:
    found = getattr(torch, name, None)
    if not isinstance(found, torch.dtype):
        raise ValueError(f"{name!r} is no dtype")  # noqa: TRY004  # the data is wrong, not a type
    return found


_READERS: dict[str, Callable[[Json, Mapping[str, Tensor]], Any]] = {
    "$tensor": lambda name, tensors: tensors[name],
    "$float": lambda text, _: _NUMBERS[text],
    "$tuple": _sequence(tuple),
    "$set": _sequence(set),
    "$frozenset": _sequence(frozenset),
    "$size": _sequence(torch.Size),
    "$dict": lambda items, tensors: dict(_items(items, tensors)),
    "$ordered": _ordered,
    "$dtype": _dtype,
    "$device": lambda text, _: torch.device(text),
    "$bytes": lambda text, _: base64.b64decode(text, validate=True),
}
