"""Bodies of functions that may be checked once more, for one call: copies of them, and what of them surely runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mypy.nodes import (
    ARG_STAR,
    ARG_STAR2,
    AssertStmt,
    AssignmentStmt,
    AwaitExpr,
    Block,
    ClassDef,
    ComparisonExpr,
    ConditionalExpr,
    Decorator,
    DelStmt,
    DictionaryComprehension,
    Expression,
    ExpressionStmt,
    FuncDef,
    GeneratorExpr,
    GlobalDecl,
    LambdaExpr,
    MemberExpr,
    NonlocalDecl,
    OperatorAssignmentStmt,
    OpExpr,
    RaiseStmt,
    ReturnStmt,
    Statement,
    TryStmt,
    WithStmt,
    YieldExpr,
    YieldFromExpr,
)
from mypy.server.subexpr import get_subexpressions
from mypy.treetransform import TransformVisitor

from neuraltypes_mypy.source._statements import statements

_LONGEST: Final = 80  # statements
_OTHERS: Final = (ClassDef, Decorator, DelStmt, FuncDef, GlobalDecl, NonlocalDecl, TryStmt)
_PAUSES: Final = (AwaitExpr, YieldExpr, YieldFromExpr)
_PERHAPS: Final = (ConditionalExpr, DictionaryComprehension, GeneratorExpr, LambdaExpr)
_PLAIN: Final = (AssertStmt, AssignmentStmt, ExpressionStmt, OperatorAssignmentStmt, ReturnStmt)


def is_repeatable(node: object) -> bool:
    """Whether to check a function's body once more says what a call gives: it is short, and leaves nothing behind."""
    if not isinstance(node, FuncDef) or node.is_decorated or node.is_overload or node.is_conditional:
        return False
    if node.is_generator or node.is_coroutine or node.is_class or node.is_static or node.is_property:
        return False
    if any(kind in (ARG_STAR, ARG_STAR2) for kind in node.arg_kinds):
        return False
    body = list(statements(node.body))
    return 0 < len(body) <= _LONGEST and all(map(_leaves_nothing, body)) and _gives_something(node)


def _leaves_nothing(statement: Statement) -> bool:
    if isinstance(statement, _OTHERS):
        return False
    targets: list[Any] = []
    if isinstance(statement, AssignmentStmt):
        targets = list(statement.lvalues)
    elif isinstance(statement, OperatorAssignmentStmt):
        targets = [statement.lvalue]
    return not any(isinstance(one, MemberExpr) for target in targets for one in get_subexpressions(target))


def _gives_something(node: FuncDef) -> bool:
    returned = [one.expr for one in statements(node.body) if isinstance(one, ReturnStmt)]
    is_paused = any(isinstance(one, _PAUSES) for one in get_subexpressions(node.body))
    return bool(returned) and None not in returned and not is_paused


def returned(node: FuncDef) -> list[Expression]:
    """What a function returns."""
    return [one.expr for one in statements(node.body) if isinstance(one, ReturnStmt) and one.expr is not None]


def copied(node: FuncDef) -> FuncDef:
    """A function with a body of its own, of whose variables nothing is known yet."""
    visitor = TransformVisitor()
    copy: FuncDef = visitor.visit_func_def(node)
    copy.set_line(node)
    for old, new in visitor.var_map.items():
        new.is_argument = old.is_argument
        if old.is_inferred:
            new.type, new.is_inferred, new.is_ready = None, True, False
    return copy


def surely_run(node: FuncDef) -> frozenset[int]:
    """The lines of what each call comes to: in no branch or loop, and behind none that may leave the function."""
    lines = list(_lines(node.body))
    return frozenset(line for line, _ in lines) - {line for line, is_sure in lines if not is_sure}


def _lines(body: Block) -> Iterator[tuple[int, bool]]:
    for statement in body.body:
        if isinstance(statement, WithStmt):
            yield from _lines(statement.body)
        elif isinstance(statement, _PLAIN):
            found = get_subexpressions(statement)
            is_sure = not any(isinstance(one, _PERHAPS) or _may_stop(one) for one in found)
            yield from ((line, is_sure) for line in {statement.line, *(one.line for one in found)})
        elif any(True for _ in _leaving(statement)):
            return


def _may_stop(expression: Expression) -> bool:
    """Whether what stands behind in an expression may never be come to."""
    if isinstance(expression, ComparisonExpr):
        return len(expression.operators) > 1
    return isinstance(expression, OpExpr) and expression.op in ("and", "or")


def _leaving(statement: Statement) -> Iterator[Statement]:
    """What leaves a function in a branch or a loop."""
    holder = Block([statement])
    yield from (one for one in statements(holder) if isinstance(one, ReturnStmt | RaiseStmt))
