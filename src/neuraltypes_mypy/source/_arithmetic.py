"""Numbers that can be computed from the source: `int(512 * 0.5)`, `math.ceil(WIDTH / 2)`, `sum(WIDTHS)`.

They are computed as Python does. What is not all numbers stays unknown: a size in names is `_sizes_of`'s.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final, TypeAlias

from mypy.nodes import (
    ARG_POS,
    CallExpr,
    Expression,
    FloatExpr,
    IndexExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    TupleExpr,
    UnaryExpr,
    Var,
)
from mypy.types import ProperType, TupleType, get_proper_type

Number: TypeAlias = int | float
Computed: TypeAlias = Number | tuple[Number, ...]
Read: TypeAlias = Callable[[Expression], int | None]
"""The number that an expression is known to be otherwise."""
TypeOf: TypeAlias = Callable[[Expression], ProperType | None]
SizeOf: TypeAlias = Callable[[ProperType], int | None]

_LARGEST: Final = 10**12
_MOST_PLACES: Final = 40


def _power(left: Number, right: Number) -> Number:
    """`2**10`; of large numbers it is not worth computing."""
    if abs(left) > _LARGEST or abs(right) > _MOST_PLACES:
        raise OverflowError
    return left**right


def _shifted(left: Number, right: Number) -> Number:
    return int(operator.lshift(left, right)) if right <= _MOST_PLACES else 0


_OPERATORS: Final[dict[str, Callable[[Number, Number], Number]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _power,
    "<<": _shifted,
    ">>": operator.rshift,
}
_FUNCTIONS: Final[dict[str, Callable[..., Computed]]] = {
    "builtins.abs": abs,
    "builtins.divmod": divmod,
    "builtins.float": float,
    "builtins.int": int,
    "builtins.len": len,
    "builtins.max": max,
    "builtins.min": min,
    "builtins.round": round,
    "builtins.sum": sum,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "math.isqrt": math.isqrt,
    "math.log2": math.log2,
    "math.prod": math.prod,
    "math.sqrt": math.sqrt,
    "math.trunc": math.trunc,
}


class Arithmetic:
    """Computes expressions, with what the reader of sizes knows of the names in them."""

    def __init__(self, read: Read, type_of: TypeOf, size_of: SizeOf) -> None:
        self._read = read
        self._type_of = type_of
        self._size_of = size_of

    def whole(self, expression: Expression) -> int | None:
        """The whole number that an expression is; None where it is none, or cannot be seen."""
        try:
            found = self._computed(expression)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return None
        return found if type(found) is int and abs(found) <= _LARGEST else None

    def _computed(self, expression: Expression) -> Computed | None:
        match expression:
            case IntExpr(value=value) | FloatExpr(value=value):
                return value
            case UnaryExpr(op="-", expr=inner):
                found = self._number(inner)
                return None if found is None else -found
            case OpExpr(op=sign) if sign in _OPERATORS:
                left, right = self._number(expression.left), self._number(expression.right)
                return None if left is None or right is None else _OPERATORS[sign](left, right)
            case TupleExpr(items=items) | ListExpr(items=items):
                return self._several(items)
            case IndexExpr(base=base, index=index):
                several, at = self._computed(base), self._number(index)
                return several[at] if isinstance(several, tuple) and isinstance(at, int) else None
            case CallExpr(callee=NameExpr(fullname=name) | MemberExpr(fullname=name)) if name in _FUNCTIONS:
                return self._called(expression, _FUNCTIONS[name])
            case NameExpr(node=Var(final_value=float() as value)) | MemberExpr(node=Var(final_value=float() as value)):
                return value
            case _:
                return self._known(expression)

    def _called(self, call: CallExpr, function: Callable[..., Computed]) -> Computed | None:
        given = [self._computed(one) for one in call.args]
        if any(kind != ARG_POS for kind in call.arg_kinds) or any(one is None for one in given):
            return None
        return function(*given)

    def _number(self, expression: Expression) -> Number | None:
        found = self._computed(expression)
        return None if isinstance(found, tuple) else found

    def _several(self, items: list[Expression]) -> tuple[Number, ...] | None:
        found = [self._number(one) for one in items]
        known = tuple(one for one in found if one is not None)
        return known if len(known) == len(found) else None

    def _known(self, expression: Expression) -> Computed | None:
        type_ = self._type_of(expression)
        if isinstance(type_, TupleType):
            found = [self._size_of(item) for item in map(get_proper_type, type_.items)]
            known = tuple(one for one in found if one is not None)
            return known if len(known) == len(found) else None
        return self._read(expression)
