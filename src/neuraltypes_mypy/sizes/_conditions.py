"""Which conditions are in force at a place: those of the branches that it stands in, and of what leaves before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

from mypy.nodes import (
    AssertStmt,
    Block,
    ComparisonExpr,
    ConditionalExpr,
    Context,
    Expression,
    FuncDef,
    IfStmt,
    MatchStmt,
    OpExpr,
    Statement,
    TypeInfo,
)
from mypy.patterns import OrPattern, ValuePattern
from mypy.server.subexpr import get_subexpressions

from neuraltypes._sizes import Size
from neuraltypes_mypy.sizes._class_sizes import size_in_constructor
from neuraltypes_mypy.sizes._sizes_of import size_of_expression
from neuraltypes_mypy.source._statements import inner_blocks, leaves, methods


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that holds, or does not, and how the sizes in it are read."""

    expression: Expression
    holds: bool
    read: Callable[[Expression], Size | None]
    constructor: TypeInfo | None = None


def conditions(place: Context, api: Any) -> Iterator[Condition]:
    """The conditions in force at a place: of the function that is checked now, and of its class's constructors."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef):
        return
    for expression, holds in _governing(function.body, place):
        yield Condition(expression, holds, lambda one: size_of_expression(one, api))
    for info, constructor in constructors(function):
        if constructor is not function:
            for statement in constructor.body.body:
                for expression, holds in _behind(statement):
                    yield Condition(expression, holds, size_reader(info), info)


def constructors(function: FuncDef) -> Iterator[tuple[TypeInfo, FuncDef]]:
    """The constructors of the classes that a method belongs to, the nearest first."""
    for info in function.info.mro if function.info else ():
        for method in methods(info.defn.defs):
            if method.name == "__init__":
                yield info, method


def size_reader(info: TypeInfo) -> Callable[[Expression], Size | None]:
    """What reads sizes in the constructor of a class."""
    return lambda one: size_in_constructor(info, one)


def _governing(block: Block, place: Context) -> Iterator[tuple[Expression, bool]]:
    """The conditions of a body that hold (or do not) at a place in it."""
    around = [at for at, statement in enumerate(block.body) if _spans(statement, place)]
    for statement in block.body[: around[-1]] if around else block.body:  # what the plugin puts in stands in front
        yield from _behind(statement)
    if around:
        yield from _within(block.body[around[-1]], place)


def _behind(statement: Statement) -> Iterator[tuple[Expression, bool]]:
    """What holds behind a statement that code goes past."""
    if isinstance(statement, AssertStmt):
        yield statement.expr, True
    elif isinstance(statement, IfStmt):
        yield from ((test, False) for test, body in zip(statement.expr, statement.body, strict=True) if leaves(body))
    elif isinstance(statement, Block):
        for inner in statement.body:
            yield from _behind(inner)


def _within(statement: Statement, place: Context) -> Iterator[tuple[Expression, bool]]:
    if isinstance(statement, IfStmt):
        for test, body in zip(statement.expr, statement.body, strict=True):
            if any(_spans(one, place) for one in body.body):
                yield test, True
                yield from _governing(body, place)
                return
            yield test, False
        if statement.else_body is not None:
            yield from _governing(statement.else_body, place)
        return
    if isinstance(statement, MatchStmt):
        for asked, body in _cases(statement):
            is_taken = any(_spans(one, place) for one in body.body)
            if asked is not None:
                yield asked, is_taken
            if is_taken:
                yield from _governing(body, place)
                return
        return
    blocks = inner_blocks(statement)
    for block in blocks:
        if any(_spans(one, place) for one in block.body):
            yield from _governing(block, place)
            return
    if not blocks:
        yield from _in_expression(statement, place)


def _cases(statement: MatchStmt) -> Iterator[tuple[Expression | None, Block]]:
    """Each case of a `match`, with what it asks as a comparison of the subject, `n == 1 or n == 2`; None for others."""
    for pattern, body in zip(statement.patterns, statement.bodies, strict=True):
        options = pattern.patterns if isinstance(pattern, OrPattern) else [pattern]
        values = [option.expr for option in options if isinstance(option, ValuePattern)]
        tests: list[Expression] = [ComparisonExpr(["=="], [statement.subject, value]) for value in values]
        yield reduce(partial(OpExpr, "or"), tests) if tests else None, body


def _in_expression(statement: Statement, place: Context) -> Iterator[tuple[Expression, bool]]:
    """`x + h if a == b else h`, `a == b and f(x, h)`."""
    for expression in get_subexpressions(statement):
        if isinstance(expression, ConditionalExpr):
            if _spans(expression.if_expr, place):
                yield expression.cond, True
            elif _spans(expression.else_expr, place):
                yield expression.cond, False
        elif isinstance(expression, OpExpr) and expression.op == "and" and _spans(expression.right, place):
            yield expression.left, True


def _spans(node: Context, place: Context) -> bool:
    at, start = (place.line, place.column), (node.line, node.column)
    end = (node.end_line or node.line, node.end_column or 0)
    return start <= at < end or start == at
