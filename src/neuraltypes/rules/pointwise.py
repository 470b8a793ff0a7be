"""Entry by entry: arithmetic, comparisons, logic, activations, conversion. Shapes broadcast, dtypes promote.

A rule `name` has a twin `name_in_place`: the result must fit into the tensor that it is written to.

Sources: https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops,
https://docs.pytorch.org/docs/stable/notes/broadcasting.html,
https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc,
https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Final

from neuraltypes._sizes import Size, floor_divide, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import is_given, sizes_differ, suspect
from neuraltypes.rules._dtypes import (
    BOOL,
    COMPLEX,
    category,
    floating,
    of_argument,
    of_number,
    real_of,
    result_type,
)
from neuraltypes.rules._loss_shapes import is_one
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    axis_at,
    broadcast,
    indices_by_axis,
    int_of,
    normal_dim,
    numel,
    place,
    rank,
    replaced,
    said_kind,
)
from neuraltypes.rules._values import UNKNOWN, Array, Config, DType, DTypes, Produced, Refused, Result, Value

_Change = Callable[[DTypes | None], DTypes | None]
_Rule = Callable[..., Result]

_BOOL, _INTEGER, _FLOAT, _COMPLEX = range(4)
_ANY: Final = frozenset({_BOOL, _INTEGER, _FLOAT, _COMPLEX})
_REAL: Final = frozenset({_BOOL, _INTEGER, _FLOAT})
_BITS: Final = frozenset({_BOOL, _INTEGER})
_WORDS: Final = ("Bool", "Integer", "Float", "Complex")

_ZERO: Final = number(0)
_ONE: Final = number(1)
_LAST: Final = number(-1)
_PROBABILITIES: Final = ("ProbsType", "AttentionWeightsType")
_ALL_REAL: Final = ("LogitsType", "UnnormalizedType")
_COMPLEMENT: Final = {
    "ProbsType": "ProbsType",
    "AttentionWeightsType": "ProbsType",
    "KeepMaskType": "IgnoreMaskType",
    "IgnoreMaskType": "KeepMaskType",
    "ValidMaskType": "PaddingMaskType",
    "PaddingMaskType": "ValidMaskType",
}
_KEEPING: Final = ("KeepMaskType", "ValidMaskType")
_IGNORING: Final = ("IgnoreMaskType", "PaddingMaskType")
_MASKS: Final = frozenset(_COMPLEMENT) - frozenset(_PROBABILITIES)
_LARGEST: Final = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38}


# Results that are written somewhere


def _rule(name: str) -> Callable[[_Rule], _Rule]:
    """Make a function the rule of that name, which may be given `out`, and the rule of its in-place form."""

    def register(function: _Rule) -> _Rule:
        @computed(f"pointwise.{name}")
        @wraps(function)
        def anew(*given: Value, out: Value = None, self: Value = UNKNOWN, **named: Value) -> Result:
            if self is not UNKNOWN:  # what torch calls a number in front: `torch.pow(2, x)`
                named["input"] = self
            with _blaming({"input": "self"} if given else {}):
                return _into(out, function(*given, **named))

        @computed(f"pointwise.{name}_in_place")
        @wraps(function)
        def in_place(*given: Value, **named: Value) -> Result:
            own = given[0] if given else named.get("input", UNKNOWN)
            with _blaming({"input": "self"} if given else {}):
                return _fitted(own, function(*given, **named)) if isinstance(own, Array) else UNKNOWN

        return function

    return register


@contextmanager
def _blaming(names: Mapping[str, str]) -> Iterator[None]:
    """Report refusals under the names that arguments have in the call."""
    try:
        yield
    except Refused as error:
        raise Refused(error.reason, names.get(error.argument or "", error.argument), error.code) from None


_SWAPPED: Final = {"input": "other", "other": "input", "exponent": "input"}


def _into(out: Value, result: Result) -> Result:
    """A result that is written to `out`, which keeps its dtype."""
    if out is None or not isinstance(result, Array):
        return result
    return replace(result, dtype=out.dtype if isinstance(out, Array) else None)


def _fitted(own: Array, result: Result) -> Result:
    """A result that is written to one of the operands.

    Raises:
        Refused: it has another shape, or numbers of a higher category.
    """
    if not isinstance(result, Array):
        return own.plain(own.shape)
    if _grows(result.shape, own.shape):
        raise Refused("the result does not fit in place: it would have another shape")
    if (
        result.dtype is not None
        and own.dtype is not None
        and min(map(category, result.dtype)) > max(map(category, own.dtype))
    ):
        raise Refused(
            f"the result is {_words(result.dtype)}, which cannot be put into {_words(own.dtype)}", code="dtype"
        )
    return Array(own.shape, own.dtype, result.element)


def _grows(shape: Shape | None, own: Shape | None) -> bool:
    """Whether a shape is surely not `own`, with which it broadcasts: it has more axes, or a longer one."""
    if shape is None or own is None or rank(shape) is None or rank(own) is None:
        return False
    if len(shape) != len(own):
        return True
    return any(_sizes_differ(given, mine) for given, mine in zip(shape, own, strict=True))


def _sizes_differ(one: SizedAxis | Rest, other: SizedAxis | Rest) -> bool:
    return isinstance(one, SizedAxis) and isinstance(other, SizedAxis) and sizes_differ(one.size, other.size)


def _words(dtypes: DTypes) -> str:
    from neuraltypes.rules._apply import dtypes_text

    return dtypes_text(dtypes)


# What operands must be


def _require(dtypes: DTypes | None, allowed: frozenset[int], argument: str | None = None) -> None:
    """Refuse dtypes that an operation has no kernel for, on any device."""
    if dtypes is None or any(category(one) in allowed for one in dtypes):
        return
    wanted = " or ".join(_WORDS[one] for one in sorted(allowed))
    start = "is" if argument else "the operands together are"
    raise Refused(f"{start} {_words(dtypes)}, expected {wanted}", argument, "dtype")


def _only(value: Value, allowed: frozenset[int]) -> bool:
    """Whether a tensor's dtype is surely of these categories."""
    return isinstance(value, Array) and value.dtype is not None and all(category(one) in allowed for one in value.dtype)


