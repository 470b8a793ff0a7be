"""Tuples that may have other items than mypy says.

They grow: `found = ()`, and in a loop `found += (x,)`; mypy goes on with the tuple of the first assignment. Or they are
declared as `patch: tuple[int] = (1, 2, 2)`, which many write for a tuple of any length.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import (
    AssignmentStmt,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    OpExpr,
)
from mypy.types import TupleType, Type, get_proper_type

from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._sized_ints import is_int


def is_of_any_length(expression: Expression, type_: Type, api: Any) -> bool:
    """Whether a tuple may have another number of items than its type says."""
    proper = get_proper_type(type_)
    if not isinstance(proper, TupleType) or proper.partial_fallback.type.fullname != "builtins.tuple":
        return False
    is_kept = isinstance(expression, NameExpr | MemberExpr)
    return (is_kept and len(proper.items) == 1 and is_int(proper.items[0])) or _is_growing(expression, api)


def _is_growing(expression: Expression, api: Any) -> bool:
    """Whether an expression is a name, or a part of what it holds, to which the function adds items."""
    while isinstance(expression, IndexExpr):
        expression = expression.base
    function = api.scope.current_function()
    if not isinstance(expression, NameExpr) or not isinstance(function, FuncDef):
        return False
    return any(_adds(statement, expression.name) for statement in statements(function.body))


def _adds(statement: object, name: str) -> bool:
    match statement:
        case OperatorAssignmentStmt(op="+", lvalue=NameExpr(name=target)):
            return target == name
        case AssignmentStmt(lvalues=[NameExpr(name=target)], rvalue=OpExpr(op="+") as added):
            return target == name and any(_is_named(side, name) for side in (added.left, added.right))
        case _:
            return False


def _is_named(expression: Expression, name: str) -> bool:
    return isinstance(expression, NameExpr) and expression.name == name
