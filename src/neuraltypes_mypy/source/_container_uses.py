"""What a statement does with a container of modules: fills it, changes it otherwise, or leaves it as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from mypy.nodes import (
    ARG_STAR,
    AssignmentStmt,
    Block,
    CallExpr,
    DelStmt,
    Expression,
    ExpressionStmt,
    IndexExpr,
    MemberExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    RefExpr,
    ReturnStmt,
    StarExpr,
    Statement,
)
from mypy.server.subexpr import get_subexpressions

from neuraltypes_mypy.base._names import CONTAINERS, SEQUENTIAL
from neuraltypes_mypy.source._statements import statements

DICTIONARIES: Final = ("collections.OrderedDict", "typing.OrderedDict", "builtins.dict")
LISTS: Final = ("builtins.list", "builtins.tuple")
OF_MODULES: Final = (
    SEQUENTIAL,
    *(f"{CONTAINERS}.{name}" for name in ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict")),
)
_READERS: Final = frozenset(
    {"builtins.len", "builtins.enumerate", "builtins.zip", "builtins.reversed", *LISTS, *DICTIONARIES, *OF_MODULES}
)
ONE_MORE: Final = {"append": 0, "add_module": 1, "register_module": 1}
OTHER_CHANGES: Final = frozenset({"insert", "pop", "popitem", "clear", "update", "remove", "reverse", "sort"})
_CHANGES: Final = frozenset({"extend", *ONE_MORE, *OTHER_CHANGES})

Subject: TypeAlias = Callable[[Expression], bool]
"""Whether an expression is the container."""


def is_own(expression: Expression | None, name: str) -> bool:
    """Whether an expression is `self.name`."""
    return isinstance(expression, MemberExpr) and expression.name == name and _is_self(expression.expr)


def _is_self(expression: Expression) -> bool:
    return isinstance(expression, NameExpr) and bool(getattr(expression.node, "is_self", False))


def changes_itself(body: Block) -> bool:
    """Whether a body changes the container that `self` is."""
    return any(is_change(one, _is_self) for one in statements(body))


def changes_attribute(body: Block, name: str) -> bool:
    """Whether a body changes the container `self.name`."""
    return any(is_change(one, lambda expression: is_own(expression, name)) for one in statements(body))


def is_call_of(expression: Expression | None, *fullnames: str) -> bool:
    """Whether an expression is a call of one of these."""
    callee = expression.callee if isinstance(expression, CallExpr) else None
    return isinstance(callee, RefExpr) and (callee.fullname in fullnames or _fullname(callee) in fullnames)


def _is_of_torch(callee: Expression) -> bool:
    """Whether a function is one of torch's: none changes a list that it is given."""
    return isinstance(callee, RefExpr) and (callee.fullname or _fullname(callee)).startswith("torch.")


def _fullname(callee: RefExpr) -> str:
    return getattr(callee.node, "fullname", "")


def mentions(statement: Node, subject: Subject) -> bool:
    """Whether a container stands anywhere in a statement."""
    return any(map(subject, get_subexpressions(statement)))


def is_assigned(block: Block, subject: Subject) -> bool:
    """Whether a block assigns a container anew."""
    return any(isinstance(one, AssignmentStmt) and any(map(subject, one.lvalues)) for one in statements(block))


def is_change(statement: Statement, subject: Subject) -> bool:
    """Whether a statement, without the blocks in it, may change a container."""
    match statement:
        case AssignmentStmt():
            return any(subject(target) or _is_entry(target, subject) for target in statement.lvalues)
        case OperatorAssignmentStmt():
            return subject(statement.lvalue)
        case DelStmt(expr=expression):
            return subject(expression) or _is_entry(expression, subject)
        case ExpressionStmt(expr=CallExpr(callee=MemberExpr(expr=owner, name=name))) if subject(owner):
            return name in _CHANGES
        case _:
            return False


def _is_entry(target: Expression, subject: Subject) -> bool:
    return isinstance(target, IndexExpr) and subject(target.base)


def is_read_only(statement: Statement, subject: Subject) -> bool:
    """Whether all that a statement does with a container surely leaves it as it is."""
    inside = get_subexpressions(statement)
    harmless: list[Expression] = []
    match statement:
        case AssignmentStmt(lvalues=[MemberExpr()], rvalue=kept):
            harmless.append(kept)
        case ReturnStmt(expr=Expression() as given):
            harmless.append(given)
    for one in inside:
        match one:
            case StarExpr(expr=inner) | IndexExpr(base=inner):
                harmless.append(inner)
            case CallExpr():
                if (
                    is_call_of(one, *_READERS)
                    or _is_of_torch(one.callee)
                    or any(kind == ARG_STAR for kind in one.arg_kinds)
                ):
                    harmless += one.args
                elif subject(one.callee):  # a module is called
                    harmless.append(one.callee)
            case MemberExpr(expr=inner, name=name) if name not in _CHANGES:
                harmless.append(inner)
    return all(any(one is kept for kept in harmless) for one in inside if subject(one))
