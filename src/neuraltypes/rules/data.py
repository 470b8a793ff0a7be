"""Tensors of data that is given, and of real and imaginary parts.

Source: https://docs.pytorch.org/docs/stable/torch.html#creation-ops
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import (
    BOOL,
    DEFAULT_FLOAT,
    FLOAT32,
    INT64,
    complex_of,
    dtypes_text,
    of_argument,
    of_number,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import broadcast, rank
from neuraltypes.rules._values import Array, DTypes, Refused, Result, Value
from neuraltypes.rules.creation import dtype_of_number, is_empty, written_to


@computed("data.tensor")
def tensor(data: Value, dtype: Value = None, **_: Value) -> Result:
    """`torch.tensor`, of numbers, nested lists of them, or a tensor."""
    if isinstance(data, Array):
        return Array(data.shape, of_argument(dtype, data.dtype), data.element)
    shape = _nested(data)
    return Array(shape, of_argument(dtype, _dtype_of_nested(data)))


@computed("data.as_array")
def as_array(obj: Value, dtype: Value = None, **_: Value) -> Result:
    """`torch.asarray`."""
    return tensor(obj, dtype)


@computed("data.new_tensor")
def new_tensor(self: Array, data: Value, dtype: Value = None, **_: Value) -> Result:
    """`x.new_tensor(data)`: of the dtype of `x`."""
    found = tensor(data)
    assert isinstance(found, Array)
    return Array(found.shape, of_argument(dtype, self.dtype))


@computed("data.scalar")
def scalar(dtype: Value = None, **_: Value) -> Result:
    """`torch.scalar_tensor`."""
    return Array((), of_argument(dtype, DEFAULT_FLOAT))


def _nested(data: Value) -> Shape | None:
    """The shape of nested lists, whose lists on one level must have one length."""
    if isinstance(data, Array):
        return data.shape
    if not isinstance(data, tuple):
        return () if of_number(data) is not None else None
    shapes = [_nested(item) for item in data]
    count = SizedAxis(number(len(data)))
    if not shapes:
        return (count,)
    if any(shape is None or rank(shape) is None for shape in shapes):
        return None
    return (count, *_one_shape([shape for shape in shapes if shape is not None]))


def _one_shape(shapes: list[Shape]) -> Shape:
    first = shapes[0]
    for shape in shapes[1:]:
        if not is_empty(first) and (len(shape) != len(first) or any(map(_differ, shape, first))):
            raise Refused("has lists of different lengths", "data")
    return first


def _differ(one: SizedAxis | Rest, other: SizedAxis | Rest) -> bool:
    return isinstance(one, SizedAxis) and isinstance(other, SizedAxis) and sizes_differ(one.size, other.size)


def _dtype_of_nested(data: Value) -> DTypes | None:
    if isinstance(data, Array):
        return data.dtype
    if not isinstance(data, tuple):
        return dtype_of_number(data)
    if not data:
        return DEFAULT_FLOAT
    found = [_dtype_of_nested(item) for item in data]
    known = [dtypes for dtypes in found if dtypes is not None]
    if len(known) < len(found):
        return None
    order = (BOOL, INT64, FLOAT32)
    if all(dtypes in order for dtypes in known):
        return max(known, key=order.index)
    return known[0] if all(dtypes == known[0] for dtypes in known) else None


@computed("data.complex")
def complex_(real: Array, imag: Array, out: Value = None, **_: Value) -> Result:
    """`torch.complex`, from two real tensors of one dtype."""
    return _complex(real, imag, "real", "imag", out)


@computed("data.polar")
def polar(abs: Array, angle: Array, out: Value = None, **_: Value) -> Result:
    """`torch.polar`, likewise."""
    return _complex(abs, angle, "abs", "angle", out)


def _complex(one: Array, other: Array, first: str, second: str, out: Value) -> Array:
    for operand, name in ((one, first), (other, second)):
        _require_one_of(operand, ("float16", "float32", "float64"), name)
    if one.dtype is not None and other.dtype is not None and not one.dtype & other.dtype:
        raise Refused(f"is {dtypes_text(other.dtype)}, expected {dtypes_text(one.dtype)}", second, "dtype")
    return written_to(Array(broadcast([one.shape, other.shape]), complex_of(one.dtype)), out)


def _require_one_of(operand: Array, allowed: tuple[str, ...], name: str) -> None:
    if operand.dtype is not None and not operand.dtype.intersection(allowed):
        raise Refused(f"is {dtypes_text(operand.dtype)}, expected {' or '.join(allowed)}", name, "dtype")


@computed("data.view_as_complex")
def view_as_complex(input: Array, **_: Value) -> Result:
    """`torch.view_as_complex`: real and imaginary part are a last axis of 2."""
    _require_one_of(input, ("float16", "float32", "float64"), "input")
    if input.shape == ():
        raise Refused("has no axes, expected 1 or more", "input")
    shape = input.shape
    if shape is None or not shape:
        return Array(None, complex_of(input.dtype))
    last = shape[-1]
    if isinstance(last, Rest):
        return Array((Rest(),), complex_of(input.dtype))
    if sizes_differ(last.size, number(2)):
        raise Refused(f"axis -1 is {last.size}, expected 2", "input")
    return Array(shape[:-1], complex_of(input.dtype))
