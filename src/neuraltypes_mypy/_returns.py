"""Before each `return` of a function that declares a tensor: a call in mypy's tree, whose hook looks at the result."""

from __future__ import annotations

from typing import Final

from mypy.nodes import ARG_POS, CallExpr, Expression, ExpressionStmt, FuncDef, NameExpr, ReturnStmt, StrExpr
from mypy.semanal import is_trivial_body

from neuraltypes_mypy._statements import blocks

_MARK: Final = "neuraltypes: return"
# The statement that each call stands before.
_returns: Final[dict[str, ReturnStmt]] = {}


def announce_returns(function: FuncDef) -> None:
    """Have a hook called before each `return`; doing it again changes nothing.

    mypy is to check the body before it writes the cache of the module: from what is returned callers learn.
    """
    if not (function.is_overload or function.is_property or is_trivial_body(function.body)):
        function.def_or_infer_vars = True
    for block in blocks(function.body):
        for place in range(len(block.body) - 1, -1, -1):
            statement = block.body[place]
            before = block.body[place - 1] if place else None
            is_announced = isinstance(before, ExpressionStmt) and is_returning(before.expr)
            if isinstance(statement, ReturnStmt) and statement.expr is not None and not is_announced:
                block.body.insert(place, _announcing(statement))


def _announcing(statement: ReturnStmt) -> ExpressionStmt:
    callee, mark = NameExpr("isinstance"), StrExpr(f"{_MARK} {len(_returns)}")
    _returns[mark.value] = statement
    call = CallExpr(callee, [mark, mark], [ARG_POS, ARG_POS], [None, None])
    made = ExpressionStmt(call)
    for node in (callee, mark, call, made):
        node.set_line(statement)
    return made


def is_returning(call: object) -> bool:
    """Whether a call is one that was put in here."""
    return returned(call) is not None


def returned(call: object) -> Expression | None:
    """What is returned behind a call that was put in here."""
    mark = call.args[0] if isinstance(call, CallExpr) and call.args else None
    statement = _returns.get(mark.value) if isinstance(mark, StrExpr) else None
    return None if statement is None else statement.expr
