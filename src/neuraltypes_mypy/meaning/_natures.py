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

from collections.abc import Sequence
from typing import Any, Final, Protocol

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Context,
    Decorator,
    Expression,
    FuncDef,
    MemberExpr,
    RefExpr,
    ReturnStmt,
    SuperExpr,
    SymbolNode,
    TypeInfo,
)
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy.base._dependencies import depend_on
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.flow._made_records import Key, keys_of, made_record
from neuraltypes_mypy.meaning._kept_natures import has_parts, is_open, kept_note, kept_part, with_kept_parts, with_note
from neuraltypes_mypy.modules._recipe_nodes import is_none, stands_in
from neuraltypes_mypy.sizes._class_sizes import kept_of
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._atoms import note_of, noted_any
from neuraltypes_mypy.tensors._elements import is_produced, join_elements
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown
from neuraltypes_mypy.tensors._untyped import is_unwanted, untyped

# By the id of a function, whose type is another one once mypy has analyzed it again.
_read: Final[dict[int, tuple[FuncDef, Type | None]]] = {}


class Seen(Protocol):
    """What the source shows of expressions of which mypy knows nothing."""

    def nature(self, expression: Expression, api: Any) -> ProperType | None:
        """What an expression holds."""

    def field(self, expression: Expression, key: Key, api: Any) -> ProperType | None:
        """What a part of a record holds."""


def record_nature(expression: Expression, api: Any, seen: Seen) -> None:
    """Before the last `return` of a function: keep with its type what all of its returns hold."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef) or not _is_followed(function):
        return
    signature = function.type
    returns = [one.expr for one in statements(function.body) if isinstance(one, ReturnStmt)]
    if returns[-1] is not expression or not isinstance(signature, CallableType):
        return
    if not _is_silent(signature.ret_type) and not has_parts(signature.ret_type):
        return
    given = certain(type_of_returned(expression, signature.ret_type, api), expression, function, api)
    if api.current_node_deferred:  # perhaps since a moment ago
        return
    types = [*(None if one is None else _type_of(one, function, api) for one in returns[:-1]), given]
    pairs = zip(returns, types, strict=True)
    types = [_or_seen(type_, one, signature.ret_type, seen, api) for one, type_ in pairs]
    result = _with_natures(signature.ret_type, types)
    if has_parts(result):
        result = _with_parts(result, returns, seen, api)
    if api.current_node_deferred:
        return
    function.type = signature.copy_modified(ret_type=result)
    _read[id(function)] = function, function.type


def _or_seen(type_: Type | None, expression: Expression | None, declared: Type, seen: Seen, api: Any) -> Type | None:
    """What is returned, with what is seen of it where mypy does not know what it holds."""
    if expression is None:
        return type_
    several, result = get_proper_type(type_ or unknown()), get_proper_type(declared)
    if isinstance(result, TupleType):
        given = several.items if isinstance(several, TupleType) else []
        pairs = zip(given if len(given) == len(result.items) else result.items, result.items, strict=True)
        whole = [item if isinstance(get_proper_type(one), AnyType) else one for one, item in pairs]
        items = [_filled(one, seen.field(expression, at, api)) for at, one in enumerate(whole)]
        return result.copy_modified(items=items)
    tensor = as_tensor(declared) if as_tensor(several) is None else as_tensor(several)
    if tensor is None or not (isinstance(several, AnyType) or as_tensor(several) is not None):
        return type_
    filled = _filled(tensor, seen.nature(expression, api))
    return type_ if filled is tensor else filled


def _filled(type_: Type, element: ProperType | None) -> Type:
    """A tensor of which nothing says what it holds, with what is seen of it."""
    tensor = as_tensor(type_)
    if tensor is None or element is None or not is_open(tensor):
        return type_
    return tensor.copy_modified(args=[*tensor.args[:2], element])


# Records: of each part what all returns give


def _with_parts(declared: Type, returns: Sequence[Expression | None], seen: Seen, api: Any) -> Type:
    """A declared record with what all that is returned holds in each part."""
    some = [one for one in returns if one is not None and not is_none(one)]
    made = None if not some else made_record(some[-1], some[-1].line, api.scope.current_function())
    found: dict[Key, str] = {}
    for key in keys_of(declared, made):
        natures = [seen.field(one, key, api) for one in some]
        known = [one for one in natures if one is not None]
        nature = join_elements(known) if known and len(known) == len(natures) else None
        if nature is not None:
            found[key] = note_of(nature) or ""
    return with_kept_parts(declared, found)


def type_of_returned(expression: Expression, declared: Type, api: Any) -> Type:
    """The type of what is returned; mypy comes to it after us, and says then what is wrong with it."""
    with api.msg.filter_errors():
        found: Type = api.expr_checker.accept(expression, declared)
    return found


def _is_followed(function: FuncDef) -> bool:
    """Whether what a function's returns hold is what a call of it gives."""
    if not isinstance(function.type, CallableType):
        return False
    if function.is_generator or function.is_coroutine or function.is_overload or function.is_property:
        return False
    # mypy checks the body once for each value of such a variable
    return not any(isinstance(one, TypeVarType) and one.values for one in function.type.variables)


