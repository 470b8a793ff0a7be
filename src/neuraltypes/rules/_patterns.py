"""Patterns of einops: read, held against a shape, and written as another. What einops refuses is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from neuraltypes._sizes import Size, floor_divide, multiply, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import promote_all
from neuraltypes.rules._shapes import ANY, arrays, numel, rank, size_of
from neuraltypes.rules._values import Array, Many, Refused, Value
from neuraltypes.rules.products import axes_text

DOTS: Final = "..."
_ONE: Final = SizedAxis(number(1))

Group = tuple[str, ...]
"""One axis of a pattern: the names and numbers in it, several where it is composed, none for 1."""


ALONE: Final[Group] = (" ... ",)
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
        return self.groups.index(ALONE) if ALONE in self.groups else None


@lru_cache(maxsize=512)
def parse(text: str, pattern: str, *, may_repeat: bool = False) -> _Side:
    """One side of a pattern.

    Raises:
        Refused: it cannot be read.
    """
    groups: list[Group] = []
    inside: list[str] | None = None
    spaced = text.replace("…", DOTS).replace(DOTS, " … ").replace("(", " ( ").replace(")", " ) ")
    names: list[str] = []
    has_number = False
    for word in spaced.split():
        name = DOTS if word == "…" else word
        if name == "(":
            if inside is not None:
                raise bad(pattern, "one parenthesis stands in another")
            inside = []
            continue
        if name == ")":
            if inside is None:
                raise bad(pattern, "a parenthesis is not opened")
            groups.append(tuple(inside))
            inside = None
            continue
        if not is_name(name) and name != DOTS and not name.isdecimal():
            raise bad(pattern, f'"{name}" is no name')
        if name in names and not name.isdecimal() and not may_repeat:
            raise bad(pattern, f'"{name}" stands twice on one side')
        if name.isdecimal() and int(name) == 0:
            raise bad(pattern, "0 is no size")
        has_number = has_number or (name.isdecimal() and int(name) > 1)
        names.append(name)
        items = () if name.isdecimal() and int(name) == 1 else (name,)
        if inside is None:
            groups.append(ALONE if name == DOTS else items)
        else:
            inside += items
    if inside is not None:
        raise bad(pattern, "a parenthesis is not closed")
    return _Side(tuple(groups), frozenset(name for name in names if not name.isdecimal()), has_number)


def is_name(text: str) -> bool:
    return text.isidentifier() and not text.startswith("_") and not text.endswith("_")


def bad(pattern: str, why: str) -> Refused:
    return Refused(f'is "{pattern}", in which {why}', "pattern")


def sides(pattern: str) -> tuple[_Side, _Side]:
    left, arrow, right = pattern.partition("->")
    if not arrow or "->" in right:
        raise bad(pattern, 'there is not one "->"')
    found = parse(left, pattern), parse(right, pattern)
    if DOTS in found[0].names and found[0].dots is None:
        raise bad(pattern, "an ellipsis stands in parentheses on the left side")
    if DOTS in found[1].names and DOTS not in found[0].names:
        raise bad(pattern, "an ellipsis stands on the right side alone")
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


def lengths_of(value: object) -> dict[str, Size | None] | None:
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


def read(side: _Side, shape: Shape | None, lengths: Mapping[str, Size | None], pattern: str) -> _Sizes:
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
        return [(place, group, ANY) for place, group in enumerate(groups) if group != ALONE]
    behind = 0 if dots is None else len(groups) - dots - 1
    front = len(groups) if dots is None else dots
    head, tail = shape[:front], shape[len(shape) - behind :]
    is_sure = all(isinstance(axis, SizedAxis) for axis in (*head, *tail)) and len(shape) >= front + behind
    if dots is not None:
        sizes.dots = shape[front : len(shape) - behind] if is_sure else None
    found: list[tuple[int, Group, SizedAxis]] = []
    for place, group in enumerate(groups):
        if group == ALONE:
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
        raise bad(pattern, f"the size of {' or '.join(sorted(unknown))} must be given")
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


def written(side: _Side, sizes: _Sizes) -> Shape | None:
    """The shape that a right side has."""
    shape: list[SizedAxis | Rest] = []
    for group in side.groups:
        if group == ALONE:
            shape += (Rest(),) if sizes.dots is None else sizes.dots
        else:
            shape.append(_joined(group, sizes))
    return tuple(shape) if sum(isinstance(axis, Rest) for axis in shape) < 2 else None


def _joined(group: Group, sizes: _Sizes) -> SizedAxis:
    if len(group) == 1 and group[0] in sizes.axes:
        return sizes.axes[group[0]]
    total: Size | None = number(1)
    for name in group:
        size = numel(sizes.dots) if name == DOTS else sizes.size(name)
        total = None if total is None or size is None else multiply(total, size)
    return SizedAxis(total)


def _check_lengths(lengths: Mapping[str, Size | None], names: frozenset[str], pattern: str) -> None:
    for name in lengths:
        if not is_name(name):
            raise Refused(f'is "{name}", which is no name', "axes_lengths")
        if name not in names:
            raise Refused(f'names "{name}", which is not in "{pattern}"', "axes_lengths")


def transformed(
    tensor: Value, pattern: Value, axes_lengths: object, operation: str
) -> tuple[Array, Shape | None, bool | None] | None:
    """The tensor, its new shape, and whether axes were reduced; None where the pattern is unknown."""
    array, lengths = _stacked(tensor), lengths_of(axes_lengths)
    if not isinstance(pattern, str) or array is None:
        return None
    left, right = sides(pattern)
    gone, new = left.names - right.names, right.names - left.names
    if operation == "rearrange":
        if left.has_number or right.has_number:
            raise bad(pattern, "a size other than 1 has no name")
        if gone | new:
            raise bad(pattern, f"{_listed(gone | new)} stands on one side only")
    elif operation == "repeat" and left.has_number:
        raise bad(pattern, "a number stands on the left side")
    elif operation == "reduce" and right.has_number:
        raise bad(pattern, "a number stands on the right side")
    elif operation == "repeat" and gone:
        raise bad(pattern, f"{_listed(gone)} stands on the left side only")
    elif operation == "reduce" and new:
        raise bad(pattern, f"{_listed(new)} stands on the right side only")
    if lengths is None:
        return array, None, True if gone - {DOTS} else None
    if operation == "repeat" and new - set(lengths):
        raise bad(pattern, f"the size of {_listed(new - set(lengths))} must be given")
    _check_lengths(lengths, left.names | right.names, pattern)
    sizes = read(left, array.shape, lengths, pattern)
    return array, written(right, sizes), _reduces(left, gone, sizes)


def _reduces(left: _Side, gone: frozenset[str], sizes: _Sizes) -> bool | None:
    """Whether there is an axis to reduce: an ellipsis may stand for none."""
    if left.has_number or gone - {DOTS}:
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
