"""Axis kinds: what an axis *is* (batch, time, channel, ...), as opposed to how long it is.

The names are those of NeMo's `AxisKind.from_str`; kinds are open, and a project registers its own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from neuraltypes._axes import AnonymousAxis, Axes, Axis, FixedAxis, NamedAxis, SymbolicAxis, VariadicAxis
from neuraltypes._errors import RegistrationError


@dataclass(frozen=True, slots=True)
class AxisKind:
    """A kind of axis. Two kinds are the same when their names are; `ANY` fits every kind."""

    name: str

    def __str__(self) -> str:
        return self.name


BATCH: Final = AxisKind("batch")
TIME: Final = AxisKind("time")
CHANNEL: Final = AxisKind("channel")
WIDTH: Final = AxisKind("width")
HEIGHT: Final = AxisKind("height")
SEQUENCE: Final = AxisKind("sequence")
FLOWGROUP: Final = AxisKind("flowgroup")
SINGLETON: Final = AxisKind("singleton")
ANY: Final = AxisKind("any")

_names: dict[str, AxisKind] = {
    **dict.fromkeys(("b", "n", "batch"), BATCH),
    **dict.fromkeys(("t", "time"), TIME),
    **dict.fromkeys(("c", "d", "channel"), CHANNEL),
    **dict.fromkeys(("w", "width"), WIDTH),
    **dict.fromkeys(("h", "height"), HEIGHT),
    **dict.fromkeys(("seq", "sequence"), SEQUENCE),
    **dict.fromkeys(("s", "singleton"), SINGLETON),
    "flowgroup": FLOWGROUP,
    "any": ANY,
}
_registering = threading.Lock()

# In model code a lone "h" is as often heads or hidden as height, "s" a source length, a later "n" a count of nodes.
# Such a letter says its kind only where the annotation bears it out: "h" beside "w", "n" as the first axis.
_NEEDS_COMPANY: Final = {"h": WIDTH, "w": HEIGHT}


def kind_from_name(name: str) -> AxisKind | None:
    """The kind that a name stands for, in any case (`"T"`, `"t_src"`, `"Batch"`), or None when no rule names it."""
    folded = name.strip().lower()
    if folded.startswith("t_") and len(folded) > 2:
        return TIME
    return _names.get(folded)


def register_kind(name: str, *names: str) -> AxisKind:
    """A new kind `name`, meant also by each of `names` (in any case). Registering the same again changes nothing.

    Raises:
        RegistrationError: a name is no identifier or already means another kind.
    """
    kind = AxisKind(name.lower())
    with _registering:
        wanted = {given.lower() for given in (name, *names)}
        for given in sorted(wanted):
            _refuse_clash(given, kind)
        _names.update(dict.fromkeys(wanted, kind))
        kinds_of.cache_clear()
    return kind


def _refuse_clash(name: str, kind: AxisKind) -> None:
    if not name.isidentifier():
        raise RegistrationError(f'register_kind: "{name}" is no identifier; an axis kind is named like an axis: "freq"')
    taken = kind_from_name(name)
    if taken is not None and taken != kind:
        raise RegistrationError(f'register_kind: "{name}" already means {taken}; choose another name for {kind}')


@lru_cache(maxsize=4096)
def kinds_of(axes: Axes) -> tuple[AxisKind | None, ...]:
    """The kind of each axis; None where nothing says it, which is compatible with every kind."""
    said = [_said_kind(axis) for axis in axes]
    return tuple(
        kind if _is_borne_out(axis, kind, is_first=number == 0, others=said) else None
        for number, (axis, kind) in enumerate(zip(axes, said, strict=True))
    )


def _said_kind(axis: Axis) -> AxisKind | None:
    if axis.label is not None:
        return kind_from_name(axis.label)
    match axis:
        case NamedAxis(name=name):
            return kind_from_name(name)
        case VariadicAxis() | SymbolicAxis() | FixedAxis() | AnonymousAxis():
            return None


def _is_borne_out(axis: Axis, kind: AxisKind | None, *, is_first: bool, others: list[AxisKind | None]) -> bool:
    if kind is None or axis.label is not None or not isinstance(axis, NamedAxis) or axis.name.isupper():
        return True
    if axis.name in _NEEDS_COMPANY:
        return _NEEDS_COMPANY[axis.name] in others
    if axis.name == "n":
        return is_first
    return axis.name != "s"


def kind_fits(expected: AxisKind | None, given: AxisKind | None) -> bool:
    """Whether a kind fits; an unknown one fits all, and an expected `ANY` takes all."""
    return expected is None or given is None or expected in (ANY, given)
