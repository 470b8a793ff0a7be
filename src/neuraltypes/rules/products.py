"""Products of matrices and vectors.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.matmul.html,
https://docs.pytorch.org/docs/stable/generated/torch.tensordot.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from neuraltypes._sizes import Size, multiply, number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import (
    INEXACT,
    REAL,
    promote,
    require_among,
    require_same_dtype,
    result_type,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    arrays,
    axis_at,
    broadcast,
    broadcast_axis,
    dims_of,
    int_of,
    normal_dim,
    rank,
    reduced,
    require_equal,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value

NUMBERS: Final = REAL | INEXACT


def axes_text(count: int) -> str:
    """So many axes, in words."""
    return "no axis" if count == 0 else "1 axis" if count == 1 else f"{count} axes"


def require_rank(array: Array, least: int, argument: str, most: int | None = None) -> None:
    """Refuse an array that surely has fewer axes, or more than `most`.

    Raises:
        Refused: it has.
    """
    known = sum(isinstance(axis, SizedAxis) for axis in array.shape or ())
    is_open = rank(array.shape) is None
    if (known < least and not is_open) or (most is not None and known > most):
        expected = str(least) if most == least else f"{least} or more" if most is None else f"{least} to {most}"
        raise Refused(f"has {axes_text(known)}{' or more' if is_open else ''}, expected {expected}", argument)


def numbers(**operands: Array) -> DTypes | None:
    """The dtype that all operands share; bools are not multiplied."""
    for argument, operand in operands.items():
        require_among(operand, NUMBERS, "Num", argument)
    return require_same_dtype(*operands.items())


# Matrices


@computed("products.matmul")
@with_out
def matmul(input: Array, other: Array, **_: Value) -> Result:
    """`a @ b`, for any numbers of axes."""
    return product(input, other, "input", "other")


@computed("products.at")
def at(self: Array, other: Value, **_: Value) -> Result:
    """`a @ b` as a special method."""
    return product(self, other, "self", "other") if isinstance(other, Array) else UNKNOWN


@computed("products.at_reflected")
def at_reflected(self: Array, other: Value, **_: Value) -> Result:
    """`b @ a`, asked of `a`."""
    return product(other, self, "other", "self") if isinstance(other, Array) else UNKNOWN


def product(left: Array, right: Array, first: str, second: str) -> Array:
    """The matrix product of two arrays of those names.

    Raises:
        Refused: an operand has no axis, or the sizes or dtypes do not fit.
    """
    for argument, operand in ((first, left), (second, right)):
        require_rank(operand, 1, argument)
    dtype = numbers(**{first: left, second: right})
    return Array(_product_shape(left.shape, right.shape, first, second), dtype)


def _product_shape(left: Shape | None, right: Shape | None, first: str, second: str) -> Shape | None:
    if left is None or right is None:
        return None
    # "*batch c" by "c d" needs no axes to be known in front.
    is_layer = rank(right) in (1, 2) and isinstance(left[-1], SizedAxis)
    if not _has_known_end(right) or not (is_layer or _has_known_end(left)):
        return None
    is_vector_left, is_vector_right = len(left) == 1, len(right) == 1
    inner = axis_at(right, number(-1 if is_vector_right else -2))
    last = left[-1]
    if isinstance(last, SizedAxis) and inner is not None:
        where = "axis -1" if is_vector_right else "axis -2"
        require_equal(last, inner, f"{where} is {{right}}, expected {{left}} (axis -1 of {first})", second)
    if is_layer and not is_vector_left:
        return (*left[:-1], *right[1:])
    batch = broadcast([() if is_vector_left else left[:-2], () if is_vector_right else right[:-2]])
    if batch is None:
        return None
    rows = () if is_vector_left else (left[-2],)
    columns = () if is_vector_right else (right[-1],)
    return (*batch, *rows, *columns)


def _has_known_end(shape: Shape) -> bool:
    """Whether it is a vector, or surely has two axes whose sizes stand at the end."""
    return (len(shape) == 1 and rank(shape) == 1) or (
        len(shape) > 1 and all(isinstance(axis, SizedAxis) for axis in shape[-2:])
    )


@computed("products.mm")
@with_out
def mm(input: Array, mat2: Array, out_dtype: Value = None, **_: Value) -> Result:
    """`mm`: two matrices."""
    require_rank(input, 2, "input", 2)
    require_rank(mat2, 2, "mat2", 2)
    found = product(input, mat2, "input", "mat2")
    return found if out_dtype is None else Array(found.shape)


@computed("products.bmm")
@with_out
def bmm(input: Array, mat2: Array, out_dtype: Value = None, **_: Value) -> Result:
    """`bmm`: two stacks of as many matrices."""
    found = batched(input, mat2, "input", "mat2")
    return found if out_dtype is None else Array(found.shape)


def batched(left: Array, right: Array, first: str, second: str) -> Array:
    require_rank(left, 3, first, 3)
    require_rank(right, 3, second, 3)
    batch, other = axis_at(left.shape, number(0)), axis_at(right.shape, number(0))
    found = known_sizes(left), known_sizes(right)
    if found[0] is not None and found[1] is not None and batch is not None and other is not None:
        batch = require_equal(batch, other, f"axis 0 is {{right}}, expected {{left}} (axis 0 of {first})", second)
        require_equal(found[0][2], found[1][1], "axis 1 is {right}, expected {left}", second)
        return Array((batch, found[0][1], found[1][2]), numbers(**{first: left, second: right}))
    return Array((ANY, ANY, ANY), numbers(**{first: left, second: right}))


def known_sizes(array: Array) -> list[SizedAxis] | None:
    """The axes of an array; None where their number is open."""
    if array.shape is None or rank(array.shape) is None:
        return None
    return [axis for axis in array.shape if isinstance(axis, SizedAxis)]


@computed("products.mv")
@with_out
def mv(input: Array, vec: Array, **_: Value) -> Result:
    """`mv`: a matrix and a vector."""
    require_rank(input, 2, "input", 2)
    require_rank(vec, 1, "vec", 1)
    return product(input, vec, "input", "vec")


@computed("products.dot")
@with_out
def dot(input: Array, tensor: Value = UNKNOWN, other: Value = UNKNOWN, **_: Value) -> Result:
    """`dot`, `vdot`: two vectors."""
    name = "other" if tensor is UNKNOWN else "tensor"
    second = other if tensor is UNKNOWN else tensor
    require_rank(input, 1, "input", 1)
    if not isinstance(second, Array):
        return Array((), input.dtype)
    require_rank(second, 1, name, 1)
    return product(input, second, "input", name)


@computed("products.inner")
@with_out
def inner(input: Array, other: Array, **_: Value) -> Result:
    """`inner`: over the last axis of both; a number multiplies."""
    if input.shape == () or other.shape == ():
        return Array(broadcast([input.shape, other.shape]), result_type(input, other))
    left, right = known_sizes(input), known_sizes(other)
    if left is None or right is None:
        return Array()
    dtype = numbers(input=input, other=other)
    require_equal(left[-1], right[-1], "axis -1 is {right}, expected {left}", "other")
    return Array((*left[:-1], *right[:-1]), dtype)


@computed("products.outer")
@with_out
def outer(input: Array, vec2: Array, **_: Value) -> Result:
    """`outer`: every entry of one vector times every entry of the other."""
    require_rank(input, 1, "input", 1)
    require_rank(vec2, 1, "vec2", 1)
    rows, columns = axis_at(input.shape, number(0)), axis_at(vec2.shape, number(0))
    return Array((rows or ANY, columns or ANY), result_type(input, vec2))


@computed("products.kron")
@with_out
def kron(input: Array, other: Array, **_: Value) -> Result:
    """`kron`: sizes multiply axis by axis, from the last on."""
    left, right = known_sizes(input), known_sizes(other)
    dtype = promote(input.dtype, other.dtype)
    if left is None or right is None:
        return Array(None, dtype)
    one = SizedAxis(number(1))
    count = max(len(left), len(right))
    pairs = zip([one] * (count - len(left)) + left, [one] * (count - len(right)) + right, strict=True)
    return Array(tuple(SizedAxis(_times(a, b)) for a, b in pairs), dtype)


def _times(left: SizedAxis, right: SizedAxis) -> Size | None:
    return None if left.size is None or right.size is None else multiply(left.size, right.size)


@computed("products.cross")
@with_out
def cross(input: Array, other: Array, dim: Value = None, **_: Value) -> Result:
    """`cross`: along an axis of size 3; by default the first such axis."""
    dtype = numbers(input=input, other=other)
    left, right = known_sizes(input), known_sizes(other)
    if left is not None and right is not None and len(left) != len(right):
        raise Refused(f"has {axes_text(len(right))}, expected {len(left)}", "other")
    shape = broadcast([input.shape, other.shape])
    if dim is None:
        dim = _first_of_size_three(left)
    for argument, operand in (("input", input), ("other", other)):
        axis = axis_at(operand.shape, dim)
        if axis is not None and sizes_differ(axis.size, number(3)):
            raise Refused(f"axis {int_of(dim)} is {axis.size}, expected 3", argument)
        if operand.shape == ():
            normal_dim(dim, 0)
            raise Refused("has no axis, expected one of size 3", argument)
    return Array(shape, dtype)


def _first_of_size_three(axes: list[SizedAxis] | None) -> Value:
    """The number of the first axis that has size 3.

    Raises:
        Refused: there is none.
    """
    for at_, axis in enumerate(axes if axes is not None else (ANY,)):
        constant = None if axis.size is None else axis.size.constant
        if constant in (None, 3):
            return UNKNOWN if constant is None else number(at_)
    raise Refused("has no axis of size 3", "input")


@computed("products.vecdot")
@with_out
def vecdot(x: Array, y: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`linalg.vecdot`: over one axis of two tensors that broadcast."""
    for argument, operand in (("x", x), ("y", y)):
        require_among(operand, INEXACT, "Inexact", argument)
    dtype = require_same_dtype(("x", x), ("y", y))
    left, right = known_sizes(x), known_sizes(y)
    if left is not None and right is not None and len(left) == len(right) == 1:
        require_equal(left[0], right[0], "axis 0 is {right}, expected {left}", "y")
        return Array((), dtype)
    shape = broadcast([x.shape, y.shape])
    ndim = rank(shape)
    if dim is UNKNOWN and ndim is not None:
        return Array((ANY,) * max(ndim - 1, 0), dtype)
    return Array(reduced(shape, dim), dtype)


