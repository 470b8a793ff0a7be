"""Objects made of a config's data, once the whole of it is known to fit; and its plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from neuraltypes._spelling import nearest
from neuraltypes.archive._marks import (
    ARGUMENTS,
    ARTIFACT,
    CONFIG,
    DATA,
    DTYPE,
    DTYPES,
    IN_CFG,
    PATH,
    RESERVED,
    TARGET,
    TUPLE,
    VALUES,
    Json,
)
from neuraltypes.archive._names import shown
from neuraltypes.archive._recorded import constructor_parameters
from neuraltypes.archive.errors import ArchiveError, ConfigError
from neuraltypes.config import errors
from neuraltypes.config.errors import Problem

NO_DATA: Any = object()  # in the place of what is no plain value


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
            case dict() if data.keys() & VALUES:
                return self._single(data, self.value)
            case _:
                return self._each(data, self.value)

    def verbatim(self, data: Json) -> Any:
        """The value of what is inside the argument `cfg`, of which no module is made."""
        if isinstance(data, dict) and len(data) == 1 and data.keys() <= IN_CFG:
            return self._single(data, self.verbatim)
        return self._each(data, self.verbatim)

    def _single(self, data: dict[str, Json], inside: Callable[[Json], Any]) -> Any:
        match data:
            case {"_tuple_": items}:
                return tuple(inside(item) for item in items)
            case {"_dtype_": name}:
                return DTYPES[name]
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
        read = {key for key, value in config.items() if isinstance(value, dict) and CONFIG in value}
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
        elif isinstance(value, dict) and (markers := RESERVED & value.keys()):
            self._check_marker(next(iter(markers)), value, place)
        elif isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                self._check_value(item, f"{place}.{key}")

    def _check_marker(self, marker: str, value: dict[str, Json], place: str) -> None:
        content = value[marker]
        fits = {
            TUPLE: isinstance(content, list),
            DTYPE: isinstance(content, str) and content in DTYPES,
            PATH: isinstance(content, dict) and list(content) == [ARTIFACT] and isinstance(content[ARTIFACT], str),
            DATA: isinstance(content, dict),
            CONFIG: isinstance(content, dict),
            ARTIFACT: isinstance(content, str),
        }
        if len(value) != 1 or not fits.get(marker, False):
            raise ConfigError(f"{place} is malformed: {shown(str(value))}", place=place)
        if marker == TUPLE:
            self._check_value(content, place)
        elif marker in (DATA, CONFIG):
            self._check_verbatim(content, place)
        elif marker != DTYPE:
            self.path_of(content[ARTIFACT] if marker == PATH else content)

    def _check_verbatim(self, value: Json, place: str) -> None:
        if isinstance(value, dict) and (markers := (VALUES - {TUPLE}) & value.keys()):
            self._check_marker(next(iter(markers)), value, place)
        elif isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                self._check_verbatim(item, f"{place}.{key}")

    def _module(self, data: dict[str, Json]) -> Any:
        config = {key: item for key, item in data.items() if key != TARGET}
        return self.build(self.find_class(data[TARGET]), config)


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


def _check_names(cls: type, config: Mapping[str, Json], place: str) -> None:
    parameters = constructor_parameters(cls)
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
