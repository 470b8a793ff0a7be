"""The classes that a config can name: imported modules' and those that the caller allows. Nothing is imported."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeAlias

from neuraltypes._archivable import Archivable
from neuraltypes._classes import descendants, full_name

Allow: TypeAlias = Iterable[type] | Mapping[str, type]
_MIXINS = ("neuraltypes._archivable.Archivable", "neuraltypes._restorable.Restorable")
_GENERAL = ("neuraltypes._module.NeuralModule", "torch.nn.modules.module.Module", *_MIXINS)


class Classes:
    """`NeuralModule`s that are imported, and other classes that are allowed, each one by itself: no subclass of it.

    A class goes by its full name (`"package.module.Class"`), and by the names under which imported modules hold it.
    Given a mapping, an allowed class also goes by its key. `described` says in errors what no class was found among.
    """

    def __init__(self, allow: Allow = (), *, described: str = "imported NeuralModule and no allowed class") -> None:
        self.described = described
        self._given: dict[str, type] = dict(allow) if isinstance(allow, Mapping) else {}
        self._allowed: tuple[type, ...] = tuple(allow.values() if isinstance(allow, Mapping) else allow)
        for cls in self._allowed:
            if not isinstance(cls, type):
                raise TypeError(f"allow takes classes, got {cls!r}")

    def find(self, name: str | type) -> type | None:
        """The class of that name, or None; in a dict the class itself may stand for its name."""
        if isinstance(name, type):
            return name if self.admits(name) else None
        if name in self._given:
            return self._given[name]
        held = self._known().get(name) or _held(name)
        if isinstance(held, type) and self.admits(held):
            return held
        return None

    def refusal(self, name: str | type) -> str:
        """Why there is no class of that name."""
        held = name if isinstance(name, type) else _held(name)
        shown = full_name(name) if isinstance(name, type) else name
        if isinstance(held, type):
            return f"{shown} is none of what a config may name: no {self.described}"
        if held is not None:
            return f"{shown} is a {type(held).__name__}, expected a class"
        return f"no {self.described} is called {shown!r}"

    def admits(self, cls: type) -> bool:
        """Whether a config may name this class."""
        return cls in self._allowed or Archivable in cls.__mro__

    def is_allowed(self, cls: type) -> bool:
        """Whether the caller allowed this very class."""
        return cls in self._allowed

    def nearest(self, name: str) -> str | None:
        """The known full name that is spelled most alike; the same class in another module counts as near."""
        known = [*self._given, *self._known()]
        last = name.rpartition(".")[2]
        same = [full for full in known if full.rpartition(".")[2] == last]
        return next(iter(get_close_matches(name, same, 1, 0.0) or get_close_matches(name, known, 1)), None)

    def _known(self) -> dict[str, type]:
        return registered() | {full_name(cls): cls for cls in self._allowed}


def registered() -> dict[str, type]:
    """The imported classes that can be archived and made from configs, by full name; the latest of each name."""
    found = {full_name(cls): cls for cls in descendants(Archivable)}
    return {name: cls for name, cls in found.items() if name not in _MIXINS}


def is_general(cls: type) -> bool:
    """Whether a class says nothing of which one to make."""
    return inspect.isabstract(cls) or full_name(cls) in _GENERAL


def _held(name: str) -> Any:
    """What an imported module has under that name, without running the module's code to find out."""
    module, _, attribute = name.rpartition(".")
    found = sys.modules.get(module)
    if not isinstance(found, types.ModuleType):
        return None
    # A lazy module loads itself when it is asked for anything, its `__dict__` included.
    return object.__getattribute__(found, "__dict__").get(attribute)
