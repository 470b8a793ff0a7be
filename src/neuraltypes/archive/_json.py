"""JSON as archives hold it: each value has exactly one text, and a text is measured before it is parsed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from neuraltypes.archive.errors import ContentError, LimitError, NotCanonicalError


class Limits(NamedTuple):
    """What a text may hold: bytes, values, levels of nesting."""

    size: int
    values: int
    depth: int


CONFIG_LIMITS = Limits(size=1 << 20, values=100_000, depth=32)
TABLE_LIMITS = Limits(size=1 << 24, values=2_000_000, depth=8)

# A bracket outside of strings, with all that is before it; or the end of the text, which a string that is not closed
# reaches. Possessive quantifiers, and that there is a match at every place, keep the scan linear.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+(?:([\[{])|([\]}])|\Z)", re.DOTALL)
_MANY_QUOTES = 120_000  # five megabytes of pieces between them
_BRACKETS, _NO_BRACKETS = bytes.maketrans(b"{}", b"[]"), bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {1: 1, 2: -1, None: 0}  # of the depth, by group
_LONG_NUMBER = re.compile(rb"[\[:,\s]-?[0-9][0-9.eE+-]{18}")  # perhaps of more than 64 bits
_CONTAINER = re.compile(rb"\s*[\[{]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
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
    require_within(text, what, limits)
    return text


def decode(text: bytes, what: str, limits: Limits = CONFIG_LIMITS) -> Any:
    """The value of a text that `encode` wrote.

    Raises:
        ContentError: the text is no JSON, or repeats a key.
        LimitError: it is too large or too deep.
        NotCanonicalError: `encode` would write the value in another way.
    """
    require_within(text, what, limits)
    if not _may_hold_long_numbers(text):
        # A repeated key, or anything else that `decode_loosely` says better, is lost when the value is written again.
        with suppress(ValueError, RecursionError):
            value = parse(text)
            if _ENCODER.encode(value).encode() == text:
                return value
    value = _parse_slowly(text, what)
    if _write(value, what) != text:
        raise NotCanonicalError(f"{what} is JSON, but not in the form in which archives are written", part=what)
    return value


def decode_loosely(text: bytes, what: str, limits: Limits) -> Any:
    """The value of any JSON text without repeated keys.

    Raises:
        ContentError: the text is no JSON, or repeats a key.
        LimitError: it is too large or too deep.
    """
    require_within(text, what, limits)
    return _parse_slowly(text, what)


def parse(text: bytes) -> Any:
    """The value of a text that is within its limits, by the parser alone: for what is then written again and compared.

    Raises:
        ValueError, RecursionError: the text is no JSON.
    """
    return json.loads(text.decode())


def _parse_slowly(text: bytes, what: str) -> Any:
    whole, real = (_whole, _real) if _may_hold_long_numbers(text) else (None, None)
    try:
        return json.loads(
            text.decode(), object_pairs_hook=_unique, parse_int=whole, parse_float=real, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise ContentError(f"{what} is no JSON: {error}", part=what) from None


def _may_hold_long_numbers(text: bytes) -> bool:
    return not _CONTAINER.match(text) or bool(_LONG_NUMBER.search(text))


def _write(value: Any, what: str) -> bytes:
    try:
        return _ENCODER.encode(value).encode()
    except (ValueError, RecursionError) as error:
        raise ContentError(f"{what} cannot be written as JSON: {error}", part=what) from None


def require_within(text: bytes, what: str, limits: Limits) -> None:
    """Measure a text before it is parsed.

    Raises:
        LimitError: it is too large, too deep, or of too many values.
    """
    if len(text) > limits.size:
        raise LimitError(
            f"{what} has {len(text)} bytes, at most {limits.size} are read", part=what, got=len(text), limit=limits.size
        )
    if count_values(text) > limits.values:
        raise LimitError(f"{what} holds more than {limits.values} values", part=what, limit=limits.values)
    if not _is_surely_flat(text, limits.depth):
        _require_flat(text, what, limits)


def _is_surely_flat(text: bytes, depth: int) -> bool:
    """Whether a text is not deeper than that, as far as can be seen without a look at each bracket."""
    if b"\\" in text or text.count(b'"') > _MANY_QUOTES:
        return False
    brackets = b"".join(text.split(b'"')[::2]).translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(depth):
        brackets = brackets.replace(b"[]", b"")  # the innermost ones
    return not brackets


def _require_flat(text: bytes, what: str, limits: Limits) -> None:
    depth = 0
    for bracket in _BRACKET.finditer(text):  # in constant memory, and no further than to what is too deep
        depth += _STEPS[bracket.lastindex]
        if depth > limits.depth:
            raise LimitError(f"{what} is nested more than {limits.depth} deep", part=what, limit=limits.depth)


def count_values(text: bytes) -> int:
    """How many values a text holds, at most: the bytes that begin or separate them are counted wherever they stand."""
    return 1 + sum(map(text.count, (b",", b"[", b"{")))


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
