"""What functions give by the nature of the operations in their bodies, where they declare no element.

It is kept with the function's own type, so that all callers have it, be the function read or come from mypy's cache:
there it is a part of the module's interface, and who uses the module is checked again when it changes. mypy writes that
interface before it checks bodies that define no attributes; those that may give such notes are marked as if they did.
A call of a function of the same file that mypy has not come to yet puts off the function that it stands in, as mypy
does where an attribute has no type yet. So the order of functions in a file does not matter.

Only a call that names the function has it: as a value (`act = gate if gated else identity`) a function is one of
several, which differ in nothing that mypy sees.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Context,
    Decorator,
    Expression,
    FuncDef,
    MemberExpr,
    RefExpr,
    SuperExpr,
    SymbolNode,
    TypeInfo,
)
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, CallableType, Instance, ProperType, Type, get_proper_type

from neuraltypes_mypy.base._dependencies import depend_on
from neuraltypes_mypy.flow._made_records import Key
from neuraltypes_mypy.meaning._kept_natures import is_silent, items_of, kept_nature, kept_part, put_on
from neuraltypes_mypy.meaning._recorded_natures import is_awaited, is_followed, nature_held
from neuraltypes_mypy.modules._recipe_nodes import stands_in
from neuraltypes_mypy.sizes._class_sizes import kept_of
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown
from neuraltypes_mypy.tensors._untyped import is_unwanted, untyped


def is_undeclared(node: SymbolNode | None) -> bool:
    """Whether a function may give more than it says: that it is a tensor."""
    signature = _signature(node)
    return signature is not None and is_silent(signature.ret_type)


def _signature(node: SymbolNode | None) -> CallableType | None:
    """The type of a function as its decorators leave it."""
    type_ = node.var.type if isinstance(node, Decorator) else node.type if isinstance(node, FuncDef) else None
    proper = None if type_ is None else get_proper_type(type_)
    return proper if isinstance(proper, CallableType) else None


def with_nature(result: Type, ctx: FunctionContext | MethodContext) -> Type:
    """What a call gives, with what the function's body shows of it; later, if the function is still to be read."""
    node = _called(ctx)
    signature = _signature(node)
    if signature is None or not any(as_tensor(item) is not None for item in items_of(result)):
        return result
    function = node.func if isinstance(node, Decorator) else node
    assert isinstance(function, FuncDef)
    if not is_followed(function):
        return result
    if is_silent(result):
        _wait_for(function, ctx.api, ctx.context)
    return put_on(result, unknown() if _is_replaced(function, ctx) else signature.ret_type)


def module_called(ctx: MethodContext) -> Type:
    """What a module gives that is called with anything: what its `forward` returns, if that says more than `Tensor`."""
    forward = ctx.type.type.get("forward") if isinstance(ctx.type, Instance) else None
    node = None if forward is None else forward.node
    signature = _signature(node)
    given = [tensor for types in ctx.arg_types for one in types if (tensor := as_tensor(one)) is not None]
    if signature is None or not isinstance(get_proper_type(ctx.default_return_type), AnyType):
        return ctx.default_return_type
    if not any(map(is_known, given)) or is_unwanted(ctx.context, ctx.api):
        return ctx.default_return_type
    depend_on(ctx.api, node.info.fullname if isinstance(node, FuncDef | Decorator) else "", "forward")
    result = with_nature(signature.ret_type, ctx)
    return untyped(result) if any(map(nature_held, items_of(result))) else ctx.default_return_type


def nature_of_forward(module: Instance, call: CallExpr, api: Any) -> ProperType | None:
    """What the `forward` of a module surely gives by its nature; later, if it is still to be read."""
    symbol = module.type.get("forward")
    result = _result_of(None if symbol is None else symbol.node, module.type, call, api)
    return None if result is None else kept_nature(result)


def nature_of_parent(callee: SuperExpr, call: CallExpr, api: Any) -> ProperType | None:
    """What `super().forward(x)` gives by its nature, where the class replaces nothing else that it may call."""
    info, name = callee.info, callee.name
    symbols = [] if info is None else [base.names[name] for base in info.mro[1:] if name in base.names]
    node = symbols[0].node if symbols else None
    result = _result_of(node, info, call, api, but=name) if isinstance(node, FuncDef) else None
    return None if result is None else kept_nature(result)


def nature_of_part(call: CallExpr, key: Key, api: Any) -> ProperType | None:
    """What a part of the record that a call gives surely holds."""
    callee = call.callee
    owner: Instance | None = None
    node: SymbolNode | None = callee.node if isinstance(callee, RefExpr) else None
    if not isinstance(node, FuncDef | Decorator):
        own = _instance(callee, api)
        held = _instance(callee.expr, api) if isinstance(callee, MemberExpr) else None
        owner, name = (own, "forward") if own is not None else (held, getattr(callee, "name", ""))
        symbol = None if owner is None else owner.type.get(name)
        node = None if symbol is None else symbol.node
    result = _result_of(node, None if owner is None else owner.type, call, api, is_record=True)
    return None if result is None else kept_part(result, key)


def _result_of(
    node: SymbolNode | None, owner: TypeInfo | None, call: CallExpr, api: Any, *, but: str = "", is_record: bool = False
) -> Type | None:
    """The result of a function as it is kept; None where nothing is, or where the class of a method replaces others."""
    signature, function = _signature(node), node.func if isinstance(node, Decorator) else node
    if signature is None or not isinstance(function, FuncDef) or not is_followed(function):
        return None
    if owner is not None:
        depend_on(api, function.info.fullname, function.name)
    if is_record or is_silent(signature.ret_type):
        _wait_for(function, api, call)
    is_replaced = owner is not None and bool(function.info) and _replaces(owner, function, but=but)
    return None if is_replaced else signature.ret_type


def _is_replaced(function: FuncDef, ctx: FunctionContext | MethodContext) -> bool:
    """Whether a subclass may give something else by an inherited method: it replaces others, which that may call."""
    if not isinstance(ctx, MethodContext) or not isinstance(ctx.type, Instance) or not function.info:
        return False
    return _replaces(ctx.type.type, function)


def _replaces(info: TypeInfo, function: FuncDef, *, but: str = "") -> bool:
    """Whether a class replaces something beside an inherited method: another method, or an attribute."""
    classes = info.mro
    derived = classes[: classes.index(function.info)] if function.info in classes else classes
    inherited = [base for base in function.info.mro if not base.fullname.startswith(("builtins.", "torch."))]
    known = {name for base in inherited for name in base.names if not name.startswith("__") and name != but}
    return any(not known.isdisjoint((*one.names, *kept_of(one).get("assigned", ()))) for one in derived)


def _wait_for(function: FuncDef, api: Any, context: Context) -> None:
    """Put off what is checked now until mypy has come to a function of the same file, unless it never will."""
    caller = api.scope.top_level_function()
    if not isinstance(caller, FuncDef) or function is caller or api.pass_num >= api.last_pass:
        return
    if api.pass_num and _sets_attributes(caller):
        return  # those who read them wait for it, and for no longer
    if stands_in(function, api.tree.fullname) and is_awaited(function):
        api.handle_cannot_determine_type(function.name, context)


def _sets_attributes(function: FuncDef) -> bool:
    """Whether a function assigns attributes of which mypy infers the type."""
    return any(
        isinstance(target, MemberExpr) and target.is_inferred_def
        for statement in statements(function.body)
        if isinstance(statement, AssignmentStmt)
        for target in statement.lvalues
    )


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
