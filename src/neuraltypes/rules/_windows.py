"""What convolutions, pooling and resampling have in common: a few last axes, on each of which a window slides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus, plus, times
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import dtypes_text
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import size_of
from neuraltypes.rules._values import Array, DTypes, Refused, Result, Value

Sizes: TypeAlias = tuple[Size | None, ...]
_Rule = TypeVar("_Rule", bound=Callable[..., Result])


def for_each_count(name: str) -> Callable[[_Rule], _Rule]:
    """Make a function of the number of spatial axes three computed rules: `name1d`, `name2d`, `name3d`."""

    def register(rule: _Rule) -> _Rule:
        for count in (1, 2, 3):
            computed(f"{name}{count}d")(_with_count(rule, count))
        return rule

    return register


def _with_count(rule: Callable[..., Result], count: int) -> Callable[..., Result]:
    def counted(*arguments: Value, **named: Value) -> Result:
        return rule(count, *arguments, **named)

    return counted


# Reach


def span(kernel: Size | None, dilation: Size | None) -> Size | None:
    """How many entries a window reaches over: `dilation * (kernel - 1) + 1`."""
    return plus(times(dilation, minus(kernel, number(1))), number(1))


def below(size: Size | None, limit: int) -> bool:
    """Whether a size is a number less than `limit`."""
    return size is not None and size.constant is not None and size.constant < limit


def exceeds(left: Size | None, right: Size | None) -> bool:
    """Whether one size is surely above another: their difference is a number above zero."""
    difference = minus(left, right)
    return difference is not None and difference.constant is not None and difference.constant > 0


# Arguments


def spread(value: Value, count: int, argument: str, *, is_exact: bool = False) -> Sizes:
    """One number for each of `count` axes: `3`, `(3, 5)`, and, unless `is_exact`, `(3,)` for them all.

    Raises:
        Refused: there are too few or too many.
    """
    if not isinstance(value, tuple):
        return (size_of(value),) * count
    if len(value) == 1 and not is_exact:
        return (size_of(value[0]),) * count
    if len(value) != count:
        raise Refused(f"has {numbers(len(value))}, expected {count}", argument)
    return tuple(map(size_of, value))


def numbers(count: int) -> str:
    """`2 numbers`."""
    return "1 number" if count == 1 else f"{count} numbers"


def axes_text(count: int) -> str:
    """`2 axes`."""
    return "1 axis" if count == 1 else f"{count} axes"


def require_at_least(sizes: Sequence[Size | None], limit: int, argument: str) -> None:
    """Refuse numbers below a limit.

    Raises:
        Refused: one is.
    """
    for size in sizes:
        if below(size, limit):
            raise Refused(f"is {size}, expected {limit} or more", argument)


def require_divisible(size: Size | None, divisor: Size | None, reason: str, argument: str) -> None:
    """Refuse a number that another does not divide.

    Raises:
        Refused: both are numbers and leave a remainder.
    """
    whole, by = (None if one is None else one.constant for one in (size, divisor))
    if whole is not None and by and whole % by:
        raise Refused(reason, argument)


# Shapes


def split(shape: Shape | None, count: int, ranks: Sequence[int], argument: str = "input") -> tuple[Shape, Shape]:
    """The axes in front and the last `count` of a tensor with as many axes as one of `ranks` says.

    Raises:
        Refused: it has another number of axes.
    """
    shape = with_ranks(shape, ranks, argument)
    tail: list[SizedAxis | Rest] = []
    for axis in reversed(shape):
        if isinstance(axis, Rest) or len(tail) == count:
            break
        tail.insert(0, axis)
    if len(tail) < count:  # what stands before the open part may be any axis
        missing = count - len(tail)
        return (Rest(),), (*(SizedAxis(),) * missing, *tail)
    return shape[: len(shape) - count], tuple(tail)


def with_ranks(shape: Shape | None, ranks: Sequence[int], argument: str = "input") -> Shape:
    """A shape that has as many axes as one of `ranks` says; an open part that can only be empty is left out.

    Raises:
        Refused: it has another number of axes.
    """
    if shape is None:
        return (SizedAxis(),) * ranks[0] if len(ranks) == 1 else (Rest(),)
    known = sum(isinstance(axis, SizedAxis) for axis in shape)
    is_open = known < len(shape)
    if known > max(ranks) or (not is_open and known not in ranks):
        expected = " or ".join(map(str, sorted(ranks))) if len(ranks) < 4 else f"{min(ranks)} or more"
        raise Refused(f"has {axes_text(known)}{' or more' if is_open else ''}, expected {expected}", argument)
    if is_open and not any(rank > known for rank in ranks):
        return tuple(axis for axis in shape if isinstance(axis, SizedAxis))
    if is_open and len(ranks) == 1:
        at = next(n for n, axis in enumerate(shape) if isinstance(axis, Rest))
        return (*shape[:at], *(SizedAxis(),) * (ranks[0] - known), *shape[at + 1 :])
    return shape


def sized(axis: SizedAxis | Rest) -> Size | None:
    """The size of an axis; None where it is unknown."""
    return axis.size if isinstance(axis, SizedAxis) else None


def resized(axis: SizedAxis | Rest, size: Size | None) -> SizedAxis:
    """An axis of the same kind and of another size."""
    return SizedAxis(size, axis.label if isinstance(axis, SizedAxis) else None)


def require_size(
    shape: Shape | None, at: int, size: Size | None, argument: str, origin: str | None = None, shown: int | None = None
) -> None:
    """Refuse a tensor whose axis `at` has another size. `shown` is the number by which the message calls the axis.

    Raises:
        Refused: it does.
    """
    if shape is None or not -len(shape) <= at < len(shape):
        return
    passed = shape[at:] if at < 0 else shape[: at + 1]
    if any(isinstance(axis, Rest) for axis in passed):
        return
    given = sized(shape[at])
    if sizes_differ(given, size):
        because = f' ("{origin}")' if origin else ""
        raise Refused(f"axis {at if shown is None else shown} is {given}, expected {size}{because}", argument)


def require_vector(value: Value, size: Size | None, argument: str) -> None:
    """Refuse a tensor, where there is one, that has not one axis of that size.

    Raises:
        Refused: it has not.
    """
    if isinstance(value, Array) and value.shape is not None:
        shape = with_ranks(value.shape, (1,), argument)
        require_size(shape, 0, size, argument)


def shared_dtype(**tensors: Value) -> DTypes | None:
    """The dtype that tensors must have in common; those that are left out say nothing.

    Raises:
        Refused: they have none.
    """
    first, found = "", None
    for name, tensor in tensors.items():
        if not isinstance(tensor, Array) or tensor.dtype is None:
            continue
        if found is None:
            first, found = name, tensor.dtype
        elif not found & tensor.dtype:
            reason = f"is {dtypes_text(tensor.dtype)}, but {first} is {dtypes_text(found)}"
            raise Refused(reason, name, "dtype")
        else:
            found &= tensor.dtype
    return found
