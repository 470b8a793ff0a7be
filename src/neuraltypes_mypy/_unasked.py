"""Calls before which mypy asks no plugin for a signature: `super().forward(x)`, and `cls(x)` in a class method.

In mypy's tree, and nowhere else, the callee of such a call becomes the argument of a call whose hook gives the callee's
type back, widened as that of every other call.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import ARG_POS, CallExpr, Context, Expression, FuncDef, NameExpr, StrExpr, SuperExpr
from mypy.server.subexpr import get_subexpressions
from mypy.types import CallableType, ProperType, Type, TypeType, get_proper_type

_MARK: Final = "neuraltypes: signature"


def ask_for_signatures(function: FuncDef) -> None:
    """Prepare the calls in a method; doing it again changes nothing."""
    if not function.info:
        return
    cls = function.arguments[0].variable.name if function.is_class and function.arguments else None
    for call in get_subexpressions(function.body):
        if isinstance(call, CallExpr) and _is_unasked(call.callee, cls):
            call.callee = marked(call.callee, _MARK)


def _is_unasked(callee: Expression, cls: str | None) -> bool:
    if isinstance(callee, SuperExpr):
        return callee.name != "__init__"
    return isinstance(callee, NameExpr) and callee.name == cls


def marked(expression: Expression, text: str) -> CallExpr:
    """A call with an expression, by whose mark the hook of `isinstance` knows what it is to do."""
    function, mark = NameExpr("isinstance"), StrExpr(text)
    made = CallExpr(function, [expression, mark], [ARG_POS, ARG_POS], [None, None])
    for node in (function, mark, made):
        node.set_line(expression)
    return made


def is_marked(call: object, text: str) -> bool:
    """Whether a call is one with that mark."""
    mark = call.args[1] if isinstance(call, CallExpr) and len(call.args) == 2 else None
    return isinstance(mark, StrExpr) and mark.value == text


def is_asking(call: object) -> bool:
    """Whether a call is one that was put in here."""
    return is_marked(call, _MARK)


def call_key(call: Context) -> int:
    """What a call is known by before and after its arguments are checked."""
    return id(call.callee) if isinstance(call, CallExpr) and is_asking(call.callee) else id(call)


def signature_of(callee: ProperType, context: Context, api: Any) -> ProperType:
    """The signature that is called; what has several is returned as it is."""
    if not isinstance(callee, TypeType):
        return callee
    made: Type = api.expr_checker.analyze_type_type_callee(callee.item, context)
    signature = get_proper_type(made)
    return signature if isinstance(signature, CallableType) else callee
