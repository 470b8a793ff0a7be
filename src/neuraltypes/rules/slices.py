"""Slices: how many entries `start:stop:step` leaves, with sizes that are named or unknown."""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import Size, Symbol, number
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._arithmetic import is_at_most, minus, plus, shared_out
from neuraltypes.rules._shapes import (
    constant_of,
    int_of,
    size_of,
)
from neuraltypes.rules._values import DTypes, Refused, Value

INT32: Final[DTypes] = frozenset({"int32"})


# Slices


def sliced(axis: SizedAxis, start: Value, stop: Value, step: Value) -> SizedAxis:
    """What a slice leaves of an axis. A named size counts as no smaller than what is cut off it.

    Raises:
        Refused: the step is not above zero.
    """
    every = number(1) if step is None else size_of(step)
    if every is not None and every.constant is not None and every.constant <= 0:
        raise Refused(f"has a step of {every}", "indices")
    if every is None or not _is_bound(start) or not _is_bound(stop):
        return SizedAxis(None, axis.label)
    first, last = int_of(start), int_of(stop)
    is_whole = (start is None or first == 0) and (stop is None or (stop == axis.size and axis.size is not None))
    if is_whole and every.constant == 1:
        return axis
    size = constant_of(axis)
    bounds_known = (start is None or first is not None) and (stop is None or last is not None)
    if size is not None and bounds_known and every.constant is not None:
        return SizedAxis(number(len(range(*slice(first, last, every.constant).indices(size)))), axis.label)
    length = _length(axis.size, _size_or_none(start), _size_or_none(stop))
    if length is None or every.constant == 1:
        return SizedAxis(length, axis.label)
    return SizedAxis(shared_out(plus(length, minus(every, number(1))), every), axis.label)


def _is_bound(value: Value) -> bool:
    return value is None or size_of(value) is not None


def _size_or_none(value: Value) -> Size | None:
    return None if value is None else size_of(value)


def _length(size: Size | None, start: Size | None, stop: Size | None) -> Size | None:
    """The entries from `start` to before `stop`, as far as they are surely so many."""
    if (start is None or start.constant == 0) and stop == number(1):
        return number(1)
    if start == number(-1) and stop is None:
        return number(1)
    if size == number(1) and any(bound is not None and bound.constant is None for bound in (start, stop)):
        is_from_start = start is None or start.constant == 0
        return size if is_from_start and stop is not None and _is_above_zero(stop) else None
    first = number(0) if start is None else _bound(size, start)
    last = size if stop is None else _bound(size, stop)
    if first is None or last is None:
        return None
    if stop is not None and last == stop and not _is_inside(last, size):
        return None
    if start is not None and first != start and start.constant is not None and stop is None:
        return None  # `x[-5:]`: the axis may have fewer
    length = minus(last, first)
    if length is None or (length.constant is not None and length.constant < 0):
        return None
    return length


def _bound(size: Size | None, bound: Size) -> Size | None:
    """A bound counted from the start; None where its sign is unknown."""
    if _sign(bound) is None:
        return None
    return bound if _sign(bound) else plus(size, bound)


def _sign(size: Size) -> bool | None:
    """Whether a size is meant to be zero or more; None where that is not clear."""
    if size.constant is not None:
        return size.constant >= 0
    signs = {coefficient > 0 for factors, coefficient in size.terms if factors}
    return signs.pop() if len(signs) == 1 else None


def _is_above_zero(size: Size) -> bool:
    """Whether a size is 1 or more, as every named size is meant to be; a quotient may be 0."""
    counts = [all(isinstance(factor, Symbol) for factor in factors) for factors, _ in size.terms]
    return any(counts) and all(coefficient > 0 for _, coefficient in size.terms)


def _is_inside(last: Size, size: Size | None) -> bool:
    """Whether an axis has so many entries: by its name, or because it is a number and the wish is not.

    So it is where a table is as long as its class was made to be (`max_len`), and the wish is an axis of a call.
    """
    if size is None:
        return False
    if is_at_most(last, size) or (size.constant is not None and last.constant is None):
        return True
    lengths, wishes = list(size.symbols()), list(last.symbols())
    return bool(lengths and wishes) and all(
        length.scope and wish.scope.startswith(f"{length.scope}.") for length in lengths for wish in wishes
    )
