"""Places of a config, whatever it is written in: OmegaConf's containers, dicts and lists, dataclasses."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from neuraltypes.config.errors import Position


class _Mark:
    """The value of a place that has none."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


MISSING = _Mark("???")
BROKEN = _Mark("unresolved")


@dataclass(frozen=True)
class ConfigNode:
    """One place: what is there, where it is, and where it was read from.

    Where an interpolation gives nothing, the value is `BROKEN` and `reason` says why.
    """

    value: Any
    path: str = ""
    position: Position | None = None
    reason: str | None = None
    suggestion: str | None = None
    is_tuple: bool = False
    is_elsewhere: bool = False  # an interpolation leads to it
    resolvers: Collection[str] = ()

    @property
    def is_mapping(self) -> bool:
        """Whether there are entries below."""
        return isinstance(self.value, Mapping) or is_dict_config(self.value) or _is_dataclass(self.value)

    @property
    def is_list(self) -> bool:
        """Whether there are items below."""
        return isinstance(self.value, list | tuple) or is_list_config(self.value)

    @cached_property
    def entries(self) -> dict[Any, ConfigNode]:
        """What is below a mapping, by key."""
        if is_omega(self.value):
            return self._of_omega()
        if _is_dataclass(self.value):
            items = {item.name: getattr(self.value, item.name) for item in dataclasses.fields(self.value)}
        else:
            items = self.value
        return {key: self._child(value, self._below(key)) for key, value in items.items()}

    @cached_property
    def items(self) -> list[ConfigNode]:
        """What is below a list."""
        if is_omega(self.value):
            return list(self._of_omega().values())
        return [self._child(value, f"{self.path}[{number}]") for number, value in enumerate(self.value)]

    @property
    def below(self) -> list[ConfigNode]:
        """The places directly below."""
        if self.is_mapping:
            return list(self.entries.values())
        return self.items if self.is_list else []

    def at(self, path: str) -> ConfigNode:
        """The place of that path below this one, or the nearest above it that there is."""
        ends = (".", "[")
        found = (
            child
            for child in self.below
            if path == child.path or path.startswith(tuple(child.path + end for end in ends))
        )
        inner = next(found, None)
        return self if inner is None else inner.at(path)

    def holding(self, value: Any) -> ConfigNode:
        """The same place with another value."""
        return replace(self, value=value)

    def without(self, *keys: Any) -> ConfigNode:
        """The same place without some of its entries; what is there stays the same object."""
        return self.with_entries({name: child for name, child in self.entries.items() if name not in keys})

    def with_entries(self, entries: Mapping[Any, ConfigNode]) -> ConfigNode:
        """The same place with other entries; what is there stays the same object."""
        node = replace(self)
        node.__dict__["entries"] = dict(entries)
        return node

    def _child(self, value: Any, path: str) -> ConfigNode:
        return ConfigNode(value, path, resolvers=self.resolvers)

    def _below(self, key: Any) -> str:
        return f"{self.path}.{key}" if self.path else str(key)

    def _of_omega(self) -> dict[Any, ConfigNode]:
        from neuraltypes.config import _omega

        found = {}
        for key in _omega.keys(self.value):
            value = _omega.value_at(self.value, key, self.resolvers)
            path = f"{self.path}[{key}]" if self.is_list else self._below(key)
            position, is_elsewhere = _omega.position_at(self.value, key), _omega.is_interpolated(self.value, key)
            node = ConfigNode(value, path, position, is_elsewhere=is_elsewhere, resolvers=self.resolvers)
            if isinstance(value, _omega.Unresolved):
                node = replace(node, value=BROKEN, reason=value.reason, suggestion=value.suggestion)
            found[key] = node.holding(MISSING) if value is _omega.MISSING else node
        return found


def root_node(config: Any, resolvers: Collection[str] = ()) -> ConfigNode:
    """The place of a whole config, or of the part of one that OmegaConf knows to be a part."""
    if isinstance(config, type) and dataclasses.is_dataclass(config):
        config = config()
    if not is_omega(config):
        return ConfigNode(config, resolvers=resolvers)
    from neuraltypes.config import _omega

    path = "" if _omega.is_top(config) else _omega.path_at(config)
    value = _omega.bare(config)
    value = MISSING if value is _omega.MISSING else value
    return ConfigNode(value, path, _omega.position_at(config), resolvers=resolvers)


def is_omega(value: Any) -> bool:
    """Whether this is a container of OmegaConf's, which is not imported to find out."""
    return is_dict_config(value) or is_list_config(value)


def is_dict_config(value: Any) -> bool:
    """Whether this is OmegaConf's mapping."""
    omegaconf = sys.modules.get("omegaconf")
    return isinstance(value, getattr(omegaconf, "DictConfig", ()))


def is_list_config(value: Any) -> bool:
    """Whether this is OmegaConf's list."""
    omegaconf = sys.modules.get("omegaconf")
    return isinstance(value, getattr(omegaconf, "ListConfig", ()))


def _is_dataclass(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)
