"""Where numbers lie: views, permuted, repeated and split axes. Dtype and meaning stay.

Sources: https://docs.pytorch.org/docs/stable/tensor_view.html,
https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from neuraltypes._sizes import Factor, Monomial, Quotient, Size, Symbol, add, floor_divide, multiply, number, subtract
from neuraltypes._unify import Rest, Shape, SizedAxis, axes_of, format_shape
from neuraltypes.kinds import BATCH, kinds_of
from neuraltypes.rules._context import is_given, sizes_differ, suspect
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    axis_at,
    broadcast,
    dims_of,
    exact_quotient,
    int_of,
    normal_dim,
    numel,
    place,
    rank,
    replaced,
    require_equal,
    size_axes,
    size_of,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Config, DType, DTypes, Many, Refused, Result, Value

ONE: Final = SizedAxis(number(1))
_TRIALS: Final = 24
_ITEM_BITS: Final = {
    **dict.fromkeys(("bool", "int8", "uint8"), 8),
    **dict.fromkeys(("int16", "uint16", "float16", "bfloat16"), 16),
    **dict.fromkeys(("int32", "uint32", "float32", "complex32"), 32),
    **dict.fromkeys(("int64", "uint64", "float64", "complex64"), 64),
    "complex128": 128,
}


# What the rules of this family share


def constant_of(axis: SizedAxis | Rest | None) -> int | None:
    """The number that an axis is long, if it is one."""
    return axis.size.constant if isinstance(axis, SizedAxis) and axis.size is not None else None


def unknown_axes(shape: Shape | None) -> Shape | None:
    """As many axes, of which nothing is known."""
    return None if shape is None or rank(shape) is None else (ANY,) * len(shape)


def with_rank(shape: Shape | None, count: int) -> Shape | None:
    """A shape that is known to have `count` axes; None where it surely has another number."""
    if shape is None:
        return (ANY,) * count
    if rank(shape) is not None:
        return shape if len(shape) == count else None
    missing = count - len(shape) + 1
    if missing < 0:
        return None
    return tuple(new for axis in shape for new in ((ANY,) * missing if isinstance(axis, Rest) else (axis,)))


def least_rank(shape: Shape | None) -> int:
    """The number of axes that there are at least."""
    return 0 if shape is None else sum(isinstance(axis, SizedAxis) for axis in shape)


def require_axes(shape: Shape | None, least: int, most: int | None = None, argument: str = "input") -> None:
    """See to it that there may be from `least` to `most` axes.

    Raises:
        Refused: there are surely fewer or more.
    """
    known = rank(shape)
    if (known is not None and known < least) or (most is not None and least_rank(shape) > most):
        count = f"{known} axes" if known != 1 else "1 axis"
        if known is None:
            count = f"{least_rank(shape)} axes or more"
        expected = f"{least} or more" if most is None else f"{most}" if least == most else f"{least} to {most}"
        raise Refused(f"has {count}, expected {expected}", argument)


def minus(left: Size | None, right: Size | None) -> Size | None:
    """`left - right`; None where unknown."""
    return None if left is None or right is None else subtract(left, right)


def plus(left: Size | None, right: Size | None) -> Size | None:
    """`left + right`; None where unknown."""
    return None if left is None or right is None else add(left, right)


def times(left: Size | None, right: Size | None) -> Size | None:
    """`left * right`; None where unknown."""
    return None if left is None or right is None else multiply(left, right)


def over(left: Size | None, right: Size | None) -> Size | None:
    """`left // right`; None where unknown."""
    return None if left is None or right is None else divided(left, right) or floor_divide(left, right)


@functools.lru_cache(maxsize=2048)
def is_at_most(left: Size, right: Size) -> bool:
    """Whether `left` is no larger than `right`, whatever numbers from 1 on their names stand for."""
    difference = subtract(right, left)
    if difference is None or difference.constant is not None:
        return difference is not None and (difference.constant or 0) >= 0
    symbols = sorted(set(difference.symbols()), key=lambda symbol: (symbol.name, symbol.scope))
    draw = random.Random(0)  # noqa: S311 - trial values, no secrets
    for trial in range(_TRIALS):
        values = {symbol: number(1 if trial == 0 else draw.randint(1, 64)) for symbol in symbols}
        replaced_ = difference.replace(values)
        if replaced_ is None or (replaced_.constant or 0) < 0:
            return False
    return True


@functools.lru_cache(maxsize=2048)
def divided(left: Size, right: Size) -> Size | None:
    """`left / right` where that leaves no remainder, if divisions such as the one in `h*(d//h)` leave none either."""
    for one, other in ((left, right), (_without_remainders(left), _without_remainders(right))):
        quotient = exact_quotient(one, other) or _polynomial_quotient(one, other)
        if quotient is not None:
            return quotient
    return None


def _polynomial_quotient(left: Size, right: Size) -> Size | None:
    """Long division by the terms of highest degree: `(b*t+b) / (t+1)` is `b`."""
    factors = sorted({factor for size in (left, right) for monomial, _ in size.terms for factor in monomial}, key=str)

    def order(term: tuple[Monomial, int]) -> tuple[int, ...]:
        return (len(term[0]), *(term[0].count(factor) for factor in factors))

    if not right.terms:
        return None
    divisors, divisor = max(right.terms, key=order)
    result, rest = number(0), left
    for _ in range(16):
        if not rest.terms:
            return result
        product, coefficient = max(rest.terms, key=order)
        remaining = _removed(product, divisors)
        if remaining is None or coefficient % divisor:
            return None
        piece = Size(((remaining, coefficient // divisor),))
        following = minus(rest, multiply(piece, right))
        total = add(result, piece)
        if following is None or total is None:
            return None
        result, rest = total, following
    return None


def _removed(product: Monomial, factors: Iterable[Factor]) -> Monomial | None:
    remaining = list(product)
    for factor in factors:
        if factor not in remaining:
            return None
        remaining.remove(factor)
    return tuple(remaining)


def _without_remainders(size: Size) -> Size:
    """`h*(d//h)` as `d`."""
    total: Size | None = number(0)
    for factors, coefficient in size.terms:
        total = plus(total, _term_without_remainders(factors, coefficient))
    return size if total is None else total


def _term_without_remainders(factors: Monomial, coefficient: int) -> Size | None:
    for at, factor in enumerate(factors):
        if not isinstance(factor, Quotient) or factor.operator != "//" or len(factor.right.terms) != 1:
            continue
        divisors, divisor = factor.right.terms[0]
        remaining = _removed((*factors[:at], *factors[at + 1 :]), divisors)
        if remaining is not None and coefficient % divisor == 0:
            product = multiply(Size(((remaining, coefficient // divisor),)), factor.left)
            return None if product is None else _without_remainders(product)
    return Size(((factors, coefficient),))


# Other sizes for the same numbers


@computed("layout.view")
def view(input: Array, size: Value = UNKNOWN, dtype: Value = UNKNOWN, **_: Value) -> Result:
    """`x.view(b, -1)`, or `x.view(torch.int32)`: the bits read as another dtype."""
    if is_given("dtype") or isinstance(size, DType):
        return _reread(input, dtype if is_given("dtype") else size)
    return reshaped(input, size, "size")


@computed("layout.reshape")
def reshape(input: Array, shape: Value = UNKNOWN, **_: Value) -> Result:
    """`x.reshape(b, -1)`."""
    return reshaped(input, shape, "shape")


@computed("layout.view_as")
def view_as(input: Array, other: Array, **_: Value) -> Result:
    """`x.view_as(y)`: of the shape of `y`."""
    _require_entries(input.shape, other.shape, "other")
    if input.shape is not None and other.shape is not None:
        _suspect_other_order(input.shape, other.shape, "other")
    return input.of(other.shape)


def reshaped(input: Array, target: Value, argument: str) -> Array:
    """The same numbers with other axes.

    Raises:
        Refused: there are more or fewer of them than the new axes take.
    """
    wanted = sizes_argument(target)
    if wanted is None:
        return input.of(None)
    shape = filled(wanted, input.shape, argument)
    if input.shape is None:
        return input.of(shape)
    _suspect_other_order(input.shape, shape, argument)
    return input.of(_with_kept_axes(input.shape, shape))


def sizes_argument(value: Value) -> Shape | None:
    """The axes of a size argument, also where it came as one tuple for many numbers."""
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], tuple):
        value = value[0]
    return size_axes(value)


def filled(wanted: Shape, shape: Shape | None, argument: str) -> Shape:
    """The wanted axes, for the entries of `shape`, with -1 replaced by what is left.

    Raises:
        Refused: the numbers of entries do not fit together.
    """
    for axis in wanted:
        if (constant_of(axis) or 0) < -1:
            raise Refused(f"has the size {constant_of(axis)}", argument)
    open_places = [at for at, axis in enumerate(wanted) if constant_of(axis) == -1]
    if not open_places:
        _require_entries(shape, wanted, argument)
        return wanted
    if len(open_places) > 1:
        raise Refused("has more than one -1", argument)
    others = replaced(wanted, open_places[0])
    if any(constant_of(axis) == 0 for axis in others):
        raise Refused("leaves open what -1 is, beside an axis without entries", argument)
    return replaced(wanted, open_places[0], SizedAxis(_left_over(shape, others, argument)))


def _require_entries(shape: Shape | None, wanted: Shape | None, argument: str) -> None:
    given, asked = numel(shape), numel(wanted)
    if shape is not None and sizes_differ(given, asked):
        raise Refused(f'asks for {_entries(asked)}, but "{format_shape(shape)}" has {given}', argument)


def _entries(count: Size | None) -> str:
    return "1 entry" if count == number(1) else f"{count} entries"


def _left_over(shape: Shape | None, others: Shape, argument: str) -> Size | None:
    """The size that -1 stands for."""
    if shape is None:
        return None
    given, taken = list(shape), list(others)
    for axis in others:  # axes that stay need no division
        same = [one for one in given if isinstance(one, SizedAxis) and one.size is not None]
        match = next((one for one in same if isinstance(axis, SizedAxis) and one.size == axis.size), None)
        if match is not None:
            given.remove(match)
            taken.remove(axis)
    total, known = numel(given), numel(taken)
    if total is None or known is None:
        return None
    quotient = divided(total, known)
    if quotient is None and total.constant is not None and known.constant is not None:
        text = f'"{format_shape(shape)}" has {numel(shape)}'
        raise Refused(f"asks for a multiple of {_entries(numel(others))}, but {text}", argument)
    return quotient if quotient is not None else floor_divide(total, known)


def _with_kept_axes(old: Shape, new: Shape) -> Shape:
    """The new axes; those that are the old ones at either end, with what is known of their kind."""
    count = min(len(old), len(new))
    front = next((n for n in range(count) if not _is_same(old[n], new[n])), count)
    back = next((n for n in range(count - front) if not _is_same(old[-1 - n], new[-1 - n])), count - front)
    return (*old[:front], *new[front : len(new) - back], *old[len(old) - back :])


def _is_same(one: SizedAxis | Rest, other: SizedAxis | Rest) -> bool:
    if isinstance(one, Rest) or isinstance(other, Rest):
        return False
    return one.size is not None and one.size == other.size


def _suspect_other_order(old: Shape, new: Shape, argument: str) -> None:
    """A view moves no numbers: named axes in another order are where a transposition was meant."""
    before, after = _named_sizes(old), _named_sizes(new)
    if before is None or after is None or any(len(size.terms) > 1 for size in (*before, *after)):
        return  # sums are those of windows and of relative shifts, which read rows across their ends on purpose
    is_other_order = before != after and len(set(before)) > 1 and sorted(map(repr, before)) == sorted(map(repr, after))
    if is_other_order or _tears(old, new):
        suspect(
            f'sees "{format_shape(old)}" as "{format_shape(new)}" without moving a number; '
            "transpose or permute puts axes in another order",
            argument,
            code="kind",
        )


def _tears(old: Shape, new: Shape) -> bool:
    """Whether an axis that both shapes name has other numbers behind each place of it: `b t 64` as `b 4 t 16`."""
    names, others = _lone_names(old), _lone_names(new)
    return any(
        sizes_differ(numel(old[names[name] + 1 :]), numel(new[others[name] + 1 :])) for name in names.keys() & others
    )


def _lone_names(shape: Shape) -> dict[Symbol, int]:
    """The names that are an axis and are part of no other axis, with their places."""
    sizes = [axis.size for axis in shape if isinstance(axis, SizedAxis) and axis.size is not None]
    counted = Counter(symbol for size in sizes for symbol in set(size.symbols()))
    return {size.symbol: at for at, size in enumerate(sizes) if size.symbol is not None and counted[size.symbol] == 1}


def _named_sizes(shape: Shape) -> list[Size] | None:
    found: list[Size] = []
    for axis in shape:
        if isinstance(axis, Rest) or axis.size is None:
            return None
        if axis.size.constant is None:
            found.append(axis.size)
    return found


def _reread(input: Array, dtype: Value) -> Result:
    """`x.view(torch.uint8)`: a dtype of other width makes the last axis longer or shorter."""
    names = dtype.names if isinstance(dtype, DType) else None
    before, after = _bits(input.dtype), _bits(names)
    if before is None or after is None:
        last = place(input.shape, number(-1))
        shape = None if input.shape is None or last is None else replaced(input.shape, last, ANY)
        return Array(shape, names)
    if before == after or input.shape is None:
        return Array(input.shape, names)
    if not input.shape:
        raise Refused("is of another width, but there is no axis", "dtype")
    last, axis = place(input.shape, number(-1)), axis_at(input.shape, number(-1))
    if last is None or axis is None:
        return Array(None, names)
    size = times(axis.size, number(before))
    if size is not None and size.constant is not None and size.constant % after:
        raise Refused(f"takes {after // before} entries in one, but the last axis is {axis.size}", "dtype")
    return Array(replaced(input.shape, last, SizedAxis(over(size, number(after)), axis.label)), names)


def _bits(dtypes: DTypes | None) -> int | None:
    widths = {_ITEM_BITS.get(dtype) for dtype in dtypes or ()}
    return widths.pop() if len(widths) == 1 else None


@computed("layout.flatten")
def flatten(input: Array, start_dim: Value = UNKNOWN, end_dim: Value = UNKNOWN, **_: Value) -> Result:
    """Several axes in a row as one."""
    return input.of(flattened(input.shape, start_dim, end_dim))


@computed("layout.ravel")
def ravel(input: Array, **_: Value) -> Result:
    """All axes as one."""
    return input.of(flattened(input.shape, number(0), number(-1)))


@computed("layout.flatten_module")
def flatten_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Flatten`."""
    return flatten(input, config.get("start_dim", UNKNOWN), config.get("end_dim", UNKNOWN))


