"""Annotations where mypy sees an expression: the second argument of `isinstance` and `ensure`."""

from __future__ import annotations

from typing import Any

from mypy.nodes import (
    CallExpr,
    Expression,
    FloatExpr,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    StrExpr,
    TupleExpr,
    TypeAlias,
    TypeInfo,
)
from mypy.types import Instance, NoneType, ProperType, TupleType, Type, UnionType

from neuraltypes_mypy.annotations._annotations import Annotations, read_axes
from neuraltypes_mypy.annotations._scopes import body_scope
from neuraltypes_mypy.base._names import ANNOTATED
from neuraltypes_mypy.source._origins import find_origin
from neuraltypes_mypy.tensors._elements import is_element, positional_names
from neuraltypes_mypy.tensors._tensor import unknown
from neuraltypes_mypy.tensors._types import KnownTypes


class Expressions:
    """Reads annotations that are expressions, for one run of mypy."""

    def __init__(self, types: KnownTypes, annotations: Annotations) -> None:
        self._types = types
        self._annotations = annotations

    def read(self, expression: Expression, api: Any) -> Type | None:
        """The type that an expression stands for; None where it is no annotation that is understood."""
        match expression:
            case NameExpr(name="None"):
                return NoneType()
            case RefExpr(node=TypeInfo() as info):
                return Instance(info, [unknown() for _ in info.type_vars])
            case RefExpr(node=TypeAlias() as alias):
                return self._annotations.rescoped(alias.target, body_scope(api))
            case OpExpr(op="|"):
                left, right = self.read(expression.left, api), self.read(expression.right, api)
                return None if left is None or right is None else UnionType.make_union([left, right])
            case IndexExpr(base=RefExpr() as base):
                items = expression.index.items if isinstance(expression.index, TupleExpr) else [expression.index]
                return self._subscripted(base, items, api)
            case _:
                return None

    def _subscripted(self, base: RefExpr, items: list[Expression], api: Any) -> Type | None:
        if base.fullname in ANNOTATED:
            return self._annotated(base, items, api)
        inner = [self.read(item, api) for item in items]
        known = [unknown() if type_ is None else type_ for type_ in inner]
        if base.fullname == "typing.Optional" and len(known) == 1:
            return UnionType.make_union([known[0], NoneType()])
        if base.fullname == "typing.Union":
            return UnionType.make_union(known)
        if isinstance(base.node, TypeInfo) and base.node.fullname == "builtins.tuple":
            return TupleType(known, self._types.tuple_type)
        if isinstance(base.node, TypeInfo) and len(base.node.type_vars) == len(known):
            return Instance(base.node, known)
        return None

    def _annotated(self, base: RefExpr, items: list[Expression], api: Any) -> Type | None:
        inner = self.read(items[0], api)
        if inner is None or len(items) < 2:
            return inner
        name = base.name if isinstance(base, NameExpr) else _dotted(base)
        origin = find_origin(name, api.tree, api.modules)
        if origin.is_dtype and isinstance(items[1], StrExpr):
            axes = read_axes(items[1].value, items[1], api)
            return inner if axes is None else self._annotations.with_array(inner, origin.name, axes, body_scope(api))
        for item in items[1:]:
            element = self._element(item)
            if element is not None:
                return self._annotations.with_element(inner, element)
        return inner

    def _element(self, expression: Expression) -> ProperType | None:
        if isinstance(expression, RefExpr) and isinstance(expression.node, TypeInfo) and is_element(expression.node):
            return self._types.element(expression.node, {})
        if isinstance(expression, CallExpr) and isinstance(expression.callee, RefExpr):
            info = expression.callee.node
            if isinstance(info, TypeInfo) and is_element(info):
                names = iter(positional_names(info))
                values = [
                    (name if kind.is_named() else next(names, None), value)
                    for kind, name, value in zip(
                        expression.arg_kinds, expression.arg_names, expression.args, strict=True
                    )
                    if not kind.is_star()
                ]
                parameters = {
                    name: value.value
                    for name, value in values
                    if name and isinstance(value, IntExpr | StrExpr | FloatExpr)
                }
                return self._types.element(info, parameters)
        return None


def _dotted(expression: Expression) -> str:
    if isinstance(expression, MemberExpr):
        return f"{_dotted(expression.expr)}.{expression.name}"
    return expression.name if isinstance(expression, NameExpr) else ""
