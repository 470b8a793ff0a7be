"""The dtypes and elements of tensors: mypy's types as rules see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mypy.types import Instance, ProperType

from neuraltypes._dtypes import DTYPE_NAMES, TORCH_DTYPES, dtype_from_name
from neuraltypes.rules._values import DTypes, Produced
from neuraltypes_mypy.base._names import DTYPES_MODULE
from neuraltypes_mypy.tensors._atoms import note_of
from neuraltypes_mypy.tensors._elements import element_class, produced_of


@dataclass(frozen=True, slots=True)
class Declared(Produced):
    """An element that an annotation declares, with its parameters; rules see its name."""

    type: ProperType


def element_of(element: ProperType) -> object | None:
    """The element that a type is, declared or by the nature of an operation; None for an unknown one."""
    if note_of(element) is not None:
        return produced_of(element)
    info = element_class(element)
    return None if info is None else Declared(info.name, element)


def members_of(dtype: ProperType) -> DTypes | None:
    """The torch dtypes that a class of the plugin's stands for; None for unknown ones and for a project's own."""
    if not isinstance(dtype, Instance) or not dtype.type.fullname.startswith(DTYPES_MODULE):
        return None
    return _members_named(dtype.type.name)


@lru_cache(maxsize=64)
def _members_named(name: str) -> DTypes | None:
    if name not in DTYPE_NAMES:
        return frozenset({"complex32"}) if name == "Complex32" else None
    return dtype_from_name(name).members & frozenset(TORCH_DTYPES) or None


@lru_cache(maxsize=512)
def smallest_family(dtypes: DTypes) -> str | None:
    """The narrowest of jaxtyping's names that takes all of these dtypes; None where only `Shaped` does."""
    fitting: list[tuple[int, str]] = []
    for name in sorted(DTYPE_NAMES - {"Shaped", "Key"}):
        members = _members_named(name)
        if members is not None and dtypes <= members:
            fitting.append((len(members), name))
    return min(fitting)[1] if fitting else None
