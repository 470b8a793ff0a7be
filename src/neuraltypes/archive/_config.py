"""Configs: what a constructor was given, as JSON data, and objects made of such data again.

What JSON does not have is an object with one key in underscores: `{"_tuple_": [...]}`, `{"_dtype_": "bfloat16"}`,
`{"_path_": ...}`, `{"_artifact_": name}` for the path of an artifact, `{"_config_": {...}}` for a config that the
constructor reads itself; `{"_target_": class, ...}` is a module made from a config of its own, and
`{"_dataclass_": class, ...}` a dataclass. Nothing else is ever made of a config.
"""

from __future__ import annotations

import dataclasses
import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import torch

from neuraltypes.archive._json import CONFIG_LIMITS
from neuraltypes.archive._names import shown
from neuraltypes.archive._records import dataclasses_of, fields_of
from neuraltypes.archive.errors import ArchiveError, ClassNotFoundError, ConfigError

Json: TypeAlias = Any

TARGET, DATACLASS, ARGUMENTS, ARTIFACT = "_target_", "_dataclass_", "_args_", "_artifact_"
_TUPLE, _DTYPE, _PATH, _CONFIG, _REFUSED = "_tuple_", "_dtype_", "_path_", "_config_", "_refused_"
_RESERVED = frozenset({TARGET, DATACLASS, ARGUMENTS, ARTIFACT, _TUPLE, _DTYPE, _PATH, _CONFIG, _REFUSED})
_MADE = frozenset({TARGET, DATACLASS})
_VALUES = _RESERVED - {TARGET, DATACLASS, ARGUMENTS}
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
    for parameter in _parameters(cls):
        if parameter.kind is parameter.VAR_POSITIONAL:
            break
        if left:
            config[parameter.name] = left.pop(0)
        elif parameter.name in constructed.named:
            config[parameter.name] = constructed.named[parameter.name]
        elif parameter.default is not parameter.empty and not dict(_notes(default := _to_data(parameter.default))):
            config[parameter.name] = default
    if left or any(p.kind is p.POSITIONAL_ONLY for p in _parameters(cls)):
        config = {name: value for name, value in config.items() if name in constructed.named}
        config[ARGUMENTS] = list(constructed.positional)
    return config | {name: value for name, value in constructed.named.items() if name not in config}


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
            "  give it numbers, texts, lists, dicts, dtypes, dataclasses and NeuralModules; "
            "a file is data as a registered artifact",
            problems=notes,
        )


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


class Builder(NamedTuple):
    """What objects are made with: classes by their archived name, and artifacts as paths.

    Dataclasses are those that a constructor's own annotations name, or that are allowed.
    """

    find_class: Callable[[str], type]
    path_of: Callable[[str], Path]
    allow: Mapping[str, type] = MappingProxyType({})

    def check(self, cls: type, config: Mapping[str, Json], place: str = "config") -> None:
        """Refuse a config that `cls`, or the class of one inside of it, does not take. Nothing is made.

        Raises:
            ConfigError: a parameter is unknown or missing, with the nearest name.
            ClassNotFoundError: there is no such class.
        """
        _check_names(cls, config, place)
        for key, value in config.items():
            self._check_value(value, f"{place}.{key}", cls)

    def build(self, cls: type, config: Mapping[str, Json]) -> Any:
        """An instance of `cls` from its checked config.

        Raises:
            ConfigError: the constructor raises.
        """
        arguments = {key: self._value(value, cls) for key, value in config.items()}
        positional = arguments.pop(ARGUMENTS, ())
        try:
            return cls(*positional, **arguments)
        except ArchiveError:
            raise
        except Exception as error:
            raise ConfigError(
                f"{cls.__qualname__} cannot be made from its config: {type(error).__name__}: {error}",
                config=dict(config),
            ) from error

    def _check_value(self, value: Json, place: str, owner: type) -> None:
        if isinstance(value, dict) and (kinds := _MADE & value.keys()):
            kind = min(kinds)
            if len(kinds) > 1 or not isinstance(value[kind], str):
                raise ConfigError(f"{place}.{kind} is no text, or does not stand alone", place=place)
            config = {key: item for key, item in value.items() if key != kind}
            self.check(self._find(kind, value[kind], owner), config, place)
        elif isinstance(value, dict) and (markers := _RESERVED & value.keys()):
            self._check_marker(next(iter(markers)), value, place, owner)
        elif isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                self._check_value(item, f"{place}.{key}", owner)

    def _find(self, kind: str, name: str, owner: type) -> type:
        """The class of a module, or of a dataclass that `owner` takes."""
        if kind == TARGET:
            return self.find_class(name)
        known = {**dataclasses_of(owner), **self.allow}
        if name not in known:
            raise ClassNotFoundError(
                f"no parameter of {owner.__qualname__} is annotated with a dataclass {shown(name)}: annotate it so, "
                f"or give allow={{{shown(name)}: ...}}",
                name=name,
            )
        return known[name]

    def _check_marker(self, marker: str, value: dict[str, Json], place: str, owner: type) -> None:
        content = value[marker]
        fits = {
            _TUPLE: isinstance(content, list),
            _DTYPE: isinstance(content, str) and content in _DTYPES,
            _PATH: isinstance(content, dict) and list(content) == [ARTIFACT] and isinstance(content[ARTIFACT], str),
            _CONFIG: isinstance(content, dict),
            ARTIFACT: isinstance(content, str),
        }
        if len(value) != 1 or not fits.get(marker, False):
            raise ConfigError(f"{place} is malformed: {shown(str(value))}", place=place)
        if marker == _TUPLE:
            self._check_value(content, place, owner)
        elif marker == _CONFIG:
            self._check_verbatim(content, place, owner)
        elif marker != _DTYPE:
            self.path_of(content[ARTIFACT] if marker == _PATH else content)

    def _check_verbatim(self, value: Json, place: str, owner: type) -> None:
        if isinstance(value, dict) and (markers := {_PATH, ARTIFACT} & value.keys()):
            self._check_marker(next(iter(markers)), value, place, owner)
        elif isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                self._check_verbatim(item, f"{place}.{key}", owner)

    def _verbatim(self, value: Json, owner: type) -> Any:
        match value:
            case {"_path_": {"_artifact_": _}} | {"_artifact_": _}:
                return self._value(value, owner)
            case dict():
                return {key: self._verbatim(item, owner) for key, item in value.items()}
            case list():
                return [self._verbatim(item, owner) for item in value]
            case _:
                return value

    def _value(self, value: Json, owner: type) -> Any:
        match value:
            case {"_target_": name} | {"_dataclass_": name}:
                kind = TARGET if TARGET in value else DATACLASS
                config = {key: item for key, item in value.items() if key != kind}
                return self.build(self._find(kind, name, owner), config)
            case {"_tuple_": items}:
                return tuple(self._value(item, owner) for item in items)
            case {"_dtype_": name}:
                return _DTYPES[name]
            case {"_path_": {"_artifact_": name}}:
                return self.path_of(name)
            case {"_artifact_": name}:
                return str(self.path_of(name))
            case {"_config_": config}:
                return self._verbatim(config, owner)
            case dict():
                return {key: self._value(item, owner) for key, item in value.items()}
            case list():
                return [self._value(item, owner) for item in value]
            case _:
                return value


