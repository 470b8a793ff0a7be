"""An `int` that is known to hold a size: to mypy one like any other, for it carries the size out of mypy's sight."""

from __future__ import annotations

from typing import Final

from mypy.nodes import Var
from mypy.types import Instance, LiteralType, ProperType, TupleType, Type, get_proper_type

from neuraltypes._sizes import Size, number
from neuraltypes_mypy.base._names import SIZE
from neuraltypes_mypy.base._types import attribute_of, kept_with
from neuraltypes_mypy.tensors._atoms import atom, size_of_atom
from neuraltypes_mypy.tensors._walk import replace

_SIZE: Final = "neuraltypes:size"  # no attribute has such a name
_OF_ENUMS: Final = ("enum", "builtins")


def sized_int(size: Size | None, int_type: Instance) -> Instance:
    """The type of an `int` that is known to hold a size."""
    if size is None:
        return int_type
    return int_type.copy_with_extra_attr(_SIZE, atom(size, str(size), int_type))


def is_int(type_: Type | None) -> bool:
    """Whether a type is `int`."""
    proper = get_proper_type(type_) if type_ is not None else None
    return isinstance(proper, Instance) and proper.type.fullname == "builtins.int"


def has_size(type_: ProperType) -> bool:
    """Whether a type is that of an `int` that is known to hold a size."""
    return _SIZE in kept_with(type_)


def unsized(type_: Type) -> Type:
    """The same where numbers are any numbers."""

    def one(proper: ProperType) -> Type | None:
        return Instance(proper.type, proper.args) if isinstance(proper, Instance) and has_size(proper) else None

    return replace(type_, one)


def without_sizes(type_: ProperType) -> Type | None:
    """The `Size` that a shape is to others: the name that holds it may come to hold one of another length."""
    is_shape = isinstance(type_, TupleType) and type_.partial_fallback.type.fullname == SIZE
    return type_.partial_fallback if is_shape and isinstance(type_, TupleType) else None


def size_of_type(type_: Type | None) -> Size | None:
    """The size that the type of an `int` says: an axis's, or a literal's."""
    if type_ is None:
        return None
    proper: ProperType = get_proper_type(type_)
    if isinstance(proper, Instance):
        kept = attribute_of(proper, _SIZE)
        if kept is not None:
            return size_of_atom(kept)
        if proper.last_known_value is None:
            return None
        proper = proper.last_known_value
    if isinstance(proper, LiteralType):
        value = _value_of_member(proper)
        return number(value) if type(value) is int else None
    return size_of_atom(proper)


def _value_of_member(literal: LiteralType) -> object:
    """What a literal stands for: of a member of an `IntEnum` the number that it is."""
    info = literal.fallback.type
    if not info.is_enum or not info.has_base("builtins.int") or not isinstance(literal.value, str):
        return literal.value
    member = info.names.get(literal.value)
    given = get_proper_type(member.node.type) if member is not None and isinstance(member.node, Var) else None
    is_plain = isinstance(given, Instance) and all(base.module_name in _OF_ENUMS for base in info.mro[1:])
    known = given.last_known_value if isinstance(given, Instance) and is_plain and "__new__" not in info.names else None
    return None if known is None else known.value
