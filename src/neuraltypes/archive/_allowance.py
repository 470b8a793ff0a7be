"""How much JSON an archive may hold, so that a file which is made to cost a reader much must itself be large."""

from __future__ import annotations

from neuraltypes.archive._json import count_values
from neuraltypes.archive.errors import LimitError

SIZE, WEIGHTS_FOR_BYTE = 1 << 20, 64
VALUES, WEIGHTS_FOR_VALUE = 50_000, 1024


class Allowance:
    """Bytes and values that all JSON texts of an archive may have together: a base, and more with more weights."""

    def __init__(self, weights: int) -> None:
        self._limits = {"bytes": SIZE + weights // WEIGHTS_FOR_BYTE, "values": VALUES + weights // WEIGHTS_FOR_VALUE}
        self._used = dict.fromkeys(self._limits, 0)

    def take(self, what: str, size: int) -> None:
        """Count the bytes of a text that is about to be read.

        Raises:
            LimitError: with the texts before it, it is too long.
        """
        self._use("bytes", what, size)

    def count(self, what: str, text: bytes) -> None:
        """Count the values of a text that is about to be parsed.

        Raises:
            LimitError: with those of the texts before it, they are too many.
        """
        self._use("values", what, count_values(text))

    def _use(self, unit: str, what: str, amount: int) -> None:
        self._used[unit] += amount
        used, limit = self._used[unit], self._limits[unit]
        if used > limit:
            raise LimitError(
                f"{what}: tables, config and interface have {used} {unit} so far, and beside weights of this size at "
                f"most {limit} are read",
                part=what,
                got=used,
                limit=limit,
            )
