"""Packed sequences: a `PackedSequence` keeps the tensor that it would be padded to with its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mypy.nodes import AssignmentStmt, Context, FuncDef, ListExpr, NameExpr, TupleExpr, Var
from mypy.plugin import MethodContext
from mypy.types import AnyType, Instance, ProperType, TupleType, Type, UnionType, get_proper_type

from neuraltypes_mypy.base._types import attribute_of, with_attribute
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._tensor import as_tensor, unknown, unknown_like, untold
from neuraltypes_mypy.tensors._types import KnownTypes

_SEQUENCE: Final = "torch.nn.utils.rnn.PackedSequence"
# No attribute has such names.
_PADDED: Final = "neuraltypes:padded"
_UNDECLARED: Final = "neuraltypes:undeclared"  # plain mypy has `Any` there
_CONVERSIONS: Final = ("to", "double", "float", "half", "long", "int", "short", "char", "byte")
CHANGES: Final = tuple(f"{_SEQUENCE}.{name}" for name in ("_replace", *_CONVERSIONS))


def is_packed(type_: Type) -> bool:
    """Whether a type is that of packed sequences."""
    proper = get_proper_type(type_)
    return isinstance(proper, TupleType) and proper.partial_fallback.type.fullname == _SEQUENCE


def padded_of(type_: Type) -> Instance | None:
    """The tensor `b t ...` that packed sequences would be padded to, where anything is known of it."""
    proper = get_proper_type(type_)
    if not isinstance(proper, TupleType) or not is_packed(proper):
        return None
    kept = attribute_of(proper.partial_fallback, _PADDED)
    return None if kept is None else as_tensor(kept)


def packed(padded: Type, data: Type, declared: ProperType, types: KnownTypes) -> Type:
    """The type of packed sequences that would be padded to such a tensor, and hold such data.

    The data is an item of the tuple that they are, by which mypy tells one type from the other.
    """
    info = types.info(_SEQUENCE)
    if info is None or info.tuple_type is None:
        return unknown()
    fallback = with_attribute(Instance(info, []), _PADDED, padded)
    if isinstance(declared, AnyType):
        fallback = with_attribute(fallback, _UNDECLARED, unknown())
    return info.tuple_type.copy_modified(fallback=fallback, items=[data, *info.tuple_type.items[1:]])


def is_for_another(call: Context, api: Any) -> bool:
    """Whether what a call gives is assigned to a name that holds something else than packed sequences so far."""
    function = api.scope.current_function()
    for statement in statements(function.body) if isinstance(function, FuncDef) else ():
        if isinstance(statement, AssignmentStmt) and statement.rvalue is call:
            target = statement.lvalues[0]
            first = target.items[0] if isinstance(target, TupleExpr | ListExpr) and target.items else target
            variable = first.node if isinstance(first, NameExpr) else None
            type_ = get_proper_type(variable.type) if isinstance(variable, Var) else None
            return isinstance(type_, Instance)
    return False


def loosened(type_: ProperType) -> Type | None:
    """What a name is declared as that holds packed sequences, so that it may come to hold others; None for no such.

    Where plain mypy knows nothing of them, it may come to hold anything: what they are padded to, above all.
    """
    if not isinstance(type_, TupleType) or padded_of(type_) is None:
        return None
    plain = _plain(type_)
    tensor = as_tensor(plain.items[0])
    if tensor is None or attribute_of(type_.partial_fallback, _UNDECLARED) is None:
        return plain
    return UnionType([plain, unknown_like(tensor), untold()])


def joined(types: Sequence[Type]) -> Type | None:
    """The type of packed sequences of one or the other type; None where not all are packed."""
    found = [proper for type_ in types if isinstance(proper := get_proper_type(type_), TupleType) and is_packed(proper)]
    return _plain(found[0]) if found and len(found) == len(types) else None


def _plain(sequences: TupleType) -> TupleType:
    """Packed sequences of which nothing is known."""
    info = sequences.partial_fallback.type
    assert info.tuple_type is not None
    return info.tuple_type.copy_modified(fallback=Instance(info, []))


def changed(ctx: MethodContext) -> Type:
    """`packed._replace(data=...)`, `packed.half()`: of what comes out nothing is known."""
    return joined([ctx.default_return_type]) or ctx.default_return_type