def flattened(shape: Shape | None, start_dim: Value, end_dim: Value) -> Shape | None:
    """A shape with the axes from one to another as one.

    Raises:
        Refused: there are no such axes.
    """
    first, last = int_of(start_dim), int_of(end_dim)
    if first == 0 and last == -1 and (shape is None or rank(shape) is None):
        return (ANY,)
    if shape is None or first is None or last is None:
        return None
    known = rank(shape)
    if known is not None:
        start, end = normal_dim(start_dim, known, argument="start_dim"), normal_dim(end_dim, known, argument="end_dim")
    else:
        start = first if first in _rests(shape) else place(shape, start_dim)
        end = len(shape) - 1 if last == -1 else place(shape, end_dim)
    if start is None or end is None:
        return None
    if start > end:
        raise Refused(f"is {first}, behind end_dim ({last})", "start_dim")
    return (*shape[:start], merged(shape[start : end + 1]), *shape[end + 1 :])


def merged(axes: Shape) -> SizedAxis:
    """Several axes as one."""
    only = axes[0] if len(axes) == 1 else None
    return only if isinstance(only, SizedAxis) else SizedAxis(numel(axes))


@computed("layout.unflatten")
def unflatten(input: Array, dim: Value, sizes: Value, **_: Value) -> Result:
    """One axis as several."""
    return _unflattened(input, dim, sizes, "sizes")


