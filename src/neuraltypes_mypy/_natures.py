"""What functions give by the nature of the operations in their bodies, where they declare no element.

It is kept as a note in the function's own type, so that all callers have it, be the function read or come from mypy's
cache: there it is a part of the module's interface, and who uses the module is checked again when it changes. mypy
writes that interface before it checks bodies that define no attributes; those that may give such notes are marked as if
they did. A call of a function of the same file that mypy has not come to yet puts off the function that it stands in,
as mypy does where an attribute has no type yet. So the order of functions in a file does not matter.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import CallExpr, Context, Decorator, Expression, FuncDef, MemberExpr, RefExpr, ReturnStmt, SymbolNode
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import (
    AnyType,
    CallableType,
    ExtraAttrs,
    Instance,
    ProperType,
    TupleType,
    Type,
    TypeVarType,
    get_proper_type,
)

from neuraltypes_mypy._atoms import note_of, noted_any
from neuraltypes_mypy._dependencies import depend_on
from neuraltypes_mypy._either import certain
from neuraltypes_mypy._elements import is_produced
from neuraltypes_mypy._recipe_nodes import stands_in
from neuraltypes_mypy._statements import statements
from neuraltypes_mypy._tensor import as_tensor, is_known, unknown
from neuraltypes_mypy._untyped import is_unwanted, untyped

_SHOWN: Final = "neuraltypes:nature "  # no attribute has such a name
# By the id of a function, whose type is another one once mypy has analyzed it again.
_read: Final[dict[int, tuple[FuncDef, Type | None]]] = {}


def record_nature(expression: Expression, api: Any) -> None:
    """Before the last `return` of a function: keep with its type what all of its returns hold."""
    function = api.scope.current_function()
    if api.current_node_deferred or not isinstance(function, FuncDef) or not _is_followed(function):
        return
    signature = function.type
    returns = [one.expr for one in statements(function.body) if isinstance(one, ReturnStmt)]
    if returns[-1] is not expression or not isinstance(signature, CallableType) or not _is_silent(signature.ret_type):
        return
    given = certain(type_of_returned(expression, signature.ret_type, api), expression, function, api)
    types = [*(None if one is None else _type_of(one, function, api) for one in returns[:-1]), given]
    function.type = signature.copy_modified(ret_type=_with_natures(signature.ret_type, types, api))
    _read[id(function)] = function, function.type


def type_of_returned(expression: Expression, declared: Type, api: Any) -> Type:
    """The type of what is returned; mypy comes to it after us, and says then what is wrong with it."""
    with api.msg.filter_errors():
        found: Type = api.expr_checker.accept(expression, declared)
    return found


def _is_followed(function: FuncDef) -> bool:
    """Whether what a function's returns hold is what a call of it gives."""
    if not isinstance(function.type, CallableType):
        return False
    if function.is_generator or function.is_coroutine or function.is_overload:
        return False
    # mypy checks the body once for each value of such a variable
    return not any(isinstance(one, TypeVarType) and one.values for one in function.type.variables)


def _type_of(expression: Expression, function: FuncDef, api: Any) -> Type | None:
    known = api.lookup_type_or_none(expression)
    return None if known is None else certain(known, expression, function, api)


def _with_natures(declared: Type, given: list[Type | None], api: Any) -> Type:
    """A declared result with what is returned in its place; where that is not the same, with nothing."""
    result = get_proper_type(declared)
    proper = [None if one is None else get_proper_type(one) for one in given]
    if not isinstance(result, TupleType):
        return _with_nature(result, proper, api) if as_tensor(result) is not None else declared
    rows = [one.items if isinstance(one, TupleType) else None for one in proper]
    if any(row is None or len(row) != len(result.items) for row in rows):
        rows = [[None] * len(result.items) for _ in rows]
    columns = zip(*(row for row in rows if row is not None), strict=True)
    items = [_with_natures(item, list(column), api) for item, column in zip(result.items, columns, strict=True)]
    return result.copy_modified(items=items)


def _with_nature(declared: ProperType, given: list[ProperType | None], api: Any) -> Type:
    tensor = as_tensor(declared)
    if tensor is not declared or not isinstance(declared, Instance) or not _is_open(declared):
        return declared
    names = {_nature(one) for one in given}
    name = names.pop() if len(names) == 1 else None
    element = unknown() if name is None else noted_any(name)
    result = declared.copy_modified(args=[*declared.args[:2], element])
    shown = name is not None and api.options.fine_grained_incremental
    # The daemon does not see a note on `Any`.
    result.extra_attrs = ExtraAttrs({_SHOWN + str(name): unknown()}) if shown else None
    return result


