"""How the function that mypy checks now made what it has: expressions, followed back through names and operations."""

from __future__ import annotations

from typing import Any, Final

from mypy.literals import literal_hash
from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Context,
    Expression,
    FuncDef,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    UnaryExpr,
    Var,
)
from mypy.server.subexpr import get_subexpressions

from neuraltypes._sizes import Size
from neuraltypes.rules import Array
from neuraltypes_mypy.rules._argument_values import ArgumentValues
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.source._assigned import assignments_to, is_parameter, last_assignment
from neuraltypes_mypy.source._statements import written_name
from neuraltypes_mypy.tensors._tensor import as_tensor

_LOW: Final = -100


class History:
    """The expressions of the function that is checked now, and what was assigned to its names."""

    def __init__(self, values: ArgumentValues, same: Equal, api: Any) -> None:
        self._values, self._same, self._api = values, same, api
        self.function = api.scope.current_function()

    def array(self, expression: Expression) -> Array | None:
        """What is known of a tensor that was made before."""
        known = self._api.lookup_type_or_none(expression)
        tensor = None if known is None else as_tensor(known)
        return None if tensor is None else self._values.array(tensor, self._same)

    def size(self, expression: Expression) -> Size | None:
        """The size that an `int` in the source is."""
        known = self._api.lookup_type_or_none(expression)
        value = None if known is None else self._values.of_expression(expression, known, self._api, self._same)
        return value if isinstance(value, Size) else None

    def made(self, place: Context) -> Expression | None:
        """An expression, or what the name that it is was last assigned before; None where that may be several."""
        current = place if isinstance(place, Expression) else None
        line = place.line
        while isinstance(current, NameExpr):
            found = self._assigned(current, line)
            current, line = (None, line) if found is None else (found.rvalue, found.line)
        return current

    def _assigned(self, name: NameExpr, line: int) -> AssignmentStmt | None:
        variable, function = name.node, self.function
        if not isinstance(variable, Var) or not isinstance(function, FuncDef):
            return None
        return last_assignment(variable, function, line)

    def through(
        self, place: Context, names: frozenset[str], *, operators: str = "", unpacked: bool = False
    ) -> Expression | None:
        """What was made before calls of `names` and arithmetic by `operators`, all of which leave its axes.

        With `unpacked` that may be a name which is assigned once, as a part of something.
        """
        current: Context = place
        while (made := self.made(current)) is not None:
            before = _receiver(made, names, operators)
            if before is None:
                return made
            current = before
        is_part = unpacked and isinstance(current, NameExpr) and self._is_unpacked_once(current)
        return current if is_part and isinstance(current, NameExpr) else None

    def source(self, place: Expression, names: frozenset[str]) -> Expression | None:
        """What calls of `names` were applied to in the end, a name that is assigned once or never among it."""
        current: Expression | None = place
        while current is not None:
            made = self.made(current)
            before = None if made is None else _receiver(made, names, "")
            if before is None:
                return made or (current if self._is_steady(current) else None)
            current = before
        return None

    def is_low(self, expression: Expression) -> bool:
        """Whether a number, or all of a tensor that is filled with one, stands for minus infinity."""
        made = self.made(expression) or expression
        if isinstance(made, OpExpr) and made.op == "*":
            return self.is_low(made.left) or self.is_low(made.right)
        if isinstance(made, CallExpr) and written_name(made.callee) in ("full_like", "full", "new_full"):
            return len(made.args) > 1 and self.is_low(made.args[1])
        known = self._api.lookup_type_or_none(made)
        value = None if known is None else self._values.of_expression(made, known, self._api, self._same)
        if isinstance(value, Size):
            value = value.constant
        return isinstance(value, int | float) and value < _LOW

    def is_parameter(self, expression: Expression) -> bool:
        """Whether an expression is a parameter to which nothing is assigned."""
        variable, function = getattr(expression, "node", None), self.function
        if not isinstance(function, FuncDef) or not self._is_steady(expression):
            return False
        return is_parameter(variable, function)

    def _is_steady(self, expression: Expression) -> bool:
        """Whether a name holds one thing throughout: a parameter that is never assigned, another that is once."""
        variable, function = getattr(expression, "node", None), self.function
        if not isinstance(variable, Var) or not isinstance(function, FuncDef):
            return False
        return len(assignments_to(variable, function)) == (0 if is_parameter(variable, function) else 1)

    def are_same(self, one: Expression, other: Expression) -> bool:
        """Whether two expressions are surely of one value: written alike, of names that hold one thing throughout."""
        key = literal_hash(one)
        if key is None or key != literal_hash(other):
            return False
        names = [part for part in get_subexpressions(one) if isinstance(part, NameExpr)]
        return all(self._is_steady(name) for name in names if isinstance(name.node, Var))

    def _is_unpacked_once(self, name: NameExpr) -> bool:
        variable, function = name.node, self.function
        if not isinstance(variable, Var) or not isinstance(function, FuncDef):
            return False
        return assignments_to(variable, function) == [None]


def _receiver(expression: Expression, names: frozenset[str], operators: str) -> Expression | None:
    """What an operation that leaves the axes is applied to."""
    match expression:
        case OpExpr(op=op, left=left) if op in operators:
            return left
        case CallExpr(callee=callee) if written_name(callee) in names:
            return applied_to(expression)
    return None


def applied_to(call: CallExpr) -> Expression:
    """The tensor that a function, a method or a module is applied to."""
    match call.callee:
        case MemberExpr(expr=NameExpr(name="self")):
            pass
        case MemberExpr(expr=receiver, fullname=""):
            return receiver
    return call.args[0] if call.args else call


def named_axis(call: CallExpr) -> int | None:
    """The axis that a call names in numbers."""
    return integer(axis_argument(call))


def integer(expression: Expression | None) -> int | None:
    """A whole number as it is written."""
    match expression:
        case IntExpr(value=value):
            return value
        case UnaryExpr(op="-", expr=IntExpr(value=value)):
            return -value
    return None


def axis_argument(call: CallExpr) -> Expression | None:
    """What a call names as an axis: by keyword, or first behind the tensor."""
    for argument, name in zip(call.args, call.arg_names, strict=True):
        if name in ("dim", "axis"):
            return argument
    rest = [argument for argument, name in zip(call.args, call.arg_names, strict=True) if name is None]
    rest = rest[1:] if rest[:1] == [applied_to(call)] else rest
    return rest[0] if rest else None
