"""What makes a module from a config: `from_config_dict` and `default_config`."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from neuraltypes.config._classes import Allow

Module = TypeVar("Module")
Module_co = TypeVar("Module_co", covariant=True)


class FromConfig(Protocol[Module_co]):
    """`from_config_dict` of a class, or of an instance."""

    def __call__(self, config: Any, *, allow: Allow = (), resolvers: Collection[str] = (), **given: Any) -> Module_co:
        """The module of a config, once the whole config is known to fit.

        Called on a class it makes that class, or the subclass of it that `_target_` names. Called on an instance it
        makes a part of it: any module, the class of which `_target_` names. `given` are arguments of the constructor
        that are no part of the config.

        Args:
            config: a container of OmegaConf's, a dict, or a dataclass; its keys are the constructor's parameters.
            allow: classes that `_target_` may name beside imported `NeuralModule`s, each one by itself.
            resolvers: resolvers of OmegaConf's own, such as `"oc.env"`, that the config may use.
            given: arguments that the caller adds.

        Raises:
            ConfigError: every key, type and class that does not fit. Nothing was made.
        """
        ...


class FromConfigDict:
    """The attribute `from_config_dict`, which means the class on a class, and any module on an instance.

    Any module is one of the class that has the attribute.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._general = owner

    @overload
    def __get__(self, instance: None, owner: type[Module]) -> FromConfig[Module]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> FromConfig[Any]: ...
    def __get__(self, instance: object | None, owner: type) -> FromConfig[Any]:
        if instance is not None:
            owner = self._general

        def from_config_dict(config: Any, *, allow: Allow = (), resolvers: Collection[str] = (), **given: Any) -> Any:
            from neuraltypes.config import instantiate

            return instantiate(config, owner, allow=allow, resolvers=resolvers, given=given)

        from_config_dict.__doc__ = FromConfig.__call__.__doc__
        return from_config_dict


class Configurable:
    """A part of a module's class: it has a default config."""

    @classmethod
    def default_config(cls) -> DictConfig:
        """The config of this class: `_target_`, its constructor's defaults, and `???` for what has none.

        Parameters that are modules or dataclasses have their own below. A default that is no data is left out.

        Raises:
            ImportError: OmegaConf is not installed.
        """
        from neuraltypes.config._defaults import default_config

        return default_config(cls)
