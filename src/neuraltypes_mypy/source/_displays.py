"""Displays in displays: `[[x], [y]]`, which mypy joins to a list of `object` where the tensors' shapes differ.

It does so without asking a plugin, unless something is unpacked in the display. So nothing is unpacked there, in mypy's
tree alone, and a hook is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    DictExpr,
    DictionaryComprehension,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    GlobalDecl,
    ListComprehension,
    ListExpr,
    MemberExpr,
    NameExpr,
    NonlocalDecl,
    ReturnStmt,
    SetComprehension,
    SetExpr,
    StarExpr,
    Statement,
    TupleExpr,
)

from neuraltypes_mypy.source._statements import statements, targets

_CONTAINERS: Final = (
    DictExpr,
    DictionaryComprehension,
    ListComprehension,
    ListExpr,
    SetComprehension,
    SetExpr,
    TupleExpr,
)


def open_displays(function: FuncDef) -> None:
    """Have a hook asked about the displays in a function; doing it again changes nothing."""
    inside = list(statements(function.body))
    declared = {argument.variable.name for argument in function.arguments}.union(*map(_declared, inside))
    for statement in inside:
        for display in _displays(_value(statement)):
            _open(display, is_free=_assigns_to_others(statement, declared))


def _value(statement: Statement) -> Expression | None:
    match statement:
        case AssignmentStmt():
            return statement.rvalue
        case ExpressionStmt() | ReturnStmt() | ForStmt():
            return statement.expr
        case _:
            return None


def _declared(statement: Statement) -> set[str]:
    """The names whose types a statement does not leave to mypy."""
    if isinstance(statement, GlobalDecl | NonlocalDecl):
        return set(statement.names)
    if isinstance(statement, AssignmentStmt) and statement.unanalyzed_type is not None:
        return {target.name for target in targets(statement)}
    return set()


def _assigns_to_others(statement: Statement, declared: set[str]) -> bool:
    """Whether a value is given to names of which nobody says that they hold a TypedDict."""
    return isinstance(statement, AssignmentStmt) and all(
        isinstance(target, NameExpr) and target.name not in declared for target in statement.lvalues
    )


def _displays(expression: Expression | None) -> Iterator[ListExpr | DictExpr]:
    """The displays in an expression that have displays in them; not in what may be a type (`Callable[[A], B]`)."""
    items = _inside(expression)
    if isinstance(expression, ListExpr | DictExpr) and sum(isinstance(item, _CONTAINERS) for item in items) > 1:
        yield expression
    for item in items:
        yield from _displays(item)


def _inside(expression: Expression | None) -> list[Expression]:
    match expression:
        case ListExpr() | SetExpr() | TupleExpr():
            return expression.items
        case DictExpr():
            return [value for _, value in expression.items]
        case CallExpr() if not _may_define(expression):
            return expression.args
        case ListComprehension() | SetComprehension():
            return _inside(expression.generator)
        case GeneratorExpr():
            return [expression.left_expr, *expression.sequences]
        case _:
            return []


def _may_define(call: CallExpr) -> bool:
    """Whether a call may be mypy's to read: `NamedTuple("N", [("x", int)])`."""
    if not isinstance(call.callee, NameExpr | MemberExpr):
        return True
    return call.callee.name[:1].isupper() or call.callee.name == "namedtuple"


def _open(display: ListExpr | DictExpr, *, is_free: bool) -> None:
    if isinstance(display, ListExpr):
        if not any(isinstance(item, StarExpr) for item in display.items):
            nothing = TupleExpr([])
            display.items.append(StarExpr(nothing))
            display.items[-1].set_line(display)
            nothing.set_line(display)
    elif is_free and all(key is not None for key, _ in display.items):
        empty = DictExpr([])
        empty.set_line(display)
        display.items.append((None, empty))
