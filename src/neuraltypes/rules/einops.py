"""einops: patterns name the axes of a tensor, split and join them; what a pattern refuses, einops refuses.

Sources: https://einops.rocks/api/rearrange/, https://einops.rocks/api/reduce/, https://einops.rocks/api/repeat/,
https://einops.rocks/api/einsum/, https://einops.rocks/api/pack_unpack/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from neuraltypes._sizes import Size, add, floor_divide, multiply, number, subtract
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import FLOATS, promote_all, require_among, summed
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, arrays, int_of, numel, rank, require_equal, size_axes, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, DTypes, Many, Refused, Result, Value
from neuraltypes.rules.products import axes_text, sum_of_products

_DOTS: Final = "..."
_REDUCTIONS: Final = ("min", "max", "sum", "mean", "prod", "any", "all")
_ONE: Final = SizedAxis(number(1))

Group = tuple[str, ...]
"""One axis of a pattern: the names and numbers in it, several where it is composed, none for 1."""


_ALONE: Final[Group] = (" ... ",)
"""An ellipsis outside parentheses."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a pattern."""

    groups: tuple[Group, ...]
    names: frozenset[str]
    has_number: bool = False

    @property
    def dots(self) -> int | None:
        """Where the ellipsis stands alone."""
        return self.groups.index(_ALONE) if _ALONE in self.groups else None


@lru_cache(maxsize=512)
def _parse(text: str, pattern: str, *, may_repeat: bool = False) -> _Side:
    """One side of a pattern.

    Raises:
        Refused: it cannot be read.
    """
    groups: list[Group] = []
    inside: list[str] | None = None
    spaced = text.replace("…", _DOTS).replace(_DOTS, " … ").replace("(", " ( ").replace(")", " ) ")
    names: list[str] = []
    has_number = False
    for word in spaced.split():
        name = _DOTS if word == "…" else word
        if name == "(":
            if inside is not None:
                raise _bad(pattern, "one parenthesis stands in another")
            inside = []
            continue
        if name == ")":
            if inside is None:
                raise _bad(pattern, "a parenthesis is not opened")
            groups.append(tuple(inside))
            inside = None
            continue
        if not _is_name(name) and name != _DOTS and not name.isdecimal():
            raise _bad(pattern, f'"{name}" is no name')
        if name in names and not name.isdecimal() and not may_repeat:
            raise _bad(pattern, f'"{name}" stands twice on one side')
        if name.isdecimal() and int(name) == 0:
            raise _bad(pattern, "0 is no size")
        has_number = has_number or (name.isdecimal() and int(name) > 1)
        names.append(name)
        items = () if name.isdecimal() and int(name) == 1 else (name,)
        if inside is None:
            groups.append(_ALONE if name == _DOTS else items)
        else:
            inside += items
    if inside is not None:
        raise _bad(pattern, "a parenthesis is not closed")
    return _Side(tuple(groups), frozenset(name for name in names if not name.isdecimal()), has_number)


def _is_name(text: str) -> bool:
    return text.isidentifier() and not text.startswith("_") and not text.endswith("_")


def _bad(pattern: str, why: str) -> Refused:
    return Refused(f'is "{pattern}", in which {why}', "pattern")


def _sides(pattern: str) -> tuple[_Side, _Side]:
    left, arrow, right = pattern.partition("->")
    if not arrow or "->" in right:
        raise _bad(pattern, 'there is not one "->"')
    found = _parse(left, pattern), _parse(right, pattern)
    if _DOTS in found[0].names and found[0].dots is None:
        raise _bad(pattern, "an ellipsis stands in parentheses on the left side")
    if _DOTS in found[1].names and _DOTS not in found[0].names:
        raise _bad(pattern, "an ellipsis stands on the right side alone")
    return found


@dataclass(slots=True)
class _Sizes:
    """What the names of a pattern stand for."""

    axes: dict[str, SizedAxis] = field(default_factory=dict)
    dots: Shape | None = None

    def size(self, name: str) -> Size | None:
        """The size of a name or number."""
        if name.isdecimal():
            return number(int(name))
        return self.axes.get(name, ANY).size


