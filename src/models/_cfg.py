"""The `cfg` of a model: whatever form it is given in, a `DictConfig` of the class's schema, and plain data to save."""

from __future__ import annotations

import ast
import contextlib
import enum
import inspect
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, TypeAlias, cast, get_args

from omegaconf import Container, DictConfig, ListConfig, OmegaConf, open_dict, read_write
from omegaconf.errors import OmegaConfBaseException

from models.errors import ConfigError
from neuraltypes._classes import full_name
from neuraltypes.archive._builder import values_of
from neuraltypes.archive._recorded import Constructed, Verbatim, data_of, verbatim_of
from neuraltypes.config import load
from neuraltypes.config._containers import created, literal, without_forbidden
from neuraltypes.config._fit import TARGET
from neuraltypes.config._nodes import ConfigNode, root_node
from neuraltypes.config._omega import (
    Unresolved,
    allow_resolvers,
    allowed_resolvers,
    leaves,
    path_at,
    refused,
    value_at,
)
from neuraltypes.config._schema import with_schema

Cfg: TypeAlias = "DictConfig | Mapping[str, Any] | str | os.PathLike[str] | Any"  # Any: an instance of a dataclass

PARAMETER, TRAINER = "cfg", "trainer"


def read_cfg(cls: type, given: Cfg) -> DictConfig:
    """`given` as a config of its own, over the defaults of the dataclass that `cls.__init__` declares for `cfg`.

    Interpolations stay as they are, unless they point out of `given`: those are resolved now.

    Raises:
        ConfigError: it is no mapping, does not fit the dataclass, or uses a resolver of OmegaConf's own that the caller
            did not allow; all problems, with file and line.
        OSError: it is the path of a file that cannot be read.
    """
    found = _mapping(given, owner=cls.__qualname__)
    schema = _schema_of(cls)
    if schema is not None and TARGET in found and full_name(cls) == found[TARGET]:  # as in a file for others to make it
        with open_dict(found), read_write(found):
            del found[TARGET]
    return _over(found, schema)


def fitted(given: Cfg, schema: type, *, owner: str) -> DictConfig:
    """`given` as a config of its own, over the defaults of a dataclass; `owner` is whose config errors say it is.

    Raises:
        ConfigError, OSError: as `read_cfg`.
    """
    return _over(_mapping(given, owner=owner), schema)


def section_of(cfg: DictConfig, key: str) -> ConfigNode | None:
    """A section of a config, where there is one."""
    section = root_node(cfg).entries.get(key)
    return None if section is None or section.value is None else section


def _mapping(given: Cfg, *, owner: str) -> DictConfig:
    found = _container(given)
    if not isinstance(found, DictConfig):
        raise ConfigError(f"{owner} takes a mapping, got a {type(given).__name__}", place=PARAMETER)
    return found


def _over(found: DictConfig, schema: type | None) -> DictConfig:
    kind = OmegaConf.get_type(found)
    if schema is None or (isinstance(kind, type) and issubclass(kind, schema)):
        return found
    return with_schema(found, schema)


def resolved(cfg: Container) -> Any:
    """A config as plain data, without interpolations. OmegaConf's own resolvers run where the config was allowed them.

    Raises:
        ConfigError: an interpolation leads nowhere, or to a resolver that may not run.
    """
    for container, key in leaves(cast(DictConfig, cfg)):
        if isinstance(found := value_at(container, key, ()), Unresolved):
            raise ConfigError(found.reason, place=path_at(container, key))
    return plain_cfg(cfg, resolve=True)


def plain_cfg(cfg: Any, *, resolve: bool = False) -> Any:
    """A config as dicts, lists and values that `torch.load(weights_only=True)` takes; an enum is its name.

    Raises:
        ConfigError: with `resolve`, an interpolation leads nowhere.
    """
    try:
        return plain_value(OmegaConf.to_container(cfg, resolve=resolve))
    except OmegaConfBaseException as error:
        raise refused(error) from None


def plain_value(value: Any) -> Any:
    """A value without configs, enums and paths in it."""
    match value:
        case DictConfig() | ListConfig():
            return plain_cfg(value)
        case dict():
            return {plain_value(key): plain_value(item) for key, item in value.items()}
        case list():
            return [plain_value(item) for item in value]
        case tuple() if type(value) is tuple:
            return tuple(plain_value(item) for item in value)
        case enum.Enum():
            return value.name
        case os.PathLike():
            return os.fspath(value)
        case _:
            return value


def changed_references(old: DictConfig, new: DictConfig, late: Collection[str]) -> Iterator[str]:
    """The keys outside of `late` that refer to others, and now say something else."""
    for place in _interpolations(old):
        if place.partition(".")[0] not in late and _selected(old, place) != _selected(new, place):
            yield place


