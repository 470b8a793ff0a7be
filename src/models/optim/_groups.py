"""Parameter groups by patterns of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from torch import nn

from models.errors import ConfigError, nearest_or_known

_VECTORS = "vectors"

Names = Mapping[nn.Parameter, Sequence[str]]


def parameter_names(model: nn.Module) -> dict[nn.Parameter, list[str]]:
    """The names of each parameter; a tied one has several."""
    names: dict[nn.Parameter, list[str]] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        names.setdefault(parameter, []).append(name)
    return names


def is_match(pattern: str, name: str) -> bool:
    """Whether a pattern means a module or parameter that holds, or is, the parameter `name`.

    `encoder` means all of `encoder.*`, and nothing of `encoder2`. In a part of a name `*`, `?` and `[ab]` stand for any
    text, any character, one of these; `**` stands for any parts.
    """
    return _is_match(pattern.split("."), name.split("."))


def matching(patterns: str | Iterable[str], names: Names, place: str) -> set[nn.Parameter]:
    """The parameters that patterns mean.

    Raises:
        ConfigError: a pattern means none.
    """
    found: set[nn.Parameter] = set()
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        new = {parameter for parameter, called in names.items() if any(is_match(pattern, name) for name in called)}
        if not new:
            modules = {
                ".".join(name.split(".")[:n]) for called in names.values() for name in called for n in range(1, 9)
            }
            known = nearest_or_known(pattern, modules)
            raise ConfigError(f"no parameter is meant by {pattern!r}{known}", place=place)
        found |= new
    return found


def parameter_groups(
    model: nn.Module, groups: Mapping[str, Mapping[str, Any]] | None, no_decay: Sequence[str], place: str
) -> list[dict[str, Any]]:
    """Groups for an optimizer, each with its `name`; what `no_decay` means is in a group of its own.

    Raises:
        ConfigError: a pattern means no parameter, a parameter is in two groups or in none.
    """
    names = parameter_names(model)
    bare = _without_decay(names, no_decay, f"{place}.no_decay")
    made = []
    for name, members, options in _members(names, groups, f"{place}.groups"):
        decayed = [parameter for parameter in members if parameter not in bare]
        others = [parameter for parameter in members if parameter in bare]
        if decayed:
            made.append({"params": decayed, "name": name, **options})
        if others:
            made.append({"params": others, "name": f"{name}, no decay", **options, "weight_decay": 0.0})
    return made


def _members(
    names: Names, groups: Mapping[str, Mapping[str, Any]] | None, place: str
) -> Iterable[tuple[str, list[nn.Parameter], dict[str, Any]]]:
    """Each group's name, its parameters in the model's order, and its options."""
    if not groups:
        return [("all", list(names), {})]
    owners: dict[nn.Parameter, str] = {}
    rest: list[str] = []
    for name, group in groups.items():
        if (patterns := (group or {}).get("modules")) is None:
            rest.append(name)
            continue
        for parameter in matching(patterns, names, f"{place}.{name}.modules"):
            if (other := owners.setdefault(parameter, name)) != name:
                raise ConfigError(f"{names[parameter][0]} is in the group {other!r}, too", place=f"{place}.{name}")
    if len(rest) > 1:
        raise ConfigError(f"both {rest[0]!r} and {rest[1]!r} have no modules: one group takes the rest", place=place)
    left = [parameter for parameter in names if parameter not in owners]
    if left and not rest:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        raise ConfigError(
            f"{names[left[0]][0]}{more} is in no group; add one without modules, `rest: {{}}`", place=place
        )
    owners |= dict.fromkeys(left, rest[0] if rest else "")
    return [
        (name, [p for p in names if owners[p] == name], {k: v for k, v in (group or {}).items() if k != "modules"})
        for name, group in groups.items()
    ]


def _without_decay(names: Names, rules: Sequence[str], place: str) -> set[nn.Parameter]:
    found = {parameter for parameter in names if parameter.ndim < 2} if _VECTORS in rules else set()
    return found | matching([rule for rule in rules if rule != _VECTORS], names, place)


def _is_match(pattern: Sequence[str], name: Sequence[str]) -> bool:
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(_is_match(pattern[1:], name[skipped:]) for skipped in range(len(name))) if pattern[1:] else True
    return bool(name) and fnmatchcase(name[0], pattern[0]) and _is_match(pattern[1:], name[1:])
