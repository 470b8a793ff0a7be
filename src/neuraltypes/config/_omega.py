"""OmegaConf's containers, read one place at a time; interpolations are resolved when their place is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple, TypeAlias

from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf._utils import split_key
from omegaconf.base import Container, Node
from omegaconf.errors import InterpolationKeyError, OmegaConfBaseException
from omegaconf.grammar_parser import parse
from omegaconf.grammar_visitor import GrammarVisitor

from neuraltypes._spelling import nearest
from neuraltypes.config.errors import ConfigError, Position

Config: TypeAlias = DictConfig | ListConfig

# OmegaConf brings these along; all others were registered by someone on purpose.
BUILT_IN = ("oc.create", "oc.decode", "oc.deprecated", "oc.dict.keys", "oc.dict.values", "oc.env", "oc.select")
_OWN = "oc."
_POSITION, _RESOLVERS = "neuraltypes_position", "neuraltypes_resolvers"


class Missing:
    """What stands for `???`."""


MISSING = Missing()


class Unresolved(NamedTuple):
    """Why an interpolation gives no value, and what may have been meant."""

    reason: str
    suggestion: str | None = None


class _ForbiddenError(Exception):
    """An interpolation reaches a resolver that the caller did not allow."""


def keys(config: Config) -> list[Any]:
    """The keys of a mapping as they are, or the numbers of a list's items."""
    return list(config.keys() if isinstance(config, DictConfig) else range(len(config)))


def value_at(config: Config, key: Any, resolvers: Collection[str]) -> Any:
    """What is at a key, resolved: plain data, a container, `MISSING`, or why it cannot be told (`Unresolved`).

    A resolver of OmegaConf's own, which may read the environment, runs only if it is among `resolvers` or the config
    was loaded with it; one that the caller registered runs.
    """
    try:
        _require_allowed(config, _node_at(config, key), {*resolvers, *allowed_resolvers(config)}, frozenset())
        return MISSING if OmegaConf.is_missing(config, key) else config[key]
    except _ForbiddenError as error:
        return Unresolved(str(error))
    except (OmegaConfBaseException, RecursionError) as error:
        return Unresolved(_first_line(error), _nearest_key(config, error))


def forbidden_at(config: Config, key: Any) -> str | None:
    """Why the value at a key may not be resolved, if a resolver is the reason."""
    try:
        _require_allowed(config, _node_at(config, key), set(allowed_resolvers(config)), frozenset())
    except _ForbiddenError as error:
        return str(error)
    except (OmegaConfBaseException, RecursionError):
        return None
    return None


def leaves(config: Config) -> Iterator[tuple[Config, Any]]:
    """The container and key of everything that is written as one value, interpolations of containers included."""
    for key in [] if _is_empty(config) else keys(config):
        node = _node_at(config, key)
        if isinstance(node, DictConfig | ListConfig) and not _is_empty(node):
            yield from leaves(node)
        else:
            yield config, key


def text_at(config: Config, key: Any) -> Any:
    """What is written at a key, interpolations as texts."""
    node = _node_at(config, key)
    return node._value() if isinstance(node, Node) else node  # noqa: SLF001


def is_interpolated(config: Config, key: Any) -> bool:
    """Whether an interpolation is written at a key."""
    node = _node_at(config, key)
    return isinstance(node, Node) and node._is_interpolation()  # noqa: SLF001


def path_at(config: Config, key: Any = None) -> str:
    """Where a key of this container is in the whole config, as OmegaConf writes it."""
    return config._get_full_key(key)  # noqa: SLF001


def is_top(config: Config) -> bool:
    """Whether a container is no part of another one."""
    return config._get_parent() is None  # noqa: SLF001


def position_at(config: Config, key: Any = None) -> Position | None:
    """Where the value was read from, if it is still that value."""
    node = config if key is None else _node_at(config, key)
    found: tuple[Position, Any] | None = getattr(getattr(node, "_metadata", None), _POSITION, None)
    if found is None or not isinstance(node, Node):
        return None
    position, value = found
    return position if isinstance(node, Container) or node._value() == value else None  # noqa: SLF001


def set_position(node: Any, position: Position) -> None:
    """Note where a node was read from; the note goes where the node goes, and holds for its present value alone."""
    value = None if isinstance(node, Container) else node._value()  # noqa: SLF001
    setattr(node._metadata, _POSITION, (position, value))  # noqa: SLF001


def copy_positions(source: Config, target: Config, place: str = "") -> None:
    """Note in `target` where `source` was read from, for the values that are the same; `place` is where it went."""
    below = OmegaConf.select(target, place) if place else target
    if isinstance(below, DictConfig):
        _copy_positions(source, below)


