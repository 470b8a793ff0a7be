"""Parameters that stand for another size where they are None: `out = out or dim`, `default(out, dim)`.

Where the source has one such size for a parameter, the parameter's name stands for what counts in the end: what is
given, or else that size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from mypy.nodes import (
    ARG_POS,
    AssignmentStmt,
    CallExpr,
    ComparisonExpr,
    ConditionalExpr,
    Expression,
    FuncDef,
    IfStmt,
    NameExpr,
    OpExpr,
    ReturnStmt,
    Statement,
)
from mypy.server.subexpr import get_subexpressions

from neuraltypes_mypy.source._size_texts import names_in, size_text
from neuraltypes_mypy.source._statements import assignments

IsDefault: TypeAlias = Callable[[Expression], bool]
"""Whether what is called gives its first argument, or the second where that is None."""


def fallbacks_of(constructor: FuncDef, is_default: IsDefault) -> dict[str, str]:
    """The sizes that parameters stand for where they are left out, in the order of the source."""
    optional = {
        one.variable.name for one in constructor.arguments if one.initializer is not None and _is_none(one.initializer)
    }
    if not optional:
        return {}
    found: dict[str, set[str | None]] = {}
    counts: dict[str, int] = {}
    for name, other, is_assigned in _all(constructor, is_default):
        found.setdefault(name, set()).add(size_text(other))
        counts[name] = counts.get(name, 0) + is_assigned
    names = [target.name for target, _ in assignments(constructor.body) if isinstance(target, NameExpr)]
    known = {
        name: text
        for name, texts in found.items()
        if name in optional and names.count(name) == counts[name] <= 1 and len(texts) == 1
        for text in texts
        if text is not None
    }
    changed = set(names) - known.keys()
    return {name: text for name, text in known.items() if not changed & set(names_in(text)) and name not in text}


def fallback(expression: Expression | None, is_default: IsDefault) -> tuple[NameExpr, Expression] | None:
    """The name in `out or dim`, `dim if out is None else out` and the like, and what stands for it if it is None."""
    match expression:
        case OpExpr(op="or", left=NameExpr() as name, right=other):
            return name, other
        case ConditionalExpr(cond=ComparisonExpr(operators=[operator], operands=[NameExpr() as name, right])):
            return _chosen(name, operator, expression) if _is_none(right) else None
        case CallExpr(args=[NameExpr() as name, other], arg_kinds=kinds) if set(kinds) == {ARG_POS}:
            return (name, other) if is_default(expression.callee) else None
        case _:
            return None


def is_defaulting(function: FuncDef) -> bool:
    """Whether a function gives its first argument, or the second where the first is None."""
    names = [one.variable.name for one in function.arguments]
    if len(names) != 2:
        return False
    match function.body.body:
        case [ReturnStmt(expr=ConditionalExpr(if_expr=NameExpr(name=first), cond=cond, else_expr=other))]:
            return first == names[0] and _asks_whether_given(cond, first) and _gives(other, names[1])
        case [IfStmt(expr=[cond], body=[only], else_body=None), ReturnStmt(expr=Expression() as other)]:
            is_first = len(only.body) == 1 and _returns(only.body[0], names[0])
            return is_first and _asks_whether_given(cond, names[0]) and _gives(other, names[1])
        case _:
            return False


def _all(constructor: FuncDef, is_default: IsDefault) -> Iterator[tuple[str, Expression, bool]]:
    """Each such expression and statement, and whether the name is assigned by it."""
    own: set[int] = set()
    for statement in constructor.body.body:
        match statement:
            case AssignmentStmt(lvalues=[NameExpr(name=target)], rvalue=value):
                found = fallback(value, is_default)
                if found is not None and found[0].name == target:
                    own.add(id(value))
                    yield target, found[1], True
            case IfStmt(
                expr=[ComparisonExpr(operators=["is"], operands=[NameExpr(name=target), right])],
                body=[block],
                else_body=None,
            ) if _is_none(right):
                given = [one for one in block.body if _assigns(one, target)]
                if len(block.body) == len(given) == 1 and isinstance(given[0], AssignmentStmt):
                    yield target, given[0].rvalue, True
    for expression in get_subexpressions(constructor.body):
        found = fallback(expression, is_default)
        if found is not None and id(expression) not in own:
            yield found[0].name, found[1], False


def _assigns(statement: Statement, name: str) -> bool:
    match statement:
        case AssignmentStmt(lvalues=[NameExpr(name=target)]):
            return target == name
        case _:
            return False


def _chosen(name: NameExpr, operator: str, expression: ConditionalExpr) -> tuple[NameExpr, Expression] | None:
    pairs: Mapping[str, tuple[Expression, Expression]] = {
        "is": (expression.else_expr, expression.if_expr),
        "is not": (expression.if_expr, expression.else_expr),
    }
    same, other = pairs.get(operator, (None, None))
    is_same = isinstance(same, NameExpr) and same.name == name.name
    return (name, other) if is_same and other is not None else None


def _is_none(expression: Expression) -> bool:
    return isinstance(expression, NameExpr) and expression.name == "None"


def _asks_whether_given(cond: Expression, name: str) -> bool:
    match cond:
        case ComparisonExpr(operators=["is not"], operands=[NameExpr(name=asked), right]):
            return asked == name and _is_none(right)
        case CallExpr(callee=NameExpr(name="exists"), args=[NameExpr(name=asked)]):
            return asked == name
        case _:
            return False


def _gives(other: Expression, name: str) -> bool:
    """`d`, or `d() if isfunction(d) else d`."""
    if isinstance(other, ConditionalExpr):
        return _gives(other.else_expr, name)
    return isinstance(other, NameExpr) and other.name == name


def _returns(statement: Statement, name: str) -> bool:
    return isinstance(statement, ReturnStmt) and statement.expr is not None and _gives(statement.expr, name)
