"""Names of tensors that are `Any` without this plugin, where they are returned or stand in a display.

Of a name mypy asks nobody what it is. So when a name is given such a tensor, each place where the function returns it
or puts it into a display (`{"loss": loss}`, `(loss, 3)`) becomes, in mypy's tree alone, the argument of a call whose
hook gives the name's type back, or `Any` where something else than a tensor is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Context,
    DelStmt,
    DictExpr,
    Expression,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    IndexExpr,
    ListExpr,
    NameExpr,
    ReturnStmt,
    SetExpr,
    Statement,
    SymbolNode,
    TupleExpr,
    Var,
    WithStmt,
)
from mypy.plugin import FunctionContext
from mypy.server.subexpr import get_subexpressions
from mypy.types import Type

from neuraltypes_mypy.source._inserted import is_marked, marked, resolved_callee
from neuraltypes_mypy.source._statements import statements, targets
from neuraltypes_mypy.tensors._tensor import as_tensor, untold
from neuraltypes_mypy.tensors._untyped import may_be_untyped, wants_other
from neuraltypes_mypy.tensors._walk import walk

_MARK: Final = "neuraltypes: open use"
_RETURNED: Final = "neuraltypes: open use in a result"


def is_open_use(call: object) -> bool:
    """Whether a call is one that was put in here."""
    return is_marked(call, _MARK) or is_marked(call, _RETURNED)


def used(expression: Expression) -> Expression:
    """The name behind a call that was put in here; other expressions as they are."""
    return expression.args[0] if isinstance(expression, CallExpr) and is_open_use(expression) else expression


def type_of_use(ctx: FunctionContext) -> Type:
    """The type of a name, for a place that may want no tensor."""
    api: Any = ctx.api
    given, expression, wanted = ctx.arg_types[0][0], ctx.args[0][0], api.type_context[-1]
    if not may_be_untyped(expression, given):
        return given
    if wanted is None and is_marked(ctx.context, _RETURNED):  # of several tuples mypy cannot tell which is wanted
        return given if any(as_tensor(one) is not None for one in walk(api.return_types[-1])) else untold()
    return untold() if wants_other(wanted) else given


def open_uses(value: Context, api: Any) -> None:
    """Prepare the uses of the names that are assigned a value; doing it again changes nothing."""
    function = api.scope.current_function()
    inside = list(statements(function.body)) if isinstance(function, FuncDef) else []
    variables = {id(variable) for variable in _assigned(inside, value)}
    if not variables or not isinstance(function, FuncDef):
        return
    callee = resolved_callee(api)
    returned = {id(one) for statement in inside if isinstance(statement, ReturnStmt) for one in _parts(statement.expr)}
    left = {id(one) for statement in inside for one in _left_alone(statement)}
    for one in get_subexpressions(function.body):
        left |= {id(one.index)} if isinstance(one, IndexExpr) else set()
        left |= {id(index) for index in one.indices} if isinstance(one, GeneratorExpr) else set()
    for display in get_subexpressions(function.body):
        if id(display) not in left:
            _open_items(display, variables, _RETURNED if id(display) in returned else _MARK, callee)
    for statement in inside:
        if isinstance(statement, ReturnStmt) and statement.expr is not None:
            statement.expr = _opened(statement.expr, variables, _RETURNED, callee)


def _assigned(inside: Sequence[Statement], value: Context) -> Iterator[Var]:
    """The local names that a statement gives a value."""
    for statement in inside:
        if isinstance(statement, AssignmentStmt) and any(one is value for one in _parts(statement.rvalue)):
            yield from (name.node for name in targets(statement) if isinstance(name.node, Var))


def _left_alone(statement: Statement) -> Iterator[Expression]:
    """The displays of a statement that take what is given."""
    match statement:
        case AssignmentStmt():
            found = [*statement.lvalues, *([statement.rvalue] if _unpacks(statement) else [])]
        case ForStmt():
            found = [statement.index]
        case WithStmt():
            found = [target for target in statement.target if target is not None]
        case DelStmt():
            found = [statement.expr]
        case _:
            found = []
    for one in found:
        yield from _parts(one)


def _unpacks(statement: AssignmentStmt) -> bool:
    return any(isinstance(target, TupleExpr | ListExpr) for target in statement.lvalues)


def _parts(expression: Expression | None) -> Iterator[Expression]:
    """A display and those inside of it."""
    if expression is None:
        return
    yield expression
    for item in expression.items if isinstance(expression, TupleExpr | ListExpr) else ():
        yield from _parts(item)


def _open_items(display: Expression, variables: set[int], text: str, callee: SymbolNode) -> None:
    match display:
        case ListExpr() | TupleExpr() | SetExpr():
            display.items[:] = [_opened(item, variables, text, callee) for item in display.items]
        case DictExpr():
            display.items[:] = [(key, _opened(item, variables, text, callee)) for key, item in display.items]
        case _:
            pass


def _opened(item: Expression, variables: set[int], text: str, callee: SymbolNode) -> Expression:
    is_open = isinstance(item, NameExpr) and id(item.node) in variables
    return marked(item, text, callee) if is_open else item
