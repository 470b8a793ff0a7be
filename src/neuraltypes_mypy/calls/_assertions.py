"""What comparisons decide: an `assert` of the same at the start of each branch of an `if`, in mypy's tree alone."""

from __future__ import annotations

from typing import Any

from mypy.nodes import AssertStmt, Block, ComparisonExpr, Expression, FuncDef, IfStmt, OpExpr, Statement

from neuraltypes_mypy.source._statements import blocks, leaves, statements


def ruling_statement(comparison: ComparisonExpr, api: Any) -> Statement | None:
    """The `assert` or `if` that a comparison decides: alone, or as one part of an `and`."""
    function = api.scope.current_function()
    body = function.body.body if isinstance(function, FuncDef) else api.tree.defs
    for statement in statements(Block(list(body))):
        if isinstance(statement, AssertStmt) and _requires(statement.expr, comparison):
            return statement
        if isinstance(statement, IfStmt) and any(_requires(test, comparison) for test in statement.expr):
            return statement
    return None


def _requires(condition: Expression, comparison: ComparisonExpr) -> bool:
    if condition is comparison:
        return True
    if isinstance(condition, OpExpr) and condition.op == "and":
        return _requires(condition.left, comparison) or _requires(condition.right, comparison)
    return False


def insert_assert(statement: IfStmt, comparison: ComparisonExpr, api: Any) -> None:
    """Say in mypy's tree what holds in the branches of an `if`, and after one that never goes on."""
    operator = comparison.operators[0]
    otherwise = "!=" if operator == "==" else "=="
    number = next(n for n, test in enumerate(statement.expr) if _requires(test, comparison))
    _put_first(statement.body[number], comparison, operator)
    if statement.expr[number] is comparison and len(statement.expr) == 1:
        if statement.else_body is not None:
            _put_first(statement.else_body, comparison, otherwise)
        elif leaves(statement.body[0]):
            _put_after(statement, comparison, otherwise, api)


def _assertion(comparison: ComparisonExpr, operator: str) -> AssertStmt:
    condition = ComparisonExpr([operator], list(comparison.operands))
    condition.set_line(comparison)
    made = AssertStmt(condition)
    made.set_line(comparison)
    return made


def _put_first(block: Block, comparison: ComparisonExpr, operator: str) -> None:
    if not any(_is_same(statement, comparison) for statement in block.body):
        block.body.insert(0, _assertion(comparison, operator))


def _put_after(statement: IfStmt, comparison: ComparisonExpr, operator: str, api: Any) -> None:
    function = api.scope.current_function()
    for block in blocks(function.body if isinstance(function, FuncDef) else None):
        place = next((n for n, item in enumerate(block.body) if item is statement), None)
        if place is not None:
            if not any(_is_same(statement, comparison) for statement in block.body):
                block.body.insert(place + 1, _assertion(comparison, operator))
            return


def _is_same(statement: Statement | None, comparison: ComparisonExpr) -> bool:
    return (
        isinstance(statement, AssertStmt)
        and isinstance(statement.expr, ComparisonExpr)
        and statement.line == comparison.line
        and all(a is b for a, b in zip(statement.expr.operands, comparison.operands, strict=True))
    )
