"""Picking entries: `x[...]`, gather and scatter, masks, sorting, searching.

Sources: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops,
https://numpy.org/doc/stable/user/basics.indexing.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis, axes_of, format_shape
from neuraltypes.kinds import BATCH, kinds_of
from neuraltypes.rules._arithmetic import is_at_most, minus, plus, shared_out
from neuraltypes.rules._context import is_given, sizes_differ, suspect
from neuraltypes.rules._dtypes import BOOL, COMPLEX, INT64
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    ONE,
    axis_at,
    broadcast,
    broadcast_axis,
    constant_of,
    indices_by_axis,
    int_of,
    is_unknown,
    least_rank,
    merged,
    normal_dim,
    numel,
    place,
    rank,
    replaced,
    require_axes,
    require_equal,
    size_of,
    unknown_axes,
    with_out,
)
from neuraltypes.rules._values import SOME_INT, UNKNOWN, Array, DTypes, Produced, Refused, Result, Slice, Unknown, Value
from neuraltypes.rules.parts import require_index

_MASKS: Final = frozenset({"bool", "uint8"})
_INDICES: Final = frozenset({"int32", "int64"})
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


def _is_inside(last: Size, size: Size | None) -> bool:
    """Whether an axis has so many entries: by its name, or because it is a number and the wish is not."""
    if size is None:
        return False
    return is_at_most(last, size) or (size.constant is not None and last.constant is None)


# Indices between brackets


@dataclass(frozen=True, slots=True)
class _Picked:
    """An index tensor that stands for some axes in a row, of which it makes those of its own shape."""

    shape: Shape | None


@dataclass(slots=True)
class _Indexed:
    """The axes behind an index so far, those that tensors pick still marked, and the numbers that lists name."""

    axes: list[SizedAxis | Rest | _Picked]
    named: list[tuple[SizedAxis, Value, str]]


@computed("indexing.get_item")
def get_item(self: Array, indices: Value, **_: Value) -> Result:
    """`x[...]`."""
    if _is_whole_mask(indices, self):
        reason = "is a mask of whole numbers, which picks the entries 0 and 1 over and over; write mask.bool()"
        suspect(reason, "indices", code="dtype")
    shape = indexed_shape(self.shape, indices)
    return self.resampled(shape) if _leaves_out(self.shape, indices) else self.of(shape)


def _leaves_out(shape: Shape | None, indices: Value) -> bool:
    """Whether an index takes every second entry, or so, of an axis that is no batch."""
    steps = [item.step if isinstance(item, Slice) else None for item in _items(indices)]
    is_batch = bool(shape) and shape is not None and kinds_of(axes_of(shape))[0] == BATCH
    return any(step is not None and int_of(step) != 1 for step in (steps[1:] if is_batch else steps))


def _items(indices: Value) -> tuple[Value, ...]:
    return indices if isinstance(indices, tuple) else (indices,)


def _is_whole_mask(indices: Value, own: Array) -> bool:
    """Whether an index is called a mask and goes along the first axes, but holds whole numbers."""
    if (
        not isinstance(indices, Array)
        or not isinstance(indices.element, Produced)
        or not indices.shape
        or not own.shape
    ):
        return False
    is_along = indices.element.name == "MaskType" and own.shape[: len(indices.shape)] == indices.shape
    return is_along and all(isinstance(axis, SizedAxis) and axis.size is not None for axis in indices.shape)


@computed("indexing.set_item")
def set_item(self: Array, indices: Value, value: Value, **_: Value) -> Result:
    """`x[...] = value`: the value must broadcast to what the index picks."""
    shape = indexed_shape(self.shape, indices)
    if isinstance(value, Array):
        _require_fits(value.shape, shape, "value")
        if _has_tensors(indices) and rank(value.shape) != 0:
            _require_same_dtype(self, value, "value")
    return self


def _has_tensors(indices: Value) -> bool:
    return any(
        isinstance(item, tuple) or (isinstance(item, Array) and rank(item.shape) != 0) for item in _items(indices)
    )


def _require_same_dtype(one: Array, other: Array, argument: str) -> None:
    if one.dtype is not None and other.dtype is not None and not one.dtype & other.dtype:
        from neuraltypes.rules._apply import dtypes_text

        raise Refused(f"is {dtypes_text(other.dtype)}, expected {dtypes_text(one.dtype)}", argument, "dtype")


def _require_fits(given: Shape | None, wanted: Shape | None, argument: str) -> None:
    """See to it that a shape broadcasts to another; axes of size 1 in front do not count.

    Raises:
        Refused: it surely does not.
    """
    if given is None or wanted is None or rank(given) is None:
        return
    own = list(given)
    while own and rank(wanted) is not None and len(own) > len(wanted) and constant_of(own[0]) in (1, None):
        own.pop(0)
    reason = f'is "{format_shape(given)}", which does not broadcast to "{format_shape(wanted)}"'
    if rank(wanted) is not None and len(own) > len(wanted):
        raise Refused(reason, argument)
    for one, other in zip(reversed(own), reversed(wanted), strict=False):
        if isinstance(one, Rest) or isinstance(other, Rest):
            return
        if constant_of(one) != 1 and sizes_differ(one.size, other.size):
            raise Refused(reason, argument)


def indexed_shape(shape: Shape | None, indices: Value) -> Shape | None:
    """The shape of `x[indices]`.

    Raises:
        Refused: torch takes no such index.
    """
    items: list[Value] = list(indices) if isinstance(indices, tuple) else [indices]
    if sum(item is Ellipsis for item in items) > 1:
        items = _without_second_ellipsis(items)
    counts = [_axes_taken(item) for item in items]
    if shape is None or None in counts:
        return None
    cut = items.index(Ellipsis) if Ellipsis in items else len(items)
    taken = [count or 0 for count in counts]
    total, known = sum(taken), rank(shape)
    if known is not None and total > known:
        axes = "1 axis" if known == 1 else f"{known} axes"
        raise Refused(f"has {total} entries, for {axes}", "indices")
    left, middle, right = _parts(shape, sum(taken[:cut]), sum(taken[cut:]))
    found = _Indexed([], [])
    _index_axes(found, items[:cut], left, 0)
    found.axes += middle
    _index_axes(found, items[cut + 1 :], right, -len(right))
    result = _placed(found.axes)
    if result is None or all(constant_of(axis) != 0 for axis in result):  # where nothing is picked, nothing is wrong
        for axis, index, which in found.named:
            require_index(axis, index, "indices", which)
    return result


def _without_second_ellipsis(items: list[Value]) -> list[Value]:
    """Torch reads a second `...` as `:`."""
    first = items.index(Ellipsis)
    return [Slice() if item is Ellipsis and at > first else item for at, item in enumerate(items)]


def _parts(shape: Shape, front: int, back: int) -> tuple[list[SizedAxis], list[SizedAxis | Rest], list[SizedAxis]]:
    """The first axes, the ones between, and the last; where it is open how many there are, as far as they are known."""
    at = next((n for n, axis in enumerate(shape) if isinstance(axis, Rest)), None)
    if at is None:
        end = len(shape) - back
        return _sized(shape[:front]), list(shape[front:end]), _sized(shape[end:])
    head, tail = _sized(shape[:at]), _sized(shape[at + 1 :])
    more_front, more_back = max(front - len(head), 0), max(back - len(tail), 0)
    left = [*head[:front], *[ANY] * more_front]
    right = [*[ANY] * more_back, *tail[max(len(tail) - back, 0) :]]
    between_head = head[front:][: max(len(head) - front - more_back, 0)] if more_back else head[front:]
    between_tail = tail[: max(len(tail) - back, 0)][more_front:]
    rest = Rest() if more_front or more_back else shape[at]
    return left, [*between_head, rest, *between_tail], right


def _sized(shape: Shape) -> list[SizedAxis]:
    return [axis for axis in shape if isinstance(axis, SizedAxis)]


def _axes_taken(item: Value) -> int | None:
    """The number of axes that one entry of an index is about; None where it is unknown what it is.

    Raises:
        Refused: it can be no index.
    """
    match item:
        case None | bool():
            return 0
        case Slice() | Size() | Unknown.SOME_INT:
            return 1
        case Array():
            return _axes_of_tensor(item)
        case tuple():
            return _axes_of_list(item)
        case float():
            raise Refused(f"is {item}, expected a whole number", "indices")
        case _ if item is Ellipsis:
            return 0
        case _:
            return None


def _axes_of_tensor(item: Array) -> int | None:
    if item.dtype is None:
        return None
    if not item.dtype & (_MASKS | _INDICES):
        from neuraltypes.rules._apply import dtypes_text

        raise Refused(f"is {dtypes_text(item.dtype)}, expected int64 or bool", "indices", "dtype")
    if not item.dtype & _MASKS:
        return 1
    is_mask = item.dtype <= _MASKS
    known = rank(item.shape)
    return known if is_mask or known == 1 else None


def _axes_of_list(item: tuple[Value, ...]) -> int | None:
    shape, leaves = _list_shape(item)
    if shape is None or any(is_unknown(leaf) for leaf in leaves):
        return None
    if leaves and all(isinstance(leaf, bool) for leaf in leaves):
        return len(shape)
    return 1 if all(isinstance(leaf, Size) or leaf is SOME_INT for leaf in leaves) else None


def _list_shape(item: Value) -> tuple[Shape | None, list[Value]]:
    """The shape of nested lists, and what is in them."""
    if not isinstance(item, tuple):
        return (), [item]
    inner = [_list_shape(one) for one in item]
    leaves = [leaf for _, some in inner for leaf in some]
    shapes = {shape for shape, _ in inner}
    if len(shapes) > 1 or None in shapes:
        return None, leaves
    below = shapes.pop() if shapes else ()
    return (SizedAxis(number(len(item))), *(below or ())), leaves


def _index_axes(found: _Indexed, items: Sequence[Value], axes: Sequence[SizedAxis], first: int) -> None:
    """Apply entries of an index to the axes that they are about; `first` is the number of the first of these."""
    at = 0
    for item in items:
        count = _axes_taken(item) or 0
        own = axes[at : at + count]
        which = f"axis {first + at}"
        match item:
            case None:
                found.axes.append(ONE)
            case Slice(start=start, stop=stop, step=step):
                found.axes.append(sliced(own[0], start, stop, step))
            case Size():
                require_index(own[0], item, "indices", which)
            case Unknown.SOME_INT:
                pass
            case Array(shape=()) if item.dtype is not None and item.dtype <= _INDICES:
                pass
            case bool():
                found.axes.append(_Picked((SizedAxis(number(int(item))),)))
            case Array():
                found.axes += _picked_by(item, own, first + at)
            case tuple():
                picked, named = _picked_by_list(item, own, first + at)
                found.axes.append(picked)
                found.named += [(own[0], one, which) for one in named]
            case _:
                pass
        at += count


def _picked_by(item: Array, own: Sequence[SizedAxis], at: int) -> list[SizedAxis | Rest | _Picked]:
    assert item.dtype is not None
    if not item.dtype & _MASKS:
        return [_Picked(item.shape)]
    if not item.dtype <= _MASKS:
        return [_Picked((ANY,))]
    assert item.shape is not None
    for number_, (given, axis) in enumerate(zip(item.shape, own, strict=True)):
        assert isinstance(given, SizedAxis)
        require_equal(given, axis, f"is a mask of {{left}} for axis {at + number_}, which is {{right}}", "indices")
    return [_Picked((ANY,))]


def _picked_by_list(item: tuple[Value, ...], own: Sequence[SizedAxis], at: int) -> tuple[_Picked, list[Value]]:
    """The axes that a list picks, and the numbers that it names."""
    shape, leaves = _list_shape(item)
    if leaves and all(isinstance(leaf, bool) for leaf in leaves):
        _picked_by(Array(shape, BOOL), own, at)
        return _Picked((SizedAxis(number(sum(bool(leaf) for leaf in leaves))),)), []
    return _Picked(shape), leaves


def _placed(axes: list[SizedAxis | Rest | _Picked]) -> Shape | None:
    """The axes of an index, those that tensors pick at their place: where the first stood if all stand in a row."""
    places = [at for at, axis in enumerate(axes) if isinstance(axis, _Picked)]
    kept = tuple(axis for axis in axes if not isinstance(axis, _Picked))
    if not places:
        return _with_one_rest(kept)
    try:
        picked = broadcast([axis.shape for axis in axes if isinstance(axis, _Picked)])
    except Refused as error:
        raise Refused(f"has tensors that do not go together: {error.reason}", "indices") from error
    if picked is None:
        return None
    between = axes[places[0] : places[-1]]
    if any(isinstance(axis, Rest) for axis in between):
        return None
    first = places[0] if places[-1] - places[0] == len(places) - 1 else 0
    return _with_one_rest((*kept[:first], *picked, *kept[first:]))


def _with_one_rest(shape: Shape) -> Shape:
    """Everything between two open parts is open too."""
    rests = [at for at, axis in enumerate(shape) if isinstance(axis, Rest)]
    return shape if len(rests) < 2 else (*shape[: rests[0]], Rest(), *shape[rests[-1] + 1 :])


@computed("indexing.index_put")
def index_put(input: Array, indices: Value, values: Array, **_: Value) -> Result:
    """`x[indices] = values`, for tensors alone."""
    _require_same_dtype(input, values, "values")
    if not isinstance(indices, tuple):
        return input.plain(input.shape)
    items: list[Value] = [Slice() if item is None else item for item in indices]
    items = [_as_tensor(item) for item in items]
    _require_broadcasts(values.shape, indexed_shape(input.shape, tuple(items)), "values")
    return input.plain(input.shape)


def _as_tensor(item: Value) -> Value:
    """An index without axes picks one entry here, as one with an axis of size 1 that goes again."""
    return number(0) if isinstance(item, Array) and item.shape == () and item.dtype == INT64 else item


def _require_broadcasts(given: Shape | None, wanted: Shape | None, argument: str) -> None:
    """See to it that a shape broadcasts to another.

    Raises:
        Refused: it surely does not.
    """
    if given is not None and wanted is not None and rank(wanted) is not None and least_rank(given) > len(wanted):
        text = f'is "{format_shape(given)}", which does not broadcast to "{format_shape(wanted)}"'
        raise Refused(text, argument)
    _require_fits(given, wanted, argument)


# Along one axis


@computed("indexing.gather")
@with_out
def gather(input: Array, dim: Value, index: Array, **_: Value) -> Result:
    """Entries along an axis, one for each entry of `index`."""
    _require_index_dtype(index, "index")
    if numel(index.shape) == number(0):
        normal_dim(dim, rank(input.shape))
        return input.of(index.shape)
    _require_aligned(index, input, dim, "index", "input")
    return input.of(index.shape)


def _require_index_dtype(index: Array, argument: str, expected: DTypes = _INDICES) -> None:
    if index.dtype is not None and not index.dtype & expected:
        from neuraltypes.rules._apply import dtypes_text

        raise Refused(f"is {dtypes_text(index.dtype)}, expected int64", argument, "dtype")


def _require_aligned(index: Array, other: Array, dim: Value, argument: str, name: str, *, is_all: bool = False) -> None:
    """See to it that `index` has the axes of `other` and is no longer than these, along `dim` only if `is_all`."""
    left, right = rank(index.shape), rank(other.shape)
    normal_dim(dim, right)
    if left is None or right is None or index.shape is None or other.shape is None:
        return
    if max(left, 1) != max(right, 1):
        raise Refused(f"has {left} axes, but {name} has {right}", argument)
    skipped = None if is_all else normal_dim(dim, right)
    if skipped is None and not is_all:
        return
    for at, (one, limit) in enumerate(zip(index.shape or (ONE,), other.shape or (ONE,), strict=True)):
        own, most = constant_of(one), constant_of(limit)
        if at != skipped and own is not None and most is not None and own > most:
            raise Refused(f"is {own} at axis {at}, but {name} is {most}", argument)


@computed("indexing.scatter")
@with_out
def scatter(
    input: Array,
    dim: Value,
    index: Array,
    src: Value = UNKNOWN,
    value: Value = UNKNOWN,
    reduce: Value = None,
    **_: Value,
) -> Result:
    """Entries put along an axis where `index` says. The meaning goes: others are written."""
    _require_index_dtype(index, "index")
    normal_dim(dim, rank(input.shape))
    if isinstance(src, Array):
        _require_same_dtype(input, src, "src")
    if numel(index.shape) == number(0):
        return input.plain(input.shape)
    _require_aligned(index, input, dim, "index", "input")
    if isinstance(src, Array):
        _require_aligned(index, src, dim, "index", "src", is_all=True)
    return input.plain(input.shape)


@computed("indexing.index_select")
@with_out
def index_select(input: Array, dim: Value, index: Array, **_: Value) -> Result:
    """The entries of an axis that a vector names."""
    require_axes(index.shape, 0, 1, "index")
    _require_index_dtype(index, "index")
    count = ONE if rank(index.shape) == 0 else _only_axis(index.shape)
    normal_dim(dim, rank(input.shape))
    at = place(input.shape, dim)
    if input.shape == ():
        if constant_of(count) not in (1, None):
            raise Refused(f"has {count.size} entries for a tensor without axes", "index")
        return input
    if input.shape is None or at is None:
        return input.of(unknown_axes(input.shape))
    axis = input.shape[at]
    label = axis.label if isinstance(axis, SizedAxis) else None
    return input.of(replaced(input.shape, at, SizedAxis(count.size, count.label or label)))


def _only_axis(shape: Shape | None) -> SizedAxis:
    axis = shape[0] if shape and rank(shape) is not None else None
    return axis if isinstance(axis, SizedAxis) else ANY


@computed("indexing.index_add")
@with_out
def index_add(input: Array, dim: Value, index: Array, source: Array, **_: Value) -> Result:
    """`source` added to, copied to, reduced into the entries of an axis that a vector names."""
    require_axes(index.shape, 0, 1, "index")
    _require_index_dtype(index, "index")
    _require_same_dtype(input, source, "source")
    normal_dim(dim, rank(input.shape))
    _require_source(input.shape, dim, index.shape, source.shape)
    return input.plain(input.shape)


def _require_source(shape: Shape | None, dim: Value, index: Shape | None, source: Shape | None) -> None:
    left, right = rank(shape), rank(source)
    if left is None or right is None or shape is None or source is None:
        return
    if left != right:
        raise Refused(f"has {right} axes, expected {left}", "source")
    at = place(shape, dim)
    for number_, (own, given) in enumerate(zip(shape, source, strict=True)):
        assert isinstance(own, SizedAxis)
        assert isinstance(given, SizedAxis)
        expected = own if number_ != at else ONE if rank(index) == 0 else _only_axis(index)
        if at is not None:
            require_equal(given, expected, f"is {{left}} at axis {number_}, expected {{right}}", "source")
    if not shape and rank(index) == 1 and constant_of(_only_axis(index)) not in (1, None):
        raise Refused("has more than one entry, for a tensor without axes", "index")


@computed("indexing.index_fill")
def index_fill(input: Array, dim: Value, index: Array, value: Value, **_: Value) -> Result:
    """One value at the entries of an axis that a vector names."""
    require_axes(index.shape, 0, 1, "index")
    _require_index_dtype(index, "index", INT64)
    normal_dim(dim, rank(input.shape))
    if isinstance(value, Array):
        require_axes(value.shape, 0, 0, "value")
    return input.plain(input.shape)


@computed("indexing.take")
@with_out
def take(input: Array, index: Array, **_: Value) -> Result:
    """Entries counted as if in one axis."""
    _require_index_dtype(index, "index", INT64)
    return input.of(index.shape)


@computed("indexing.put")
def put(input: Array, index: Array, source: Array, **_: Value) -> Result:
    """Entries put where they are counted as if in one axis."""
    _require_index_dtype(index, "index", INT64)
    _require_same_dtype(input, source, "source")
    if sizes_differ(numel(index.shape), numel(source.shape)):
        raise Refused(f"has {numel(source.shape)} entries, but index has {numel(index.shape)}", "source")
    return input.plain(input.shape)


@computed("indexing.take_along_dim")
@with_out
def take_along_dim(input: Array, indices: Array, dim: Value = None, **_: Value) -> Result:
    """Entries along an axis; the others broadcast. Without `dim`, entries counted as if in one axis."""
    _require_index_dtype(indices, "indices", _INDICES)
    if dim is None:
        return input.of((merged(indices.shape) if indices.shape else ONE if indices.shape == () else ANY,))
    if int_of(dim) is None:
        return input.of(None)
    left, right = rank(input.shape), rank(indices.shape)
    if left == 0:
        raise Refused(f"is {int_of(dim)}, but there is no axis", "dim")
    at = normal_dim(dim, left)
    if input.shape is None or indices.shape is None or left is None or right is None:
        return input.of(None)
    if left != right:
        raise Refused(f"has {right} axes, expected {left}", "indices")
    if at is None:
        return input.of(unknown_axes(input.shape))
    axes: list[SizedAxis | Rest] = []
    for number_, (own, given) in enumerate(zip(input.shape, indices.shape, strict=True)):
        assert isinstance(own, SizedAxis)
        assert isinstance(given, SizedAxis)
        axis = given if number_ == at else broadcast_axis(own, given)
        if axis is None:
            raise Refused(f"is {given.size} at axis {number_}, expected {own.size}", "indices")
        axes.append(axis)
    return input.of(tuple(axes))


# Masks


@computed("indexing.masked_select")
@with_out
def masked_select(input: Array, mask: Array, **_: Value) -> Result:
    """The entries where a mask is set, in one axis."""
    _require_index_dtype_bool(mask)
    broadcast([input.shape, mask.shape])
    return input.of((ANY,))


def _require_index_dtype_bool(mask: Array) -> None:
    if mask.dtype is not None and "bool" not in mask.dtype:
        from neuraltypes.rules._apply import dtypes_text

        raise Refused(f"is {dtypes_text(mask.dtype)}, expected bool", "mask", "dtype")


@computed("indexing.masked_scatter")
def masked_scatter(input: Array, mask: Array, source: Array, **_: Value) -> Result:
    """The entries of `source`, one by one, where a mask is set."""
    _require_index_dtype_bool(mask)
    _require_same_dtype(input, source, "source")
    return input.plain(broadcast([input.shape, mask.shape]))


@computed("indexing.masked_scatter_in_place")
def masked_scatter_in_place(input: Array, mask: Array, source: Array, **_: Value) -> Result:
    """The same in place: the mask must broadcast to the tensor."""
    _require_index_dtype_bool(mask)
    _require_same_dtype(input, source, "source")
    _require_broadcasts(mask.shape, input.shape, "mask")
    return input.plain(input.shape)


@computed("indexing.nonzero")
@with_out
def nonzero(input: Array, as_tuple: Value = False, **_: Value) -> Result:
    """Where entries are not zero: a row for each, or a vector for each axis."""
    known = rank(input.shape)
    if as_tuple is False:
        return Array((ANY, SizedAxis(None if known is None else number(known))), INT64)
    return indices_by_axis(input.shape) if as_tuple is True else UNKNOWN


# Order


@computed("indexing.topk")
def topk(input: Array, k: Value, dim: Value = UNKNOWN, **_: Value) -> Result:
    """The largest entries along an axis, and where they were."""
    _require_ordered(input)
    if input.dtype is not None and input.dtype <= BOOL:
        raise Refused("is bool", "input", "dtype")
    count = size_of(k)
    normal_dim(dim, rank(input.shape))
    if input.shape == ():
        if (count is not None and count.constant is not None) and not 0 <= count.constant <= 1:
            raise Refused(f"is {count}, but there is one entry", "k")
        return input, Array((), INT64)
    axis, at = axis_at(input.shape, dim), place(input.shape, dim)
    _require_count(count, axis, "k")
    if input.shape is None or at is None:
        shape = unknown_axes(input.shape)
    else:
        shape = replaced(input.shape, at, SizedAxis(count, None if axis is None else axis.label))
    return input.of(shape), Array(shape, INT64)


def _require_count(count: Size | None, axis: SizedAxis | None, argument: str) -> None:
    if count is not None and (count.constant or 0) < 0:
        raise Refused(f"is {count}", argument)
    excess = minus(count, None if axis is None else axis.size)
    if axis is not None and excess is not None and (excess.constant or 0) > 0:
        raise Refused(f"is {count}, but the axis is {axis.size}", argument)


def _require_ordered(input: Array) -> None:
    if input.dtype is not None and input.dtype <= COMPLEX:
        raise Refused("is complex", "input", "dtype")


@computed("indexing.sort")
def sort(input: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """The entries along an axis in order, and where they were."""
    _require_ordered(input)
    normal_dim(dim, rank(input.shape))
    return input, Array(input.shape, INT64)


@computed("indexing.argsort")
def argsort(input: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """Where the entries that come in order were."""
    _require_ordered(input)
    normal_dim(dim, rank(input.shape))
    return Array(input.shape, INT64)


@computed("indexing.msort")
@with_out
def msort(input: Array, **_: Value) -> Result:
    """The entries along the first axis in order."""
    _require_ordered(input)
    return input


@computed("indexing.kthvalue")
def kthvalue(input: Array, k: Value, dim: Value = UNKNOWN, keepdim: Value = False, **_: Value) -> Result:
    """The entry that is the k-th smallest along an axis, and where it was."""
    normal_dim(dim, rank(input.shape))
    axis, at, constant = axis_at(input.shape, dim), place(input.shape, dim), int_of(k)
    size = 1 if input.shape == () else constant_of(axis)
    if constant is not None and (constant < 1 or (size is not None and constant > size)):
        raise Refused(f"is {constant}" if size is None else f"is {constant}, but there are {size} entries", "k")
    if input.shape == ():
        return input, Array((), INT64)
    if input.shape is None or at is None or not isinstance(keepdim, bool):
        return input.of(None), Array(None, INT64)
    shape = replaced(input.shape, at, *([ONE] if keepdim else []))
    return input.of(shape), Array(shape, INT64)


@computed("indexing.unique")
def unique(
    input: Array,
    return_inverse: Value = False,
    return_counts: Value = False,
    dim: Value = None,
    **_: Value,
) -> Result:
    """Each entry once; on demand, which of these each one was, and how often there was each."""
    if not isinstance(return_inverse, bool) or not isinstance(return_counts, bool):
        return UNKNOWN
    normal_dim(dim, rank(input.shape))
    at = None if dim is None else place(input.shape, dim)
    shape: Shape | None = None
    inverse: Shape | None = None
    if dim is None:
        shape, inverse = (ANY,), input.shape
    elif int_of(dim) is not None:
        if input.shape == ():
            raise Refused("has no axis", "input")
        shape = unknown_axes(input.shape) if input.shape is None or at is None else replaced(input.shape, at, ANY)
        inverse = (axis_at(input.shape, dim) or ANY,)
    results: list[Array] = [input.of(shape)]
    if return_inverse:
        results.append(Array(inverse, INT64))
    if return_counts:
        results.append(Array((ANY,), INT64))
    return tuple(results) if len(results) > 1 else results[0]


# Counting and searching


@computed("indexing.bincount")
def bincount(input: Array, weights: Value = None, minlength: Value = UNKNOWN, **_: Value) -> Result:
    """How often there is each whole number."""
    require_axes(input.shape, 1, 1)
    if input.dtype is not None and not input.dtype & frozenset({"uint8", "int8", "int16", "int32", "int64"}):
        raise Refused("holds no whole numbers", "input", "dtype")
    if (int_of(minlength) or 0) < 0:
        raise Refused(f"is {int_of(minlength)}", "minlength")
    if weights is None:
        return Array((ANY,), INT64)
    if not isinstance(weights, Array):
        return Array((ANY,))
    require_axes(weights.shape, 1, 1, "weights")
    if rank(input.shape) is not None and rank(weights.shape) is not None:
        require_equal(_only_axis(weights.shape), _only_axis(input.shape), "is {left} long, expected {right}", "weights")
    dtype = None
    if weights.dtype is not None:
        dtype = frozenset("float32" if one == "float32" else "float64" for one in weights.dtype)
    return Array((ANY,), dtype)


@computed("indexing.histc")
@with_out
def histc(input: Array, bins: Value = UNKNOWN, **_: Value) -> Result:
    """How many entries there are in each of so many bins."""
    if int_of(bins) is not None and (int_of(bins) or 0) <= 0:
        raise Refused(f"is {int_of(bins)}", "bins")
    return input.plain((SizedAxis(size_of(bins)),))


@computed("indexing.searchsorted")
@with_out
def searchsorted(
    sorted_sequence: Array,
    input: Value = UNKNOWN,
    out_int32: Value = False,
    right: Value = False,
    side: Value = None,
    **_: Value,
) -> Result:
    """Where values would be put into sorted rows."""
    if isinstance(side, str) and side not in ("left", "right"):
        raise Refused('is neither "left" nor "right"', "side")
    if side == "left" and right is True:
        raise Refused('is "left", but right is True', "side")
    require_axes(sorted_sequence.shape, 1, None, "sorted_sequence")
    if is_given("self"):  # a number
        require_axes(sorted_sequence.shape, 1, 1, "sorted_sequence")
        return Array((), _int_dtype(out_int32))
    if not isinstance(input, Array):
        return Array(None, _int_dtype(out_int32))
    _require_rows(sorted_sequence.shape, input.shape)
    return Array(input.shape, _int_dtype(out_int32))


def _require_rows(rows: Shape | None, values: Shape | None) -> None:
    left, right = rank(rows), rank(values)
    if left in (None, 1) or right is None or rows is None or values is None:
        return
    if left != right:
        raise Refused(f"has {right} axes, expected {left}", "input")
    for own, given in zip(rows[:-1], values[:-1], strict=True):
        assert isinstance(own, SizedAxis)
        assert isinstance(given, SizedAxis)
        require_equal(given, own, "is {left} where sorted_sequence is {right}", "input")


def _int_dtype(out_int32: Value) -> DTypes | None:
    return INT32 if out_int32 is True else INT64 if out_int32 is False else INT32 | INT64


@computed("indexing.bucketize")
@with_out
def bucketize(input: Value = UNKNOWN, boundaries: Value = UNKNOWN, out_int32: Value = False, **_: Value) -> Result:
    """Which bucket each entry belongs to."""
    if isinstance(boundaries, Array):
        require_axes(boundaries.shape, 1, 1, "boundaries")
    if isinstance(input, Array):
        return Array(input.shape, _int_dtype(out_int32))
    return Array(() if is_given("self") else None, _int_dtype(out_int32))  # a number


@computed("indexing.one_hot")
def one_hot(tensor: Array, num_classes: Value = UNKNOWN, **_: Value) -> Result:
    """A 1 at the place that each class number says, in a new last axis."""
    if tensor.dtype is not None and "int64" not in tensor.dtype:
        raise Refused("holds no int64, expected class numbers in int64", "tensor", "dtype")
    if tensor.shape is None:
        return Array(None, INT64)
    count = size_of(num_classes)
    if count is not None and count.constant is not None and count.constant < -1:
        raise Refused(f"is {count}", "num_classes")
    return Array((*tensor.shape, ANY if int_of(num_classes) == -1 else SizedAxis(count)), INT64)