def _require_same(one: Value, other: Value, argument: str) -> None:
    left, right = _dtype_of(one), _dtype_of(other)
    if left is not None and right is not None and not left & right:
        raise Refused(f"is {_words(right)}, expected {_words(left)}", argument, "dtype")


def _require_in_range(value: Value, dtypes: DTypes | None, argument: str) -> None:
    """Torch puts no number into a dtype that cannot hold it: `-1e9` into float16."""
    if not isinstance(value, float) or not dtypes or math.isnan(value):
        return
    if all(abs(value) > _LARGEST.get(one, math.inf) for one in dtypes) and math.isfinite(value):
        raise Refused(f"is {value:g}, which {_words(dtypes)} cannot hold", argument, "dtype")
    if math.isinf(value) and all(category(one) == _INTEGER for one in dtypes):
        raise Refused(f"is {value:g}, which {_words(dtypes)} cannot hold", argument, "dtype")


def _shape_of(value: Value) -> Shape | None:
    if isinstance(value, Array):
        return value.shape
    return None if value is UNKNOWN else ()


def _together(*operands: Value) -> Shape | None:
    return broadcast([_shape_of(one) for one in operands])


def _dtype_of(value: Value) -> DTypes | None:
    return value.dtype if isinstance(value, Array) else None


# Elements


def _element_of(value: Value) -> object | None:
    return value.element if isinstance(value, Array) else None


def _produced(value: Value) -> str:
    """The name of the element that an operation produced; empty where none did."""
    element = _element_of(value)
    return element.name if isinstance(element, Produced) else ""


def _complement(value: Value) -> Produced | None:
    """What `1 - p` and `~mask` hold."""
    name = _COMPLEMENT.get(_produced(value))
    return None if name is None else Produced(name)


def _shared(one: Value, other: Value) -> object | None:
    """The element of both operands, a plain number having any."""
    if isinstance(one, Array) and isinstance(other, Array):
        return one.element if one.element == other.element else None
    if one is UNKNOWN or other is UNKNOWN:
        return None
    return _element_of(one) or _element_of(other)


# One operand


def _unary(name: str, change: _Change, allowed: frozenset[int] = _ANY) -> _Rule:
    """A rule for functions of one operand, of which only the dtype needs saying."""

    @_rule(name)
    def apply(input: Value, *_: Value, **__: Value) -> Result:
        if not isinstance(input, Array):
            return Array(None, change(None))
        _require(input.dtype, allowed, "input")
        return Array(input.shape, change(input.dtype))

    return apply


def _same(dtypes: DTypes | None) -> DTypes | None:
    return dtypes


def _bool(dtypes: DTypes | None) -> DTypes | None:
    return BOOL


def _squared(dtypes: DTypes | None) -> DTypes | None:
    return None if dtypes is None else frozenset("int64" if one == "bool" else one for one in dtypes)


def _angle(dtypes: DTypes | None) -> DTypes | None:
    return floating(real_of(dtypes))


same = _unary("same", _same)
_unary("same_real", _same, _REAL)
_unary("floating", floating)
_unary("floating_real", floating, _REAL)
_unary("real", real_of)
_unary("angle", _angle)
_unary("square", _squared)
_unary("test", _bool)
_unary("test_real", _bool, _REAL)
_unary("float_only", _same, frozenset({_FLOAT}))
_unary("inexact_only", _same, frozenset({_FLOAT, _COMPLEX}))


@_rule("kept")
def kept(input: Array, *_: Value, **__: Value) -> Result:
    """The same tensor, in another place or memory: `contiguous`, `clone`, `detach`. Its element stays."""
    return input


