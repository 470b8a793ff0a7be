"""JSON as archives hold it: each value has exactly one text, and a text is measured before it is parsed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from neuraltypes.archive.errors import ContentError, LimitError, NotCanonicalError


class Limits(NamedTuple):
    """What a text may hold: bytes, values, levels of nesting."""

    size: int
    values: int
    depth: int


CONFIG_LIMITS = Limits(size=1 << 20, values=100_000, depth=32)
TABLE_LIMITS = Limits(size=1 << 24, values=2_000_000, depth=8)

# A string (to the end of the text, where it is not closed), or what begins, ends or separates values outside of
# strings. Possessive quantifiers, and that an opening quote always matches, keep the scan linear.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|([\[{])|([\]}])|(,)', re.DOTALL)
_BEGINS, _ENDS = 1, 2  # groups of it
_SMALLEST, _LARGEST = -(1 << 63), (1 << 64) - 1
_LONGEST_NUMBER = 32


def encode(value: Any, what: str, limits: Limits = CONFIG_LIMITS) -> bytes:
    """The text of `value`: UTF-8, no spaces, keys in their order.

    Raises:
        ContentError: the value is no JSON data; the message names its place.
        LimitError: a reader would not take it.
    """
    _require_data(value, what)
    text = _write(value, what)
    _require_within(text, what, limits)
    return text


def decode(text: bytes, what: str, limits: Limits = CONFIG_LIMITS) -> Any:
    """The value of a text that `encode` wrote.

    Raises:
        ContentError: the text is no JSON, or repeats a key.
        LimitError: it is too large or too deep.
        NotCanonicalError: `encode` would write the value in another way.
    """
    value = decode_loosely(text, what, limits)
    if _write(value, what) != text:
        raise NotCanonicalError(f"{what} is JSON, but not in the form in which archives are written", part=what)
    return value


def decode_loosely(text: bytes, what: str, limits: Limits) -> Any:
    """The value of any JSON text without repeated keys.

    Raises:
        ContentError: the text is no JSON, or repeats a key.
        LimitError: it is too large or too deep.
    """
    _require_within(text, what, limits)
    try:
        return json.loads(
            text.decode(), object_pairs_hook=_unique, parse_int=_whole, parse_float=_real, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise ContentError(f"{what} is no JSON: {error}", part=what) from None


def _write(value: Any, what: str) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:
        raise ContentError(f"{what} cannot be written as JSON: {error}", part=what) from None


def _require_within(text: bytes, what: str, limits: Limits) -> None:
    if len(text) > limits.size:
        raise LimitError(
            f"{what} has {len(text)} bytes, at most {limits.size} are read", part=what, got=len(text), limit=limits.size
        )
    depth, values = 0, 1
    for token in _TOKEN.finditer(text):  # in constant memory, and no further than to what is too much
        kind = token.lastindex
        if kind == _ENDS:
            depth -= 1
            continue
        values += kind is not None
        if values > limits.values:
            raise LimitError(f"{what} holds more than {limits.values} values", part=what, limit=limits.values)
        depth += kind == _BEGINS
        if depth > limits.depth:
            raise LimitError(f"{what} is nested more than {limits.depth} deep", part=what, limit=limits.depth)


def _require_data(value: Any, place: str, depth: int = 0) -> None:
    if depth > CONFIG_LIMITS.depth:
        raise LimitError(f"{place} is nested more than {CONFIG_LIMITS.depth} deep", part=place)
    match value:
        case float() if not math.isfinite(value):
            raise ContentError(f"{place} is {value}, expected a finite number", part=place)
        case None | bool() | str() | float():
            return
        case int():
            if not _SMALLEST <= value <= _LARGEST:
                raise LimitError(f"{place} is a whole number of more than 64 bits", part=place)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise ContentError(f"{place} has the key {key!r}, expected a text", part=place)
                _require_data(item, f"{place}.{key}", depth + 1)
        case list():
            for number, item in enumerate(value):
                _require_data(item, f"{place}[{number}]", depth + 1)
        case _:
            raise ContentError(f"{place} is a {type(value).__name__}, which is no JSON data", part=place)


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:100]!r} is repeated")
        found[key] = value
    return found


def _whole(text: str) -> int:
    value = int(text) if len(text) <= _LONGEST_NUMBER else _LARGEST + 1
    if not _SMALLEST <= value <= _LARGEST:
        raise ValueError("a whole number has more than 64 bits")
    return value


def _real(text: str) -> float:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("a number has more digits than any number needs")
    return float(text)


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no number")