def _type_of(expression: Expression, function: FuncDef, api: Any) -> Type | None:
    known = api.lookup_type_or_none(expression)
    return None if known is None else certain(known, expression, function, api)


# What is kept: for a tensor, one or nothing, or several of them


def _with_natures(declared: Type, given: list[Type | None]) -> Type:
    """A declared result with what all that is returned in its place holds."""
    result = get_proper_type(declared)
    if isinstance(result, TupleType):
        rows = [one.items if isinstance(one := get_proper_type(each), TupleType) else [] for each in given]
        whole = rows if all(len(row) == len(result.items) for row in rows) else [[None] * len(result.items)]
        columns: list[list[Type | None]] = [list(column) for column in zip(*whole, strict=True)]
        return result.copy_modified(
            items=[_with_natures(item, column) for item, column in zip(result.items, columns, strict=True)]
        )
    if isinstance(result, UnionType):
        some = [one for one in given if not isinstance(get_proper_type(one), NoneType)]
        items = [item if _is_none(item) else _with_natures(item, some) for item in result.items]
        return UnionType.make_union(items) if _is_optional(result) and some else declared
    if not isinstance(result, Instance) or not is_open(result):
        return declared
    natures = [_nature(one) for one in given]
    known = [one for one in natures if one is not None]
    nature = join_elements(known) if len(known) == len(natures) else None
    return with_note(result, None if nature is None else note_of(nature))


def _nature(type_: Type | None) -> ProperType | None:
    """What an operation gives by its nature."""
    tensor = None if type_ is None else as_tensor(type_)
    element = None if tensor is None else get_proper_type(tensor.args[2])
    return element if element is not None and is_produced(element) else None


def _is_silent(declared: Type) -> bool:
    """Whether a result has a tensor without a declared element."""
    return any(isinstance(item := get_proper_type(one), Instance) and is_open(item) for one in _items(declared))


def _items(type_: Type) -> list[Type]:
    proper = get_proper_type(type_)
    is_several = isinstance(proper, TupleType) or (isinstance(proper, UnionType) and _is_optional(proper))
    return list(proper.items) if is_several and isinstance(proper, TupleType | UnionType) else [type_]


def _is_optional(union: UnionType) -> bool:
    return sum(not _is_none(item) for item in union.items) == 1


def _is_none(type_: Type) -> bool:
    return isinstance(get_proper_type(type_), NoneType)


def _put_on(result: Type, declared: Type) -> Type:
    """The result of a call with what is kept with the declared one."""
    proper, kept = get_proper_type(result), get_proper_type(declared)
    if isinstance(proper, TupleType) and isinstance(kept, TupleType) and len(proper.items) == len(kept.items):
        return proper.copy_modified(
            items=[_put_on(one, other) for one, other in zip(proper.items, kept.items, strict=True)]
        )
    if isinstance(proper, UnionType) and isinstance(kept, UnionType) and _is_optional(proper) and _is_optional(kept):
        some = next(item for item in kept.items if not _is_none(item))
        return UnionType.make_union([item if _is_none(item) else _put_on(item, some) for item in proper.items])
    if not isinstance(proper, Instance) or as_tensor(proper) is not proper:
        return result
    name = kept_note(kept)
    element = noted_any(name) if name is not None and is_open(proper) else proper.args[2]
    made = proper.copy_modified(args=[*proper.args[:2], element])
    if kept_note(proper) is not None:
        made.extra_attrs = None
    return made


