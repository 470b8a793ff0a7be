"""Sizes in names that functions compute: `math.prod(x.shape[1:])`, `sum((d, t))`, `int(d / 2)`, `math.ceil(t / 2)`.

`int(t / 2)` is `t // 2` where `t` cannot be negative: a float holds every size that a tensor can have.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from mypy.nodes import ARG_POS, CallExpr, Expression, OpExpr
from mypy.types import LiteralType, ProperType

from neuraltypes._sizes import Size, add, floor_divide, is_natural, multiply, number, remainder, subtract
from neuraltypes_mypy.tensors._sized_ints import is_int

Read: TypeAlias = Callable[[Expression], Size | None]
TypeOf: TypeAlias = Callable[[Expression], ProperType | None]
ItemsOf: TypeAlias = Callable[[Expression], list[Size | None] | None]
_Operation: TypeAlias = Callable[[Size, Size], Size | None]

_FLOORS: Final = ("builtins.int", "math.floor", "math.trunc")
_OVER_ALL: Final[dict[str, tuple[int, _Operation]]] = {"builtins.sum": (0, add), "math.prod": (1, multiply)}
_OF_BOTH: Final[tuple[_Operation, _Operation]] = (floor_divide, remainder)
"""What `divmod` gives."""


class Computed:
    """Reads what functions compute, with what the reader of sizes knows of their arguments."""

    def __init__(self, read: Read, items_of: ItemsOf, type_of: TypeOf) -> None:
        self._read = read
        self._items_of = items_of
        self._type_of = type_of

    def size(self, call: CallExpr) -> Size | None:
        """What a call of one of these functions gives; None for all others."""
        name = getattr(call.callee, "fullname", "")
        if len(call.args) != 1 or call.arg_kinds != [ARG_POS]:
            return None
        (given,) = call.args
        if name in _OVER_ALL:
            return self._over_all(given, *_OVER_ALL[name])
        if name in _FLOORS:
            parts = self._quotient(given)
            return self._whole(given) if parts is None else floor_divide(*parts)
        if name == "math.ceil":
            parts = self._quotient(given)
            return self._whole(given) if parts is None else _ceiling(*parts)
        if name == "builtins.abs":
            size = self._read(given)
            return size if size is not None and is_natural(size) else None
        return None

    def of_pair(self, call: Expression, place: int) -> Size | None:
        """One of the two numbers of `divmod(d, h)`."""
        if not isinstance(call, CallExpr) or getattr(call.callee, "fullname", "") != "builtins.divmod":
            return None
        if len(call.args) != 2 or call.arg_kinds != [ARG_POS, ARG_POS] or place not in (0, 1):
            return None
        left, right = map(self._read, call.args)
        return None if left is None or right is None else _OF_BOTH[place](left, right)

    def _over_all(self, given: Expression, start: int, operation: _Operation) -> Size | None:
        sizes = self._items_of(given)
        total: Size | None = number(start)
        for size in sizes or ():
            total = None if total is None or size is None else operation(total, size)
        return None if sizes is None else total

    def _whole(self, given: Expression) -> Size | None:
        """Of what is a whole number already, that."""
        return self._read(given) if _is_int(self._type_of(given)) else None

    def _quotient(self, given: Expression) -> tuple[Size, Size] | None:
        """Both sides of a division of two numbers that are not negative."""
        if not isinstance(given, OpExpr) or given.op != "/":
            return None
        left, right = self._whole(given.left), self._whole(given.right)
        if left is None or right is None or not (is_natural(left) and is_natural(right)):
            return None
        return left, right


def _is_int(type_: ProperType | None) -> bool:
    if isinstance(type_, LiteralType):
        return type(type_.value) is int
    return is_int(type_)


def _ceiling(left: Size, right: Size) -> Size | None:
    before = subtract(right, number(1))
    widened = None if before is None else add(left, before)
    return None if widened is None else floor_divide(widened, right)
