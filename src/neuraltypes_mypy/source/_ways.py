"""What a name may hold at a line, whichever way a function has come there: through branches, and round after round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Generic, Protocol, TypeVar

from mypy.nodes import (
    AssignmentStmt,
    Block,
    BreakStmt,
    ContinueStmt,
    Expression,
    ForStmt,
    FuncDef,
    IfStmt,
    NameExpr,
    OperatorAssignmentStmt,
    Statement,
    TupleExpr,
    Var,
    WhileStmt,
    WithStmt,
)

from neuraltypes_mypy.source._inserted import is_inserted
from neuraltypes_mypy.source._statements import assignments, bound, inner_blocks, leaves, statements

Held = TypeVar("Held")
_MAX_STEPS: Final = 400


class Values(Protocol[Held]):
    """What values are, and how they are put together; None where that is not known."""

    def of(self, expression: Expression, line: int) -> Held | None:
        """The value of an expression, its names as they are above a line."""

    def part(self, value: Expression, place: int, count: int) -> Held | None:
        """One of the parts of a value of so many."""

    def changed(self, held: Held | None, operator: str, value: Expression) -> Held | None:
        """The value of a name behind `x += value`."""

    def joined(self, held: list[Held | None]) -> Held | None:
        """What values have in common that different ways lead to."""

    def settled(self, before: Held | None, after: Callable[[Held | None], Held | None]) -> Held | None:
        """What a value is that a loop changes."""


class Ways(Generic[Held]):
    """Follows the names of one function to one place of it.

    Where that place is reached in the first round of the loops around it for certain, names are as they are then.
    """

    def __init__(self, function: FuncDef, line: int, values: Values[Held]) -> None:
        self._function = function
        self._values = values
        self._first = frozenset(id(one) for one in _first_rounds(function.body, line))
        self._assumed: dict[tuple[int, Var], Held | None] = {}
        self._steps = 0

    def held(self, variable: Var, line: int) -> Held | None:
        """What a name holds above a line; of a parameter nothing is known where the function begins."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            return None
        return self._run(self._function.body, variable, line, None)

    def _run(self, block: Block, variable: Var, line: int | None, held: Held | None) -> Held | None:
        """What a name holds at the end of a block, or above a line of it."""
        here = [one for one in block.body if line is not None and one.line <= line <= _end(one)]
        here = [one for one in here if not is_inserted(one)]
        if len(here) > 1:
            return None
        for statement in block.body:
            if line is not None and statement.line > line:
                break
            if here and statement is here[0]:
                return self._into(statement, variable, line, held)
            held = self._after(statement, variable, held)
        return held

    def _into(self, statement: Statement, variable: Var, line: int | None, held: Held | None) -> Held | None:
        """What a name holds above a line inside of a statement."""
        inside = [one for one in inner_blocks(statement) if line is not None and _start(one) <= line <= _end_of(one)]
        if not inside:
            return held
        if not isinstance(statement, Block | ForStmt | IfStmt | WhileStmt | WithStmt):
            return None if _is_assigned(statement, variable) else held
        if isinstance(statement, ForStmt | WhileStmt) and inside[0] is statement.body:
            held = self._top(statement, variable, held)
        elif _binds(statement, variable):
            held = None
        return self._run(inside[0], variable, line, held)

    def _after(self, statement: Statement, variable: Var, held: Held | None) -> Held | None:
        if not _is_assigned(statement, variable):
            return held
        match statement:
            case AssignmentStmt(lvalues=targets, rvalue=value):
                return self._assigned(targets, value, variable)
            case OperatorAssignmentStmt(op=op, rvalue=value):
                return self._values.changed(held, op, value)
            case Block():
                return self._run(statement, variable, None, held)
            case WithStmt(body=body):
                return self._run(body, variable, None, None if _binds(statement, variable) else held)
            case IfStmt():
                branches = [one for one in inner_blocks(statement) if not leaves(one)]
                ends = [self._run(one, variable, None, held) for one in branches]
                return self._values.joined(ends + ([held] if statement.else_body is None else []))
            case ForStmt() | WhileStmt() if not any(_jumps(statement)) and statement.else_body is None:
                return self._top(statement, variable, held)
        return None

    def _assigned(self, targets: list[Expression], value: Expression, variable: Var) -> Held | None:
        match targets:
            case [NameExpr()]:
                return self._values.of(value, value.line)
            case [TupleExpr(items=items)]:
                places = [at for at, one in enumerate(items) if isinstance(one, NameExpr) and one.node is variable]
                return self._values.part(value, places[0], len(items)) if len(places) == 1 else None
        return None

    def _top(self, loop: ForStmt | WhileStmt, variable: Var, before: Held | None) -> Held | None:
        """What a name holds where a round of a loop begins."""
        if not _is_assigned(loop, variable):
            return before
        if _binds(loop, variable):
            return None
        if id(loop) in self._first:
            return before
        key = (id(loop), variable)
        if key in self._assumed:
            return self._assumed[key]
        if any(isinstance(one, ContinueStmt) for one in statements(loop.body)):
            return None

        def after(held: Held | None) -> Held | None:
            self._assumed[key] = held
            try:
                return self._run(loop.body, variable, None, held)
            finally:
                del self._assumed[key]

        return self._values.settled(before, after)


def _first_rounds(block: Block, line: int) -> Iterator[ForStmt | WhileStmt]:
    """The loops around a line that come to it in their first round, if they have one."""
    for statement in block.body:
        inside = [one for one in inner_blocks(statement) if _start(one) <= line <= _end_of(one)]
        if not inside:
            continue
        found = list(_first_rounds(inside[0], line))
        if isinstance(statement, ForStmt | WhileStmt) and inside[0] is statement.body:
            is_straight = _is_straight(statement.body, line)
            yield from [statement, *found] if is_straight else found
        else:
            yield from found


def _is_straight(block: Block, line: int) -> bool:
    """Whether no branch stands between where a block begins and a line of it."""
    for statement in block.body:
        if statement.line <= line <= _end(statement):
            inside = [one for one in inner_blocks(statement) if _start(one) <= line <= _end_of(one)]
            is_plain = isinstance(statement, Block | ForStmt | WithStmt)
            return not inside or (is_plain and _is_straight(inside[0], line))
        if any(isinstance(one, ContinueStmt) for one in statements(Block([statement]))):
            return False
    return False


def _jumps(loop: ForStmt | WhileStmt) -> Iterator[bool]:
    return (isinstance(one, BreakStmt | ContinueStmt) for one in statements(loop.body))


def _binds(statement: Statement, variable: Var) -> bool:
    """Whether a loop or a `with` gives a name to its body."""
    return any(one.node is variable for one in bound(statement))


def _is_assigned(statement: Statement, variable: Var) -> bool:
    found = assignments(Block([statement]))
    return any(isinstance(one, NameExpr) and one.node is variable for one, _ in found)


def _end(statement: Statement) -> int:
    """The last line of a statement; of some that stand in the tree alone mypy does not say it."""
    inside = inner_blocks(statement)
    own = statement.end_line or statement.line
    return max([own, *map(_end_of, inside)]) if inside else own


def _start(block: Block) -> int:
    return min((one.line for one in block.body), default=block.line)


def _end_of(block: Block) -> int:
    return max(map(_end, block.body), default=block.line)
