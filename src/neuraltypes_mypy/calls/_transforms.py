"""`torch.vmap(f)` and `torch.func.grad(f)`: called as `f`, with an axis more where what is mapped stands.

What is mapped or differentiated otherwise (along axes that are computed, for several arguments, with more results) says
nothing of its tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mypy.nodes import Expression, IntExpr, NameExpr, TupleExpr
from mypy.plugin import FunctionContext
from mypy.types import (
    CallableType,
    Instance,
    TupleType,
    Type,
    TypeVarType,
    UnpackType,
    get_proper_type,
)

from neuraltypes._sizes import named
from neuraltypes_mypy.base._names import PARAMETER
from neuraltypes_mypy.tensors._atoms import atom
from neuraltypes_mypy.tensors._mentions import mentions_tensors
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, is_tensor, unknown
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._untyped import untyped
from neuraltypes_mypy.tensors._walk import replace

_DEFINED: Final = "torch._functorch"
MAPS: Final = (f"{_DEFINED}.apis.vmap",)
GRADIENTS: Final = (f"{_DEFINED}.apis.grad",)
_MAPPED: Final = "mapped"  # an axis of any kind


class Transforms:
    """Types such functions, for one run of mypy."""

    def __init__(self, types: KnownTypes) -> None:
        self._types = types

    def mapped(self, ctx: FunctionContext) -> Type | None:
        """`vmap(f)`, along axes that are written in the call; None where that cannot be said."""
        given = _parts(ctx, ("func", "in_dims", "out_dims", "chunk_size", "randomness"))
        signature = None if given is None else _signature(ctx)
        if given is None or signature is None:
            return None
        places = _dims(given.get("in_dims"), len(signature.arg_types))
        behind = _dims(given.get("out_dims"), 1)
        if places is None or behind is None or behind[0] is None:
            return None
        axis = self._axis(signature)
        types = [self._with_axis(type_, at, axis) for type_, at in zip(signature.arg_types, places, strict=True)]
        return signature.copy_modified(
            arg_types=types,
            ret_type=self._with_axis(signature.ret_type, behind[0], axis),
            variables=[*signature.variables, axis],
        )

    def gradient(self, ctx: FunctionContext) -> Type | None:
        """`grad(f)`: of the shape of the tensor that `f` is differentiated by."""
        given = _parts(ctx, ("func", "argnums"))
        signature = None if given is None else _signature(ctx)
        places = None if given is None else _dims(given.get("argnums"), 1)
        if signature is None or places is None or places[0] is None or not 0 <= places[0] < len(signature.arg_types):
            return None
        by = as_tensor(signature.arg_types[places[0]])
        if by is None or by.type.fullname == PARAMETER:
            return signature.copy_modified(ret_type=unknown())
        found = by.copy_modified(args=[*by.args[:2], unknown()])
        return signature.copy_modified(ret_type=untyped(found) if is_known(found) else unknown())

    def _axis(self, signature: CallableType) -> TypeVarType:
        """The axis along which is mapped: another one for each function in another."""
        known = {variable.name for variable in signature.variables}
        name = next(name for name in (_MAPPED, *(f"{_MAPPED}{n}" for n in range(len(known) + 1))) if name not in known)
        return atom(named(name, "vmap"), name, self._types.int_type)

    def _with_axis(self, type_: Type, at: int | None, axis: TypeVarType) -> Type:
        if at is None:
            return type_
        return replace(type_, lambda proper: _inserted(proper, at, axis) if is_tensor(proper) else None)


def _inserted(tensor: Instance, at: int, axis: TypeVarType) -> Instance:
    shape = get_proper_type(tensor.args[1])
    items = shape.items if isinstance(shape, TupleType) else None
    if items is None or not isinstance(shape, TupleType) or at < 0 or at > len(items):
        return tensor.copy_modified(args=_without_shape(tensor))
    if any(isinstance(item, UnpackType) for item in items[:at]):
        return tensor.copy_modified(args=_without_shape(tensor))
    whole = shape.copy_modified(items=[*items[:at], axis, *items[at:]])
    return tensor.copy_modified(args=[tensor.args[0], whole, tensor.args[2]])


def _without_shape(tensor: Instance) -> list[Type]:
    return [tensor.args[0], unknown(), tensor.args[2]]


def _signature(ctx: FunctionContext) -> CallableType | None:
    """The signature of the function that is given, if it speaks of tensors and each argument has a place of its own."""
    proper = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if not isinstance(proper, CallableType) or proper.is_type_obj() or not mentions_tensors(proper):
        return None
    return None if any(kind.is_star() or kind.is_named() for kind in proper.arg_kinds) else proper


def _parts(ctx: FunctionContext, known: Sequence[str]) -> dict[str, Expression] | None:
    """What is given by name; None where something else is given."""
    pairs = [(name, given) for name, given in zip(ctx.callee_arg_names, ctx.args, strict=True) if given]
    if any(name not in known or len(given) != 1 for name, given in pairs):
        return None
    return {name: given[0] for name, given in pairs if name is not None}


def _dims(given: Expression | None, count: int) -> list[int | None] | None:
    """Which axis of each of so many arguments is meant, None for none; None for all of them where that is unknown."""
    match given:
        case None:
            return [0] * count
        case IntExpr(value=value):
            return [value] * count
        case TupleExpr(items=items) if len(items) == count:
            found = [_dims(item, 1) if not isinstance(item, TupleExpr) else None for item in items]
            whole = [one[0] for one in found if one is not None]
            return whole if len(whole) == count else None
        case NameExpr(fullname="builtins.None"):
            return [None] * count
        case _:
            return None