# Several matrices


@computed("products.chain")
@with_out
def chain(matrices: Value, **_: Value) -> Result:
    """`chain_matmul`: two matrices or more."""
    found = arrays(matrices)
    if not found:
        return Array((ANY, ANY))
    for item in found:
        require_rank(item, 2, "matrices", 2)
    return _chained(found, "matrices")


@computed("products.multi_dot")
@with_out
def multi_dot(tensors: Value, **_: Value) -> Result:
    """`linalg.multi_dot`: matrices, the first and the last of which may be vectors."""
    found = arrays(tensors)
    if found is None:
        return Array()
    if len(found) < 2:
        raise Refused(f"holds {len(found)}, expected 2 or more", "tensors")
    for place, item in enumerate(found):
        require_rank(item, 1 if place in (0, len(found) - 1) else 2, "tensors", 2)
    return _chained(found, "tensors")


def _chained(found: Sequence[Array], argument: str) -> Array:
    dtype = require_same_dtype(*((argument, item) for item in found))
    result = found[0]
    if len(found) > 1:
        require_among(result, NUMBERS, "Num", argument)
    for item in found[1:]:
        result = product(result, item, argument, argument)
        if result.shape == () and item is not found[-1]:
            return Array(None, dtype)
    return Array(result.shape, dtype)


