"""Rules by name: which one a function, a method, an attribute or a module of torch has."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_OPT,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    SYMBOL_FUNCBASE_TYPES,
    TypeInfo,
    Var,
)
from mypy.types import AnyType, CallableType, Instance, get_proper_type

from neuraltypes._errors import AnnotationError
from neuraltypes.rules import Registry, Signature
from neuraltypes_mypy.base._guard import TheirError
from neuraltypes_mypy.rules._rule_names import public_class, public_names
from neuraltypes_mypy.sizes._class_sizes import assigns
from neuraltypes_mypy.tensors._tensor import Lookup, unknown, untold
from neuraltypes_mypy.tensors._types import KnownTypes

_MADE_IN_C: Final = ("torch.linalg.", "torch.fft.", "torch.special.", "torch.unique")
_KINDS: Final = {
    "positional": ARG_POS,
    "either": ARG_POS,
    "star": ARG_STAR,
    "keyword": ARG_NAMED,
    "double star": ARG_STAR2,
}
_OPTIONAL: Final = {ARG_POS: ARG_OPT, ARG_NAMED: ARG_NAMED_OPT}


class KnownRules:
    """The rules of one run of mypy: of this package, of the wheel's stubs and of the project's own folders."""

    def __init__(self, types: KnownTypes, folders: list[Path]) -> None:
        self._types = types
        self._registry = Registry([*folders, *stub_folders()])
        self._untyped: list[str] = []
        self.roots = frozenset(name.partition(".")[0] for name in self._registry)

    def find(self, name: str) -> Signature | None:
        """The rule of a name if there is one.

        Raises:
            TheirError: its declaration cannot be read.
        """
        try:
            return self._registry.find(name)
        except AnnotationError as error:
            reason = str(error).removeprefix(f"{Path.cwd()}/")
            raise TheirError(f"The shape stub cannot be read: {reason}", is_error=True) from error

    def rule_of(self, fullname: str) -> str | None:
        """The name of the rule for a function or method, if there is one."""
        return next((name for name in public_names(fullname) if name in self._registry), None)

    def method_of(self, fullname: str) -> str | None:
        """The name of the rule for a method of a class whose instances remember what they were made with."""
        owner, _, method = fullname.rpartition(".")
        name = f"{public_class(owner)}.{method}"
        return name if name in self._registry and self.class_of(owner) is not None else None

    def class_of(self, fullname: str) -> str | None:
        """The public name of a class whose instances remember what they were made with, if it is one."""
        name = public_class(fullname)
        return name if f"{name}.__init__" in self._registry else None

    def constructor_rule(self, info: TypeInfo) -> str | None:
        """The public name of the class whose rule says what a class is made with that has no constructor of its own."""
        owner = next((base for base in info.mro if "__init__" in base.names), None)
        bases = info.mro[: info.mro.index(owner) + 1] if owner is not None else []
        return next((name for base in bases if (name := self.class_of(base.fullname)) is not None), None)

    def module_rule(self, info: TypeInfo) -> str | None:
        """The rule for what a module's call gives: of the class that defines its `forward`, or one that inherits it."""
        symbol = info.get("forward")
        if symbol is None or not isinstance(symbol.node, SYMBOL_FUNCBASE_TYPES) or not symbol.node.info:
            return None
        owner = info.mro.index(symbol.node.info)
        names = (f"{public_class(base.fullname)}.forward" for base in info.mro[: owner + 1])
        return next((name for name in names if name in self._registry), None)

    def property_rule(self, info: TypeInfo, name: str) -> Signature | None:
        """The rule for an attribute, unless a subclass of the class that it is about assigns another one."""
        for base in info.mro:
            found = self.find(f"{public_class(base.fullname)}.{name}")
            if found is not None or assigns(base, name):
                return found if found is not None and found.is_property else None
        return None

    def type_all_untyped_functions(self, find: Lookup) -> None:
        """All functions that torch makes in C, once mypy has read torch."""
        self._untyped = [name for name in self._registry if name.startswith(_MADE_IN_C)]
        self.type_untyped_functions(find)

    def type_untyped_functions(self, find: Lookup) -> None:
        """Give the functions that torch makes in C, which mypy knows nothing of, the parameters that rules declare.

        Of arguments and result no more is said than before: `Any`.
        """
        waiting: list[str] = []
        for name in self._untyped:
            symbol = find(name)
            node = symbol.node if symbol is not None else None
            if not isinstance(node, Var):
                continue
            if node.type is None:  # mypy has not come to that module of torch
                waiting.append(name)
            elif isinstance(get_proper_type(node.type), AnyType):
                signature = self.find(name)
                if signature is not None:
                    node.type = _gradual(signature, self._types.function_type)
        self._untyped = waiting

    @property
    def awaits_types(self) -> bool:
        """Whether some of the functions that torch makes in C have no type yet."""
        return bool(self._untyped)


def stub_folders() -> list[Path]:
    """Where the shape stubs of this package lie: in the wheel inside of it, in a checkout beside `src`."""
    here = Path(__file__).parent.parent
    return [folder for folder in (here / "stubs", here.parent.parent / "stubs") if folder.is_dir()][:1]


def _gradual(signature: Signature, function: Instance) -> CallableType:
    kinds = [_KINDS[one.kind] for one in signature.parameters]
    kinds = [
        kind if one.is_required else _OPTIONAL.get(kind, kind)
        for one, kind in zip(signature.parameters, kinds, strict=True)
    ]
    names: list[str | None] = [None if one.kind == "positional" else one.name for one in signature.parameters]
    if ARG_STAR2 not in kinds:  # `axis` and others of numpy's names are taken for some of torch's
        kinds, names = [*kinds, ARG_STAR2], [*names, "kwargs"]
    return CallableType(
        [unknown() for _ in kinds], kinds, names, untold(), function, is_ellipsis_args=True
    )  # to which any function may be assigned
