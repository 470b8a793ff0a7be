"""What names are assigned: those of the function that is checked now, and of its module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from mypy.nodes import AssignmentStmt, Block, Expression, FuncDef, MypyFile, NameExpr, Statement, Var

from neuraltypes_mypy.source._statements import assignments


class Assigned:
    """The local names that the function which is checked now assigns, with what it assigns.

    They are asked about for each name in each expression. The body of the last function is kept, so that another's
    never passes for it; what a name stands for is read anew, for the daemon analyzes a body again.
    """

    def __init__(self) -> None:
        self._body: Block | None = None
        self._found: list[tuple[NameExpr, Expression | None]] = []

    def values(self, variable: Var, function: FuncDef) -> list[Expression | None]:
        """What a local variable is assigned, `None` where it is more than an expression (a loop, an unpacking)."""
        if self._body is not function.body:
            self._body = function.body
            self._found = [
                (target, value) for target, value in assignments(function.body) if isinstance(target, NameExpr)
            ]
        return [value for target, value in self._found if target.node is variable]


class Constants:
    """The names that the module which is checked now assigns once outside of functions, with what it assigns."""

    def __init__(self) -> None:
        self._module: MypyFile | None = None
        self._found: dict[str, Expression] = {}

    def value(self, variable: Var, module: MypyFile) -> Expression | None:
        """What a name of the module is assigned; None for what is no such name."""
        if self._module is not module:
            self._module = module
            self._found = _constants(module)
        is_of_module = variable.fullname == f"{module.fullname}.{variable.name}"
        return self._found.get(variable.name) if is_of_module else None


def _constants(module: MypyFile) -> dict[str, Expression]:
    assigned = [(target, value) for target, value in assignments(Block(module.defs)) if isinstance(target, NameExpr)]
    counts = Counter(target.name for target, _ in assigned)
    return {target.name: value for target, value in assigned if value is not None and counts[target.name] == 1}


_bodies: Final = Assigned()


def assignments_to(variable: Var, function: FuncDef) -> list[Expression | None]:
    """What a local variable is assigned, `None` where it is more than an expression (a loop, an unpacking)."""
    return _bodies.values(variable, function)


def is_parameter(node: object, function: FuncDef) -> bool:
    """Whether a variable is a parameter of a function."""
    return any(argument.variable is node for argument in function.arguments)


def only_value(variable: Var, function: FuncDef) -> Expression | None:
    """What a local name holds wherever it holds anything; None where that may be several, or is handed in."""
    values = [] if is_parameter(variable, function) else assignments_to(variable, function)
    return values[0] if len(values) == 1 else None


def last_assigned(variable: Var, function: FuncDef, line: int) -> Expression | None:
    """What a name was assigned last above a line; None where that may be several."""
    statement = last_assignment(variable, function, line)
    return None if statement is None else statement.rvalue


def last_assignment(variable: Var, function: FuncDef, line: int) -> AssignmentStmt | None:
    """The statement that assigned a name last above a line, where all that assign it stand outside of blocks."""
    outer = [one for one in _outermost(function.body) if isinstance(one, AssignmentStmt) and _assigns(one, variable)]
    if len(outer) != len(assignments_to(variable, function)):
        return None
    before = [one for one in outer if (one.end_line or one.line) < line]
    return before[-1] if before else None


def _outermost(body: Block) -> Iterator[Statement]:
    """The statements that stand in no block of the source; in the tree, one may be put into a block of its own."""
    for statement in body.body:
        if isinstance(statement, Block):
            yield from _outermost(statement)
        else:
            yield statement


def _assigns(statement: AssignmentStmt, variable: Var) -> bool:
    return any(isinstance(one, NameExpr) and one.node is variable for one in statement.lvalues)
