"""What recipes look for in mypy's tree: constructors, what they pass on, what attributes are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mypy.nodes import (
    CallExpr,
    Decorator,
    Expression,
    ExpressionStmt,
    FloatExpr,
    FuncDef,
    IntExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    StrExpr,
    SuperExpr,
    TypeInfo,
    Var,
)
from mypy.types import CallableType, Type, TypedDictType, get_proper_type

from neuraltypes._sizes import Size, Symbol
from neuraltypes_mypy.modules._buffers import is_registered
from neuraltypes_mypy.modules._module_containers import CLASSES
from neuraltypes_mypy.sizes._class_sizes import assigns
from neuraltypes_mypy.source._container_uses import changes_itself
from neuraltypes_mypy.source._statements import attribute_values, methods
from neuraltypes_mypy.tensors._members import (
    is_module,
    may_be_module,
)
from neuraltypes_mypy.tensors._sized_ints import is_int

MADE: Final = "__neuraltypes_made"  # private to each class, so that no class overrides another's


def makes_module(node: object) -> bool:
    """Whether a function is declared to give a module."""
    signature = node.type if isinstance(node, FuncDef) else None
    return isinstance(signature, CallableType) and is_module(signature.ret_type)


def helper_of(node: object) -> FuncDef | None:
    """The function behind a name that is declared to give a module: one, or a class or static method."""
    if isinstance(node, Decorator) and (node.func.is_class or node.func.is_static):
        node = node.func
    return node if isinstance(node, FuncDef) and makes_module(node) else None


def is_replaced(function: FuncDef) -> bool:
    """Whether decorators other than `classmethod` and `staticmethod` make something else of a method."""
    symbol = function.info.names.get(function.name) if function.info else None
    return symbol is not None and isinstance(symbol.node, Decorator) and bool(symbol.node.decorators)


def is_own_class(node: object, function: FuncDef) -> bool:
    """Whether a name is the `cls` of a class method."""
    return function.is_class and bool(function.arguments) and function.arguments[0].variable is node


def constructor_owner(info: TypeInfo, skip: int = 0) -> TypeInfo | None:
    """The class that defines the constructor of a class, or of the classes behind it."""
    return next((base for base in info.mro[skip:] if "__init__" in base.names), None)


def agreed(info: TypeInfo, name: str) -> Type | None:
    """What all assignments to an attribute make, as it is kept with the class that has them."""
    owner = next((base for base in info.mro if assigns(base, name)), None)
    symbol = None if owner is None else owner.names.get(MADE)
    kept = get_proper_type(symbol.node.type) if symbol is not None and isinstance(symbol.node, Var) else None
    return kept.items.get(f"self.{name}") if isinstance(kept, TypedDictType) else None


def put_in(size: Size, sizes: Mapping[Symbol, Size], scope: str) -> Size | None:
    is_inner = any(symbol.scope == scope and symbol not in sizes for symbol in size.symbols())
    return None if is_inner else size.replace(sizes)


def stands_in(node: FuncDef, module: str) -> bool:
    """Whether a function stands in a module."""
    return node.info.module_name == module if node.info else node.fullname.rpartition(".")[0] == module


def adds_modules(info: TypeInfo) -> bool:
    """Whether a container may come to hold more than what its constructor passes on: an attribute is a part of it."""
    bodies = list(methods(info.defn.defs))
    values = [
        value
        for method in bodies
        for name, value in attribute_values(method)
        if name != MADE and not is_registered(value)
    ]
    plain = (IntExpr, FloatExpr, StrExpr, OpExpr)
    is_plain = all(isinstance(value, plain) or _is_parameter_of_int(value) for value in values)
    return not is_plain or any(changes_itself(method.body) for method in bodies)


def _is_parameter_of_int(value: Expression | None) -> bool:
    variable = value.node if isinstance(value, NameExpr) else None
    return isinstance(variable, Var) and is_int(variable.type)


def super_call(statement: object) -> CallExpr | None:
    call = statement.expr if isinstance(statement, ExpressionStmt) else None
    is_super = isinstance(call, CallExpr) and isinstance(call.callee, SuperExpr) and call.callee.name == "__init__"
    return call if isinstance(call, CallExpr) and is_super else None


def is_asked_about(info: TypeInfo, name: str, count: int) -> bool:
    """Whether mypy's own type of an attribute forgets what it is made of: it is declared, or assigned repeatedly."""
    own = info.names.get(name)
    symbol = own or info.get(name)
    variable = symbol.node if symbol is not None else None
    if not isinstance(variable, Var):
        return False
    declared = None if variable.type is None else get_proper_type(variable.type)
    if own is not None and count == 1 and (variable.is_inferred and not variable.explicit_self_type):
        return False
    return declared is None or may_be_module(declared)


def made_container(call: CallExpr) -> TypeInfo | None:
    node = call.callee.node if isinstance(call.callee, RefExpr) else None
    return node if isinstance(node, TypeInfo) and node.fullname in CLASSES else None


def is_own(expression: Expression, function: FuncDef) -> bool:
    is_method = bool(function.info) and isinstance(expression, NameExpr)
    return is_method and bool(getattr(getattr(expression, "node", None), "is_self", False))


def is_none(value: Expression | None) -> bool:
    return isinstance(value, NameExpr) and value.fullname == "builtins.None"
