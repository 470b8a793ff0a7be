"""How the source fills containers of modules and of parameters: where they are made, and step by step after that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mypy.nodes import (
    Block,
    CallExpr,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    Var,
)
from mypy.plugin import MethodContext
from mypy.types import Instance, LiteralType, ProperType, TupleType, Type, TypedDictType, get_proper_type

from neuraltypes_mypy.flow._containers import forget_elsewhere
from neuraltypes_mypy.source._container_uses import changes_attribute, is_own
from neuraltypes_mypy.source._statements import attribute_values, methods
from neuraltypes_mypy.source._steps import Either, One, Rounds, Several, Step, Steps, attribute_steps, variable_steps
from neuraltypes_mypy.tensors._members import held_in
from neuraltypes_mypy.tensors._tensor import unknown


def _variable_of(owner: Expression | None, function: FuncDef) -> Var | None:
    """The variable that a container is kept in: a local one, or an attribute of this class."""
    node = owner.node if isinstance(owner, NameExpr) else None
    if isinstance(owner, MemberExpr) and is_own(owner, owner.name) and owner.name in function.info.names:
        node = function.info.names[owner.name].node
    return node if isinstance(node, Var) else None


def is_filled_elsewhere(call: CallExpr, function: object) -> bool:
    """Whether another method changes the attribute that is made of a call."""
    if not isinstance(function, FuncDef) or not function.info:
        return False
    names = [name for name, value in attribute_values(function) if value is call]
    others = [method for method in methods(function.info.defn.defs) if method is not function]
    return any(changes_attribute(method.body, name) for name in names for method in others)


def _all_steps(owner: Expression | None, function: FuncDef, *, has_keys: bool = False) -> Steps | None:
    """All that a container is filled with; None where not all of it is in the function that makes it."""
    if isinstance(owner, NameExpr):
        return variable_steps(owner.node, function.body, has_keys=has_keys)
    if not isinstance(owner, MemberExpr) or not is_own(owner, owner.name) or function.name != "__init__":
        return None
    others = [method for method in methods(function.info.defn.defs) if method is not function]
    if any(changes_attribute(method.body, owner.name) for method in others):
        return None
    return attribute_steps(owner.name, function.body, has_keys=has_keys)


def fill(ctx: MethodContext, filled: Callable[[Instance, Steps], Instance], *, has_keys: bool) -> None:
    """Type the variable that a container is kept in, which a method has filled, by all that it is filled with."""
    api: Any = ctx.api
    owner, function = _receiver(ctx.context), api.scope.current_function()
    variable = _variable_of(owner, function) if isinstance(function, FuncDef) else None
    if not isinstance(ctx.type, Instance) or variable is None or not variable.is_inferred:
        return
    steps = _all_steps(owner, function, has_keys=has_keys)
    bare = Instance(ctx.type.type, ctx.type.args)
    variable.type = bare if steps is None else filled(bare, steps)
    forget_elsewhere(owner, variable.type, api)


def each(step: Step, type_of: Callable[[Expression], Type]) -> list[Type]:
    """The modules of a step, in whatever order."""
    match step:
        case One(expression=expression):
            return [unknown() if expression is None else type_of(expression)]
        case Several(expression=expression):
            return [item_of(type_of(expression))]
        case Rounds(steps=steps):
            return [type_ for inner in steps for type_ in each(inner, type_of)]
        case Either(branches=branches):
            return [type_ for branch in branches for inner in branch for type_ in each(inner, type_of)]


def item_of(several: Type) -> Type:
    """What a list, a tuple or a dictionary of modules holds."""
    held = held_in(several)
    return held[0] if len(held) == 1 else unknown()


def body_of(api: Any) -> Block:
    """The body that is checked now: of a function, or of the module."""
    function = api.scope.current_function()
    if isinstance(function, FuncDef):
        return function.body
    block = Block([])
    block.body = api.tree.defs
    return block


def _receiver(context: Any) -> Expression | None:
    if isinstance(context, OperatorAssignmentStmt):
        return context.lvalue
    if isinstance(context, IndexExpr):
        return context.base
    callee = context.callee if isinstance(context, CallExpr) else None
    return callee.expr if isinstance(callee, MemberExpr) else None


def checked_type(expression: Expression, api: Any) -> Type:
    """What mypy has found an expression to be."""
    found: Type | None = api.lookup_type_or_none(expression)
    return unknown() if found is None else found


def chosen(items: ProperType | None, ctx: MethodContext) -> Type | None:
    """What an index takes of all that a container holds; None where one of the two is not known."""
    value = _literal(get_proper_type(ctx.arg_types[0][0])) if ctx.arg_types and ctx.arg_types[0] else None
    if isinstance(items, TupleType) and type(value) is int and -len(items.items) <= value < len(items.items):
        return items.items[value]
    if isinstance(items, TypedDictType) and isinstance(value, str) and value in items.items:
        return items.items[value]
    return None


def _literal(type_: ProperType) -> object:
    if isinstance(type_, Instance) and type_.last_known_value is not None:
        type_ = type_.last_known_value
    return type_.value if isinstance(type_, LiteralType) else None
