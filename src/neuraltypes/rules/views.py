"""The same numbers with other axes: views, axes as one, axes as several, axes of size 1.

Sources: https://docs.pytorch.org/docs/stable/tensor_view.html,
https://docs.pytorch.org/docs/stable/generated/torch.Tensor.view.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from neuraltypes._sizes import Size, Symbol, floor_divide, number
from neuraltypes._unify import Rest, Shape, SizedAxis, axes_of, format_shape
from neuraltypes.kinds import BATCH, kinds_of
from neuraltypes.rules._arithmetic import divided, shared_out, times
from neuraltypes.rules._context import is_given, sizes_differ, suspect
from neuraltypes.rules._orders import crosses, cuts_across
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    ONE,
    axis_at,
    constant_of,
    dims_of,
    inserted,
    int_of,
    least_rank,
    merged,
    normal_dim,
    numel,
    place,
    rank,
    replaced,
    rests,
    sizes_argument,
)
from neuraltypes.rules._values import UNKNOWN, Array, Config, DType, DTypes, Refused, Result, Value

_ITEM_BITS: Final = {
    **dict.fromkeys(("bool", "int8", "uint8"), 8),
    **dict.fromkeys(("int16", "uint16", "float16", "bfloat16"), 16),
    **dict.fromkeys(("int32", "uint32", "float32", "complex32"), 32),
    **dict.fromkeys(("int64", "uint64", "float64", "complex64"), 64),
    "complex128": 128,
}


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
    kept = _with_kept_axes(input.shape, shape)
    return input.of(_without_order(input.shape, kept) if _shifts(input.shape, shape) else kept)


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
    front, back = _shared_ends(old, new)
    return (*old[:front], *new[front : len(new) - back], *old[len(old) - back :])


def _shared_ends(old: Shape, new: Shape) -> tuple[int, int]:
    """How many axes are the same at the front, and of the others at the back."""
    count = min(len(old), len(new))
    front = next((n for n in range(count) if not _is_same(old[n], new[n])), count)
    back = next((n for n in range(count - front) if not _is_same(old[-1 - n], new[-1 - n])), count - front)
    return front, back


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
    if is_other_order or any(test(old, new) for test in _OTHERWISE):
        suspect(
            f'sees "{format_shape(old)}" as "{format_shape(new)}" without moving a number; '
            "transpose or permute puts axes in another order",
            argument,
            code="kind",
        )


def _shifts(old: Shape, new: Shape) -> bool:
    """Whether rows are read across their ends, as a relative shift does: `q k+1` as `k+1 q`."""
    before, after = _named_sizes(old), _named_sizes(new)
    if before is None or after is None or before == after or not any(len(size.terms) > 1 for size in before):
        return False
    names = {symbol for size in (*before, *after) for symbol in size.symbols()}
    return len(names) > 1 and sorted(map(repr, before)) == sorted(map(repr, after))


def _without_order(old: Shape, new: Shape) -> Shape:
    """A shape whose axes in the middle are unknown: they are none of those before, whatever their sizes say."""
    front, back = _shared_ends(old, new)
    return (*new[:front], *(ANY,) * (len(new) - front - back), *new[len(new) - back :])


def _tears(old: Shape, new: Shape) -> bool:
    """Whether an axis that both shapes name has other numbers behind each place of it: `b t 64` as `b 4 t 16`."""
    names, others = _lone_names(old), _lone_names(new)
    return any(
        sizes_differ(numel(old[names[name] + 1 :]), numel(new[others[name] + 1 :])) for name in names.keys() & others
    )


def _groups_the_last(old: Shape, new: Shape) -> bool:
    """Whether the numbers of an axis are looked for behind those after it: `b 180 h w` as `b 9*h*w 20`."""
    front = next((n for n, (one, other) in enumerate(zip(old, new, strict=False)) if not _is_same(one, other)), 0)
    before, after = old[front:], new[front:]
    if len(before) < 2 or len(after) != 2:
        return False
    entries, last = constant_of(before[0]), constant_of(after[1])
    are_named = all(isinstance(axis, SizedAxis) and axis.size and axis.size.symbol for axis in before[1:])
    return are_named and entries is not None and last is not None and last > 1 and entries % last == 0


def _takes_channels_for_rows(old: Shape, new: Shape) -> bool:
    """Whether what stands ahead of named axes becomes the last one, and all else is one: `b 10 t` as `b*t 10`."""
    width = constant_of(new[-1]) if len(new) == 2 else None
    sizes = [constant_of(axis) for axis in old]
    if width is None or width < 2 or sizes.count(width) != 1 or len(sizes) < 3:
        return False
    at = sizes.index(width)
    return 0 < at < len(sizes) - 1 and all(size is None for size in sizes[at + 1 :])


def _lone_names(shape: Shape) -> dict[Symbol, int]:
    """The names that are an axis and are part of no other axis, with their places."""
    sizes = [axis.size for axis in shape if isinstance(axis, SizedAxis) and axis.size is not None]
    counted = Counter(symbol for size in sizes for symbol in set(size.symbols()))
    return {size.symbol: at for at, size in enumerate(sizes) if size.symbol is not None and counted[size.symbol] == 1}


_OTHERWISE: Final = (_tears, _groups_the_last, _takes_channels_for_rows, crosses, cuts_across)


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
    return Array(replaced(input.shape, last, SizedAxis(shared_out(size, number(after)), axis.label)), names)


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
        start = first if first in rests(shape) else place(shape, start_dim)
        end = len(shape) - 1 if last == -1 else place(shape, end_dim)
    if start is None or end is None:
        return None
    if start > end:
        raise Refused(f"is {first}, behind end_dim ({last})", "start_dim")
    return (*shape[:start], merged(shape[start : end + 1]), *shape[end + 1 :])


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
    open_places = {at for at in wanted if constant_of(shape[at]) is None} | rests(shape)
    before = tuple(shape[at] for at in left if at < min(open_places))
    return (*before, Rest(), *(shape[at] for at in left if at > max(open_places)))


@computed("layout.unsqueeze")
def unsqueeze(input: Array, dim: Value, **_: Value) -> Result:
    """A new axis of size 1."""
    return input.of(inserted(input.shape, dim, ONE))


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
