"""Sizes that configurations hold: `config.d` in a constructor that takes `config`, `self.config.d` where it is kept."""

from __future__ import annotations

from typing import Any, TypeGuard

from mypy.nodes import Expression, FuncDef, MemberExpr, NameExpr, TypeInfo
from mypy.types import Instance, ProperType, TupleType, Type, get_proper_type

from neuraltypes._sizes import Size, named
from neuraltypes._unify import ARGUMENT
from neuraltypes_mypy.sizes._class_sizes import (
    attribute_size,
    holds_size,
    is_configured,
    item_defaults,
    parameter_names_of,
    parameter_size,
)
from neuraltypes_mypy.sizes._steady import is_self
from neuraltypes_mypy.sizes._unchecked import Unchecked
from neuraltypes_mypy.source._assigned import is_parameter
from neuraltypes_mypy.source._statements import assignments, rooted, scope_name


def size_of_field(expression: MemberExpr, api: Any) -> Size | None:
    """The size of `config.d`, also where its class does not say that it is an `int`."""
    owner = get_proper_type(api.lookup_type_or_none(expression.expr))
    return None if owner is None else field_size(expression, owner, api)


def field_size(expression: MemberExpr, owner: ProperType, api: Any) -> Size | None:
    """`config.d` in a constructor that takes `config`, `self.config.d` where it is kept: a size of the class."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef) or not isinstance(owner, Instance):
        return None
    is_module = is_configured(owner.type)
    if not (holds_size if is_module else _is_parameter)(owner.type, expression.name):
        return None
    root, path = rooted(expression.expr)
    if isinstance(api, Unchecked) and function.name != "__init__" and not is_self(root, api):
        return _of_parameter(root, path, expression.name, function)
    if not function.info:
        return None
    if is_self(root, api) and path:
        return attribute_size(function.info, f"{path}.{expression.name}")
    if function.name != "__init__" or not is_configured(function.info) or not _is_given(root, function):
        return None
    return parameter_size(function.info, ".".join(filter(None, (root.name, path, expression.name))))


def _is_parameter(info: TypeInfo, name: str) -> bool:
    return name in parameter_names_of(info)


def item_of_field(several: MemberExpr, place: int, api: Any) -> Size | None:
    """`config.widths[0]` in a constructor that takes `config`, of whose class `widths` is a tuple of so many `int`s."""
    function = api.scope.current_function()
    known: list[Type | None] = [api.lookup_type_or_none(one) for one in (several.expr, several)]
    owner, held = get_proper_type(known[0]), get_proper_type(known[1])
    if not isinstance(function, FuncDef) or not isinstance(owner, Instance) or is_configured(owner.type):
        return None
    count = len(item_defaults(owner.type).get(several.name, ()))
    if not isinstance(held, TupleType) or len(held.items) != count:
        return None
    if not -count <= place < count or function.name != "__init__" or not is_configured(function.info):
        return None
    root, path = rooted(several)
    if not _is_given(root, function) or is_self(root, api):
        return None
    return parameter_size(function.info, f"{root.name}.{path}[{place % count}]")


def _of_parameter(root: Expression, path: str, name: str, function: FuncDef) -> Size | None:
    """`config.d` in a helper that takes `config`, for its callers; inside of it, it may be equal to any other."""
    if not _is_given(root, function):
        return None
    return named(".".join(filter(None, (root.name, path, name))), ARGUMENT + scope_name(function))


def _is_given(holder: Expression, function: FuncDef) -> TypeGuard[NameExpr]:
    """Whether a name is a parameter that a function neither gives another object nor changes an attribute of."""
    if not isinstance(holder, NameExpr) or not is_parameter(holder.node, function):
        return False
    changed = [rooted(target)[0] for target, _ in assignments(function.body)]
    return not any(isinstance(one, NameExpr) and one.node is holder.node for one in changed)
