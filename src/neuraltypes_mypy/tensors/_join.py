"""What several tensor types have in common."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.types import Instance, ProperType, TupleType, Type, UninhabitedType, get_proper_type

from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.tensors._atoms import note_of
from neuraltypes_mypy.tensors._elements import join_elements
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor, shape_of_like, unknown


def join_tensors(types: Sequence[Type]) -> Instance | None:
    """The tensor type that several have in common; None where they are not all tensors."""
    tensors: list[Instance] = []
    for type_ in types:
        for item in options_of(type_):
            tensor = as_tensor(item)
            if tensor is None:
                return None
            tensors.append(tensor)
    if not tensors:
        return None
    result = tensors[0]
    for tensor in tensors[1:]:
        result = _join_two(result, tensor)
    return result


def join_gradually(left: Type, right: Type) -> Type | None:
    """The type of two containers of the same structure, of what their tensors have in common; None for any others."""
    one, other = get_proper_type(left), get_proper_type(right)
    if one == other or isinstance(other, UninhabitedType):
        return one
    if isinstance(one, UninhabitedType):  # of an empty display
        return other
    if isinstance(one, Instance) and isinstance(other, Instance):
        tensors = (as_tensor(one), as_tensor(other))
        if None not in tensors:
            return join_tensors([one, other])
        if one.type is not other.type or len(one.args) != len(other.args):
            return None
        args = list(map(join_gradually, one.args, other.args))
        return None if not args or None in args else one.copy_modified(args=[arg for arg in args if arg is not None])
    if isinstance(one, TupleType) and isinstance(other, TupleType) and len(one.items) == len(other.items):
        items = list(map(join_gradually, one.items, other.items))
        return None if None in items else one.copy_modified(items=[item for item in items if item is not None])
    return None


def is_same_tensor(one: Instance, other: ProperType) -> bool:
    """Whether two types are the same, and say the same of what their numbers mean."""
    return one == other and isinstance(other, Instance) and list(map(_note, one.args)) == list(map(_note, other.args))


def _note(argument: Type) -> str | None:
    return note_of(get_proper_type(argument))


def _join_two(left: Instance, right: Instance) -> Instance:
    one, other = read_tensor(left), read_tensor(right)
    shape = join_shapes(one.shape, other.shape)
    shape_type = unknown() if shape is None else shape_of_like(left, right, shape)
    element = join_elements([one.element, other.element]) or unknown()
    return left.copy_modified(args=[_join(one.dtype, other.dtype), shape_type, element])


def join_shapes(left: Shape | None, right: Shape | None) -> Shape | None:
    """What two shapes have in common, axis by axis; None where even the number of axes differs."""
    if left is None or right is None or len(left) != len(right):
        return None
    joined: list[SizedAxis | Rest] = []
    for one, other in zip(left, right, strict=True):
        if isinstance(one, Rest) or isinstance(other, Rest):
            if not (isinstance(one, Rest) and isinstance(other, Rest)):
                return None
            joined.append(one if one == other else Rest())
        else:
            size = one.size if one.size == other.size else None
            joined.append(SizedAxis(size, one.label if one.label == other.label else None))
    return tuple(joined)


def _join(left: ProperType, right: ProperType) -> ProperType:
    """The dtype of both, or unknown: the branch that differs may be one that is never taken."""
    return left if left == right else unknown()