@computed("layout.unflatten_module")
def unflatten_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Unflatten`."""
    return _unflattened(input, config.get("dim", UNKNOWN), config.get("unflattened_size", UNKNOWN), "input")


def _unflattened(input: Array, dim: Value, sizes: Value, argument: str) -> Array:
    axis, at, wanted = axis_at(input.shape, dim), place(input.shape, dim), sizes_argument(sizes)
    if input.shape == ():
        raise Refused("has no axis", "input")
    if wanted == ():
        raise Refused("is empty", argument)
    if input.shape is None or axis is None or at is None or wanted is None:
        return input.of(None)
    try:
        new = filled(wanted, (axis,), argument)
    except Refused as error:
        if argument == "sizes":
            raise
        raise Refused(
            f'axis {int_of(dim)} is {axis.size}, which "{format_shape(wanted)}" does not fill', "input"
        ) from (error)
    return input.of(replaced(input.shape, at, *_with_kept_axes((axis,), new)))


# Axes of size 1


@computed("layout.squeeze")
def squeeze(input: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """Axes of size 1 go: all, or those that `dim` names. A named size may be 1: then their number is not known."""
    shape = input.shape
    if shape is None:
        return input
    if not is_given("dim"):
        _suspect_batch(shape, rank(shape))
        return input.of(_squeezed(shape, range(len(shape))))
    dims = dims_of(dim)
    if dims is None:
        return input.of(None)
    places = [normal_place(shape, one) for one in dims]
    if len({one for one in places if one is not None}) < sum(one is not None for one in places):
        raise Refused("names an axis twice", "dim")
    if not shape:
        return input
    return input.of(_squeezed(shape, [one for one in places if one is not None]) if None not in places else None)


def normal_place(shape: Shape, dim: int, argument: str = "dim") -> int | None:
    """The index of an axis, 0 for that of a tensor without axes."""
    if not shape:
        return normal_dim(number(dim), 0, argument=argument)
    return place(shape, number(dim), argument=argument)


def _suspect_batch(shape: Shape, known: int | None) -> None:
    first = shape[0] if shape else None
    if not isinstance(first, SizedAxis) or first.size is None or first.size.constant is not None:
        return
    if known is not None and known > 1 and kinds_of(axes_of(shape))[0] == BATCH:
        suspect("also drops the batch axis where it is 1; name the axis: squeeze(-1)", code="shape")


def _squeezed(shape: Shape, places: Iterable[int]) -> Shape:
    wanted = set(places)
    left = [at for at, axis in enumerate(shape) if not (at in wanted and constant_of(axis) == 1)]
    if all(constant_of(shape[at]) is not None for at in wanted):
        return tuple(shape[at] for at in left)
    open_places = {at for at in wanted if constant_of(shape[at]) is None} | _rests(shape)
    before = tuple(shape[at] for at in left if at < min(open_places))
    return (*before, Rest(), *(shape[at] for at in left if at > max(open_places)))


def _rests(shape: Shape) -> set[int]:
    return {at for at, axis in enumerate(shape) if isinstance(axis, Rest)}


@computed("layout.unsqueeze")
def unsqueeze(input: Array, dim: Value, **_: Value) -> Result:
    """A new axis of size 1."""
    return input.of(inserted(input.shape, dim, ONE))


def inserted(shape: Shape | None, dim: Value, axis: SizedAxis, argument: str = "dim") -> Shape | None:
    """A shape with one axis more, at the place `dim` of the result.

    Raises:
        Refused: there is no such place.
    """
    constant = int_of(dim)
    if shape is None or constant is None:
        return None if shape is None or rank(shape) is None else (ANY,) * (len(shape) + 1)
    known = rank(shape)
    if known is not None:
        at = normal_dim(dim, known + 1, argument=argument)
    elif constant >= 0:
        at = constant if constant <= min(_rests(shape)) else None
    else:
        at = len(shape) + 1 + constant if -constant - 1 <= len(shape) - 1 - max(_rests(shape)) else None
    return None if at is None else (*shape[:at], axis, *shape[at:])


@computed("layout.atleast_1d")
def atleast_1d(tensors: Value, **_: Value) -> Result:
    """One axis at least."""
    return _each_at_least(tensors, 1)


@computed("layout.atleast_2d")
def atleast_2d(tensors: Value, **_: Value) -> Result:
    """Two axes at least: new ones stand in front."""
    return _each_at_least(tensors, 2)


@computed("layout.atleast_3d")
def atleast_3d(tensors: Value, **_: Value) -> Result:
    """Three axes at least: one new axis stands at the end, and for a vector another in front."""
    return _each_at_least(tensors, 3)


def _each_at_least(tensors: Value, count: int) -> Result:
    items = tensors
    if isinstance(tensors, tuple) and len(tensors) == 1:
        items = tensors[0]
    if isinstance(items, Array):
        return items.of(at_least(items.shape, count))
    if not isinstance(items, tuple):
        return UNKNOWN
    return tuple(one.of(at_least(one.shape, count)) if isinstance(one, Array) else UNKNOWN for one in items)


def at_least(shape: Shape | None, count: int) -> Shape | None:
    """The shape that `atleast_1d`, `atleast_2d` or `atleast_3d` gives."""
    if shape is None or (rank(shape) is None and least_rank(shape) < count):
        return None
    if len(shape) >= count or rank(shape) is None:
        return shape
    if count == 3 and shape:
        return (*shape, ONE) if len(shape) == 2 else (ONE, *shape, ONE)
    return (*(ONE,) * (count - len(shape)), *shape)


# Axes in another order


@computed("layout.transpose")
def transpose(input: Array, dim0: Value, dim1: Value, **_: Value) -> Result:
    """Two axes change places."""
    return _swapped(input, dim0, dim1, ("dim0", "dim1"))


@computed("layout.swapaxes")
def swapaxes(input: Array, axis0: Value, axis1: Value, **_: Value) -> Result:
    """Two axes change places."""
    return _swapped(input, axis0, axis1, ("axis0", "axis1"))


def _swapped(input: Array, one: Value, other: Value, names: tuple[str, str]) -> Array:
    shape = input.shape
    if shape is None:
        return input
    if not shape:
        for dim, name in zip((one, other), names, strict=True):
            normal_dim(dim, 0, argument=name)
        return input
    first, second = place(shape, one, argument=names[0]), place(shape, other, argument=names[1])
    if first is None or second is None:
        return input.of(unknown_axes(shape))
    items = list(shape)
    items[first], items[second] = items[second], items[first]
    return input.of(tuple(items))


@computed("layout.t")
def t(input: Array, **_: Value) -> Result:
    """A matrix transposed; a vector stays."""
    require_axes(input.shape, 0, 2)
    if input.shape is None or rank(input.shape) is None:
        return input.of(None)
    return input.of(input.shape[::-1])


@computed("layout.reversed_axes")
def reversed_axes(input: Array, **_: Value) -> Result:
    """`x.T`: all axes in reverse order."""
    return input.of(None if input.shape is None else input.shape[::-1])


@computed("layout.hermitian")
def hermitian(input: Array, **_: Value) -> Result:
    """`x.H`: a matrix transposed, and conjugated."""
    if rank(input.shape) == 0:
        return input
    require_axes(input.shape, 2, 2)
    if rank(input.shape) == 1:
        raise Refused("has 1 axis, expected 2", "input")
    return input.of(None if input.shape is None or rank(input.shape) is None else input.shape[::-1])


@computed("layout.matrix_transpose")
def matrix_transpose(input: Array, **_: Value) -> Result:
    """`x.mT`: the last two axes change places."""
    if rank(input.shape) == 0:
        return input
    require_axes(input.shape, 2)
    return _swapped(input, number(-2), number(-1), ("input", "input"))


@computed("layout.permute")
def permute(input: Array, dims: Value, **_: Value) -> Result:
    """All axes in the order that `dims` says."""
    if isinstance(dims, tuple) and len(dims) == 1 and isinstance(dims[0], tuple):
        dims = dims[0]
    if isinstance(dims, Size):
        dims = (dims,)
    if not isinstance(dims, tuple):
        return input.of(unknown_axes(input.shape))
    shape = with_rank(input.shape, len(dims))
    if shape is None:
        assert input.shape is not None
        count = "1 axis" if len(dims) == 1 else f"{len(dims)} axes"
        raise Refused(f'names {count}, but "{format_shape(input.shape)}" has {len(input.shape)}', "dims")
    places = [normal_dim(dim, len(dims), argument="dims") for dim in dims]
    known = [at for at in places if at is not None]
    if len(set(known)) < len(known):
        raise Refused("names an axis twice", "dims")
    return input.of(tuple(ANY if at is None else shape[at] for at in places))


@computed("layout.movedim")
def movedim(input: Array, source: Value, destination: Value, **_: Value) -> Result:
    """Axes at other places, the remaining ones in their order."""
    sources, targets = dims_of(source), dims_of(destination)
    if sources is None or targets is None or input.shape is None:
        return input.of(unknown_axes(input.shape))
    if len(sources) != len(targets):
        raise Refused(f"names {len(sources)} axes, but destination {len(targets)}", "source")
    known = rank(input.shape)
    if known is None:
        is_single = len(sources) == 1
        return input.of(_moved_one(input.shape, sources[0], targets[0]) if is_single else None)
    places = [normal_dim(number(one), known, argument="source") for one in sources]
    wanted = [normal_dim(number(one), known, argument="destination") for one in targets]
    if len(set(places)) < len(places) or len(set(wanted)) < len(wanted):
        raise Refused("names an axis twice", "source" if len(set(places)) < len(places) else "destination")
    if not input.shape:
        return input
    left = iter([at for at in range(known) if at not in places])
    back = dict(zip(wanted, places, strict=True))
    order = [back[at] if at in back else next(left) for at in range(known)]
    return input.of(tuple(input.shape[at] for at in order if at is not None))


def _moved_one(shape: Shape, source: int, target: int) -> Shape | None:
    at = place(shape, number(source))
    axis = None if at is None else shape[at]
    if at is None or not isinstance(axis, SizedAxis):
        return None
    return inserted(replaced(shape, at), number(target), axis)


@computed("layout.flip")
def flip(input: Array, dims: Value = UNKNOWN, **_: Value) -> Result:
    """The entries along some axes in reverse order."""
    _distinct_dims(input, dims, "dims")
    return input


def _distinct_dims(input: Array, dims: Value, argument: str) -> list[int] | None:
    """The axes that are named.

    Raises:
        Refused: there is no such axis, or one is named twice.
    """
    if isinstance(dims, tuple) and len(dims) == 1 and isinstance(dims[0], tuple):
        dims = dims[0]
    found = dims_of(dims)
    known = rank(input.shape)
    if found is None or known is None:
        return None
    places = [normal_dim(number(one), known, argument=argument) for one in found]
    if len(set(places)) < len(places):
        raise Refused("names an axis twice", argument)
    return [one for one in places if one is not None]


@computed("layout.fliplr")
def fliplr(input: Array, **_: Value) -> Result:
    """The second axis in reverse order."""
    require_axes(input.shape, 2)
    return input


@computed("layout.flipud")
def flipud(input: Array, **_: Value) -> Result:
    """The first axis in reverse order."""
    require_axes(input.shape, 1)
    return input


@computed("layout.rot90")
def rot90(input: Array, k: Value = UNKNOWN, dims: Value = UNKNOWN, **_: Value) -> Result:
    """Turned by 90 degrees, `k` times, in the plane of two axes."""
    pair = dims_of(dims) if is_given("dims") else [0, 1]
    if pair is not None and len(pair) != 2:
        raise Refused(f"names {len(pair)} axes, expected 2", "dims")
    require_axes(input.shape, 2)
    times_ = int_of(k)
    if pair is None or input.shape is None:
        return input.of(unknown_axes(input.shape))
    places = [place(input.shape, number(one), argument="dims") for one in pair]
    if None not in places and places[0] == places[1]:
        raise Refused("names an axis twice", "dims")
    if times_ is not None and times_ % 2 == 0:
        return input
    if times_ is None:
        return input.of(unknown_axes(input.shape))
    return _swapped(input, number(pair[0]), number(pair[1]), ("dims", "dims"))


@computed("layout.roll")
def roll(input: Array, shifts: Value, dims: Value = (), **_: Value) -> Result:
    """The entries along some axes shifted around."""
    count = len(shifts) if isinstance(shifts, tuple) else 1 if isinstance(shifts, Size) else None
    if count == 0:
        raise Refused("is empty", "shifts")
    axes = dims_of(dims)
    if axes is None or count is None:
        return input
    if len(axes) != count and not (count == 1 and not axes):
        raise Refused(f"names {len(axes)} axes, for {count} shifts", "dims")
    if input.shape == () and axes:
        raise Refused(f"is {axes[0]}, but there is no axis", "dims")
    for axis in axes if rank(input.shape) is not None else ():
        normal_dim(number(axis), rank(input.shape), argument="dims")
    return input


# More of the same numbers


@computed("layout.expand")
def expand(input: Array, size: Value = UNKNOWN, **_: Value) -> Result:
    """Axes of size 1 repeated without copying; -1 leaves an axis as it is."""
    wanted = sizes_argument(size)
    return input.of(None if wanted is None else _expanded(input.shape, wanted, "size"))


@computed("layout.expand_as")
def expand_as(input: Array, other: Array, **_: Value) -> Result:
    """Expanded to the shape of another tensor."""
    if other.shape is None or rank(other.shape) is None:
        return input.of(other.shape)
    return input.of(_expanded(input.shape, other.shape, "other"))


def _expanded(shape: Shape | None, wanted: Shape, argument: str) -> Shape:
    known = rank(shape)
    if shape is not None and least_rank(shape) > len(wanted):
        raise Refused(f'asks for {len(wanted)} axes, but "{format_shape(shape)}" has {least_rank(shape)}', argument)
    if shape and _expands_beside(shape, wanted):
        text = format_shape(shape)
        suspect(f'puts a new axis in front of "{text}"; unsqueeze the axis that is to be expanded', argument)
    behind = 0 if shape is None else next((n for n, a in enumerate(shape[::-1]) if isinstance(a, Rest)), len(shape))
    result: list[SizedAxis] = []
    for at, axis in enumerate(wanted):
        assert isinstance(axis, SizedAxis)
        back = len(wanted) - at
        own = shape[-back] if shape is not None and back <= behind else None
        if isinstance(own, SizedAxis):
            result.append(_expanded_axis(own, axis, at, argument))
            continue
        constant = constant_of(axis)
        if constant is not None and (constant < -1 or (constant == -1 and known is not None)):
            raise Refused(f"has the size {constant} for the new axis {at}", argument)
        result.append(ANY if constant == -1 else axis)
    return tuple(result)


def _expands_beside(shape: Shape, wanted: Shape) -> bool:
    """Whether `b d` is expanded to `b t d`: axes are counted from behind, so that its `b` would become `t`."""
    first, new = shape[0], len(wanted) - len(shape)
    if new < 1 or rank(shape) is None or not isinstance(first, SizedAxis) or constant_of(first) == 1:
        return False
    ahead, meets = wanted[0], wanted[new]
    if first.size is None or not isinstance(ahead, SizedAxis) or not isinstance(meets, SizedAxis):
        return False
    is_kept = ahead.size == first.size and first.size.symbol is not None
    return is_kept and meets.size is not None and meets.size not in (first.size, number(-1))


def _expanded_axis(own: SizedAxis, wanted: SizedAxis, at: int, argument: str) -> SizedAxis:
    constant = constant_of(wanted)
    if constant == -1:
        return own
    if constant is not None and constant < -1:
        raise Refused(f"has the size {constant}", argument)
    if constant_of(own) == 1:
        return SizedAxis(wanted.size, own.label or wanted.label)
    if wanted.size is None:
        return own
    return require_equal(own, wanted, f"is {{right}} at axis {at}, which is {{left}} and not 1", argument)


@computed("layout.broadcast_tensors")
def broadcast_tensors(tensors: Value, **_: Value) -> Result:
    """Several tensors expanded to one shape."""
    if not isinstance(tensors, tuple):
        return UNKNOWN
    shape = broadcast([one.shape if isinstance(one, Array) else None for one in tensors])
    return tuple(one.of(shape) if isinstance(one, Array) else UNKNOWN for one in tensors)


@computed("layout.repeat")
def repeat(input: Array, repeats: Value = UNKNOWN, **_: Value) -> Result:
    """Each axis so many times; more numbers than axes make new axes in front."""
    wanted = sizes_argument(repeats)
    if wanted is None:
        return input.of(None)
    if least_rank(input.shape) > len(wanted):
        raise Refused(f"has {len(wanted)} numbers for {least_rank(input.shape)} axes", "repeats")
    return input.of(_repeated(input.shape, wanted, "repeats"))


@computed("layout.tile")
def tile(input: Array, dims: Value = UNKNOWN, **_: Value) -> Result:
    """Each axis so many times; fewer numbers than axes are about the last axes."""
    wanted = sizes_argument(dims)
    if wanted is None:
        return input.of(None)
    missing = least_rank(input.shape) - len(wanted)
    if rank(input.shape) is None and missing < 0:
        return input.of(None)
    if rank(input.shape) is None:
        tail = _repeated_tail(input.shape, wanted)
        return input.of(tail)
    return input.of(_repeated(input.shape, (*(ONE,) * max(missing, 0), *wanted), "dims"))


def _repeated_tail(shape: Shape | None, wanted: Shape) -> Shape | None:
    count = len(wanted)
    if shape is None or any(isinstance(axis, Rest) for axis in shape[len(shape) - count :]):
        return None
    return (*shape[: len(shape) - count], *_repeated(shape[len(shape) - count :], wanted, "dims"))


def _repeated(shape: Shape | None, wanted: Shape, argument: str) -> Shape:
    known = rank(shape)
    result: list[SizedAxis] = []
    for at, factor in enumerate(wanted):
        assert isinstance(factor, SizedAxis)
        if (constant_of(factor) or 0) < 0:
            raise Refused(f"has the number {constant_of(factor)}", argument)
        own: SizedAxis | Rest = ANY
        if shape is not None and known is not None:
            place_ = at - (len(wanted) - known)
            own = shape[place_] if place_ >= 0 else ONE
        assert isinstance(own, SizedAxis)
        result.append(own if constant_of(factor) == 1 else SizedAxis(times(own.size, factor.size), own.label))
    return tuple(result)


@computed("layout.repeat_interleave")
def repeat_interleave(
    input: Value = UNKNOWN, repeats: Value = UNKNOWN, dim: Value = None, output_size: Value = None, **_: Value
) -> Result:
    """Each entry along an axis so many times; without `dim`, of all entries in one axis."""
    if not isinstance(input, Array):
        return Array((SizedAxis(size_of(output_size)),)) if not is_given("input") else UNKNOWN
    if dim is not None and int_of(dim) is None:
        return input.of(None)
    if dim is None:
        shape: Shape | None = (merged(input.shape) if input.shape else ONE if input.shape == () else ANY,)
        at: int | None = 0
    else:
        shape = input.shape
        if shape == ():
            raise Refused(f"is {int_of(dim)}, but there is no axis", "dim")
        normal_dim(dim, rank(shape))
        at = place(shape, dim)
    if shape is None or at is None:
        return input.of(unknown_axes(input.shape))
    axis = shape[at]
    assert isinstance(axis, SizedAxis)
    size = _interleaved(axis, repeats, output_size)
    return input.of(replaced(shape, at, SizedAxis(size, axis.label)))


def _interleaved(axis: SizedAxis, repeats: Value, output_size: Value) -> Size | None:
    if not isinstance(repeats, Array):
        count = size_of(repeats)
        if (int_of(repeats) or 0) < 0:
            raise Refused(f"is {int_of(repeats)}", "repeats")
        return times(axis.size, count)
    require_axes(repeats.shape, 0, 1, "repeats")
    if repeats.dtype is not None and not repeats.dtype & {"int32", "int64"}:
        raise Refused("is neither int32 nor int64", "repeats", "dtype")
    if rank(repeats.shape) == 1 and repeats.shape:
        given = repeats.shape[0]
        assert isinstance(given, SizedAxis)
        if constant_of(given) != 1:
            require_equal(given, axis, "has {left} entries for an axis of {right}", "repeats")
    return size_of(output_size)


# Parts


@computed("layout.narrow")
@with_out
def narrow(input: Array, dim: Value, start: Value, length: Value, **_: Value) -> Result:
    """`length` entries of an axis, from `start` on."""
    if input.shape == ():
        raise Refused("has no axis", "input")
    axis, at = axis_at(input.shape, dim), place(input.shape, dim)
    if input.shape is None or axis is None or at is None:
        return input.of(unknown_axes(input.shape))
    first, count = size_of(start), size_of(length)
    if count is not None and (count.constant or 0) < 0:
        raise Refused(f"is {count}", "length")
    size, begin = constant_of(axis), int_of(start)
    if size is not None and begin is not None and not -size <= begin <= size:
        raise Refused(f"is {begin}, but the axis is {size}", "start")
    if begin is not None and begin < 0:
        first = plus(first, axis.size)
    excess = minus(plus(first, count), axis.size)
    if excess is not None and (excess.constant or 0) > 0:
        raise Refused(f"is {count} from {first} on, but the axis is {axis.size}", "length")
    kept = axis if count is not None and count == axis.size else SizedAxis(count, axis.label)
    return input.of(replaced(input.shape, at, kept))


@computed("layout.select")
@with_out
def select(input: Array, dim: Value, index: Value, **_: Value) -> Result:
    """One entry of an axis, which goes."""
    if input.shape == ():
        raise Refused("has no axis", "input")
    axis, at = axis_at(input.shape, dim), place(input.shape, dim)
    if input.shape is None or axis is None or at is None:
        known = rank(input.shape)
        return input.of(None if known is None else (ANY,) * (known - 1))
    require_index(axis, index, "index")
    return input.of(replaced(input.shape, at))


def require_index(axis: SizedAxis, index: Value, argument: str, which: str = "the axis") -> None:
    """See to it that an axis may have such an entry.

    Raises:
        Refused: it surely has not.
    """
    constant, size = int_of(index), constant_of(axis)
    if constant is not None and size is not None and not -size <= constant < size:
        raise Refused(f"is {constant}, but {which} is {size}", argument)
    given = size_of(index)
    behind = minus(given, axis.size)
    if constant is None and behind is not None and behind.constant is not None and behind.constant >= 0:
        raise Refused(f"is {given}, but {which} is {axis.size}", argument)


@computed("layout.unbind")
def unbind(input: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """The entries of an axis one by one."""
    if input.shape == ():
        raise Refused("has no axis", "input")
    at, count = place(input.shape, dim), constant_of(axis_at(input.shape, dim))
    if input.shape is None or at is None:
        known = rank(input.shape)
        return Many(input.of(None if known is None else (ANY,) * (known - 1)))
    item = input.of(replaced(input.shape, at))
    return Many(item) if count is None else (item,) * count


@computed("layout.split_function")
def split_function(tensor: Array, split_size_or_sections: Value, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`torch.split`."""
    return _split(tensor, split_size_or_sections, dim, "split_size_or_sections")


@computed("layout.split")
def split(input: Array, split_size: Value, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`x.split(3)`, `x.split([1, 2])`."""
    return _split(input, split_size, dim, "split_size")


@computed("layout.split_with_sizes")
def split_with_sizes(input: Array, split_sizes: Value, dim: Value = UNKNOWN, **_: Value) -> Result:
    """Parts of the sizes that are given."""
    return _split(input, split_sizes, dim, "split_sizes")


def _split(input: Array, wanted: Value, dim: Value, argument: str) -> Result:
    if input.shape == ():
        raise Refused("has no axis to split", "input")
    axis, at = axis_at(input.shape, dim), place(input.shape, dim)
    if isinstance(wanted, tuple):
        parts = [size_of(item) for item in wanted]
        if axis is not None:
            _require_parts(parts, axis, argument)
    else:
        parts_or_none = _equal_parts(axis, size_of(wanted), argument)
        if parts_or_none is None:
            return Many(_part(input, at, None))
        parts = parts_or_none
    return tuple(_part(input, at, part) for part in parts)


def _part(input: Array, at: int | None, size: Size | None) -> Array:
    if input.shape is None or at is None:
        return input.of(unknown_axes(input.shape))
    axis = input.shape[at]
    assert isinstance(axis, SizedAxis)
    return input.of(replaced(input.shape, at, SizedAxis(size, axis.label)))


def _require_parts(parts: Sequence[Size | None], axis: SizedAxis, argument: str) -> None:
    total: Size | None = number(0)
    for part in parts:
        if part is not None and (part.constant or 0) < 0:
            raise Refused(f"has the size {part}", argument)
        total = plus(total, part)
    if sizes_differ(total, axis.size):
        raise Refused(f"adds up to {total}, but the axis is {axis.size}", argument)


def _equal_parts(axis: SizedAxis | None, size: Size | None, argument: str) -> list[Size | None] | None:
    """The sizes of parts of `size` each, the last of them perhaps smaller; None where their number is unknown."""
    if size is not None and (size.constant or 0) < 0:
        raise Refused(f"is {size}", argument)
    if axis is None or axis.size is None or size is None:
        return None
    total = axis.size.constant
    if size.constant == 0:
        if total:
            raise Refused(f"is 0, but the axis is {total}", argument)
        return None if total is None else [axis.size]
    if total is not None and size.constant is not None:
        return _cut(total, size.constant)
    count = divided(axis.size, size)
    return None if count is None or count.constant is None else [size] * count.constant


def _cut(total: int, size: int) -> list[Size | None]:
    starts = range(0, total, size) if total else range(1)
    return [number(min(size, total - start)) for start in starts]


@computed("layout.chunk")
def chunk(input: Array, chunks: Value, dim: Value = UNKNOWN, **_: Value) -> Result:
    """So many parts, the last of them perhaps smaller. Small axes give fewer; a named one counts as long enough."""
    if input.shape == ():
        raise Refused("has no axis to split", "input")
    axis, at, count = axis_at(input.shape, dim), place(input.shape, dim), int_of(chunks)
    if count is None:
        return Many(_part(input, at, None))
    if count <= 0:
        raise Refused(f"is {count}", "chunks")
    if axis is None or axis.size is None:
        return Many(_part(input, at, None))
    if axis.size.constant == 0:
        return (_part(input, at, axis.size),) * count
    if axis.size.constant is not None:
        parts = _cut(axis.size.constant, -(-axis.size.constant // count))
    else:
        each = divided(axis.size, number(count)) or over(add(axis.size, number(count - 1)), number(count))
        parts = [each] * (count - 1)
        parts.append(minus(axis.size, times(each, number(count - 1))))
    return tuple(_part(input, at, part) for part in parts)


@computed("layout.tensor_split")
def tensor_split(
    input: Array,
    tensor_indices_or_sections: Value = UNKNOWN,
    sections: Value = UNKNOWN,
    indices: Value = UNKNOWN,
    dim: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """So many parts, the first of them perhaps one longer; or parts between indices."""
    if input.shape == ():
        raise Refused("has no axis to split", "input")
    at = place(input.shape, dim)
    given = indices if is_given("indices") else sections if is_given("sections") else tensor_indices_or_sections
    return _split_at(input, at, given, is_even=False)


@computed("layout.hsplit")
def hsplit(input: Array, sections: Value = UNKNOWN, indices: Value = UNKNOWN, **_: Value) -> Result:
    """Along the second axis, or the only one."""
    require_axes(input.shape, 1)
    known = rank(input.shape)
    dim = None if known is None and least_rank(input.shape) < 2 else 0 if known == 1 else 1
    at = None if dim is None else place(input.shape, number(dim))
    return _split_at(input, at, indices if is_given("indices") else sections, is_even=True)


@computed("layout.vsplit")
def vsplit(input: Array, sections: Value = UNKNOWN, indices: Value = UNKNOWN, **_: Value) -> Result:
    """Along the first axis."""
    require_axes(input.shape, 2)
    given = indices if is_given("indices") else sections
    return _split_at(input, place(input.shape, number(0)), given, is_even=True)


@computed("layout.dsplit")
def dsplit(input: Array, sections: Value = UNKNOWN, indices: Value = UNKNOWN, **_: Value) -> Result:
    """Along the third axis."""
    require_axes(input.shape, 3)
    given = indices if is_given("indices") else sections
    at = place(input.shape, number(2)) if rank(input.shape) is None or input.shape else None
    return _split_at(input, at, given, is_even=True)


def _split_at(input: Array, at: int | None, given: Value, *, is_even: bool) -> Result:
    found = None if input.shape is None or at is None else input.shape[at]
    axis = found if isinstance(found, SizedAxis) else None
    if isinstance(given, tuple):
        return tuple(_part(input, at, size) for size in _sizes_between(axis or ANY, given))
    count = int_of(given)
    if count is None:
        return Many(_part(input, at, None))
    if count <= 0:
        raise Refused(f"is {count}", "sections")
    size = None if axis is None else axis.size
    if size is not None and size.constant is not None and is_even and size.constant % count:
        raise Refused(f"is {count}, which does not divide {size}", "sections")
    each = None if size is None else divided(size, number(count))
    if each is not None or is_even:
        return (_part(input, at, each or over(size, number(count))),) * count
    sizes = [over(plus(size, number(count - 1 - place_)), number(count)) for place_ in range(count)]
    return tuple(_part(input, at, one) for one in sizes)


def _sizes_between(axis: SizedAxis, indices: tuple[Value, ...]) -> list[Size | None]:
    """The lengths of `x[:i]`, `x[i:j]`, ..., `x[k:]`."""
    from neuraltypes.rules.indexing import sliced

    edges = [None, *indices, None]
    return [sliced(axis, start, stop, None).size for start, stop in itertools.pairwise(edges)]


@computed("layout.unfold_axis")
def unfold_axis(input: Array, dimension: Value, size: Value, step: Value, **_: Value) -> Result:
    """Windows of `size` along an axis, every `step`: their number replaces the axis, their entries become the last."""
    width, every = size_of(size), size_of(step)
    if width is not None and (width.constant or 0) < 0:
        raise Refused(f"is {width}", "size")
    if every is not None and every.constant is not None and every.constant <= 0:
        raise Refused(f"is {every}", "step")
    if input.shape == ():
        normal_dim(dimension, 0, argument="dimension")
        if width is not None and (width.constant or 0) > 1:
            raise Refused(f"is {width}, but there is only one entry", "size")
        return input.of((SizedAxis(width),))
    axis = axis_at(input.shape, dimension, argument="dimension")
    at = place(input.shape, dimension, argument="dimension")
    if input.shape is None or axis is None or at is None:
        known = unknown_axes(input.shape)
        return input.of(None if known is None else (*known, SizedAxis(width)))
    room = minus(axis.size, width)
    if room is not None and (room.constant or 0) < 0:
        raise Refused(f"is {width}, but the axis is {axis.size}", "size")
    count = plus(over(room, every), number(1))
    return input.of((*replaced(input.shape, at, SizedAxis(count, axis.label)), SizedAxis(width)))


@computed("layout.as_strided")
def as_strided(input: Array, size: Value, stride: Value, **_: Value) -> Result:
    """Any view of the memory behind a tensor."""
    wanted = sizes_argument(size)
    if wanted is not None and isinstance(stride, tuple) and len(stride) != len(wanted):
        raise Refused(f"has {len(stride)} numbers for {len(wanted)} axes", "stride")
    return input.of(wanted)


# Diagonals


@computed("layout.diagonal")
def diagonal(input: Array, offset: Value = UNKNOWN, dim1: Value = UNKNOWN, dim2: Value = UNKNOWN, **_: Value) -> Result:
    """The entries where two axes have the same index; they become the last axis."""
    if input.shape == ():
        raise Refused("has no axes", "input")
    first, second = place(input.shape, dim1, argument="dim1"), place(input.shape, dim2, argument="dim2")
    if first is not None and first == second:
        raise Refused("is the same axis as dim1", "dim2")
    if input.shape is None or first is None or second is None:
        known = rank(input.shape)
        return input.of(None if known is None else (ANY,) * (known - 1))
    rows, columns = input.shape[first], input.shape[second]
    assert isinstance(rows, SizedAxis)
    assert isinstance(columns, SizedAxis)
    left = tuple(axis for at, axis in enumerate(input.shape) if at not in (first, second))
    return input.of((*left, SizedAxis(_diagonal_size(rows.size, columns.size, int_of(offset)))))


def _diagonal_size(rows: Size | None, columns: Size | None, offset: int | None) -> Size | None:
    if rows is None or columns is None or offset is None:
        return None
    down, right = add(rows, number(min(offset, 0))), add(columns, number(-max(offset, 0)))
    difference = minus(down, right)
    if down is None or right is None or difference is None or difference.constant is None:
        return None
    shorter = down if difference.constant <= 0 else right
    return number(max(shorter.constant, 0)) if shorter.constant is not None else shorter


@computed("layout.diag")
@with_out
def diag(input: Array, diagonal: Value = UNKNOWN, **_: Value) -> Result:
    """The diagonal of a matrix, or the matrix that has a vector as its diagonal."""
    require_axes(input.shape, 1, 2)
    shape = input.shape
    if shape is None or rank(shape) is None:
        return input.of(None)
    first = shape[0]
    assert isinstance(first, SizedAxis)
    if len(shape) == 1:
        return input.of((_square_axis(first.size, diagonal),) * 2)
    second = shape[1]
    assert isinstance(second, SizedAxis)
    return input.of((SizedAxis(_diagonal_size(first.size, second.size, int_of(diagonal))),))


def _square_axis(size: Size | None, offset: Value) -> SizedAxis:
    shift = int_of(offset)
    return SizedAxis(None if shift is None else plus(size, number(abs(shift))))


@computed("layout.diagflat")
def diagflat(input: Array, offset: Value = UNKNOWN, **_: Value) -> Result:
    """The matrix that has all entries as its diagonal."""
    return input.of((_square_axis(numel(input.shape), offset),) * 2)


@computed("layout.diag_embed")
def diag_embed(
    input: Array, offset: Value = UNKNOWN, dim1: Value = UNKNOWN, dim2: Value = UNKNOWN, **_: Value
) -> Result:
    """The last axis as the diagonal of two new ones."""
    known = rank(input.shape)
    if known == 0:
        raise Refused("has no axes", "input")
    if input.shape is None or known is None:
        is_default = int_of(dim1) == -2 and int_of(dim2) == -1
        last = axis_at(input.shape, number(-1))
        if is_default and input.shape is not None and last is not None:
            return input.of((*input.shape[:-1], *(_square_axis(last.size, offset),) * 2))
        return input.of(None)
    first = normal_dim(dim1, known + 1, argument="dim1")
    second = normal_dim(dim2, known + 1, argument="dim2")
    if first is not None and first == second:
        raise Refused("is the same axis as dim1", "dim2")
    if first is None or second is None:
        return input.of((ANY,) * (known + 1))
    own = input.shape[-1]
    assert isinstance(own, SizedAxis)
    square, others = _square_axis(own.size, offset), iter(input.shape[:-1])
    return input.of(tuple(square if at in (first, second) else next(others) for at in range(known + 1)))


# Grids


@computed("layout.meshgrid")
def meshgrid(tensors: Value, indexing: Value = None, **_: Value) -> Result:
    """Each vector over a grid that has an axis for each of them."""
    items = tensors
    if isinstance(tensors, tuple) and len(tensors) == 1 and isinstance(tensors[0], tuple):
        items = tensors[0]
    if not isinstance(items, tuple) or not all(isinstance(one, Array) for one in items):
        return UNKNOWN
    vectors = [one for one in items if isinstance(one, Array)]
    if not vectors:
        raise Refused("is empty", "tensors")
    if isinstance(indexing, str) and indexing not in ("ij", "xy"):
        raise Refused('is neither "ij" nor "xy"', "indexing")
    require_one_dtype(vectors, "tensors")
    axes = [_vector_axis(one.shape) for one in vectors]
    if indexing == "xy" and len(axes) > 1:
        axes[:2] = axes[1::-1]
    elif indexing not in ("ij", None):
        axes = [ANY] * len(axes)
    return tuple(one.of(tuple(axes)) for one in vectors)


def require_one_dtype(vectors: Sequence[Array], argument: str) -> None:
    """See to it that tensors may have one dtype.

    Raises:
        Refused: they surely have not.
    """
    common = vectors[0].dtype
    for one in vectors[1:]:
        if common is not None and one.dtype is not None and not common & one.dtype:
            raise Refused("mixes dtypes", argument, "dtype")
        common = one.dtype if common is None else common if one.dtype is None else common & one.dtype


def _vector_axis(shape: Shape | None, *, least: int = 0) -> SizedAxis:
    require_axes(shape, least, 1, "tensors")
    if shape is None or rank(shape) is None:
        return ANY
    axis = shape[0] if shape else ONE
    assert isinstance(axis, SizedAxis)
    return axis


@computed("layout.cartesian_prod")
def cartesian_prod(tensors: Value, **_: Value) -> Result:
    """All combinations of entries of several vectors, one in each row."""
    if not isinstance(tensors, tuple) or not all(isinstance(one, Array) for one in tensors):
        return UNKNOWN
    vectors = [one for one in tensors if isinstance(one, Array)]
    if not vectors:
        raise Refused("is empty", "tensors")
    axes = [_vector_axis(one.shape, least=1) for one in vectors]
    if len(vectors) == 1:
        return vectors[0].of(tuple(axes))
    require_one_dtype(vectors, "tensors")
    elements = {one.element for one in vectors}
    result = vectors[0].of((SizedAxis(numel(axes)), SizedAxis(number(len(vectors)))))
    return result if len(elements) == 1 else result.plain(result.shape)


@computed("layout.combinations")
def combinations(input: Array, r: Value = UNKNOWN, with_replacement: Value = False, **_: Value) -> Result:
    """All choices of `r` entries of a vector, one in each row."""
    require_axes(input.shape, 1, 1)
    count = int_of(r)
    if count is not None and count < 0:
        raise Refused(f"is {count}", "r")
    size = constant_of(_vector_axis(input.shape))
    rows: Size | None = None
    if size is not None and count is not None and isinstance(with_replacement, bool):
        rows = number(math.comb(size + count - 1 if with_replacement and size else size, count))
    if not count:
        return input.of(None if count is None else (SizedAxis(number(0)),))
    return input.of((SizedAxis(rows), SizedAxis(size_of(r))))


# Pixels and patches


@computed("layout.pixel_shuffle")
def pixel_shuffle(input: Array, upscale_factor: Value, **_: Value) -> Result:
    """Channels become pixels: `c*r*r h w` to `c h*r w*r`."""
    factor = size_of(upscale_factor)
    _require_factor(factor, "upscale_factor")
    require_axes(input.shape, 3)
    return input.of(_image(input.shape, lambda c, h, w: _shuffled(c, h, w, factor)))


@computed("layout.pixel_unshuffle")
def pixel_unshuffle(input: Array, downscale_factor: Value, **_: Value) -> Result:
    """Pixels become channels: `c h*r w*r` to `c*r*r h w`."""
    factor = size_of(downscale_factor)
    _require_factor(factor, "downscale_factor")
    require_axes(input.shape, 3)
    return input.of(_image(input.shape, lambda c, h, w: _unshuffled(c, h, w, factor)))


def _require_factor(factor: Size | None, argument: str) -> None:
    if factor is not None and factor.constant is not None and factor.constant <= 0:
        raise Refused(f"is {factor}", argument)


_Image = tuple[Size | None, Size | None, Size | None]


def _image(shape: Shape | None, change: Callable[[Size | None, Size | None, Size | None], _Image]) -> Shape | None:
    """A shape with other sizes for its last three axes, if they are known to be there."""
    if shape is None or least_rank(shape) < 3 or any(isinstance(axis, Rest) for axis in shape[-3:]):
        return None if shape is None or rank(shape) is None else shape
    axes = [axis for axis in shape[-3:] if isinstance(axis, SizedAxis)]
    sizes = change(axes[0].size, axes[1].size, axes[2].size)
    new = [SizedAxis(size, axis.label) for size, axis in zip(sizes, axes, strict=True)]
    return (*shape[:-3], *new)


def _shuffled(channels: Size | None, height: Size | None, width: Size | None, factor: Size | None) -> _Image:
    square = times(factor, factor)
    _require_divisible(channels, square, "axis -3", "input")
    return over(channels, square), times(height, factor), times(width, factor)


def _unshuffled(channels: Size | None, height: Size | None, width: Size | None, factor: Size | None) -> _Image:
    _require_divisible(height, factor, "axis -2", "input")
    _require_divisible(width, factor, "axis -1", "input")
    return times(channels, times(factor, factor)), over(height, factor), over(width, factor)


def _require_divisible(size: Size | None, divisor: Size | None, which: str, argument: str) -> None:
    left, right = (None if one is None else one.constant for one in (size, divisor))
    if left is not None and right and left % right:
        raise Refused(f"{which} is {left}, expected a multiple of {right}", argument)


@computed("layout.channel_shuffle")
def channel_shuffle(input: Array, groups: Value, **_: Value) -> Result:
    """The channels of several groups mixed."""
    count = size_of(groups)
    require_axes(input.shape, 3)
    _require_factor(count, "groups")
    channels = axis_at(input.shape, number(1)) if input.shape else None
    _require_divisible(None if channels is None else channels.size, count, "axis 1", "input")
    return input


@computed("layout.pixel_shuffle_module")
def pixel_shuffle_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.PixelShuffle`."""
    return pixel_shuffle(input, config.get("upscale_factor", UNKNOWN))


@computed("layout.pixel_unshuffle_module")
def pixel_unshuffle_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.PixelUnshuffle`."""
    return pixel_unshuffle(input, config.get("downscale_factor", UNKNOWN))


