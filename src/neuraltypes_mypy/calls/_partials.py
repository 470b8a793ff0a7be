"""`partial(F.softmax, dim=-1)`, `partial(nn.Conv2d, kernel_size=3)`: called as what they are made of.

mypy knows the signature that is left, and asks no hook about a call of it. What was given is kept with the type; a
call is then checked as one of the function or class itself, given both.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, cast

from mypy.argmap import map_actuals_to_formals
from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    GDEF,
    ArgKind,
    CallExpr,
    Decorator,
    Expression,
    FuncDef,
    MemberExpr,
    NameExpr,
    OverloadedFuncDef,
    RefExpr,
    SymbolNode,
    TempNode,
    TypeInfo,
)
from mypy.plugin import FunctionContext, MethodContext
from mypy.typeops import function_type, type_object_type
from mypy.types import CallableType, FunctionLike, Instance, ProperType, TupleType, Type, get_proper_type

from neuraltypes_mypy.base._names import GENERIC_TENSORS
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.calls._calls import Argument, Calls
from neuraltypes_mypy.calls._handed_on import is_of_mypy
from neuraltypes_mypy.sizes._sizes_of import size_of_expression
from neuraltypes_mypy.source._statements import scope_name
from neuraltypes_mypy.tensors._atoms import note_of, noted_any
from neuraltypes_mypy.tensors._members import is_module
from neuraltypes_mypy.tensors._mentions import mentions_tensors
from neuraltypes_mypy.tensors._sized_ints import has_size, is_int, size_of_type, sized_int
from neuraltypes_mypy.tensors._tensor import as_tensor, unknown
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._walk import replace

_C = TypeVar("_C", FunctionContext, MethodContext)
Answer: TypeAlias = Callable[[_C], Type]
"""What mypy's own plugin says of a call."""

PARTIAL: Final = "functools.partial"
PARTIAL_CALL: Final = f"{PARTIAL}.__call__"
_GIVEN: Final = "neuraltypes:partial"  # no attribute has such a name
_MADE_OF: Final = (FuncDef, OverloadedFuncDef, Decorator, TypeInfo)


class Kept(NamedTuple):
    """What is kept of a partial function: what it is made of, where, and what was given by which names."""

    fullname: str
    scope: str
    names: list[str | None]
    types: list[Type]


