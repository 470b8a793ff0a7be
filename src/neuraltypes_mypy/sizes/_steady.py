"""Which objects still have the sizes that they were made with."""

from __future__ import annotations

from typing import Any

from mypy.nodes import CallExpr, Expression, FuncDef, MemberExpr, NameExpr, Var
from mypy.types import Instance, ProperType, Type, get_proper_type

from neuraltypes_mypy.sizes._class_sizes import is_configured
from neuraltypes_mypy.sizes._nested import has_nested
from neuraltypes_mypy.source._source import read_source
from neuraltypes_mypy.tensors._members import made_at


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
    """Whether an expression is the first parameter of the method that is checked now, and any object of its class."""
    function = api.scope.current_function()
    if not isinstance(expression, NameExpr) or function is None or not function.info:
        return False
    arguments = getattr(function, "arguments", None)
    variable: Var | None = arguments[0].variable if arguments else None
    return variable is not None and variable is expression.node and not _is_made(variable.type)


def _is_made(type_: Type | None) -> bool:
    return type_ is not None and made_at(get_proper_type(type_)) is not None
