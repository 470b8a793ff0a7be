"""What values remember by how the same function made them: the axis that they add up to 1 along or point into.

No shape shows it: the indices of a `topk` over experts are whole numbers as others are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.nodes import (
    CallExpr,
    Expression,
    FloatExpr,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    Var,
)

from neuraltypes._sizes import Size
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules import Array, Produced, Refused, Value, int_of
from neuraltypes.rules._dtypes import BOOL
from neuraltypes_mypy.rules._history import History, applied_to, axis_argument, integer, named_axis
from neuraltypes_mypy.source._statements import unpacked_from, written_name

CASTS: Final = frozenset(
    {"float", "double", "half", "long", "int", "to", "type", "type_as", "contiguous", "clone", "detach"}
)
MOVED: Final = CASTS | {
    *("unsqueeze", "squeeze", "view", "reshape", "flatten", "expand", "expand_as", "repeat", "transpose", "permute")
}
_LOGARITHMS: Final = "LogprobsType"
_WEIGHTED: Final = frozenset({"KeepMaskType", "ValidMaskType", "IgnoreMaskType", "PaddingMaskType", "MaskType"})
_OF_ONE: Final = frozenset({"argmax", "argmin", "argsort"})
_OF_TWO: Final = frozenset({"topk", "sort", "max", "min", "kthvalue", "mode", "median"})
_BEHIND_COUNT: Final = frozenset({"topk", "kthvalue"})
_LAST_BY_DEFAULT: Final = frozenset({"argsort", "topk", "sort", "kthvalue", "mode"})


# Powers of 1 - p


def power_of_logarithms(base: Expression, history: History) -> Iterator[Refused]:
    """`(1 - log_p) ** gamma`: what is left of 1 is left by probabilities."""
    made = history.through(base, CASTS)
    if isinstance(made, OpExpr) and made.op == "-" and _is_one(made.left) and _are_logarithms(made.right, history):
        yield Refused("takes 1 - p of log-probabilities, not of probabilities; take exp of them first", code="element")


def _is_one(expression: Expression) -> bool:
    return isinstance(expression, IntExpr | FloatExpr) and expression.value == 1


def _are_logarithms(expression: Expression, history: History) -> bool:
    """Whether numbers are log-probabilities, or such of which labels or a mask leave some."""
    if _holds(history.array(expression), {_LOGARITHMS}):
        return True
    made = history.through(expression, CASTS | {"sum", "squeeze", "view", "reshape"})
    if not isinstance(made, OpExpr) or made.op != "*":
        return False
    sides = ((made.left, made.right), (made.right, made.left))
    return any(_holds(history.array(one), {_LOGARITHMS}) and _is_choice(other, history) for one, other in sides)


def _is_choice(expression: Expression, history: History) -> bool:
    """Whether numbers are 0 and 1, so that they leave or take away what they are multiplied with."""
    array = history.array(expression)
    if array is not None and (array.dtype == BOOL or _holds(array, _WEIGHTED)):
        return True
    made = history.through(expression, CASTS)
    return isinstance(made, CallExpr) and written_name(made.callee) == "one_hot"


def _holds(array: Array | None, names: frozenset[str] | set[str]) -> bool:
    return array is not None and isinstance(array.element, Produced) and array.element.name in names


# Axes along which numbers add up to 1


def classes_elsewhere(logarithms: Expression, history: History) -> Iterator[Refused]:
    """`nll_loss(x.log_softmax(-1), y)` of more than two axes: the classes are axis 1."""
    axis, array = (
        _normalized(logarithms, CASTS | {"log"}, ("log_softmax", "softmax"), history),
        history.array(logarithms),
    )
    if axis is not None and array is not None and array.ndim is not None and array.ndim > 1 and axis != 1:
        yield Refused(f"adds up to 1 along axis {axis}; the classes are axis 1", "input", "kind")


def _normalized(expression: Expression, through: frozenset[str], by: tuple[str, ...], history: History) -> int | None:
    """The axis, from the first, that a softmax is over."""
    call = history.through(expression, through)
    if not isinstance(call, CallExpr) or written_name(call.callee) not in by:
        return None
    array, axis = history.array(call), named_axis(call)
    if array is None or array.ndim is None or axis is None:
        return None
    return axis if axis >= 0 else axis + array.ndim


def sum_of_weights(operand: Expression, dim: Value, history: History) -> Iterator[Refused]:
    """`logsumexp(column + weights.log_softmax(-1), -1)`: the weights add up to 1, and the column is what comes out."""
    made, axis = history.through(operand, CASTS), int_of(dim)
    if not isinstance(made, OpExpr) or made.op != "+" or axis is None:
        return
    whole = history.array(made)
    if whole is None or whole.ndim is None:
        return
    axis = axis if axis >= 0 else axis + whole.ndim
    for column, weights in ((made.left, made.right), (made.right, made.left)):
        given, over = history.array(column), _normalized(weights, CASTS, ("log_softmax",), history)
        other = history.array(weights)
        if given is None or other is None or over != axis or not given.ndim == other.ndim == whole.ndim:
            continue
        one, many = _size(given.shape, axis), _size(other.shape, axis)
        if one is not None and one.constant == 1 and many is not None and many.constant != 1:
            text = "adds up weights that add up to 1 along that axis, where what is added to them has one entry"
            yield Refused(f"{text}: that is what comes out")


def _size(shape: Shape | None, axis: int) -> Size | None:
    found = shape[axis] if shape is not None and axis < len(shape) else None
    return found.size if isinstance(found, SizedAxis) else None


# Axes that indices point into


def points_elsewhere(
    index: Expression, argument: str, values: Mapping[str, Value], history: History
) -> Iterator[Refused]:
    """`y.gather(1, x.argmax(-1, keepdim=True))`: indices along one axis, used along another."""
    own, dim = values.get("input", values.get("self")), int_of(values.get("dim"))
    source = _pointed_into(index, history)
    if source is None or dim is None or not isinstance(own, Array) or own.ndim is None or own.shape is None:
        return
    shape, axis = source
    dim = dim if dim >= 0 else dim + own.ndim
    into, along = _size(shape, axis), _size(own.shape, dim) if dim >= 0 else None
    if into is None or along is None or 1 in (into.constant, along.constant) or str(into) == str(along):
        return
    others = [_size(own.shape, at) for at in range(own.ndim) if at != dim]
    given = values.get(argument)
    kept = _size(given.shape, dim) if isinstance(given, Array) and given.ndim == own.ndim else None
    is_beside = any(_size(shape, at) == along for at in range(len(shape)) if at != axis)
    if into in others or (is_beside and kept == along):
        yield Refused(f'points into an axis of "{into}", and axis {dim} is "{along}"', argument, "kind")


def _pointed_into(index: Expression, history: History) -> tuple[Shape, int] | None:
    """The shape of what indices were found in, and the axis."""
    call = _finding(index, history)
    array = None if call is None else history.array(applied_to(call))
    if call is None or array is None or array.ndim is None or array.shape is None:
        return None
    axis = _axis(call)
    if axis is None or not -array.ndim <= axis < array.ndim or any(isinstance(one, Rest) for one in array.shape):
        return None
    return array.shape, axis % array.ndim


def _finding(index: Expression, history: History) -> CallExpr | None:
    """The call that found indices."""
    made = history.through(index, MOVED, unpacked=True)
    match made:
        case CallExpr(callee=callee) if written_name(callee) in _OF_ONE:
            return made
        case MemberExpr(expr=base, name="indices") | IndexExpr(base=base, index=IntExpr(value=1)):
            call = history.made(base)
        case NameExpr(node=Var() as variable):
            unpacked = unpacked_from(variable, history.function)
            call = unpacked[0] if unpacked is not None and unpacked[1:] == (1, 2) else None
        case _:
            return None
    return call if isinstance(call, CallExpr) and written_name(call.callee) in _OF_TWO else None


def _axis(call: CallExpr) -> int | None:
    name = written_name(call.callee)
    if name not in _BEHIND_COUNT and axis_argument(call) is not None:
        return named_axis(call)
    named = [one for one, label in zip(call.args, call.arg_names, strict=True) if label == "dim"]
    given = [one for one, label in zip(call.args, call.arg_names, strict=True) if label is None]
    given = given[1:] if given[:1] == [applied_to(call)] else given
    if name in _BEHIND_COUNT and (named or given[1:]):
        return integer((named or given[1:])[0])
    return -1 if name in _LAST_BY_DEFAULT else None