def merged(config: Json, changes: Json) -> Json:
    """`config` with the entries of `changes` over it; what stands for one value is replaced whole."""
    if isinstance(config, dict) and config.keys() == {_CONFIG} and isinstance(changes, Mapping):
        return {_CONFIG: merged(config[_CONFIG], changes)}
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


def full_name(cls: type) -> str:
    """The name under which a class is archived: module and qualified name."""
    return f"{cls.__module__}.{cls.__qualname__}"


_DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)}


def _to_data(value: Any, depth: int = 0) -> Json:
    from neuraltypes._archivable import Archivable

    if depth > _DEEPEST:
        return {_REFUSED: "nested too deeply"}
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [_to_data(item, depth + 1) for item in value]
    if kind is tuple:
        return {_TUPLE: [_to_data(item, depth + 1) for item in value]}
    if kind is dict and all(type(key) is str and key not in _RESERVED for key in value):
        return {key: _to_data(item, depth + 1) for key, item in value.items()}
    if kind is torch.dtype:
        return {_DTYPE: str(value).removeprefix("torch.")}
    if isinstance(value, os.PathLike):
        return {_PATH: os.fspath(value)}
    if kind is Verbatim:
        return {_CONFIG: _verbatim_data(value, depth + 1)}
    if isinstance(value, Archivable):
        return {TARGET: full_name(type(value))} | value._given_config()  # noqa: SLF001
    fields = fields_of(value) if dataclasses.is_dataclass(value) and kind is not type else None
    if fields is not None and not _RESERVED & fields.keys():
        return {DATACLASS: full_name(kind)} | {name: _to_data(item, depth + 1) for name, item in fields.items()}
    return {_REFUSED: f"a {kind.__name__}" + (" with keys that are no plain texts" if kind is dict else "")}


def _verbatim_data(value: Any, depth: int) -> Json:
    if type(value) is list and depth <= _DEEPEST:
        return [_verbatim_data(item, depth + 1) for item in value]
    taken = _RESERVED - {TARGET}
    if isinstance(value, dict) and depth <= _DEEPEST and all(type(key) is str and key not in taken for key in value):
        return {key: _verbatim_data(item, depth + 1) for key, item in value.items()}
    return _to_data(value, depth)


def _notes(value: Json, place: str = "") -> Iterator[tuple[str, str]]:
    """Where something is no data, and what it is."""
    if isinstance(value, dict) and _REFUSED in value:
        yield place, value[_REFUSED]
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            hidden = key in (_TUPLE, _CONFIG, ARGUMENTS)
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
            nearest = get_close_matches(name, known, 1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            problems.append(f"  {place}.{shown(name)[1:-1]}: {cls.__qualname__} takes no such parameter{hint}")
    for parameter in parameters:
        is_missing = parameter.default is parameter.empty and parameter.name in known and parameter.name not in config
        if is_missing and ARGUMENTS not in config:
            problems.append(f"  {place}.{parameter.name}: {cls.__qualname__} requires it")
    if problems:
        raise ConfigError("the config does not fit the class:\n" + "\n".join(problems), problems=problems)
