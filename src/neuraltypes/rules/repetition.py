"""More of the same numbers: expanded, repeated and tiled axes.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.expand.html,
https://docs.pytorch.org/docs/stable/generated/torch.Tensor.repeat.html
"""

from __future__ import annotations

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules._arithmetic import times
from neuraltypes.rules._context import is_given, suspect
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    ONE,
    broadcast,
    constant_of,
    int_of,
    least_rank,
    merged,
    normal_dim,
    place,
    rank,
    replaced,
    require_axes,
    require_equal,
    size_of,
    sizes_argument,
    unknown_axes,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value


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
    return input.resampled(replaced(shape, at, SizedAxis(size, axis.label)))


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
