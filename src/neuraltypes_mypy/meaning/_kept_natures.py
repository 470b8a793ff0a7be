"""What is kept with the declared result of a function: what its body gives by its nature, whole or in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mypy.types import (
    AnyType,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy.base._types import keeping, kept_with
from neuraltypes_mypy.flow._made_records import Key, field_names, record_class
from neuraltypes_mypy.tensors._atoms import note_of, noted_any
from neuraltypes_mypy.tensors._elements import join_elements
from neuraltypes_mypy.tensors._tensor import as_tensor, unknown

_NATURE: Final = "neuraltypes:nature "  # no attribute has such a name
_PART: Final = "neuraltypes:part "  # of a record


def is_open(type_: Instance) -> bool:
    """Whether a type is that of a tensor of which nothing says what it holds."""
    element = get_proper_type(type_.args[2]) if as_tensor(type_) is type_ else None
    return isinstance(element, AnyType) and note_of(element) is None


def kept_note(type_: ProperType) -> str | None:
    """The note of what a declared tensor was seen to hold."""
    return next((name.removeprefix(_NATURE) for name in kept_with(type_) if name.startswith(_NATURE)), None)


def kept_nature(declared: Type) -> ProperType | None:
    """What a declared tensor was seen to hold."""
    note = kept_note(get_proper_type(declared))
    return None if note is None else noted_any(note)


def has_parts(declared: Type) -> bool:
    """Whether a result is a record, of which parts are kept by name."""
    return isinstance(get_proper_type(declared), TypedDictType) or record_class(declared) is not None


def with_kept_parts(declared: Type, found: Mapping[Key, str]) -> Type:
    """A declared record with the notes of what its parts were seen to hold."""
    proper = get_proper_type(declared)
    if isinstance(proper, UnionType):
        return UnionType.make_union([with_kept_parts(item, found) for item in proper.items])
    if isinstance(proper, TypedDictType):
        items = {key: with_note(item, found.get(key)) for key, item in proper.items.items()}
        return proper.copy_modified(item_types=list(items.values()))
    if not isinstance(proper, Instance) or record_class(proper) is None:
        return declared
    return keeping(proper, {f"{_PART}{key} {note}": unknown() for key, note in found.items()})


def with_note(declared: Type, note: str | None) -> Type:
    """A declared tensor with what is seen of it, or without what was seen before."""
    proper = get_proper_type(declared)
    if not isinstance(proper, Instance) or not is_open(proper):
        return declared
    return keeping(proper, {} if note is None else {_NATURE + note: unknown()})


def kept_part(declared: Type, key: Key) -> ProperType | None:
    """What is kept with a declared record of one of its parts."""
    proper = get_proper_type(declared)
    if isinstance(proper, TupleType | TypedDictType):
        item = _item(proper, key)
        return None if item is None else kept_nature(item)
    holder = record_class(proper)
    attrs = kept_with(holder)
    start = f"{_PART}{key} "
    return next((noted_any(name.removeprefix(start)) for name in attrs if name.startswith(start)), None)


def _item(record: TupleType | TypedDictType, key: Key) -> Type | None:
    if isinstance(record, TypedDictType):
        return record.items.get(str(key))
    names = field_names(record.partial_fallback.type)
    at = names.index(key) if isinstance(key, str) and key in names else key
    return record.items[at] if isinstance(at, int) and at < len(record.items) else None


def common_nature(natures: Sequence[ProperType | None]) -> ProperType | None:
    """What several hold; None where that is not known of each of them."""
    known = [one for one in natures if one is not None]
    return join_elements(known) if len(known) == len(natures) else None


# Results: a tensor, one or nothing, or several


def is_silent(declared: Type) -> bool:
    """Whether a result has a tensor without a declared element."""
    return any(isinstance(item := get_proper_type(one), Instance) and is_open(item) for one in items_of(declared))


def items_of(type_: Type) -> list[Type]:
    """The items of a tuple, of one or nothing, or the type itself."""
    proper = get_proper_type(type_)
    is_several = isinstance(proper, TupleType) or (isinstance(proper, UnionType) and is_optional(proper))
    return list(proper.items) if is_several and isinstance(proper, TupleType | UnionType) else [type_]


def is_optional(union: UnionType) -> bool:
    """Whether a union is of one type and of nothing."""
    return sum(not is_none_type(item) for item in union.items) == 1


def is_none_type(type_: Type) -> bool:
    """Whether a type is that of None."""
    return isinstance(get_proper_type(type_), NoneType)


def put_on(result: Type, declared: Type) -> Type:
    """The result of a call with what is kept with the declared one."""
    proper, kept = get_proper_type(result), get_proper_type(declared)
    if isinstance(proper, TupleType) and isinstance(kept, TupleType) and len(proper.items) == len(kept.items):
        return proper.copy_modified(
            items=[put_on(one, other) for one, other in zip(proper.items, kept.items, strict=True)]
        )
    if isinstance(proper, UnionType) and isinstance(kept, UnionType) and is_optional(proper) and is_optional(kept):
        some = next(item for item in kept.items if not is_none_type(item))
        return UnionType.make_union([item if is_none_type(item) else put_on(item, some) for item in proper.items])
    if not isinstance(proper, Instance) or as_tensor(proper) is not proper:
        return result
    nature = kept_nature(kept) if is_open(proper) else None
    made = proper.copy_modified(args=[*proper.args[:2], proper.args[2] if nature is None else nature])
    if kept_note(proper) is not None:
        made.extra_attrs = None
    return made
