"""What a constructor was given, as JSON data.

A dataclass and an enumeration's member are written by their fields and their name where the parameter's type says
which class they are of. A container of OmegaConf's is written resolved.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

import torch

from neuraltypes._archivable import Archivable
from neuraltypes._classes import full_name, own_class
from neuraltypes.archive._json import CONFIG_LIMITS
from neuraltypes.archive._marks import (
    ARGUMENTS,
    CONFIG,
    DATA,
    DECLARED,
    DTYPE,
    KEYS,
    PATH,
    REFUSED,
    RESERVED,
    TARGET,
    TUPLE,
    VALUES,
    VERSION,
    Json,
)
from neuraltypes.archive.errors import ConfigError
from neuraltypes.config._nodes import is_omega
from neuraltypes.config._parameters import WHOLE
from neuraltypes.config.errors import Problem

_NONE: frozenset[str] = frozenset()
_NO_TEXTS = " with keys that are no plain texts"
_DEEPEST = CONFIG_LIMITS.depth - 2


class Verbatim(dict[str, Any]):
    """A config that the constructor reads itself: a `_target_` in it is data, and nothing is made of it here."""


class Constructed(NamedTuple):
    """The arguments of a constructor's call as data; what is no data is a note of its type, kept alive by nobody."""

    positional: tuple[Json, ...]
    named: Mapping[str, Json]