# Calls


def is_undeclared(node: SymbolNode | None) -> bool:
    """Whether a function may give more than it says: that it is a tensor."""
    signature = _signature(node)
    return signature is not None and _is_silent(signature.ret_type)


def _signature(node: SymbolNode | None) -> CallableType | None:
    """The type of a function as its decorators leave it."""
    type_ = node.var.type if isinstance(node, Decorator) else node.type if isinstance(node, FuncDef) else None
    proper = None if type_ is None else get_proper_type(type_)
    return proper if isinstance(proper, CallableType) else None


def with_nature(result: Type, ctx: FunctionContext | MethodContext) -> Type:
    """What a call gives, with what the function's body shows of it; later, if the function is still to be read."""
    node = _called(ctx)
    signature = _signature(node)
    if signature is None or not any(as_tensor(item) is not None for item in _items(result)):
        return result
    function = node.func if isinstance(node, Decorator) else node
    assert isinstance(function, FuncDef)
    if not _is_followed(function):
        return result
    if _is_silent(result):
        _wait_for(function, ctx.api, ctx.context)
    return _put_on(result, unknown() if _is_replaced(function, ctx) else signature.ret_type)


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
    return untyped(result) if any(map(_nature, _items(result))) else ctx.default_return_type


def nature_of_forward(module: Instance, call: CallExpr, api: Any) -> ProperType | None:
    """What the `forward` of a module surely gives by its nature; later, if it is still to be read."""
    symbol = module.type.get("forward")
    node = None if symbol is None else symbol.node
    signature = _signature(node)
    function = node.func if isinstance(node, Decorator) else node
    if signature is None or not isinstance(function, FuncDef) or not _is_followed(function):
        return None
    depend_on(api, function.info.fullname, "forward")
    if _is_silent(signature.ret_type):
        _wait_for(function, api, call)
    name = kept_note(get_proper_type(signature.ret_type))
    return None if name is None or _replaces(module.type, function) else noted_any(name)


def nature_of_parent(callee: SuperExpr, call: CallExpr, api: Any) -> ProperType | None:
    """What `super().forward(x)` gives by its nature, where the class replaces nothing else that it may call."""
    info = callee.info
    symbols = [] if info is None else [base.names[callee.name] for base in info.mro[1:] if callee.name in base.names]
    node = symbols[0].node if symbols else None
    signature = _signature(node)
    if signature is None or not isinstance(node, FuncDef) or not _is_followed(node) or info is None:
        return None
    depend_on(api, node.info.fullname, callee.name)
    if _is_silent(signature.ret_type):
        _wait_for(node, api, call)
    kept = _signature(node)
    name = None if kept is None else kept_note(get_proper_type(kept.ret_type))
    return None if name is None or _replaces(info, node, but=callee.name) else noted_any(name)


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
    function = node.func if isinstance(node, Decorator) else node
    if not isinstance(function, FuncDef) or not _is_followed(function) or _signature(node) is None:
        return None
    if owner is not None:
        depend_on(api, function.info.fullname, function.name)
    _wait_for(function, api, call)
    signature = _signature(node)
    is_replaced = owner is not None and bool(function.info) and _replaces(owner.type, function)
    return None if signature is None or is_replaced else kept_part(signature.ret_type, key)


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
    if stands_in(function, api.tree.fullname) and _is_awaited(function):
        api.handle_cannot_determine_type(function.name, context)


def _sets_attributes(function: FuncDef) -> bool:
    """Whether a function assigns attributes of which mypy infers the type."""
    return any(
        isinstance(target, MemberExpr) and target.is_inferred_def
        for statement in statements(function.body)
        if isinstance(statement, AssignmentStmt)
        for target in statement.lvalues
    )


def _is_awaited(function: FuncDef) -> bool:
    known = _read.get(id(function))
    is_read = known is not None and known[0] is function and known[1] is function.type
    return function.def_or_infer_vars and not is_read


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
