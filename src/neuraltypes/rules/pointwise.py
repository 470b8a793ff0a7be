"""Entry by entry: functions of one operand, and arithmetic. Shapes broadcast, dtypes promote.

A rule `name` has a twin `name_in_place`: the result must fit into the tensor that it is written to.

Sources: https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops,
https://docs.pytorch.org/docs/stable/notes/broadcasting.html,
https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from neuraltypes._sizes import Size
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._context import suspect
from neuraltypes.rules._dtypes import (
    BOOL,
    COMPLEX,
    category,
    dtypes_text,
    floating,
    of_number,
    real_of,
    result_type,
)
from neuraltypes.rules._entrywise import (
    ALL_REAL,
    MASKS,
    OF_ANY,
    OF_BITS,
    OF_COMPLEX,
    OF_FLOAT,
    OF_INTEGER,
    OF_REAL,
    ONE_NUMBER,
    PROBABILITIES,
    ZERO,
    Change,
    Rule,
    blaming,
    complement,
    element_of,
    fitted,
    hides,
    produced,
    require,
    rule,
    together,
)
from neuraltypes.rules._loss_shapes import is_one
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    int_of,
    rank,
)
from neuraltypes.rules._values import BY_LAYER, UNKNOWN, Array, DTypes, Produced, Refused, Result, Value

_SWAPPED: Final = {"input": "other", "other": "input", "exponent": "input"}


# One operand


def _unary(name: str, change: Change, allowed: frozenset[int] = OF_ANY) -> Rule:
    """A rule for functions of one operand, of which only the dtype needs saying."""

    @rule(name)
    def apply(input: Value, *_: Value, **__: Value) -> Result:
        if not isinstance(input, Array):
            return Array(None, change(None))
        require(input.dtype, allowed, "input")
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
_unary("same_real", _same, OF_REAL)
_unary("floating", floating)
_unary("floating_real", floating, OF_REAL)
_unary("real", real_of)
_unary("angle", _angle)
_unary("square", _squared)
_unary("test", _bool)
_unary("test_real", _bool, OF_REAL)
_unary("float_only", _same, frozenset({OF_FLOAT}))
_unary("inexact_only", _same, frozenset({OF_FLOAT, OF_COMPLEX}))


@rule("kept")
def kept(input: Array, *_: Value, **__: Value) -> Result:
    """The same tensor, in another place or memory: `contiguous`, `clone`, `detach`. Its element stays."""
    return input


@rule("exp")
def exp(input: Array, **_: Value) -> Result:
    """`exp`: of logarithms of probabilities, probabilities."""
    element = Produced("ProbsType") if produced(input) == "LogprobsType" else None
    return Array(input.shape, floating(input.dtype), element)


@rule("log")
def log(input: Array, **_: Value) -> Result:
    """`log`: of probabilities, their logarithms."""
    if produced(input) == "LogprobsType":
        suspect("holds logarithms already, and they are negative", "input", code="element")
    elif produced(input) == "LogitsType":
        suspect("holds logits, which are negative too; take log_softmax or logsigmoid of them", "input", code="element")
    element = Produced("LogprobsType") if produced(input) in PROBABILITIES else None
    return Array(input.shape, floating(input.dtype), element)


@rule("invert")
def invert(input: Array, **_: Value) -> Result:
    """`~mask`: what was to be kept is to be ignored."""
    require(input.dtype, OF_BITS, "input")
    return Array(input.shape, input.dtype, complement(input) if produced(input) in MASKS else None)


@rule("logical_not")
def logical_not(input: Array, **_: Value) -> Result:
    """`torch.logical_not`."""
    return Array(input.shape, BOOL, complement(input) if produced(input) in MASKS else None)


@rule("nan_to_num")
def nan_to_num(input: Array, **_: Value) -> Result:
    """`torch.nan_to_num`: the numbers mean what they meant."""
    return input


@computed("pointwise.frexp")
def frexp(input: Array, **_: Value) -> Result:
    """`torch.frexp`: mantissa and exponent."""
    require(input.dtype, frozenset({OF_FLOAT}), "input")
    return input.plain(input.shape), Array(input.shape, frozenset({"int32"}))


@rule("round")
def round_(input: Array, decimals: Value = ZERO, **_: Value) -> Result:
    """`torch.round`: to decimals for floats only."""
    if produced(input) == "LogitsType":
        suspect("holds logits; round the probabilities, or compare with 0", "input", code="element")
    if int_of(decimals):
        require(input.dtype, frozenset({OF_FLOAT}), "input")
    return input.plain(input.shape)


# Two operands


def _binary(name: str, change: Change, allowed: frozenset[int] = OF_ANY) -> Rule:
    """A rule for functions of two operands that promote."""

    @rule(name)
    def apply(input: Value, other: Value, *_: Value, **__: Value) -> Result:
        dtypes = result_type(input, other)
        require(dtypes, allowed)
        return Array(together(input, other), change(dtypes))

    return apply


binary = _binary("binary", _same)
_binary("real_binary", _same, OF_REAL)
_binary("number_binary", _same, frozenset({OF_INTEGER, OF_FLOAT}))
integer_binary = _binary("integer_binary", _same, frozenset({OF_INTEGER}))
_binary("float_binary", _same, frozenset({OF_FLOAT}))
_binary("inexact_binary", _same, frozenset({OF_FLOAT, OF_COMPLEX}))
_binary("floating_binary", floating)
_binary("floating_real_binary", floating, OF_REAL)
_binary("logical_binary", _bool)


@rule("add")
def add(input: Value, other: Value, alpha: Value = ONE_NUMBER, **_: Value) -> Result:
    """`input + alpha * other`."""
    dtypes = result_type(input, other)
    _require_alpha(alpha, dtypes)
    _suspect_all_pairs(input, other)
    _suspect_logarithms(input, other)
    return Array(together(input, other), dtypes)


def _suspect_logarithms(input: Value, other: Value) -> None:
    """Suspect probabilities that are added to logarithms of such, or taken from them."""
    for one, logarithms, name in ((input, other, "input"), (other, input, "other")):
        if produced(one) in PROBABILITIES and produced(logarithms) == "LogprobsType":
            suspect("holds probabilities, and what stands beside it their logarithms", name, code="element")


def _suspect_all_pairs(input: Value, other: Value) -> None:
    """Suspect what a layer gives for each example, `b 1`, beside one number for each, `b`: each meets every other."""
    for one, vector, name in ((input, other, "input"), (other, input, "other")):
        if not isinstance(one, Array) or not isinstance(vector, Array) or produced(vector) in ALL_REAL:
            continue
        if produced(one) not in ALL_REAL or rank(one.shape) != 2 or rank(vector.shape) != 1:
            continue
        (examples, last), (numbers,) = one.shape or (), vector.shape or ()
        size = examples.size if isinstance(examples, SizedAxis) else None
        is_same = size is not None and isinstance(numbers, SizedAxis) and numbers.size == size
        if is_same and is_one(last) and not is_one(examples):
            text = f'is "{size} 1" beside "{size}": together they are "{size} {size}"; write squeeze(-1)'
            suspect(text, name)


@rule("subtract")
def subtract(input: Value, other: Value, alpha: Value = ONE_NUMBER, **_: Value) -> Result:
    """`input - alpha * other`, which torch does not do for bools. `1 - p` are probabilities as `p` are."""
    for operand, name in ((input, "input"), (other, "other")):
        if (isinstance(operand, Array) and operand.dtype == BOOL) or isinstance(operand, bool):
            raise Refused('is bool, which "-" does not take; write "~mask", or convert it first', name, "dtype")
    dtypes = result_type(input, other)
    _require_alpha(alpha, dtypes)
    _suspect_all_pairs(input, other)
    _suspect_logarithms(input, other)
    element = complement(other) if _is_one(input) else None
    return Array(together(input, other), dtypes, element)


def _require_alpha(alpha: Value, dtypes: DTypes | None) -> None:
    if isinstance(alpha, float) and dtypes and all(category(one) < OF_FLOAT for one in dtypes):
        raise Refused(f"is {alpha:g}, expected a whole number for {dtypes_text(dtypes)}", "alpha", "dtype")


def _is_one(value: Value) -> bool:
    return (isinstance(value, float) and value == 1.0) or (isinstance(value, Size) and value.constant == 1)


@rule("reversed_subtract")
def reversed_subtract(input: Value, other: Value, alpha: Value = ONE_NUMBER, **_: Value) -> Result:
    """`other - alpha * input`."""
    with blaming(_SWAPPED):
        return subtract(other, input, alpha)


@rule("divide")
def divide(input: Value, other: Value, rounding_mode: Value = None, **_: Value) -> Result:
    """True division, unless `rounding_mode` says otherwise."""
    if isinstance(rounding_mode, str):
        return floor_divided(input, other)
    dtypes = result_type(input, other)
    shape = together(input, other)
    return Array(shape, None if rounding_mode is UNKNOWN else floating(dtypes), _scaled(input, other))


@rule("multiply")
def multiply(input: Value, other: Value, **_: Value) -> Result:
    """`input * other`."""
    _suspect_all_pairs(input, other)
    for mask, factor, name in ((input, other, "input"), (other, input, "other")):
        if isinstance(mask, Array) and hides(mask, factor):
            suspect("is 1 where entries are to be kept, and these are hidden; write 1 - mask", name, code="element")
    element = _scaled(input, other) or _scaled(other, input)
    return Array(together(input, other), result_type(input, other), element)


def _scaled(input: Value, factor: Value) -> Produced | None:
    """What `logits / temperature` holds: any real numbers stay such."""
    is_number = of_number(factor) is not None
    if produced(input) not in ALL_REAL or not (is_number or (isinstance(factor, Array) and factor.shape == ())):
        return None
    element = element_of(input)
    is_of_layer = is_number and isinstance(element, Produced) and element.by == BY_LAYER
    return Produced(produced(input), by=BY_LAYER if is_of_layer else "")


@rule("floor_divide")
def floor_divided(input: Value, other: Value, **_: Value) -> Result:
    """`input // other`, and `input % other`."""
    dtypes = result_type(input, other)
    require(dtypes, frozenset({OF_INTEGER, OF_FLOAT}))
    return Array(together(input, other), dtypes)


@rule("reversed_divide")
def reversed_divide(input: Value, other: Value, **_: Value) -> Result:
    """`other / input`, which torch computes as `input.reciprocal() * other`."""
    inverse = replace(input, dtype=floating(input.dtype)) if isinstance(input, Array) else UNKNOWN
    return divide(other, inverse)


@rule("reversed_floor_divide")
def reversed_floor_divide(input: Value, other: Value, **_: Value) -> Result:
    """`other // input`."""
    return floor_divided(other, input)


@rule("reversed_integer_binary")
def reversed_integer_binary(input: Value, other: Value, **_: Value) -> Result:
    """`other << input`."""
    return integer_binary(other, input)


@rule("power")
def power(input: Value, exponent: Value, **_: Value) -> Result:
    """`input ** exponent`; whole numbers take no negative exponent."""
    dtypes = result_type(input, exponent)
    constant = int_of(exponent)
    if constant is not None and constant < 0 and dtypes and all(category(one) < OF_FLOAT for one in dtypes):
        raise Refused(f"is {constant}, which {dtypes_text(dtypes)} are not raised to", "exponent")
    if isinstance(exponent, Array):
        require(dtypes, frozenset({OF_INTEGER, OF_FLOAT, OF_COMPLEX}))
    return Array(together(input, exponent), dtypes)


@rule("power_of_other")
def power_of_other(input: Value, other: Value, **_: Value) -> Result:
    """`input ** other`."""
    with blaming({"exponent": "other"}):
        return power(input, other)


@rule("reversed_power")
def reversed_power(input: Value, other: Value, **_: Value) -> Result:
    """`other ** input`."""
    with blaming(_SWAPPED):
        return power(other, input)


@rule("float_power")
def float_power(input: Value, exponent: Value, **_: Value) -> Result:
    """`torch.float_power`: in double precision."""
    dtypes = result_type(input, exponent)
    if dtypes is not None:
        dtypes = frozenset("complex128" if one in COMPLEX else "float64" for one in dtypes)
    return Array(together(input, exponent), dtypes)


@computed("pointwise.float_power_own")
def float_power_own(input: Array, exponent: Value, **_: Value) -> Result:
    """`x.float_power_(y)`, where `x` is of double precision already."""
    result = float_power(input, exponent)
    assert isinstance(result, Array)
    if result.dtype is not None and input.dtype is not None and not result.dtype & input.dtype:
        raise Refused(f"is {dtypes_text(input.dtype)}, expected {dtypes_text(result.dtype)}", "self", "dtype")
    return fitted(input, result)
