"""Data sets made from configs: `_target_` names an imported data set class, or one that the caller allows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models.data._typed_items import find_datasets
from models.data.errors import DataConfigError, nearest
from neuraltypes._classes import full_name

TARGET = "_target_"


def make_dataset(
    config: Mapping[str, Any],
    *,
    place: str,
    allowed: Iterable[type] = (),
    make_module: Callable[[Mapping[str, Any]], Any] | None = None,
) -> Any:
    """The data set that `config` describes; `place` is the path of its key.

    `make_module` makes what else has a `_target_` inside, such as a tokenizer that is a module.

    Raises:
        DataConfigError: there is no such class, or it does not take the config; nothing was made of it then.
    """
    cls = find_class(config[TARGET], place=f"{place}.{TARGET}", allowed=allowed)
    given = {key: value for key, value in config.items() if key != TARGET}
    check_names(cls, given, place)
    arguments = {key: _value(value, f"{place}.{key}", allowed, make_module) for key, value in given.items()}
    try:
        return cls(**arguments)
    except DataConfigError:
        raise
    except Exception as error:
        raise DataConfigError(
            f"{place}: {cls.__qualname__} cannot be made from its config: {type(error).__name__}: {error}", place=place
        ) from error


def find_class(target: Any, *, place: str, allowed: Iterable[type]) -> type:
    """The class that `target`, a full name or the class itself, means.

    Raises:
        DataConfigError: no imported or allowed data set class has that name.
    """
    if isinstance(target, type):
        return target
    known: dict[str, type] = {**find_datasets(), **{full_name(cls): cls for cls in allowed}}
    if target in known:
        return known[target]
    hint = nearest(str(target), known) or "; import the module that defines it"
    raise DataConfigError(
        f'{place} is "{target}", which is no imported NeuralDataset and none of allowed_datasets{hint}', place=place
    )


def check_names(cls: type, given: Mapping[str, Any], place: str) -> None:
    """Refuse names that the constructor does not take, and a config without one that it requires.

    Raises:
        DataConfigError: all such names, with the nearest right ones.
    """
    parameters = inspect.signature(cls).parameters.values()
    known = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return
    problems = [
        f"{place}.{name}: {cls.__qualname__} takes no such argument{nearest(name, known)}"
        for name in given
        if name not in known
    ]
    problems += [
        f"{place}.{p.name}: {cls.__qualname__} requires it"
        for p in parameters
        if p.name in known and p.default is p.empty and p.name not in given
    ]
    if problems:
        raise DataConfigError("\n".join(problems), place=place)


def _value(
    value: Any, place: str, allowed: Iterable[type], make_module: Callable[[Mapping[str, Any]], Any] | None
) -> Any:
    if isinstance(value, Mapping) and TARGET in value:
        target = value[TARGET]
        is_ours = isinstance(target, type) or target in find_datasets() or make_module is None
        if make_module is not None and not is_ours:
            return make_module(value)
        return make_dataset(value, place=place, allowed=allowed, make_module=make_module)
    if isinstance(value, Mapping):
        return {key: _value(item, f"{place}.{key}", allowed, make_module) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item, f"{place}[{number}]", allowed, make_module) for number, item in enumerate(value)]
    return value
