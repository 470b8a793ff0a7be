"""What a function assigns: to its local variables and to attributes of `self`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    Block,
    BreakStmt,
    Context,
    ContinueStmt,
    Decorator,
    Expression,
    ForStmt,
    FuncDef,
    IfStmt,
    ListExpr,
    MatchStmt,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    RaiseStmt,
    ReturnStmt,
    StarExpr,
    Statement,
    TryStmt,
    TupleExpr,
    Var,
    WhileStmt,
    WithStmt,
)

_UNPACKED: Final = (TupleExpr, ListExpr)


def statements(block: Block) -> Iterator[Statement]:
    """Every statement of a block and of the blocks inside, functions and classes left out."""
    for statement in block.body:
        yield statement
        for inner in inner_blocks(statement):
            yield from statements(inner)


def blocks(block: Block | None) -> Iterator[Block]:
    """A block and every block inside, functions and classes left out."""
    if block is None:
        return
    yield block
    for statement in block.body:
        for inner in inner_blocks(statement):
            yield from blocks(inner)


def has_blocks(statement: Statement) -> bool:
    """Whether other statements stand inside of one."""
    return bool(inner_blocks(statement))


def inner_blocks(statement: Statement) -> list[Block]:
    """The blocks of a statement, functions and classes left out."""
    match statement:
        case Block():
            return [statement]
        case IfStmt():
            return [*statement.body, *([statement.else_body] if statement.else_body else [])]
        case ForStmt() | WhileStmt():
            return [statement.body, *([statement.else_body] if statement.else_body else [])]
        case WithStmt():
            return [statement.body]
        case TryStmt():
            optional = [statement.else_body, statement.finally_body]
            return [statement.body, *statement.handlers, *(block for block in optional if block)]
        case MatchStmt():
            return list(statement.bodies)
        case _:
            return []


def leaves(block: Block) -> bool:
    """Whether what comes behind a block is not reached from it."""
    return bool(block.body) and isinstance(block.body[-1], RaiseStmt | ReturnStmt | ContinueStmt | BreakStmt)


def targets(statement: Statement) -> list[NameExpr]:
    """The local names that a statement itself assigns."""
    found: list[Expression] = []
    match statement:
        case AssignmentStmt():
            found = [item for target in statement.lvalues for item in _flat(target)]
        case OperatorAssignmentStmt():
            found = [statement.lvalue]
        case _:
            pass
    return [target for target in found if isinstance(target, NameExpr)]


def bound(statement: Statement) -> list[NameExpr]:
    """The local names that a loop or a `with` gives to its body."""
    found: list[Expression] = []
    if isinstance(statement, ForStmt):
        found = list(_flat(statement.index))
    elif isinstance(statement, WithStmt):
        found = [item for target in statement.target if target for item in _flat(target)]
    return [target for target in found if isinstance(target, NameExpr)]


def written_name(expression: Context | None) -> str:
    """The name that an expression ends in as it is written: `x`, or the `x` of `self.x`; none for others."""
    return expression.name if isinstance(expression, NameExpr | MemberExpr) else ""


def rooted(expression: Expression) -> tuple[Expression, str]:
    """Of `config.encoder.d` the `config` and the rest."""
    path: list[str] = []
    while isinstance(expression, MemberExpr):
        path.insert(0, expression.name)
        expression = expression.expr
    return expression, ".".join(path)


def assignments(body: Block) -> Iterator[tuple[Expression, Expression | None]]:
    """Each target that a body assigns to, with the value where it is an expression of its own."""
    for statement in statements(body):
        match statement:
            case AssignmentStmt():
                for target in statement.lvalues:
                    yield from _assigned(target, statement.rvalue)
            case OperatorAssignmentStmt():
                yield statement.lvalue, None
            case ForStmt():
                yield from ((item, None) for item in _flat(statement.index))
            case WithStmt():
                yield from ((item, None) for target in statement.target if target for item in _flat(target))
            case _:
                pass


def _assigned(target: Expression, value: Expression) -> Iterator[tuple[Expression, Expression | None]]:
    if not isinstance(target, _UNPACKED):
        yield target, value
    elif _are_attributes(target.items) and isinstance(value, _UNPACKED) and len(value.items) == len(target.items):
        is_known = not any(isinstance(item, StarExpr) for item in value.items)
        yield from ((item, given if is_known else None) for item, given in zip(target.items, value.items, strict=True))
    else:
        yield from ((item, None) for item in _flat(target))


def _are_attributes(targets: Sequence[Expression]) -> bool:
    """Whether none is a name, for which the order would matter: `a, b = b, a`."""
    return all(isinstance(target, MemberExpr) for target in targets)


def _flat(target: Expression) -> Iterator[Expression]:
    if isinstance(target, _UNPACKED):
        for item in target.items:
            yield from _flat(item)
    elif isinstance(target, StarExpr):
        yield from _flat(target.expr)
    else:
        yield target


def unpacked_from(variable: Var, function: FuncDef) -> tuple[Expression, int, int] | None:
    """Of `a, b = value`: the value, the place of the variable and the number of places; None for what is no such."""
    for statement in statements(function.body):
        match statement:
            case AssignmentStmt(lvalues=[TupleExpr(items=items)]):
                for place, item in enumerate(items):
                    if isinstance(item, NameExpr) and item.node is variable:
                        return statement.rvalue, place, len(items)
            case _:
                pass
    return None


def attribute_values(function: FuncDef) -> Iterator[tuple[str, Expression | None]]:
    """The attributes of the first parameter (`self`) that a method assigns, with what it assigns."""
    first = function.arguments[0].variable.name if function.arguments else None
    for target, value in assignments(function.body):
        if isinstance(target, MemberExpr) and isinstance(target.expr, NameExpr) and target.expr.name == first:
            yield target.name, value


def methods(body: Block) -> Iterator[FuncDef]:
    """The methods that a class body defines."""
    for statement in body.body:
        if isinstance(statement, Decorator):
            yield statement.func
        elif isinstance(statement, FuncDef):
            yield statement


def scope_name(function: FuncDef) -> str:
    """What tells the names of one function from those of every other."""
    return function.fullname if "." in function.fullname else f"{function.fullname}:{function.line}"
