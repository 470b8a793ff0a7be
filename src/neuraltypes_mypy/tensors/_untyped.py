"""Values that mypy takes for `Any` without this plugin: where it says nothing then, nothing is said with it.

What such a value is computed to is one again. It may be put where something else than a tensor is wanted.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import (
    CallExpr,
    ComparisonExpr,
    Context,
    IndexExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    OpExpr,
    Var,
)
from mypy.plugin import MethodContext
from mypy.server.subexpr import get_subexpressions
from mypy.types import (
    AnyType,
    ExtraAttrs,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy.base._names import GENERIC_TENSORS
from neuraltypes_mypy.base._types import kept_with, options_of
from neuraltypes_mypy.tensors._tensor import as_tensor, unknown, untold

_MARK: Final = "neuraltypes:untyped"  # no attribute has such a name
_SEQUENCES: Final = ("builtins.tuple", "typing.Sequence", "typing.Iterable", "typing.Collection")
_ATTRS: Final = ExtraAttrs({_MARK: unknown()})
# By the id of a variable: itself. mypy narrows what is declared, which leaves the mark behind.
_holders: Final[dict[int, Var]] = {}


def is_untyped(type_: Type | None) -> bool:
    """Whether a type is that of a value which is `Any` without this plugin."""
    proper = get_proper_type(type_)
    if isinstance(proper, AnyType):
        return True
    return _MARK in kept_with(proper)


def remember(variable: Var, held: Type) -> None:
    """Keep that a variable has held such a value; whatever it is given later, it counts as one that may."""
    if any(map(is_untyped, options_of(held))):
        _holders[id(variable)] = variable


def may_be_untyped(expression: Context, type_: Type | None) -> bool:
    """The same for an expression of that type, which may be the name of a variable."""
    variable = expression.node if isinstance(expression, NameExpr) else None
    return is_untyped(type_) or _holders.get(id(variable)) is variable is not None


def receivers(context: Context) -> list[Context]:
    """What the method of a call or of an operation may be that of."""
    match context:
        case OpExpr(left=left, right=right):
            return [left, right]
        case ComparisonExpr(operands=operands):
            return list(operands)
        case IndexExpr(base=receiver) | CallExpr(callee=MemberExpr(expr=receiver)):
            return [receiver]
        case OperatorAssignmentStmt(lvalue=receiver):
            return [receiver]
        case _:
            return [context]


def untyped(type_: Type) -> Type:
    """The type of such a value, or of a tuple of them."""
    proper = get_proper_type(type_)
    if isinstance(proper, TupleType):
        return proper.copy_modified(items=[untyped(item) for item in proper.items])
    if isinstance(proper, Instance) and proper.type.fullname == "builtins.tuple":
        return proper.copy_modified(args=[untyped(item) for item in proper.args])
    if not isinstance(proper, Instance) or as_tensor(proper) is None or proper.extra_attrs is not None:
        return type_
    result = proper.copy_modified()
    result.extra_attrs = _ATTRS
    return result


def item(ctx: MethodContext) -> Type:
    """`x.item()` of such a value, which is one too; the declared `int | float` fits neither."""
    is_open = any(may_be_untyped(one, ctx.type) for one in receivers(ctx.context))
    return untold() if is_open else ctx.default_return_type


def extended(ctx: MethodContext) -> Type:
    """`(x,) + y.split(n)`: not known to plain mypy, so it may be kept where a tuple of one length was."""
    api: Any = ctx.api
    given = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    items = given.args if isinstance(given, Instance) else ()
    is_open = any(as_tensor(item) is not None and is_untyped(item) for item in items)
    wanted: ProperType | None = get_proper_type(api.type_context[-1])
    return untold() if is_open and isinstance(wanted, TupleType) else ctx.default_return_type


def is_unwanted(context: Context, api: Any, *, is_tuple: bool = False) -> bool:
    """Whether what is assigned to surely holds no tensor: `mean: float`; nor, of a tuple, tensors in a tuple.

    Of the right operand in `1 - x.norm()` mypy first wants what the method of the left one takes, which says nothing.
    """
    wanted = api.type_context[-1]
    if is_tuple and _takes_tuple(wanted):
        return False
    return wants_other(wanted) and not _is_operand(context, api)


def unpacked_where_wanted(type_: Type, api: Any) -> Type:
    """A tuple of such values in `names, counts = x.unique(...)`: `Any` for each target that surely holds no tensor."""
    context: Type | None = api.type_context[-1]
    given, wanted = get_proper_type(type_), get_proper_type(context)
    if not isinstance(given, TupleType) or not isinstance(wanted, TupleType) or len(given.items) != len(wanted.items):
        return type_
    pairs = zip(given.items, wanted.items, strict=True)
    return given.copy_modified(items=[untold() if wants_other(target) else item for item, target in pairs])


def _takes_tuple(wanted: Type | None) -> bool:
    """Whether a tuple of tensors may stand there."""
    proper = get_proper_type(wanted)
    if isinstance(proper, UnionType):
        return any(map(_takes_tuple, proper.items))
    is_sequence = isinstance(proper, Instance) and proper.type.fullname in _SEQUENCES
    return is_sequence and isinstance(proper, Instance) and any(as_tensor(arg) is not None for arg in proper.args)


def _is_operand(expression: Context, api: Any) -> bool:
    function = api.scope.current_function()
    for one in get_subexpressions(api.tree if function is None else function.body):
        is_chosen = isinstance(one, OpExpr) and one.op in ("and", "or")  # one of the two, which is what is wanted
        operands = [one.left, one.right] if isinstance(one, OpExpr) and not is_chosen else getattr(one, "operands", [])
        if any(operand is expression for operand in operands):
            return True
    return False


def wants_other(wanted: Type | None) -> bool:
    """Whether something else than a tensor is wanted."""
    proper: ProperType | None = get_proper_type(wanted)
    if isinstance(proper, UnionType):
        return all(map(wants_other, proper.items))
    if isinstance(proper, NoneType):  # an attribute that begins as None, and in another method
        return True
    if not isinstance(proper, Instance) or proper.type.fullname == "builtins.object" or proper.type.is_protocol:
        return False
    # no tensor is an instance of `torch.LongTensor`, which is often declared
    return as_tensor(proper) is None or proper.type.fullname not in GENERIC_TENSORS
