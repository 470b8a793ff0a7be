"""The config that a constructor has by itself: its defaults, and `???` for what has none."""

from __future__ import annotations

import dataclasses
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from neuraltypes._archivable import Archivable
from neuraltypes._classes import full_name
from neuraltypes.config._classes import Classes, is_general
from neuraltypes.config._hints import alternatives, is_dataclass_type
from neuraltypes.config._parameters import REQUIRED, Parameter, parameters_of

if TYPE_CHECKING:
    from omegaconf import DictConfig

_MISSING = "???"


class _NoDataError(Exception):
    """A default is no data, so the constructor's own is left to apply."""


def default_config(cls: type) -> DictConfig:
    """The default config of a class. Setting a key that it does not have is an error of OmegaConf's.

    Raises:
        ImportError: OmegaConf is not installed.
    """
    from omegaconf import OmegaConf

    config = OmegaConf.create(_of_module(cls, frozenset()))
    OmegaConf.set_struct(config, True)
    return config


def _of_module(cls: type, seen: frozenset[type]) -> dict[str, Any]:
    return {"_target_": full_name(cls)} | _of_parameters(cls, seen | {cls})


def _of_parameters(cls: type, seen: frozenset[type]) -> dict[str, Any]:
    config = {}
    for name, parameter in parameters_of(cls).named.items():
        try:
            config[name] = _of_parameter(parameter, seen)
        except _NoDataError:
            continue
    return config


def _of_parameter(parameter: Parameter, seen: frozenset[type]) -> Any:
    if parameter.default is not REQUIRED:
        return _as_data(parameter.default)
    members = alternatives(parameter.hint)
    if len(members) == 1 and isinstance(members[0], type) and members[0] not in seen:
        if is_dataclass_type(members[0]):
            return _of_parameters(members[0], seen | {members[0]})
        if _has_own_config(members[0]):
            return _of_module(members[0], seen)
    return _MISSING


def _has_own_config(cls: type) -> bool:
    """Whether this is one class of modules, rather than a kind of them."""
    return Classes().admits(cls) and not is_general(cls)


def _as_data(value: Any) -> Any:
    """A default as a config writes it.

    Raises:
        _NoDataError: it cannot be written.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, list | tuple):
        return [_as_data(item) for item in value]
    if isinstance(value, dict) and all(type(key) is str for key in value):
        return {key: _as_data(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _as_data(getattr(value, item.name)) for item in dataclasses.fields(value) if item.init}
    if isinstance(value, Archivable):
        return {"_target_": full_name(type(value))} | {k: _as_data(v) for k, v in value.to_config_dict().items()}
    if type(value).__module__ == "torch" and type(value).__name__ == "dtype":
        return str(value).removeprefix("torch.")
    raise _NoDataError
