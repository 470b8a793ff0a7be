"""Modules that a loop applies one after the other: what the first gives is what the second is called with.

`for layer in self.layers: x = layer(x)`. mypy joins the `x` before the loop with that of its end, of which nothing is
known where they differ; so the second round is checked with the `x` of the end alone.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import (
    AssignmentStmt,
    BreakStmt,
    CallExpr,
    Context,
    Expression,
    ForStmt,
    FuncDef,
    Lvalue,
    MemberExpr,
    NameExpr,
    ReturnStmt,
    TupleExpr,
    Var,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import Type

from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.source._statements import statements, written_name
from neuraltypes_mypy.tensors._members import REPEATED
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known


def handed_to_next(call: Context, api: Any) -> Type | None:
    """What a call in a loop over modules is given in the second round; None where that is not known."""
    match call:
        case CallExpr(callee=NameExpr(node=Var() as module), args=[NameExpr(node=Var() as value), *_]):
            pass
        case _:
            return None
    loop = _loop_over(module, call, api)
    if loop is None or any(isinstance(one, BreakStmt | ReturnStmt) for one in statements(loop.body)):
        return None
    made = [one.rvalue for one in statements(loop.body) if isinstance(one, AssignmentStmt) and _assigns(one, value)]
    direct = [one for one in loop.body.body if isinstance(one, AssignmentStmt) and _assigns(one, value)]
    if not any(call in get_subexpressions(one.rvalue) for one in direct if not isinstance(one.rvalue, TupleExpr)):
        return None
    types = [_known(one, api) for one in made]
    return types[-1] if types and all(one is not None and str(one) == str(types[0]) for one in types) else None


def _loop_over(module: Var, call: CallExpr, api: Any) -> ForStmt | None:
    """The loop over modules made alike that gives this one, if the call stands in it."""
    function = api.scope.current_function()
    for statement in statements(function.body) if isinstance(function, FuncDef) else ():
        if not isinstance(statement, ForStmt) or not statement.line <= call.line <= (statement.end_line or 0):
            continue
        container = _container(statement, module)
        held = None if container is None else api.lookup_type_or_none(container)
        is_whole = isinstance(container, NameExpr | MemberExpr)
        if held is not None and is_whole and attribute_of(held, REPEATED) is not None:
            return statement
    return None


def _container(loop: ForStmt, module: Var) -> Expression | None:
    match loop.index, loop.expr:
        case NameExpr(node=node), expression if node is module:
            return expression
        case TupleExpr(items=[_, NameExpr(node=node)]), CallExpr(args=[expression]) if node is module:
            return expression if written_name(loop.expr.callee) == "enumerate" else None
    return None


def _assigns(statement: AssignmentStmt, variable: Var) -> bool:
    def names(target: Lvalue) -> bool:
        return isinstance(target, NameExpr) and target.node is variable

    return any(map(names, statement.lvalues))


def _known(expression: Expression, api: Any) -> Type | None:
    known = api.lookup_type_or_none(expression)
    tensor = None if known is None else as_tensor(known)
    return tensor if tensor is not None and is_known(tensor) else None
