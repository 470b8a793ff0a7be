"""Loops over the modules of a container: what one gives is what the next is called with.

`for layer in self.layers: x = layer(x)`. mypy joins the `x` before the loop with that of its end, of which nothing is
known where they differ; so what comes after the first round is asked here.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from mypy.nodes import (
    ARG_POS,
    AssignmentStmt,
    Block,
    BreakStmt,
    CallExpr,
    Context,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    IfStmt,
    MemberExpr,
    NameExpr,
    PassStmt,
    ReturnStmt,
    Statement,
    TupleExpr,
    Var,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import Instance, TupleType, Type, get_proper_type

from neuraltypes_mypy.base._names import CONTAINERS, MODULES
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.modules._flows import is_entrywise
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._members import ITEMS, REPEATED, is_module
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known

_WALKED: Final = tuple(f"{CONTAINERS}.{name}" for name in ("ModuleList", "Sequential"))
_OTHER_SHAPES: Final = ("GLU", "MultiheadAttention")


class _Walk(NamedTuple):
    """A call in a loop of the module that the loop names."""

    loop: ForStmt
    container: Expression
    value: Var

    def in_order(self, call: CallExpr, api: Any) -> list[Type]:
        """The modules that the value goes through one after the other; none where that is not sure."""
        known: Type | None = api.lookup_type_or_none(self.container)
        container = get_proper_type(known)
        items = attribute_of(container, ITEMS) if container is not None else None
        is_list = isinstance(container, Instance) and container.type.fullname in _WALKED
        found = items.items if is_list and isinstance(items, TupleType) else []
        if not found or not all(map(is_module, found)):
            return []
        return found if _Body(call, self.value, api).is_passed_on(self.loop.body) else []

    def handed_on(self, call: CallExpr, api: Any) -> Type | None:
        """What the next of modules made alike is called with; None where that is not known."""
        held: Type | None = api.lookup_type_or_none(self.container)
        if held is None or attribute_of(held, REPEATED) is None:
            return None
        inside = list(statements(self.loop.body))
        if any(isinstance(one, BreakStmt | ReturnStmt) for one in inside):
            return None
        made = [one for one in inside if isinstance(one, AssignmentStmt) and _assigns(one, self.value)]
        direct = [one.rvalue for one in made if one in self.loop.body.body and not isinstance(one.rvalue, TupleExpr)]
        if not any(call in get_subexpressions(one) for one in direct):
            return None
        types = [_known(one.rvalue, api) for one in made]
        return types[-1] if all(one is not None and str(one) == str(types[0]) for one in types) else None


def modules_in_order(call: CallExpr, api: Any) -> list[Type]:
    """The modules that a value goes through, of which a call in a loop is that of each; none where that is not sure."""
    walk = _walk(call, api)
    return [] if walk is None or len(call.args) > 1 else walk.in_order(call, api)


def handed_to_next(call: Context, api: Any) -> Type | None:
    """What a call in a loop over modules made alike is given in the second round; None where that is not known."""
    walk = _walk(call, api)
    return walk.handed_on(call, api) if walk is not None and isinstance(call, CallExpr) else None


def _walk(call: Context, api: Any) -> _Walk | None:
    """The loop that a call of its own module stands in, if it is one."""
    match call:
        case CallExpr(
            callee=NameExpr(node=Var() as module), args=[NameExpr(node=Var() as value), *_], arg_kinds=[kind, *_]
        ) if kind == ARG_POS:
            pass
        case _:
            return None
    function = api.scope.current_function()
    found = [
        _Walk(loop, container, value)
        for loop in (statements(function.body) if isinstance(function, FuncDef) else ())
        if isinstance(loop, ForStmt) and call.line in range(loop.line, (loop.end_line or loop.line) + 1)
        if (container := _container(loop, module)) is not None
    ]
    return found[0] if len(found) == 1 and not found[0].loop.is_async else None


def _container(loop: ForStmt, module: Var) -> Expression | None:
    """What a loop goes over for a name of its own."""
    match loop.index, loop.expr:
        case NameExpr(node=node), NameExpr() | MemberExpr() as walked if node is module:
            return walked
        case TupleExpr(items=[_, NameExpr(node=node)]), CallExpr(
            callee=NameExpr(fullname="builtins.enumerate"), args=[NameExpr() | MemberExpr() as walked, *_]
        ) if node is module:
            return walked
    return None


def _assigns(statement: AssignmentStmt, variable: Var) -> bool:
    return any(isinstance(target, NameExpr) and target.node is variable for target in statement.lvalues)


def _known(expression: Expression, api: Any) -> Type | None:
    known = api.lookup_type_or_none(expression)
    tensor = None if known is None else as_tensor(known)
    return tensor if tensor is not None and is_known(tensor) else None


class _Body:
    """The body of a loop, of which is asked whether each round hands its result to the next, in the same shape."""

    def __init__(self, call: CallExpr, value: Var, api: Any) -> None:
        self._call, self._value, self._api = call, value, api
        self._calls = 0

    def is_passed_on(self, body: Block) -> bool:
        """Whether it does no more with the value than to call the module, and what keeps shapes."""
        return all(self._is_known(one, is_sure=True) for one in body.body) and self._calls == 1

    def _is_known(self, statement: Statement, *, is_sure: bool) -> bool:
        match statement:
            case ExpressionStmt() | PassStmt():
                return True
            case Block(body=body):
                return all(self._is_known(one, is_sure=is_sure) for one in body)
            case IfStmt(body=bodies, else_body=other):
                blocks = [*bodies, *([other] if other is not None else [])]
                return all(self._is_known(one, is_sure=False) for one in blocks)
            case AssignmentStmt(lvalues=[NameExpr(node=node)], rvalue=value):
                return node is not self._value or self._keeps(value, is_sure=is_sure)
            case _:
                return False

    def _keeps(self, value: Expression, *, is_sure: bool) -> bool:
        match value:
            case NameExpr(node=node):
                return node is self._value
            case CallExpr(args=[first, *_]) if value is self._call:
                self._calls += is_sure
                return is_sure and isinstance(first, NameExpr)
            case CallExpr(callee=callee, args=[first, *_]):
                return (is_entrywise(value) or self._is_activation(callee)) and self._keeps(first, is_sure=is_sure)
            case _:
                return False

    def _is_activation(self, callee: Expression) -> bool:
        known: Type | None = self._api.lookup_type_or_none(callee) if isinstance(callee, MemberExpr) else None
        module = get_proper_type(known)
        if not isinstance(module, Instance) or module.type.name in _OTHER_SHAPES:
            return False
        return module.type.fullname.startswith((f"{MODULES}activation.", f"{MODULES}dropout."))
