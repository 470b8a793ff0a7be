"""What a container of modules holds, kept with its type: the modules one by one, or what they have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mypy.nodes import SYMBOL_FUNCBASE_TYPES, TypeInfo
from mypy.types import ExtraAttrs, Instance, NoneType, ProperType, TupleType, Type, get_proper_type

from neuraltypes_mypy.base._names import MODULE, SEQUENTIAL
from neuraltypes_mypy.base._types import attribute_of, keeping, kept_with, options_of, with_attribute
from neuraltypes_mypy.tensors._atoms import note_of
from neuraltypes_mypy.tensors._walk import replace

# No attribute has such a name.
ITEMS: Final = "neuraltypes:items"  # a tuple or TypedDict of all modules of a container
ITEM: Final = "neuraltypes:item"  # what the modules of a container have in common
STEPS: Final = "neuraltypes:steps"  # of a sequence of which parts are repeated or left out
ROUNDS: Final = "neuraltypes:rounds"  # of a part of a sequence: it is gone through any number of times
ONE_OF: Final = "neuraltypes:one of"  # of a `Module`: which ones it may be
MADE_AT: Final = "neuraltypes:made at"  # where an instance was made
FOLLOWED: Final = "neuraltypes:followed"  # of a module whose body says what it gives, where it was made
AGREED: Final = "neuraltypes:agreed"  # of an attribute that is assigned in several places: what all of them make
FOUND: Final = "neuraltypes:found"  # of a container that is a `Module` without this plugin: it was in another one


def is_module(type_: Type) -> bool:
    """Whether a type is that of a module."""
    proper = get_proper_type(type_)
    return isinstance(proper, Instance) and proper.type.has_base(MODULE)


def may_be_module(declared: Type) -> bool:
    """Whether a type is that of a module, of one of several, or of none."""
    items = options_of(declared)
    return any(map(is_module, items)) and all(is_module(one) or isinstance(one, NoneType) for one in items)


def is_sequence(info: TypeInfo) -> bool:
    """Whether a class goes through its modules as `nn.Sequential` does."""
    forward = info.get("forward")
    owner = forward.node.info if forward is not None and isinstance(forward.node, SYMBOL_FUNCBASE_TYPES) else None
    return owner is not None and owner.fullname == SEQUENTIAL


def alternatives(type_: Type) -> list[Type]:
    """The modules that one may be."""
    kept = attribute_of(type_, ONE_OF)
    return kept.items if isinstance(kept, TupleType) else [type_]


def join_modules(types: Sequence[Type], tuple_type: Instance) -> Instance | None:
    """What modules have in common: for those of one class what they were made with alike, else which ones they are."""
    found: list[Instance] = []
    for type_ in (one for given in types for one in alternatives(given)):
        proper = get_proper_type(type_)
        if not isinstance(proper, Instance) or not is_module(proper):
            return None
        same = next((place for place, one in enumerate(found) if _is_mergeable(one, proper)), None)
        if same is None:
            found.append(proper)
        else:
            found[same] = _alike(found[same], proper, tuple_type)
    if len(found) < 2:
        return found[0] if found else None
    is_one_class = all(one.type is found[0].type for one in found)  # sequences, say, of other modules
    base = next(one for one in found[0].type.mro if is_one_class or one.fullname == MODULE)
    return with_attribute(Instance(base, []), ONE_OF, TupleType(list(found), tuple_type))


def copied(type_: Type) -> Type:
    """The same in objects of its own: where mypy unites modules, it erases in place what they were made with."""

    def one(proper: ProperType) -> Type | None:
        is_made = isinstance(proper, Instance) and proper.extra_attrs is not None and is_module(proper)
        return proper.copy_modified() if isinstance(proper, Instance) and is_made else None

    return replace(type_, one)


def alike(held: Instance, others: Sequence[Type]) -> Instance:
    """A module with what it was made with as far as others of its class were made with the same."""
    kept = dict(kept_with(held))
    for other in others:
        proper = get_proper_type(other)
        is_same = isinstance(proper, Instance) and proper.type is held.type
        kept = _common(kept, kept_with(proper) if is_same else {})
    if held.extra_attrs is not None and len(kept) == len(held.extra_attrs.attrs):
        return held
    result = Instance(held.type, held.args, held.line, held.column)
    result.extra_attrs = ExtraAttrs(kept) if kept else None
    return result


def _is_mergeable(left: Instance, right: Instance) -> bool:
    """Whether two modules differ in what they were made with alone, not in what they consist of."""
    return left.type is right.type and (not left.type.has_base(SEQUENTIAL) or _written(left) == _written(right))


def _alike(left: Instance, right: Instance, tuple_type: Instance) -> Instance:
    one, other = kept_with(left), kept_with(right)
    kept = _common(one, other)
    if ITEM in one and ITEM in other:
        common = join_modules([one[ITEM], other[ITEM]], tuple_type)
        kept |= {} if common is None else {ITEM: common}
    return keeping(left, kept)


def _common(one: Mapping[str, Type], other: Mapping[str, Type]) -> dict[str, Type]:
    return {name: type_ for name, type_ in one.items() if name in other and _written(other[name]) == _written(type_)}


def _written(type_: Type) -> object:
    """What is compared: to mypy an `Any` with a note equals every other."""
    return type_.serialize()


def made_at(instance: ProperType) -> str | None:
    """Where an instance was made: `models.py:12`."""
    note = attribute_of(instance, MADE_AT)
    return None if note is None else note_of(note)
