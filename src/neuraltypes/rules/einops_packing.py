"""`pack` and `unpack` of einops.

Source: https://einops.rocks/api/pack_unpack/
"""

from __future__ import annotations

from collections.abc import Sequence

from neuraltypes._sizes import Size, add, floor_divide, number, subtract
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import promote_all
from neuraltypes.rules._patterns import bad, is_name
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, arrays, int_of, numel, rank, require_equal, size_axes
from neuraltypes.rules._values import UNKNOWN, Array, Many, Refused, Result, Value
from neuraltypes.rules.products import axes_text


@computed("einops_packing.pack")
def pack(tensors: Value, pattern: Value, **_: Value) -> Result:
    """`pack`: the axes under `*` become one, along which tensors are joined; and the shapes those axes had."""
    found = arrays(tensors)
    if not isinstance(pattern, str) or not found:
        return Array(), UNKNOWN
    before, behind = _ends(pattern)
    joined: list[SizedAxis] | None = None
    total: Size | None = number(0)
    shapes: list[Result] = []
    for one in found:
        dtype_shape = _split(one, before, behind, pattern, "tensors")
        if dtype_shape is None:
            total, shapes = None, [*shapes, UNKNOWN]
            continue
        head, middle, tail = dtype_shape
        ends = [*head, *tail]
        joined = ends if joined is None else _agreed(joined, ends)
        size = numel(middle)
        total = None if total is None or size is None else add(total, size)
        sizes = [axis.size if isinstance(axis, SizedAxis) else None for axis in middle]
        shapes.append(
            UNKNOWN if any(isinstance(a, Rest) for a in middle) else tuple(UNKNOWN if s is None else s for s in sizes)
        )
    dtype = promote_all(one.dtype for one in found)
    ends = joined if joined is not None else [ANY] * (before + behind)
    return Array((*ends[:before], SizedAxis(total), *ends[before:]), dtype), tuple(shapes)


def _agreed(joined: list[SizedAxis], ends: list[SizedAxis]) -> list[SizedAxis]:
    return [
        require_equal(one, other, "has an axis of size {right}, expected {left}", "tensors")
        for one, other in zip(joined, ends, strict=True)
    ]


def _ends(pattern: str) -> tuple[int, int]:
    """How many names stand before the `*` and behind it."""
    names = pattern.split()
    if names.count("*") != 1:
        raise bad(pattern, 'there is not one "*"')
    for name in names:
        if name != "*" and not is_name(name):
            raise bad(pattern, f'"{name}" is no name')
    if len(set(names)) < len(names):
        raise bad(pattern, "a name stands twice")
    at = names.index("*")
    return at, len(names) - at - 1


def _split(
    array: Array, before: int, behind: int, pattern: str, argument: str
) -> tuple[list[SizedAxis], Shape, list[SizedAxis]] | None:
    known = sum(isinstance(axis, SizedAxis) for axis in array.shape or ())
    if array.shape is not None and rank(array.shape) is not None and known < before + behind:
        raise Refused(f'has {axes_text(known)}, expected {before + behind} or more ("{pattern}")', argument)
    shape = array.shape
    if shape is None or len(shape) < before + behind:
        return None
    head, tail = shape[:before], shape[len(shape) - behind :]
    ends = [[axis for axis in side if isinstance(axis, SizedAxis)] for side in (head, tail)]
    if len(ends[0]) < before or len(ends[1]) < behind:
        return None
    return ends[0], shape[before : len(shape) - behind], ends[1]


@computed("einops_packing.unpack")
def unpack(tensor: Array, packed_shapes: Value, pattern: Value, **_: Value) -> Result:
    """`unpack`: the tensors that were packed, by the shapes they had under `*`."""
    if not isinstance(pattern, str):
        return UNKNOWN
    before, behind = _ends(pattern)
    ndim = rank(tensor.shape)
    if ndim is not None and ndim != before + behind + 1:
        raise Refused(f'has {axes_text(ndim)}, expected {before + behind + 1} ("{pattern}")', "tensor")
    if not isinstance(packed_shapes, tuple):
        return Many(tensor.of(None))
    found = _split(tensor, before, behind, pattern, "tensor")
    if found is None:
        return tuple(tensor.of(None) for _ in packed_shapes)
    head, middle, tail = found
    shapes = [size_axes(shape) for shape in packed_shapes]
    counted = _counted(shapes, middle[0] if ndim is not None else ANY)
    return tuple(tensor.of(None if shape is None else (*head, *shape, *tail)) for shape in counted)


def _counted(shapes: Sequence[Shape | None], axis: SizedAxis | Rest) -> list[Shape | None]:
    """The shapes with their one -1, if there is one, replaced by what is left of the axis.

    Raises:
        Refused: the sizes do not add up.
    """
    total: Size | None = number(0)
    unknown: list[int] = []
    for place, shape in enumerate(shapes):
        if shape is not None and any(_is_open(one) for one in shape):
            unknown.append(place)
            continue
        size = numel(shape)
        total = None if total is None or size is None else add(total, size)
    whole = axis.size if isinstance(axis, SizedAxis) else None
    if len(unknown) > 1:
        raise Refused("leaves more than one size open", "packed_shapes")
    if not unknown:
        if sizes_differ(total, whole):
            raise Refused(f"holds {total} entries, expected {whole}", "packed_shapes")
        return list(shapes)
    rest = None if total is None or whole is None else subtract(whole, total)
    return [_filled(shape, rest) if place in unknown else shape for place, shape in enumerate(shapes)]


def _is_open(axis: SizedAxis | Rest) -> bool:
    return isinstance(axis, SizedAxis) and int_of(axis.size if axis.size is not None else UNKNOWN) == -1


def _filled(shape: Shape | None, rest: Size | None) -> Shape | None:
    if shape is None:
        return None
    others = numel(axis for axis in shape if not _is_open(axis))
    size = None if rest is None or others is None else floor_divide(rest, others)
    return tuple(SizedAxis(size) if _is_open(axis) else axis for axis in shape)
