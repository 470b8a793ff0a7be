"""Calls behind each assignment to a name that is assigned more than once: where they stand, and what each is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mypy.nodes import (
    LDEF,
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Decorator,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    ImportBase,
    NameExpr,
    OverloadedFuncDef,
    Statement,
    SymbolNode,
    WhileStmt,
    WithStmt,
)

from neuraltypes_mypy.flow._meetings import link
from neuraltypes_mypy.flow._swaps import untangle_swaps
from neuraltypes_mypy.source._inserted import mark_of, marking, together
from neuraltypes_mypy.source._statements import blocks, bound, has_blocks, statements, targets

_MARK: Final = "neuraltypes: settle"
_DEFINITIONS: Final = (ClassDef, Decorator, FuncDef, ImportBase, OverloadedFuncDef)  # mypy knows where these stand


class Subject(NamedTuple):
    """The name that a call is about, and what stands alone on the right of the assignment before it.

    The call itself must not read the name, for it may have no type yet.
    """

    name: NameExpr
    value: Expression | None = None
    is_item: bool = False
    """Whether the call stands where a loop or a `with` begins, about a name that this binds."""
    is_begun: bool = False
    """Whether it stands where a loop begins that assigns the name."""


_subjects: Final[dict[str, Subject]] = {}


def subject_of(call: object) -> tuple[str, Subject] | None:
    """The mark of a call that was put in here, and what it is about."""
    mark = mark_of(call)
    subject = None if mark is None else _subjects.get(mark)
    return None if mark is None or subject is None else (mark, subject)


def is_settling(call: object) -> bool:
    """Whether a call is one that was put in here."""
    return (mark_of(call) or "").startswith(_MARK)


def instrument_unanalyzed(function: FuncDef) -> None:
    """Prepare a function that mypy has not analyzed yet: names are not resolved, so they count by their spelling."""
    if _is_instrumented(function.body):
        return
    parameters = {argument.variable.name for argument in function.arguments}
    counts = _counts(function.body)
    repeated = {name for name, count in counts.items() if count > 1 or name in parameters}
    _instrument(function.body, repeated)
    for argument in function.arguments:
        if argument.variable.name in repeated:
            parameter = NameExpr(argument.variable.name)
            parameter.node, parameter.kind, parameter.fullname = argument.variable, LDEF, argument.variable.name
            parameter.set_line(function.body.body[0])
            function.body.body.insert(0, _settle(Subject(parameter)))


def instrument_analyzed(block: Block, callee: SymbolNode) -> list[CallExpr]:
    """Prepare what mypy is going through; the calls that were put in, none where that was done before."""
    if _is_instrumented(block):
        return []
    _instrument(block, {name for name, count in _counts(block).items() if count > 1}, callee)
    return list(_settling_calls(block))


def _instrument(block: Block, names: set[str], callee: SymbolNode | None = None) -> None:
    untangle_swaps(block, is_analyzed=callee is not None)
    _insert(block, names, callee)
    link(block, _settled_by)


def _counts(body: Block) -> dict[str, int]:
    counts: dict[str, int] = {}
    for block in blocks(body):
        for statement in block.body:
            for target in (*targets(statement), *bound(statement)):
                counts[target.name] = counts.get(target.name, 0) + 1
    return counts


def _insert(body: Block, names: set[str], callee: SymbolNode | None = None) -> None:
    """Put a call behind each assignment to one of these names, where branches meet, and where a loop begins."""
    if not names:
        return
    for block in list(blocks(body)):
        behind: list[list[Statement]] = []
        for statement in block.body:
            inside = _inside(statement) if has_blocks(statement) else []
            settled = [target for target in (*targets(statement), *inside) if target.name in names]
            behind.append([_settle(Subject(target, _alone(statement)), callee) for target in settled])
            if isinstance(statement, ForStmt | WhileStmt | WithStmt):
                given, is_loop = {one.name for one in bound(statement)}, not isinstance(statement, WithStmt)
                again: list[Statement] = [
                    _settle(Subject(one, None, one.name in given, one.name not in given and is_loop), callee)
                    for one in (*bound(statement), *inside)
                    if one.name in names
                ]
                _put_first(statement.body, again, is_open=callee is not None)
        if any(behind):
            (_weave if callee is None else _weave_open)(block, behind)


def _put_first(block: Block, calls: list[Statement], *, is_open: bool) -> None:
    if is_open and calls and block.body:
        block.body[0] = together([*calls, block.body[0]])
    else:
        block.body[:0] = calls


def _weave(block: Block, behind: list[list[Statement]]) -> None:
    block.body[:] = [one for statement, calls in zip(block.body, behind, strict=True) for one in (statement, *calls)]


def _weave_open(block: Block, behind: list[list[Statement]]) -> None:
    """The same where mypy is going through the block, by number: each statement keeps its own.

    What stands behind a statement goes in front of the next, for mypy may be at that statement.
    """
    waiting: list[Statement] = []
    for place, statement in enumerate(block.body):
        if waiting and not isinstance(statement, _DEFINITIONS):
            block.body[place] = together([*waiting, statement])
            waiting = []
        waiting += behind[place]
    block.body += waiting


def _inside(statement: Statement) -> list[NameExpr]:
    """One target of each name that is assigned in the blocks of a statement."""
    found: dict[str, NameExpr] = {}
    for inner in statements(Block([statement])):
        for target in (*targets(inner), *bound(inner)):
            found.setdefault(target.name, target)
    return [] if targets(statement) else list(found.values())


def _alone(statement: Statement) -> Expression | None:
    """What an assignment to one name assigns."""
    match statement:
        case AssignmentStmt(lvalues=[NameExpr()], rvalue=value):
            return value
        case _:
            return None


def _is_instrumented(body: Block) -> bool:
    return next(_settling_calls(body), None) is not None


def _settled_by(statement: Statement) -> tuple[str, str] | None:
    """The mark and the name of a call that was put in here."""
    found = subject_of(statement.expr) if isinstance(statement, ExpressionStmt) else None
    return None if found is None else (found[0], found[1].name.name)


def _settling_calls(body: Block) -> Iterator[CallExpr]:
    for block in blocks(body):
        for statement in block.body:
            call = statement.expr if isinstance(statement, ExpressionStmt) else None
            if isinstance(call, CallExpr) and is_settling(call):
                yield call


def _settle(subject: Subject, callee: SymbolNode | None = None) -> ExpressionStmt:
    text = f"{_MARK} {len(_subjects)}"
    _subjects[text] = subject
    return marking(text, subject.name, callee)
