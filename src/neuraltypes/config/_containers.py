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
    made = _created(config)
    _omega.allow_resolvers(made, resolvers)
    if problems := forbidden(made):
        raise ConfigError(problems)
    return made


def literal(config: Any) -> Any:
    """A container of OmegaConf's with the very texts of this data; nothing in it is an interpolation."""
    return OmegaConf.create(_escaped(config))


def forbidden(config: _omega.Config) -> list[Problem]:
    """Where an interpolation uses a resolver that is not allowed."""
    problems = []
    for holder, key in _omega.leaves(config):
        if (reason := _omega.forbidden_at(holder, key)) is not None:
            path, position = _omega.path_at(holder, key), _omega.position_at(holder, key)
            problems.append(Problem(path, reason, position=position))
    return problems


def _created(config: Any) -> DictConfig:
    try:
        return DictConfig(config if dataclasses.is_dataclass(config) else dict(config))
    except OmegaConfBaseException:
        if not dataclasses.is_dataclass(config):
            raise
    # A type that OmegaConf cannot say, as `Literal`: the same keys and values, without types.
    made = DictConfig(_fields(config() if isinstance(config, type) else config))
    OmegaConf.set_struct(made, True)
    return made


def _fields(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _fields(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _fields(item) for key, item in value.items()}
    return [_fields(item) for item in value] if isinstance(value, list | tuple) else value


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return _INTERPOLATION.sub(r"\1\1\${", value)
    value = _fields(value)
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list) else value


def _is_restoring() -> bool:
    from neuraltypes.archive._artifacts import is_restoring

    return is_restoring()
