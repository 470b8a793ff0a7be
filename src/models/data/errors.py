"""Errors of the data layer, each with its details as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import rebuilt


class CollateError(ValueError):
    """Items do not make a batch: `field` is the one that does not fit, `axis` its axis, `got` what each item has.

    `items` are the indices of the items in the data set, or their places in the batch where no index is known.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        axis: int | None = None,
        got: Sequence[Any] = (),
        items: Sequence[Any] = (),
    ) -> None:
        super().__init__(message)
        self.field = field
        self.axis = axis
        self.got = tuple(got)
        self.items = tuple(items)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuilt, (type(self), self.args, vars(self))


@dataclass(frozen=True, slots=True)
class Misfit:
    """One field of a data set that does not fit what takes it; `given` and `expected` are the two types as text."""

    field: str
    taker: str
    reason: str
    given: str | None
    expected: str | None


class WiringError(TypeError):
    """What a data set gives does not fit what the model takes; `misfits` lists everything that disagrees."""

    def __init__(self, message: str, misfits: Sequence[Misfit]) -> None:
        super().__init__(message)
        self.misfits = tuple(misfits)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuilt, (type(self), self.args, vars(self))
