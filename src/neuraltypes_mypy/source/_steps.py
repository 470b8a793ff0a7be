"""Sequences as the source puts them together: `[a, b]`, `layers.append(c)`, `[Block(d) for _ in range(n)]`.

What a list of modules holds is read from the statements between where it begins and where it is used. Parts in a loop
are gone through any number of times, parts in a branch may be left out; a list that is handed to other code is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from mypy.nodes import (
    ARG_POS,
    ARG_STAR,
    AssignmentStmt,
    Block,
    BreakStmt,
    CallExpr,
    ConditionalExpr,
    ContinueStmt,
    DelStmt,
    DictExpr,
    DictionaryComprehension,
    Expression,
    ExpressionStmt,
    ForStmt,
    GeneratorExpr,
    IfStmt,
    IndexExpr,
    IntExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    StarExpr,
    Statement,
    StrExpr,
    TupleExpr,
    WhileStmt,
    WithStmt,
)
from mypy.server.subexpr import get_subexpressions

from neuraltypes_mypy.base._names import SEQUENTIAL
from neuraltypes_mypy.source._container_uses import (
    DICTIONARIES,
    LISTS,
    OF_MODULES,
    ONE_MORE,
    OTHER_CHANGES,
    Subject,
    is_assigned,
    is_call_of,
    is_change,
    is_own,
    is_read_only,
    mentions,
)
from neuraltypes_mypy.source._statements import statements


@dataclass(frozen=True, slots=True)
class One:
    """A module; without one it is not known what stands here, nor how many."""

    expression: Expression | None


@dataclass(frozen=True, slots=True)
class Several:
    """The modules that what an expression gives contains, of which its type says what they are."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Rounds:
    """Steps that are gone through any number of times; `is_repeated` says that more than once is meant."""

    steps: Steps
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Either:
    """Steps of which one branch is gone through."""

    branches: tuple[Steps, ...]


Step: TypeAlias = One | Several | Rounds | Either
Steps: TypeAlias = tuple[Step, ...]
UNKNOWN_STEPS: Final = (One(None),)


def steps_of_call(call: CallExpr, body: Block, *, is_sequence: bool | None = None) -> Steps:
    """The modules of the container that a call in `body` makes: `nn.Sequential(a, *layers)`, `nn.ModuleList(xs)`."""
    is_sequence = is_call_of(call, SEQUENTIAL) if is_sequence is None else is_sequence
    return _Reader(body, call).container(call, is_sequence=is_sequence)


def steps_of(expression: Expression, body: Block) -> Steps:
    """The modules in what a body returns."""
    return _Reader(body, expression).read(expression)


def attribute_steps(name: str, body: Block, *, has_keys: bool = False) -> Steps | None:
    """The modules of the container that a constructor with this body keeps as `self.name` and fills."""
    return _Growth(_Reader(body, None), lambda expression: is_own(expression, name), has_keys).run(body)


def variable_steps(variable: Node | None, body: Block, *, has_keys: bool = False) -> Steps | None:
    """The modules of the container that a function keeps as a local variable and fills."""
    subject: Subject = lambda one: isinstance(one, NameExpr) and one.node is variable  # noqa: E731
    return _Growth(_Reader(body, None), subject, has_keys).run(body)


