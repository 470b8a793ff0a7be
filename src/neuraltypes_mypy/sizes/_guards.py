"""What conditions ask of sizes: under `if self.d_in == self.d_out` the two names stand for one number.

Sizes of two names differ, but not where the code has seen to it that they do not: in the branch of an `if` that
compares them, behind one that leaves where they differ or behind an `assert`, also by way of a flag that the
constructor sets (`self.is_same = d_in == d_out`). What a flag says by its name alone (`if self.residual`) is believed.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, TypeAlias

from mypy.nodes import (
    ComparisonExpr,
    Context,
    Expression,
    FuncDef,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    UnaryExpr,
    Var,
)
from mypy.server.subexpr import get_subexpressions

from neuraltypes._sizes import Size
from neuraltypes._unify import Rest, Shape
from neuraltypes_mypy.sizes._conditions import Condition, conditions, constructors, size_reader
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.sizes._steady import is_self
from neuraltypes_mypy.sizes._values import axis_at
from neuraltypes_mypy.source._assigned import assignments_to
from neuraltypes_mypy.source._statements import attribute_values
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor

_ORDERS: Final = ("<", ">", "<=", ">=")
_COMPARED: Final = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_WORDS: Final = ("residual", "skip", "shortcut", "identity", "same", "tie", "tied", "share", "shared")
_OF_DTYPES: Final = ("dtype", "is_floating_point", "is_complex")
_MAX_DEPTH: Final = 4
_Pair: TypeAlias = tuple[Size, Size | None]


def may_be_equal(left: Size, right: Size, place: Context, same: Equal, api: Any) -> bool:
    """Whether a condition in force at that place is about these two sizes being equal."""
    if left.constant is not None and right.constant is not None:
        return False
    for condition in conditions(place, api):
        for one in _asked(condition, api):
            if isinstance(one, str) or any(_decides(left, right, pair, same) for pair in one):
                return True
    return False


def _decides(left: Size, right: Size, pair: _Pair, same: Equal) -> bool:
    """Whether two sizes may be equal if those of a pair are, one of which may be unknown."""
    one, other = same.settled(pair[0]), pair[1]
    return one in (left, right) if other is None else _coincide(left, right, one, same.settled(other))


def _coincide(left: Size, right: Size, one: Size, other: Size) -> bool:
    """Whether two sizes are equal if two others are."""
    if {left, right} == {one, other}:
        return True
    for symbol, size in ((one.symbol, other), (other.symbol, one)):
        if symbol is not None and left.replace({symbol: size}) == right.replace({symbol: size}):
            return True
    return False


def _asked(condition: Condition, api: Any, depth: int = 0) -> Iterator[list[_Pair] | str]:
    """The pairs of sizes that a condition compares, or the name of a flag that says that sizes are equal."""

    def same_for(expression: Expression, *, holds: bool) -> Iterator[list[_Pair] | str]:
        return _asked(Condition(expression, holds, condition.read, condition.constructor), api, depth + 1)

    if depth > _MAX_DEPTH:
        return
    match condition.expression:
        case UnaryExpr(op="not", expr=inner):
            yield from same_for(inner, holds=not condition.holds)
        case OpExpr(op=joint, left=left, right=right) if joint == "or" or (joint == "and" and condition.holds):
            yield from same_for(left, holds=condition.holds)
            yield from same_for(right, holds=condition.holds)
        case ComparisonExpr(operators=operators, operands=operands):
            for sign, left, right in zip(operators, operands, operands[1:], strict=False):
                if sign in _ORDERS or sign == ("==" if condition.holds else "!="):
                    yield list(_pairs(left, right, condition, api, is_equality=sign not in _ORDERS))
        case NameExpr() | MemberExpr() as flag:
            yield from _asked_by_flag(flag, condition, api, depth)


def _asked_by_flag(
    flag: NameExpr | MemberExpr, condition: Condition, api: Any, depth: int
) -> Iterator[list[_Pair] | str]:
    values = list(_flag_values(flag, condition, api))
    for value in values:
        yield from _asked(value, api, depth + 1)
    if condition.holds and any(word in _WORDS for word in flag.name.lower().split("_")):
        yield flag.name


def _flag_values(flag: NameExpr | MemberExpr, condition: Condition, api: Any) -> Iterator[Condition]:
    """What a flag was made of: a local variable, or an attribute that the constructor sets."""
    function = api.scope.current_function()
    if isinstance(flag, NameExpr):
        variable = flag.node
        if isinstance(variable, Var) and condition.constructor is None:
            for value in assignments_to(variable, function):
                if value is not None:
                    yield Condition(value, condition.holds, condition.read)
    elif is_self(flag.expr, api) or condition.constructor is not None:
        for info, constructor in constructors(function):
            for name, value in attribute_values(constructor):
                if name == flag.name and value is not None:
                    yield Condition(value, condition.holds, size_reader(info), info)


def _pairs(
    left: Expression, right: Expression, condition: Condition, api: Any, *, is_equality: bool
) -> Iterator[_Pair]:
    one, other = (condition.read(side) or _size_of_axis(side, condition, api) for side in (left, right))
    if one is not None and other is not None:
        yield one, other
    elif isinstance(known := one or other, Size) and is_equality and known.symbol is not None:
        yield known, None
    shapes = _shape(left, api), _shape(right, api)
    if condition.constructor is None and shapes[0] is not None and shapes[1] is not None:
        for axis, beside in zip(reversed(shapes[0]), reversed(shapes[1]), strict=False):
            if isinstance(axis, Rest) or isinstance(beside, Rest):
                break
            if axis.size is not None and beside.size is not None:
                yield axis.size, beside.size


def _size_of_axis(expression: Expression, condition: Condition, api: Any) -> Size | None:
    """The size that `x.shape[-1]` is, also where mypy is not told, for `x` has any number of axes in front."""
    function = api.scope.current_function()
    if isinstance(expression, NameExpr) and isinstance(expression.node, Var) and isinstance(function, FuncDef):
        values = assignments_to(expression.node, function)
        if len(values) == 1 and isinstance(values[0], IndexExpr):
            expression = values[0]
    match expression:
        case IndexExpr(base=base, index=IntExpr(value=dim)):
            pass
        case IndexExpr(base=base, index=UnaryExpr(op="-", expr=IntExpr(value=distance))):
            dim = -distance
        case _:
            return None
    shape = _shape(base, api) if condition.constructor is None else None
    axis = None if shape is None else axis_at(shape, dim)
    return None if axis is None else axis.size


def _shape(expression: Expression, api: Any) -> Shape | None:
    if not isinstance(expression, MemberExpr) or expression.name != "shape":
        return None
    known = api.lookup_type_or_none(expression.expr)
    tensor = None if known is None else as_tensor(known)
    return None if tensor is None else read_tensor(tensor).shape


def is_guarded(place: Context, api: Any) -> bool:
    """Whether any condition in force at a place is about sizes."""
    return any(True for condition in conditions(place, api) for _ in _asked(condition, api))


def asks_for_dtype(place: Context, api: Any) -> bool:
    """Whether a condition in force at a place is about a dtype: `if x.dtype == torch.bool`."""
    return any(
        isinstance(one, MemberExpr) and one.name in _OF_DTYPES
        for condition in conditions(place, api)
        if condition.constructor is None
        for one in get_subexpressions(condition.expression)
    )


def is_contradicted(place: Context, api: Any) -> bool:
    """Whether code runs at a place only where a size is another than mypy knows, as in the first round of a loop."""
    return any(_is_contradicted(condition) for condition in conditions(place, api) if condition.constructor is None)


def _is_contradicted(condition: Condition) -> bool:
    match condition.expression:
        case UnaryExpr(op="not", expr=inner):
            return _is_contradicted(replace(condition, expression=inner, holds=not condition.holds))
        case ComparisonExpr(operators=[sign], operands=[left, right]) if sign in _COMPARED:
            sizes = condition.read(left), condition.read(right)
            one, other = (None if size is None else size.constant for size in sizes)
            return one is not None and other is not None and _COMPARED[sign](one, other) != condition.holds
        case _:
            return False