def _copy_positions(source: Any, target: Any) -> None:
    kinds = (DictConfig, ListConfig)
    if not isinstance(source, kinds) or type(source) is not type(target) or _is_empty(source) or _is_empty(target):
        return
    present = set(keys(target))
    for key in keys(source):
        mine, other = _node_at(target, key) if key in present else None, _node_at(source, key)
        if mine is None or (found := position_at(source, key)) is None:
            continue
        is_same = isinstance(mine, Container) or mine._value() == other._value()  # noqa: SLF001
        if is_same:
            set_position(mine, found)
        _copy_positions(other, mine)


def node_at(config: Config, key: Any) -> Any:
    """The node of OmegaConf's at a key."""
    return _node_at(config, key)


def allowed_resolvers(config: Config) -> frozenset[str]:
    """The resolvers of OmegaConf's own that the caller allowed to the config that this is a part of."""
    root = config._get_root()  # noqa: SLF001
    found: frozenset[str] = getattr(root._metadata, _RESOLVERS, frozenset())  # noqa: SLF001
    return found


def allow_resolvers(config: Config, names: Collection[str]) -> None:
    """Let these resolvers of OmegaConf's own run in this config and all its parts."""
    setattr(config._metadata, _RESOLVERS, allowed_resolvers(config) | frozenset(names))  # noqa: SLF001


def bare(config: Config) -> Any:
    """The container itself, `MISSING` for one that is `???`, or None for one that is null."""
    if config._is_missing():  # noqa: SLF001
        return MISSING
    return None if config._is_none() else config  # noqa: SLF001


def plain(config: Config) -> Any:
    """The container as dicts and lists; what cannot be resolved stays the text that it is."""
    found = {key: _plain_at(config, key) for key in ([] if _is_empty(config) else keys(config))}
    return found if isinstance(config, DictConfig) else list(found.values())


def _is_empty(config: Config) -> bool:
    return config._content is None or isinstance(config._content, str)  # noqa: SLF001


def _plain_at(config: Config, key: Any) -> Any:
    value = value_at(config, key, ())
    if isinstance(value, DictConfig | ListConfig):
        return plain(value)
    return text_at(config, key) if isinstance(value, Unresolved | Missing) else value


def _node_at(config: Config, key: Any) -> Any:
    return config._get_node(key, validate_access=False)  # noqa: SLF001


def _require_allowed(container: Any, node: Any, allowed: set[str], seen: frozenset[int]) -> None:
    """Refuse a node whose interpolation reaches a resolver that is not allowed, through whatever other nodes.

    OmegaConf's own grammar is walked with callbacks of ours, so a name that is put together is seen as it will be.
    """
    if not isinstance(node, Node) or not node._is_interpolation() or id(node) in seen:  # noqa: SLF001
        return

    def follow(inter_key: str, memo: Any) -> Any:  # noqa: ARG001  # the visitor's names
        return _target(container, inter_key, allowed, seen | {id(node)})

    def evaluate(name: str, args: tuple[Any, ...], args_str: tuple[str, ...]) -> Any:
        if name.startswith(_OWN) and name not in allowed:
            raise _ForbiddenError(f'it uses the resolver "{name}", which is not among the allowed resolvers')
        return container._evaluate_custom_resolver(  # noqa: SLF001
            key=None, node=node, inter_type=name, inter_args=args, inter_args_str=args_str
        )

    GrammarVisitor(node_interpolation_callback=follow, resolver_interpolation_callback=evaluate, memo=None).visit(
        parse(node._value())  # noqa: SLF001
    )


def _target(container: Any, key: str, allowed: set[str], seen: frozenset[int]) -> Any:
    """The node that an interpolation's key leads to, each step of it allowed."""
    node, inner = container._resolve_key_and_root(key)  # noqa: SLF001
    for part in split_key(inner):
        if not isinstance(node, DictConfig | ListConfig) or _is_empty(node):
            raise InterpolationKeyError(f"Interpolation key '{key}' not found")
        holder = node
        node = _node_at(holder, int(part) if isinstance(holder, ListConfig) else part)
        if not isinstance(node, Node):
            raise InterpolationKeyError(f"Interpolation key '{key}' not found")
        if node._is_interpolation():  # noqa: SLF001
            _require_allowed(holder, node, allowed, seen)
            node = node._dereference_node()  # noqa: SLF001
    return node


def _first_line(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "the interpolation refers to itself"
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def refused(error: OmegaConfBaseException, place: str = "") -> ConfigError:
    """What OmegaConf does not take as an error of ours, with the path that it names, or else `place`."""
    return ConfigError(str(error).splitlines()[0], place=str(error.full_key or place))


def _nearest_key(config: Config, error: BaseException) -> str | None:
    if not isinstance(error, InterpolationKeyError) or "'" not in str(error):
        return None
    wanted = str(error).split("'")[1]
    return nearest(wanted, all_paths(config._get_root()))  # noqa: SLF001


def all_paths(config: Any) -> Iterator[str]:
    """The paths of all keys."""
    for key in [] if _is_empty(config) else keys(config):
        yield path_at(config, key)
        node = _node_at(config, key)
        if isinstance(node, DictConfig | ListConfig):
            yield from all_paths(node)
