"""Elements in annotations: `LogitsType`, `AudioSignal(freq=16000)`, a type variable."""

from __future__ import annotations

import ast
from typing import Any

from mypy.nodes import MypyFile, PlaceholderNode, TypeAlias, TypeInfo, TypeVarExpr
from mypy.plugin import AnalyzeTypeContext
from mypy.types import (
    AnyType,
    Instance,
    ProperType,
    RawExpressionType,
    Type,
    TypeOfAny,
    TypeVarType,
    UnboundType,
    get_proper_type,
)

from neuraltypes_mypy.annotations._scopes import Scopes, element_variable_id
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.source._source import read_source
from neuraltypes_mypy.tensors._elements import is_element, positional_names
from neuraltypes_mypy.tensors._tensor import unknown
from neuraltypes_mypy.tensors._types import KnownTypes


class ElementArguments:
    """Reads the arguments of annotations that are elements, for one run of mypy."""

    def __init__(self, types: KnownTypes, scopes: Scopes) -> None:
        self._types = types
        self._scopes = scopes

    def read(self, item: Type, ctx: AnalyzeTypeContext, is_neural_type: bool) -> ProperType | None:
        """The element that an argument of an annotation is; what `NeuralType` takes for none is reported."""
        api: Any = ctx.api
        if isinstance(item, UnboundType) and not item.args:
            is_string = item.original_str_expr is not None
            symbol = api.lookup_qualified(item.name, item, suppress_errors=not is_neural_type or is_string)
            if symbol is None and not is_string:
                return None  # mypy says that the name is not defined
            node = symbol.node if symbol is not None and not is_string else None
            if isinstance(node, PlaceholderNode):
                api.analyze_type(item)  # defers
                return None
            if isinstance(node, TypeInfo) and is_element(node):
                return self._types.element(node, {})
            if isinstance(node, TypeAlias):
                target = get_proper_type(node.target)
                if isinstance(target, Instance) and is_element(target.type):
                    return self._types.element(target.type, {})
            if isinstance(node, TypeVarExpr):
                return self._variable(symbol, node, ctx)
        elif isinstance(item, RawExpressionType):
            found = self._call(item, api)
            if found is not None:
                return found
        if is_neural_type:
            api.fail(
                "The second argument of NeuralType is no element; write a subclass of ElementType such as LogitsType, "
                "or an instance such as AudioSignal(freq=16000)",
                ctx.context,
                code=codes.BAD_ANNOTATION,
            )
        return None

    def _variable(self, symbol: Any, node: TypeVarExpr, ctx: AnalyzeTypeContext) -> ProperType:
        api: Any = ctx.api
        bound = api.tvar_scope.get_binding(symbol)
        if isinstance(bound, TypeVarType):
            return bound
        scope = self._scopes.scope_of(ctx.type, api)
        if not scope.name:
            return unknown()
        identity = element_variable_id(node.name, scope.name)
        none = AnyType(TypeOfAny.from_omitted_generics)
        return TypeVarType(node.name, node.fullname, identity, node.values, node.upper_bound, none)

    def _call(self, item: RawExpressionType, api: Any) -> ProperType | None:
        module: MypyFile = api.api.modules[api.api.cur_mod_id]
        call = read_source(module.path).call_at((item.line, item.column))
        if call is None:
            return None
        symbol = api.lookup_qualified(ast.unparse(call.func), item, suppress_errors=True)
        if symbol is None or not isinstance(symbol.node, TypeInfo) or not is_element(symbol.node):
            return None
        given = [
            *zip(positional_names(symbol.node), call.args, strict=False),
            *((k.arg, k.value) for k in call.keywords),
        ]
        parameters = {name: value.value for name, value in given if name and isinstance(value, ast.Constant)}
        return self._types.element(symbol.node, parameters)

    def read_written(self, node: ast.expr, ctx: AnalyzeTypeContext) -> ProperType | None:
        """The same of an argument that stands in the source, where mypy has taken it for none."""
        if isinstance(node, ast.Call):
            return self._call(RawExpressionType(None, "typing.Any", node.lineno, node.col_offset), ctx.api)
        if isinstance(node, ast.Name | ast.Attribute):
            return self.read(UnboundType(ast.unparse(node), line=node.lineno, column=node.col_offset), ctx, False)
        return None
