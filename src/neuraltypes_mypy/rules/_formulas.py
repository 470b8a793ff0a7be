"""Formulas that are written with the wrong one of two numbers which look alike.

Logits for their logarithms of probabilities, the tokens of a batch for those of an example. Both numbers must be told
by how they were made or what they are called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Context,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    ReturnStmt,
    UnaryExpr,
    Var,
)

from neuraltypes._unify import SizedAxis
from neuraltypes.rules import Refused
from neuraltypes_mypy.rules._history import History, applied_to, axis_argument
from neuraltypes_mypy.rules._remembered_axes import CASTS, MOVED
from neuraltypes_mypy.source._statements import statements, written_name

_MASKS: Final = frozenset({"mask", "masks", "valid", "keep"})
_AXES_ADDED: Final = MOVED | {"clamp", "clamp_min", "clamp_", "clip"}


# Entropy of logits


def entropy_of_logits(total: Context, history: History) -> Iterator[Refused]:
    """`entropy = -(x.softmax(-1) * x).sum(-1)`: the logarithms of these probabilities are `x.log_softmax(-1)`."""
    product = history.through(applied_to(total), CASTS) if isinstance(total, CallExpr) else None
    if not isinstance(product, OpExpr) or product.op != "*" or not _is_called_entropy(total, history.function):
        return
    for weights, logits in ((product.left, product.right), (product.right, product.left)):
        call = history.through(weights.expr if isinstance(weights, UnaryExpr) else weights, CASTS)
        if not isinstance(call, CallExpr) or written_name(call.callee) != "softmax":
            continue
        if isinstance(logits, NameExpr) and _is_named(applied_to(call), logits):
            yield Refused("adds up probabilities times logits; take log_softmax of these", code="element")


def _is_named(expression: Expression, name: NameExpr) -> bool:
    return isinstance(expression, NameExpr) and expression.node is name.node


def _is_called_entropy(total: Context, function: FuncDef) -> bool:
    """Whether the name that a number gets, or the function that returns it, says that it is an entropy."""
    for statement in statements(function.body):
        if isinstance(statement, AssignmentStmt) and _is_within(total, statement.rvalue):
            return any("entropy" in written_name(one).lower() for one in statement.lvalues)
        if isinstance(statement, ReturnStmt) and statement.expr is not None and _is_within(total, statement.expr):
            return "entropy" in function.name.lower()
    return False


def _is_within(part: Context, expression: Expression) -> bool:
    """Whether an expression is this one, but for its sign, a mean over it, or what scales it."""
    while expression is not part:
        match expression:
            case UnaryExpr(expr=inner) | OpExpr(op="*", right=inner):
                expression = inner
            case CallExpr(callee=MemberExpr(name="mean" | "sum", expr=inner)):
                expression = inner
            case _:
                return False
    return True


# Means over what a mask keeps


def mean_over_all_tokens(quotient: Context, one: Expression, other: Expression, history: History) -> Iterator[Refused]:
    """`(x * mask.unsqueeze(-1)).sum(dim=1) / mask.sum()`: each example is divided by the tokens of all."""
    total, count = history.made(one), history.through(other, _AXES_ADDED)
    if not isinstance(total, CallExpr) or not isinstance(count, CallExpr) or not _is_sum(total) or not _is_sum(count):
        return
    if axis_argument(total) is None or axis_argument(count) is not None:
        return
    counted, mask = applied_to(count), history.through(applied_to(total), CASTS)
    if not isinstance(mask, OpExpr) or mask.op != "*" or not isinstance(quotient, Expression):
        return
    name = _root(counted, history)
    masked = any(name is not None and _root(side, history) is name for side in (mask.left, mask.right))
    kept, result = history.array(counted), history.array(one)
    if not masked or kept is None or result is None or not kept.shape or not result.shape or len(result.shape) < 2:
        return
    first = kept.shape[0]
    if not isinstance(first, SizedAxis) or first.size is None or first != result.shape[0]:
        return
    if len(kept.shape) > 1 and _is_returned(quotient, history.function):
        yield Refused(f'divides each of "{first.size}" by what the mask keeps of all of them; give the same dim')


def _is_sum(call: CallExpr) -> bool:
    return written_name(call.callee) == "sum"


def _root(expression: Expression, history: History) -> Var | None:
    """The variable that goes by the name of a mask and that an expression is a cast or a view of."""
    current: Expression | None = expression
    for _ in range(8):
        match current:
            case NameExpr(node=Var() as variable) if _MASKS & set(variable.name.lower().split("_")):
                made = history.made(current)
                return variable if made is None or _next(made) is None else _root(made, history)
            case NameExpr():
                current = history.made(current)
            case None:
                return None
            case _:
                current = _next(current)
    return None


def _next(expression: Expression) -> Expression | None:
    match expression:
        case CallExpr(callee=callee) if written_name(callee) in MOVED:
            return applied_to(expression)
        case IndexExpr(base=base):
            return base
    return None


def _is_returned(expression: Expression, function: FuncDef) -> bool:
    """Whether a function returns what an expression gives, as it is."""
    names = {
        target.node
        for statement in statements(function.body)
        if isinstance(statement, AssignmentStmt) and statement.rvalue is expression
        for target in statement.lvalues
        if isinstance(target, NameExpr)
    }
    returned = [one.expr for one in statements(function.body) if isinstance(one, ReturnStmt)]
    return any(one is expression or (isinstance(one, NameExpr) and one.node in names) for one in returned)
