"""`for layer in self.layers: x = layer(x)`: the value goes through all modules of a container, in their order."""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import (
    ARG_POS,
    AssignmentStmt,
    Block,
    CallExpr,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    IfStmt,
    MemberExpr,
    NameExpr,
    PassStmt,
    Statement,
    TupleExpr,
    Var,
)
from mypy.types import Instance, TupleType, Type, get_proper_type

from neuraltypes_mypy.base._names import CONTAINERS, MODULES
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.modules._flows import is_entrywise
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._members import ITEMS, is_module

_WALKED: Final = tuple(f"{CONTAINERS}.{name}" for name in ("ModuleList", "Sequential"))
_OTHER_SHAPES: Final = ("GLU", "MultiheadAttention")


def walked_modules(call: CallExpr, api: Any) -> list[Type]:
    """The modules that a value goes through, of which a call in a loop is that of each; none where that is not sure."""
    match call:
        case CallExpr(
            callee=NameExpr(node=Var() as module), args=[NameExpr(node=Var() as value)], arg_kinds=[kind]
        ) if kind == ARG_POS:
            pass
        case _:
            return []
    function = api.scope.current_function()
    if not isinstance(function, FuncDef):
        return []
    loops = [one for one in statements(function.body) if isinstance(one, ForStmt) and _module_of(one) is module]
    inside = [one for one in loops if call.line in range(one.line, (one.end_line or one.line) + 1)]
    if len(inside) != 1 or inside[0].is_async or not _Body(call, value, api).is_passed_on(inside[0].body):
        return []
    known: Type | None = api.lookup_type_or_none(_walked(inside[0]))
    container = get_proper_type(known)
    items = attribute_of(container, ITEMS) if container is not None else None
    is_list = isinstance(container, Instance) and container.type.fullname in _WALKED
    found = items.items if is_list and isinstance(items, TupleType) else []
    return found if all(map(is_module, found)) else []


def _walked(loop: ForStmt) -> Expression:
    match loop.expr:
        case CallExpr(callee=NameExpr(fullname="builtins.enumerate"), args=[walked, *_]):
            return walked
        case walked:
            return walked


def _module_of(loop: ForStmt) -> object:
    """The name of a loop that stands for what is walked."""
    index = loop.index
    if _walked(loop) is not loop.expr:
        index = index.items[1] if isinstance(index, TupleExpr) and len(index.items) == 2 else index
        return index.node if isinstance(index, NameExpr) and index is not loop.index else None
    return index.node if isinstance(index, NameExpr) else None


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
