"""An `int` that holds a size: to mypy an `int` like any other, with the size where no attribute can be."""

from __future__ import annotations

from typing import Final

from mypy.types import Instance, LiteralType, ProperType, Type, get_proper_type

from neuraltypes._sizes import Size, number
from neuraltypes_mypy._atoms import atom, size_of_atom

_SIZE: Final = "neuraltypes:size"  # no attribute has such a name


def sized_int(size: Size | None, int_type: Instance) -> Instance:
    """The type of an `int` that is known to hold a size."""
    if size is None:
        return int_type
    return int_type.copy_with_extra_attr(_SIZE, atom(size, str(size), int_type))


def has_size(type_: ProperType) -> bool:
    """Whether a type is that of an `int` that is known to hold a size."""
    return isinstance(type_, Instance) and type_.extra_attrs is not None and _SIZE in type_.extra_attrs.attrs


def size_of_type(type_: Type | None) -> Size | None:
    """The size that the type of an `int` says: an axis's, or a literal's."""
    if type_ is None:
        return None
    proper: ProperType = get_proper_type(type_)
    if isinstance(proper, Instance):
        if proper.extra_attrs is not None and _SIZE in proper.extra_attrs.attrs:
            return size_of_atom(get_proper_type(proper.extra_attrs.attrs[_SIZE]))
        if proper.last_known_value is None:
            return None
        proper = proper.last_known_value
    if isinstance(proper, LiteralType):
        return number(proper.value) if type(proper.value) is int else None
    return size_of_atom(proper)
