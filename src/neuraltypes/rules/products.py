"""Products of matrices and vectors, and sums of products in Einstein's notation.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.matmul.html,
https://docs.pytorch.org/docs/stable/generated/torch.einsum.html,
https://docs.pytorch.org/docs/stable/generated/torch.tensordot.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from neuraltypes._sizes import Size, multiply, number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import (
    INEXACT,
    REAL,
    category,
    promote,
    promote_all,
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


def _numbers(**operands: Array) -> DTypes | None:
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
    dtype = _numbers(**{first: left, second: right})
    return Array(_product_shape(left.shape, right.shape, first, second), dtype)


def _product_shape(left: Shape | None, right: Shape | None, first: str, second: str) -> Shape | None:
    if left is None or right is None or not _has_known_end(left) or not _has_known_end(right):
        return None
    is_vector_left, is_vector_right = len(left) == 1, len(right) == 1
    inner = axis_at(right, number(-1 if is_vector_right else -2))
    last = left[-1]
    if isinstance(last, SizedAxis) and inner is not None:
        where = "axis -1" if is_vector_right else "axis -2"
        require_equal(last, inner, f"{where} is {{right}}, expected {{left}} (axis -1 of {first})", second)
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
    found = _batched(input, mat2, "input", "mat2")
    return found if out_dtype is None else Array(found.shape)


def _batched(left: Array, right: Array, first: str, second: str) -> Array:
    require_rank(left, 3, first, 3)
    require_rank(right, 3, second, 3)
    batch, other = axis_at(left.shape, number(0)), axis_at(right.shape, number(0))
    found = _known(left), _known(right)
    if found[0] is not None and found[1] is not None and batch is not None and other is not None:
        batch = require_equal(batch, other, f"axis 0 is {{right}}, expected {{left}} (axis 0 of {first})", second)
        require_equal(found[0][2], found[1][1], "axis 1 is {right}, expected {left}", second)
        return Array((batch, found[0][1], found[1][2]), _numbers(**{first: left, second: right}))
    return Array((ANY, ANY, ANY), _numbers(**{first: left, second: right}))


def _known(array: Array) -> list[SizedAxis] | None:
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
    left, right = _known(input), _known(other)
    if left is None or right is None:
        return Array()
    dtype = _numbers(input=input, other=other)
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
    left, right = _known(input), _known(other)
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
    dtype = _numbers(input=input, other=other)
    left, right = _known(input), _known(other)
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
    left, right = _known(x), _known(y)
    if left is not None and right is not None and len(left) == len(right) == 1:
        require_equal(left[0], right[0], "axis 0 is {right}, expected {left}", "y")
        return Array((), dtype)
    shape = broadcast([x.shape, y.shape])
    ndim = rank(shape)
    if dim is UNKNOWN and ndim is not None:
        return Array((ANY,) * max(ndim - 1, 0), dtype)
    return Array(reduced(shape, dim), dtype)


# Sums with products


@computed("products.addmm")
@with_out
def addmm(input: Array, mat1: Array, mat2: Array, out_dtype: Value = None, **_: Value) -> Result:
    """`addmm`: a product of two matrices added to what broadcasts to it."""
    require_rank(mat1, 2, "mat1", 2)
    require_rank(mat2, 2, "mat2", 2)
    found = _added(input, product(mat1, mat2, "mat1", "mat2"))
    return found if out_dtype is None else Array(found.shape)


@computed("products.addmv")
@with_out
def addmv(input: Array, mat: Array, vec: Array, **_: Value) -> Result:
    """`addmv`: a product of a matrix and a vector added."""
    require_rank(mat, 2, "mat", 2)
    require_rank(vec, 1, "vec", 1)
    return _added(input, product(mat, vec, "mat", "vec"))


@computed("products.addr")
@with_out
def addr(input: Array, vec1: Array, vec2: Array, **_: Value) -> Result:
    """`addr`: an outer product added."""
    require_rank(vec1, 1, "vec1", 1)
    require_rank(vec2, 1, "vec2", 1)
    rows, columns = axis_at(vec1.shape, number(0)), axis_at(vec2.shape, number(0))
    shape: Shape = (rows or ANY, columns or ANY)
    _require_expands(input, shape)
    return Array(shape, promote_all(one.dtype for one in (input, vec1, vec2)))


@computed("products.baddbmm")
@with_out
def baddbmm(input: Array, batch1: Array, batch2: Array, out_dtype: Value = None, **_: Value) -> Result:
    """`baddbmm`: products of stacks of matrices added."""
    found = _added(input, _batched(batch1, batch2, "batch1", "batch2"))
    return found if out_dtype is None else Array(found.shape)


@computed("products.addbmm")
@with_out
def addbmm(input: Array, batch1: Array, batch2: Array, **_: Value) -> Result:
    """`addbmm`: the sum of products of stacks of matrices added."""
    found = _batched(batch1, batch2, "batch1", "batch2")
    assert found.shape is not None
    return _added(input, Array(found.shape[1:], found.dtype))


def _added(input: Array, found: Array) -> Array:
    _require_expands(input, found.shape)
    return Array(found.shape, require_same_dtype(("input", found), ("input", input)))


def _require_expands(input: Array, shape: Shape | None) -> None:
    """Refuse what does not broadcast to a shape.

    Raises:
        Refused: it has more axes, or one of another size.
    """
    given = _known(input)
    if shape is None or given is None:
        return
    if len(given) > len(shape):
        raise Refused(f"has {axes_text(len(given))}, expected {len(shape)} at most", "input")
    for place, axis in enumerate(reversed(given), 1):
        target = shape[-place]
        is_one = axis.size is not None and axis.size.constant == 1
        if isinstance(target, SizedAxis) and not is_one:
            require_equal(target, axis, f"axis -{place} is {{right}}, expected {{left}}", "input")


@computed("products.in_place")
def in_place(input: Array, **operands: Value) -> Result:
    """`addmm_` and its like: the receiver has the shape of the product."""
    given = [(name, value) for name, value in operands.items() if isinstance(value, Array)]
    rule = {"mat1": addmm, "mat": addmv, "vec1": addr, "batch1": None}.get(given[0][0] if given else "")
    if rule is None or len(given) < 2:
        return input.plain(input.shape)
    found = rule(input, **dict(given))
    _require_own_shape(input, found)
    return input.plain(input.shape)


@computed("products.baddbmm_in_place")
def baddbmm_in_place(input: Array, batch1: Array, batch2: Array, **_: Value) -> Result:
    """`baddbmm_`."""
    _require_own_shape(input, baddbmm(input, batch1, batch2))
    return input.plain(input.shape)


def _require_own_shape(input: Array, found: Result) -> None:
    own, wanted = _known(input), _known(found) if isinstance(found, Array) else None
    if own is None or wanted is None:
        return
    if len(own) != len(wanted) or any(sizes_differ(a.size, b.size) for a, b in zip(own, wanted, strict=True)):
        raise Refused(f'is "{format_shape(tuple(own))}", but the result is "{format_shape(tuple(wanted))}"', "input")


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
    dtype = _numbers(a=a, b=b)
    left, right = _known(a), _known(b)
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


# Layers


@computed("products.linear")
def linear(input: Array, weight: Array, bias: Value = None, **_: Value) -> Result:
    """`F.linear`: `weight` is a matrix, or a vector, which leaves no axis."""
    require_rank(input, 1, "input")
    require_rank(weight, 1, "weight", 2)
    dtype = _numbers(input=input, weight=weight)
    if isinstance(bias, Array):
        dtype = require_same_dtype(("input", Array(dtype=dtype)), ("bias", bias))
    if input.shape is None or weight.shape is None:
        return Array(None, dtype)
    features, expected = axis_at(input.shape, number(-1)), axis_at(weight.shape, number(-1))
    if features is not None and expected is not None:
        require_equal(expected, features, "axis -1 is {right}, expected {left}", "input")
    out: Shape = weight.shape[:1] if len(weight.shape) == 2 else ()
    if features is None or rank(weight.shape) is None:
        return Array(None, dtype)
    shape = (*input.shape[:-1], *out)
    _require_bias(bias, shape, is_vector=not out)
    return Array(shape, dtype)


def _require_bias(bias: Value, shape: Shape, *, is_vector: bool) -> None:
    given = _known(bias) if isinstance(bias, Array) else None
    if given is None:
        return
    if is_vector:
        if len(shape) == 1 and rank(shape) == 1:
            raise Refused("is a vector; with a bias it must be a matrix", "weight")
        if given and rank(shape) is not None:
            _require_within(bias, shape)
        return
    if len(given) > 1:
        if rank(shape) is not None:
            _require_within(bias, shape)
        return
    last = shape[-1]
    if given and isinstance(last, SizedAxis) and not (given[0].size is not None and given[0].size.constant == 1):
        require_equal(last, given[0], "axis 0 is {right}, expected {left}", "bias")


def _require_within(bias: Value, shape: Shape) -> None:
    """Refuse a bias that does not broadcast to a shape."""
    assert isinstance(bias, Array)
    try:
        _require_expands(bias, shape)
    except Refused as error:
        raise Refused(error.reason, "bias") from None


@computed("products.bilinear")
def bilinear(input1: Array, input2: Array, weight: Array, bias: Value = None, **_: Value) -> Result:
    """`F.bilinear`: two inputs of the same batch axes."""
    require_rank(weight, 3, "weight", 3)
    operands = {"input1": input1, "input2": input2, "weight": weight}
    dtype = _numbers(**operands)
    if isinstance(bias, Array):
        dtype = require_same_dtype(("input1", Array(dtype=dtype)), ("bias", bias))
    sides, left, right = _known(weight), _known(input1), _known(input2)
    for argument, operand, place in (("input1", input1, 1), ("input2", input2, 2)):
        axis = axis_at(operand.shape, number(-1))
        if sides is not None and axis is not None:
            require_equal(sides[place], axis, "axis -1 is {right}, expected {left}", argument)
    if left is None or right is None or sides is None:
        return Array(None, dtype)
    if len(left) != len(right):
        raise Refused(f"has {axes_text(len(right))}, expected {len(left)}", "input2")
    batch = [
        require_equal(one, other, f"axis {place} is {{right}}, expected {{left}}", "input2")
        for place, (one, other) in enumerate(zip(left[:-1], right[:-1], strict=True))
    ]
    if isinstance(bias, Array):
        require_rank(bias, 1, "bias")
        found = axis_at(bias.shape, number(0))
        if found is not None:
            require_equal(sides[0], found, "axis 0 is {right}, expected {left}", "bias")
        if rank(bias.shape) != 1:
            return Array(None, dtype)
    return Array((*batch, sides[0]), dtype)


# Einstein's notation


@computed("products.einsum")
def einsum(args: Value, **_: Value) -> Result:
    """`einsum`: an equation and its operands, or operands each with a list of numbers."""
    if not isinstance(args, tuple) or not args:
        return Array()
    if isinstance(args[0], str):
        operands = args[1:]
        if len(operands) == 1 and isinstance(operands[0], tuple):
            operands = operands[0]
        found = arrays(operands)
        return Array() if found is None else sum_of_products(args[0], found)
    if args[0] is UNKNOWN:
        return Array()
    return _einsum_by_numbers(args)


def _einsum_by_numbers(args: tuple[Value, ...]) -> Result:
    """`einsum(a, [0, 1], b, [1, 2], [0, 2])`: numbers up to 51 for letters."""
    pairs, output = args, None
    if len(args) % 2:
        pairs, output = args[:-1], _letters(args[-1])
        if output is None:
            return Array()
    operands, terms = arrays(pairs[0::2]), [_letters(item) for item in pairs[1::2]]
    known = [term for term in terms if term is not None]
    if operands is None or len(known) < len(terms):
        return Array()
    return sum_of_products(",".join(known) + ("" if output is None else f"->{output}"), operands)


def _letters(item: Value) -> str | None:
    if not isinstance(item, tuple):
        return None
    numbers = ["..." if one is Ellipsis else int_of(one) for one in item]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    if any(one is None or (isinstance(one, int) and not 0 <= one < len(alphabet)) for one in numbers):
        return None
    return "".join(alphabet[one] if isinstance(one, int) else str(one) for one in numbers)


def sum_of_products(equation: str, operands: Sequence[Array]) -> Array:
    """What an equation makes of its operands.

    Raises:
        Refused: a letter has two sizes, or the equation is not about these operands.
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    _require_readable(terms, right if arrow else "", equation)
    if len(terms) != len(operands):
        raise Refused(f'einsum: "{equation}" names {len(terms)} operands, but {len(operands)} are given')
    output = right if arrow else _implicit_output(terms)
    sizes: dict[str, SizedAxis] = {}
    own: list[dict[str, SizedAxis]] = [{} for _ in terms]
    batches = [
        _read_operand(term, operand, place, own[place], sizes, equation)
        for place, (term, operand) in enumerate(zip(terms, operands, strict=True))
    ]
    batch = broadcast(batches)
    dtype = _einsum_dtype(own, output, operands)
    unknown = [letter for letter in output.replace("...", "") if letter not in "".join(terms)]
    if unknown:
        raise Refused(f'einsum: "{unknown[0]}" of the output is in no operand of "{equation}"')
    if len(set(output.replace("...", ""))) < len(output.replace("...", "")):
        raise Refused(f'einsum: a letter stands twice in the output of "{equation}"')
    head, dots, tail = output.partition("...")
    shape: list[SizedAxis | Rest] = [sizes.get(letter, ANY) for letter in head]
    if dots:
        shape += (Rest(),) if batch is None else batch
    return Array((*shape, *(sizes.get(letter, ANY) for letter in tail)), dtype)


