"""Attributes that `hasattr(x, "name")` has seen: mypy keeps them with the type of `x` that was declared, and no other.

A tensor of which more is known than its declaration says would lose them again.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import NameExpr, Var
from mypy.plugin import FunctionContext
from mypy.types import AnyType, Type, UnionType, get_proper_type

from neuraltypes_mypy.base._types import kept_with
from neuraltypes_mypy.tensors._tensor import as_tensor

_OURS = "neuraltypes:"


def asked(ctx: FunctionContext) -> Type:
    """At `hasattr(x, ...)`: a tensor that has a declared type is taken for that."""
    subject = ctx.args[0][0] if ctx.args and ctx.args[0] else None
    variable = subject.node if isinstance(subject, NameExpr) else None
    if isinstance(variable, Var) and variable.type is not None and _is_tensor(variable.type):
        api: Any = ctx.api
        given = ctx.arg_types[0][0]
        if as_tensor(given) is not None and variable.type != given and not has_more(given):
            api.store_type(subject, variable.type)
            api.binder.put(subject, variable.type)
    return ctx.default_return_type


def _is_tensor(declared: Type) -> bool:
    """Whether a type is a tensor, or one of a tensor and what is not known."""
    proper = get_proper_type(declared)
    if isinstance(proper, UnionType):
        items = [item for item in map(get_proper_type, proper.items) if not isinstance(item, AnyType)]
        return len(items) == 1 and as_tensor(items[0]) is not None
    return as_tensor(proper) is not None


def has_more(type_: Type | None) -> bool:
    """Whether a value has attributes that its class does not have."""
    return any(not name.startswith(_OURS) for name in kept_with(type_))
