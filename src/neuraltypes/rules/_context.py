"""What one application of a rule knows of its surroundings, and what it has noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from neuraltypes._sizes import Size
from neuraltypes._unify import differ
from neuraltypes.rules._values import Refused


@dataclass(slots=True)
class Context:
    """How sizes are compared in one place, and what is suspected there though torch would take it.

    `equate` is asked about two sizes that are not known to be the same, and may say that they are.
    """

    equate: Callable[[Size, Size], bool] | None = None
    suspected: list[Refused] = field(default_factory=list)
    explicit: frozenset[str] = frozenset()

    def differ(self, left: Size, right: Size) -> bool:
        """Whether two sizes that must be equal are not known to be."""
        return differ(left, right) and not (self.equate is not None and self.equate(left, right))


_current: ContextVar[Context] = ContextVar("neuraltypes rule")
_NOWHERE = Context()


@contextmanager
def applying(context: Context) -> Iterator[Context]:
    """Make `context` the one that rules read."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def suspect(reason: str, argument: str | None = None, *, code: str = "shape") -> None:
    """Report what torch takes without a word and nobody means; the rule goes on."""
    context = _current.get(_NOWHERE)
    if context is not _NOWHERE:
        context.suspected.append(Refused(reason, argument, code))  # type: ignore[arg-type]


def is_given(argument: str) -> bool:
    """Whether the call names this argument itself, rather than leaving it to its default."""
    return argument in _current.get(_NOWHERE).explicit


def sizes_differ(left: Size | None, right: Size | None) -> bool:
    """Whether two sizes that must be equal are not known to be; the unknown fits."""
    return left is not None and right is not None and _current.get(_NOWHERE).differ(left, right)
