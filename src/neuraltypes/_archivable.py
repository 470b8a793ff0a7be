"""What archives and configs ask of a module's class: its config, its artifacts, and what layers above read late."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from neuraltypes._classes import full_name

if TYPE_CHECKING:
    from neuraltypes.archive._artifacts import Registered
    from neuraltypes.config._fit import Section
    from neuraltypes.config._nodes import ConfigNode
    from neuraltypes.config.errors import Problem

CONSTRUCTED, _ARTIFACTS = "_neuraltypes_constructed", "_neuraltypes_artifacts"


class Archivable:
    """A part of a module's class that is known by its config and by the artifacts that go with its weights.

    The config of a module is what its constructor was given: plain data, paths of registered artifacts, and other such
    modules. A subclass that changes its parameters raises `config_version` and overrides `migrate_config`.
    """

    config_version: ClassVar[int] = 1

    def register_artifact(self, name: str, path: str | os.PathLike[str]) -> Path:
        """Keep a file or folder with the model, under a name, and give the path to use it by.

        While a model is restored this is the archived artifact, whatever lies at `path`.

        Raises:
            ArtifactError: there is no such file, or the name cannot be one.
        """
        from neuraltypes.archive._artifacts import register

        registered = register(full_name(type(self)), name, path)
        self._registered()[name] = registered
        return registered.path

    def artifact_path(self, name: str) -> Path:
        """The path of a registered artifact.

        Raises:
            KeyError: none has that name.
        """
        return self._registered()[name].path

    def to_config_dict(self) -> dict[str, Any]:
        """What the constructor was given, and its defaults, as plain data."""
        raise NotImplementedError

    @classmethod
    def migrate_config(cls, config: dict[str, Any], version: int) -> dict[str, Any]:  # noqa: ARG003  # for overrides
        """The config of this version for one of an older version; to be overridden where `config_version` is raised.

        Raises:
            VersionError: this class does not know that version.
        """
        from neuraltypes.archive.errors import VersionError

        raise VersionError(
            f"{cls.__qualname__} is of config version {cls.config_version}, and does not override migrate_config "
            f"to read version {version}",
            got=version,
            known=cls.config_version,
        )

    @classmethod
    def _arguments_to_record(
        cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """What counts as given of a constructor's arguments; for layers above that give some a form of their own."""
        return args, kwargs

    def _given_config(self) -> dict[str, Any]:
        """The same with marks of what JSON does not have, as an archive keeps it."""
        raise NotImplementedError

    def _registered(self) -> dict[str, Registered]:
        registered: dict[str, Registered] = self.__dict__.setdefault(_ARTIFACTS, {})
        return registered

    @classmethod
    def _sections(cls) -> Mapping[str, Section]:
        """The arguments, and keys of `cfg`, that others read later, with what checks them; for layers above."""
        return MappingProxyType({})

    def _misfits(self, config: ConfigNode) -> Iterator[Problem]:  # noqa: ARG002  # for layers above
        """What of its config does not fit a module that was made of it without memory."""
        yield from ()