@_rule("exp")
def exp(input: Array, **_: Value) -> Result:
    """`exp`: of logarithms of probabilities, probabilities."""
    element = Produced("ProbsType") if _produced(input) == "LogprobsType" else None
    return Array(input.shape, floating(input.dtype), element)


@_rule("log")
def log(input: Array, **_: Value) -> Result:
    """`log`: of probabilities, their logarithms."""
    if _produced(input) == "LogprobsType":
        suspect("holds logarithms already, and they are negative", "input", code="element")
    elif _produced(input) == "LogitsType":
        suspect("holds logits, which are negative too; take log_softmax or logsigmoid of them", "input", code="element")
    element = Produced("LogprobsType") if _produced(input) in _PROBABILITIES else None
    return Array(input.shape, floating(input.dtype), element)


@_rule("invert")
def invert(input: Array, **_: Value) -> Result:
    """`~mask`: what was to be kept is to be ignored."""
    _require(input.dtype, _BITS, "input")
    return Array(input.shape, input.dtype, _complement(input) if _produced(input) in _MASKS else None)


@_rule("logical_not")
def logical_not(input: Array, **_: Value) -> Result:
    """`torch.logical_not`."""
    return Array(input.shape, BOOL, _complement(input) if _produced(input) in _MASKS else None)


@_rule("nan_to_num")
def nan_to_num(input: Array, **_: Value) -> Result:
    """`torch.nan_to_num`: the numbers mean what they meant."""
    return input


@computed("pointwise.frexp")
def frexp(input: Array, **_: Value) -> Result:
    """`torch.frexp`: mantissa and exponent."""
    _require(input.dtype, frozenset({_FLOAT}), "input")
    return input.plain(input.shape), Array(input.shape, frozenset({"int32"}))


@_rule("round")
def round_(input: Array, decimals: Value = _ZERO, **_: Value) -> Result:
    """`torch.round`: to decimals for floats only."""
    if _produced(input) == "LogitsType":
        suspect("holds logits; round the probabilities, or compare with 0", "input", code="element")
    if int_of(decimals):
        _require(input.dtype, frozenset({_FLOAT}), "input")
    return input.plain(input.shape)


# Two operands


def _binary(name: str, change: _Change, allowed: frozenset[int] = _ANY) -> _Rule:
    """A rule for functions of two operands that promote."""

    @_rule(name)
    def apply(input: Value, other: Value, *_: Value, **__: Value) -> Result:
        dtypes = result_type(input, other)
        _require(dtypes, allowed)
        return Array(_together(input, other), change(dtypes))

    return apply


binary = _binary("binary", _same)
_binary("real_binary", _same, _REAL)
_binary("number_binary", _same, frozenset({_INTEGER, _FLOAT}))
integer_binary = _binary("integer_binary", _same, frozenset({_INTEGER}))
_binary("float_binary", _same, frozenset({_FLOAT}))
_binary("inexact_binary", _same, frozenset({_FLOAT, _COMPLEX}))
_binary("floating_binary", floating)
_binary("floating_real_binary", floating, _REAL)
_binary("logical_binary", _bool)


@_rule("add")
def add(input: Value, other: Value, alpha: Value = _ONE, **_: Value) -> Result:
    """`input + alpha * other`."""
    dtypes = result_type(input, other)
    _require_alpha(alpha, dtypes)
    _suspect_all_pairs(input, other)
    return Array(_together(input, other), dtypes)


def _suspect_all_pairs(input: Value, other: Value) -> None:
    """Suspect what a layer gives for each example, `b 1`, beside one number for each, `b`: each meets every other."""
    for one, vector, name in ((input, other, "input"), (other, input, "other")):
        if not isinstance(one, Array) or not isinstance(vector, Array) or _produced(vector) in _ALL_REAL:
            continue
        if _produced(one) not in _ALL_REAL or rank(one.shape) != 2 or rank(vector.shape) != 1:
            continue
        (examples, last), (numbers,) = one.shape or (), vector.shape or ()
        size = examples.size if isinstance(examples, SizedAxis) else None
        is_same = size is not None and isinstance(numbers, SizedAxis) and numbers.size == size
        if is_same and is_one(last) and not is_one(examples):
            text = f'is "{size} 1" beside "{size}": together they are "{size} {size}"; write squeeze(-1)'
            suspect(text, name)


@_rule("subtract")
def subtract(input: Value, other: Value, alpha: Value = _ONE, **_: Value) -> Result:
    """`input - alpha * other`, which torch does not do for bools. `1 - p` are probabilities as `p` are."""
    for operand, name in ((input, "input"), (other, "other")):
        if (isinstance(operand, Array) and operand.dtype == BOOL) or isinstance(operand, bool):
            raise Refused('is bool, which "-" does not take; write "~mask", or convert it first', name, "dtype")
    dtypes = result_type(input, other)
    _require_alpha(alpha, dtypes)
    _suspect_all_pairs(input, other)
    element = _complement(other) if _is_one(input) else None
    return Array(_together(input, other), dtypes, element)