class _Reader:
    """Reads expressions that stand for several modules, in one body, as they are at one place."""

    def __init__(self, body: Block, place: Expression | None) -> None:
        self.body = body
        self.place = place
        self._reading: list[Node | None] = []

    def container(self, call: CallExpr, *, is_sequence: bool) -> Steps:
        if not is_sequence:
            return self.read(call.args[0]) if call.args else ()
        if len(call.args) == 1 and call.arg_kinds[0] == ARG_POS and self._is_dictionary(call.args[0]):
            return self.read(call.args[0])
        found: list[Step] = []
        for argument, kind in zip(call.args, call.arg_kinds, strict=True):
            if kind not in (ARG_POS, ARG_STAR):
                return UNKNOWN_STEPS
            found += self.read(argument) if kind == ARG_STAR else (One(argument),)
        return tuple(found)

    def _is_dictionary(self, expression: Expression) -> bool:
        if isinstance(expression, NameExpr):
            return any(_is_dictionary(value) for value in _assigned(expression.node, self.body))
        return _is_dictionary(expression)

    def read(self, expression: Expression) -> Steps:
        match expression:
            case ListExpr(items=items) | TupleExpr(items=items):
                return self._items(items)
            case DictExpr(items=pairs):
                return UNKNOWN_STEPS if any(key is None for key, _ in pairs) else self._items([v for _, v in pairs])
            case ListComprehension(generator=GeneratorExpr() as generator) | (GeneratorExpr() as generator):
                return (Rounds((One(_second(generator.left_expr)),), _is_repeated(generator)),)
            case DictionaryComprehension(value=item):
                return (Rounds((One(item),)),)
            case OpExpr(op="+"):
                return (*self.read(expression.left), *self.read(expression.right))
            case OpExpr(op="*"):
                return (Rounds(self.read(expression.left)),)
            case ConditionalExpr():
                return (Either((self.read(expression.if_expr), self.read(expression.else_expr))),)
            case CallExpr():
                return self._call(expression)
            case NameExpr(node=node) if node not in self._reading:
                return self._local(node)
            case _:
                return UNKNOWN_STEPS

    def _items(self, items: Iterable[Expression]) -> Steps:
        found: list[Step] = []
        for item in items:
            found += self.read(item.expr) if isinstance(item, StarExpr) else (One(item),)
        return tuple(found)

    def _call(self, call: CallExpr) -> Steps:
        if is_call_of(call, *OF_MODULES):
            return self.container(call, is_sequence=is_call_of(call, SEQUENTIAL))
        if is_call_of(call, *LISTS) and len(call.args) == 1:
            return self.read(call.args[0])
        if not is_call_of(call, *DICTIONARIES):
            return (Rounds((Several(call),)),)
        if len(call.args) == 1 and isinstance(call.args[0], ListExpr | TupleExpr):
            return tuple(One(_second(item)) for item in call.args[0].items)
        if len(call.args) == 1 and call.arg_kinds[0] == ARG_POS:
            return self.read(call.args[0])
        return tuple(map(One, call.args)) if all(call.arg_names) else () if not call.args else UNKNOWN_STEPS

    def _local(self, node: Node | None) -> Steps:
        """What a local list holds where it is read."""
        self._reading.append(node)
        try:
            found = _Growth(self, lambda one: isinstance(one, NameExpr) and one.node is node).run(self.body)
        finally:
            self._reading.pop()
        return UNKNOWN_STEPS if found is None else found


