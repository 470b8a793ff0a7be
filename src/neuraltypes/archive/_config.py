"""Config data changed as data: as a person writes it, with artifacts by name, migrated, merged, without resolvers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any

from neuraltypes._archivable import Archivable
from neuraltypes.archive._marks import ARTIFACT, CONFIG, DATA, PATH, REFUSED, TARGET, VALUES, VERSION, Json
from neuraltypes.archive.errors import ClassNotFoundError, ConfigError, VersionError


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
            return {PATH: {ARTIFACT: names[path]}} if path in names else {REFUSED: note}
        case dict():
            return {key: with_artifacts(value, names) for key, value in config.items()}
        case list():
            return [with_artifacts(value, names) for value in config]
        case str() if config in names:
            return {ARTIFACT: names[config]}
        case _:
            return config


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
    if not isinstance(config, dict) or {DATA, CONFIG} & config.keys():
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
    if isinstance(config, dict) and isinstance(changes, Mapping) and (kind := {DATA, CONFIG} & config.keys()):
        return {min(kind): merged(config[min(kind)], changes)}
    if not isinstance(config, dict) or not isinstance(changes, Mapping) or VALUES & {*config, *changes}:
        return changes
    return config | {key: merged(config.get(key), value) for key, value in changes.items()}


def without_resolvers(config: Json, *, is_verbatim: bool = False) -> Json:
    """`config`, in which interpolations that call a resolver are plain text: `${oc.env:HOME}` reads the environment.

    What a file says may refer to itself (`${model.width}`), never to the machine that reads it.
    """
    match config:
        case dict():
            inside = is_verbatim or config.keys() == {CONFIG}
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
