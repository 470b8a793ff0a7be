"""Configs: what a constructor was given, as JSON data, and objects made of such data again.

A dataclass and an enumeration's member are written by their fields and their name where the parameter's type says
which class they are of. A container of OmegaConf's is written resolved.

What JSON does not have is an object with one key in underscores: `{"_tuple_": [...]}`, `{"_dtype_": "bfloat16"}`,
`{"_path_": ...}`, `{"_artifact_": name}` for the path of an artifact, `{"_data_": {...}}` for the argument `cfg` and
others that are configs, in which nothing is made, and `{"_config_": {...}}` for one with interpolations, which the
constructor reads itself; `{"_target_": class, ...}` is a module made from a config of its own (of `"_version_"`, if
that is not 1). Nothing else is ever made of a config.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import torch

from neuraltypes._archivable import Archivable
from neuraltypes._classes import full_name, own_class
from neuraltypes._spelling import nearest
from neuraltypes.archive._json import CONFIG_LIMITS
from neuraltypes.archive._names import shown
from neuraltypes.archive.errors import ArchiveError, ClassNotFoundError, ConfigError, VersionError
from neuraltypes.config import errors
from neuraltypes.config._nodes import is_omega
from neuraltypes.config._parameters import WHOLE
from neuraltypes.config.errors import Problem

Json: TypeAlias = Any

TARGET, VERSION, ARGUMENTS, ARTIFACT = "_target_", "_version_", "_args_", "_artifact_"
_TUPLE, _DTYPE, _PATH, _REFUSED = "_tuple_", "_dtype_", "_path_", "_refused_"
_DATA, _CONFIG = "_data_", "_config_"
_DECLARED, _KEYS = "_declared_", "_keys_"  # while arguments are kept: objects of a class, and dicts with keys of ours
_RESERVED = frozenset(
    {TARGET, VERSION, ARGUMENTS, ARTIFACT, _TUPLE, _DTYPE, _PATH, _DATA, _CONFIG, _REFUSED, _DECLARED}
)
_VALUES = _RESERVED - {TARGET, VERSION, ARGUMENTS}
_IN_CFG = frozenset({_TUPLE, _DTYPE, _PATH, ARTIFACT})
_NONE: frozenset[str] = frozenset()
NO_DATA: Any = object()  # in the place of what is no plain value
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
    return dict(data[_CONFIG])


def config_of(cls: type, constructed: Constructed) -> dict[str, Json]:
    """The arguments by the names of the constructor's parameters, defaults included.

    What is no data is in it still; `refuse_objects` finds it.
    """
    config: dict[str, Json] = {}
    left = list(constructed.positional)
    declared, data = declared_classes(cls), _names_of_data(cls)
    for parameter in _parameters(cls):
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
    if left or any(p.kind is p.POSITIONAL_ONLY for p in _parameters(cls)):
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


def plainly(config: Json) -> Any:
    """The arguments as a config that a person writes: `cfg` is what it holds, and versions are today's."""
    match config:
        case {"_data_": data} | {"_config_": data}:
            return data
        case dict():
            return {key: plainly(value) for key, value in config.items() if key != VERSION}
        case list():
            return [plainly(value) for value in config]
        case _:
            return config


def with_artifacts(config: Json, names: Mapping[str, str]) -> Json:
    """The config with the path of each registered artifact replaced by its name; other paths are no data."""
    match config:
        case {"_path_": str(path)}:
            note = f"the path {path!r}, which is no registered artifact"
            return {_PATH: {ARTIFACT: names[path]}} if path in names else {_REFUSED: note}
        case dict():
            return {key: with_artifacts(value, names) for key, value in config.items()}
        case list():
            return [with_artifacts(value, names) for value in config]
        case str() if config in names:
            return {ARTIFACT: names[config]}
        case _:
            return config