@computed("products.tensordot")
@with_out
def tensordot(a: Array, b: Array, dims: Value = UNKNOWN, **_: Value) -> Result:
    """`tensordot`: over the last axes of one and the first of the other, or over those that are named."""
    dtype = numbers(a=a, b=b)
    left, right = known_sizes(a), known_sizes(b)
    if left is None or right is None:
        return Array(None, dtype)
    pairs = _paired(dims, left, right)
    if pairs is None:
        return Array(None, dtype)
    for one, other in zip(*pairs, strict=True):
        if broadcast_axis(left[one], right[other]) is None:
            reason = f"axis {other} is {right[other].size}, expected {left[one].size} (axis {one} of a)"
            raise Refused(reason, "b")
    rest = [axis for at_, axis in enumerate(left) if at_ not in pairs[0]]
    return Array((*rest, *(axis for at_, axis in enumerate(right) if at_ not in pairs[1])), dtype)


def _paired(dims: Value, left: list[SizedAxis], right: list[SizedAxis]) -> tuple[list[int], list[int]] | None:
    """The axes that are summed over, of both operands."""
    count = int_of(dims)
    if count is not None:
        if count < 0 or count > min(len(left), len(right)):
            raise Refused(f"is {count}, but there are {axes_text(min(len(left), len(right)))}", "dims")
        return list(range(len(left) - count, len(left))), list(range(count))
    if not isinstance(dims, tuple) or len(dims) != 2:
        return None
    ones, others = dims_of(dims[0]), dims_of(dims[1])
    if ones is None or others is None:
        return None
    if len(ones) != len(others):
        raise Refused(f"names {len(ones)} axes of a, but {len(others)} of b", "dims")
    places = [_distinct(ones, len(left)), _distinct(others, len(right))]
    return places[0], places[1]


def _distinct(dims: list[int], ndim: int) -> list[int]:
    places = [normal_dim(number(dim), ndim, argument="dims") for dim in dims]
    known = [place for place in places if place is not None]
    if len(set(known)) < len(dims):
        raise Refused("names an axis twice", "dims")
    if ndim == 0 and dims:
        raise Refused("names an axis, but there is none", "dims")
    return known