def _require_alpha(alpha: Value, dtypes: DTypes | None) -> None:
    if isinstance(alpha, float) and dtypes and all(category(one) < _FLOAT for one in dtypes):
        raise Refused(f"is {alpha:g}, expected a whole number for {_words(dtypes)}", "alpha", "dtype")


def _is_one(value: Value) -> bool:
    return (isinstance(value, float) and value == 1.0) or (isinstance(value, Size) and value.constant == 1)


@_rule("reversed_subtract")
def reversed_subtract(input: Value, other: Value, alpha: Value = _ONE, **_: Value) -> Result:
    """`other - alpha * input`."""
    with _blaming(_SWAPPED):
        return subtract(other, input, alpha)


@_rule("divide")
def divide(input: Value, other: Value, rounding_mode: Value = None, **_: Value) -> Result:
    """True division, unless `rounding_mode` says otherwise."""
    if isinstance(rounding_mode, str):
        return floor_divided(input, other)
    dtypes = result_type(input, other)
    shape = _together(input, other)
    return Array(shape, None if rounding_mode is UNKNOWN else floating(dtypes), _scaled(input, other))


@_rule("multiply")
def multiply(input: Value, other: Value, **_: Value) -> Result:
    """`input * other`."""
    _suspect_all_pairs(input, other)
    element = _scaled(input, other) or _scaled(other, input)
    return Array(_together(input, other), result_type(input, other), element)


def _scaled(input: Value, factor: Value) -> Produced | None:
    """What `logits / temperature` holds: any real numbers stay such."""
    is_number = of_number(factor) is not None or (isinstance(factor, Array) and factor.shape == ())
    return Produced(_produced(input)) if is_number and _produced(input) in _ALL_REAL else None


@_rule("floor_divide")
def floor_divided(input: Value, other: Value, **_: Value) -> Result:
    """`input // other`, and `input % other`."""
    dtypes = result_type(input, other)
    _require(dtypes, frozenset({_INTEGER, _FLOAT}))
    return Array(_together(input, other), dtypes)


@_rule("reversed_divide")
def reversed_divide(input: Value, other: Value, **_: Value) -> Result:
    """`other / input`, which torch computes as `input.reciprocal() * other`."""
    inverse = replace(input, dtype=floating(input.dtype)) if isinstance(input, Array) else UNKNOWN
    return divide(other, inverse)


@_rule("reversed_floor_divide")
def reversed_floor_divide(input: Value, other: Value, **_: Value) -> Result:
    """`other // input`."""
    return floor_divided(other, input)


@_rule("reversed_integer_binary")
def reversed_integer_binary(input: Value, other: Value, **_: Value) -> Result:
    """`other << input`."""
    return integer_binary(other, input)


@_rule("power")
def power(input: Value, exponent: Value, **_: Value) -> Result:
    """`input ** exponent`; whole numbers take no negative exponent."""
    dtypes = result_type(input, exponent)
    constant = int_of(exponent)
    if constant is not None and constant < 0 and dtypes and all(category(one) < _FLOAT for one in dtypes):
        raise Refused(f"is {constant}, which {_words(dtypes)} are not raised to", "exponent")
    if isinstance(exponent, Array):
        _require(dtypes, frozenset({_INTEGER, _FLOAT, _COMPLEX}))
    return Array(_together(input, exponent), dtypes)


@_rule("power_of_other")
def power_of_other(input: Value, other: Value, **_: Value) -> Result:
    """`input ** other`."""
    with _blaming({"exponent": "other"}):
        return power(input, other)


@_rule("reversed_power")
def reversed_power(input: Value, other: Value, **_: Value) -> Result:
    """`other ** input`."""
    with _blaming(_SWAPPED):
        return power(other, input)


@_rule("float_power")
def float_power(input: Value, exponent: Value, **_: Value) -> Result:
    """`torch.float_power`: in double precision."""
    dtypes = result_type(input, exponent)
    if dtypes is not None:
        dtypes = frozenset("complex128" if one in COMPLEX else "float64" for one in dtypes)
    return Array(_together(input, exponent), dtypes)


@computed("pointwise.float_power_own")
def float_power_own(input: Array, exponent: Value, **_: Value) -> Result:
    """`x.float_power_(y)`, where `x` is of double precision already."""
    result = float_power(input, exponent)
    assert isinstance(result, Array)
    if result.dtype is not None and input.dtype is not None and not result.dtype & input.dtype:
        raise Refused(f"is {_words(input.dtype)}, expected {_words(result.dtype)}", "self", "dtype")
    return _fitted(input, result)


@_rule("compare")
def compare(input: Value, other: Value, **_: Value) -> Result:
    """`==` and `!=`: bools."""
    if not isinstance(other, Array) and of_number(other) is None:
        return UNKNOWN if other is not UNKNOWN else Array(None, BOOL)
    return Array(_together(input, other), BOOL)