class Decoder(NamedTuple):
    """Values of config data, by what makes a module of its data, and the path of an artifact's name."""

    module: Callable[[dict[str, Json]], Any]
    path_of: Callable[[str], Any]

    def value(self, data: Json) -> Any:
        """The value that the data stands for."""
        match data:
            case {"_target_": _}:
                return self.module(data)
            case {"_data_": config} | {"_config_": config}:
                return self._each(config, self.verbatim)
            case dict() if data.keys() & _VALUES:
                return self._single(data, self.value)
            case _:
                return self._each(data, self.value)

    def verbatim(self, data: Json) -> Any:
        """The value of what is inside the argument `cfg`, of which no module is made."""
        if isinstance(data, dict) and len(data) == 1 and data.keys() <= _IN_CFG:
            return self._single(data, self.verbatim)
        return self._each(data, self.verbatim)

    def _single(self, data: dict[str, Json], inside: Callable[[Json], Any]) -> Any:
        match data:
            case {"_tuple_": items}:
                return tuple(inside(item) for item in items)
            case {"_dtype_": name}:
                return _DTYPES[name]
            case {"_path_": {"_artifact_": name}}:
                return self.path_of(name)
            case {"_path_": str(path)}:
                return path
            case {"_artifact_": name}:
                return str(self.path_of(name))
            case _:
                return NO_DATA

    def _each(self, data: Json, decode: Callable[[Json], Any]) -> Any:
        if isinstance(data, dict):
            return {key: decode(item) for key, item in data.items()}
        return [decode(item) for item in data] if isinstance(data, list) else data


def values_of(config: Mapping[str, Json]) -> dict[str, Any]:
    """Recorded arguments as plain values, a path as its text; those with a module in them, or no data, are left out."""
    decoder = Decoder(lambda _: NO_DATA, Path)
    values = {name: decoder.value(data) for name, data in config.items()}
    return {name: value for name, value in values.items() if not _lacks_data(value)}


def _lacks_data(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_lacks_data(item) for item in value.values())
    return any(map(_lacks_data, value)) if isinstance(value, list | tuple) else value is NO_DATA


class Builder(NamedTuple):
    """What objects are made with: classes by their archived name, and artifacts as paths."""

    find_class: Callable[[str], type]
    path_of: Callable[[str], Path]

    def check(self, cls: type, config: Mapping[str, Json], place: str = "config") -> None:
        """Refuse a config that `cls`, or the class of one inside of it, does not take. Nothing is made.

        Raises:
            ConfigError: a parameter is unknown or missing, with the nearest name.
            ClassNotFoundError: there is no such class.
        """
        _check_names(cls, config, place)
        for key, value in config.items():
            self._check_value(value, f"{place}.{key}")

    def build(self, cls: type, config: Mapping[str, Json]) -> Any:
        """An instance of `cls` from its checked config.

        Raises:
            ConfigError: the constructor raises.
        """
        decode = Decoder(self._module, self.path_of)
        arguments = {key: decode.value(value) for key, value in config.items()}
        positional = arguments.pop(ARGUMENTS, ())
        read = {key for key, value in config.items() if isinstance(value, dict) and _CONFIG in value}
        arguments |= _with_declared(cls, {key: value for key, value in arguments.items() if key not in read})
        try:
            return cls(*positional, **arguments)
        except ArchiveError:
            raise
        except Exception as error:
            raise ConfigError(
                f"{cls.__qualname__} cannot be made from its config: {type(error).__name__}: {error}",
                problems=error.problems if isinstance(error, errors.ConfigError) else (),
                config=dict(config),
            ) from error

    def _check_value(self, value: Json, place: str) -> None:
        if isinstance(value, dict) and TARGET in value:
            if not isinstance(value[TARGET], str):
                raise ConfigError(f"{place}.{TARGET} is no text", place=place)
            config = {key: item for key, item in value.items() if key != TARGET}
            self.check(self.find_class(value[TARGET]), config, place)
        elif isinstance(value, dict) and (markers := _RESERVED & value.keys()):
            self._check_marker(next(iter(markers)), value, place)
        elif isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                self._check_value(item, f"{place}.{key}")

    def _check_marker(self, marker: str, value: dict[str, Json], place: str) -> None:
        content = value[marker]
        fits = {
            _TUPLE: isinstance(content, list),
            _DTYPE: isinstance(content, str) and content in _DTYPES,
            _PATH: isinstance(content, dict) and list(content) == [ARTIFACT] and isinstance(content[ARTIFACT], str),
            _DATA: isinstance(content, dict),
            _CONFIG: isinstance(content, dict),
            ARTIFACT: isinstance(content, str),
        }
        if len(value) != 1 or not fits.get(marker, False):
            raise ConfigError(f"{place} is malformed: {shown(str(value))}", place=place)
        if marker == _TUPLE:
            self._check_value(content, place)
        elif marker in (_DATA, _CONFIG):
            self._check_verbatim(content, place)
        elif marker != _DTYPE:
            self.path_of(content[ARTIFACT] if marker == _PATH else content)

    def _check_verbatim(self, value: Json, place: str) -> None:
        if isinstance(value, dict) and (markers := (_VALUES - {_TUPLE}) & value.keys()):
            self._check_marker(next(iter(markers)), value, place)
        elif isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                self._check_verbatim(item, f"{place}.{key}")

    def _module(self, data: dict[str, Json]) -> Any:
        config = {key: item for key, item in data.items() if key != TARGET}
        return self.build(self.find_class(data[TARGET]), config)


