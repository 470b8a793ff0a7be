"""YAML files as OmegaConf reads them, with the line of every key kept."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # what OmegaConf reads YAML with
from omegaconf import DictConfig, ListConfig
from omegaconf._utils import get_yaml_loader  # so that a file means here what it means to OmegaConf
from omegaconf.errors import OmegaConfBaseException

from neuraltypes.config import _omega
from neuraltypes.config._containers import forbidden
from neuraltypes.config.errors import ConfigError, Position, Problem

# A few lines of anchors can stand for billions of entries.
_MOST_NODES, _DEEPEST = 100_000, 64


def load(path: str | os.PathLike[str], *, resolvers: Collection[str] = ()) -> DictConfig:
    """The config of a YAML file. Errors about it name the file's lines; interpolations stay as they are until used.

    `resolvers` are those of OmegaConf's own, such as `"oc.env"`, that the file may use.

    Raises:
        ConfigError: it is no YAML, or no mapping, or it uses another resolver.
        OSError: the file cannot be read.
    """
    file = os.fspath(path)
    config, node = _read(file, Path(path).read_bytes())
    _set_positions(config, node, file)
    _omega.allow_resolvers(config, resolvers)
    if problems := forbidden(config):
        raise ConfigError(problems)
    return config


def _read(file: str, content: bytes) -> tuple[DictConfig, yaml.Node]:
    node = None
    try:
        loader = get_yaml_loader()(content.decode())
        node = loader.get_single_node()
        _require_moderate(node, file)
        data = {} if node is None else loader.construct_document(node)
        if not isinstance(data, dict):
            raise _error(file, 1, f"expected a mapping, got a {type(data).__name__}")
        return DictConfig(data), node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _error(file, mark.line + 1 if mark else 1, str(error.problem or error.context)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _error(file, 1, str(error).splitlines()[0]) from None
    except RecursionError:
        raise _error(file, 1, "is nested too deeply") from None
    except OmegaConfBaseException as error:
        path = str(error.full_key or "")
        line = _lines(node).get(path, 1)
        raise _error(file, line, str(error).splitlines()[0], path) from None


def _error(file: str, line: int, message: str, path: str = "") -> ConfigError:
    return ConfigError([Problem(path, message, position=Position(file, line))])


def _require_moderate(node: yaml.Node | None, file: str) -> None:
    counted: dict[int, int] = {}

    def count(node: yaml.Node, depth: int) -> int:
        if depth > _DEEPEST:
            raise _error(file, node.start_mark.line + 1, "is nested too deeply, or within itself")
        if id(node) not in counted:
            counted[id(node)] = 1 + sum(count(child, depth + 1) for child in _children(node))
        if counted[id(node)] > _MOST_NODES:
            raise _error(file, node.start_mark.line + 1, f"stands for more than {_MOST_NODES:,} entries")
        return counted[id(node)]

    if node is not None:
        count(node, 0)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for entry in node.value for part in entry]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _lines(node: yaml.Node | None, path: str = "") -> dict[str, int]:
    """The line of every key, by its path."""
    found = {}
    for key, child, line in _entries(node):
        inner = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}" if path else key
        found[inner] = line
        found |= _lines(child, inner)
    return found


def _set_positions(config: Any, node: yaml.Node | None, file: str) -> None:
    if node is None or not isinstance(config, DictConfig | ListConfig):
        return
    _omega.set_position(config, Position(file, node.start_mark.line + 1))
    keys = {str(key): key for key in _omega.keys(config)}
    for text, child, line in _entries(node):
        if (key := keys.get(str(text))) is not None:
            inner = _omega.node_at(config, key)
            _set_positions(inner, child, file)
            _omega.set_position(inner, Position(file, line))


def _entries(node: yaml.Node | None) -> list[tuple[str | int, yaml.Node, int]]:
    if isinstance(node, yaml.MappingNode):
        return [(str(key.value), value, key.start_mark.line + 1) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [(number, item, item.start_mark.line + 1) for number, item in enumerate(node.value)]
    return []
