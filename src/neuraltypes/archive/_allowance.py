"""How much JSON an archive may hold, so that a file which is made to cost a reader much must itself be large."""

from __future__ import annotations

from neuraltypes.archive._json import count_values
from neuraltypes.archive.errors import LimitError

SIZE, WEIGHTS_FOR_BYTE = 1 << 20, 64
VALUES, WEIGHTS_FOR_VALUE = 50_000, 1024


class Allowance:
    """Bytes and values that all JSON texts of an archive may have together: a base, and more with more weights."""

    def __init__(self, weights: int) -> None:
        self._size = self._size_left = SIZE + weights // WEIGHTS_FOR_BYTE
        self._values = self._values_left = VALUES + weights // WEIGHTS_FOR_VALUE

    def take(self, what: str, size: int) -> None:
        """Count the bytes of a text that is about to be read.

        Raises:
            LimitError: with the texts before it, it is too long.
        """
        self._size_left -= size
        if self._size_left < 0:
            used = self._size - self._size_left
            raise LimitError(
                f"{what}: tables, config and interface have {used} bytes so far, and beside weights of this size at "
                f"most {self._size} are read",
                part=what,
                got=used,
                limit=self._size,
            )

    def count(self, what: str, text: bytes) -> None:
        """Count the values of a text that is about to be parsed.

        Raises:
            LimitError: with those of the texts before it, they are too many.
        """
        self._values_left -= count_values(text)
        if self._values_left < 0:
            used = self._values - self._values_left
            raise LimitError(
                f"{what}: tables, config and interface hold {used} values so far, and beside weights of this size at "
                f"most {self._values} are read",
                part=what,
                got=used,
                limit=self._values,
            )
