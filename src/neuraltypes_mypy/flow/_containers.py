"""Containers whose type mypy infers: they hold tensors of any size that is put into them.

mypy takes the type of the first item for that of all. For tensors that would make a list of feature maps an error, so
what an inferred container is found to hold is widened to what its items have in common.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.literals import literal_hash
from mypy.nodes import (
    CallExpr,
    DictExpr,
    Expression,
    FuncDef,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    TupleExpr,
    Var,
)
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import (
    AnyType,
    FunctionLike,
    Instance,
    ProperType,
    TupleType,
    Type,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy.base._names import TENSOR
from neuraltypes_mypy.source._assigned import assignments_to
from neuraltypes_mypy.tensors._elements import says_anything
from neuraltypes_mypy.tensors._join import is_same_tensor, join_gradually, join_tensors
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown, unknown_like
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._walk import replace, walk

DISPLAYS: Final = frozenset(
    {"<list>", "<set>", "<dict>", "<list-comprehension>", "<set-comprehension>", "<dictionary-comprehension>"}
)
INSERTIONS: Final = frozenset(
    {
        *(f"builtins.list.{name}" for name in ("append", "insert", "__setitem__", "extend", "__iadd__")),
        *(f"builtins.set.{name}" for name in ("add", "update")),
        *(
            f"{mapping}.{name}"
            for mapping in ("builtins.dict", "collections.OrderedDict", "collections.defaultdict")
            for name in ("__setitem__", "update")
        ),
        *(f"collections.deque.{name}" for name in ("append", "appendleft", "extend", "extendleft", "insert")),
        "collections.deque.__setitem__",
    }
)
_SEVERAL: Final = frozenset({"extend", "extendleft", "update"})
READS: Final = frozenset(
    {
        *(f"builtins.list.{name}" for name in ("__getitem__", "pop")),
        *(f"builtins.dict.{name}" for name in ("__getitem__", "get", "pop", "setdefault")),
        "typing.Iterator.__next__",
    }
)


class Containers:
    """Widens containers, for one run of mypy."""

    def __init__(self, types: KnownTypes) -> None:
        self._types = types
        self._begun: dict[int, Var] = {}  # by id, the lists declared as of any tensors that something was put into

    def display(self, ctx: FunctionContext) -> Type:
        """`[x, y]`: of what the items have in common, where nothing declares more.

        A list of a narrower type is another type to mypy: what only narrows the dtype or the meaning is left out.
        """
        api: Any = ctx.api
        expected = api.type_context[-1]
        result = self._structured(get_proper_type(ctx.default_return_type), expected, ctx)
        if not isinstance(result, Instance) or expected is not None:
            return result
        given = [item for items in ctx.arg_types for item in items]
        joined = join_tensors(given) if len(result.args) == 1 and len(given) > 1 else None
        args = list(result.args) if joined is None else [joined]
        return result.copy_modified(args=[replace(_without_tuples(arg), _with_shape_only) for arg in args])

    def _structured(self, result: ProperType, expected: Type | None, ctx: FunctionContext) -> ProperType:
        """`[[x], [y]]`: where mypy falls back to `object`, a list of what the lists inside have in common."""
        if not isinstance(result, Instance) or not result.args or (expected is not None and _has_object(expected)):
            return result
        held = result.args[-1]
        items = _items(ctx, has_keys=len(result.args) == 2) if _has_object(held) else []
        joined = items[0] if items else held
        for item in items[1:]:
            joined = join_gradually(joined, item) or held
        if _has_object(joined):
            return result
        return result.copy_modified(args=[*result.args[:-1], replace(joined, _with_shape_only)])

    def widen(self, ctx: MethodSigContext) -> FunctionLike:
        """`xs.append(x)` where the type of `xs` is inferred takes every tensor."""
        if self._variable(ctx) is None or not _holds_tensors(ctx.type):
            return ctx.default_signature
        signature = ctx.default_signature
        return signature.copy_modified(arg_types=[replace(type_, self._loosened) for type_ in signature.arg_types])

    def summed(self, ctx: FunctionSigContext) -> FunctionLike:
        """`sum(xs, start=torch.zeros(()))`: where the sum begins need not have the shape of the items."""
        signature = ctx.default_signature
        api: Any = ctx.api
        if len(ctx.args) != 2 or len(ctx.args[1]) != 1 or as_tensor(api.get_expression_type(ctx.args[1][0])) is None:
            return signature
        return signature.copy_modified(arg_types=[signature.arg_types[0], unknown()], ret_type=unknown())

    def inserted(self, ctx: MethodContext) -> Type:
        """After it, `xs` holds what its items have in common."""
        variable, container = self._variable(ctx), ctx.type
        if variable is None or not isinstance(container, Instance):
            return ctx.default_return_type
        pairs = zip(ctx.args, ctx.arg_types, strict=True)
        arguments = [pair for items, types in pairs for pair in zip(items, types, strict=True)]
        given = [item for pair in arguments for item in _put_in(*pair, ctx)]
        if not variable.is_inferred and self._begun.get(id(variable)) is not variable:
            self._begun[id(variable)] = variable
            args = [self._first(arg, given) for arg in container.args]
        elif not _holds_tensors(container):
            return ctx.default_return_type
        else:
            args = [self._widened(arg, given) for arg in container.args]
        if any(a is not b for a, b in zip(args, container.args, strict=True)):
            widened = container.copy_modified(args=args)
            variable.type = widened
            forget_elsewhere(_receiver(ctx.context), widened, ctx.api)
        return ctx.default_return_type

    def _variable(self, ctx: MethodContext | MethodSigContext) -> Var | None:
        """The variable of the container that a call changes, where its type does not say which tensors it holds."""
        receiver, function = _receiver(ctx.context), ctx.api.scope.current_function()  # type: ignore[attr-defined]
        if not isinstance(receiver, NameExpr | MemberExpr) or not isinstance(receiver.node, Var):
            return None
        is_open = isinstance(receiver, NameExpr) and isinstance(function, FuncDef)
        is_open = is_open and _is_begun_empty(receiver.node, function)
        return receiver.node if receiver.node.is_inferred or is_open else None

    def _first(self, held: Type, given: list[Type]) -> Type:
        tensors = [type_ for item in given for type_ in _tensors_in(item)]
        proper = get_proper_type(held)
        is_any_tensor = isinstance(proper, Instance) and proper.type.fullname == TENSOR
        return join_tensors(tensors) or held if is_any_tensor and len(tensors) == len(given) else held

    def _widened(self, held: Type, given: list[Type]) -> Type:
        proper = get_proper_type(held)
        if isinstance(proper, TupleType):
            return _without_tuples(held)
        if as_tensor(proper) is None:
            return held
        if any(isinstance(get_proper_type(item), AnyType) for item in given):
            return self._loosened(proper) or held
        tensors = [type_ for item in given for type_ in _tensors_in(item)]
        joined = join_tensors([held, *tensors]) if tensors else None
        return held if joined is None or is_same_tensor(joined, proper) else joined

    def _loosened(self, proper: ProperType) -> Type | None:
        if isinstance(proper, Instance) and as_tensor(proper) is not None:
            return unknown_like(proper)
        return None


def _items(ctx: FunctionContext, *, has_keys: bool) -> list[Type]:
    """The types of the items of a display; none where something is unpacked in it."""
    found: list[Type] = []
    for types, expressions, kinds in zip(ctx.arg_types, ctx.args, ctx.arg_kinds, strict=True):
        for type_, expression, kind in zip(map(get_proper_type, types), expressions, kinds, strict=True):
            unpacked = DictExpr if has_keys else TupleExpr
            if isinstance(expression, unpacked) and not expression.items and (has_keys or kind.is_star()):
                continue  # nothing is unpacked, see `_displays`
            if has_keys and isinstance(type_, TupleType):
                found.append(type_.items[1])
            elif has_keys or kind.is_star():
                return []
            else:
                found.append(type_)
    return found


def _has_object(type_: Type) -> bool:
    return any(isinstance(inner, Instance) and inner.type.fullname == "builtins.object" for inner in walk(type_))


def _put_in(expression: Expression, type_: Type, ctx: MethodContext) -> list[Type]:
    """What an argument puts into a container: of `xs += [x, y]` each, for to mypy that is a list of any tensors."""
    call = ctx.context
    method = call.callee.name if isinstance(call, CallExpr) and isinstance(call.callee, MemberExpr) else ""
    if not isinstance(expression, ListExpr | TupleExpr) or not (
        isinstance(call, OperatorAssignmentStmt) or method in _SEVERAL
    ):
        return [type_]
    api: Any = ctx.api
    items = [api.lookup_type_or_none(one) for one in expression.items]
    known = [one for one in items if one is not None and as_tensor(one) is not None]
    return known if known and len(known) == len(items) else [type_]


def _tensors_in(type_: Type) -> list[Type]:
    proper = get_proper_type(type_)
    if as_tensor(proper) is not None or isinstance(proper, UnionType):
        return [proper]
    args = proper.args if isinstance(proper, Instance) else []
    return [arg for arg in args if as_tensor(arg) is not None]


def _without_tuples(type_: Type) -> Type:
    """`[(x, y)]`: other pairs may follow, of tensors of any size."""
    proper = get_proper_type(type_)
    return replace(proper, _forgotten) if isinstance(proper, TupleType) else type_


def _forgotten(proper: ProperType) -> Type | None:
    if not isinstance(proper, Instance) or proper.type.fullname != TENSOR:
        return None
    return unknown_like(proper)


def _with_shape_only(proper: ProperType) -> Type | None:
    if not isinstance(proper, Instance) or proper.type.fullname != TENSOR or not is_known(proper):
        return None
    return proper.copy_modified(args=[unknown(), proper.args[1], unknown()])


def forget_elsewhere(receiver: Expression | None, widened: Type, api: Any) -> None:
    """Let every open branch and loop know what a container now holds: it is the same container there."""
    key = None if receiver is None else literal_hash(receiver)
    if key is None:
        return
    for frame in api.binder.frames:
        if key in frame.types:
            current = frame.types[key]
            frame.types[key] = type(current)(widened, current.from_assignment)
    api.binder.put(receiver, widened)


def _holds_tensors(type_: Type) -> bool:
    proper = get_proper_type(type_)
    if not isinstance(proper, Instance):
        return False
    held = [item for arg in map(get_proper_type, proper.args) for item in (arg, *_tuple_items(arg))]
    return any((tensor := as_tensor(item)) is not None and says_anything(tensor) for item in held)


def _tuple_items(type_: ProperType) -> list[Type]:
    return type_.items if isinstance(type_, TupleType) else []


def _is_begun_empty(variable: Var, function: FuncDef) -> bool:
    """Whether a local variable is `outputs: list[Tensor] = []`, and nothing else is assigned to it."""
    declared = get_proper_type(variable.type)
    if not isinstance(declared, Instance) or declared.type.fullname != "builtins.list":
        return False
    values = assignments_to(variable, function) if as_tensor(declared.args[0]) is not None else []
    return len(values) == 1 and isinstance(values[0], ListExpr) and not values[0].items


def _receiver(context: Any) -> Expression | None:
    if isinstance(context, CallExpr) and isinstance(context.callee, MemberExpr):
        return context.callee.expr
    if isinstance(context, OperatorAssignmentStmt):
        return context.lvalue
    return context.base if isinstance(context, IndexExpr) else None
