"""Hydra's composition of configs, without what else Hydra does, and with nothing of it left behind."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.singleton import Singleton
from hydra.errors import HydraException
from hydra.version import VersionBase
from omegaconf import DictConfig, OmegaConf
from omegaconf.basecontainer import BaseContainer
from omegaconf.errors import OmegaConfBaseException

from neuraltypes._spelling import nearest
from neuraltypes.config import ConfigError, as_config, load
from neuraltypes.config._omega import BUILT_IN, all_paths, allow_resolvers, copy_positions

_ERRORS = (HydraException, OmegaConfBaseException, ValueError)
_STATE = (GlobalHydra, HydraConfig, VersionBase)
_PACKAGE = re.compile(r"^#\s*@package\s+(\S+)", re.MULTILINE)


class CompositionError(Exception):
    """A config that cannot be composed: an unknown choice, a key that is not there, an override that is none."""


@contextmanager
def composer(folder: Path, name: str | None, schema: type | None, resolvers: Collection[str]) -> Iterator[Composer]:
    """What composes the configs of a folder. Hydra's state is put back at the end of the block."""
    state = {cls: Singleton._instances.pop(cls, None) for cls in _STATE}  # noqa: SLF001  # as Hydra itself does it
    registered = dict(BaseContainer._resolvers)  # noqa: SLF001  # Hydra replaces what has the names of its own
    try:
        with initialize_config_dir(str(folder), version_base="1.3"):
            yield Composer(folder, name, schema, resolvers)
    finally:
        for cls, instance in state.items():
            Singleton._instances.pop(cls, None)  # noqa: SLF001
            if instance is not None:
                Singleton._instances[cls] = instance  # noqa: SLF001
        for name_of in ("now", "hydra", "python_version"):
            BaseContainer._resolvers.pop(name_of, None)  # noqa: SLF001
            if name_of in registered:
                BaseContainer._resolvers[name_of] = registered[name_of]  # noqa: SLF001


class Composer:
    """Composes configs of one folder."""

    def __init__(self, folder: Path, name: str | None, schema: type | None, resolvers: Collection[str]) -> None:
        self._folder, self._name, self._resolvers = folder, name, resolvers
        self._schema = None if schema is None else as_config(schema)

    def jobs(self, overrides: list[str], *, is_sweep: bool) -> list[tuple[str, ...]]:
        """The overrides of each job.

        Raises:
            CompositionError: an override cannot be read.
        """
        try:
            parsed = OverridesParser.create().parse_overrides([self._with_sign(text) for text in overrides])
            if not is_sweep:
                return [tuple(override.input_line or "" for override in parsed)]
            batches = BasicSweeper.split_arguments(parsed, None)
        except _ERRORS as error:
            raise CompositionError(_in_short(error)) from None
        return [tuple(job) for batch in batches for job in batch]

    def config(self, overrides: tuple[str, ...]) -> DictConfig:
        """The config of a job, the schema's defaults included.

        Raises:
            CompositionError: it cannot be composed.
        """
        try:
            composed = compose(self._name, list(overrides), return_hydra_config=True)
        except _ERRORS as error:
            raise CompositionError(_in_short(error) + self._suggestion(overrides)) from None
        HydraConfig.instance().set_config(composed)
        choices = dict(composed.hydra.runtime.choices)
        config = OmegaConf.masked_copy(composed, [str(key) for key in composed if key != "hydra"])
        OmegaConf.set_struct(config, True)
        self._set_positions(config, choices)
        allow_resolvers(config, self._resolvers)
        return config

    def with_schema(self, config: DictConfig) -> DictConfig:
        """A config with the schema's types and defaults."""
        if self._schema is None:
            return config
        merged = OmegaConf.merge(self._schema, config)
        assert isinstance(merged, DictConfig)
        allow_resolvers(merged, self._resolvers)
        return merged

    def _with_sign(self, override: str) -> str:
        """An override of a key that only the schema has; Hydra wants to be told that it is new."""
        key = override.partition("=")[0]
        is_new = self._schema is not None and key in set(all_paths(self._schema))
        return f"++{override}" if is_new and not (self._folder / key).is_dir() else override

    def _suggestion(self, overrides: tuple[str, ...]) -> str:
        """The nearest keys to those that the config without overrides does not have."""
        try:
            keys = list(all_paths(compose(self._name, [])))
        except _ERRORS:
            return ""
        keys += [] if self._schema is None else list(all_paths(self._schema))
        wanted = [override.partition("=")[0].lstrip("+~") for override in overrides]
        found = {key: nearest(key, keys) for key in wanted if key not in keys}
        hints = [f'\n  {key}: did you mean "{near}"?' for key, near in found.items() if near]
        return "".join(hints)

    def _set_positions(self, config: DictConfig, choices: dict[str, Any]) -> None:
        """Note where values come from; a file counts only for values that are still its own."""
        groups = [(f"{group.partition('@')[0]}/{choice}", _package(group)) for group, choice in choices.items()]
        for name, package in [*groups, *([] if self._name is None else [(self._name, "")])]:
            file = self._folder / f"{name}.yaml"
            if not file.is_file():
                continue
            declared = _PACKAGE.search(file.read_text(encoding="utf-8"))
            place = (
                package if declared is None else declared.group(1).replace("_global_", "").replace("_group_", package)
            )
            try:
                copy_positions(load(file, resolvers=BUILT_IN), config, place)
            except ConfigError:
                continue  # an error of composing, if it matters


def _package(group: str) -> str:
    """Where the choice of a group goes: after `@`, or by the group's own name."""
    path, at, package = group.partition("@")
    return package.replace("_global_", "").strip(".") if at else path.replace("/", ".")


def _in_short(error: Exception) -> str:
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return "\n".join(lines) or type(error).__name__
