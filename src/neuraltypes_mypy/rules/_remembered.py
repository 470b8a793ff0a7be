"""What torch's modules and distributions were made with, as values that rules read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mypy.types import Instance, TupleType, Type, get_proper_type

from neuraltypes.rules import Signature, Value
from neuraltypes.rules._values import CLASS, UNKNOWN
from neuraltypes_mypy.base._types import keeping, kept_with
from neuraltypes_mypy.rules._rule_names import public_class
from neuraltypes_mypy.rules._rule_values import Translation
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.sizes._made_with import PREFIX
from neuraltypes_mypy.tensors._atoms import noted_any
from neuraltypes_mypy.tensors._members import MADE_AT, is_module
from neuraltypes_mypy.tensors._types import KnownTypes


class Made(dict[str, Value]):
    """What a module was made with; what is not known of it is unknown."""

    def __missing__(self, name: str) -> Value:
        return UNKNOWN


class Remembered:
    """Keeps values with the types of instances and reads them, for one run of mypy."""

    def __init__(self, types: KnownTypes, translation: Translation) -> None:
        self._types = types
        self._translation = translation
        self._defaults: dict[str, tuple[Instance, dict[str, Type]]] = {}

    def config(self, receiver: Instance, same: Equal) -> Made:
        """What an instance was made with, by the names of its constructor's rule."""
        attrs = kept_with(receiver)
        made = Made(
            {
                name.removeprefix(PREFIX): self.taken(type_, same)
                for name, type_ in attrs.items()
                if name.startswith(PREFIX)
            }
        )
        made[CLASS] = public_class(receiver.type.fullname)
        return made

    def taken(self, type_: Type, same: Equal) -> Any:
        """What was kept; of a module or distribution what that was made with."""
        proper = get_proper_type(type_)
        if isinstance(proper, TupleType) and proper.items and all(map(was_made, proper.items)):
            return tuple(self.taken(item, same) for item in proper.items)
        if isinstance(proper, Instance) and (is_module(proper) or was_made(proper)):
            return self.config(proper, same)
        return self._translation.taken(proper, same)

    def remembering(
        self,
        instance: Instance,
        signature: Signature,
        given: Mapping[str, Value],
        modules: Mapping[str, Type],
        place: str,
    ) -> Instance:
        """A module with what its constructor was given."""
        attrs = dict(kept_with(instance))
        attrs |= self._kept_defaults(signature)
        attrs |= {PREFIX + key: self._translation.kept(value) for key, value in given.items()}
        attrs |= {PREFIX + key: type_ for key, type_ in modules.items()}
        attrs[MADE_AT] = noted_any(place)
        return keeping(instance, attrs)

    def _kept_defaults(self, signature: Signature) -> dict[str, Type]:
        """The defaults of a constructor as what is kept; the same types as long as mypy's `int` is the same."""
        int_type, known = self._types.int_type, self._defaults.get(signature.name)
        if known is None or known[0] is not int_type:
            kept = {PREFIX + name: self._translation.kept(value) for name, value in signature.defaults.items()}
            known = self._defaults[signature.name] = int_type, kept
        return known[1]


def was_made(type_: Type) -> bool:
    """Whether an object remembers what it was made with."""
    return MADE_AT in kept_with(type_)
