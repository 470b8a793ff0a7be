"""Which functions and classes mypy is to check before it writes a module's cache, for what they make is kept in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mypy.nodes import (
    MDEF,
    AssignmentStmt,
    ClassDef,
    FuncDef,
    MemberExpr,
    NameExpr,
    SymbolTableNode,
    TypeInfo,
    Var,
)
from mypy.plugin import AnalyzeTypeContext
from mypy.types import (
    AnyType,
    CallableType,
    Type,
    TypeOfAny,
    UnboundType,
)

from neuraltypes_mypy.modules._recipe_nodes import MADE, super_call
from neuraltypes_mypy.sizes._class_sizes import is_configured
from neuraltypes_mypy.source._statements import attribute_values, methods


def announce_recipes(cls: ClassDef) -> None:
    """Give a class of modules the symbol that is to hold what its constructor makes."""
    info = cls.info
    if not is_configured(info) or MADE in info.names:
        return
    variable = Var(MADE, AnyType(TypeOfAny.special_form))
    variable.info = info
    variable._fullname = f"{info.fullname}.{MADE}"  # noqa: SLF001 - as mypy's own plugins set it
    variable.is_ready = variable.is_inferred = variable.is_initialized_in_class = True
    info.names[MADE] = SymbolTableNode(MDEF, variable, plugin_generated=True)
    for method in methods(cls.defs):
        if method.name == "__init__" and any(super_call(one) is not None for one in method.body.body):
            _assign_symbol(method)


def _assign_symbol(constructor: FuncDef) -> None:
    """Have mypy check a constructor before it writes a module's cache, as it does with those that set attributes."""
    first = constructor.body.body[0]
    if any(True for _ in attribute_values(constructor)) or not constructor.arguments:
        return
    target, value = (MemberExpr(NameExpr(constructor.arguments[0].variable.name), MADE) for _ in range(2))
    statement = AssignmentStmt([target], value)
    for node in (target.expr, target, value.expr, value, statement):
        node.set_line(first)
    constructor.body.body.insert(0, statement)


def announce_helper(ctx: AnalyzeTypeContext, info: TypeInfo) -> Type:
    """The type that an annotation names; a function that it is the result of makes a module, and is checked early."""
    analyzer: Any = ctx.api
    function = analyzer.api.statement
    signature = function.type if isinstance(function, FuncDef) else None
    if isinstance(signature, CallableType) and any(one is ctx.type for one in _parts(signature.ret_type)):
        function.def_or_infer_vars |= not (function.is_decorated or function.is_overload)
    result: Type = analyzer.analyze_type_with_type_info(info, ctx.type.args, ctx.type, ctx.type.empty_tuple_index)
    return result


def _parts(declared: Type) -> list[Type]:
    """A declared type as it is written, and what stands in it: `Block` of `list[Block]`."""
    items: Sequence[Type] = ()
    if isinstance(declared, UnboundType):
        items = declared.args
    return [declared, *items]
