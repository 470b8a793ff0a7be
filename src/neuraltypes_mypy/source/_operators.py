"""Operators in words: which method is which operator, and which operand stands where in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mypy.nodes import CallExpr, ComparisonExpr, Context, OperatorAssignmentStmt

_BINARY: Final = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "div": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
    "and": "&",
    "or": "|",
    "xor": "^",
    "lshift": "<<",
    "rshift": ">>",
}
_COMPARED: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UNARY: Final = {"neg": "-", "pos": "+", "invert": "~"}
_ITEMS: Final = {"getitem": ("Tensor", "Index"), "setitem": ("Tensor", "Index", "Assigned value")}
_TOGETHER: Final = "the operands "


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator as it is written, and what its method calls its operands, by their place in the source."""

    symbol: str
    roles: dict[str, str]

    def subject(self, argument: str) -> str:
        """What an error is about: `Left operand of "@"`."""
        role = self.roles[argument]
        return role if not self.symbol else f'{role} of "{self.symbol}"'

    def whole(self, reason: str) -> str:
        """What is wrong with the operands together."""
        if not self.symbol:
            return f"Index: {reason}"
        if reason.startswith(_TOGETHER):
            return f'Operands of "{self.symbol}" {reason.removeprefix(_TOGETHER)}'
        return f'Operands of "{self.symbol}": {reason}'

    def renamed(self, reason: str) -> str:
        """A reason in which operands have the names of parameters, with those of their roles."""
        for name, role in self.roles.items():
            reason = re.sub(rf"\b(of|but) {name}\b", rf"\1 the {role.lower()}", reason)
        return reason


def operator_of(method: str, arguments: tuple[str, ...], context: Context) -> Operator | None:
    """The operator that a method stands for where it is called; None where it is called by its name."""
    if not (method.startswith("__") and method.endswith("__")) or isinstance(context, CallExpr):
        return None
    name = method.strip("_")
    if name in _ITEMS:
        return Operator("", dict(zip(arguments, _ITEMS[name], strict=False)))
    if name in _UNARY:
        return Operator(_UNARY[name], dict.fromkeys(arguments, "Operand"))
    found = _binary(name, context)
    if found is None:
        return None
    symbol, is_reflected = found
    sides = ("Right operand", "Left operand") if is_reflected else ("Left operand", "Right operand")
    return Operator(symbol, dict(zip(arguments, sides, strict=False)))


def _binary(name: str, context: Context) -> tuple[str, bool] | None:
    """The operator as it is written, and whether its method is the right operand's."""
    if name in _COMPARED:
        symbol = _COMPARED[name]
        is_mirrored = isinstance(context, ComparisonExpr) and symbol not in context.operators
        return (_MIRRORED.get(symbol, symbol), True) if is_mirrored else (symbol, False)
    plain, is_reflected = (name, False) if name in _BINARY else (name[1:], name[:1] == "r")
    if plain not in _BINARY:
        return None
    written_in_place = isinstance(context, OperatorAssignmentStmt)
    return _BINARY[plain] + ("=" if written_in_place else ""), is_reflected
