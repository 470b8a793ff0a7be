"""Values as rules see them: an array is its shape, dtypes and element; an `int` is a size; the rest is Python's own."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis


class Unknown(enum.Enum):
    """Values of which nothing is known, or only that they are numbers."""

    UNKNOWN = "anything"
    SOME_INT = "an int"
    SOME_FLOAT = "a float"

    def __repr__(self) -> str:
        return self.name


UNKNOWN: Final = Unknown.UNKNOWN
SOME_INT: Final = Unknown.SOME_INT
SOME_FLOAT: Final = Unknown.SOME_FLOAT

DTypes: TypeAlias = frozenset[str]
"""The torch dtypes, by name, that something may have."""


@dataclass(frozen=True, slots=True)
class Produced:
    """An element that an operation gives by its nature, by class name: `ProbsType` after a softmax.

    Several operations may give the same; `by` is which one it surely was, "softmax" or "sigmoid", where that matters.
    By a "layer" is what a bias was added to: nothing keeps that from being negative, or from being so once trained.
    """

    name: str
    by: str = field(default="", kw_only=True)


BY_LAYER: Final = "layer"


def common_element(elements: Iterable[object]) -> object | None:
    """What several tensors hold; None where they differ."""
    first, *others = elements
    if all(one == first for one in others):
        return first
    names = {one.name if type(one) is Produced else None for one in (first, *others)}
    name = names.pop() if len(names) == 1 else None
    return None if name is None else Produced(name)


def partly(element: object | None) -> object | None:
    """What numbers mean of which some were replaced, or picked by what they are: a layer gave them no more."""
    return Produced(element.name) if isinstance(element, Produced) and element.by == BY_LAYER else element


@dataclass(frozen=True, slots=True)
class Resampled:
    """An element along an axis of which numbers were left out or put in: a rate that it says may not hold any more."""

    element: object


@dataclass(frozen=True, slots=True)
class Array:
    """A tensor: its shape (None: not even the number of axes is known), the dtypes it may have (None: any), element.

    What stands in `element` is the caller's; a rule keeps it, drops it, or puts a `Produced` there.
    """

    shape: Shape | None = None
    dtype: DTypes | None = None
    element: object | None = None

    @property
    def ndim(self) -> int | None:
        """The number of axes; None where it is unknown."""
        if self.shape is None or any(isinstance(axis, Rest) for axis in self.shape):
            return None
        return len(self.shape)

    def of(self, shape: Shape | None) -> Array:
        """The same dtype and element in another shape."""
        return Array(shape, self.dtype, self.element)

    def resampled(self, shape: Shape | None) -> Array:
        """The same, with numbers left out or put in along an axis."""
        return replace(self, shape=shape, element=None if self.element is None else Resampled(self.element))

    def chosen(self, shape: Shape | None) -> Array:
        """Some of the numbers: what added up to 1 need not do so any more."""
        element = self.element
        if isinstance(element, Produced) and element.by:
            element = Produced(element.name)
        return Array(shape, self.dtype, element)

    def plain(self, shape: Shape | None, dtype: DTypes | None = None) -> Array:
        """Another shape, and the same dtype unless one is given; the element is lost."""
        return Array(shape, self.dtype if dtype is None else dtype)


@dataclass(frozen=True, slots=True)
class Many:
    """A sequence of arrays that are like `item`, of unknown length."""

    item: Array


@dataclass(frozen=True, slots=True)
class Packed:
    """A `PackedSequence`: sequences of several lengths, as the array `b t ...` that they would be padded to."""

    padded: Array


@dataclass(frozen=True, slots=True)
class Slice:
    """`start:stop:step` in an index."""

    start: Value = None
    stop: Value = None
    step: Value = None


@dataclass(frozen=True, slots=True)
class DType:
    """A `torch.dtype` as an argument."""

    names: DTypes


Value: TypeAlias = (
    "Array | Many | Packed | Size | Slice | DType | Unknown | bool | float | str "
    "| tuple[Value, ...] | Mapping[str, Value] | ellipsis | None"
)
Result: TypeAlias = "Array | Many | Packed | Size | Unknown | tuple[Result, ...] | None"
Config: TypeAlias = Mapping[str, Value]
CLASS: Final = "__class__"
"""The key under which a config that is an argument holds the public name of what was made with it."""
Code: TypeAlias = Literal["shape", "kind", "dtype", "element"]


class Refused(Exception):  # noqa: N818 - what torch refuses; the front ends word it
    """A call that torch refuses: the reason in words, and the argument that it is about."""

    def __init__(self, reason: str, argument: str | None = None, code: Code = "shape") -> None:
        super().__init__(reason)
        self.reason = reason
        self.argument = argument
        self.code: Code = code


def sizes(*values: int) -> Shape:
    """A shape of numbers."""
    return tuple(SizedAxis(number(value)) for value in values)
