"""What is put into mypy's tree, and nowhere else: calls whose hook knows by a mark what to do, and blocks around them.

All of them are calls of `isinstance`. Where mypy resolves names no more, the call is given what that is.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import (
    ARG_POS,
    GDEF,
    Block,
    CallExpr,
    Context,
    Expression,
    ExpressionStmt,
    NameExpr,
    Statement,
    StrExpr,
    SymbolNode,
)


def marked(expression: Expression, text: str, callee: SymbolNode | None = None) -> CallExpr:
    """A call with an expression and a mark."""
    mark = StrExpr(text)
    mark.set_line(expression)
    return _call([expression, mark], expression, callee)


def is_marked(call: object, text: str) -> bool:
    """Whether a call is one with that mark."""
    mark = call.args[1] if isinstance(call, CallExpr) and len(call.args) == 2 else None
    return isinstance(mark, StrExpr) and mark.value == text


def marking(text: str, place: Context, callee: SymbolNode | None = None) -> ExpressionStmt:
    """A statement that is a mark alone."""
    mark = StrExpr(text)
    mark.set_line(place)
    statement = ExpressionStmt(_call([mark, mark], place, callee))
    statement.set_line(place)
    return statement


def is_inserted(statement: Statement) -> bool:
    """Whether a statement is such a mark."""
    return isinstance(statement, ExpressionStmt) and (mark_of(statement.expr) or "").startswith("neuraltypes")


def mark_of(call: object) -> str | None:
    """The mark of such a statement's call; of other calls a string that they begin with."""
    mark = call.args[0] if isinstance(call, CallExpr) and call.args else None
    return mark.value if isinstance(mark, StrExpr) else None


def _call(arguments: list[Expression], place: Context, callee: SymbolNode | None) -> CallExpr:
    function = NameExpr("isinstance")
    if callee is not None:
        function.node, function.kind, function.fullname = callee, GDEF, "builtins.isinstance"
    call = CallExpr(function, arguments, [ARG_POS, ARG_POS], [None, None])
    for node in (function, call):
        node.set_line(place)
    return call


def resolved_callee(api: Any) -> SymbolNode:
    """What `isinstance` is, for calls in what mypy has analyzed."""
    callee: SymbolNode = api.modules["builtins"].names["isinstance"].node
    return callee


def together(statements: list[Statement]) -> Block:
    """Several statements in the place of the last of them."""
    block = Block(statements)
    block.set_line(statements[-1])
    return block
