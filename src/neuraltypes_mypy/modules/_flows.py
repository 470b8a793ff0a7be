"""What a `forward` hands from one of its own modules to the next: kept with the class, as mypy's cache has no bodies.

`y = self.norm(x); return x + self.fc(y)` is `["+", "x", ["fc", ["norm", "x"]]]`; "?" stands for all else. What a loop
makes of its own result is `["@loop", before, round]`, where "@" is what a round begins with and `layers[]` one of the
modules that it goes over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from mypy.nodes import (
    ARG_POS,
    AssignmentExpr,
    AssignmentStmt,
    Block,
    BreakStmt,
    CallExpr,
    ClassDef,
    ContinueStmt,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    IfStmt,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    OpExpr,
    ReturnStmt,
    Statement,
    TupleExpr,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import AnyType, CallableType, Type, UnboundType, get_proper_type

from neuraltypes_mypy.source._statements import assignments, bound, inner_blocks, statements

Flow: TypeAlias = "str | list[Flow]"
INPUT: Final = "x"
UNKNOWN: Final = "?"
HELD: Final = "@"
OPERATORS: Final = frozenset("+-*/")
LOOP: Final = "@loop"
EITHER: Final = "|"
ITEM_OF: Final = "[]"
_LONGEST: Final = 2000
_ENTRYWISE: Final = frozenset(
    {"dropout", "elu", "gelu", "leaky_relu", "log_softmax", "mish", "relu", "sigmoid", "silu", "softmax", "tanh"}
)
_JUMPS: Final = (BreakStmt, ContinueStmt, ReturnStmt)
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
        self._items: dict[str, str] = {}
        """Of a name that a loop gives to its body, the attribute that it goes over."""
        self._takes: set[str] = set()
        self._result: Flow | None = None

    def kept(self) -> dict[str, Any]:
        """What is kept of it."""
        self._block(self._forward.body)
        returns = [one for one in statements(self._forward.body) if isinstance(one, ReturnStmt)]
        result = self._result if self._result is not None and len(returns) == 1 else UNKNOWN
        result = result if len(str(result)) <= _LONGEST else UNKNOWN
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
            case OperatorAssignmentStmt(op=op, lvalue=NameExpr(name=name), rvalue=value) if op in OPERATORS:
                self._names[name] = [op, self._name(name), self._flow(value)]
            case _:
                return self._blocks(statement)
        return True

    def _blocks(self, statement: Statement) -> bool:
        inner = [one for block in inner_blocks(statement) for one in statements(block)]
        changed = {one.name for one, _ in assignments(Block([statement])) if isinstance(one, NameExpr)}
        is_plain = not any(isinstance(one, _JUMPS) for one in inner)
        if isinstance(statement, IfStmt) and is_plain:
            self._branches(statement, changed)
        elif isinstance(statement, ForStmt) and is_plain and statement.else_body is None:
            self._rounds(statement, changed)
        else:
            self._names |= dict.fromkeys(changed, UNKNOWN)
        return not any(isinstance(one, ReturnStmt) for one in inner)

    def _branches(self, statement: IfStmt, changed: set[str]) -> None:
        """Of what a branch is handed nothing is sure; of what they give, what they give alike."""
        before, takes, ends = self._names, self._takes, []
        for block in (*statement.body, statement.else_body or Block([])):
            self._names, self._takes = dict(before), set()
            self._block(block)
            ends.append(self._names)
        self._names, self._takes = dict(before), takes
        for name in changed:
            given = [end.get(name, UNKNOWN) for end in ends]
            self._names[name] = given[0] if all(one == given[0] for one in given) else [EITHER, *given]

    def _rounds(self, loop: ForStmt, changed: set[str]) -> None:
        before, items = dict(self._names), self._items
        index, inside = {one.name for one in bound(loop)}, {one.name for one in _names_in(loop.body)}
        walked = _walked(loop.index, loop.expr, self._owner)
        self._items = {**items, **{name: walked.get(name, "") for name in index}, **dict.fromkeys(inside, "")}
        self._names |= dict.fromkeys(index, UNKNOWN)
        self._block(loop.body)  # the first round, which takes what was there before
        takes = set(self._takes)
        after: dict[str, Flow] = dict.fromkeys(changed, UNKNOWN)
        for name in changed - index:
            outer = {key: UNKNOWN if HELD in str(flow) else flow for key, flow in before.items()}
            self._names = {**outer, **dict.fromkeys(changed, UNKNOWN), name: HELD}
            self._block(loop.body)
            after[name] = [LOOP, before.get(name, UNKNOWN), self._names[name]]
        self._names, self._takes, self._items = {**before, **after}, takes, items

    def _name(self, name: str) -> Flow:
        return UNKNOWN if name in self._open else self._names.get(name, UNKNOWN)

    def _flow(self, expression: Expression) -> Flow:
        match expression:
            case NameExpr(name=name):
                return self._name(name)
            case OpExpr(op=op, left=left, right=right) if op in OPERATORS:
                return [op, self._flow(left), self._flow(right)]
            case CallExpr():
                return self._call(expression)
            case _:
                return UNKNOWN

    def _call(self, call: CallExpr) -> Flow:
        callee, flows = call.callee, [self._flow(one) for one in call.args]
        given = flows[0] if flows and call.arg_kinds[0] == ARG_POS else UNKNOWN
        match callee:
            case MemberExpr(expr=NameExpr(name=owner), name=name) if owner == self._owner:
                return self._through(name, given)
            case NameExpr(name=name) if self._items.get(name):
                return self._through(self._items[name], given)
            case MemberExpr(expr=NameExpr(name=name) | MemberExpr(name=name)) if name in _OF_TORCH:
                return given if callee.name in _ENTRYWISE else UNKNOWN
            case MemberExpr(expr=receiver):
                own = self._flow(receiver)
                return own if callee.name in _ENTRYWISE else UNKNOWN
        return UNKNOWN

    def _through(self, name: str, given: Flow) -> Flow:
        self._takes |= {name} if given == INPUT else set()
        return [name, given]


def _names_in(body: Block) -> Iterable[NameExpr]:
    return (one for one, _ in assignments(body) if isinstance(one, NameExpr))


def _walked(index: Expression, over: Expression, owner: str) -> dict[str, str]:
    """The names that a loop gives to the modules of attributes, and what stands for those: `layers[]`."""
    match index, over:
        case TupleExpr(items=[_, inner]), CallExpr(callee=NameExpr(name="enumerate"), args=[whole]):
            return _walked(inner, whole, owner)
        case TupleExpr(items=names), CallExpr(callee=NameExpr(name="zip"), args=several):
            pairs = zip(names, several, strict=False)
            return {name: held for one, whole in pairs for name, held in _walked(one, whole, owner).items()}
        case NameExpr(), CallExpr(callee=NameExpr(name="reversed"), args=[whole]):
            return _walked(index, whole, owner)
        case NameExpr(name=name), MemberExpr(expr=NameExpr(name=holder), name=attribute) if holder == owner:
            return {name: attribute + ITEM_OF}
    return {}


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
