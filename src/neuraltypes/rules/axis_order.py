"""Axes in another order, and entries in another order along them.

Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Shape, SizedAxis, format_shape
from neuraltypes.rules._context import is_given
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    dims_of,
    inserted,
    int_of,
    normal_dim,
    place,
    rank,
    replaced,
    require_axes,
    unknown_axes,
    with_rank,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value


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
