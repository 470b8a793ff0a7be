"""What a `forward` hands from one of its own modules to the next: kept with the class, as mypy's cache has no bodies.

`y = self.norm(x); return x + self.fc(y)` is `["+", "x", ["fc", ["norm", "x"]]]`; "?" stands for all else. Only what is
gone through in any case counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from mypy.nodes import (
    ARG_POS,
    AssignmentExpr,
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Expression,
    ExpressionStmt,
    FuncDef,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    OpExpr,
    ReturnStmt,
    Statement,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import AnyType, CallableType, Type, UnboundType, get_proper_type

from neuraltypes_mypy.source._statements import assignments, inner_blocks, statements

Flow: TypeAlias = "str | list[Flow]"
INPUT: Final = "x"
UNKNOWN: Final = "?"
SUM: Final = "+"
_ENTRYWISE: Final = frozenset(
    {"dropout", "elu", "gelu", "leaky_relu", "log_softmax", "mish", "relu", "sigmoid", "silu", "softmax", "tanh"}
)
_OF_TORCH: Final = frozenset({"F", "torch", "functional"})


def flow_of(cls: ClassDef) -> dict[str, Any]:
    """What the `forward` of a class gives, and which of its own modules surely take what it takes itself."""
    found = [one for one in cls.defs.body if isinstance(one, FuncDef) and one.name == "forward"]
    if len(found) != 1 or len(found[0].arguments) < 2 or found[0].is_generator or found[0].is_coroutine:
        return {}
    signature = found[0].unanalyzed_type
    declared = [signature.arg_types[1], signature.ret_type] if isinstance(signature, CallableType) else []
    return _Followed(found[0]).kept() if all(map(_is_silent, declared)) else {}


def _is_silent(type_: Type) -> bool:
    """Whether an annotation says no more than that there is a tensor."""
    written = get_proper_type(type_)
    is_tensor = isinstance(written, UnboundType) and not written.args and written.name in ("Tensor", "torch.Tensor")
    return is_tensor or isinstance(written, AnyType)


class _Followed:
    """Goes through a body in the order of its lines."""

    def __init__(self, forward: FuncDef) -> None:
        self._forward = forward
        self._owner, first = (one.variable.name for one in forward.arguments[:2])
        self._names: dict[str, Flow] = {first: INPUT}
        self._open = frozenset(_changed_in_place(forward.body))
        self._takes: set[str] = set()
        self._result: Flow | None = None

    def kept(self) -> dict[str, Any]:
        """What is kept of it."""
        self._block(self._forward.body)
        returns = [one for one in statements(self._forward.body) if isinstance(one, ReturnStmt)]
        result = self._result if self._result is not None and len(returns) == 1 else UNKNOWN
        return {"takes": sorted(self._takes), "result": result} if self._takes or result != UNKNOWN else {}

    def _block(self, block: Block) -> bool:
        """Whether what comes behind a block is reached in any case."""
        return all(self._statement(statement) for statement in block.body)

    def _statement(self, statement: Statement) -> bool:
        match statement:
            case AssignmentStmt(lvalues=[NameExpr(name=name)], rvalue=value):
                self._names[name] = self._flow(value)
            case ExpressionStmt(expr=value):
                self._flow(value)
            case ReturnStmt(expr=value):
                self._result = UNKNOWN if value is None else self._flow(value)
                return False
            case OperatorAssignmentStmt(op="+", lvalue=NameExpr(name=name), rvalue=value):
                self._names[name] = [SUM, self._name(name), self._flow(value)]
            case _:
                for target, _value in assignments(Block([statement])):
                    if isinstance(target, NameExpr):
                        self._names[target.name] = UNKNOWN
                blocks = list(inner_blocks(statement))
                return not any(isinstance(one, ReturnStmt) for block in blocks for one in statements(block))
        return True

    def _name(self, name: str) -> Flow:
        return UNKNOWN if name in self._open else self._names.get(name, UNKNOWN)

    def _flow(self, expression: Expression) -> Flow:
        match expression:
            case NameExpr(name=name):
                return self._name(name)
            case OpExpr(op="+", left=left, right=right):
                return [SUM, self._flow(left), self._flow(right)]
            case CallExpr(callee=MemberExpr(expr=NameExpr(name=owner), name=name), args=[first, *_]):
                if expression.arg_kinds[0] != ARG_POS:
                    return UNKNOWN
                given = self._flow(first)
                if owner == self._owner:
                    self._takes |= {name} if given == INPUT else set()
                    return [name, given]
                return given if is_entrywise(expression) else UNKNOWN
            case _:
                return UNKNOWN


def is_entrywise(call: CallExpr) -> bool:
    """Whether what is called by its name in torch gives a tensor of the shape of its first argument."""
    match call:
        case CallExpr(callee=MemberExpr(expr=NameExpr(name=owner), name=name), arg_kinds=[first, *_]):
            return first == ARG_POS and owner in _OF_TORCH and name in _ENTRYWISE
    return False


def _changed_in_place(body: Block) -> Iterable[str]:
    """Names of which a method in place is called, `x.squeeze_()`, or that an expression assigns."""
    for one in get_subexpressions(body):
        match one:
            case CallExpr(callee=MemberExpr(expr=NameExpr(name=name), name=method)) if method.endswith("_"):
                yield name
            case AssignmentExpr(target=NameExpr(name=name)):
                yield name
