"""`if exists(x):` where `def exists(x): return x is not None`: what may be None is not, where the call is true.

mypy narrows by what a function is declared to decide. Of one without annotation it knows nothing but the body, so there
it is told at the call: by a name of the same module alone, for others may come from the cache without a body.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import (
    ARG_OPT,
    ARG_POS,
    CallExpr,
    ComparisonExpr,
    ExpressionStmt,
    FuncDef,
    NameExpr,
    ReturnStmt,
    StrExpr,
    SymbolNode,
)
from mypy.plugin import FunctionContext
from mypy.types import NoneType, Type, UninhabitedType, UnionType, get_proper_type

from neuraltypes_mypy.source._bodies import is_repeatable
from neuraltypes_mypy.tensors._tensor import as_tensor
from neuraltypes_mypy.tensors._untyped import untyped


def is_presence_test(node: SymbolNode | None) -> bool:
    """Whether a function says that its one argument is not None, and does nothing else."""
    if not isinstance(node, FuncDef) or not is_repeatable(node):
        return False
    body = [one for one in node.body.body if not _is_docstring(one)]
    match body:
        case [ReturnStmt(expr=ComparisonExpr(operators=["is not"], operands=[NameExpr() as name, NameExpr() as none]))]:
            is_alone = len(node.arguments) == 1 and node.arguments[0].kind in (ARG_POS, ARG_OPT)
            return is_alone and name.node is node.arguments[0].variable and none.fullname == "builtins.None"
        case _:
            return False


def note_presence(ctx: FunctionContext, fullname: str) -> None:
    """Tell mypy what a call decides about a name that may hold a tensor or None."""
    api: Any = ctx.api
    call = ctx.context
    if not isinstance(call, CallExpr) or not isinstance(call.callee, NameExpr) or len(call.args) != 1:
        return
    if fullname.rpartition(".")[0] == api.tree.fullname:
        call.callee.type_guard = _present(ctx.arg_types[0][0], is_name=isinstance(call.args[0], NameExpr))


def _present(given: Type, *, is_name: bool) -> Type | None:
    """What is left of a tensor or None; None where that says nothing new.

    To plain mypy it may still be None, and a name that is given it may be given None, too: it counts as one that is
    `Any` there.
    """
    union = get_proper_type(given)
    if is_name and isinstance(union, NoneType):
        return UninhabitedType()  # the first round of a loop
    if not isinstance(union, UnionType):
        return None
    left = [item for item in union.items if not isinstance(get_proper_type(item), NoneType)]
    is_told = 0 < len(left) < len(union.items) and all(as_tensor(one) is not None for one in left)
    return UnionType.make_union(list(map(untyped, left))) if is_told else None


def _is_docstring(statement: object) -> bool:
    return isinstance(statement, ExpressionStmt) and isinstance(statement.expr, StrExpr)
