"""What mypy's daemon must check again when something changes that only the plugin reads.

The daemon compares the symbols of a module before and after an edit, and checks what depends on those that differ.
"""

from __future__ import annotations

import json
from typing import Any, Final

from mypy.nodes import (
    MDEF,
    ClassDef,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    SymbolTableNode,
    TypeInfo,
    Var,
)
from mypy.server.deps import get_dependencies_of_target
from mypy.server.trigger import make_trigger
from mypy.types import Instance, LiteralType, Type

from neuraltypes_mypy.base._names import METADATA

_SYMBOL: Final = "__neuraltypes"  # private: that of one base class need not fit that of another


def show_metadata(cls: ClassDef, str_type: Instance) -> None:
    """Make what is kept with a class a symbol of it, so that the daemon sees it change."""
    info = cls.info
    data = info.metadata.get(METADATA)
    if not data or info.is_enum or info.is_named_tuple or _is_protocol(cls):
        return
    variable = Var(_SYMBOL, LiteralType(json.dumps(data, sort_keys=True), str_type))
    variable.info = info
    variable._fullname = f"{info.fullname}.{_SYMBOL}"  # noqa: SLF001 - as mypy's own plugins set it
    variable.is_classvar = variable.is_ready = True
    info.names[_SYMBOL] = SymbolTableNode(MDEF, variable, plugin_generated=True)


def _is_protocol(cls: ClassDef) -> bool:
    """Whether a class is a protocol, of which each symbol is a demand; mypy has not marked it yet."""
    bases = [
        base.base if isinstance(base, IndexExpr) else base
        for base in (*cls.base_type_exprs, *cls.removed_base_type_exprs)
    ]
    return any(isinstance(base, NameExpr | MemberExpr) and base.name == "Protocol" for base in bases)


def depend_on(api: Any, fullname: str, *members: str) -> None:
    """What is checked now depends on members of a class, and on what is kept with it."""
    target = api.tscope.current_target()
    for member in (_SYMBOL, *members):
        api.tree.plugin_deps.setdefault(make_trigger(f"{fullname}.{member}"), set()).add(target)


def depend_as(function: FuncDef, types: dict[Expression, Type], api: Any) -> None:
    """What is checked now depends on all that a function's body depends on, whose expressions are of these types."""
    options = api.options
    if not (options.fine_grained_incremental or options.cache_fine_grained):
        return
    target, module = api.tscope.current_target(), api.tree
    for trigger in get_dependencies_of_target(module.fullname, module, function, types, options.python_version):
        module.plugin_deps.setdefault(trigger, set()).add(target)


def depend_on_class(api: Any, info: TypeInfo) -> None:
    """The class that is defined now depends on what is kept with another."""
    if METADATA in info.metadata:
        api.add_plugin_dependency(make_trigger(f"{info.fullname}.{_SYMBOL}"))
