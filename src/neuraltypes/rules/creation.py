"""Tensors from sizes and numbers.

Source: https://docs.pytorch.org/docs/stable/torch.html#creation-ops
"""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._dtypes import (
    BOOL,
    COMPLEX,
    DEFAULT_FLOAT,
    FLOAT32,
    INT64,
    category,
    dtypes_text,
    of_argument,
    of_number,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import int_of, size_axes, size_of
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value

ZERO: Final = number(0)
ONE: Final = number(1)
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


def require_floats(dtypes: DTypes | None, argument: str) -> None:
    if dtypes is not None and all(category(one) < 2 for one in dtypes):
        raise Refused(f"is {dtypes_text(dtypes)}, expected Float or Complex", argument, "dtype")


def require_real(dtypes: DTypes | None, argument: str) -> None:
    if dtypes is not None and dtypes <= COMPLEX:
        raise Refused(f"is {dtypes_text(dtypes)}, expected Float", argument, "dtype")


def written_to(result: Array, out: Value) -> Array:
    """A result that is written to `out`, whose dtype it has."""
    if out is None:
        return result
    return Array(result.shape, out.dtype if isinstance(out, Array) else None)


@computed("creation.of_size")
def of_size(size: Value = (), dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`zeros`, `ones`, `empty`."""
    return written_to(Array(_shape(size), of_argument(dtype, DEFAULT_FLOAT)), out)


@computed("creation.random")
def random(size: Value = (), dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`randn`: floats."""
    dtypes, shape = of_argument(dtype, DEFAULT_FLOAT), _shape(size)
    if not is_empty(shape):
        require_floats(dtypes, "dtype")
    return written_to(Array(shape, dtypes), out)


@computed("creation.uniform")
def uniform(size: Value = (), dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`rand`: floats."""
    require_floats(of_argument(dtype, DEFAULT_FLOAT), "dtype")
    return random(size, dtype, out)


def is_empty(shape: Shape | None) -> bool:
    """Whether there is surely no entry: torch then looks no further."""
    axes = [axis.size for axis in shape or () if isinstance(axis, SizedAxis)]
    return any(size is not None and size.constant == 0 for size in axes)


@computed("creation.random_integers")
def random_integers(size: Value = UNKNOWN, dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`randint`."""
    return written_to(Array(_shape(size), of_argument(dtype, INT64)), out)


@computed("creation.full")
def full(size: Value, fill_value: Value, dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`full`: of the dtype of the number, unless another is asked for."""
    return written_to(Array(_shape(size), of_argument(dtype, dtype_of_number(fill_value))), out)


def dtype_of_number(value: Value) -> DTypes | None:
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
    require_floats(dtypes, "input" if dtype is None else "dtype")
    return Array(input.shape, dtypes)


@computed("creation.new")
def new(self: Array, size: Value = (), dtype: Value = None, **_: Value) -> Result:
    """`x.new_zeros(2, 3)`: of the dtype of `x`."""
    return Array(_shape(size), of_argument(dtype, self.dtype))


@computed("creation.permutation")
def permutation(n: Value, dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`randperm(n)`."""
    return written_to(Array(_shape((n,), "n"), of_argument(dtype, INT64)), out)


@computed("creation.eye")
def eye(n: Value, m: Value = None, dtype: Value = None, out: Value = None, **_: Value) -> Result:
    """`eye(n)`, `eye(n, m)`."""
    shape = (*sized(n, "n"), *sized(n if m is None else m, "m"))
    return written_to(Array(shape, of_argument(dtype, DEFAULT_FLOAT)), out)


def sized(value: Value, argument: str) -> tuple[SizedAxis]:
    constant = int_of(value)
    if constant is not None and constant < 0:
        raise Refused(f"is {constant}, expected 0 or more", argument)
    return (SizedAxis(size_of(value)),)
