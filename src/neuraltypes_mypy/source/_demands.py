"""What a body surely does with its parameters, what it may do, and what of them it asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mypy.nodes import (
    AssertStmt,
    AssignmentExpr,
    AssignmentStmt,
    Block,
    CallExpr,
    ComparisonExpr,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    IfStmt,
    IndexExpr,
    ListComprehension,
    ListExpr,
    MatchStmt,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    OpExpr,
    ReturnStmt,
    SetComprehension,
    StarExpr,
    Statement,
    StrExpr,
    TupleExpr,
    UnaryExpr,
    WhileStmt,
    WithStmt,
)

from neuraltypes_mypy.source._statements import inner_blocks, statements

_OF_IDENTITY: Final = frozenset({"is", "is not", "in", "not in"})
_NO_NUMBERS: Final = frozenset({"None", "True", "False"})
_OF_SEVERAL: Final = frozenset(
    {
        *("all", "any", "callable", "dict", "enumerate", "getattr", "hasattr", "isinstance", "iter", "len", "list"),
        *("map", "max", "min", "reversed", "set", "sorted", "str", "sum", "tuple", "type", "zip"),
    }
)


class Demands:
    """The calls and divisions of a body; what stands in a branch may not be gone through."""

    def __init__(self, function: FuncDef) -> None:
        self.calls: list[CallExpr] = []
        self.calls_in_branches: list[CallExpr] = []
        self.quotients: list[OpExpr] = []
        self.questioned: set[str] = set()
        """Names that are tested, iterated over, called or read from: they may be no numbers."""
        self.shadowed: set[str] = set()
        """Names that stand for something else in a comprehension."""
        self._block(function.body, True)

    def _question(self, *expressions: Expression) -> None:
        self.questioned.update(one.name for one in expressions if isinstance(one, NameExpr))

    def _question_condition(self, condition: Expression) -> None:
        """What is tested is perhaps None, or anything that a function is asked about: `exists(dim)`."""
        match condition:
            case OpExpr(op="and" | "or", left=left, right=right):
                self._question_condition(left)
                self._question_condition(right)
            case UnaryExpr(op="not", expr=inner):
                self._question_condition(inner)
            case CallExpr(args=args):
                self._question(*args)
            case _:
                self._question(condition)

    # Statements; `sure` says whether they are gone through

    def _block(self, block: Block, sure: bool) -> None:
        for statement in block.body:
            self._statement(statement, sure)
            if isinstance(statement, IfStmt) and any(_may_return(one) for one in inner_blocks(statement)):
                sure = False

    def _statement(self, statement: Statement, sure: bool) -> None:
        within = sure and isinstance(statement, ForStmt | WhileStmt | WithStmt | Block)
        for condition in statement.expr if isinstance(statement, IfStmt) else ():
            self._question_condition(condition)
        match statement:
            case WhileStmt(expr=condition) | AssertStmt(expr=condition):
                self._question_condition(condition)
            case ForStmt(expr=sequence):
                self._question(sequence)
            case MatchStmt(subject=subject):
                self._question(subject)
        for at, one in enumerate(_expressions(statement)):
            self._visit(one, sure and (at == 0 or not isinstance(statement, IfStmt)))
        for block in inner_blocks(statement):
            self._block(block, within)

    # Expressions

    def _visit(self, expression: Expression, sure: bool) -> None:
        match expression:
            case ConditionalExpr(cond=condition, if_expr=one, else_expr=other):
                self._question_condition(condition)
                self._visit(condition, sure)
                self._visit(one, False)
                self._visit(other, False)
            case OpExpr(op="and" | "or", left=left, right=right):
                self._question_condition(expression)
                self._visit(left, sure)
                self._visit(right, False)
            case _:
                self._note(expression, sure)
                for one in _parts(expression):
                    self._visit(one, sure)

    def _note(self, expression: Expression, sure: bool) -> None:
        match expression:
            case CallExpr(callee=callee, args=args):
                self._question(callee)
                if isinstance(callee, NameExpr) and callee.name in _OF_SEVERAL:
                    self._question(*args)
                (self.calls if sure else self.calls_in_branches).append(expression)
            case OpExpr(op="//" | "%", left=left) if sure and not isinstance(left, StrExpr):
                self.quotients.append(expression)
            case ComparisonExpr(operators=operators, operands=operands):
                if _OF_IDENTITY & set(operators) or any(map(_is_no_number, operands)):
                    self._question(*operands)
            case IndexExpr(base=inner) | MemberExpr(expr=inner) | StarExpr(expr=inner):
                self._question(inner)
            case GeneratorExpr() | DictionaryComprehension():
                self._question(*expression.sequences)
                names = [name for index in expression.indices for name in _names(index)]
                self.shadowed.update(name.name for name in names if isinstance(name, NameExpr))


def _may_return(block: Block) -> bool:
    return any(isinstance(one, ReturnStmt) for one in statements(block))


def _is_no_number(expression: Expression) -> bool:
    is_name = isinstance(expression, NameExpr) and expression.name in _NO_NUMBERS
    return is_name or isinstance(expression, StrExpr | TupleExpr | ListExpr)


def _names(index: Expression) -> list[Expression]:
    return list(index.items) if isinstance(index, TupleExpr) else [index]


def _expressions(statement: Statement) -> Iterable[Expression]:
    """What a statement itself computes."""
    match statement:
        case AssignmentStmt(rvalue=value) | OperatorAssignmentStmt(rvalue=value):
            return [value]
        case ExpressionStmt(expr=value) | AssertStmt(expr=value) | ForStmt(expr=value) | WhileStmt(expr=value):
            return [value]
        case IfStmt(expr=values) | WithStmt(expr=values):
            return values
        case _:
            return []


def _parts(expression: Expression) -> Iterable[Expression]:
    """The parts of an expression; of a function inside none, for it is perhaps never called."""
    match expression:
        case MemberExpr(expr=inner) | UnaryExpr(expr=inner) | StarExpr(expr=inner):
            return [inner]
        case CallExpr(callee=callee, args=args):
            return [callee, *args]
        case OpExpr(left=left, right=right):
            return [left, right]
        case ComparisonExpr(operands=operands):
            return operands
        case IndexExpr(base=base, index=index):
            return [base, index]
        case ListExpr(items=items) | TupleExpr(items=items):
            return items
        case DictExpr(items=pairs):
            return [part for pair in pairs for part in pair if part is not None]
        case ListComprehension(generator=generator) | SetComprehension(generator=generator):
            return [generator]
        case GeneratorExpr(left_expr=item):
            return [*expression.sequences, item]
        case DictionaryComprehension(key=key, value=value):
            return [*expression.sequences, value, *([key] if key else [])]
        case AssignmentExpr(value=value):
            return [value]
        case _:
            return []