def _lengths(value: object) -> dict[str, Size | None] | None:
    """The sizes that a call names; None where even the names are unknown."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {str(name): size_of(size) for name, size in value.items()}
    if isinstance(value, tuple) and all(isinstance(item, tuple) and len(item) == 2 for item in value):
        return {str(name): size_of(size) for name, size in value}
    return None


def _stacked(tensor: Value) -> Array | None:
    """The tensor that is meant: a list of tensors lies along a new first axis."""
    if isinstance(tensor, Array):
        return tensor
    if isinstance(tensor, Many):
        return Array(None if tensor.item.shape is None else (ANY, *tensor.item.shape), tensor.item.dtype)
    found = arrays(tensor)
    if not found:
        return None
    first = found[0]
    same = all(one.element == first.element for one in found)
    shape = None if first.shape is None else (SizedAxis(number(len(found))), *first.shape)
    return Array(shape, promote_all(one.dtype for one in found), first.element if same else None)


def _read(side: _Side, shape: Shape | None, lengths: Mapping[str, Size | None], pattern: str) -> _Sizes:
    """Give every name of the left side its size.

    Raises:
        Refused: the tensor has more or fewer axes, or sizes that do not go into those of the names.
    """
    sizes = _Sizes({name: SizedAxis(size) for name, size in lengths.items()})
    pairs = list(_paired(side, shape, sizes, pattern))
    for place, group, axis in pairs:
        _read_group(place, group, axis, sizes, lengths, pattern)
    return sizes


def _paired(side: _Side, shape: Shape | None, sizes: _Sizes, pattern: str) -> Sequence[tuple[int, Group, SizedAxis]]:
    """The groups of a side beside the axes they stand for; the ellipsis takes the others."""
    groups, dots = side.groups, side.dots
    known = sum(isinstance(axis, SizedAxis) for axis in shape or ())
    is_open = rank(shape) is None
    least = len(groups) - (dots is not None)
    if shape is not None and ((known < least and not is_open) or (known > least and dots is None)):
        more = " or more" if dots is not None else ""
        raise Refused(f'has {axes_text(known)}, expected {least}{more} ("{pattern}")', "tensor")
    if shape is None or (is_open and dots is None):
        return [(place, group, ANY) for place, group in enumerate(groups) if group != _ALONE]
    behind = 0 if dots is None else len(groups) - dots - 1
    front = len(groups) if dots is None else dots
    head, tail = shape[:front], shape[len(shape) - behind :]
    is_sure = all(isinstance(axis, SizedAxis) for axis in (*head, *tail)) and len(shape) >= front + behind
    if dots is not None:
        sizes.dots = shape[front : len(shape) - behind] if is_sure else None
    found: list[tuple[int, Group, SizedAxis]] = []
    for place, group in enumerate(groups):
        if group == _ALONE:
            continue
        at = place if place < front else place - len(groups)
        side_axes = shape[: at + 1] if at >= 0 else shape[at:]
        is_reached = is_sure or (abs(at) <= len(shape) and not any(isinstance(one, Rest) for one in side_axes))
        axis = shape[at] if is_reached else ANY
        found.append((place, group, axis if isinstance(axis, SizedAxis) else ANY))
    return found


def _read_group(
    place: int, group: Group, axis: SizedAxis, sizes: _Sizes, lengths: Mapping[str, Size | None], pattern: str
) -> None:
    unknown = [name for name in group if not name.isdecimal() and name not in lengths]
    if len(unknown) > 1:
        raise _bad(pattern, f"the size of {' or '.join(sorted(unknown))} must be given")
    product: Size | None = number(1)
    for name in group:
        size = sizes.size(name)
        product = product if name in unknown else None if product is None or size is None else multiply(product, size)
    if not unknown:
        if sizes_differ(axis.size, product):
            raise Refused(f'axis {place} is {axis.size}, expected {product} ("{pattern}")', "tensor")
        if len(group) == 1 and not group[0].isdecimal():
            sizes.axes[group[0]] = SizedAxis(product if product is not None else axis.size, axis.label)
        return
    if len(group) == 1:
        sizes.axes[unknown[0]] = axis
        return
    sizes.axes[unknown[0]] = SizedAxis(_quotient(axis.size, product, place, pattern))


def _quotient(size: Size | None, product: Size | None, place: int, pattern: str) -> Size | None:
    """What is left of a size that must be divided without a remainder."""
    if size is None or product is None:
        return None
    if product.constant is not None and product.constant <= 0:
        return None
    if size.constant is not None and product.constant is not None and size.constant % product.constant:
        raise Refused(f'axis {place} is {size}, which {product} does not divide ("{pattern}")', "tensor")
    return floor_divide(size, product)


def _written(side: _Side, sizes: _Sizes) -> Shape | None:
    """The shape that a right side has."""
    shape: list[SizedAxis | Rest] = []
    for group in side.groups:
        if group == _ALONE:
            shape += (Rest(),) if sizes.dots is None else sizes.dots
        else:
            shape.append(_joined(group, sizes))
    return tuple(shape) if sum(isinstance(axis, Rest) for axis in shape) < 2 else None


def _joined(group: Group, sizes: _Sizes) -> SizedAxis:
    if len(group) == 1 and group[0] in sizes.axes:
        return sizes.axes[group[0]]
    total: Size | None = number(1)
    for name in group:
        size = numel(sizes.dots) if name == _DOTS else sizes.size(name)
        total = None if total is None or size is None else multiply(total, size)
    return SizedAxis(total)


def _check_lengths(lengths: Mapping[str, Size | None], names: frozenset[str], pattern: str) -> None:
    for name in lengths:
        if not _is_name(name):
            raise Refused(f'is "{name}", which is no name', "axes_lengths")
        if name not in names:
            raise Refused(f'names "{name}", which is not in "{pattern}"', "axes_lengths")


def _transformed(
    tensor: Value, pattern: Value, axes_lengths: object, operation: str
) -> tuple[Array, Shape | None, bool | None] | None:
    """The tensor, its new shape, and whether axes were reduced; None where the pattern is unknown."""
    array, lengths = _stacked(tensor), _lengths(axes_lengths)
    if not isinstance(pattern, str) or array is None:
        return None
    left, right = _sides(pattern)
    gone, new = left.names - right.names, right.names - left.names
    if operation == "rearrange":
        if left.has_number or right.has_number:
            raise _bad(pattern, "a size other than 1 has no name")
        if gone | new:
            raise _bad(pattern, f"{_listed(gone | new)} stands on one side only")
    elif operation == "repeat" and left.has_number:
        raise _bad(pattern, "a number stands on the left side")
    elif operation == "reduce" and right.has_number:
        raise _bad(pattern, "a number stands on the right side")
    elif operation == "repeat" and gone:
        raise _bad(pattern, f"{_listed(gone)} stands on the left side only")
    elif operation == "reduce" and new:
        raise _bad(pattern, f"{_listed(new)} stands on the right side only")
    if lengths is None:
        return array, None, True if gone - {_DOTS} else None
    if operation == "repeat" and new - set(lengths):
        raise _bad(pattern, f"the size of {_listed(new - set(lengths))} must be given")
    _check_lengths(lengths, left.names | right.names, pattern)
    sizes = _read(left, array.shape, lengths, pattern)
    return array, _written(right, sizes), _reduces(left, gone, sizes)


def _reduces(left: _Side, gone: frozenset[str], sizes: _Sizes) -> bool | None:
    """Whether there is an axis to reduce: an ellipsis may stand for none."""
    if left.has_number or gone - {_DOTS}:
        return True
    return (
        bool(sizes.dots)
        if gone and sizes.dots is not None and rank(sizes.dots) is not None
        else None
        if gone
        else False
    )


def _listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))


@computed("einops.rearrange")
def rearrange(tensor: Value, pattern: Value, axes_lengths: object = None, **_: Value) -> Result:
    """`rearrange`: the same entries in other axes."""
    found = _transformed(tensor, pattern, axes_lengths, "rearrange")
    if found is None:
        return Array()
    array, shape = found[:2]
    return array.of(shape)


@computed("einops.repeat")
def repeat(tensor: Value, pattern: Value, axes_lengths: object = None, **_: Value) -> Result:
    """`repeat`: new axes, along which entries are repeated."""
    found = _transformed(tensor, pattern, axes_lengths, "repeat")
    if found is None:
        return Array()
    array, shape = found[:2]
    return array.of(shape)


@computed("einops.reduce")
def reduce(
    tensor: Value, pattern: Value, reduction: Value, axes_lengths: object = None, is_layer: Value = False, **_: Value
) -> Result:
    """`reduce`: the axes that the right side lacks are reduced."""
    if isinstance(reduction, str) and reduction not in _REDUCTIONS:
        raise Refused(f'is "{reduction}", expected one of {", ".join(_REDUCTIONS)}', "reduction")
    found = _transformed(tensor, pattern, axes_lengths, "reduce")
    if found is None:
        return Array()
    array, shape, reduces = found
    if reduces is False or reduction in ("min", "max"):
        return array.of(shape)
    if is_layer and reduces and reduction in ("any", "all"):
        raise Refused(f'is "{reduction}", which the layer does not take', "reduction")
    if reduces is None:
        return Array(shape)
    return Array(shape, _reduced_dtype(array, reduction))


def _reduced_dtype(array: Array, reduction: Value) -> DTypes | None:
    match reduction:
        case "mean":
            return require_among(array, FLOATS, "Float", "tensor")
        case "sum" | "prod":
            return summed(array.dtype)
        case "any" | "all":
            return (
                None if array.dtype is None else frozenset("uint8" if one == "uint8" else "bool" for one in array.dtype)
            )
        case _:
            return None


# Products


@computed("einops.einsum")
def einsum(tensors_and_pattern: Value, **_: Value) -> Result:
    """`einsum`: with names of more than one letter, and the pattern last."""
    if not isinstance(tensors_and_pattern, tuple) or not tensors_and_pattern:
        return Array()
    *operands, pattern = tensors_and_pattern
    found = arrays(tuple(operands))
    if not isinstance(pattern, str):
        return Array()
    if "->" not in pattern:
        raise _bad(pattern, 'there is no "->"')
    left, right = pattern.split("->", 1)
    terms = [_parse(term, pattern, may_repeat=True) for term in left.split(",")]
    output = _parse(right, pattern)
    for side in (*terms, output):
        if side.has_number or any(len(group) != 1 for group in side.groups):
            raise _bad(pattern, "there is a 1, a number or a parenthesis")
    names = sorted(frozenset().union(*(side.names for side in (*terms, output))) - {_DOTS})
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if len(names) > len(alphabet) or found is None:
        return Array()
    letters = {**dict(zip(names, alphabet, strict=False)), _ALONE[0]: _DOTS}
    written = ["".join(letters[group[0]] for group in side.groups) for side in (*terms, output)]
    return sum_of_products(f"{','.join(written[:-1])}->{written[-1]}", found)


# Packing


@computed("einops.pack")
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
        raise _bad(pattern, 'there is not one "*"')
    for name in names:
        if name != "*" and not _is_name(name):
            raise _bad(pattern, f'"{name}" is no name')
    if len(set(names)) < len(names):
        raise _bad(pattern, "a name stands twice")
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


@computed("einops.unpack")
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


@computed("einops.parse_shape")
def parse_shape(x: Array, pattern: Value, **_: Value) -> Result:
    """`parse_shape`: a dictionary of sizes, which nothing is known of but that the axes must be as many."""
    if isinstance(pattern, str):
        count, ndim = len(pattern.replace("(", " ").replace(")", " ").split()), rank(x.shape)
        if ndim is not None and _DOTS not in pattern and "…" not in pattern and ndim != count:
            raise Refused(f'has {axes_text(ndim)}, expected {count} ("{pattern}")', "x")
    return UNKNOWN


# Layers


@computed("einops.rearrange_layer")
def rearrange_layer(config: Config, input: Array, **_: Value) -> Result:
    """`einops.layers.torch.Rearrange`."""
    return rearrange(input, config.get("pattern", UNKNOWN), config.get("axes_lengths"))


@computed("einops.reduce_layer")
def reduce_layer(config: Config, input: Array, **_: Value) -> Result:
    """`einops.layers.torch.Reduce`."""
    pattern, reduction = config.get("pattern", UNKNOWN), config.get("reduction", UNKNOWN)
    return reduce(input, pattern, reduction, config.get("axes_lengths"), is_layer=True)


@computed("einops.mix_layer")
def mix_layer(config: Config, input: Array, **_: Value) -> Result:
    """`einops.layers.torch.EinMix`: a product with a weight whose axes a second pattern names."""
    pattern, weights = config.get("pattern", UNKNOWN), config.get("weight_shape", UNKNOWN)
    lengths = _lengths(config.get("axes_lengths"))
    if not isinstance(pattern, str) or not isinstance(weights, str) or lengths is None:
        return Array(None, input.dtype)
    left, right = _sides(pattern)
    own = {name: size for name, size in lengths.items() if name in left.names}
    sizes = _read(left, input.shape, own, pattern)
    for name, size in lengths.items():
        sizes.axes.setdefault(name, SizedAxis(size))
        if name in weights.split() and sizes_differ(sizes.axes[name].size, size):
            raise Refused(f'"{name}" is {sizes.axes[name].size}, expected {size} ("{pattern}")', "input")
    return Array(_written(right, sizes), input.dtype)
