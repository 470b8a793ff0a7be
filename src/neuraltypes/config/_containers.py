"""Containers of OmegaConf's made of what a caller, or an archive, gives as data."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from neuraltypes.config import _omega
from neuraltypes.config.errors import ConfigError, Problem

_INTERPOLATION = re.compile(r"(\\*)\$\{")


def as_config(config: Any, *, resolvers: Collection[str] = ()) -> DictConfig:
    """A `DictConfig` of a dict or a dataclass, with live interpolations; one of OmegaConf's is given back as it is.

    While a model is restored, nothing is live: what an archive holds are texts.

    Raises:
        ConfigError: an interpolation uses a resolver of OmegaConf's own that is not among `resolvers`.
        TypeError: it is something else.
    """
    if isinstance(config, DictConfig):
        return config
    if not isinstance(config, Mapping) and not dataclasses.is_dataclass(config):
        raise TypeError(f"expected a config (a DictConfig, a dict or a dataclass), got {type(config).__name__}")
    if _is_restoring():
        return DictConfig(literal(config))
    made = created(config)
    _omega.allow_resolvers(made, resolvers)
    return without_forbidden(made)


def without_forbidden(config: DictConfig) -> DictConfig:
    """The config, no interpolation of which uses a resolver that is not allowed.

    Raises:
        ConfigError: one does.
    """
    if problems := forbidden(config):
        raise ConfigError(problems)
    return config


def literal(config: Any) -> Any:
    """A container of OmegaConf's with the very texts of this data; nothing in it is an interpolation."""
    return OmegaConf.create(escaped(config), flags={"allow_objects": True})


def forbidden(config: _omega.Config) -> list[Problem]:
    """Where an interpolation uses a resolver that is not allowed."""
    problems = []
    for holder, key in _omega.leaves(config):
        if (reason := _omega.forbidden_at(holder, key)) is not None:
            path, position = _omega.path_at(holder, key), _omega.position_at(holder, key)
            problems.append(Problem(path, reason, position=position))
    return problems


def created(config: Any) -> DictConfig:
    """A new container of a dict or a dataclass.

    Raises:
        ConfigError: OmegaConf does not take it.
    """
    try:
        return DictConfig(config if dataclasses.is_dataclass(config) else dict(config))
    except OmegaConfBaseException as error:
        if not dataclasses.is_dataclass(config):
            raise _omega.refused(error) from None
    # A type that OmegaConf cannot say, as `Literal`: the same keys and values, without types.
    made = DictConfig(_defaults(config) if isinstance(config, type) else _fields(config))
    OmegaConf.set_struct(made, True)
    return made


def _defaults(schema: type) -> dict[str, Any]:
    """The defaults of a dataclass, and `???` for what has none."""
    found: dict[str, Any] = {}
    for item in dataclasses.fields(schema):
        if item.default_factory is not dataclasses.MISSING:
            found[item.name] = _fields(item.default_factory())
        else:
            found[item.name] = "???" if item.default is dataclasses.MISSING else _fields(item.default)
    return found


def _fields(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _fields(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _fields(item) for key, item in value.items()}
    return [_fields(item) for item in value] if isinstance(value, list | tuple) else value


def escaped(value: Any) -> Any:
    """Data in which every text is written as OmegaConf writes one that is no interpolation."""
    if isinstance(value, str):
        return _INTERPOLATION.sub(r"\1\1\${", value)
    value = _fields(value)
    if isinstance(value, dict):
        return {key: escaped(item) for key, item in value.items()}
    return [escaped(item) for item in value] if isinstance(value, list) else value


def _is_restoring() -> bool:
    from neuraltypes.archive._artifacts import is_restoring

    return is_restoring()
