"""Entry by entry with several operands: `clamp`, `addcmul`, `lerp`.

Source: https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._dtypes import (
    of_number,
    result_type,
)
from neuraltypes.rules._entrywise import (
    ALL_REAL,
    OF_BOOL,
    OF_COMPLEX,
    OF_FLOAT,
    OF_INTEGER,
    OF_REAL,
    only,
    produced,
    require,
    require_same,
    rule,
    together,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value, common_element


@rule("clamp")
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
    require(dtypes, OF_REAL if is_one_tensor else frozenset({OF_INTEGER, OF_FLOAT}))
    is_forced = produced(input) in ALL_REAL and min is not None
    return Array(together(input, *bounds), dtypes, None if is_forced else input.element)


def has_axes(array: Array) -> bool:
    """Whether a tensor surely has an axis."""
    return array.shape is not None and any(isinstance(axis, SizedAxis) for axis in array.shape)


def _as_number(value: Value) -> Value:
    """A number of the category of a tensor without axes."""
    if not isinstance(value, Array):
        return value
    if only(value, frozenset({OF_BOOL})):
        return True
    return number(1) if only(value, frozenset({OF_INTEGER})) else 1.0 if only(value, frozenset({OF_FLOAT})) else UNKNOWN


@rule("addcmul")
def addcmul(input: Value, tensor1: Value, tensor2: Value, value: Value = 1.0, **_: Value) -> Result:
    """`input + value * tensor1 * tensor2`."""
    dtypes = result_type(input, tensor1, tensor2)
    require(dtypes, frozenset({OF_INTEGER, OF_FLOAT, OF_COMPLEX}))
    return Array(together(input, tensor1, tensor2), dtypes)


@rule("addcdiv")
def addcdiv(input: Value, tensor1: Value, tensor2: Value, value: Value = 1.0, **_: Value) -> Result:
    """`input + value * tensor1 / tensor2`; not for whole numbers."""
    require(result_type(tensor1, tensor2), frozenset({OF_FLOAT, OF_COMPLEX}))
    return Array(together(input, tensor1, tensor2), result_type(input, tensor1, tensor2))


@rule("lerp")
def lerp(input: Array, end: Array, weight: Value, **_: Value) -> Result:
    """`input + weight * (end - input)`, of one dtype: between two of a kind lies one of it."""
    require_same(input, end, "end")
    element = common_element((input.element, end.element))
    dtypes = input.dtype
    if isinstance(weight, Array) and has_axes(weight):
        require_same(input, weight, "weight")
    elif isinstance(weight, Array):  # one number, with the dtype of its tensor
        dtypes = result_type(input, end, weight)
    elif weight is UNKNOWN:
        dtypes = None
    require(dtypes, frozenset({OF_FLOAT, OF_COMPLEX}))
    return Array(together(input, end, weight), dtypes, element)
