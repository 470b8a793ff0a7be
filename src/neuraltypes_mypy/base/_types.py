"""Types of mypy as this plugin asks them: the options of a union, and what is kept with an instance."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mypy.types import ExtraAttrs, Instance, ProperType, Type, UnionType, get_proper_type

_NOTHING: Final[Mapping[str, Type]] = MappingProxyType({})


def options_of(type_: Type) -> list[ProperType]:
    """The items of a union, or the type itself."""
    proper = get_proper_type(type_)
    return list(map(get_proper_type, proper.items)) if isinstance(proper, UnionType) else [proper]


def kept_with(type_: Type | None) -> Mapping[str, Type]:
    """What is kept with an instance, by its name; nothing for any other type."""
    proper = get_proper_type(type_)
    return proper.extra_attrs.attrs if isinstance(proper, Instance) and proper.extra_attrs is not None else _NOTHING


def keeping(instance: Instance, attributes: Mapping[str, Type]) -> Instance:
    """The instance with this kept with it, and nothing else."""
    result = instance.copy_modified()
    result.extra_attrs = ExtraAttrs(dict(attributes)) if attributes else None
    return result


def with_attribute(instance: Instance, name: str, type_: Type) -> Instance:
    """The instance, with something kept with it."""
    return keeping(instance, {**kept_with(instance), name: type_})


def attribute_of(type_: Type, name: str) -> ProperType | None:
    """What is kept with an instance under a name."""
    return get_proper_type(kept_with(type_).get(name))