@_rule("above")
def above(input: Value, other: Value, **_: Value) -> Result:
    """`x > 0.5` and its like: a threshold between 0 and 1 is one for probabilities."""
    if isinstance(other, float) and 0 < other < 1 and _produced(input) == "LogprobsType":
        suspect(f"compares logarithms of probabilities, which are below 0, with {other}", code="element")
    elif isinstance(other, float) and 0 < other < 1 and _produced(input) in _ALL_REAL:
        words = "logits" if _produced(input) == "LogitsType" else "raw outputs"
        suspect(
            f"compares {words} with {other}, a threshold for probabilities; compare with 0, or apply sigmoid first",
            code="element",
        )
    _require(result_type(input, other), _REAL)
    return Array(_together(input, other), BOOL)


@_rule("bitwise")
def bitwise(input: Value, other: Value, **_: Value) -> Result:
    """`mask & other`: two masks of one convention are one of it."""
    dtypes = result_type(input, other)
    _require(dtypes, _BITS)
    return Array(_together(input, other), dtypes, _joint_mask(input, other))


@_rule("logical")
def logical(input: Value, other: Value, **_: Value) -> Result:
    """`torch.logical_and` and its like."""
    return Array(_together(input, other), BOOL, _joint_mask(input, other))


def _joint_mask(input: Value, other: Value) -> object | None:
    both_bool = _dtype_of(input) == BOOL == _dtype_of(other)
    return _element_of(input) if both_bool and _element_of(input) == _element_of(other) else None


@_rule("heaviside")
def heaviside(input: Array, values: Array, **_: Value) -> Result:
    """`torch.heaviside`: of one dtype."""
    _require_same(input, values, "values")
    return _same_real_of(input, values)


def _same_real_of(input: Array, other: Array) -> Array:
    dtypes = result_type(input, other)
    _require(dtypes, _REAL)
    return Array(_together(input, other), dtypes)


@_rule("is_close")
def is_close(input: Array, other: Array, **_: Value) -> Result:
    """`torch.isclose`: of one dtype."""
    _require_same(input, other, "other")
    return Array(_together(input, other), BOOL)


@_rule("is_in")
def is_in(elements: Value = UNKNOWN, element: Value = UNKNOWN, **_: Value) -> Result:
    """`torch.isin`: a bool for each entry of the first."""
    if isinstance(elements, Array):
        return Array(elements.shape, BOOL)
    return Array(None if element is UNKNOWN else (), BOOL)


# Several operands


@_rule("clamp")
def clamp(input: Array, min: Value = None, max: Value = None, **_: Value) -> Result:
    """`torch.clamp`: the numbers mean what they meant, unless raw ones are forced above 0."""
    if min is None and max is None:
        raise Refused('one of "min" and "max" is needed')
    bounds = [bound for bound in (min, max) if bound is not None]
    is_mixed = any(isinstance(bound, Array) for bound in bounds) and any(map(of_number, bounds))
    if is_mixed and any(isinstance(bound, Array) and has_axes(bound) for bound in bounds):
        raise Refused('"min" and "max" are a tensor and a number, expected two of a kind')
    # Of a tensor beside a number torch takes the number out.
    dtypes = result_type(input, *(map(_as_number, bounds) if is_mixed else bounds))
    is_one_tensor = len(bounds) == 1 and not of_number(bounds[0])
    _require(dtypes, _REAL if is_one_tensor else frozenset({_INTEGER, _FLOAT}))
    is_forced = _produced(input) in _ALL_REAL and min is not None
    return Array(_together(input, *bounds), dtypes, None if is_forced else input.element)


def has_axes(array: Array) -> bool:
    """Whether a tensor surely has an axis."""
    return array.shape is not None and any(isinstance(axis, SizedAxis) for axis in array.shape)


def _as_number(value: Value) -> Value:
    """A number of the category of a tensor without axes."""
    if not isinstance(value, Array):
        return value
    if _only(value, frozenset({_BOOL})):
        return True
    return number(1) if _only(value, frozenset({_INTEGER})) else 1.0 if _only(value, frozenset({_FLOAT})) else UNKNOWN


@_rule("where")
def where(condition: Value, input: Value = UNKNOWN, other: Value = UNKNOWN, **_: Value) -> Result:
    """`torch.where(condition, a, b)`; with the condition alone, where it holds, a vector for each axis."""
    if isinstance(condition, Array) and not any(map(is_given, ("input", "other", "self"))):
        return indices_by_axis(condition.shape)
    if input is UNKNOWN or other is UNKNOWN:
        return UNKNOWN
    _require_condition(condition)
    for filled, names, word in ((other, _IGNORING, "ignored"), (input, _KEEPING, "kept")):
        if isinstance(filled, float) and filled < -100 and _produced(condition) in names:
            text = f"is True where entries are to be {word}, and the others are; write ~mask"
            suspect(text, "condition", code="element")
    return Array(_together(condition, input, other), result_type(input, other), _shared(input, other))


