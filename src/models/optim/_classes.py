"""Classes by the names that configs give them, and arguments that fit them."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin

import torch
from beartype.door import is_bearable
from torch.optim.lr_scheduler import LRScheduler

from models.errors import ConfigError, nearest
from neuraltypes._classes import descendants, full_name

_Class = TypeVar("_Class", bound=type)

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


def optimizer_class(section: Mapping[str, Any], place: str) -> type[torch.optim.Optimizer]:
    """The class that `name` or `_target_` of a section names; nothing is imported to find it.

    Raises:
        ConfigError: neither is there, or both, or there is no such class.
    """
    return _find(section, place, torch.optim.Optimizer, torch.optim, _optimizers)


def scheduler_class(section: Mapping[str, Any], place: str) -> type[LRScheduler]:
    """As `optimizer_class`, of schedulers."""
    return _find(section, place, LRScheduler, torch.optim.lr_scheduler, _schedulers)


def fitted(cls: type, given: Mapping[str, Any], place: str, *, are_all: bool = True) -> dict[str, Any]:
    """Arguments for `cls` beside its first one, as its parameters take them: a list of a YAML file may be a tuple.

    Where `are_all` is false, others may follow.

    Raises:
        ConfigError: `cls` has no such parameter, requires another, or takes another type.
    """
    parameters = dict(list(inspect.signature(cls).parameters.items())[1:])
    hints = typing.get_type_hints(cls.__init__)  # type: ignore[misc]
    takes_more = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for name, parameter in parameters.items():
        is_required = parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        if are_all and is_required and name not in given:
            raise ConfigError(f"{cls.__name__} requires it", place=f"{place}.{name}")
    arguments = {}
    for name, value in given.items():
        if name not in parameters and not takes_more:
            raise ConfigError(
                f"{cls.__name__} takes no such argument{nearest(name, list(parameters))}", place=f"{place}.{name}"
            )
        arguments[name] = _converted(value, hints.get(name, Any), f"{place}.{name}", cls)
    return arguments


def _register(known: dict[str, type], name: str, cls: type, expected: type) -> None:
    if not issubclass(cls, expected):
        raise ValueError(f"{cls.__qualname__} is no {expected.__name__}")  # noqa: TRY004  # a class, not a value
    if known.setdefault(name.lower(), cls) is not cls:
        raise ValueError(f"{name!r} is registered for {known[name.lower()].__qualname__}")


def _find(section: Mapping[str, Any], place: str, expected: _Class, module: Any, known: Mapping[str, type]) -> _Class:
    named = [key for key in ("name", "_target_") if section.get(key) is not None]
    if len(named) != 1:
        raise ConfigError("give the class by name or by _target_, and one of them", place=place)
    key = named[0]
    name = str(section[key])
    found = _by_name(expected, module) | dict(known) if key == "name" else _by_target(expected, module)
    cls = found.get(name.lower() if key == "name" else name)
    if cls is None:
        shown = [known.__name__ for known in found.values()] if key == "name" else list(found)
        raise ConfigError(f"no {expected.__name__} is called {name!r}{nearest(name, shown)}", place=f"{place}.{key}")
    return typing.cast(_Class, cls)


def _by_name(expected: type, module: Any) -> dict[str, type]:
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, expected)]
    return {cls.__name__.lower(): cls for cls in classes if cls is not expected}


def _by_target(expected: type[Any], module: Any) -> dict[str, type]:
    """Imported classes by full name; torch's also by the name that they are public under."""
    imported = {full_name(cls): cls for cls in descendants(expected)}
    return imported | {f"{module.__name__}.{cls.__name__}": cls for cls in _by_name(expected, module).values()}


def _converted(value: Any, hint: Any, place: str, cls: type) -> Any:
    for candidate in (value, _as_tuples(value)):
        if _fits(candidate, hint):
            return candidate
    raise ConfigError(f"{cls.__name__} takes {_in_words(hint)}, got {value!r}", place=place)


def _as_tuples(value: Any) -> Any:
    return tuple(_as_tuples(item) for item in value) if isinstance(value, list) else value


def _fits(value: Any, hint: Any) -> bool:
    if isinstance(value, tuple) and get_origin(hint) is tuple and len(get_args(hint)) == len(value):
        return all(_fits(*pair) for pair in zip(value, get_args(hint), strict=True))
    if isinstance(value, bool) and bool not in (hint, *get_args(hint)) and hint is not Any:
        return False  # a bool is an int to Python, and `lr: true` a mistake to us
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_bearable(value, hint) or (is_whole and is_bearable(float(value), hint))


def _in_words(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint).replace("torch._tensor.", "")
