"""What rules do with shapes: axes by number, broadcasting, element counts. The unknown stays unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Final

from neuraltypes._sizes import Size, multiply, number, subtract
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.kinds import BATCH, kind_from_name
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._values import SOME_INT, UNKNOWN, Array, Many, Refused, Result, Value

_COUNTED: Final = frozenset({"tokens", "frames", "patches", "words", "steps"})
ANY: Final = SizedAxis()
ONE: Final = SizedAxis(number(1))


def rank(shape: Shape | None) -> int | None:
    """The number of axes; None where it is unknown."""
    if shape is None or any(isinstance(axis, Rest) for axis in shape):
        return None
    return len(shape)


def size_of(value: Value) -> Size | None:
    """The size that an argument is; None where it is none or unknown."""
    if isinstance(value, bool):
        return number(int(value))
    return value if isinstance(value, Size) else None


def int_of(value: Value) -> int | None:
    """The number that an argument is; None where it is unknown."""
    size = size_of(value)
    return None if size is None else size.constant


def bool_of(value: Value) -> bool | None:
    """Whether a flag is set; None where it is unknown."""
    if isinstance(value, bool):
        return value
    constant = int_of(value)
    return None if constant is None else bool(constant)


def size_axes(value: Value) -> Shape | None:
    """The axes of a size argument: `(b, t)`, one number for one axis; None where not even their number is known."""
    if isinstance(value, tuple):
        return tuple(SizedAxis(size_of(item)) for item in value)
    size = size_of(value)
    return (SizedAxis(size),) if size is not None or value is SOME_INT else None


def normal_dim(dim: Value, ndim: int | None, *, argument: str = "dim", extra: int = 0) -> int | None:
    """The number, from 0 on, of the axis that `dim` means among `ndim`; None where that is unknown.

    A tensor without axes takes 0 and -1, as one with a single axis does. `extra` counts places behind the last axis.

    Raises:
        Refused: there is no such axis.
    """
    constant = int_of(dim)
    if constant is None or ndim is None:
        return None
    count = max(ndim + extra, 1)
    if not -count <= constant < count:
        axes = {0: "is no axis", 1: "is only 1 axis"}.get(ndim, f"are only {ndim} axes")
        raise Refused(f"is {constant}, but there {axes}", argument)
    return constant % count


def place(shape: Shape | None, dim: Value, *, argument: str = "dim") -> int | None:
    """The index in `shape` of the axis that `dim` means, counted from the end it is surely at; None where unknown.

    Raises:
        Refused: there is no such axis.
    """
    constant = int_of(dim)
    if shape is None or constant is None:
        return None
    known = rank(shape)
    if known is not None:
        normal = normal_dim(dim, known, argument=argument)
        return normal if shape else None
    if constant >= 0:
        head = next(n for n, axis in enumerate(shape) if isinstance(axis, Rest))
        return constant if constant < head else None
    tail = next(n for n, axis in enumerate(reversed(shape)) if isinstance(axis, Rest))
    return len(shape) + constant if -constant <= tail else None


def axis_at(shape: Shape | None, dim: Value, *, argument: str = "dim") -> SizedAxis | None:
    """The axis that `dim` means; None where it is not known which.

    Raises:
        Refused: there is no such axis.
    """
    index = place(shape, dim, argument=argument)
    if shape is None or index is None:
        return None
    axis = shape[index]
    return axis if isinstance(axis, SizedAxis) else None


def replaced(shape: Shape, index: int, *axes: SizedAxis | Rest) -> Shape:
    """A shape with the axis of that index replaced by others, or by none."""
    return (*shape[:index], *axes, *shape[index + 1 :])


def numel(shape: Iterable[SizedAxis | Rest] | None) -> Size | None:
    """The number of entries; None where it is unknown."""
    total: Size | None = number(1)
    for axis in shape if shape is not None else (Rest(),):
        if isinstance(axis, Rest) or axis.size is None or total is None:
            return None
        total = multiply(total, axis.size)
    return total


def common(left: SizedAxis, right: SizedAxis) -> SizedAxis:
    """The axis that two, which must have one size, are; what either knows of size and kind is kept."""
    return SizedAxis(left.size if left.size is not None else right.size, left.label or right.label)


def require_equal(left: SizedAxis, right: SizedAxis, reason: str, argument: str | None = None) -> SizedAxis:
    """The axis that both are.

    Raises:
        Refused: their sizes are not known to be the same. `reason` may name them: `{left}`, `{right}`.
    """
    if sizes_differ(left.size, right.size):
        raise Refused(reason.format(left=left.size, right=right.size), argument)
    return common(left, right)


def broadcast_axis(left: SizedAxis, right: SizedAxis) -> SizedAxis | None:
    """What two axes give together; None where they do not go together."""
    one, other = left.size, right.size
    if one is not None and one.constant == 1:
        return right if other != one else common(left, right)
    if other is not None and other.constant == 1:
        return left
    if one is None or other is None:
        known = other if one is None else one
        # A named size may be 1 beside an unknown one; a number above 1 decides.
        size = known if known is not None and known.constant is not None else None
        return SizedAxis(size, left.label if left.label == right.label else None)
    return None if sizes_differ(one, other) else common(left, right)


def broadcast(shapes: Sequence[Shape | None], names: Sequence[str] = ()) -> Shape | None:
    """The shape that several broadcast to; None where it is unknown.

    Raises:
        Refused: two axes do not go together.
    """
    result: Shape | None = ()
    for shape in shapes:
        if shape is None or result is None:
            return None
        result = _broadcast_two(result, shape)
    return result


def _broadcast_two(left: Shape, right: Shape) -> Shape | None:
    if rank(left) is None or rank(right) is None:
        return _broadcast_open(left, right)
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    head = longer[: len(longer) - len(shorter)]
    joined: list[SizedAxis | Rest] = list(head)
    for number_, (one, other) in enumerate(zip(longer[len(head) :], shorter, strict=True)):
        assert isinstance(one, SizedAxis)
        assert isinstance(other, SizedAxis)
        axis = broadcast_axis(one, other)
        if axis is None:
            at = number_ - len(shorter)
            raise Refused(f'"{format_shape(left)}" and "{format_shape(right)}" do not broadcast (axis {at})')
        joined.append(axis)
    return tuple(joined)


def _broadcast_open(left: Shape, right: Shape) -> Shape | None:
    """The same where the number of axes of one is open: the axes behind the open part are known."""
    if not right:
        return left
    if not left or left == right:
        return right
    tails = [_tail(shape) for shape in (left, right)]
    count = min(len(tail) for tail in tails)
    joined: list[SizedAxis | Rest] = []
    for one, other in zip(tails[0][len(tails[0]) - count :], tails[1][len(tails[1]) - count :], strict=True):
        axis = broadcast_axis(one, other)
        if axis is None:
            raise Refused(f'"{format_shape(left)}" and "{format_shape(right)}" do not broadcast')
        joined.append(axis)
    for one_shape, other_shape in ((left, right), (right, left)):  # the known end of one covers the other wholly
        if rank(other_shape) is not None and len(other_shape) == count:
            return (*one_shape[: len(one_shape) - count], *joined)
    return (Rest(), *joined)


def _tail(shape: Shape) -> list[SizedAxis]:
    found: list[SizedAxis] = []
    for axis in reversed(shape):
        if isinstance(axis, Rest):
            break
        found.append(axis)
    return found[::-1]


def arrays(value: Value) -> list[Array] | None:
    """The arrays of a sequence argument; None where their number is unknown or one is no array."""
    if isinstance(value, tuple) and all(isinstance(item, Array) for item in value):
        return [item for item in value if isinstance(item, Array)]
    return None


def dims_of(value: Value) -> list[int] | None:
    """The numbers of a `dim` argument that takes one or several; None where one is unknown."""
    items = value if isinstance(value, tuple) else (value,)
    found = [int_of(item) for item in items]
    return None if any(item is None for item in found) else [item for item in found if item is not None]


def counted(axis: SizedAxis | Rest | None) -> str | None:
    """The name of an axis along which things of a sequence are counted (`tokens`), so that it is none of features."""
    name = _name(axis)
    return name if name in _COUNTED else None


def _name(axis: SizedAxis | Rest | None) -> str:
    if not isinstance(axis, SizedAxis):
        return ""
    return axis.label or (axis.size.symbol.name if axis.size is not None and axis.size.symbol is not None else "")


def said_kind(axis: SizedAxis | Rest | None) -> str | None:
    """The kind of an axis that its annotation spells out, by a label or a whole word; a single letter says nothing."""
    name = _name(axis)
    kind = kind_from_name(name) if len(name) > 1 else None
    return None if kind is None else kind.name


def mixes_examples(shape: Shape | None, dim: Value) -> bool:
    """Whether what runs along an axis runs from one example to the next, and not over pairs of examples.

    `a @ b.T` of two batches has an axis of examples beside that one, which the annotation may name otherwise (`n`).
    """
    index = place(shape, dim)
    if shape is None or index is None or said_kind(shape[index]) != BATCH.name:
        return False
    return not any(_may_count_examples(axis) for at, axis in enumerate(shape) if at != index)


def _may_count_examples(axis: SizedAxis | Rest) -> bool:
    if not isinstance(axis, SizedAxis):
        return False
    names = [axis.label or "", *(symbol.name for symbol in (axis.size.symbols() if axis.size is not None else ()))]
    return any(kind_from_name(name) == BATCH for name in names)


def is_unknown(value: Value) -> bool:
    """Whether nothing is known of an argument."""
    return value is UNKNOWN


def smaller(left: Size | None, right: Size | None) -> Size | None:
    """The smaller of two sizes; None where it is unknown which that is."""
    if left is None or right is None:
        return None
    difference = subtract(left, right)
    constant = None if difference is None else difference.constant
    return None if constant is None else left if constant <= 0 else right


def reduced(
    shape: Shape | None, dim: Value, keepdim: Value = False, *, argument: str = "dim", empty_is_all: bool = True
) -> Shape | None:
    """What is left of a shape whose axes `dim` (one, several, None for all) are reduced to one entry or none.

    Raises:
        Refused: there is no such axis, or one is named twice.
    """
    keeps, ndim = bool_of(keepdim), rank(shape)
    if dim is None or (dim == () and empty_is_all):
        if keeps is False:
            return ()
        return (SizedAxis(number(1)),) * ndim if keeps and ndim is not None else None
    if shape is None or dim is UNKNOWN:
        return (ANY,) * ndim if keeps and ndim is not None else None
    numbers = dims_of(dim)
    if numbers is None:
        left = None if ndim is None else ndim if keeps else ndim - (len(dim) if isinstance(dim, tuple) else 1)
        return None if keeps is None or left is None else (ANY,) * max(left, 0)
    places = [place(shape, number(one), argument=argument) for one in numbers]
    normal = numbers if ndim is None else [normal_dim(number(one), ndim, argument=argument) for one in numbers]
    if len(set(normal)) < len(numbers):
        raise Refused("names an axis twice", argument)
    if ndim == 0:
        return ()
    if keeps is None or None in places:
        return shape if not numbers else None
    if keeps:
        return tuple(SizedAxis(number(1)) if at in places else axis for at, axis in enumerate(shape))
    return tuple(axis for at, axis in enumerate(shape) if at not in places)


def with_out(function: Callable[..., Result]) -> Callable[..., Result]:
    """A rule for a function with `out=`: what is written there keeps the dtype of that tensor."""

    @wraps(function)
    def written(*operands: Value, out: Value = None, **named: Value) -> Result:
        result = function(*operands, **named)
        if out is None:
            return result
        if isinstance(result, tuple):
            targets = out if isinstance(out, tuple) and len(out) == len(result) else (UNKNOWN,) * len(result)
            return tuple(_written_into(one, target) for one, target in zip(result, targets, strict=True))
        return _written_into(result, out)

    return written


def _written_into(result: Result, out: Value) -> Result:
    if not isinstance(result, Array):
        return result
    return replace(result, dtype=out.dtype if isinstance(out, Array) else None)


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


def merged(axes: Shape) -> SizedAxis:
    """Several axes as one."""
    only = axes[0] if len(axes) == 1 else None
    return only if isinstance(only, SizedAxis) else SizedAxis(numel(axes))


def sizes_argument(value: Value) -> Shape | None:
    """The axes of a size argument, also where it came as one tuple for many numbers."""
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], tuple):
        value = value[0]
    return size_axes(value)


def rests(shape: Shape) -> set[int]:
    return {at for at, axis in enumerate(shape) if isinstance(axis, Rest)}


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
        at = constant if constant <= min(rests(shape)) else None
    else:
        at = len(shape) + 1 + constant if -constant - 1 <= len(shape) - 1 - max(rests(shape)) else None
    return None if at is None else (*shape[:at], axis, *shape[at:])


def indices_by_axis(shape: Shape | None) -> Result:
    """Places in an array of that shape as torch gives them: a vector of indices for each axis."""
    vector = Array((ANY,), frozenset({"int64"}))
    known = rank(shape)
    return Many(vector) if known is None else (vector,) * max(known, 1)