class _Growth:
    """What a container comes to hold as a body runs, up to the place where the reader reads.

    Of one with keys it is what stands there or stood there: a key may be one that was there before.
    """

    def __init__(self, reader: _Reader, subject: Subject, has_keys: bool = False) -> None:
        self._reader = reader
        self._subject = subject
        self._has_keys = has_keys
        self._is_there = False

    def run(self, body: Block) -> Steps | None:
        return self._run(body, None)

    def _run(self, block: Block, steps: Steps | None) -> Steps | None:
        for statement in block.body:
            if self._is_there:
                return steps
            steps = self._after(statement, steps)
        return steps

    def _after(self, statement: Statement, steps: Steps | None) -> Steps | None:
        has_place = self._has_place(statement)
        if not has_place and not mentions(statement, self._subject):
            return steps
        match statement:
            case IfStmt() if has_place:
                return self._in_branch(statement, steps)
            case IfStmt():
                branches = [*statement.body, *([statement.else_body] if statement.else_body else [])]
                ends = [self._run(block, ()) for block in branches]
                ends += [()] if statement.else_body is None else []
                is_new = any(is_assigned(block, self._subject) for block in branches)
                return self._joined(steps, ends, is_new=is_new)
            case ForStmt() | WhileStmt():
                return self._loop(statement, steps, has_place=has_place)
            case WithStmt():
                return self._run(statement.body, steps)
            case Block():
                return self._run(statement, steps)
        if has_place:
            self._is_there = True
            return steps
        return self._simple(statement, steps)

    def _joined(self, steps: Steps | None, ends: list[Steps | None], *, is_new: bool) -> Steps | None:
        known = [end for end in ends if end is not None]
        if is_new:  # each branch makes a container of its own, or takes the one from before
            return (Either(tuple(known)),) if len(known) == len(ends) and steps is None else UNKNOWN_STEPS
        if steps is None or len(known) < len(ends):
            return UNKNOWN_STEPS
        return steps if not any(known) else (*steps, Either(tuple(known)))

    def _in_branch(self, statement: IfStmt, steps: Steps | None) -> Steps | None:
        blocks = [*statement.body, *([statement.else_body] if statement.else_body else [])]
        inside = next((block for block in blocks if self._has_place(block)), None)
        if inside is None:
            self._is_there = True
            return steps
        return self._run(inside, steps)

    def _loop(self, statement: ForStmt | WhileStmt, steps: Steps | None, *, has_place: bool) -> Steps | None:
        is_changed = any(is_change(one, self._subject) for one in statements(statement.body))
        if has_place:
            return self._run(statement.body, UNKNOWN_STEPS if is_changed else steps)
        if not is_changed:
            return steps
        leaves = any(isinstance(one, BreakStmt | ContinueStmt) for one in statements(statement.body))
        if steps is None or leaves or is_assigned(statement.body, self._subject):
            return UNKNOWN_STEPS
        each = self._run(statement.body, ())
        return UNKNOWN_STEPS if each is None else (*steps, Rounds(each))

    def _simple(self, statement: Statement, steps: Steps | None) -> Steps | None:
        match statement:
            case DelStmt():
                return UNKNOWN_STEPS
            case AssignmentStmt(lvalues=[target]) if self._subject(target):
                return self._reader.read(statement.rvalue) if not self._reads(statement.rvalue) else UNKNOWN_STEPS
            case AssignmentStmt(lvalues=[IndexExpr(base=base)]) if self._subject(base):
                is_new = self._has_keys or isinstance(statement.lvalues[0].index, StrExpr | CallExpr)  # type: ignore[attr-defined]
                return self._more(steps, (One(statement.rvalue),)) if is_new else UNKNOWN_STEPS
            case OperatorAssignmentStmt(op="+", lvalue=target) if self._subject(target):
                return self._more(steps, self._reader.read(statement.rvalue))
            case ExpressionStmt(expr=CallExpr(callee=MemberExpr(expr=owner)) as call) if self._subject(owner):
                return self._called(call, steps)
        return steps if is_read_only(statement, self._subject) else UNKNOWN_STEPS

    def _called(self, call: CallExpr, steps: Steps | None) -> Steps | None:
        assert isinstance(call.callee, MemberExpr)
        name, place = call.callee.name, ONE_MORE.get(call.callee.name)
        if any(map(self._reads, call.args)):
            return UNKNOWN_STEPS
        if place is not None and len(call.args) == place + 1:
            return self._more(steps, (One(call.args[place]),))
        if name == "extend" and len(call.args) == 1:
            return self._more(steps, self._reader.read(call.args[0]))
        return UNKNOWN_STEPS if name in OTHER_CHANGES else steps

    def _more(self, steps: Steps | None, added: Steps) -> Steps | None:
        return None if steps is None else (*steps, *added)

    def _reads(self, expression: Expression) -> bool:
        return any(map(self._subject, get_subexpressions(expression)))

    def _has_place(self, node: Node) -> bool:
        place = self._reader.place
        return place is not None and any(one is place for one in get_subexpressions(node))


def _is_dictionary(expression: Expression | None) -> bool:
    return isinstance(expression, DictExpr) or is_call_of(expression, *DICTIONARIES)


def _assigned(node: Node | None, body: Block) -> list[Expression]:
    return [
        statement.rvalue
        for statement in statements(body)
        if isinstance(statement, AssignmentStmt)
        and any(isinstance(target, NameExpr) and target.node is node for target in statement.lvalues)
    ]


def _second(item: Expression) -> Expression | None:
    """The module of an entry that is a pair of a name and a module."""
    if not isinstance(item, TupleExpr):
        return item
    return item.items[1] if len(item.items) == 2 else None


def _is_repeated(generator: GeneratorExpr) -> bool:
    """Whether the same is made for each number of a range: of one that is written or has a name, not computed."""
    if len(generator.sequences) != 1 or any(generator.condlists):
        return False
    match generator.sequences[0]:
        case CallExpr(callee=NameExpr(name="range"), args=[IntExpr(value=count)]):
            return count > 1
        case CallExpr(callee=NameExpr(name="range"), args=[NameExpr() | MemberExpr()]):
            return True
    return False
