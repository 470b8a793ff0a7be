"""What is left of a union where `isinstance(x, Float[Tensor, "b t"])` does not hold.

mypy takes the annotation for any type that is at most it, so that the other branch keeps all. There a call is put into
mypy's tree, whose hook takes away the types that would surely have been instances.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.literals import literal_hash
from mypy.nodes import (
    Block,
    CallExpr,
    ExpressionStmt,
    FuncDef,
    IfStmt,
    UnaryExpr,
)
from mypy.subtypes import is_proper_subtype
from mypy.types import Instance, Type, UnionType, get_proper_type

from neuraltypes_mypy.source._inserted import is_marked, marked, resolved_callee
from neuraltypes_mypy.source._statements import blocks, leaves, statements
from neuraltypes_mypy.tensors._tensor import as_tensor

_MARK: Final = "neuraltypes: otherwise"


def is_otherwise(call: object) -> bool:
    """Whether a call is one that was put in here."""
    return is_marked(call, _MARK)


class Otherwise:
    """The branches where a tensor is no instance of an annotation, for one run of mypy."""

    def __init__(self) -> None:
        self._excluded: dict[int, tuple[CallExpr, Instance]] = {}

    def follow(self, test: CallExpr, tensor: Instance, api: Any) -> None:
        """Prepare the branches that `isinstance(x, annotation)` decides; doing it again changes nothing."""
        subject = test.args[0]
        known: Type | None = api.lookup_type_or_none(subject)
        if literal_hash(subject) is None or not isinstance(get_proper_type(known), UnionType):
            return
        function = api.scope.current_function()
        body = function.body if isinstance(function, FuncDef) else Block(list(api.tree.defs))
        for statement in statements(body):
            if not isinstance(statement, IfStmt) or len(statement.expr) != 1:
                continue
            condition = statement.expr[0]
            if condition is test:
                self._put(statement.else_body, statement, body, test, tensor, api)
            elif isinstance(condition, UnaryExpr) and condition.op == "not" and condition.expr is test:
                self._put(statement.body[0], statement, body, test, tensor, api)

    def _put(
        self, branch: Block | None, statement: IfStmt, body: Block, test: CallExpr, tensor: Instance, api: Any
    ) -> None:
        if branch is None and not leaves(statement.body[0]):
            return
        place = branch.body if branch is not None else None
        number = 0
        for block in blocks(body) if place is None else ():
            if any(one is statement for one in block.body):
                place, number = block.body, 1 + next(n for n, one in enumerate(block.body) if one is statement)
        if place is None:
            return
        before = place[number] if number < len(place) else None
        if isinstance(before, ExpressionStmt) and is_otherwise(before.expr) and before.line == test.line:
            assert isinstance(before.expr, CallExpr)
            self._excluded[id(before.expr)] = before.expr, tensor
            return
        call = marked(test.args[0], _MARK, resolved_callee(api))
        self._excluded[id(call)] = call, tensor
        made = ExpressionStmt(call)
        made.set_line(test)
        place.insert(number, made)

    def narrow(self, call: CallExpr, api: Any) -> None:
        """Leave of a union what may still come."""
        found, subject = self._excluded.get(id(call)), call.args[0]
        known: Type | None = api.lookup_type_or_none(subject)
        union = get_proper_type(known)
        if found is None or not isinstance(union, UnionType):
            return
        left = [item for item in union.items if as_tensor(item) is None or not is_proper_subtype(item, found[1])]
        if left and len(left) < len(union.items):
            api.binder.put(subject, UnionType.make_union(left))
