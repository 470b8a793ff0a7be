"""Every rule by the full name of what it is about: `torch.cat`, `torch.Tensor.view`, `torch.nn.Linear.forward`.

A rule is a declaration in a shape stub; where a signature cannot say it all, the stub names a Python function.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

from neuraltypes._errors import AnnotationError, RegistrationError
from neuraltypes.rules._stubs import Signature, _Span, read, scan

_F = TypeVar("_F", bound=Callable[..., Any])

_computed: dict[str, Callable[..., Any]] = {}
_HERE: Final = __name__.rpartition(".")[0]


def computed(name: str) -> Callable[[_F], _F]:
    """Make a function the computed rule of that name, for stubs to say `@computed(name)`.

    Raises:
        RegistrationError: another function has that name.
    """

    def register(function: _F) -> _F:
        known = _computed.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise RegistrationError(f'computed rule "{name}": {known.__module__}.{known.__qualname__} has that name')
        _computed[name] = function
        return function

    return register


def find_computed(name: str) -> Callable[..., Any]:
    """The computed rule of that name.

    `pointwise.add` lies in `neuraltypes.rules.pointwise`; one of the user's own is named `package.module:function`.

    Raises:
        AnnotationError: there is none.
    """
    if name not in _computed:
        module, colon, function = name.partition(":")
        if colon:
            _computed[name] = getattr(importlib.import_module(module), function)
        else:
            importlib.import_module(f"{_HERE}.{name.partition('.')[0]}")
    if name not in _computed:
        raise AnnotationError(f'no computed rule has the name "{name}"')
    return _computed[name]


class Registry:
    """The rules of some stub folders, the first of them first."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._spans: dict[str, _Span] = {}
        for folder in reversed(list(folders)):
            self._spans |= scan(folder)
        self._known: dict[str, Signature] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._spans

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def find(self, name: str) -> Signature | None:
        """The rule of that full name.

        Raises:
            AnnotationError: its declaration cannot be read.
        """
        known = self._known.get(name)
        if known is None and name in self._spans:
            span = self._spans[name]
            target = self.find(span.alias) if span.alias is not None else read(span, name)
            if target is None:
                raise AnnotationError(f'{span.path}:{span.start + 1}: "{span.alias}" is declared nowhere')
            known = self._known[name] = target
        return known

    def alias_of(self, name: str) -> str:
        """The name that a declaration was first made under."""
        span = self._spans[name]
        return name if span.alias is None else self.alias_of(span.alias)
