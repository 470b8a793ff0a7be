"""Linear and bilinear layers.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#linear-functions
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._dtypes import (
    require_same_dtype,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    axis_at,
    rank,
    require_equal,
)
from neuraltypes.rules._values import Array, Refused, Result, Value
from neuraltypes.rules.products import axes_text, known_sizes, numbers, require_rank
from neuraltypes.rules.sums_of_products import require_expands


@computed("linear.linear")
def linear(input: Array, weight: Array, bias: Value = None, **_: Value) -> Result:
    """`F.linear`: `weight` is a matrix, or a vector, which leaves no axis."""
    require_rank(input, 1, "input")
    require_rank(weight, 1, "weight", 2)
    dtype = numbers(input=input, weight=weight)
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
    given = known_sizes(bias) if isinstance(bias, Array) else None
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
        require_expands(bias, shape)
    except Refused as error:
        raise Refused(error.reason, "bias") from None


@computed("linear.bilinear")
def bilinear(input1: Array, input2: Array, weight: Array, bias: Value = None, **_: Value) -> Result:
    """`F.bilinear`: two inputs of the same batch axes."""
    require_rank(weight, 3, "weight", 3)
    operands = {"input1": input1, "input2": input2, "weight": weight}
    dtype = numbers(**operands)
    if isinstance(bias, Array):
        dtype = require_same_dtype(("input1", Array(dtype=dtype)), ("bias", bias))
    sides, left, right = known_sizes(weight), known_sizes(input1), known_sizes(input2)
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
