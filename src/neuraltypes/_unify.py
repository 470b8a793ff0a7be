"""Unification: declared axes against the shapes that come, names bound once for one call.

It works on sizes that may be unknown: what cannot be decided is accepted.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import cycle
from typing import Final, NamedTuple, TypeAlias

from neuraltypes._axes import (
    AnonymousAxis,
    Axes,
    Axis,
    FixedAxis,
    NamedAxis,
    SymbolicAxis,
    VariadicAxis,
    format_axes,
    format_axis,
    parse_axis,
    python_expression,
)
from neuraltypes._errors import AnnotationError
from neuraltypes._sizes import Quotient, Size, Symbol, hangs_on_remainders, number, size_from_expression, subtract
from neuraltypes.kinds import AxisKind, kind_fits, kind_from_name, kinds_of

ARGUMENT: Final = "int "
_TRIALS: Final = 4
_HIGHLY_DIVISIBLE: Final = 2**10 * 3**4 * 5**2 * 7
_DIVISORS: Final = (6, 12, 24)  # their third powers divide that number
_PRIMES: Final = (11, 13, 17, 19, 23, 29, 31)


class SizedAxis(NamedTuple):
    """One axis of a value: its size, None where unknown, and the label that says its kind (`time` in `time=7`)."""

    size: Size | None = None
    label: str | None = None


class Rest(NamedTuple):
    """Any number of axes of a value, of which nothing is known but, perhaps, that they are those bound to `name`."""

    name: str | None = None


Shape: TypeAlias = tuple[SizedAxis | Rest, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name stands for in one call, and what bound it: `x axis 1`."""

    size: Size
    origin: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One disagreement: of which argument, whether of kinds, and its reason in words."""

    argument: str
    reason: str
    is_kind: bool = False
    bound_by: str | None = None


@dataclass(frozen=True, slots=True)
class Bindings:
    """The names that one call binds.

    `sizes` are those of plain names, `rests` those of variadic ones, `values` what braces read (`self.d`, `width`).
    `equate` is asked about two sizes that are not known to be the same, and may say that they are.
    """

    sizes: dict[str, Binding] = field(default_factory=dict)
    rests: dict[str, tuple[Shape, str]] = field(default_factory=dict)
    values: Mapping[str, Size] = field(default_factory=dict)
    equate: Callable[[Size, Size], bool] | None = None

    def differ(self, left: Size, right: Size) -> bool:
        """Whether two sizes that must be equal are not known to be."""
        return differ(left, right) and not (self.equate is not None and self.equate(left, right))

    def size_of(self, axis: Axis) -> Size | None:
        """The size that a declared axis has in this call; None where it is unknown."""
        match axis:
            case FixedAxis(size=size):
                return number(size)
            case NamedAxis(name=name):
                return self.sizes[name].size if name in self.sizes else None
            case SymbolicAxis():
                return size_from_expression(python_expression(axis, _axis_variable), self._read)
            case AnonymousAxis() | VariadicAxis():
                return None

    def _read(self, name: str) -> Size | None:
        if name.startswith(_AXIS_VARIABLE):
            bound = self.sizes.get(name.removeprefix(_AXIS_VARIABLE))
            return None if bound is None else bound.size
        return self.values.get(name)

    def shape_of_axis(self, axis: Axis, kind: AxisKind | None) -> Shape:
        """The shape that one declared axis has in this call, with the label that keeps its declared kind."""
        if isinstance(axis, VariadicAxis):
            bound = self.rests.get(axis.name or "")
            return bound[0] if bound and not axis.broadcastable else (Rest(),)  # who calls may have such a name too
        size = None if getattr(axis, "broadcastable", False) else self.size_of(axis)
        return (SizedAxis(size, _label(axis.label, kind, size)),)


_AXIS_VARIABLE: Final = "_nt_axis_"


def _axis_variable(name: str) -> str:
    return _AXIS_VARIABLE + name


def unify(
    arguments: Sequence[tuple[str, Axes, Shape]], bindings: Bindings, *, with_kinds: bool = True
) -> list[Mismatch]:
    """Bind the names of declared axes, over all arguments (name, declared axes, shape that comes), into `bindings`.

    Plain names are bound first and computed axes compared last, so that the order of arguments never decides. Without
    `with_kinds` the letters of the declaration say nothing of kinds.
    """
    mismatches: dict[str, list[Mismatch]] = {}
    pairs: list[tuple[str, int, Axis, SizedAxis | Rest]] = []
    broadcast: list[tuple[str, VariadicAxis, Shape]] = []
    for argument, axes, shape in arguments:
        found = _rank_mismatch(argument, axes, shape)
        if found is None and with_kinds:
            found = _kind_mismatch(argument, axes, shape)
        if found is not None:
            mismatches[argument] = [found]
            continue
        pairs += [(argument, place, axes[place], shape[at]) for place, at in aligned(axes, shape)]
        taken = _rest_taken(axes, shape)
        if taken is not None and taken[0].broadcastable:
            broadcast.append((argument, *taken))
        elif taken is not None:
            _bind_rest(argument, *taken, bindings, mismatches)
    _broadcast_rests(broadcast, bindings, mismatches)
    for computed in (False, True):
        for argument, position, axis, given in pairs:
            if isinstance(given, Rest) or given.size is None:
                continue
            if isinstance(axis, SymbolicAxis) == computed:
                found = _match(argument, position, axis, given.size, bindings)
                if found is not None:
                    mismatches.setdefault(argument, []).append(found)
    return [mismatch for group in mismatches.values() for mismatch in group]


def aligned(axes: Axes, shape: Shape) -> Iterator[tuple[int, int]]:
    """Places of declared axes and of the axes of a value that surely belong together.

    Both count from the start, or, behind something variadic, both from the end (-1 is the last).
    """
    axes_head, axes_tail = _fixed_ends([isinstance(axis, VariadicAxis) for axis in axes])
    head, tail = _fixed_ends([isinstance(axis, Rest) for axis in shape])
    front = min(axes_head, head)
    yield from ((place, place) for place in range(front))
    if axes_head == len(axes) and head == len(shape):
        return
    for place in range(1, min(axes_tail, tail) + 1):
        if len(axes) - place >= (front if axes_head == len(axes) else 0) and len(shape) - place >= (
            front if head == len(shape) else 0
        ):
            yield -place, -place


def _fixed_ends(is_variadic: list[bool]) -> tuple[int, int]:
    """How many items stand before the variadic one and how many behind; all of them twice where there is none."""
    if True not in is_variadic:
        return len(is_variadic), len(is_variadic)
    return is_variadic.index(True), is_variadic[::-1].index(True)


def differ(left: Size, right: Size) -> bool:
    """Whether two sizes that must be equal are not known to be.

    A division that would have to leave no remainder is given the benefit of the doubt: `d//h*h` is accepted as `d`. So
    is an `int` that a function was given (`ARGUMENT` starts its scope): its caller may know that it fits.
    """
    if left == right:
        return False
    difference = subtract(left, right)
    if difference is None:
        return False
    if len(difference.terms) > 1 and any(symbol.scope.startswith(ARGUMENT) for symbol in difference.symbols()):
        return False
    if not _is_divided(difference):
        return True
    difference = _without_common_factors(difference)
    if not _is_divided(difference):
        return True
    return not _vanishes_when_divisible(difference) and not _vanishes_for_some_remainder(difference)


@lru_cache(maxsize=4096)
def _vanishes_for_some_remainder(size: Size) -> bool:
    """Whether it is the remainder of a division that says if a size is 0: `k//2*2 - k + 1` is, for an odd `k`."""
    if not hangs_on_remainders(size):
        return False
    draw = random.Random(0)  # noqa: S311 - trial values, no secrets
    symbols = sorted(set(size.symbols()), key=lambda symbol: (symbol.name, symbol.scope))
    for _ in range(10 * _TRIALS):
        replaced = size.replace({symbol: number(draw.randint(1, 99)) for symbol in symbols})
        if replaced is None or replaced.constant == 0:
            return True
    return False


@lru_cache(maxsize=4096)
def _vanishes_when_divisible(size: Size) -> bool:
    draw = random.Random(0)  # noqa: S311 - trial values, no secrets
    symbols = sorted(set(size.symbols()), key=lambda symbol: (symbol.name, symbol.scope))
    for _ in range(_TRIALS):
        values: dict[Symbol, Size] = {}
        scale = 1
        for symbol in symbols:
            scale = _HIGHLY_DIVISIBLE * draw.randint(1, 50) if scale == 1 else scale * draw.choice((1, 2, 6))
            values[symbol] = number(scale)
        for order in (symbols, symbols[::-1]):
            replaced = size.replace(dict(zip(order, values.values(), strict=True)))
            if replaced is None or replaced.constant == 0:
                return True
    return _vanishes_by_powers(size, symbols)


def _vanishes_by_powers(size: Size, symbols: Sequence[Symbol]) -> bool:
    """The same for divisors of which powers divide, as in `c//r**3*r**3`; so few of them are enough."""
    divisors = {symbol for found in _quotients(size) for symbol in found.right.symbols()}
    for first in range(len(_DIVISORS) if divisors else 0):
        small, large = cycle(_DIVISORS[first:] + _DIVISORS[:first]), cycle(_PRIMES)
        values = {one: number(next(small) if one in divisors else _HIGHLY_DIVISIBLE * next(large)) for one in symbols}
        replaced = size.replace(values)
        if replaced is None or replaced.constant == 0:
            return True
    return False


def _is_divided(size: Size) -> bool:
    return any(True for _ in _quotients(size))


def _quotients(size: Size) -> Iterator[Quotient]:
    yield from (factor for factors, _ in size.terms for factor in factors if isinstance(factor, Quotient))


def _without_common_factors(size: Size) -> Size:
    """A sum without the factors that each of its terms has: they say nothing of whether it is 0."""
    common = Counter(size.terms[0][0] if size.terms else ())
    for factors, _ in size.terms:
        common &= Counter(factors)
    return Size(tuple((tuple((Counter(factors) - common).elements()), count) for factors, count in size.terms))


def axes_of(shape: Shape) -> Axes:
    """A shape in the grammar of annotations; what is unknown becomes `_`."""
    return tuple(map(_axis_of, shape))


_OWNER: Final = re.compile(r"\w+\.(?=\w)")  # `config.d` is written as `d`


@lru_cache(maxsize=4096)
def _axis_of(axis: SizedAxis | Rest) -> Axis:
    if isinstance(axis, Rest):
        return VariadicAxis(axis.name)
    if axis.size is None:
        return AnonymousAxis(label=axis.label)
    prefix = f"{axis.label}=" if axis.label else ""
    try:
        return parse_axis(prefix + _OWNER.sub("", str(axis.size)))
    except AnnotationError:  # a size below zero, which only a wrong program has
        return AnonymousAxis(label=axis.label)


def format_shape(shape: Shape) -> str:
    """A shape as an axis string."""
    return format_axes(axes_of(shape))


def _label(label: str | None, kind: AxisKind | None, size: Size | None) -> str | None:
    if label is not None or kind is None:
        return label
    symbol = None if size is None else size.symbol
    return None if symbol is not None and kind_from_name(symbol.name) == kind else kind.name


def _rank_mismatch(argument: str, axes: Axes, shape: Shape) -> Mismatch | None:
    least = sum(not isinstance(axis, VariadicAxis) for axis in axes)
    known = sum(not isinstance(axis, Rest) for axis in shape)
    is_variadic, is_open = least < len(axes), known < len(shape)
    if (known < least and not is_open) or (known > least and not is_variadic):
        expected = f"{least} or more" if is_variadic else str(least)
        return Mismatch(argument, f"has {_axes_count(known)}{' or more' if is_open else ''}, expected {expected}")
    return None


def _axes_count(count: int) -> str:
    return f"{count} axis" if count == 1 else f"{count} axes"


def _kind_mismatch(argument: str, axes: Axes, shape: Shape) -> Mismatch | None:
    """Axes in another order, or where both sides spell their kinds out, of other kinds.

    Letters are taken at their word only when the same kinds come in another order: in a helper for any matrix, `b t`
    may stand for whatever two axes.
    """
    given = axes_of(shape)
    expected_kinds, given_kinds = kinds_of(axes), kinds_of(given)
    places = list(aligned(axes, shape))
    differing = [(place, at) for place, at in places if not kind_fits(expected_kinds[place], given_kinds[at])]
    if not differing:
        return None
    wanted = [expected_kinds[place] for place, _ in differing]
    is_reordered = Counter(wanted) == Counter(given_kinds[at] for _, at in differing)
    if not is_reordered and not any(_is_spelt_out(axes[i]) and _is_spelt_out(given[j]) for i, j in differing):
        return None
    return Mismatch(argument, f"got {_kinds_text(given)}; expected {_kinds_text(axes)}", is_kind=True)


def _is_spelt_out(axis: Axis) -> bool:
    return axis.label is not None or (isinstance(axis, NamedAxis) and len(axis.name) > 1)


def _kinds_text(axes: Axes) -> str:
    return ", ".join(
        str(kind) if kind is not None else format_axis(axis) for axis, kind in zip(axes, kinds_of(axes), strict=True)
    )


def _match(argument: str, position: int, axis: Axis, given: Size, bindings: Bindings) -> Mismatch | None:
    if getattr(axis, "broadcastable", False) and given.constant == 1:
        return None
    if isinstance(axis, NamedAxis) and axis.name not in bindings.sizes:
        if not axis.treepath:
            bindings.sizes[axis.name] = Binding(given, f"{argument} axis {position}")
        return None
    expected = bindings.size_of(axis)
    if expected is None or not bindings.differ(expected, given):
        return None
    origin = bindings.sizes[axis.name].origin if isinstance(axis, NamedAxis) else None
    because = f" (bound by {origin})" if origin else ""
    if isinstance(axis, SymbolicAxis):
        because = f' ("{format_axis(axis)}")'
    name = f' "{axis.name}"' if isinstance(axis, NamedAxis) else f' "{axis.label}"' if axis.label else ""
    return Mismatch(argument, f"axis {position}{name} is {given}, expected {expected}{because}", bound_by=origin)


def _rest_taken(axes: Axes, shape: Shape) -> tuple[VariadicAxis, Shape] | None:
    """The named variadic axis of a declaration, and the axes that it takes; None where that is not known."""
    position = next((n for n, axis in enumerate(axes) if isinstance(axis, VariadicAxis)), None)
    axis = None if position is None else axes[position]
    if position is None or not isinstance(axis, VariadicAxis) or axis.name is None or axis.treepath:
        return None
    taken = _taken(position, len(axes) - position - 1, shape)
    return None if taken is None else (axis, taken)


def _bind_rest(
    argument: str, axis: VariadicAxis, taken: Shape, bindings: Bindings, mismatches: dict[str, list[Mismatch]]
) -> None:
    """Bind the axes that a variadic axis takes, or compare them with what bound it."""
    bound, origin = bindings.rests.setdefault(axis.name or "", (taken, argument))
    if _rests_differ(bound, taken, bindings, is_broadcastable=False):
        mismatches.setdefault(argument, []).append(_rest_mismatch(argument, axis, taken, bound, origin))


def _broadcast_rests(
    arguments: Sequence[tuple[str, VariadicAxis, Shape]], bindings: Bindings, mismatches: dict[str, list[Mismatch]]
) -> None:
    """Compare the axes that `*#name` takes with what bound `*name`, and with what it took before."""
    before = {name: [bound] for name, bound in bindings.rests.items()}
    for argument, axis, taken in arguments:
        known = before.setdefault(axis.name or "", [])
        for bound, origin in known:
            is_whole = (bound, origin) == bindings.rests.get(axis.name or "")
            if _rests_differ(bound, taken, bindings, is_broadcastable=True) or (is_whole and _widens(bound, taken)):
                mismatches.setdefault(argument, []).append(_rest_mismatch(argument, axis, taken, bound, origin))
                break
        known.append((taken, argument))


def _rest_mismatch(argument: str, axis: VariadicAxis, taken: Shape, bound: Shape, origin: str) -> Mismatch:
    text = f'"*{axis.name}" is "{format_shape(taken)}", expected "{format_shape(bound)}" (bound by {origin})'
    return Mismatch(argument, text, bound_by=origin)


def _taken(before: int, behind: int, shape: Shape) -> Shape | None:
    end = len(shape) - behind
    if end < before or any(isinstance(axis, Rest) for axis in (*shape[:before], *shape[end:])):
        return None
    return shape[before:end]


def _rests_differ(bound: Shape, taken: Shape, bindings: Bindings, *, is_broadcastable: bool) -> bool:
    if any(isinstance(axis, Rest) for axis in (*bound, *taken)):
        return False
    if is_broadcastable:
        pairs = list(zip(reversed(bound), reversed(taken), strict=False))
    elif len(bound) != len(taken):
        return True
    else:
        pairs = list(zip(bound, taken, strict=True))
    return any(_sizes_differ(left, right, bindings, is_broadcastable=is_broadcastable) for left, right in pairs)


def _widens(bound: Shape, taken: Shape) -> bool:
    """Whether what `*name` is bound to would have to be broadcast itself, which `*#name` does not say of it."""
    if any(isinstance(axis, Rest) for axis in (*bound, *taken)):
        return False
    pairs = zip(reversed(bound), reversed(taken), strict=False)
    return len(taken) > len(bound) or any(_constant(left) == 1 != (_constant(right) or 1) for left, right in pairs)


def _constant(axis: SizedAxis | Rest) -> int | None:
    return axis.size.constant if isinstance(axis, SizedAxis) and axis.size is not None else None


def _sizes_differ(
    left: SizedAxis | Rest, right: SizedAxis | Rest, bindings: Bindings, *, is_broadcastable: bool
) -> bool:
    if isinstance(left, Rest) or isinstance(right, Rest) or left.size is None or right.size is None:
        return False
    if is_broadcastable and 1 in (left.size.constant, right.size.constant):
        return False
    return bindings.differ(left.size, right.size)
