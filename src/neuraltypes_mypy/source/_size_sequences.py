"""Several sizes under one name: `size = (h, w)`, `*lead, d = x.shape`, as long as nothing changes what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Decorator,
    DelStmt,
    Expression,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    IndexExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    StarExpr,
    Statement,
    TupleExpr,
    Var,
)
from mypy.server.subexpr import get_subexpressions

from neuraltypes_mypy.source._statements import assignments, has_blocks, statements

_CHANGES: Final = frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"})
_READERS: Final = frozenset(
    f"builtins.{name}"
    for name in ("enumerate", "len", "list", "max", "min", "range", "reversed", "sorted", "sum", "tuple", "zip")
)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in `value` from `start` on, but the last `behind`."""

    value: Expression
    start: int
    behind: int


def held_by(variable: Var, assigned: list[Expression | None], function: FuncDef) -> Expression | Part | None:
    """What a local name holds for good: a tuple or shape that it is assigned, or the list of a starred target."""
    if len(assigned) != 1:
        return None
    if assigned[0] is not None:
        return assigned[0]
    part = next((found for one in statements(function.body) if (found := _rest(one, variable)) is not None), None)
    return None if part is None or any(_changes(one, variable) for one in statements(function.body)) else part


def is_only_read(variable: Var, function: FuncDef) -> bool:
    """Whether a function reads the list that a name holds, and neither changes it nor gives it to others."""
    harmless: list[Expression] = []
    for statement in statements(function.body):
        match statement:
            case FuncDef() | Decorator() | ClassDef():
                if any(_is_name(one, variable) for one in get_subexpressions(statement)):
                    return False
            case _ if _changes(statement, variable):
                return False
            case AssignmentStmt(lvalues=targets):
                harmless += targets
            case ForStmt(expr=values):
                harmless.append(values)
    inside = get_subexpressions(function.body)
    harmless += [read for one in inside for read in _read_by(one)]
    return all(any(one is read for read in harmless) for one in inside if _is_name(one, variable))


def _read_by(expression: Expression) -> list[Expression]:
    """What an expression reads the items of, without handing it on."""
    match expression:
        case IndexExpr(base=several) | StarExpr(expr=several):
            return [several]
        case CallExpr(callee=NameExpr(fullname=name), args=given) if name in _READERS:
            return given
        case GeneratorExpr(sequences=given):
            return given
        case _:
            return []


def _rest(statement: Statement, variable: Var) -> Part | None:
    match statement:
        case AssignmentStmt(lvalues=[TupleExpr(items=items)], rvalue=value):
            for place, item in enumerate(items):
                if isinstance(item, StarExpr) and _is_name(item.expr, variable):
                    return Part(value, place, len(items) - place - 1)
    return None


def _changes(statement: Statement, variable: Var) -> bool:
    """Whether a statement may change the list that a name holds."""
    if isinstance(statement, OperatorAssignmentStmt) and _is_name(statement.lvalue, variable):
        return True
    for inner in get_subexpressions(statement):
        match inner:
            case CallExpr(callee=MemberExpr(expr=owner, name=name)) if name in _CHANGES and _is_name(owner, variable):
                return True
    targets = [target for target, _ in assignments(Block([statement]))] if not has_blocks(statement) else []
    deleted = [statement.expr] if isinstance(statement, DelStmt) else []
    entries = [one for target in (*targets, *deleted) for one in get_subexpressions(target)]
    return any(isinstance(one, IndexExpr) and _is_name(one.base, variable) for one in entries)


def _is_name(expression: Expression, variable: Var) -> bool:
    return isinstance(expression, NameExpr) and expression.node is variable
