"""Tensors from sizes, numbers and random generators.

Sources: https://docs.pytorch.org/docs/stable/torch.html#creation-ops,
https://docs.pytorch.org/docs/stable/torch.html#random-sampling
"""

from __future__ import annotations

import math
from typing import Final

from neuraltypes._sizes import Size, add, floor_divide, multiply, number, subtract
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import (
    BOOL,
    COMPLEX,
    DEFAULT_FLOAT,
    FLOAT32,
    INT64,
    category,
    complex_of,
    of_argument,
    of_number,
    result_type,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import broadcast, int_of, rank, size_axes, size_of
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value

_ZERO: Final = number(0)
_ONE: Final = number(1)
_OF_NUMBER: Final = {"bool": BOOL, "int": INT64, "float": FLOAT32}


def _shape(size: Value, argument: str = "size") -> Shape | None:
    """The shape that a size argument asks for: `zeros(2, 3)`, `zeros((2, 3))`, `zeros(shape)`."""
    if isinstance(size, tuple) and len(size) == 1 and not isinstance(size[0], Size | bool):
        return _shape(size[0], argument)
    axes = size_axes(size)
    for axis in axes or ():
        constant = axis.size.constant if isinstance(axis, SizedAxis) and axis.size is not None else None
        if constant is not None and constant < 0:
            raise Refused(f"has an axis of {constant}, expected 0 or more", argument)
    return axes


def _require_floats(dtypes: DTypes | None, argument: str) -> None:
    if dtypes is not None and all(category(one) < 2 for one in dtypes):
        raise Refused(f"is {'/'.join(sorted(dtypes))}, expected Float or Complex", argument, "dtype")


def _require_real(dtypes: DTypes | None, argument: str) -> None:
    if dtypes is not None and dtypes <= COMPLEX:
        raise Refused(f"is {'/'.join(sorted(dtypes))}, expected Float", argument, "dtype")


def _written(result: Array, out: Value) -> Array:
    """A result that is written to `out`, whose dtype it has."""
    if out is None:
        return result
    return Array(result.shape, out.dtype if isinstance(out, Array) else None)


@computed("creation.of_size")
def of_size(size: Value = (), dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`zeros`, `ones`, `empty`."""
    return _written(Array(_shape(size), of_argument(dtype, DEFAULT_FLOAT)), out)


@computed("creation.random")
def random(size: Value = (), dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`randn`: floats."""
    dtypes, shape = of_argument(dtype, DEFAULT_FLOAT), _shape(size)
    if not _is_empty(shape):
        _require_floats(dtypes, "dtype")
    return _written(Array(shape, dtypes), out)


@computed("creation.uniform")
def uniform(size: Value = (), dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`rand`: floats."""
    _require_floats(of_argument(dtype, DEFAULT_FLOAT), "dtype")
    return random(size, dtype, out)


def _is_empty(shape: Shape | None) -> bool:
    """Whether there is surely no entry: torch then looks no further."""
    axes = [axis.size for axis in shape or () if isinstance(axis, SizedAxis)]
    return any(size is not None and size.constant == 0 for size in axes)


@computed("creation.random_integers")
def random_integers(size: Value = UNKNOWN, dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`randint`."""
    return _written(Array(_shape(size), of_argument(dtype, INT64)), out)


@computed("creation.full")
def full(size: Value, fill_value: Value, dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`full`: of the dtype of the number, unless another is asked for."""
    return _written(Array(_shape(size), of_argument(dtype, _dtype_of_number(fill_value))), out)


def _dtype_of_number(value: Value) -> DTypes | None:
    if isinstance(value, Array):
        return value.dtype
    kind = of_number(value)
    return None if kind is None else _OF_NUMBER[kind]


@computed("creation.like")
def like(input: Array, dtype: Value = None, **_: Value) -> Result:
    """`zeros_like` and its like."""
    return Array(input.shape, of_argument(dtype, input.dtype))


@computed("creation.random_like")
def random_like(input: Array, dtype: Value = None, **_: Value) -> Result:
    """`rand_like`, `randn_like`: floats."""
    dtypes = of_argument(dtype, input.dtype)
    _require_floats(dtypes, "input" if dtype is None else "dtype")
    return Array(input.shape, dtypes)


@computed("creation.new")
def new(self: Array, size: Value = (), dtype: Value = None, **_: Value) -> Result:
    """`x.new_zeros(2, 3)`: of the dtype of `x`."""
    return Array(_shape(size), of_argument(dtype, self.dtype))


@computed("creation.permutation")
def permutation(n: Value, dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`randperm(n)`."""
    return _written(Array(_shape((n,), "n"), of_argument(dtype, INT64)), out)


@computed("creation.eye")
def eye(n: Value, m: Value = None, dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`eye(n)`, `eye(n, m)`."""
    shape = (*_sized(n, "n"), *_sized(n if m is None else m, "m"))
    return _written(Array(shape, of_argument(dtype, DEFAULT_FLOAT)), out)


def _sized(value: Value, argument: str) -> tuple[SizedAxis]:
    constant = int_of(value)
    if constant is not None and constant < 0:
        raise Refused(f"is {constant}, expected 0 or more", argument)
    return (SizedAxis(size_of(value)),)


# Ranges


@computed("creation.arange")
def arange(
    start: Value = _ZERO,
    end: Value = UNKNOWN,
    step: Value = _ONE,
    dtype: Value = None,
    out: Value = None,
    **_: Value,
) -> Result:
    """`arange(n)`, `arange(start, end, step)`: `end` is not among them."""
    bounds = (start, end, step)
    dtypes = of_argument(dtype, _dtype_of_range(*bounds))
    if any(isinstance(one, float) for one in bounds) and dtypes is not None and "int64" in dtypes:
        return _written(Array((SizedAxis(),), dtypes), out)  # torch cuts the bounds to whole numbers first
    return _written(Array((SizedAxis(_count(*bounds)),), dtypes), out)


def _dtype_of_range(*bounds: Value) -> DTypes | None:
    kinds = [of_number(one) for one in bounds]
    if "float" in kinds:
        return FLOAT32
    return None if None in kinds else INT64


def _count(start: Value, end: Value, step: Value, *, with_end: bool = False) -> Size | None:
    """How many steps there are from `start` to before `end`, or past it.

    Raises:
        Refused: they lead away from it.
    """
    floats = [_float(one) for one in (start, end, step)]
    if floats[2] == 0:
        raise Refused("is 0", "step")
    first, last, by = floats
    if first is not None and last is not None and by is not None:
        if not all(map(math.isfinite, (first, last, by))):
            return None
        if (last - first) * by < 0:
            raise Refused(f"is {end}, which steps of {step} from {start} lead away from", "end")
        steps = (last - first) / by
        return number(math.floor(steps) + 1 if with_end else math.ceil(steps))
    low, high, constant = size_of(start), size_of(end), int_of(step)
    if low is None or high is None or constant is None:
        return None
    if constant < 0:
        low, high, constant = high, low, -constant
    distance = subtract(high, low)
    distance = None if distance is None else add(distance, number(constant if with_end else constant - 1))
    return None if distance is None else floor_divide(distance, number(constant))


def _float(value: Value) -> float | None:
    if isinstance(value, float):
        return value
    constant = int_of(value)
    return None if constant is None else float(constant)


@computed("creation.range")
def range_(
    start: Value = _ZERO,
    end: Value = UNKNOWN,
    step: Value = _ONE,
    dtype: Value = None,
    out: Value = None,
    **_: Value,
) -> Result:
    """The deprecated `torch.range`, where `end` is among the numbers."""
    count = _count(start, end, step, with_end=True)
    return _written(Array((SizedAxis(count),), of_argument(dtype, DEFAULT_FLOAT)), out)


@computed("creation.linspace")
def linspace(
    start: Value, end: Value, steps: Value = UNKNOWN, dtype: Value = None, out: Value = None, **_: Value
) -> Result:
    """`linspace`, `logspace`: `steps` numbers."""
    for bound, name in ((start, "start"), (end, "end")):
        axes = rank(bound.shape) if isinstance(bound, Array) else None
        if axes:
            raise Refused(f"has {axes} {'axis' if axes == 1 else 'axes'}, expected none", name)
    is_complex = any(isinstance(one, Array) and (one.dtype is None or one.dtype & COMPLEX) for one in (start, end))
    is_open = is_complex or start is UNKNOWN or end is UNKNOWN  # an unknown number may be complex
    dtypes = of_argument(dtype, None if is_open else DEFAULT_FLOAT)
    return _written(Array(_sized(steps, "steps"), dtypes), out)


@computed("creation.triangle")
def triangle(input: Array, out: Value = None, **_: Value) -> Result:
    """`tril`, `triu`: the same shape."""
    known = rank(input.shape)
    if known is not None and known < 2:
        raise Refused(f"has {known} {'axis' if known == 1 else 'axes'}, expected 2 or more", "input")
    return _written(input.plain(input.shape), out)


@computed("creation.triangle_in_place")
def triangle_in_place(self: Array, **_: Value) -> Result:
    """`tril_`, `triu_`."""
    try:
        return triangle(self)
    except Refused as error:
        raise Refused(error.reason, "self") from None


@computed("creation.lower_indices")
def lower_indices(row: Value, col: Value, offset: Value = _ZERO, dtype: Value = None, **_: Value) -> Result:
    """`tril_indices`: rows and columns, as two rows."""
    return _indices(_lower(row, col, int_of(offset)), row, col, dtype)


@computed("creation.upper_indices")
def upper_indices(row: Value, col: Value, offset: Value = _ZERO, dtype: Value = None, **_: Value) -> Result:
    """`triu_indices`: what `tril_indices` one diagonal below leaves."""
    shift = int_of(offset)
    lower = _lower(row, col, None if shift is None else shift - 1)
    high, wide = size_of(row), size_of(col)
    everything = None if high is None or wide is None else multiply(high, wide)
    upper = None if lower is None or everything is None else subtract(everything, lower)
    return _indices(upper, row, col, dtype)


def _indices(count: Size | None, row: Value, col: Value, dtype: Value) -> Array:
    _sized(row, "row")
    _sized(col, "col")
    return Array((SizedAxis(number(2)), SizedAxis(count)), of_argument(dtype, INT64))


def _lower(row: Value, col: Value, offset: int | None) -> Size | None:
    """How many entries lie on or below a diagonal; of a square for any size, of others for numbers."""
    high, wide = size_of(row), size_of(col)
    if high is None or wide is None or offset is None:
        return None
    if high.constant is not None and wide.constant is not None:
        counts = (min(max(at + 1 + offset, 0), wide.constant) for at in range(high.constant))
        return number(sum(counts))
    if high != wide or offset not in (0, -1):
        return None
    neighbour = add(high, number(2 * offset + 1))
    twice = None if neighbour is None else multiply(high, neighbour)
    return None if twice is None else floor_divide(twice, number(2))


# Data


@computed("creation.tensor")
def tensor(data: Value, dtype: Value = None, **_: Value) -> Result:
    """`torch.tensor`, of numbers, nested lists of them, or a tensor."""
    if isinstance(data, Array):
        return Array(data.shape, of_argument(dtype, data.dtype), data.element)
    shape = _nested(data)
    return Array(shape, of_argument(dtype, _dtype_of_nested(data)))


@computed("creation.as_array")
def as_array(obj: Value, dtype: Value = None, **_: Value) -> Result:
    """`torch.asarray`."""
    return tensor(obj, dtype)


@computed("creation.new_tensor")
def new_tensor(self: Array, data: Value, dtype: Value = None, **_: Value) -> Result:
    """`x.new_tensor(data)`: of the dtype of `x`."""
    found = tensor(data)
    assert isinstance(found, Array)
    return Array(found.shape, of_argument(dtype, self.dtype))


@computed("creation.scalar")
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
        if not _is_empty(first) and (len(shape) != len(first) or any(map(_differ, shape, first))):
            raise Refused("has lists of different lengths", "data")
    return first


def _differ(one: SizedAxis | Rest, other: SizedAxis | Rest) -> bool:
    return isinstance(one, SizedAxis) and isinstance(other, SizedAxis) and sizes_differ(one.size, other.size)


def _dtype_of_nested(data: Value) -> DTypes | None:
    if isinstance(data, Array):
        return data.dtype
    if not isinstance(data, tuple):
        return _dtype_of_number(data)
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


@computed("creation.complex")
def complex_(real: Array, imag: Array, out: Value = None, **_: Value) -> Result:
    """`torch.complex`, from two real tensors of one dtype."""
    return _complex(real, imag, "real", "imag", out)


@computed("creation.polar")
def polar(abs: Array, angle: Array, out: Value = None, **_: Value) -> Result:
    """`torch.polar`, likewise."""
    return _complex(abs, angle, "abs", "angle", out)


def _complex(one: Array, other: Array, first: str, second: str, out: Value) -> Array:
    for operand, name in ((one, first), (other, second)):
        _require_one_of(operand, ("float16", "float32", "float64"), name)
    if one.dtype is not None and other.dtype is not None and not one.dtype & other.dtype:
        raise Refused(f"is {'/'.join(sorted(other.dtype))}, expected {'/'.join(sorted(one.dtype))}", second, "dtype")
    return _written(Array(broadcast([one.shape, other.shape]), complex_of(one.dtype)), out)


def _require_one_of(operand: Array, allowed: tuple[str, ...], name: str) -> None:
    if operand.dtype is not None and not operand.dtype.intersection(allowed):
        raise Refused(f"is {'/'.join(sorted(operand.dtype))}, expected {' or '.join(allowed)}", name, "dtype")


@computed("creation.view_as_complex")
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


# Random numbers


@computed("creation.bernoulli")
def bernoulli(input: Array, p: Value = None, out: Value = None, **_: Value) -> Result:
    """`torch.bernoulli`: with probability `input` each, or all with `p`."""
    _require_real(input.dtype, "input")
    if p is None:
        _require_floats(input.dtype, "input")
    elif isinstance(p, float) and not 0 <= p <= 1:
        raise Refused(f"is {p:g}, expected a number from 0 to 1", "p")
    return _written(input.plain(input.shape), out)


@computed("creation.multinomial")
def multinomial(input: Array, num_samples: Value, replacement: Value = False, out: Value = None, **_: Value) -> Result:
    """`torch.multinomial`: indices into the last axis, for each row."""
    known = rank(input.shape)
    if known is not None and known not in (1, 2):
        raise Refused(f"has {known} axes, expected 1 or 2", "input")
    samples = int_of(num_samples)
    if samples is not None and samples <= 0:
        raise Refused(f"is {samples}, expected 1 or more", "num_samples")
    last = input.shape[-1] if input.shape else None
    count = int_of(last.size) if isinstance(last, SizedAxis) and last.size is not None else None
    if replacement is False and samples is not None and count is not None and samples > count:
        raise Refused(f"is {samples}, but without replacement there are only {count}", "num_samples")
    head = None if input.shape is None else input.shape[:-1] if isinstance(last, SizedAxis) else (Rest(),)
    shape = None if head is None else (*head, SizedAxis(size_of(num_samples)))
    return _written(Array(shape, INT64), out)


@computed("creation.normal")
def normal(
    mean: Value = 0.0, std: Value = 1.0, size: Value = None, dtype: Value = None, out: Value = None, **_: Value
) -> Result:
    """`torch.normal`: of tensors that broadcast, or of numbers and a size."""
    if size is not None:
        return random(size, dtype, out)
    tensors = [one for one in (mean, std) if isinstance(one, Array)]
    if mean is UNKNOWN or std is UNKNOWN:
        return UNKNOWN
    for operand, name in ((mean, "mean"), (std, "std")):
        if isinstance(operand, Array):
            _require_floats(operand.dtype, name)
    if isinstance(std, Array):
        _require_real(std.dtype, "std")
    shape = broadcast([one.shape for one in tensors])
    return _written(Array(shape, tensors[0].dtype if len(tensors) == 1 else result_type(*tensors)), out)


@computed("creation.poisson")
def poisson(input: Array, **_: Value) -> Result:
    """`torch.poisson`: rates are floats."""
    _require_real(input.dtype, "input")
    _require_floats(input.dtype, "input")
    return input.plain(input.shape)


@computed("creation.binomial")
def binomial(count: Array, prob: Array, **_: Value) -> Result:
    """`torch.binomial`: of floats."""
    _require_floats(count.dtype, "count")
    return Array(broadcast([count.shape, prob.shape]), count.dtype)
