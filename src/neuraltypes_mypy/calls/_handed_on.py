"""Calls that hand their arguments on: `checkpoint(f, x)`, `functional_call(module, params, x)`, `map(f, xs)`.

mypy is asked for the call that they stand for, `f(x)`. What it says of its own about that call is not reported, for it
says nothing of such a call without this plugin; what a rule or an annotation refuses is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mypy.errorcodes import ErrorCode
from mypy.errors import ErrorInfo
from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    ArgKind,
    CallExpr,
    Context,
    DictExpr,
    Expression,
    LambdaExpr,
    MemberExpr,
    StarExpr,
    StrExpr,
    TempNode,
    TupleExpr,
    TypeInfo,
)
from mypy.plugin import FunctionContext, MethodContext
from mypy.subtypes import is_subtype
from mypy.types import AnyType, CallableType, Instance, TupleType, Type, UnionType, UnpackType, get_proper_type

from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.base._names import PARAMETER
from neuraltypes_mypy.rules._refusals import Refusals
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._untyped import is_unwanted, untyped
from neuraltypes_mypy.tensors._walk import walk

CHECKPOINT: Final = "torch.utils.checkpoint.checkpoint"
FUNCTIONAL_CALL: Final = "torch._functorch.functional_call.functional_call"
_MODULE: Final = "torch.autograd.function"
FUNCTION: Final = f"{_MODULE}.Function"
AUTOCAST: Final = ("torch.amp.autocast_mode.autocast.__call__", "torch.cuda.amp.autocast_mode.autocast.__call__")
MAP: Final = "builtins.map"
STARMAP: Final = "itertools.starmap"
_OURS: Final = frozenset(found for found in vars(codes).values() if isinstance(found, ErrorCode))


class HandedOn:
    """Answers for such calls, for one run of mypy."""

    def __init__(self, types: KnownTypes, refusals: Refusals) -> None:
        self._types, self._refusals = types, refusals

    def checkpointed(self, ctx: FunctionContext) -> Type:
        """`checkpoint(function, x, use_reentrant=False)` gives what `function(x)` gives."""
        passed_on = [name for names in ctx.arg_names[2:] for name in names if name not in ctx.callee_arg_names]
        if len(ctx.args) < 2 or len(ctx.args[0]) != 1 or passed_on or any(k != ARG_POS for k in ctx.arg_kinds[1]):
            return ctx.default_return_type
        return _given(ctx.args[0][0], ctx.args[1], ctx)

    def functional(self, ctx: FunctionContext) -> Type:
        """`functional_call(module, parameters, (x, y), {"mask": m})` gives what `module(x, y, mask=m)` gives."""
        parts = {name: args[0] for name, args in zip(ctx.callee_arg_names, ctx.args, strict=True) if name and args}
        module, given, named = parts.get("module"), parts.get("args"), parts.get("kwargs")
        if module is None or (named is not None and not isinstance(named, DictExpr)):
            return ctx.default_return_type
        api: Any = ctx.api
        if given is None or isinstance(given, TupleExpr):
            items = [] if given is None else given.items
        elif as_tensor(api.lookup_type_or_none(given) or unknown()) is not None:
            items = [given]
        else:
            return ctx.default_return_type
        keywords = [] if named is None else named.items
        if any(isinstance(item, StarExpr) for item in items) or any(
            not isinstance(key, StrExpr) for key, _ in keywords
        ):
            return ctx.default_return_type
        names = [key.value for key, _ in keywords if isinstance(key, StrExpr)]
        return _given(module, [*items, *(value for _, value in keywords)], ctx, names)

    def applied(self, ctx: MethodContext) -> Type:
        """`Square.apply(x)` gives what its `forward(ctx, x)` gives."""
        call = ctx.context
        callee = call.callee if isinstance(call, CallExpr) else None
        info = _class_of(ctx.type)
        if not isinstance(call, CallExpr) or not isinstance(callee, MemberExpr) or info is None:
            return ctx.default_return_type
        owner = next((base for base in info.mro if "setup_context" in base.names), None)
        is_apart = owner is not None and owner.module_name != _MODULE  # then `forward` takes the arguments alone
        first: list[Expression] = [] if is_apart else [TempNode(unknown())]
        if any(kind != ARG_POS for kind in call.arg_kinds):
            return ctx.default_return_type
        return _given(MemberExpr(callee.expr, "forward"), [*first, *call.args], ctx)

    def mapped(self, ctx: FunctionContext) -> Type:
        """`map(f, xs, ys)`: of what `f(x, y)` gives, where mypy cannot tell that by itself."""
        result = get_proper_type(ctx.default_return_type)
        if not isinstance(result, Instance) or len(result.args) != 1:
            return ctx.default_return_type
        if len(ctx.args) < 2 or any(kinds != [ARG_POS] for kinds in ctx.arg_kinds):
            return ctx.default_return_type
        api: Any = ctx.api
        items = [_item(types[0], ctx.context, api) for types in ctx.arg_types[1:]]
        is_told = len(items) == 1 and not _is_silent(result.args[0])
        return ctx.default_return_type if is_told else self._of_items(result, items, ctx)

    def star_mapped(self, ctx: FunctionContext) -> Type:
        """`starmap(f, zip(xs, ys))`: mypy knows nothing of the arguments."""
        result = get_proper_type(ctx.default_return_type)
        if not isinstance(result, Instance) or len(result.args) != 1 or len(ctx.args) != 2:
            return ctx.default_return_type
        if any(kinds != [ARG_POS] for kinds in ctx.arg_kinds):
            return ctx.default_return_type
        row = get_proper_type(_item(ctx.arg_types[1][0], ctx.context, ctx.api))
        if not isinstance(row, TupleType) or any(isinstance(item, UnpackType) for item in row.items):
            return ctx.default_return_type
        return self._of_items(result, row.items, ctx)

    def _of_items(self, result: Instance, items: list[Type], ctx: FunctionContext) -> Type:
        """An iterator of what a function gives for these; what mypy has not refused is checked."""
        function = ctx.args[0][0]
        if isinstance(function, LambdaExpr) or not any(map(_is_followed, items)):
            return ctx.default_return_type
        api: Any = ctx.api
        places = [args[0] for args in ctx.args[1:]]
        nodes: list[Expression] = [
            TempNode(item, context=place)
            for item, place in zip(items, places if len(places) == len(items) else places * len(items), strict=True)
        ]
        is_taken = self._is_taken(ctx.arg_types[0][0], items)
        if not is_taken and not _is_silent(result.args[0]):
            return ctx.default_return_type
        with self._refusals.trial(api) as has_failed:
            given = _asked(function, nodes, ctx.context, api)
        if has_failed() and is_taken:
            _asked(function, nodes, ctx.context, api)
        is_tensor = given is not None and as_tensor(given) is not None and not has_failed()
        return result.copy_modified(args=[given]) if is_tensor and given is not None else ctx.default_return_type

    def _is_taken(self, function: Type, items: list[Type]) -> bool:
        """Whether mypy finds that a function takes these: it joins two sizes of one name to `int`, which both are."""
        count = len(items)
        wanted = CallableType(
            items, [ARG_POS] * count, [None] * count, self._types.object_type, self._types.function_type
        )
        return is_subtype(function, wanted)

    def decorated(self, ctx: MethodContext) -> Type:
        """`@torch.autocast("cuda")`: the function itself, if it says anything of its tensors."""
        given = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
        is_said = isinstance(given, CallableType) and any(map(_is_followed, walk(given)))
        return given if given is not None and is_said else ctx.default_return_type


def _given(
    callee: Expression, args: Sequence[Expression], ctx: FunctionContext | MethodContext, names: Sequence[str] = ()
) -> Type:
    """What such a call gives; what mypy says of it where nothing of its tensors is known."""
    api: Any = ctx.api
    if isinstance(callee, LambdaExpr) or is_unwanted(ctx.context, api) or _is_parameter(api.type_context[-1]):
        return ctx.default_return_type
    found = _asked(callee, args, ctx.context, api, names)
    proper = get_proper_type(found)
    tensors = [type_ for type_ in walk(found) if as_tensor(type_) is not None] if found is not None else []
    if proper is None or isinstance(proper, AnyType) or (tensors and not any(map(_is_followed, tensors))):
        return ctx.default_return_type
    return untyped(proper) if as_tensor(proper) is not None else proper


def _is_parameter(wanted: Type | None) -> bool:
    """Whether what is assigned to was declared as a parameter, which no call gives."""
    proper = get_proper_type(wanted)
    if isinstance(proper, UnionType):
        return any(map(_is_parameter, proper.items))
    return isinstance(proper, Instance) and proper.type.fullname == PARAMETER


def _asked(
    callee: Expression, args: Sequence[Expression], place: Context, api: Any, names: Sequence[str] = ()
) -> Type | None:
    kinds: list[ArgKind] = [ARG_POS] * (len(args) - len(names)) + [ARG_NAMED] * len(names)
    labels: list[str | None] = [*[None] * (len(args) - len(names)), *names]
    call = CallExpr(callee, list(args), kinds, labels)
    for node in (call, *([callee] if callee.line < 0 else [])):
        node.set_line(place)
    with api.msg.filter_errors(filter_errors=is_of_mypy):
        found: Type = api.expr_checker.accept(call)
    return found


def is_of_mypy(_: str, info: ErrorInfo) -> bool:
    """Whether an error is none of this plugin's."""
    return info.code not in _OURS


def _item(type_: Type, place: Context, api: Any) -> Type:
    with api.msg.filter_errors():
        found: tuple[Type, Type] = api.analyze_iterable_item_type_without_expression(type_, place)
    return found[1]


def _class_of(type_: Type) -> TypeInfo | None:
    proper = get_proper_type(type_)
    if isinstance(proper, CallableType) and proper.is_type_obj():
        return proper.type_object()
    return proper.type if isinstance(proper, Instance) else None


def _is_silent(type_: Type) -> bool:
    proper = get_proper_type(type_)
    tensor = as_tensor(proper)
    return isinstance(proper, AnyType) if tensor is None else not is_known(tensor)


def _is_followed(type_: Type) -> bool:
    tensor = as_tensor(type_)
    return tensor is not None and is_known(tensor)
