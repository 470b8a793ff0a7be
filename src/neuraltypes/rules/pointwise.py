"""Entry by entry: activations, arithmetic, comparisons. Shapes broadcast, dtypes promote.

Sources: https://docs.pytorch.org/docs/stable/notes/broadcasting.html,
https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
"""

from __future__ import annotations

from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import suspect
from neuraltypes.rules._dtypes import BOOL, category, floating, of_argument, of_number, real_of, result_type
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import broadcast, rank
from neuraltypes.rules._values import UNKNOWN, Array, Config, DTypes, Produced, Refused, Result, Value

_ELEMENTS_WITH_THRESHOLD_ZERO = ("LogitsType", "UnnormalizedType")


@computed("pointwise.same")
def same(input: Array, **_: Value) -> Result:
    """The same shape and dtype, with other numbers in it: `relu`, `neg`, `clamp` by numbers."""
    return input.plain(input.shape)


@computed("pointwise.kept")
def kept(input: Array, **_: Value) -> Result:
    """The same tensor, in another place or memory: `contiguous`, `clone`, `detach`. Its element stays."""
    return input


@computed("pointwise.floating")
def to_float(input: Array, **_: Value) -> Result:
    """The same shape; whole numbers become floats: `exp`, `sin`, `sigmoid`."""
    return input.plain(input.shape, floating(input.dtype))


@computed("pointwise.real")
def to_real(input: Array, **_: Value) -> Result:
    """The same shape; complex numbers become floats: `abs`."""
    return Array(input.shape, real_of(input.dtype))


@computed("pointwise.test")
def test(input: Array, **_: Value) -> Result:
    """A bool for each entry: `isnan`, `logical_not`."""
    return Array(input.shape, BOOL)


@computed("pointwise.binary")
def binary(input: Value, other: Value, **_: Value) -> Result:
    """`input + other` and its like: broadcast, promoted."""
    return Array(_together(input, other), result_type(input, other))


@computed("pointwise.divide")
def divide(input: Value, other: Value, rounding_mode: Value = None, **_: Value) -> Result:
    """True division, unless `rounding_mode` says otherwise."""
    dtype = result_type(input, other)
    if rounding_mode is None:
        dtype = floating(dtype)
    elif rounding_mode is UNKNOWN:
        dtype = None
    return Array(_together(input, other), dtype)


@computed("pointwise.floating_binary")
def floating_binary(input: Value, other: Value, **_: Value) -> Result:
    """Two operands, a float result: `atan2`, `xlogy`."""
    return Array(_together(input, other), floating(result_type(input, other)))


@computed("pointwise.compare")
def compare(input: Value, other: Value, **_: Value) -> Result:
    """A comparison: bools."""
    return Array(_together(input, other), BOOL)


@computed("pointwise.above")
def above(input: Value, other: Value, **_: Value) -> Result:
    """`x > 0.5` and its like: a threshold between 0 and 1 is one for probabilities."""
    if isinstance(input, Array) and isinstance(other, float) and 0 < other < 1:
        element = input.element
        name = element.name if isinstance(element, Produced) else None
        if name in _ELEMENTS_WITH_THRESHOLD_ZERO:
            words = "logits" if name == "LogitsType" else "raw outputs"
            suspect(
                f"compares {words} with {other}, a threshold for probabilities; compare with 0, or apply sigmoid first",
                code="element",
            )
    return compare(input, other)


@computed("pointwise.where")
def where(condition: Value, input: Value = UNKNOWN, other: Value = UNKNOWN, **_: Value) -> Result:
    """`torch.where(condition, a, b)`."""
    if input is UNKNOWN or other is UNKNOWN:
        return UNKNOWN
    shape = broadcast([_shape_of(condition), _shape_of(input), _shape_of(other)])
    element = input.element if isinstance(input, Array) else None
    return Array(shape, result_type(input, other), element if _element_of(other) == element else None)


@computed("pointwise.ternary")
def ternary(input: Value, tensor1: Value, tensor2: Value, **_: Value) -> Result:
    """`addcmul`, `lerp`: three operands that broadcast."""
    operands = (input, tensor1, tensor2)
    return Array(broadcast([_shape_of(one) for one in operands]), result_type(*operands))


@computed("pointwise.in_place")
def in_place(input: Array, other: Value = None, **_: Value) -> Result:
    """`x.add_(y)`: of the shape of `x`, to which `y` must broadcast; the result keeps the dtype of `x`."""
    if isinstance(other, Array):
        if _grows(broadcast([input.shape, other.shape]), input.shape):
            raise Refused("does not fit in place: the result would have another shape", "other")
        _require_cast(result_type(input, other), input.dtype)
    elif other is not None and of_number(other) is not None:
        _require_cast(result_type(input, other), input.dtype)
    return input.plain(input.shape)


def _grows(shape: Shape | None, own: Shape | None) -> bool:
    """Whether a shape is surely not `own`: it has more axes, or a longer one where `own` has 1."""
    if shape is None or own is None or rank(shape) is None or rank(own) is None:
        return False
    if len(shape) != len(own):
        return True
    pairs = zip(shape, own, strict=True)
    return any(_is_one(mine) and not _is_one(given) and _is_known(given) for given, mine in pairs)


def _is_one(axis: SizedAxis | Rest) -> bool:
    return isinstance(axis, SizedAxis) and axis.size is not None and axis.size.constant == 1


def _is_known(axis: SizedAxis | Rest) -> bool:
    return isinstance(axis, SizedAxis) and axis.size is not None


def _require_cast(result: DTypes | None, into: DTypes | None) -> None:
    """Torch puts no floats into whole numbers."""
    if result is None or into is None:
        return
    if min(map(category, result)) > max(map(category, into)):
        raise Refused(f"gives {_words(result)}, which cannot be put into {_words(into)}", "other", "dtype")


def _words(dtypes: DTypes) -> str:
    from neuraltypes.rules._apply import dtypes_text

    return dtypes_text(dtypes)


def _shape_of(value: Value) -> Shape | None:
    if isinstance(value, Array):
        return value.shape
    return None if value is UNKNOWN else ()


def _element_of(value: Value) -> object | None:
    return value.element if isinstance(value, Array) else None


def _together(*operands: Value) -> Shape | None:
    return broadcast([_shape_of(one) for one in operands])


@computed("pointwise.module")
def module(config: Config, input: Array, **_: Value) -> Result:
    """An activation as a module."""
    return same(input)


@computed("pointwise.identity")
def identity(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Identity`, and dropout, which keeps what numbers mean."""
    return kept(input)


@computed("pointwise.astype")
def astype(input: Array, dtype: Value = UNKNOWN, **_: Value) -> Result:
    """Another dtype, as asked for."""
    return Array(input.shape, of_argument(dtype, input.dtype), input.element)