def migrated(cls: type[Archivable], config: dict[str, Json], version: Json) -> dict[str, Json]:
    """The config of the class's version for one of an older version.

    Raises:
        VersionError: the class knows no such version.
        ConfigError: the class gives no config.
    """
    if type(version) is not int or not 1 <= version <= cls.config_version:
        raise VersionError(
            f"the config is of version {version!r:.50}, {cls.__qualname__} knows versions up to {cls.config_version}",
            got=version,
            known=cls.config_version,
        )
    if version == cls.config_version:
        return config
    found: Json = cls.migrate_config(deepcopy(config), version)
    if not isinstance(found, dict):
        raise ConfigError(f"{cls.__qualname__}.migrate_config gives a {type(found).__name__}, expected a dictionary")
    return found


def with_migrated_parts(config: Json, find_class: Callable[[str], type]) -> Json:
    """The config with those of modules inside of it brought to the versions of their classes.

    A class that is not found is said where the module is made, for the caller may replace it.
    """
    if isinstance(config, list):
        return [with_migrated_parts(item, find_class) for item in config]
    if not isinstance(config, dict) or {_DATA, _CONFIG} & config.keys():
        return config
    if isinstance(config.get(TARGET), str):
        with suppress(ClassNotFoundError):
            cls = find_class(config[TARGET])
            inside = {key: value for key, value in config.items() if key not in (TARGET, VERSION)}
            if issubclass(cls, Archivable):
                config = {TARGET: config[TARGET]} | migrated(cls, inside, config.get(VERSION, 1))
    return {key: with_migrated_parts(value, find_class) for key, value in config.items()}


def merged(config: Json, changes: Json) -> Json:
    """`config` with the entries of `changes` over it; what stands for one value is replaced whole."""
    if isinstance(config, dict) and isinstance(changes, Mapping) and (kind := {_DATA, _CONFIG} & config.keys()):
        return {min(kind): merged(config[min(kind)], changes)}
    if not isinstance(config, dict) or not isinstance(changes, Mapping) or _VALUES & {*config, *changes}:
        return changes
    return config | {key: merged(config.get(key), value) for key, value in changes.items()}


def without_resolvers(config: Json, *, is_verbatim: bool = False) -> Json:
    """`config`, in which interpolations that call a resolver are plain text: `${oc.env:HOME}` reads the environment.

    What a file says may refer to itself (`${model.width}`), never to the machine that reads it.
    """
    match config:
        case dict():
            inside = is_verbatim or config.keys() == {_CONFIG}
            return {key: without_resolvers(value, is_verbatim=inside) for key, value in config.items()}
        case list():
            return [without_resolvers(value, is_verbatim=is_verbatim) for value in config]
        case str() if is_verbatim and _calls_resolver(config):
            return _LIVE.sub(r"\1\\${", config)
        case _:
            return config


_LIVE = re.compile(r"(?<!\\)((?:\\\\)*)\$\{")


def _calls_resolver(text: str) -> bool:
    depth = 0
    for position, character in enumerate(text):
        if text.startswith("${", position):
            depth += 1
        elif character == "}":
            depth = max(depth - 1, 0)
        elif character == ":" and depth:
            return True
    return False


_DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)}


def _to_data(value: Any, depth: int = 0) -> Json:
    if depth > _DEEPEST:
        return {_REFUSED: "nested too deeply"}
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [_to_data(item, depth + 1) for item in value]
    if kind is tuple:
        return {_TUPLE: [_to_data(item, depth + 1) for item in value]}
    if kind is dict and all(type(key) is str for key in value):
        return _mapping_data(value, depth)
    if kind is torch.dtype:
        return {_DTYPE: str(value).removeprefix("torch.")}
    if isinstance(value, os.PathLike):
        return {_PATH: os.fspath(value)}
    if kind is Verbatim:
        return {_CONFIG: _verbatim_data(value, depth + 1)}
    if isinstance(value, Archivable):
        kind = own_class(kind)
        version = {} if kind.config_version == 1 else {VERSION: kind.config_version}
        return {TARGET: full_name(kind)} | version | value._given_config()  # noqa: SLF001
    if is_omega(value):
        from neuraltypes.config._omega import plain

        return _to_data(plain(value), depth)
    if isinstance(value, Enum):
        return {_DECLARED: [full_name(kind), value.name]}
    if is_dataclass(value) and not isinstance(value, type):
        items = {item.name: getattr(value, item.name) for item in fields(value) if item.init}
        return {_DECLARED: [full_name(kind), _mapping_data(items, depth)]}
    return {_REFUSED: f"a {kind.__name__}" + (_NO_TEXTS if kind is dict else "")}


