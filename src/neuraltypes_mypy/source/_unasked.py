"""Calls before which mypy asks no plugin for a signature: `super().forward(x)`, and `cls(x)` in a class method.

In mypy's tree, and nowhere else, the callee of such a call becomes the argument of a call whose hook gives the callee's
type back, widened as that of every other call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Context,
    Decorator,
    Expression,
    FuncDef,
    NameExpr,
    SuperExpr,
    TypeInfo,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import CallableType, ProperType, Type, TypeType, UnboundType, UnionType, get_proper_type

from neuraltypes._dtypes import DTYPE_NAMES
from neuraltypes_mypy.source._inserted import is_marked, marked

_MARK: Final = "neuraltypes: signature"


def ask_for_signatures(function: FuncDef, owner: TypeInfo | None = None) -> None:
    """Prepare the calls in a method, or in a class method of `owner`; doing it again changes nothing."""
    if not function.info and owner is None:
        return
    is_class = function.is_class or owner is not None
    cls = function.arguments[0].variable.name if is_class and function.arguments else None
    for call in get_subexpressions(function.body):
        if isinstance(call, CallExpr) and _is_unasked(call.callee, cls):
            call.callee = marked(call.callee, _MARK)


def ask_in_class_methods(cls: ClassDef) -> None:
    """Prepare the class methods of a class that is made of tensors: `cls(x)` in one that names no axes itself."""
    bodies = [cls.defs, *(base.defn.defs for base in cls.info.mro[1:] if base.module_name == cls.info.module_name)]
    made_of = [type_ for body in bodies for type_ in _made_of(body)]
    if not any(map(_names_tensor, made_of)):
        return
    for statement in cls.defs.body:
        if isinstance(statement, Decorator) and any(map(_is_class_method, statement.original_decorators)):
            ask_for_signatures(statement.func, cls.info)


def _made_of(body: Block) -> Iterator[Type]:
    """What a constructor takes, or the fields of a class, as it is written."""
    for statement in body.body:
        match statement:
            case FuncDef(name="__init__", unanalyzed_type=CallableType(arg_types=types)):
                yield from types
            case AssignmentStmt(unanalyzed_type=Type() as written):
                yield written


def _names_tensor(written: Type) -> bool:
    """Whether an annotation, as it is written, is one of a tensor with axes."""
    proper = get_proper_type(written)
    if isinstance(proper, UnionType):
        return any(map(_names_tensor, proper.items))
    if not isinstance(proper, UnboundType):
        return False
    name = proper.name.rpartition(".")[2]
    return name in DTYPE_NAMES or name == "NeuralType" or any(map(_names_tensor, proper.args))


def _is_class_method(decorator: Expression) -> bool:
    return isinstance(decorator, NameExpr) and decorator.name == "classmethod"


def _is_unasked(callee: Expression, cls: str | None) -> bool:
    if isinstance(callee, SuperExpr):
        return callee.name != "__init__"
    return isinstance(callee, NameExpr) and callee.name == cls


def is_asking(call: object) -> bool:
    """Whether a call is one that was put in here."""
    return is_marked(call, _MARK)


def call_key(call: Context) -> int:
    """What a call is known by before and after its arguments are checked."""
    return id(call.callee) if isinstance(call, CallExpr) and is_asking(call.callee) else id(call)


def signature_of(callee: ProperType, context: Context, api: Any) -> ProperType:
    """The signature that is called; what has several is returned as it is."""
    if not isinstance(callee, TypeType):
        return callee
    made: Type = api.expr_checker.analyze_type_type_callee(callee.item, context)
    signature = get_proper_type(made)
    return signature if isinstance(signature, CallableType) else callee