@computed("layout.channel_shuffle_module")
def channel_shuffle_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.ChannelShuffle`."""
    return channel_shuffle(input, config.get("groups", UNKNOWN))


def _pair(value: Value, argument: str, least: int) -> tuple[Size | None, Size | None]:
    """A number, or two, for height and width.

    Raises:
        Refused: it is below `least`, or there are not one or two.
    """
    items = value if isinstance(value, tuple) else (value, value)
    items = items * 2 if len(items) == 1 else items
    if len(items) != 2:
        raise Refused(f"has {len(items)} numbers, expected 2", argument)
    found = size_of(items[0]), size_of(items[1])
    for size in found:
        if size is not None and size.constant is not None and size.constant < least:
            raise Refused(f"is {size}", argument)
    return found


class _Patches:
    """How an image is cut: kernels, dilation, padding and stride, each for height and width."""

    def __init__(self, kernel_size: Value, dilation: Value, padding: Value, stride: Value) -> None:
        self.kernel = _pair(kernel_size, "kernel_size", 1)
        self.dilation = _pair(dilation, "dilation", 1)
        self.padding = _pair(padding, "padding", 0)
        self.stride = _pair(stride, "stride", 1)

    @property
    def area(self) -> Size | None:
        return times(*self.kernel)

    def count(self, image: Sequence[Size | None], argument: str) -> Size | None:
        """The number of patches in an image of that size."""
        total: Size | None = number(1)
        for axis, size in enumerate(image):
            reach = times(self.dilation[axis], plus(self.kernel[axis], number(-1)))
            room = minus(plus(size, times(self.padding[axis], number(2))), plus(reach, number(1)))
            along = plus(over(room, self.stride[axis]), number(1))
            if along is not None and along.constant is not None and along.constant <= 0:
                raise Refused(f"is too small for a kernel of {self.kernel[axis]}", argument)
            total = times(total, along)
        return total


@computed("layout.unfold")
def unfold(
    input: Array,
    kernel_size: Value,
    dilation: Value = UNKNOWN,
    padding: Value = UNKNOWN,
    stride: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """Patches of an image as columns: `b c h w` to `b c*k l`."""
    patches = _Patches(kernel_size, dilation, padding, stride)
    require_axes(input.shape, 3, 4)
    if input.shape is None or rank(input.shape) is None:
        return input.of((ANY, ANY, ANY)) if least_rank(input.shape) == 4 else input.of(None)
    *front, channels, height, width = (axis for axis in input.shape if isinstance(axis, SizedAxis))
    count = patches.count((height.size, width.size), "input")
    return input.of((*front, SizedAxis(times(channels.size, patches.area)), SizedAxis(count)))


@computed("layout.fold")
def fold(
    input: Array,
    output_size: Value,
    kernel_size: Value,
    dilation: Value = UNKNOWN,
    padding: Value = UNKNOWN,
    stride: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """Columns summed into an image: `b c*k l` to `b c h w`."""
    patches = _Patches(kernel_size, dilation, padding, stride)
    image = _pair(output_size, "output_size", 1)
    require_axes(input.shape, 2, 3)
    if input.shape is None or rank(input.shape) is None:
        return input.plain(None)
    *front, columns, blocks = (axis for axis in input.shape if isinstance(axis, SizedAxis))
    _require_divisible(columns.size, patches.area, "axis -2", "input")
    expected = patches.count(image, "output_size")
    require_equal(blocks, SizedAxis(expected), "axis -1 is {left}, expected {right}", "input")
    sizes = (over(columns.size, patches.area), *image)
    return input.plain((*front, *map(SizedAxis, sizes)))


_PATCH_OPTIONS: Final = ("kernel_size", "dilation", "padding", "stride")


@computed("layout.unfold_module")
def unfold_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Unfold`."""
    return unfold(input, **{name: config.get(name, UNKNOWN) for name in _PATCH_OPTIONS})


@computed("layout.fold_module")
def fold_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Fold`."""
    names = ("output_size", *_PATCH_OPTIONS)
    return fold(input, **{name: config.get(name, UNKNOWN) for name in names})