def _mapping_data(value: Mapping[str, Any], depth: int) -> Json:
    if _VALUES & value.keys():
        return {_REFUSED: f"a dict{_NO_TEXTS}"}
    data = {key: _to_data(item, depth + 1) for key, item in value.items()}
    return {_DECLARED: [_KEYS, data]} if _RESERVED & value.keys() else data


def _verbatim_data(value: Any, depth: int) -> Json:
    if type(value) is list and depth <= _DEEPEST:
        return [_verbatim_data(item, depth + 1) for item in value]
    taken = _RESERVED - {TARGET, ARGUMENTS}
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
    is_config = is_config and not (isinstance(value, dict) and _CONFIG in value)
    data = _declared(value, names, is_config=is_config)
    return {_DATA: data} if is_config and isinstance(data, dict) and not _VALUES & data.keys() else data


def _declared(value: Json, names: frozenset[str] = _NONE, *, is_config: bool = False) -> Json:
    """The data of an argument, of which only objects of the named classes are data."""
    inside = partial(_declared, names=names, is_config=is_config)
    match value:
        case {"_config_": _}:
            return value
        case {"_declared_": ["_keys_", inner]} if is_config:
            return {key: inside(item) for key, item in inner.items()}
        case {"_declared_": ["_keys_", _]}:
            return {_REFUSED: f"a dict{_NO_TEXTS}"}
        case {"_declared_": [name, inner]} if name in names:
            return inside(inner)
        case {"_declared_": [name, _]}:
            return {_REFUSED: f"a {name.rpartition('.')[2]}, which the parameter's type does not name"}
        case {"_target_": name} if is_config:
            return {_REFUSED: f"a {name.rpartition('.')[2]}, which is no part of a config"}
        case dict():
            return {key: inside(item) for key, item in value.items()}
        case list():
            return [inside(item) for item in value]
        case _:
            return value


def _with_declared(cls: type, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with dataclasses, members of enumerations and OmegaConf's containers in place of their data."""
    from neuraltypes.config._hints import takes_containers
    from neuraltypes.config._make import as_hinted
    from neuraltypes.config._parameters import parameters_of, recorded_classes

    named = parameters_of(cls).named
    try:
        return {
            key: as_hinted(cls, key, value, named[key].hint)
            if key in named and (takes_containers(named[key].hint) or any(recorded_classes(named[key].hint)))
            else value
            for key, value in arguments.items()
        }
    except errors.ConfigError as error:
        raise ConfigError(f"{cls.__qualname__} does not take its config: {error}", problems=error.problems) from error


def _notes(value: Json, place: str = "") -> Iterator[tuple[str, str]]:
    """Where something is no data, and what it is."""
    if isinstance(value, dict) and _REFUSED in value:
        yield place, value[_REFUSED]
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            hidden = key in (_TUPLE, _DATA, _CONFIG, ARGUMENTS)
            yield from _notes(item, place if hidden else f"{place}.{key}" if place else str(key))


def _parameters(cls: type) -> list[inspect.Parameter]:
    return list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]


def _check_names(cls: type, config: Mapping[str, Json], place: str) -> None:
    parameters = _parameters(cls)
    known = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    takes_more = any(p.kind is p.VAR_KEYWORD for p in parameters)
    problems = []
    for name in config:
        if name != ARGUMENTS and name not in known and not takes_more:
            near = nearest(name, known)
            path, message = f"{place}.{shown(name)[1:-1]}", f"{cls.__qualname__} has no such parameter"
            problems.append(Problem(path, message, suggestion=near))
    for parameter in parameters:
        is_missing = parameter.default is parameter.empty and parameter.name in known and parameter.name not in config
        if is_missing and ARGUMENTS not in config:
            problems.append(Problem(f"{place}.{parameter.name}", f"is missing, {cls.__qualname__} requires it"))
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise ConfigError(f"the config does not fit the class:\n{listed}", problems=problems)
