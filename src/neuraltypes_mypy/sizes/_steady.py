"""Which objects still have the sizes that they were made with."""

from __future__ import annotations

from typing import Any

from mypy.nodes import CallExpr, Expression, FuncDef, MemberExpr, NameExpr
from mypy.types import Instance, ProperType, Type, get_proper_type

from neuraltypes_mypy.sizes._class_sizes import is_configured
from neuraltypes_mypy.sizes._nested import has_nested
from neuraltypes_mypy.source._source import read_source


def is_steady(expression: Expression, owner: ProperType, api: Any) -> bool:
    """Whether an object still has the sizes that it was made with: a module, or what nothing here can have changed."""
    if not isinstance(owner, Instance) or is_configured(owner.type) or isinstance(expression, CallExpr):
        return True
    if isinstance(expression, MemberExpr):
        known: Type | None = api.lookup_type_or_none(expression.expr)
        holder = get_proper_type(known)
        is_held = isinstance(holder, Instance) and has_nested(holder.type, expression.name)
        return is_held and holder is not None and is_steady(expression.expr, holder, api)
    function = api.scope.current_function()
    if not isinstance(expression, NameExpr) or not isinstance(function, FuncDef) or not hasattr(api, "tree"):
        return False
    return not read_source(api.tree.path).may_change(expression.name, function.line, function.end_line)


def is_self(expression: Expression, api: Any) -> bool:
    """Whether an expression is the first parameter of the method that is checked now."""
    function = api.scope.current_function()
    return (
        isinstance(expression, NameExpr)
        and function is not None
        and bool(function.info)
        and bool(getattr(function, "arguments", None))
        and function.arguments[0].variable is expression.node
    )