def _require_readable(terms: list[str], output: str, equation: str) -> None:
    for term in (*terms, output):
        if not all("a" <= letter.lower() <= "z" and letter.isascii() for letter in term.replace("...", "", 1)):
            raise Refused(f'einsum: "{term}" in "{equation}" is not made of letters and one "..."')


def _implicit_output(terms: list[str]) -> str:
    """The ellipsis, then the letters that stand once, in alphabetical order."""
    together = "".join(terms).replace("...", "")
    letters = sorted(letter for letter in set(together) if together.count(letter) == 1)
    return ("..." if any("..." in term for term in terms) else "") + "".join(letters)


def _read_operand(
    term: str, operand: Array, place: int, own: dict[str, SizedAxis], sizes: dict[str, SizedAxis], equation: str
) -> Shape | None:
    """Take in the sizes of one operand; the result is what its ellipsis stands for."""
    head, dots, tail = term.partition("...")
    known = sum(isinstance(axis, SizedAxis) for axis in operand.shape or ())
    count, is_open = len(head) + len(tail), rank(operand.shape) is None
    if (known < count and not is_open) or (known > count and not dots and operand.shape is not None):
        expected = f"{count} or more" if dots else str(count)
        raise Refused(f'einsum: operand {place} has {axes_text(known)}, expected {expected} ("{term}")')
    if operand.shape is None:
        return None
    for position, letter in enumerate(head):
        if is_open and any(isinstance(axis, Rest) for axis in operand.shape[: position + 1]):
            break
        _bind(letter, operand.shape[position], place, own, sizes, equation)
    for position, letter in enumerate(reversed(tail), 1):
        if is_open and any(isinstance(axis, Rest) for axis in operand.shape[len(operand.shape) - position :]):
            break
        _bind(letter, operand.shape[-position], place, own, sizes, equation)
    if not dots:
        return ()
    inside = operand.shape[len(head) : len(operand.shape) - len(tail)]
    is_sure = not is_open or (
        all(isinstance(axis, SizedAxis) for axis in operand.shape[: len(head)])
        and all(isinstance(axis, SizedAxis) for axis in operand.shape[len(operand.shape) - len(tail) :])
    )
    return inside if is_sure else None


