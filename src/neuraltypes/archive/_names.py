"""Which names members and artifacts may have, so that every system can unpack them and none confuses two of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from neuraltypes.archive.errors import ContentError

LONGEST = 240

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\Z")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))}
)


def problem_of(name: str) -> str | None:
    """Why `name` cannot be the name of a member, or None: relative, of plain segments, the same on every system."""
    if len(name) > LONGEST:
        return f"is longer than {LONGEST} characters"
    for segment in name.split("/"):
        if not _SEGMENT.match(segment):
            return "may hold ASCII letters, digits, '_', '.' and '-' alone, and no part may begin with '.' or '-'"
        if segment.endswith("."):
            return "has a part that ends in '.', which Windows drops"
        if segment.partition(".")[0].lower() in _DEVICES:
            return "is the name of a device on Windows"
    return None


def require_distinct(names: Iterable[str]) -> None:
    """Refuse names that are malformed, equal but for case, or both a file and a folder.

    Raises:
        ContentError: with the first such name.
    """
    seen: dict[str, str] = {}
    listed = list(names)
    for name in listed:
        if problem := problem_of(name):
            raise ContentError(f"the member name {shown(name)} {problem}", member=name)
        if (other := seen.get(name.lower())) is not None:
            raise ContentError(f"the members {shown(other)} and {shown(name)} have the same name", member=name)
        seen[name.lower()] = name
    for name in listed:
        folder = name.lower()
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            if folder in seen:
                raise ContentError(f"the member {shown(name)} lies inside the member {seen[folder]!r}", member=name)


def shown(text: str, longest: int = 200) -> str:
    """A text of an archive as it may be printed: quoted, without control characters, cut."""
    return ascii(text if len(text) <= longest else text[:longest] + "...")
