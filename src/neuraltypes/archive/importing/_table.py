"""Tables of names: what each tensor of a checkpoint is called in the archive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from neuraltypes.archive._names import shown
from neuraltypes.archive.errors import StateError

Target: TypeAlias = str | list[str] | None
Names: TypeAlias = Mapping[str, Target]

_STAR = "*"


class Renamed(NamedTuple):
    """New names by old ones: several where one tensor gets several names, none where it is dropped on purpose.

    `unmatched` are the names of which the table says nothing; they stay.
    """

    names: Mapping[str, tuple[str, ...]]
    unmatched: tuple[str, ...]

    @property
    def dropped(self) -> tuple[str, ...]:
        """The old names that have no new one."""
        return tuple(old for old, new in self.names.items() if not new)


def rename(names: Iterable[str], table: Names) -> Renamed:
    """The new names of tensors: by their whole name, else by the first pattern that matches, else their old one.

    Each `*` of a pattern stands for any text, the same on both sides, in order; those before the last for as little as
    possible.

    Raises:
        StateError: an entry is malformed or matches nothing, or two tensors get one name; all of these are listed.
    """
    _require([problem for old, new in table.items() if (problem := _problem_of(old, new))])
    patterns = [(_pattern(old), old) for old in table if _STAR in old]
    found: dict[str, tuple[str, ...]] = {}
    used: set[str] = set()
    unmatched = []
    for name in names:
        entry, match = _entry_for(name, table, patterns)
        used |= set() if entry is None else {entry}
        found[name] = (name,) if entry is None else tuple(_filled(new, match) for new in _listed(table[entry]))
        if entry is None:
            unmatched.append(name)
    problems = [*_doubled(found), *(f"{shown(old)} matches no tensor" for old in table if old not in used)]
    _require(problems)
    return Renamed(found, tuple(unmatched))


def _entry_for(
    name: str, table: Names, patterns: list[tuple[re.Pattern[str], str]]
) -> tuple[str | None, re.Match[str] | None]:
    """The entry of the table for a name, and what its stars stand for."""
    if name in table:
        return name, None
    return next(((old, match) for pattern, old in patterns if (match := pattern.fullmatch(name))), (None, None))


def _doubled(found: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for name, targets in found.items():
        for new in targets:
            if new in owners:
                yield f"{shown(owners[new])} and {shown(name)} would both be {shown(new)}"
            owners[new] = name


def _require(problems: list[str]) -> None:
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise StateError(f"the table of names does not fit:\n{listed}", problems=problems)


def _problem_of(old: Any, new: Any) -> str | None:
    if not isinstance(old, str):
        return f"the name {old!r} is no text"
    targets = _listed(new)
    if any(not isinstance(target, str) or not target for target in targets):
        return f"{shown(old)}: expected a name, a list of names, or null to drop it"
    if wrong := [target for target in targets if target.count(_STAR) != old.count(_STAR)]:
        return f"{shown(old)} and {shown(wrong[0])} have different numbers of *"
    return None


def _listed(new: Any) -> list[Any]:
    if new is None:
        return []
    return new if isinstance(new, list) else [new]


def _pattern(old: str) -> re.Pattern[str]:
    *first, last = map(re.escape, old.split(_STAR))
    return re.compile("(.*?)".join(first) + "(.*)" + last, re.DOTALL)


def _filled(new: str, match: re.Match[str] | None) -> str:
    if match is None:
        return new
    texts = iter(match.groups())
    return "".join(next(texts) if part == _STAR else part for part in re.split(r"(\*)", new))
