"""Classes by the names that configs give them."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import torch
from torch.optim.lr_scheduler import LRScheduler

from neuraltypes._classes import descendants, full_name
from neuraltypes._spelling import nearest
from neuraltypes.config._fit import TARGET, Fitter
from neuraltypes.config._nodes import ConfigNode

_Class = TypeVar("_Class", bound=type)

NAME = "name"
_optimizers: dict[str, type] = {}
_schedulers: dict[str, type] = {}


def register_optimizer(name: str, cls: type[torch.optim.Optimizer]) -> None:
    """Let configs name an optimizer that torch does not have.

    Raises:
        ValueError: the name is another's, or the class is no optimizer.
    """
    _register(_optimizers, name, cls, torch.optim.Optimizer)


def register_scheduler(name: str, cls: type[LRScheduler]) -> None:
    """Let configs name a scheduler that torch does not have.

    Raises:
        ValueError: the name is another's, or the class is no scheduler.
    """
    _register(_schedulers, name, cls, LRScheduler)


def optimizer_class(fitter: Fitter, section: ConfigNode) -> type[torch.optim.Optimizer] | None:
    """The class that `name` or `_target_` of a section names; nothing is imported to find it."""
    return _find(fitter, section, torch.optim.Optimizer, torch.optim, _optimizers)


def scheduler_class(fitter: Fitter, section: ConfigNode, others: Iterable[str]) -> type[LRScheduler] | None:
    """As `optimizer_class`, of schedulers; there are `others` that are no classes."""
    return _find(fitter, section, LRScheduler, torch.optim.lr_scheduler, _schedulers, others)


def _register(known: dict[str, type], name: str, cls: type, expected: type) -> None:
    if not issubclass(cls, expected):
        raise ValueError(f"{cls.__qualname__} is no {expected.__name__}")  # noqa: TRY004  # a class, not a value
    if known.setdefault(name.lower(), cls) is not cls:
        raise ValueError(f"{name!r} is registered for {known[name.lower()].__qualname__}")


def _find(
    fitter: Fitter,
    section: ConfigNode,
    expected: _Class,
    module: Any,
    known: Mapping[str, type],
    others: Iterable[str] = (),
) -> _Class | None:
    named = [key for key in (NAME, TARGET) if key in section.entries and section.entries[key].value is not None]
    if len(named) != 1:
        fitter.add(section, f"give the class by {NAME} or by {TARGET}, and one of them")
        return None
    entry = section.entries[named[0]]
    name = fitter.fit(entry, str)()
    if name is None:  # it is no text, which was said
        return None
    found = _by_name(expected, module) | dict(known) if named[0] == NAME else _by_target(expected, module)
    cls = found.get(name.lower() if named[0] == NAME else name)
    if cls is None:
        shown = [*others, *(one.__name__ for one in found.values())] if named[0] == NAME else list(found)
        fitter.add(entry, f"no {expected.__name__} is called {name!r}", got=name, suggestion=nearest(name, shown))
    return typing.cast("_Class | None", cls)


def _by_name(expected: type, module: Any) -> dict[str, type]:
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, expected)]
    return {cls.__name__.lower(): cls for cls in classes if cls is not expected}


def _by_target(expected: type[Any], module: Any) -> dict[str, type]:
    """Imported classes by full name; torch's also by the name that they are public under."""
    imported = {full_name(cls): cls for cls in descendants(expected)}
    return imported | {f"{module.__name__}.{cls.__name__}": cls for cls in _by_name(expected, module).values()}
