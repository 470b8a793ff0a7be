"""Parts of a tensor: some entries of an axis, or an axis cut into pieces.

Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from neuraltypes._sizes import Size, add, number
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._arithmetic import divided, minus, plus, shared_out, times
from neuraltypes.rules._context import is_given, sizes_differ
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    axis_at,
    constant_of,
    int_of,
    least_rank,
    normal_dim,
    place,
    rank,
    replaced,
    require_axes,
    size_of,
    sizes_argument,
    unknown_axes,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Many, Refused, Result, Value
from neuraltypes.rules.slices import sliced


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
        each = divided(axis.size, number(count)) or shared_out(add(axis.size, number(count - 1)), number(count))
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
        return (_part(input, at, each or shared_out(size, number(count))),) * count
    sizes = [shared_out(plus(size, number(count - 1 - place_)), number(count)) for place_ in range(count)]
    return tuple(_part(input, at, one) for one in sizes)


def _sizes_between(axis: SizedAxis, indices: tuple[Value, ...]) -> list[Size | None]:
    """The lengths of `x[:i]`, `x[i:j]`, ..., `x[k:]`."""
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
    count = plus(shared_out(room, every), number(1))
    return input.of((*replaced(input.shape, at, SizedAxis(count, axis.label)), SizedAxis(width)))


@computed("layout.as_strided")
def as_strided(input: Array, size: Value, stride: Value, **_: Value) -> Result:
    """Any view of the memory behind a tensor."""
    wanted = sizes_argument(size)
    if wanted is not None and isinstance(stride, tuple) and len(stride) != len(wanted):
        raise Refused(f"has {len(stride)} numbers for {len(wanted)} axes", "stride")
    return input.of(wanted)
