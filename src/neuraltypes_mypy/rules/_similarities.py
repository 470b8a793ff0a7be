"""Products of rows with rows, as of queries with keys, and distances between rows: matrices of pairs."""

from __future__ import annotations

from typing import Final

from mypy.nodes import CallExpr, Expression, FloatExpr, IntExpr, MemberExpr, OpExpr, StrExpr

from neuraltypes_mypy.rules._history import History, applied_to
from neuraltypes_mypy.source._statements import written_name

CASTS: Final = frozenset({"float", "double", "half", "to", "type", "type_as", "contiguous", "clone", "dropout"})
SCALED: Final = frozenset({"div", "mul", "add", "sub", "masked_fill", "clamp", "true_divide"}) | CASTS
_TURNED: Final = frozenset({"transpose", "permute", "swapaxes", "t", "T", "mT"})
_DISTANCES: Final = frozenset({"cdist", "pairwise_distance"})
_ROOTED: Final = frozenset({"sqrt"}) | CASTS


def are_similarities(scores: Expression, history: History) -> bool:
    """Whether numbers are products of rows with rows, as of queries with keys."""
    sides: list[Expression] = []
    match scores:
        case OpExpr(op="@", left=left, right=right):
            sides = [left, right]
        case CallExpr(callee=callee, args=args) if written_name(callee) in ("matmul", "bmm", "mm"):
            sides = [callee.expr, *args] if isinstance(callee, MemberExpr) and len(args) == 1 else args
        case CallExpr(callee=callee, args=[StrExpr(value=equation), _, _]) if written_name(callee) == "einsum":
            rows, _, output = equation.replace(" ", "").partition("->")
            one, _, other = rows.partition(",")
            return bool(one and other) and one[-1] == other[-1] and one[-1] not in output
    return any(written_name(made) in _TURNED for side in sides if (made := _callee(history.made(side))) is not None)


def are_distances(numbers: Expression, history: History) -> bool:
    """Whether numbers are distances, or squares of such: lower is nearer."""
    made = _unscaled(numbers, history)
    if isinstance(made, OpExpr) and made.op == "**" and isinstance(made.right, IntExpr):
        made = history.through(made.left, _ROOTED)  # of distances
    if not isinstance(made, CallExpr):
        return False
    name = written_name(made.callee)
    if name in _DISTANCES:
        return True
    inner = history.made(applied_to(made))
    if name == "norm":
        return isinstance(inner, OpExpr) and inner.op == "-"
    return name == "sum" and inner is not None and _is_squared_difference(inner, history)


def _unscaled(numbers: Expression, history: History) -> Expression | None:
    """What numbers were before they were scaled by what is surely positive."""
    made = history.through(numbers, _ROOTED)
    while isinstance(made, OpExpr) and made.op in "*/" and _is_positive(made.right):
        made = history.through(made.left, _ROOTED)
    return made


def _is_positive(factor: Expression) -> bool:
    return isinstance(factor, IntExpr | FloatExpr) or written_name(factor) in ("temperature", "tau")


def _is_squared_difference(made: Expression, history: History) -> bool:
    match made:
        case OpExpr(op="**", left=base, right=IntExpr(value=2)):
            pass
        case CallExpr(callee=callee) if written_name(callee) in ("pow", "square"):
            base = applied_to(made)
        case _:
            return False
    inner = history.made(base)
    return isinstance(inner, OpExpr) and inner.op == "-"


def _callee(expression: Expression | None) -> Expression | None:
    return expression.callee if isinstance(expression, CallExpr) else expression