def _require_condition(condition: Value) -> None:
    dtypes = _dtype_of(condition)
    if dtypes is not None and not dtypes & {"bool", "uint8"}:
        raise Refused(f"is {_words(dtypes)}, expected Bool", "condition", "dtype")


@_rule("where_method")
def where_method(input: Value, condition: Value, other: Value, **_: Value) -> Result:
    """`a.where(condition, b)`."""
    return where(condition, input, other)


@_rule("masked_fill")
def masked_fill(input: Array, mask: Array, value: Value, **_: Value) -> Result:
    """`x.masked_fill(mask, value)`: what is not filled means what it meant."""
    if isinstance(value, Array):
        _require_no_axes(value, "value")
    _require_in_range(value, input.dtype, "value")
    element = None if _produced(input) in _MASKS else input.element  # a mask that is filled becomes a bias
    if isinstance(value, float) and value < -100 and _produced(mask) in _KEEPING:
        suspect("is True where entries are to be kept, and these are filled; write ~mask", "mask", code="element")
    return Array(_together(input, mask), input.dtype, element)


def _require_no_axes(value: Array, argument: str) -> None:
    known = rank(value.shape)
    axes = 0 if value.shape is None else sum(isinstance(axis, SizedAxis) for axis in value.shape)
    if known or axes:
        raise Refused(f"has {axes} {'axis' if axes == 1 else 'axes'}, expected none", argument)


@_rule("addcmul")
def addcmul(input: Value, tensor1: Value, tensor2: Value, value: Value = 1.0, **_: Value) -> Result:
    """`input + value * tensor1 * tensor2`."""
    dtypes = result_type(input, tensor1, tensor2)
    _require(dtypes, frozenset({_INTEGER, _FLOAT, _COMPLEX}))
    return Array(_together(input, tensor1, tensor2), dtypes)


@_rule("addcdiv")
def addcdiv(input: Value, tensor1: Value, tensor2: Value, value: Value = 1.0, **_: Value) -> Result:
    """`input + value * tensor1 / tensor2`; not for whole numbers."""
    _require(result_type(tensor1, tensor2), frozenset({_FLOAT, _COMPLEX}))
    return Array(_together(input, tensor1, tensor2), result_type(input, tensor1, tensor2))


@_rule("lerp")
def lerp(input: Array, end: Array, weight: Value, **_: Value) -> Result:
    """`input + weight * (end - input)`, of one dtype: between two of a kind lies one of it."""
    _require_same(input, end, "end")
    element = input.element if input.element == end.element else None
    dtypes = input.dtype
    if isinstance(weight, Array) and has_axes(weight):
        _require_same(input, weight, "weight")
    elif isinstance(weight, Array):  # one number, with the dtype of its tensor
        dtypes = result_type(input, end, weight)
    elif weight is UNKNOWN:
        dtypes = None
    _require(dtypes, frozenset({_FLOAT, _COMPLEX}))
    return Array(_together(input, end, weight), dtypes, element)


# Into a tensor that is there


@computed("pointwise.copy")
def copy(input: Value, other: Value, **_: Value) -> Result:
    """`x.copy_(y)`: any dtype goes into any."""
    if not isinstance(input, Array):
        return UNKNOWN
    element = _element_of(other) if _element_of(other) == input.element else None
    return _fitted(input, Array(_together(input, other), input.dtype, element))


@computed("pointwise.fill")
def fill(input: Value, value: Value, **_: Value) -> Result:
    """`x.fill_(0.5)`, with a number or a tensor without axes."""
    if not isinstance(input, Array):
        return UNKNOWN
    if isinstance(value, Array):
        _require_no_axes(value, "value")
    _require_in_range(value, input.dtype, "value")
    return input.plain(input.shape)


@computed("pointwise.bernoulli_in_place")
def bernoulli_in_place(input: Value, p: Value = 0.5, **_: Value) -> Result:
    """`x.bernoulli_(p)`: `p` must broadcast to `x`."""
    _require(_dtype_of(input), _REAL, "self")
    return _fitted(input, Array(_together(input, p), input.dtype)) if isinstance(input, Array) else UNKNOWN


@computed("pointwise.requires_grad")
def requires_grad(input: Array, mode: Value = True, **_: Value) -> Result:
    """`x.requires_grad_()`, which is for floats."""
    if mode is True:
        _require(input.dtype, frozenset({_FLOAT, _COMPLEX}), "self")
    return input


# Conversion


@computed("pointwise.to")
def to(input: Array, device: Value = None, dtype: Value = None, other: Value = None, **_: Value) -> Result:
    """`x.to(dtype)`, `x.to(device)`, `x.to(y)`."""
    if isinstance(device, DType):
        dtype = device
    if isinstance(other, Array):
        return _converted(input, other.dtype)
    if other is not None:
        return Array(input.shape, None, input.element)
    return _converted(input, of_argument(dtype, input.dtype))


