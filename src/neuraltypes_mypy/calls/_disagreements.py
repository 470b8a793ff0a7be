"""What disagrees in a call, in words: sizes, dtypes and elements, at the argument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mypy.nodes import Context
from mypy.types import Instance, ProperType

from neuraltypes._unify import Mismatch
from neuraltypes_mypy.annotations._reveal import annotation_text, declared_text
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.sizes._guards import asks_for_dtype
from neuraltypes_mypy.tensors._elements import element_fits, element_text
from neuraltypes_mypy.tensors._tensor import dtype_fits, read_tensor


class Report:
    """Words the disagreements of one call, at the argument that disagrees."""

    def __init__(self, api: Any, name: str, places: Mapping[str, tuple[Context, Instance, Instance]]) -> None:
        self._api = api
        self._name = name
        self._places = places

    def mismatch(self, mismatch: Mismatch, made_at: str | None) -> None:
        """Sizes, numbers of axes, or kinds of axes."""
        code = codes.KIND if mismatch.is_kind else codes.SHAPE
        self._fail(mismatch.argument, mismatch.reason, code)
        if made_at is not None and "{self." in mismatch.reason:
            self._api.note(f'"{self._name}" was made at {made_at}', self._places[mismatch.argument][0], code=code)

    def dtype(self, where: str, expected: Instance, given: Instance) -> None:
        """A dtype that is not among those expected."""
        wanted, got = read_tensor(expected).dtype, read_tensor(given).dtype
        if not dtype_fits(wanted, got) and not asks_for_dtype(self._places[where][0], self._api):
            self._fail(where, f"is {_dtype_text(got)}, expected {_dtype_text(wanted)}", codes.DTYPE)

    def element(self, where: str, wanted: ProperType, given: Instance) -> None:
        """An element that is not the expected one nor below it."""
        got = read_tensor(given).element
        if not element_fits(wanted, got):
            self._fail(where, f"holds {element_text(got)}, expected {element_text(wanted)}", codes.ELEMENT)

    def _fail(self, where: str, reason: str, code: Any) -> None:
        context, expected, given = self._places[where]
        self._api.fail(f'Argument {_place(where)} to "{self._name}" {_joined(reason)}', context, code=code)
        self._api.note(f"Expected {declared_text(expected)}, got {annotation_text(given)}", context, code=code)


def _place(where: str) -> str:
    """An argument as mypy has it: `1`, or its name in quotes."""
    return where if where[0].isdigit() else f'"{where}"'


def _joined(reason: str) -> str:
    return reason if reason.startswith(("has ", "is ", "holds ")) else f"does not fit: {reason}"


def _dtype_text(dtype: ProperType) -> str:
    """A dtype as jaxtyping names it."""
    return dtype.type.name if isinstance(dtype, Instance) else "Shaped"