class Partials:
    """Follows partial functions, for one run of mypy."""

    def __init__(self, types: KnownTypes, calls: Calls) -> None:
        self._types, self._calls = types, calls

    def made(self, ctx: FunctionContext, answer: Answer[FunctionContext]) -> Type:
        """What `partial(function, ...)` gives, with the names of what it is made of and of what was given.

        mypy joins two sizes of one name to `int`, which both are; so what contradicts each other is told here.
        """
        api: Any = ctx.api
        with api.msg.filter_errors(filter_errors=False) as watcher:
            result = answer(ctx)
        if not watcher.has_new_errors():
            with api.msg.filter_errors(filter_errors=False) as watcher:
                self._check_given(ctx)
        return result if watcher.has_new_errors() else self._kept(ctx, result)

    def _check_given(self, ctx: FunctionContext) -> None:
        """Report what disagrees among the arguments that are given already."""
        call, api = ctx.context, ctx.api
        signature = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
        if not isinstance(call, CallExpr) or not isinstance(signature, CallableType):
            return
        if not mentions_tensors(signature) or any(kind not in (ARG_POS, ARG_NAMED) for kind in call.arg_kinds):
            return
        signature = signature.with_unpacked_kwargs()
        given, kinds, names = call.args[1:], call.arg_kinds[1:], call.arg_names[1:]
        types: list[Type] = [cast("Any", api).lookup_type_or_none(one) or unknown() for one in given]
        places = map_actuals_to_formals(kinds, names, signature.arg_kinds, signature.arg_names, types.__getitem__)
        arguments = [
            Argument(name or str(number + 1), declared, types[place], given[place])
            for number, (name, declared) in enumerate(zip(signature.arg_names, signature.arg_types, strict=True))
            for place in places[number]
        ]
        function = call.args[0]
        self._calls.check_part(
            arguments, function.name if isinstance(function, NameExpr | MemberExpr) else "partial", api
        )

    def _kept(self, ctx: FunctionContext, result: Type) -> Type:
        instance, call = get_proper_type(result), ctx.context
        if not isinstance(instance, Instance) or instance.type.fullname != PARTIAL or not isinstance(call, CallExpr):
            return result
        function = call.args[0] if call.args else None
        is_plain = all(kind in (ARG_POS, ARG_NAMED) for kind in call.arg_kinds)
        if not isinstance(function, RefExpr) or not isinstance(function.node, _MADE_OF) or not is_plain:
            return result
        head = json.dumps([function.fullname, _scope(ctx.api), call.arg_names[1:]])
        given = [self._given(expression, ctx.api) for expression in call.args[1:]]
        kept = TupleType([noted_any(head), *given], self._types.tuple_type)
        return instance.copy_with_extra_attr(_GIVEN, kept)

    def _given(self, expression: Expression, api: Any) -> Type:
        type_: Type = api.lookup_type_or_none(expression) or unknown()
        size = size_of_expression(expression, api) if is_int(type_) else None
        return type_ if size is None else sized_int(size, self._types.int_type)

    def called(self, ctx: MethodContext, answer: Answer[MethodContext]) -> Type:
        """What a call of it gives, where the hooks for what it is made of know that."""
        api: Any = ctx.api
        with api.msg.filter_errors(filter_errors=False) as watcher:
            result = answer(ctx)
        return self._called(ctx, result, is_refused=watcher.has_new_errors())

    def _called(self, ctx: MethodContext, result: Type, *, is_refused: bool) -> Type:
        kept = _kept(ctx.type)
        node = None if kept is None else self._types.node(kept.fullname)
        callee = None if node is None else self._callee(node, ctx.api)
        if kept is None or node is None or callee is None or not isinstance(ctx.context, CallExpr):
            return result
        if any(kind not in (ARG_POS, ARG_NAMED) for kind in ctx.context.arg_kinds):
            return result
        if kept.scope != _scope(ctx.api):
            kept = kept._replace(types=list(map(self._lasting, kept.types)))
        call = _whole_call(ctx.context, kept, node)
        api: Any = ctx.api
        # mypy says what it has to say of the call as it is written
        with api.msg.filter_errors(filter_errors=True if is_refused else is_of_mypy):
            given: Type = api.expr_checker.check_call_expr_with_callee_type(callee, call, kept.fullname, None)
        proper = get_proper_type(given)
        is_followed = as_tensor(proper) is not None or isinstance(proper, TupleType) or is_module(proper)
        return proper if is_followed else result

    def _callee(self, node: SymbolNode, api: Any) -> FunctionLike | None:
        made: ProperType | None = None
        if isinstance(node, TypeInfo):
            made = type_object_type(node, api.named_type)
        elif isinstance(node, Decorator):
            made = get_proper_type(node.var.type)
        elif isinstance(node, FuncDef | OverloadedFuncDef):
            made = function_type(node, self._types.function_type)
        return made if isinstance(made, FunctionLike) else None

    def _lasting(self, given: Type) -> Type:
        """What holds of an argument outside of the function that gave it: its names are those of one call."""

        def forgotten(proper: ProperType) -> Type | None:
            if isinstance(proper, Instance) and proper.type.fullname in GENERIC_TENSORS:
                return proper.copy_modified(args=[unknown() for _ in proper.args])
            size = size_of_type(proper) if has_size(proper) else None
            return self._types.int_type if size is not None and size.constant is None else None

        return replace(given, forgotten)


def _scope(api: Any) -> str:
    """The function that is checked now, or its module."""
    function = api.scope.current_function()
    return scope_name(function) if isinstance(function, FuncDef) else str(api.tree.fullname)


def _kept(type_: ProperType) -> Kept | None:
    kept = attribute_of(type_, _GIVEN)
    head = note_of(get_proper_type(kept.items[0])) if isinstance(kept, TupleType) else None
    if head is None or not isinstance(kept, TupleType):
        return None
    fullname, scope, names = json.loads(head)
    return Kept(fullname, scope, names, kept.items[1:])


def _whole_call(call: CallExpr, kept: Kept, node: SymbolNode) -> CallExpr:
    """The call of the function or class itself; what is given by keyword now replaces what was before."""
    before = [
        (name, TempNode(type_, context=call))
        for name, type_ in zip(kept.names, kept.types, strict=True)
        if name is None or name not in call.arg_names
    ]
    callee = NameExpr(node.name)
    callee.node, callee.kind, callee.fullname = node, GDEF, kept.fullname
    given: list[tuple[ArgKind, str | None, Expression]] = [
        *((ARG_POS, name, value) for name, value in before if name is None),
        *zip(call.arg_kinds, call.arg_names, call.args, strict=True),
        *((ARG_NAMED, name, value) for name, value in before if name is not None),
    ]
    made = CallExpr(callee, [one[2] for one in given], [one[0] for one in given], [one[1] for one in given])
    for new in (callee, made):
        new.set_line(call)
    return made