def record(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Constructed:
    """The arguments of a call, as they are now."""
    return Constructed(tuple(_to_data(value) for value in args), {name: _to_data(kwargs[name]) for name in kwargs})


def data_of(value: Any) -> Json:
    """A value as it is recorded."""
    return _to_data(value)


def verbatim_of(data: Json) -> dict[str, Json]:
    """What was recorded of a `Verbatim`."""
    return dict(data[CONFIG])


def config_of(cls: type, constructed: Constructed) -> dict[str, Json]:
    """The arguments by the names of the constructor's parameters, defaults included.

    What is no data is in it still; `refuse_objects` finds it.
    """
    config: dict[str, Json] = {}
    left = list(constructed.positional)
    declared, data = declared_classes(cls), _names_of_data(cls)
    for parameter in constructor_parameters(cls):
        if parameter.kind is parameter.VAR_POSITIONAL:
            break
        names = declared.get(parameter.name, _NONE)
        argument = partial(_argument, names=names, is_config=parameter.name in data)
        if left:
            config[parameter.name] = argument(left.pop(0))
        elif parameter.name in constructed.named:
            config[parameter.name] = argument(constructed.named[parameter.name])
        elif parameter.default is not parameter.empty:
            default = argument(_to_data(parameter.default))
            if not dict(_notes(default)):
                config[parameter.name] = default
    if left or any(p.kind is p.POSITIONAL_ONLY for p in constructor_parameters(cls)):
        config = {name: value for name, value in config.items() if name in constructed.named}
        config[ARGUMENTS] = [_declared(value) for value in constructed.positional]
    others = {name: value for name, value in constructed.named.items() if name not in config}
    return config | {name: _argument(value, is_config=name in data) for name, value in others.items()}


def refuse_objects(config: Json, owner: str) -> None:
    """Refuse a config with something in it that is no data.

    Raises:
        ConfigError: every such place is named.
    """
    notes = dict(_notes(config))
    if notes:
        listed = "\n".join(f"  {place}: {note}" for place, note in notes.items())
        raise ConfigError(
            f"{owner} cannot be saved: its constructor was given what is no data:\n{listed}\n"
            "  give it numbers, texts, lists, dicts, dtypes and NeuralModules, dataclasses and members of enumerations "
            "that the parameter's type names; a file is data as a registered artifact",
            problems=[Problem(place, f"is {note}") for place, note in notes.items()],
        )


def _to_data(value: Any, depth: int = 0) -> Json:
    if depth > _DEEPEST:
        return {REFUSED: "nested too deeply"}
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [_to_data(item, depth + 1) for item in value]
    if kind is tuple:
        return {TUPLE: [_to_data(item, depth + 1) for item in value]}
    if kind is dict and all(type(key) is str for key in value):
        return _mapping_data(value, depth)
    if kind is torch.dtype:
        return {DTYPE: str(value).removeprefix("torch.")}
    if isinstance(value, os.PathLike):
        return {PATH: os.fspath(value)}
    if kind is Verbatim:
        return {CONFIG: _verbatim_data(value, depth + 1)}
    if isinstance(value, Archivable):
        kind = own_class(kind)
        version = {} if kind.config_version == 1 else {VERSION: kind.config_version}
        return {TARGET: full_name(kind)} | version | value._given_config()  # noqa: SLF001
    if is_omega(value):
        from neuraltypes.config._omega import plain

        return _to_data(plain(value), depth)
    if isinstance(value, Enum):
        return {DECLARED: [full_name(kind), value.name]}
    if is_dataclass(value) and not isinstance(value, type):
        items = {item.name: getattr(value, item.name) for item in fields(value) if item.init}
        return {DECLARED: [full_name(kind), _mapping_data(items, depth)]}
    return {REFUSED: f"a {kind.__name__}" + (_NO_TEXTS if kind is dict else "")}


def _mapping_data(value: Mapping[str, Any], depth: int) -> Json:
    if VALUES & value.keys():
        return {REFUSED: f"a dict{_NO_TEXTS}"}
    data = {key: _to_data(item, depth + 1) for key, item in value.items()}
    return {DECLARED: [KEYS, data]} if RESERVED & value.keys() else data


def _verbatim_data(value: Any, depth: int) -> Json:
    if type(value) is list and depth <= _DEEPEST:
        return [_verbatim_data(item, depth + 1) for item in value]
    taken = RESERVED - {TARGET, ARGUMENTS}
    if isinstance(value, dict) and depth <= _DEEPEST and all(type(key) is str and key not in taken for key in value):
        return {key: _verbatim_data(item, depth + 1) for key, item in value.items()}
    return _to_data(value, depth)


def declared_classes(cls: type) -> dict[str, frozenset[str]]:
    """The dataclasses and enumerations that the types of a constructor's parameters name, by parameter."""
    from neuraltypes.config._parameters import parameters_of, recorded_classes

    named = parameters_of(cls).named.values()
    return {p.name: frozenset(full_name(found) for found in recorded_classes(p.hint)) for p in named}


def _names_of_data(cls: type) -> frozenset[str]:
    """The arguments in which a `_target_` is data: `cfg`, and those that others read."""
    from neuraltypes.config._fit import sections_of

    return frozenset({WHOLE, *sections_of(cls)})


def _argument(value: Json, names: frozenset[str] = _NONE, *, is_config: bool = False) -> Json:
    """The data of an argument; one that `is_config` is data as a whole."""
    is_config = is_config and not (isinstance(value, dict) and CONFIG in value)
    data = _declared(value, names, is_config=is_config)
    return {DATA: data} if is_config and isinstance(data, dict) and not VALUES & data.keys() else data


def _declared(value: Json, names: frozenset[str] = _NONE, *, is_config: bool = False) -> Json:
    """The data of an argument, of which only objects of the named classes are data."""
    inside = partial(_declared, names=names, is_config=is_config)
    match value:
        case {"_config_": _}:
            return value
        case {"_declared_": ["_keys_", inner]} if is_config:
            return {key: inside(item) for key, item in inner.items()}
        case {"_declared_": ["_keys_", _]}:
            return {REFUSED: f"a dict{_NO_TEXTS}"}
        case {"_declared_": [name, inner]} if name in names:
            return inside(inner)
        case {"_declared_": [name, _]}:
            return {REFUSED: f"a {name.rpartition('.')[2]}, which the parameter's type does not name"}
        case {"_target_": name} if is_config:
            return {REFUSED: f"a {name.rpartition('.')[2]}, which is no part of a config"}
        case dict():
            return {key: inside(item) for key, item in value.items()}
        case list():
            return [inside(item) for item in value]
        case _:
            return value


def _notes(value: Json, place: str = "") -> Iterator[tuple[str, str]]:
    """Where something is no data, and what it is."""
    if isinstance(value, dict) and REFUSED in value:
        yield place, value[REFUSED]
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            hidden = key in (TUPLE, DATA, CONFIG, ARGUMENTS)
            yield from _notes(item, place if hidden else f"{place}.{key}" if place else str(key))


def constructor_parameters(cls: type) -> list[inspect.Parameter]:
    """The parameters of a constructor beside `self`."""
    return list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]