def _converted(input: Array, dtypes: DTypes | None) -> Array:
    """Another dtype; probabilities and logits that become whole numbers are none."""
    is_cut = dtypes is not None and all(category(one) < _FLOAT for one in dtypes)
    is_lost = is_cut and _produced(input) in (*_PROBABILITIES, *_ALL_REAL, "LogprobsType")
    return Array(input.shape, dtypes, None if is_lost else input.element)


@computed("pointwise.type_as")
def type_as(input: Array, other: Value, **_: Value) -> Result:
    """`x.type_as(y)`."""
    return _converted(input, _dtype_of(other))


_TENSOR_TYPES: Final = {
    "FloatTensor": "float32",
    "DoubleTensor": "float64",
    "HalfTensor": "float16",
    "BFloat16Tensor": "bfloat16",
    "ByteTensor": "uint8",
    "CharTensor": "int8",
    "ShortTensor": "int16",
    "IntTensor": "int32",
    "LongTensor": "int64",
    "BoolTensor": "bool",
}


@computed("pointwise.type")
def type_(input: Array, dtype: Value = None, **_: Value) -> Result:
    """`x.type(torch.float32)`, `x.type("torch.LongTensor")`; `x.type()` is a string."""
    if dtype is None:
        return UNKNOWN
    if isinstance(dtype, str):
        name = _TENSOR_TYPES.get(dtype.rpartition(".")[2])
        return _converted(input, None if name is None else frozenset({name}))
    return _converted(input, of_argument(dtype, None))


def _conversion(name: str) -> None:
    @computed(f"pointwise.as_{name}")
    def convert(input: Array, **_: Value) -> Result:
        return _converted(input, frozenset({name}))


for _name in (*sorted(set(_TENSOR_TYPES.values())), "complex32", "complex64", "complex128"):
    _conversion(_name)


@_rule("view_as_real")
def view_as_real(input: Array, **_: Value) -> Result:
    """`torch.view_as_real`: real and imaginary part as a last axis of 2."""
    _require(input.dtype, frozenset({_COMPLEX}), "input")
    shape = None if input.shape is None else (*input.shape, SizedAxis(number(2)))
    return Array(shape, real_of(input.dtype))


# Activations


@_rule("softmax")
def softmax(input: Array, dim: Value = None, dtype: Value = None, **_: Value) -> Result:
    """`softmax` over an axis, and its like."""
    normal_dim(dim, rank(input.shape))
    if said_kind(axis_at(input.shape, dim)) == "batch":
        suspect("is the batch axis: the numbers of different examples would add up to 1", "dim", code="kind")
    if _produced(input) in _PROBABILITIES:
        suspect("holds probabilities already; softmax wants logits", "input", code="element")
    if _produced(input) in _ALL_REAL and is_one(axis_at(input.shape, dim)):
        suspect("is an axis of size 1, along which each number becomes 1; sigmoid is for a single output", "dim")
    dtypes = of_argument(dtype, input.dtype)
    _require(dtypes, frozenset({_FLOAT}), "input" if dtype is None else "dtype")
    return Array(input.shape, dtypes)


@computed("pointwise.softmax_module")
def softmax_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Softmax(dim)`."""
    return softmax(input, config.get("dim", UNKNOWN))


@computed("pointwise.gumbel_softmax")
def gumbel_softmax(logits: Array, dim: Value = _LAST, **_: Value) -> Result:
    """`F.gumbel_softmax`."""
    _require(logits.dtype, frozenset({_FLOAT}), "logits")
    if _produced(logits) in _PROBABILITIES:
        suspect("holds probabilities already; softmax wants logits", "logits", code="element")
    return softmax(replace(logits, element=None), dim)


@computed("pointwise.softmax_2d")
def softmax_2d(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Softmax2d`: over the channels of an image."""
    known = rank(input.shape)
    if known is not None and known not in (3, 4):
        raise Refused(f"has {known} axes, expected 3 or 4", "input")
    return softmax(input, number(-3))


@computed("pointwise.glu")
def glu(input: Array, dim: Value = _LAST, **_: Value) -> Result:
    """`F.glu`: one half of an axis gates the other."""
    _require(input.dtype, frozenset({_FLOAT}), "input")
    if input.shape == ():
        raise Refused("has no axes, expected 1 or more", "input")
    normal_dim(dim, rank(input.shape))
    index = place(input.shape, dim)
    if input.shape is None or index is None:
        return input.plain(_any_sizes(input.shape))
    axis = input.shape[index]
    size = axis.size if isinstance(axis, SizedAxis) else None
    if size is not None and size.constant is not None and size.constant % 2:
        raise Refused(f"axis {int_of(dim)} is {size}, which has no half", "input")
    half = None if size is None else floor_divide(size, number(2))
    return input.plain(replaced(input.shape, index, SizedAxis(half, getattr(axis, "label", None))))


def _any_sizes(shape: Shape | None) -> Shape | None:
    """The same number of axes, as far as known, of any sizes."""
    return None if shape is None else tuple(axis if isinstance(axis, Rest) else SizedAxis() for axis in shape)


@computed("pointwise.glu_module")
def glu_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.GLU`."""
    return glu(input, config.get("dim", UNKNOWN))


