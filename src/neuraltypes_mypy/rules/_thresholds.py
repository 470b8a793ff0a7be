"""Thresholds that are no thresholds: decisions that always come out the same, and logarithms of what is negative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import AssignmentStmt, CallExpr, Context, Expression, MemberExpr, ReturnStmt

from neuraltypes._sizes import Size
from neuraltypes.rules import Array, Refused, Value
from neuraltypes_mypy.rules._history import History
from neuraltypes_mypy.rules._similarities import CASTS
from neuraltypes_mypy.source._statements import statements, written_name

_VIEWED: Final = frozenset({"squeeze", "unsqueeze", "view", "reshape", "flatten"}) | CASTS
_DECIDED: Final = frozenset({"float", "long", "int", "to", "type"})
_PREDICTED: Final = ("pred", "decision", "hard")


def sigmoid_beside(other: Value, place: Expression, context: Context, history: History) -> Iterator[Refused]:
    """`sigmoid(x) > 0`: as a decision it is always the same. As a guard of a logarithm it may be meant."""
    bound = other.constant if isinstance(other, Size) else other
    call = history.through(place, _VIEWED)
    is_sigmoid = isinstance(call, CallExpr) and written_name(call.callee) == "sigmoid"
    if is_sigmoid and bound in (0, 0.0) and not isinstance(bound, bool) and _is_decision(context, history):
        yield Refused("compares what a sigmoid gives, which is above 0, with 0; compare with 0.5", code="element")


def _is_decision(context: Context, history: History) -> bool:
    """Whether a comparison is returned, turned into numbers, or called a prediction."""
    for statement in statements(history.function.body):
        if isinstance(statement, ReturnStmt) and statement.expr is not None:
            if _decided(statement.expr) is context:
                return True
        elif isinstance(statement, AssignmentStmt) and _decided(statement.rvalue) is context:
            names = [written_name(one).lower() for one in statement.lvalues]
            return statement.rvalue is not context or any(name.startswith(_PREDICTED) for name in names)
    return False


def _decided(expression: Expression) -> Expression:
    while isinstance(expression, CallExpr) and isinstance(expression.callee, MemberExpr):
        if expression.callee.name not in _DECIDED:
            break
        expression = expression.callee.expr
    return expression


def log_of_raw(value: Value, context: Context, history: History) -> Iterator[Refused]:
    """`log_probs = torch.log(self.fc(x))`: a layer gives no probabilities."""
    element = value.element if isinstance(value, Array) else None
    if getattr(element, "name", None) != "UnnormalizedType":
        return
    for statement in statements(history.function.body):
        if isinstance(statement, AssignmentStmt) and statement.rvalue is context:
            name = written_name(statement.lvalues[0]).lower().replace("_", "")
            if name.startswith(("logprob", "logp", "logpi")):
                yield Refused("takes raw outputs, which are negative too; take log_softmax of them", code="element")
