"""SHA-256 and CRC-32 of what is written and read."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import NamedTuple

_SLICE = 1 << 18  # bytes; the second sum finds them in the processor's cache
_POLYNOMIAL = 0xEDB88320


class Sums(NamedTuple):
    """SHA-256 in hexadecimal, CRC-32 and number of some bytes."""

    sha256: str
    crc: int
    size: int


class Summing:
    """Both sums of bytes that come in pieces; without `crc`, that one stays 0."""

    def __init__(self, *, crc: bool = True) -> None:
        self._has_crc = crc
        self._sha256 = hashlib.sha256()
        self._crc = 0
        self._size = 0

    def update(self, piece: bytes | memoryview) -> None:
        """Add a flat piece."""
        view = memoryview(piece)
        step = _SLICE if self._has_crc else len(view) or 1
        for start in range(0, len(view), step):
            part = view[start : start + step]
            self._sha256.update(part)
            if self._has_crc:
                self._crc = zlib.crc32(part, self._crc)
        self._size += len(view)

    @property
    def sums(self) -> Sums:
        """The sums so far."""
        return Sums(self._sha256.hexdigest(), self._crc, self._size)


def sums_of(pieces: Iterable[bytes | memoryview]) -> Sums:
    """Both sums of all pieces together."""
    summing = Summing()
    for piece in pieces:
        summing.update(piece)
    return summing.sums


def sha256(data: bytes | memoryview) -> str:
    """The SHA-256 of `data`, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def combine(parts: Iterable[Sums]) -> int:
    """The CRC-32 of the parts one after the other.

    A CRC is a remainder of polynomials over two elements: bytes that follow multiply it by a power of x.

    Source: Mark Adler's answer on combining CRCs, https://stackoverflow.com/a/23126768
    """
    crc = 0
    for part in parts:
        crc = _multiply(_power(8 * part.size), crc) ^ part.crc
    return crc


def _multiply(left: int, right: int) -> int:
    """The product modulo the polynomial; the highest bit is x to the power of 0."""
    product, bit = 0, 1 << 31
    while bit:
        if left & bit:
            product ^= right
        right = right >> 1 ^ (_POLYNOMIAL if right & 1 else 0)
        bit >>= 1
    return product


def _power(exponent: int) -> int:
    """x to the power of `exponent`, modulo the polynomial."""
    power, square = 1 << 31, 1 << 30
    while exponent:
        if exponent & 1:
            power = _multiply(square, power)
        square = _multiply(square, square)
        exponent >>= 1
    return power