@computed("pointwise.prelu")
def prelu(input: Array, weight: Array, **_: Value) -> Result:
    """`F.prelu`: one slope, or one for each channel (axis 1)."""
    _require(input.dtype, frozenset({_FLOAT}), "input")
    _require_same(input, weight, "weight")
    known = rank(weight.shape)
    if known is not None and known > 1:
        raise Refused(f"has {known} axes, expected 1 or none", "weight")
    _require_slopes(input, numel(weight.shape), "weight")
    return input.plain(input.shape)


def _require_slopes(input: Array, count: Size | None, argument: str) -> None:
    if count is None or count.constant == 1:
        return
    known = rank(input.shape)
    if known == 0:
        raise Refused("has no axes, expected 1 or more", "input")
    axis = SizedAxis(number(1)) if known == 1 else axis_at(input.shape, number(1))
    if axis is not None and sizes_differ(axis.size, count):
        raise Refused(f"has {count} slopes, but the input {axis.size} channels (axis 1)", argument)


@computed("pointwise.prelu_module")
def prelu_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.PReLU`."""
    _require(input.dtype, frozenset({_FLOAT}), "input")
    count = config.get("num_parameters", UNKNOWN)
    if isinstance(count, Size) and count.constant != 1:
        known = rank(input.shape)
        if known == 0:
            raise Refused("has no axes, expected 1 or more", "input")
        axis = SizedAxis(number(1)) if known == 1 else axis_at(input.shape, number(1))
        if axis is not None and sizes_differ(axis.size, count):
            raise Refused(f"axis 1 is {axis.size}, expected {count}", "input")
    return input.plain(input.shape)


@_rule("dropout")
def dropout(input: Array, p: Value = 0.5, training: Value = UNKNOWN, train: Value = UNKNOWN, **_: Value) -> Result:
    """Dropout keeps what numbers mean."""
    _require_rate(p)
    if _drops(p, training, train):
        _require(input.dtype, frozenset({_FLOAT, _COMPLEX}), "input")
    return input


@_rule("feature_dropout")
def feature_dropout(
    input: Array, p: Value = 0.5, training: Value = UNKNOWN, train: Value = UNKNOWN, **_: Value
) -> Result:
    """Dropout of whole channels (axis 1)."""
    return _feature_dropout(input, p, training, train, least=2)


@_rule("dropout_3d")
def dropout_3d(input: Array, p: Value = 0.5, training: Value = UNKNOWN, **_: Value) -> Result:
    """`F.dropout3d`: of whole channels, of one example too."""
    return _feature_dropout(input, p, training, UNKNOWN, least=1)


def _feature_dropout(input: Array, p: Value, training: Value, train: Value, *, least: int) -> Result:
    known = rank(input.shape)
    _require_rate(p)
    if _drops(p, training, train) and known is not None and known < least:
        raise Refused(f"has {known} {'axis' if known else 'axes'}, expected {least} or more", "input")
    return dropout(input, p, training, train)


def _require_rate(p: Value) -> None:
    if isinstance(p, float) and not 0 <= p <= 1:
        raise Refused(f"is {p:g}, expected a number from 0 to 1", "p")


def _drops(p: Value, *training: Value) -> bool:
    """Whether this call surely drops something."""
    return isinstance(p, float) and 0 < p < 1 and True in training


@_rule("dropout_1d")
def dropout_1d(input: Array, p: Value = 0.5, training: Value = UNKNOWN, **_: Value) -> Result:
    """`F.dropout1d`: of whole channels."""
    known = rank(input.shape)
    if known is not None and known not in (2, 3):
        raise Refused(f"has {known} {'axis' if known == 1 else 'axes'}, expected 2 or 3", "input")
    return feature_dropout(input, p, training)


# Modules


@computed("pointwise.module")
def module(config: Config, input: Array, **_: Value) -> Result:
    """An activation as a module."""
    return input.plain(input.shape)


@computed("pointwise.module_floating")
def module_floating(config: Config, input: Array, **_: Value) -> Result:
    """An activation as a module that makes floats of whole numbers."""
    return Array(input.shape, floating(input.dtype))


@computed("pointwise.identity")
def identity(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Identity`, and dropout, which keeps what numbers mean."""
    return input


@computed("pointwise.dropout_1d_module")
def dropout_1d_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Dropout1d`."""
    return dropout_1d(input)
