"""Tensors that are `Any` without this plugin, as arguments: nothing is said where plain mypy says nothing.

What an expression in a call gives is `Any` where no tensor is wanted; of a name mypy asks nobody, so here the parameter
that it is given to takes whatever comes: `for i in torch.randperm(3): names[i]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mypy.nodes import (
    CallExpr,
    ComparisonExpr,
    Decorator,
    Expression,
    IndexExpr,
    ListExpr,
    NameExpr,
    OperatorAssignmentStmt,
    OpExpr,
    TupleExpr,
    UnaryExpr,
    Var,
)
from mypy.plugin import FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy.base._names import GENERIC_TENSORS
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.flow._open_uses import used
from neuraltypes_mypy.source._arity import with_names_of_numpy
from neuraltypes_mypy.tensors._tensor import as_tensor, unknown, untold
from neuraltypes_mypy.tensors._untyped import is_untyped, may_be_untyped, receivers, wants_other
from neuraltypes_mypy.tensors._walk import replace

_BINARY: Final = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
_OPERATORS: Final = frozenset(
    {
        *(f"__{prefix}{name}__" for prefix in ("", "r", "i") for name in _BINARY),
        *("__lt__", "__le__", "__gt__", "__ge__", "__getitem__", "__setitem__"),
    }
)


def welcoming(ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
    """The signature, for such arguments."""
    signature = ctx.default_signature
    if isinstance(ctx.context, OpExpr | ComparisonExpr | OperatorAssignmentStmt):
        return signature  # mypy goes on to the method of the other operand
    given = [at for at, expressions in enumerate(ctx.args) if any(_is_untyped_name(one, ctx) for one in expressions)]
    if not given:
        return signature
    types, result = list(signature.arg_types), signature.ret_type
    for at in given:
        if isinstance(get_proper_type(types[at]), TypeVarType):
            if _is_bounded(types[at]):
                return _open(signature)
        elif wants_other(types[at]):
            types[at] = unknown()
            result = untold() if _is_overload(signature) else result  # plain mypy cannot tell which one it is
    return signature.copy_modified(arg_types=types, ret_type=result)


def of_receiver(ctx: MethodSigContext, fullname: str) -> FunctionLike:
    """The signature of a method of such a tensor: an operator takes any operand, a size may be None to mypy."""
    signature = ctx.default_signature
    if not any(may_be_untyped(one, ctx.type) for one in receivers(ctx.context)):
        return signature
    if fullname.rpartition(".")[2] in _OPERATORS:
        return signature.copy_modified(arg_types=[unknown() for _ in signature.arg_types])
    if isinstance(ctx.context, CallExpr):
        signature = with_names_of_numpy(signature, ctx.context)
    return signature.copy_modified(arg_types=[_optional(type_) for type_ in signature.arg_types])


def opened(ctx: MethodContext) -> Type:
    """What a method without a rule gives: of such a tensor plain mypy does not know what `x.numpy()` is."""
    result = ctx.default_return_type
    is_open = any(may_be_untyped(one, ctx.type) for one in receivers(ctx.context))
    return untold() if is_open and as_tensor(result) is None and isinstance(ctx.context, CallExpr) else result


def is_method_of_tensor(fullname: str) -> bool:
    """Whether a full name is that of a method of a tensor."""
    return fullname.rpartition(".")[0] in GENERIC_TENSORS


def _is_untyped_name(expression: Expression, ctx: Any) -> bool:
    """Whether an expression is the name of such a tensor, or a part of it; or a display of what is computed of one."""
    if isinstance(expression, TupleExpr | ListExpr):
        return any(_is_untyped_name(operand, ctx) for item in expression.items for operand in _operands(item))
    while isinstance(expression, IndexExpr):
        expression = expression.base
    if not isinstance(expression, NameExpr) or not isinstance(expression.node, Var):
        return False
    held = ctx.api.binder.get(expression) or expression.node.type
    if held is not None and _are_untyped(held):
        return True
    return held is not None and as_tensor(held) is not None and may_be_untyped(expression, held)


def _operands(expression: Expression) -> Iterator[Expression]:
    """What an expression of operators is computed of."""
    match expression:
        case OpExpr(left=left, right=right):
            yield from _operands(left)
            yield from _operands(right)
        case UnaryExpr(expr=inner):
            yield from _operands(inner)
        case _:
            yield used(expression)


def _are_untyped(held: Type) -> bool:
    """Whether a type is that of a tuple of such tensors, as `x.split(n)` gives it."""
    proper = get_proper_type(held)
    if isinstance(proper, TupleType):
        return bool(proper.items) and all(as_tensor(one) is not None and is_untyped(one) for one in proper.items)
    is_tuple = isinstance(proper, Instance) and proper.type.fullname == "builtins.tuple"
    return (
        is_tuple
        and isinstance(proper, Instance)
        and as_tensor(proper.args[0]) is not None
        and is_untyped(proper.args[0])
    )


def _is_overload(signature: CallableType) -> bool:
    definition = signature.definition
    return isinstance(definition, Decorator) and definition.func.is_overload


def _is_bounded(variable: Type) -> bool:
    """Whether a type variable stands for some types alone, as that of `min` for what is compared."""
    proper = get_proper_type(variable)
    bound = get_proper_type(proper.upper_bound) if isinstance(proper, TypeVarType) else None
    return bound is not None and not (isinstance(bound, Instance) and bound.type.fullname == "builtins.object")


def _open(signature: CallableType) -> CallableType:
    ids = {variable.id for variable in signature.variables}

    def opened(proper: ProperType) -> Type | None:
        return unknown() if isinstance(proper, TypeVarType) and proper.id in ids else None

    types: Sequence[Type] = [replace(type_, opened) for type_ in signature.arg_types]
    return signature.copy_modified(arg_types=types, ret_type=replace(signature.ret_type, opened), variables=[])


def _optional(type_: Type) -> Type:
    """`int | None` for `int`: that a size is never None here is nothing that plain mypy asks."""
    items = options_of(type_)
    is_size = any(isinstance(one, Instance) and one.type.fullname == "builtins.int" for one in items)
    return UnionType([*items, NoneType()]) if is_size else type_
