"""Into a tensor that is there, and into another dtype or place.

Source: https://docs.pytorch.org/docs/stable/tensors.html
"""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import number
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._dtypes import (
    category,
    of_argument,
    real_of,
)
from neuraltypes.rules._entrywise import (
    ALL_REAL,
    OF_COMPLEX,
    OF_FLOAT,
    OF_REAL,
    PROBABILITIES,
    dtype_of,
    element_of,
    fitted,
    produced,
    require,
    require_in_range,
    rule,
    together,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._values import UNKNOWN, Array, DType, DTypes, Result, Value
from neuraltypes.rules.masks import require_no_axes


@computed("conversions.copy")
def copy(input: Value, other: Value, **_: Value) -> Result:
    """`x.copy_(y)`: any dtype goes into any."""
    if not isinstance(input, Array):
        return UNKNOWN
    element = element_of(other) if element_of(other) == input.element else None
    return fitted(input, Array(together(input, other), input.dtype, element))


@computed("conversions.fill")
def fill(input: Value, value: Value, **_: Value) -> Result:
    """`x.fill_(0.5)`, with a number or a tensor without axes."""
    if not isinstance(input, Array):
        return UNKNOWN
    if isinstance(value, Array):
        require_no_axes(value, "value")
    require_in_range(value, input.dtype, "value")
    return input.plain(input.shape)


@computed("conversions.bernoulli_in_place")
def bernoulli_in_place(input: Value, p: Value = 0.5, **_: Value) -> Result:
    """`x.bernoulli_(p)`: `p` must broadcast to `x`."""
    require(dtype_of(input), OF_REAL, "self")
    return fitted(input, Array(together(input, p), input.dtype)) if isinstance(input, Array) else UNKNOWN


@computed("conversions.requires_grad")
def requires_grad(input: Array, mode: Value = True, **_: Value) -> Result:
    """`x.requires_grad_()`, which is for floats."""
    if mode is True:
        require(input.dtype, frozenset({OF_FLOAT, OF_COMPLEX}), "self")
    return input


# Conversion


@computed("conversions.to")
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
    is_cut = dtypes is not None and all(category(one) < OF_FLOAT for one in dtypes)
    is_lost = is_cut and produced(input) in (*PROBABILITIES, *ALL_REAL, "LogprobsType")
    return Array(input.shape, dtypes, None if is_lost else input.element)


@computed("conversions.type_as")
def type_as(input: Array, other: Value, **_: Value) -> Result:
    """`x.type_as(y)`."""
    return _converted(input, dtype_of(other))


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


@computed("conversions.type")
def type_(input: Array, dtype: Value = None, **_: Value) -> Result:
    """`x.type(torch.float32)`, `x.type("torch.LongTensor")`; `x.type()` is a string."""
    if dtype is None:
        return UNKNOWN
    if isinstance(dtype, str):
        name = _TENSOR_TYPES.get(dtype.rpartition(".")[2])
        return _converted(input, None if name is None else frozenset({name}))
    return _converted(input, of_argument(dtype, None))


def _conversion(name: str) -> None:
    @computed(f"conversions.as_{name}")
    def convert(input: Array, **_: Value) -> Result:
        return _converted(input, frozenset({name}))


for _name in (*sorted(set(_TENSOR_TYPES.values())), "complex32", "complex64", "complex128"):
    _conversion(_name)


@rule("view_as_real")
def view_as_real(input: Array, **_: Value) -> Result:
    """`torch.view_as_real`: real and imaginary part as a last axis of 2."""
    require(input.dtype, frozenset({OF_COMPLEX}), "input")
    shape = None if input.shape is None else (*input.shape, SizedAxis(number(2)))
    return Array(shape, real_of(input.dtype))