def _nature(type_: ProperType | None) -> str | None:
    """The note of what an operation gives by its nature."""
    tensor = None if type_ is None else as_tensor(type_)
    element = None if tensor is None else get_proper_type(tensor.args[2])
    return note_of(element) if element is not None and is_produced(element) else None


def _is_silent(declared: Type) -> bool:
    """Whether a result has a tensor without a declared element."""
    return any((tensor := as_tensor(item)) is not None and _is_open(tensor) for item in _items(declared))


def _is_open(tensor: Instance) -> bool:
    """Whether no element is declared; what was recorded before is not declared."""
    element = get_proper_type(tensor.args[2])
    return isinstance(element, AnyType) and (note_of(element) is None or is_produced(element))


# Calls


def is_undeclared(node: SymbolNode | None) -> bool:
    """Whether a function may give more than it says: that it is a tensor."""
    function = node.func if isinstance(node, Decorator) else node
    signature = function.type if isinstance(function, FuncDef) else None
    return isinstance(signature, CallableType) and _is_silent(signature.ret_type)


def with_nature(result: Type, ctx: FunctionContext | MethodContext) -> Type:
    """What a call gives: without what is there for the daemon alone, and later if the function is still to be read."""
    tensors = [tensor for item in _items(result) if (tensor := as_tensor(item)) is not None]
    if any(isinstance(element := get_proper_type(one.args[2]), AnyType) and not note_of(element) for one in tensors):
        _wait_for(_function(ctx), ctx.api, ctx.context)
    proper = get_proper_type(result)
    if isinstance(proper, TupleType):
        return proper.copy_modified(items=[_plain(item) for item in proper.items])
    return _plain(result)


def module_called(ctx: MethodContext) -> Type:
    """What a module gives that is called with anything: what its `forward` returns, if that says more than `Tensor`."""
    api: Any = ctx.api
    receiver = ctx.type
    forward = receiver.type.get("forward") if isinstance(receiver, Instance) else None
    node = None if forward is None else forward.node
    function = node.func if isinstance(node, Decorator) and not node.decorators else node
    signature = function.type if isinstance(function, FuncDef) and _is_followed(function) else None
    if not isinstance(signature, CallableType) or not isinstance(get_proper_type(ctx.default_return_type), AnyType):
        return ctx.default_return_type
    given = [tensor for types in ctx.arg_types for one in types if (tensor := as_tensor(one)) is not None]
    if not any(map(is_known, given)) or is_unwanted(ctx.context, api):
        return ctx.default_return_type
    assert isinstance(function, FuncDef)
    depend_on(api, function.info.fullname, "forward")
    result = with_nature(signature.ret_type, ctx)
    is_more = any(
        (tensor := as_tensor(item)) and is_produced(get_proper_type(tensor.args[2])) for item in _items(result)
    )
    return untyped(result) if is_more else ctx.default_return_type


def _items(type_: Type) -> list[Type]:
    proper = get_proper_type(type_)
    return list(proper.items) if isinstance(proper, TupleType) else [type_]


def _plain(type_: Type) -> Type:
    proper = get_proper_type(type_)
    attrs = proper.extra_attrs.attrs if isinstance(proper, Instance) and proper.extra_attrs is not None else {}
    if not isinstance(proper, Instance) or not any(name.startswith(_SHOWN) for name in attrs):
        return type_
    plain = proper.copy_modified()
    plain.extra_attrs = None
    return plain


def _wait_for(function: FuncDef | None, api: Any, context: Context) -> None:
    """Put off what is checked now until mypy has come to a function, unless it never will."""
    caller = api.scope.top_level_function()
    if function is None or not isinstance(caller, FuncDef) or function is caller or api.pass_num >= api.last_pass:
        return
    if _is_awaited(function):
        api.handle_cannot_determine_type(function.name, context)


def _is_awaited(function: FuncDef) -> bool:
    known = _read.get(id(function))
    is_read = known is not None and known[0] is function and known[1] is function.type
    return function.def_or_infer_vars and not is_read and _is_followed(function)


def _function(ctx: FunctionContext | MethodContext) -> FuncDef | None:
    """The function of the same file that a call calls, where that is clear."""
    node = _called(ctx)
    if isinstance(node, Decorator) and not node.decorators:
        node = node.func
    if not isinstance(node, FuncDef) or node.is_generator or node.is_coroutine or node.is_property:
        return None
    api: Any = ctx.api
    return node if stands_in(node, api.tree.fullname) else None


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
