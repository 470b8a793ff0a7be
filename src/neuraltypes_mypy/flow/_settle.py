"""Rebinding: `x = self.conv(x)` leaves `x` with the type that it was given last, known or not.

For mypy a name keeps its first type, by which every later assignment is measured and narrowed; an unknown shape is no
narrower than a known one, so after `x = x.mT` mypy would go on with the shape from before. Behind each assignment to a
name that is assigned more than once, a call is put into mypy's tree (nowhere else). When mypy comes to it, the declared
type of the name is made that of any tensor: from there on the name has the type of its last assignment. Where branches
meet, and where a loop begins again, the name is given what its types have in common, so that loops settle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from mypy.nodes import (
    ARG_POS,
    GDEF,
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
    MypyFile,
    NameExpr,
    OverloadedFuncDef,
    StarExpr,
    Statement,
    StrExpr,
    SymbolNode,
    TupleExpr,
    Var,
    WhileStmt,
    WithStmt,
)
from mypy.plugin import FunctionContext
from mypy.subtypes import is_subtype
from mypy.traverser import all_name_and_member_expressions
from mypy.types import (
    AnyType,
    Instance,
    NoneType,
    PartialType,
    ProperType,
    TupleType,
    Type,
    TypeGuardedType,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy.base._codes import UNTRACKED
from neuraltypes_mypy.base._names import GENERIC_TENSORS, MODULE, PARAMETER, SIZE
from neuraltypes_mypy.flow._meetings import Meetings, link
from neuraltypes_mypy.source._statements import blocks, bound, has_blocks, statements, targets
from neuraltypes_mypy.tensors._elements import is_produced
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._members import MADE_AT, copied, is_module
from neuraltypes_mypy.tensors._packed import joined, loosened
from neuraltypes_mypy.tensors._sized_ints import has_size
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, read_tensor, unknown, untold
from neuraltypes_mypy.tensors._untyped import is_untyped, remember, untyped
from neuraltypes_mypy.tensors._walk import replace, walk

_MARK: Final = "neuraltypes: settle"
_DEFINITIONS: Final = (ClassDef, Decorator, FuncDef, ImportBase, OverloadedFuncDef)  # mypy knows where these stand


class _Subject(NamedTuple):
    """The name that a call is about, and what stands alone on the right of the assignment before it.

    The call itself must not read the name, for it may have no type yet.
    """

    name: NameExpr
    value: Expression | None


_subjects: Final[dict[str, _Subject]] = {}
_items: Final[set[str]] = set()  # the marks of those that stand where a loop begins, about a name that it binds
_begun: Final[set[str]] = set()  # of those the ones where a loop begins that assigns the name


def is_settling(call: Any) -> bool:
    """Whether a call is one that was put in here."""
    return isinstance(call, CallExpr) and bool(call.args) and _is_mark(call.args[0])


def instrument_signature(function: FuncDef) -> None:
    """Prepare a function that mypy has not analyzed yet: names are not resolved, so they count by their spelling."""
    if _is_instrumented(function.body):
        return
    parameters = {argument.variable.name for argument in function.arguments}
    counts = _counts(function.body)
    repeated = {name for name, count in counts.items() if count > 1 or name in parameters}
    untangle_swaps(function.body, is_analyzed=False)
    _insert(function.body, repeated)
    link(function.body, _settled_by)
    for argument in function.arguments:
        if argument.variable.name in repeated:
            parameter = NameExpr(argument.variable.name)
            parameter.node, parameter.kind, parameter.fullname = argument.variable, LDEF, argument.variable.name
            parameter.set_line(function.body.body[0])
            function.body.body.insert(0, _settle(parameter))


class Settling:
    """Puts the calls in and answers them, for one run of mypy."""

    def __init__(self, *, reports_untracked: bool) -> None:
        self.reports_untracked = reports_untracked
        self._followed: dict[Var, None] = {}  # names that hold a tensor of known axes, where that is of interest
        self._refused: dict[Var, Type] = {}  # what names may hold of which mypy has refused a value
        self._done: dict[int, object] = {}
        self._meetings = Meetings()

    def instrument_current(self, api: Any) -> None:
        """Prepare what is checked now, if that was not done yet: a class, a module, a function that names no axes."""
        function, info = api.scope.current_function(), api.scope.active_class()
        outside = api.tree if info is None else info.defn.defs
        body: Any = function.body if isinstance(function, FuncDef) else outside
        if self._done.get(id(body)) is body:
            return
        self._done[id(body)] = body
        block = body
        if isinstance(body, MypyFile):
            block = Block(body.defs)
            block.body = body.defs
        if not _is_instrumented(block):
            untangle_swaps(block, is_analyzed=True)
            _insert(block, _repeated(block), api.modules["builtins"].names["isinstance"].node)
            link(block, _settled_by)
            for call in _settling_calls(block):
                # mypy may be past it already, and takes a statement without a type for one that never returns
                api._type_maps[0][call] = NoneType()  # noqa: SLF001 - the map of the whole module

    def settle(self, ctx: FunctionContext) -> Type:
        """Let a name have the type of its last assignment."""
        mark = ctx.args[0][0]
        api: Any = ctx.api
        subject = _subjects.get(mark.value) if isinstance(mark, StrExpr) else None
        variable = subject.name.node if subject is not None else None
        if subject is None or not isinstance(mark, StrExpr) or not isinstance(variable, Var) or variable.type is None:
            return ctx.default_return_type
        expression = subject.name
        if (refused := _refused(subject, variable, api)) is not None:
            if variable.is_inferred:
                self._refused[variable] = variable.type
                variable.type = UnionType([variable.type, untold()])  # it is said once
                remember(variable, untold())
            # mypy says so, and would go on with what the name held before; what is declared is said once, too
            api.binder.put(expression, _after_refusal(refused) if variable.is_inferred else untold())
            return ctx.default_return_type
        if isinstance(variable.type, PartialType) or not (variable.is_inferred or variable.is_argument):
            return ctx.default_return_type
        declared, held = get_proper_type(variable.type), api.binder.get(expression)
        is_item = variable.is_index_var or mark.value in _items
        if is_item and isinstance(declared, Instance) and declared.type.has_base(MODULE):
            module = next(base for base in declared.type.mro if base.fullname == MODULE)
            variable.type = Instance(module, [])  # another loop may go over other modules by the same name
            held = declared if held is None else held
        if (size := without_sizes(declared)) is not None:
            variable.type = size
            held = declared if held is None else held
        elif variable.is_inferred and not is_item and any(map(_is_made_or_sized, walk(declared))):
            # mypy takes numbers of other sizes for the same, and modules that were made with others
            variable.type = _plain(declared)
            held = get_proper_type(copied(declared)) if held is None else held
        if any(_is_known_tensor(type_) for type_ in walk(declared)):
            variable.type = _or_any(declared, loosened(declared) or replace(declared, _loosened))
            variable.is_inferred = True  # what is unknown may be assigned then, and the name is unknown
            held = declared if held is None else held
        elif variable.is_inferred and any(map(_is_noted, walk(declared))):
            # mypy takes what differs from it in a note alone for the same
            variable.type = replace(declared, _without_note)
            held = declared if held is None else held
        if (tensor := _of_parameter(declared)) is not None:
            variable.type = tensor  # `w = self.weight; w = w[None]` holds a tensor then
            variable.is_inferred = True
            held = declared if held is None else held
        if isinstance(declared, AnyType):
            return ctx.default_return_type  # an `Any` that is assigned later would not replace what is put here
        # a body that mypy comes to again infers its names anew
        was_refused = variable in self._refused and _may_be_any(get_proper_type(variable.type))
        if held is None and was_refused:
            held = declared  # which takes more than it did, so that mypy has kept nothing
        if held is not None:
            remember(variable, held)
            proper = get_proper_type(held)
            is_declared = isinstance(declared, UnionType) and not variable.is_inferred
            common = _joined(proper, may_be_any=_may_be_any(get_proper_type(variable.type)), is_declared=is_declared)
            common = _plain(common) if mark.value in _begun and not is_item else common
            is_given = variable.is_argument
            common = self._meetings.settled(mark.value, common, may_be_given=is_given, is_item=is_item)
            if was_refused:
                common = _unless_refused(common, self._refused[variable])
            if common is not proper or api.binder.get(expression) is None:  # else it is no new assignment to mypy
                api.binder.put(expression, common)
            if self.reports_untracked:
                self._follow(variable, expression, common, api)
        return ctx.default_return_type

    def _follow(self, variable: Var, expression: NameExpr, held: Type, api: Any) -> None:
        """Say where a name that held a tensor of known axes comes to hold one of unknown axes."""
        if _is_lost(held) and variable in self._followed:
            del self._followed[variable]
            api.note(f'The axes of "{expression.name}" are not known from here on', expression, code=UNTRACKED)
        elif _holds_known(held):
            self._followed[variable] = None


def _is_made_or_sized(proper: ProperType) -> bool:
    is_made = isinstance(proper, Instance) and proper.extra_attrs is not None and MADE_AT in proper.extra_attrs.attrs
    return has_size(proper) or (is_made and is_module(proper))


def _plain(type_: Type) -> Type:
    """The same of any size, and of modules whatever they were made with."""

    def one(proper: ProperType) -> Type | None:
        is_known = isinstance(proper, Instance) and _is_made_or_sized(proper)
        return Instance(proper.type, proper.args) if is_known and isinstance(proper, Instance) else None

    return replace(type_, one)


def _refused(subject: _Subject, variable: Var, api: Any) -> Type | None:
    """The type of what a name cannot hold by its first assignment or its declaration, where tensors are involved."""
    value = None if subject.value is None else api.lookup_type_or_none(subject.value)
    declared = get_proper_type(variable.type)
    if value is None or declared is None or isinstance(declared, AnyType | PartialType):
        return None
    if not any(as_tensor(inner) is not None for type_ in (declared, value) for inner in walk(type_)):
        return None
    return None if is_subtype(value, declared) else value


def _after_refusal(refused: Type) -> Type:
    """What a name holds that mypy refuses the value of; plain mypy knows as little of it."""
    tensor = as_tensor(refused)
    return TypeGuardedType(untold()) if tensor is None or not is_known(tensor) else untyped(refused)


def _unless_refused(held: Type, declared: Type) -> Type:
    """What a name holds of which mypy has refused a value before: to plain mypy it never holds what it cannot.

    As a guarded type, for of a name that is declared as a union with an `Any` mypy would take all of that.
    """
    proper, tensor = get_proper_type(held), as_tensor(held)
    is_known_tensor = tensor is not None and is_known(tensor)
    is_kept = is_known_tensor or (not isinstance(proper, AnyType) and is_subtype(proper, declared))
    return held if is_kept else TypeGuardedType(untold())


def without_sizes(type_: ProperType) -> Type | None:
    """The `Size` that a shape is to others: the name that holds it may come to hold one of another length."""
    is_shape = isinstance(type_, TupleType) and type_.partial_fallback.type.fullname == SIZE
    return type_.partial_fallback if is_shape and isinstance(type_, TupleType) else None


def _is_lost(held: Type) -> bool:
    """Whether a name holds what nothing is known of, or a tensor of which the axes are unknown."""
    return any(isinstance(item, AnyType) or _axes_known(item) is False for item in _options(held))


def _holds_known(held: Type) -> bool:
    return any(map(_axes_known, _options(held)))


def _axes_known(type_: ProperType) -> bool | None:
    """Whether the axes of a tensor are known; None for what is no tensor."""
    tensor = as_tensor(type_)
    return None if tensor is None else read_tensor(tensor).shape is not None


def _options(held: Type) -> list[ProperType]:
    proper = get_proper_type(held)
    return list(map(get_proper_type, proper.items)) if isinstance(proper, UnionType) else [proper]


def _may_be_any(declared: ProperType) -> bool:
    return isinstance(declared, UnionType) and any(isinstance(get_proper_type(one), AnyType) for one in declared.items)


def _joined(held: ProperType, *, may_be_any: bool = False, is_declared: bool = False) -> Type:
    """What the types that a name may have in this place have in common.

    What is computed of an `Any` is one, and mypy takes a name that is declared as a union for all of that once it is
    given an `Any`; so there an `Any` beside tensors stays one of several.
    """
    if not isinstance(held, UnionType):
        return held
    if may_be_any and any(as_tensor(item) is None for item in held.items):
        return untold()
    sequences = joined(held.items)
    if sequences is not None:
        return sequences
    tensors = [item for item in held.items if as_tensor(item) is not None]
    others = [item for item in held.items if item not in tensors]
    if tensors and any(isinstance(get_proper_type(item), AnyType) for item in others):
        return _beside_any(tensors[0], others) if is_declared else UnionType.make_union(others)
    common = _common(tensors) if len(tensors) > 1 else None
    return held if common is None else UnionType.make_union([common, *others])


def _beside_any(tensor: Type, others: list[Type]) -> Type:
    proper = get_proper_type(tensor)
    loose = proper.copy_modified(args=[unknown() for _ in proper.args]) if isinstance(proper, Instance) else proper
    return UnionType.make_union([loose, *others])


def _common(tensors: Sequence[Type]) -> Type | None:
    """What tensors have in common; of parameters a parameter."""
    common = join_tensors(tensors)
    found = [one for one in map(get_proper_type, tensors) if isinstance(one, Instance)]
    if common is None or any(one.type.fullname != PARAMETER for one in found):
        return common
    return found[0].copy_modified(args=common.args)


def _or_any(declared: ProperType, loose: Type) -> Type:
    """What a name may hold that was given an `Any` of plain mypy first: whatever it is given later."""
    return UnionType([loose, untold()]) if is_untyped(declared) else loose


def _is_known_tensor(type_: ProperType) -> bool:
    return isinstance(type_, Instance) and type_.type.fullname in GENERIC_TENSORS and is_known(type_)


def _is_noted(type_: ProperType) -> bool:
    """Whether a type is that of a tensor of which an operation says what it holds, and nothing else is known."""
    tensor = as_tensor(type_)
    return tensor is not None and is_produced(get_proper_type(tensor.args[2]))


def _without_note(proper: ProperType) -> Type | None:
    if not isinstance(proper, Instance) or not _is_noted(proper) or proper.type.fullname not in GENERIC_TENSORS:
        return None
    return proper.copy_modified(args=[*proper.args[:2], unknown()])


def _of_parameter(type_: ProperType) -> Type | None:
    """Any tensor, for a parameter of which something is known; None for what is no parameter."""
    is_parameter = isinstance(type_, Instance) and type_.type.fullname == PARAMETER
    tensor = as_tensor(type_) if is_parameter else None
    return None if tensor is None or not is_known(tensor) else _loosened(tensor)


def _loosened(proper: ProperType) -> Type | None:
    if not isinstance(proper, Instance) or not _is_known_tensor(proper):
        return None
    kept = as_tensor(proper) or proper if is_untyped(proper) else proper  # an `Any` may come to be any tensor
    return kept.copy_modified(args=[unknown() for _ in kept.args])


def _counts(body: Block) -> dict[str, int]:
    counts: dict[str, int] = {}
    for block in blocks(body):
        for statement in block.body:
            for target in (*targets(statement), *bound(statement)):
                counts[target.name] = counts.get(target.name, 0) + 1
    return counts


def _repeated(body: Block) -> set[str]:
    return {name for name, count in _counts(body).items() if count > 1}


def _insert(body: Block, names: set[str], callee: SymbolNode | None = None) -> None:
    """Put a call behind each assignment to one of these names, where branches meet, and where a loop begins."""
    if not names:
        return
    for block in list(blocks(body)):
        behind: list[list[Statement]] = []
        for statement in block.body:
            inside = _inside(statement) if has_blocks(statement) else []
            settled = [target for target in (*targets(statement), *inside) if target.name in names]
            behind.append([_settle(target, callee, _alone(statement)) for target in settled])
            if isinstance(statement, ForStmt | WhileStmt | WithStmt):
                given, is_loop = {one.name for one in bound(statement)}, not isinstance(statement, WithStmt)
                again: list[Statement] = [
                    _settle(one, callee, is_item=one.name in given, is_begun=one.name not in given and is_loop)
                    for one in (*bound(statement), *inside)
                    if one.name in names
                ]
                _put_first(statement.body, again, is_open=callee is not None)
        if any(behind):
            (_weave if callee is None else _weave_open)(block, behind)


def _put_first(block: Block, calls: list[Statement], *, is_open: bool) -> None:
    if is_open and calls and block.body:
        block.body[0] = _together([*calls, block.body[0]])
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
            block.body[place] = _together([*waiting, statement])
            waiting = []
        waiting += behind[place]
    block.body += waiting


def _together(statements: list[Statement]) -> Block:
    block = Block(statements)
    block.set_line(statements[-1])
    return block


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


def _settle(
    subject: NameExpr,
    callee: SymbolNode | None = None,
    value: Expression | None = None,
    *,
    is_item: bool = False,
    is_begun: bool = False,
) -> ExpressionStmt:
    function = NameExpr("isinstance")
    if callee is not None:
        function.node, function.kind, function.fullname = callee, GDEF, "builtins.isinstance"
    mark = StrExpr(f"{_MARK} {len(_subjects)}")
    _subjects[mark.value] = _Subject(subject, value)
    if is_item:
        _items.add(mark.value)
    if is_begun:
        _begun.add(mark.value)
    call = CallExpr(function, [mark, mark], [ARG_POS, ARG_POS], [None, None])
    statement = ExpressionStmt(call)
    for node in (function, mark, call, statement):
        node.set_line(subject)
    return statement


def untangle_swaps(body: Block, *, is_analyzed: bool) -> None:
    """Make `x, y = y, x` two statements: mypy gives `x` its new type before it looks at the second item."""
    for block in list(blocks(body)):
        for place, statement in enumerate(block.body):
            if isinstance(statement, AssignmentStmt) and (values := _swapped(statement)) is not None:
                first, read = _kept(values, statement, is_analyzed=is_analyzed)
                statement.rvalue = read
                block.body[place] = _together([first, statement])


def _kept(values: TupleExpr, place: Statement, *, is_analyzed: bool) -> tuple[AssignmentStmt, NameExpr]:
    """An assignment of a tuple to a name of its own, and that name."""
    variable = Var(f"_nt_tuple_{place.line}_{place.column}")
    variable.is_inferred = True
    target, read = NameExpr(variable.name), NameExpr(variable.name)
    for name in (target, read):
        name.set_line(place)
        if is_analyzed:
            name.node, name.kind, name.fullname = variable, LDEF, variable.name
            target.is_new_def = target.is_inferred_def = True
    assignment = AssignmentStmt([target], values)
    assignment.set_line(place)
    return assignment, read


def _swapped(statement: AssignmentStmt) -> TupleExpr | None:
    """The items of an assignment of which one reads a name that is assigned before it."""
    target, value = statement.lvalues[0], statement.rvalue
    if len(statement.lvalues) != 1 or not isinstance(target, TupleExpr) or not isinstance(value, TupleExpr):
        return None
    items = (*target.items, *value.items)
    if len(target.items) != len(value.items) or any(isinstance(item, StarExpr) for item in items):
        return None
    assigned: set[str] = set()
    for one, given in zip(target.items, value.items, strict=True):
        if assigned & {name.name for name in all_name_and_member_expressions(given)[0]}:
            return value
        assigned |= {one.name} if isinstance(one, NameExpr) else set()
    return None


def _is_instrumented(body: Block) -> bool:
    return next(_settling_calls(body), None) is not None


def _settled_by(statement: Statement) -> tuple[str, str] | None:
    """The mark and the name of a call that was put in here."""
    call = statement.expr if isinstance(statement, ExpressionStmt) and is_settling(statement.expr) else None
    mark = call.args[0] if isinstance(call, CallExpr) else None
    return (mark.value, _subjects[mark.value].name.name) if isinstance(mark, StrExpr) else None


def _settling_calls(body: Block) -> Iterator[Expression]:
    for block in blocks(body):
        for statement in block.body:
            if isinstance(statement, ExpressionStmt) and is_settling(statement.expr):
                yield statement.expr


def _is_mark(expression: Expression) -> bool:
    return isinstance(expression, StrExpr) and expression.value.startswith(_MARK)
