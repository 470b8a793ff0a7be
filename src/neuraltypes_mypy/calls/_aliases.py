"""Names that stand for a function: `nll = F.nll_loss`, `self.act = F.relu`. A call of one is a call of the function.

Only what is assigned once counts, in the module that is checked: what comes from mypy's cache has no source.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import CallExpr, Expression, FuncDef, MemberExpr, MypyFile, NameExpr, RefExpr, TypeInfo, Var
from mypy.types import Instance, Type, get_proper_type

from neuraltypes_mypy.source._assigned import Constants, only_value
from neuraltypes_mypy.source._source import read_source
from neuraltypes_mypy.source._statements import attribute_values, methods

_constants: Final = Constants()


def function_behind(call: object, api: Any) -> str | None:
    """The full name of the function that the name stands for which is called; None where it may be another one."""
    if not isinstance(call, CallExpr) or not isinstance(getattr(api, "tree", None), MypyFile):
        return None
    match call.callee:
        case NameExpr(node=Var() as variable) if not variable.is_suppressed_import:
            value = _of_names(variable, api)
        case MemberExpr(expr=holder, name=name):
            value = _of_attribute(holder, name, api)
        case _:
            return None
    return value.fullname if isinstance(value, RefExpr) and "." in value.fullname else None


def _of_names(variable: Var, api: Any) -> Expression | None:
    """What a name stands for, by way of others: `nll = F.nll_loss; loss = nll`."""
    seen: set[Var] = set()
    value: Expression | None = None
    while variable not in seen:
        seen.add(variable)
        value = _of_name(variable, api)
        following = value.node if isinstance(value, NameExpr) else None
        if not isinstance(following, Var) or _module_of(following) not in ("", api.tree.fullname):
            return value
        variable = following
    return None


def _module_of(variable: Var) -> str:
    """The module that defines a name; nothing for one of a function."""
    return "" if variable.fullname == variable.name else variable.fullname.rpartition(".")[0]


def _of_name(variable: Var, api: Any) -> Expression | None:
    if variable.fullname != variable.name:
        is_changed = variable.name in read_source(api.tree.path).global_names
        return None if is_changed else _constants.value(variable, api.tree)
    function = api.scope.current_function()
    return only_value(variable, function) if isinstance(function, FuncDef) else None


def _of_attribute(holder: Expression, name: str, api: Any) -> Expression | None:
    """What the constructor gives an attribute that no other method, class or line of the module assigns."""
    known: Type | None = api.lookup_type_or_none(holder)
    receiver = get_proper_type(known)
    symbol = receiver.type.get(name) if isinstance(receiver, Instance) else None
    variable = symbol.node if symbol is not None else None
    if not isinstance(variable, Var) or not variable.is_inferred or variable.is_initialized_in_class:
        return None
    if variable.info.module_name != api.tree.fullname or name in read_source(api.tree.path).assigned_from_outside:
        return None
    values = [
        (method.name, value)
        for info in _related(variable.info, receiver, api.tree)
        for method in methods(info.defn.defs)
        for target, value in attribute_values(method)
        if target == name
    ]
    return values[0][1] if len(values) == 1 and values[0][0] == "__init__" else None


def _related(owner: TypeInfo, receiver: object, module: MypyFile) -> list[TypeInfo]:
    """The class that has an attribute, that of the object, those between them, and subclasses in the module."""
    known = [symbol.node for symbol in module.names.values() if isinstance(symbol.node, TypeInfo)]
    known += receiver.type.mro if isinstance(receiver, Instance) else []
    return list({info.fullname: info for info in known if owner in info.mro}.values())
