"""What functions return by the nature of the operations in their bodies.

What an operation gives by its nature is an `Any` with a note to mypy, which agrees with every declared element; so the
two are compared here. And where a function declares no element, a call of it in the same file gives what all of its
returns hold, as far as mypy has come to them: one of another file may come from mypy's cache, which knows no bodies.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import (
    CallExpr,
    Decorator,
    Expression,
    FuncDef,
    MemberExpr,
    RefExpr,
    ReturnStmt,
    SymbolNode,
)
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, Instance, ProperType, TupleType, Type, get_proper_type

from neuraltypes_mypy import _codes as codes
from neuraltypes_mypy._atoms import note_of
from neuraltypes_mypy._either import certain
from neuraltypes_mypy._elements import contradicts, element_class, element_text, is_exclusive, is_produced
from neuraltypes_mypy._pairs import pairs
from neuraltypes_mypy._returns import returned
from neuraltypes_mypy._statements import statements
from neuraltypes_mypy._tensor import as_tensor, read_tensor
from neuraltypes_mypy._walk import walk


def check_return(ctx: FunctionContext) -> None:
    """Report a result that cannot mean what its function declares."""
    api: Any = ctx.api
    declared, expression = _declared(api), returned(ctx.context)
    if declared is None or expression is None:
        return
    for path, expected, given in pairs(declared, _type_of(expression, declared, api), "Returned value"):
        element, wanted = read_tensor(given).element, element_class(read_tensor(expected).element)
        if wanted is not None and contradicts(wanted, element):
            text = f"{path} holds {element_text(element)}, expected {wanted.name}"
            api.fail(text, expression, code=codes.ELEMENT)


def _declared(api: Any) -> ProperType | None:
    """What the function that is checked now declares to return, if that has an element that excludes others."""
    declared = get_proper_type(api.return_types[-1]) if api.return_types else None
    if declared is None:
        return None
    tensors = [tensor for type_ in walk(declared) if (tensor := as_tensor(type_)) is not None]
    classes = [element_class(read_tensor(tensor).element) for tensor in tensors]
    return declared if any(one is not None and is_exclusive(one) for one in classes) else None


def _type_of(expression: Expression, declared: Type, api: Any) -> Type:
    """The type of what is returned; mypy comes to it after us, and says then what is wrong with it."""
    with api.msg.filter_errors():
        found: Type = api.expr_checker.accept(expression, declared)
    return certain(found, expression, api.scope.current_function(), api)


# Of functions that say less than they do


def with_nature(result: Type, ctx: FunctionContext | MethodContext) -> Type:
    """What a call gives, with the elements that its function's returns hold where none is declared."""
    proper = get_proper_type(result)
    items = proper.items if isinstance(proper, TupleType) else [result]
    if not any(_is_silent(item) for item in items):
        return result
    function = _function(ctx)
    held = None if function is None else _held(function, ctx.api, len(items))
    if held is None:
        return result
    made = [_with_element(item, element) for item, element in zip(items, held, strict=True)]
    return proper.copy_modified(items=made) if isinstance(proper, TupleType) else made[0]


def _is_silent(type_: Type) -> bool:
    tensor = as_tensor(type_)
    element = None if tensor is None else get_proper_type(tensor.args[2])
    return isinstance(element, AnyType) and note_of(element) is None


def _with_element(type_: Type, element: ProperType | None) -> Type:
    tensor = as_tensor(type_)
    if element is None or tensor is None or not _is_silent(type_):
        return type_
    return tensor.copy_modified(args=[tensor.args[0], tensor.args[1], element])


def _held(function: FuncDef, api: Any, count: int) -> list[ProperType | None] | None:
    """The elements that all returns of a function hold by the nature of operations, for each item of the result."""
    found: list[list[ProperType | None]] = []
    for statement in statements(function.body):
        if not isinstance(statement, ReturnStmt):
            continue
        type_ = None if statement.expr is None else api.lookup_type_or_none(statement.expr)
        if type_ is not None and statement.expr is not None:
            type_ = certain(type_, statement.expr, function, api)
        proper = None if type_ is None else get_proper_type(type_)
        items = proper.items if isinstance(proper, TupleType) else [proper]
        if proper is None or len(items) != count:
            return None
        found.append([_produced(item) for item in items])
    return [_same(together) for together in zip(*found, strict=True)] if found else None


def _produced(type_: Type | None) -> ProperType | None:
    tensor = None if type_ is None else as_tensor(type_)
    element = None if tensor is None else get_proper_type(tensor.args[2])
    return element if element is not None and is_produced(element) else None


def _same(elements: tuple[ProperType | None, ...]) -> ProperType | None:
    notes = {None if element is None else note_of(element) for element in elements}
    return elements[0] if len(notes) == 1 else None


def _function(ctx: FunctionContext | MethodContext) -> FuncDef | None:
    """The function of the same file that a call calls, where that is clear."""
    node = _called(ctx)
    if isinstance(node, Decorator) and not node.decorators:
        node = node.func
    if not isinstance(node, FuncDef) or node.is_generator or node.is_coroutine or node.is_property:
        return None
    api: Any = ctx.api
    module = node.info.module_name if node.info else node.fullname.rpartition(".")[0]
    return node if module in ("", api.tree.fullname) else None


def _called(ctx: FunctionContext | MethodContext) -> SymbolNode | None:
    call = ctx.context
    callee = call.callee if isinstance(call, CallExpr) else None
    if not isinstance(callee, Expression):
        return None
    if isinstance(ctx, FunctionContext):
        return callee.node if isinstance(callee, RefExpr) else None
    receiver = ctx.type
    if not isinstance(receiver, Instance):
        return None
    method = receiver.type.get(callee.name) if isinstance(callee, MemberExpr) else None
    if method is not None and isinstance(method.node, FuncDef | Decorator):
        owner = _instance(callee.expr, ctx.api) if isinstance(callee, MemberExpr) else None
        return method.node if owner is not None and owner.type is receiver.type else None
    forward = receiver.type.get("forward")
    return None if forward is None else forward.node


def _instance(expression: Expression, api: Any) -> Instance | None:
    known = api.lookup_type_or_none(expression)
    proper = None if known is None else get_proper_type(known)
    return proper if isinstance(proper, Instance) else None
