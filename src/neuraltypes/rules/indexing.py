"""Indices between brackets: numbers, slices, `None`, `...`, masks, tensors and lists of numbers.

Sources: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops,
https://numpy.org/doc/stable/user/basics.indexing.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis, axes_of, format_shape
from neuraltypes.kinds import BATCH, kinds_of
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._dtypes import BOOL, INT64, dtypes_text
from neuraltypes.rules._entrywise import hides
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    ONE,
    broadcast,
    constant_of,
    int_of,
    is_unknown,
    least_rank,
    rank,
    require_equal,
)
from neuraltypes.rules._values import SOME_INT, UNKNOWN, Array, Produced, Refused, Result, Slice, Unknown, Value, partly
from neuraltypes.rules.parts import require_index
from neuraltypes.rules.slices import sliced

_MASKS: Final = frozenset({"bool", "uint8"})
INDICES: Final = frozenset({"int32", "int64"})


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
    if any(item is UNKNOWN or isinstance(item, Array | tuple) for item in _items(indices)):
        self = replace(self, element=partly(self.element))
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
    if any(hides(item, value) for item in _items(indices)):
        suspect("is True where entries are to be kept, and these are hidden; write ~mask", "indices", code="element")
    if isinstance(value, Array):
        _require_fits(value.shape, shape, "value")
        if _has_tensors(indices) and rank(value.shape) != 0:
            require_one_dtype(self, value, "value")
    return self


def _has_tensors(indices: Value) -> bool:
    return any(
        isinstance(item, tuple) or (isinstance(item, Array) and rank(item.shape) != 0) for item in _items(indices)
    )


def require_one_dtype(one: Array, other: Array, argument: str) -> None:
    if one.dtype is not None and other.dtype is not None and not one.dtype & other.dtype:
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
    if not item.dtype & (_MASKS | INDICES):
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
            case Array(shape=()) if item.dtype is not None and item.dtype <= INDICES:
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
    require_one_dtype(input, values, "values")
    if not isinstance(indices, tuple):
        return input.plain(input.shape)
    items: list[Value] = [Slice() if item is None else item for item in indices]
    items = [_as_tensor(item) for item in items]
    require_broadcasts(values.shape, indexed_shape(input.shape, tuple(items)), "values")
    return input.plain(input.shape)


def _as_tensor(item: Value) -> Value:
    """An index without axes picks one entry here, as one with an axis of size 1 that goes again."""
    return number(0) if isinstance(item, Array) and item.shape == () and item.dtype == INT64 else item


def require_broadcasts(given: Shape | None, wanted: Shape | None, argument: str) -> None:
    """See to it that a shape broadcasts to another.

    Raises:
        Refused: it surely does not.
    """
    if given is not None and wanted is not None and rank(wanted) is not None and least_rank(given) > len(wanted):
        text = f'is "{format_shape(given)}", which does not broadcast to "{format_shape(wanted)}"'
        raise Refused(text, argument)
    _require_fits(given, wanted, argument)
