"""What a full name stands for, and whether that is the plugin's to answer for."""

from __future__ import annotations

from functools import lru_cache

from mypy.nodes import Decorator, SymbolNode, TypeInfo

from neuraltypes_mypy.base._names import FOREIGN, MODULE, NEURAL_MODULE
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.sizes._class_sizes import has_configuration
from neuraltypes_mypy.tensors._mentions import says_tensors
from neuraltypes_mypy.tensors._types import KnownTypes


class Definitions:
    """Asks about full names, for one run of mypy."""

    def __init__(self, types: KnownTypes, rules: KnownRules) -> None:
        self._types = types
        self._rules = rules

    def node(self, fullname: str) -> SymbolNode | None:
        """What has that name; of a member that a class inherits, what it inherits."""
        node = self._types.node(fullname)
        if node is not None:
            return node
        owner, _, name = fullname.rpartition(".")
        info = self._types.info(owner)
        if info is None:
            return None
        inherited = info.get("forward" if name == "__call__" and info.has_base(MODULE) else name)
        return None if inherited is None else inherited.node

    def is_checked(self, fullname: str) -> bool:
        """Whether a call is surely ours to check: the signature says something about a tensor.

        mypy asks only the first plugin that answers, so what is not ours is left to the others. Of overloads mypy
        chooses one itself, by the types as they are.
        """
        node = self.node(fullname)
        if isinstance(node, TypeInfo):
            return any(made is not None and says_tensors(made.node) for made in map(node.get, ("__init__", "__new__")))
        return says_tensors(node)

    def is_static(self, fullname: str) -> bool:
        """Whether a name is that of a method that takes no instance."""
        node = self.node(fullname)
        return isinstance(node, Decorator) and node.func.is_static

    def has_rules(self, fullname: str) -> bool:
        """Whether there are rules for the package that a name is of."""
        return fullname.partition(".")[0] in self._rules.roots

    def is_record(self, fullname: str) -> bool:
        """Whether a name is that of a method of a `NamedTuple`."""
        info = self._types.info(fullname.rpartition(".")[0])
        return info is not None and any(base.is_named_tuple for base in info.mro)

    def is_ruled(self, fullname: str) -> bool:
        """Whether a call is that of a module which leaves its `forward` to one of torch's."""
        owner, _, name = fullname.rpartition(".")
        info = self._types.info(owner) if name == "__call__" else None
        return info is not None and self._rules.module_rule(info) is not None

    def is_made_with_sizes(self, fullname: str) -> bool:
        """Whether a name is that of a class whose instances remember sizes."""
        node = self.node(fullname)
        return isinstance(node, TypeInfo) and has_configuration(node)

    def is_neural(self, fullname: str) -> bool:
        """Whether a name is that of a member of a `NeuralModule`."""
        owner = self._types.info(fullname.rpartition(".")[0])
        return owner is not None and owner.has_base(NEURAL_MODULE)


@lru_cache(maxsize=2**16)  # mypy asks for every name in every annotation of torch
def is_foreign(fullname: str) -> bool:
    """Whether a name is of a package that the plugin answers for by tables and rules only."""
    return fullname.partition(".")[0] in FOREIGN


def is_local(fullname: str) -> bool:
    """Whether a name is one inside of a function, which cannot be looked up: its signature shows whether it is ours."""
    return "." not in fullname and not fullname.startswith("<")
