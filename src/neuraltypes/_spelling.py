"""What a misspelt name was perhaps meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: object, known: Iterable[str]) -> str | None:
    """The known name that is spelled most alike, if one is near."""
    return next(iter(get_close_matches(str(name), list(known), 1)), None)


def hint(name: object, known: Iterable[str]) -> str:
    """The end of a message: `; did you mean "width"?`, or nothing."""
    found = nearest(name, known)
    return "" if found is None else f'; did you mean "{found}"?'
