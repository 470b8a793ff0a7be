"""What losses have in common: how they are reduced, and what is compared with what."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar

from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._dtypes import FLOATS, category, dtypes_text, floating
from neuraltypes.rules._entrywise import PROBABILITIES, produced
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import bool_of, broadcast, int_of, rank
from neuraltypes.rules._values import Array, DTypes, Refused, Result, Value

_Rule = TypeVar("_Rule", bound=Callable[..., Result])
_REDUCTIONS: Final = ("none", "mean", "sum")


def reduction_of(reduction: Value, size_average: Value = None, reduce: Value = None, *others: str) -> str | None:
    """How a loss is reduced: the flags of old, then the word, or its number; None where it is unknown.

    Raises:
        Refused: there is no such reduction.
    """
    if size_average is not None or reduce is not None:
        is_mean, is_reduced = (True if flag is None else bool_of(flag) for flag in (size_average, reduce))
        if is_mean is None or is_reduced is None:
            return None
        return "none" if not is_reduced else "mean" if is_mean else "sum"
    if isinstance(reduction, str):
        known = (*_REDUCTIONS, *others)
        if reduction not in (*known, "elementwise_mean"):
            raise Refused(f'is "{reduction}", expected one of {", ".join(known)}', "reduction")
        return reduction
    place = int_of(reduction)
    return _REDUCTIONS[place] if place is not None and 0 <= place < len(_REDUCTIONS) else None


def loss(name: str, *others: str) -> Callable[[_Rule], _Rule]:
    """Make a function the computed rule of a loss; it is told `how` to reduce, in a word, or None where unknown."""

    def register(rule: _Rule) -> _Rule:
        @computed(name)
        @wraps(rule)
        def told(
            *, reduction: Value = "mean", size_average: Value = None, reduce: Value = None, **arguments: Value
        ) -> Result:
            return rule(how=reduction_of(reduction, size_average, reduce, *others), **arguments)

        return rule

    return register


def reduced(shape: Shape | None, dtype: DTypes | None, reduction: str | None) -> Array:
    """A loss, of that shape and dtype unless it is reduced."""
    return Array(None if reduction is None else shape if reduction == "none" else (), dtype)


def shape_text(shape: Shape) -> str:
    """A shape in quotes."""
    return f'"{format_shape(shape)}"'


def paired(input: Array, target: Array, name: str = "target", other: str = "input") -> Shape | None:
    """The shape that two arrays broadcast to, which should be that of the first.

    Raises:
        Refused: they do not broadcast.
    """
    shape = joined(input, target, name, other)
    if shape is not None and input.shape is not None and target.shape is not None and is_larger(shape, input.shape):
        words = f"is {shape_text(target.shape)}, but {other} is {shape_text(input.shape)}"
        suspect(f"{words}: together they are {shape_text(shape)}", name)
    return shape


def suspect_logarithms(input: Array, target: Array) -> None:
    """Suspect probabilities that are compared with logarithms of such, number by number."""
    for one, other, name in ((input, target, "input"), (target, input, "target")):
        if produced(one) in PROBABILITIES and produced(other) == "LogprobsType":
            suspect("holds probabilities, and is compared with logarithms of such", name, code="element")


def joined(input: Array, target: Array, name: str, other: str) -> Shape | None:
    """The shape that two arrays broadcast to.

    Raises:
        Refused: they do not broadcast.
    """
    if input.shape is None or target.shape is None:
        return None
    try:
        return broadcast([input.shape, target.shape])
    except Refused:
        reason = f"is {shape_text(target.shape)}, which does not go with {other}, {shape_text(input.shape)}"
        raise Refused(reason, name) from None


def is_larger(shape: Shape, own: Shape) -> bool:
    """Whether a shape that `own` was broadcast to surely has more entries."""
    if rank(shape) is None or rank(own) is None:
        return False
    ahead = len(shape) - len(own)
    pairs = zip(shape[ahead:], own, strict=True)
    return any(is_long(axis) for axis in shape[:ahead]) or any(is_one(mine) and is_long(axis) for axis, mine in pairs)


def without_last(shape: Shape | None) -> Shape | None:
    """All axes but the last one; None where it is not known which they are."""
    return None if shape is None or (shape and isinstance(shape[-1], Rest)) else shape[:-1]


def is_one(axis: SizedAxis | Rest | None) -> bool:
    """Whether an axis surely has size 1."""
    return isinstance(axis, SizedAxis) and axis.size is not None and axis.size.constant == 1


def is_long(axis: SizedAxis | Rest) -> bool:
    """Whether an axis has a known size other than 1."""
    return isinstance(axis, SizedAxis) and axis.size is not None and axis.size.constant != 1


def require_expands(value: Value, shape: Shape | None, name: str) -> None:
    """Refuse what does not broadcast to that very shape."""
    if not isinstance(value, Array) or value.shape is None or shape is None:
        return
    words = f"is {shape_text(value.shape)}, which does not broadcast to {shape_text(shape)}"
    try:
        together = broadcast([shape, value.shape])
    except Refused:
        raise Refused(words, name) from None
    if together is None or rank(together) is None or rank(shape) is None:
        return
    if len(together) > len(shape) or is_larger(together, shape):
        raise Refused(words, name)


def require_float(*named: tuple[str, Array]) -> None:
    """Refuse dtypes none of which is a float one, or one of which is complex."""
    known = [(name, array.dtype) for name, array in named if array.dtype is not None]
    for name, dtype in known:
        if min(map(category, dtype)) == 3:
            raise Refused(f"is {dtypes_text(dtype)}, expected Float", name, "dtype")
    if len(known) == len(named) and not any(dtype & FLOATS for _, dtype in known):
        raise Refused(f"is {dtypes_text(known[0][1])}, expected Float", known[0][0], "dtype")


def require_mean(dtype: DTypes | None, reduction: str | None, name: str) -> None:
    """Refuse the mean of whole numbers."""
    if reduction == "mean" and dtype is not None and max(map(category, dtype)) < 2:
        raise Refused(f"is {dtypes_text(dtype)}, which has no mean", name, "dtype")


def floated(array: Array) -> Array:
    """The same array with whole numbers as floats."""
    return Array(array.shape, floating(array.dtype))


def axes_differ(left: SizedAxis | Rest, right: SizedAxis | Rest) -> bool:
    """Whether two axes surely have different sizes."""
    is_sized = isinstance(left, SizedAxis) and isinstance(right, SizedAxis)
    return is_sized and sizes_differ(left.size, right.size)  # type: ignore[union-attr]