def recorded(cls: type, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """The arguments of a constructor to keep: `cfg` as plain data over its schema, and no trainer.

    Raises:
        ConfigError: `cfg` does not fit its schema.
    """
    signature = inspect.signature(cls.__init__)  # type: ignore[misc]
    try:
        arguments = signature.bind_partial(None, *args, **kwargs).arguments
    except TypeError:
        return args, kwargs  # the constructor will say what is wrong
    named = [p.name for p in signature.parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    given = {name: value for name, value in arguments.items() if name in named[1:] and name != TRAINER}
    if len(given) + (TRAINER in arguments) < len(args) + len(set(kwargs) & set(named)):
        return args, kwargs  # with *args there is no other way to give them
    given |= {name: value for name, value in kwargs.items() if name not in named}
    if PARAMETER in named and given.get(PARAMETER) is None and _schema_of(cls) is not None:
        given[PARAMETER] = {}
    if PARAMETER in named and given.get(PARAMETER) is not None:
        given[PARAMETER] = Verbatim(plain_cfg(read_cfg(cls, given[PARAMETER])))
    return (), given


def with_sections(cls: type, constructed: Constructed, sections: Mapping[str, Any]) -> Constructed:
    """What was recorded of a constructor's arguments, with `sections` of its `cfg` replaced.

    Raises:
        ConfigError: the constructor takes no `cfg`, nor an argument of that name.
    """
    named = dict(constructed.named)
    if PARAMETER in named:
        named[PARAMETER] = data_of(Verbatim(verbatim_of(named[PARAMETER]) | dict(sections)))
        return constructed._replace(named=named)
    known = inspect.signature(cls.__init__).parameters  # type: ignore[misc]
    for name, value in sections.items():
        if name not in known:
            raise ConfigError(f"the constructor of {cls.__qualname__} takes no {name!r}", place=name)
        named[name] = data_of(value)
    return constructed._replace(named=named)


def cfg_of_arguments(config: Mapping[str, Any]) -> DictConfig:
    """A config that shows recorded arguments; what looks like an interpolation in them is text."""
    return cast(DictConfig, literal(values_of(config)))


def _selected(cfg: DictConfig, place: str) -> Any:
    try:
        found = OmegaConf.select(cfg, place)
    except OmegaConfBaseException:
        return None
    return plain_cfg(found) if isinstance(found, Container) else found


def _container(given: Cfg) -> Container:
    match given:
        case DictConfig():
            return _detached(given)
        case str() | os.PathLike():
            return load(given)
        case _ if isinstance(given, Mapping) or is_dataclass(given):
            return without_forbidden(created(given))
    raise ConfigError(f"is a {type(given).__name__}, expected a mapping, a dataclass or a YAML file", place=PARAMETER)


def _detached(given: DictConfig) -> DictConfig:
    """A copy that may be read without the config that it is part of."""
    copied = given.copy()
    if given._get_parent() is not None:  # noqa: SLF001  # OmegaConf has no other way to ask
        for place in list(_interpolations(given)):
            OmegaConf.update(copied, place, _looked_up(given, place), force_add=True)
        copied._set_parent(None)  # noqa: SLF001
        allow_resolvers(copied, allowed_resolvers(given))
    OmegaConf.set_readonly(copied, None)
    return copied


def _looked_up(given: DictConfig, place: str) -> Any:
    try:
        return OmegaConf.select(given, place)
    except OmegaConfBaseException as error:
        raise refused(error, place) from None


def _interpolations(node: Container, place: str = "") -> Iterator[str]:
    """The keys that refer to others; those that call a resolver (`${oc.env:HOME}`) do not."""
    keys: Iterable[Any] = node.keys() if isinstance(node, DictConfig) else range(len(cast(ListConfig, node)))
    for key in keys:
        where = f"{place}.{key}" if place else str(key)
        if OmegaConf.is_interpolation(node, key):
            if ":" not in str(node._get_node(key)):  # noqa: SLF001
                yield where
        elif not OmegaConf.is_missing(node, key) and isinstance(inner := node[key], Container):
            yield from _interpolations(inner, where)


def _schema_of(cls: type) -> type | None:
    """The dataclass that the constructor's `cfg` is annotated with, alone or as one member of a union.

    A constructor that says less than the one it overrides leaves it at that one's.
    """
    for base in cls.__mro__:
        constructor = vars(base).get("__init__")
        if inspect.isfunction(constructor) and PARAMETER in (known := inspect.signature(constructor).parameters):
            names = vars(sys.modules[base.__module__]) if base.__module__ in sys.modules else {}
            found = [member for member in _members(known[PARAMETER].annotation, names) if _is_schema(member)]
            if found:
                return found[0] if len(found) == 1 else None
    return None


def _is_schema(value: Any) -> bool:
    return isinstance(value, type) and is_dataclass(value)


def _members(annotation: Any, names: Mapping[str, Any]) -> Iterator[Any]:
    """The members of a union, of which each may be a text; what a text names only for type checkers is none of ours."""
    if isinstance(annotation, str):
        for part in _parts(ast.parse(annotation, mode="eval").body):
            with contextlib.suppress(NameError, AttributeError, TypeError):
                yield eval(ast.unparse(part), dict(names))  # noqa: S307  # an annotation of the class
    else:
        yield from get_args(annotation) or (annotation,)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node