def _bind(
    letter: str,
    axis: SizedAxis | Rest,
    place: int,
    own: dict[str, SizedAxis],
    sizes: dict[str, SizedAxis],
    equation: str,
) -> None:
    """Give a letter a size; within one operand it must be the same, between operands one may be 1."""
    if not isinstance(axis, SizedAxis):
        return
    if letter in own:
        reason = f'einsum: "{letter}" is {{right}} and {{left}} in operand {place} ("{equation}")'
        axis = require_equal(own[letter], axis, reason)
    own[letter] = axis
    bound = sizes.get(letter, axis)
    joined = broadcast_axis(bound, axis)
    if joined is None:
        raise Refused(f'einsum: "{letter}" is {axis.size} in operand {place}, but {bound.size} before ("{equation}")')
    sizes[letter] = joined


def _einsum_dtype(own: Sequence[Mapping[str, SizedAxis]], output: str, operands: Sequence[Array]) -> DTypes | None:
    """Of floats and complex numbers their dtype; sums of whole numbers may be of a wider one.

    Raises:
        Refused: a letter is summed by a matrix product, which mixes no dtypes.
    """
    known = [operand.dtype for operand in operands if operand.dtype is not None]
    if len(known) < len(operands) or not known:
        return None
    if any(category(one) < 2 and one != "int64" for dtype in known for one in dtype):
        return None
    shared = frozenset.intersection(*known)
    if shared:
        return shared if len(shared) == 1 or all(dtype == known[0] for dtype in known) else None
    if len(own) != 2:
        return None
    summed = [letter for letter in own[0] if letter in own[1] and letter not in output]
    if any(not _may_be_one(own[0][letter]) and not _may_be_one(own[1][letter]) for letter in summed):
        require_same_dtype(("args", operands[0]), ("args", operands[1]))
    is_plain = all(letter in output for one in own for letter in one)
    return promote_all(known) if is_plain and all(rank(operand.shape) for operand in operands) else None


def _may_be_one(axis: SizedAxis) -> bool:
    return axis.size is None or axis.size.constant in (None, 1)
