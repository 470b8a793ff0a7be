"""Rebinding: `x = self.conv(x)` leaves `x` with the type that it was given last, known or not.

For mypy a name keeps its first type, by which every later assignment is measured and narrowed; an unknown shape is no
narrower than a known one, so after `x = x.mT` mypy would go on with the shape from before. Behind each assignment to a
name that is assigned more than once, a call is put into mypy's tree (nowhere else). When mypy comes to it, the declared
type of the name is made that of any tensor: from there on the name has the type of its last assignment. Where branches
meet, and where a loop begins again, the name is given what its types have in common, so that loops settle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mypy.nodes import Block, FuncDef, MypyFile, Var
from mypy.plugin import FunctionContext
from mypy.types import (
    AnyType,
    Instance,
    NoneType,
    PartialType,
    ProperType,
    Type,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy.base._names import GENERIC_TENSORS, MODULE, PARAMETER
from neuraltypes_mypy.base._types import kept_with
from neuraltypes_mypy.flow._meetings import Meetings
from neuraltypes_mypy.flow._refusals import Refusals
from neuraltypes_mypy.flow._settling_calls import Subject, instrument_analyzed, subject_of
from neuraltypes_mypy.flow._untracked import Untracked
from neuraltypes_mypy.source._inserted import resolved_callee
from neuraltypes_mypy.tensors._elements import is_produced
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._members import MADE_AT, copied, is_module
from neuraltypes_mypy.tensors._packed import joined, loosened
from neuraltypes_mypy.tensors._sized_ints import has_size, without_sizes
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown, unknown_like, untold
from neuraltypes_mypy.tensors._untyped import is_untyped, remember
from neuraltypes_mypy.tensors._walk import replace, walk


class Settling:
    """Puts the calls in and answers them, for one run of mypy."""

    def __init__(self, *, reports_untracked: bool) -> None:
        self.reports_untracked = reports_untracked
        self._untracked = Untracked()
        self._refusals = Refusals()
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
        for call in instrument_analyzed(block, resolved_callee(api)):
            # mypy may be past it already, and takes a statement without a type for one that never returns
            api._type_maps[0][call] = NoneType()  # noqa: SLF001 - the map of the whole module

    def settle(self, ctx: FunctionContext) -> Type:
        """Let a name have the type of its last assignment."""
        found = subject_of(ctx.context)
        variable = None if found is None else found[1].name.node
        if found is not None and isinstance(variable, Var) and variable.type is not None:
            mark, subject = found
            if not self._refusals.refuses(subject, variable, ctx.api):
                self._settle(mark, subject, variable, ctx.api)
        return ctx.default_return_type

    def _settle(self, mark: str, subject: Subject, variable: Var, api: Any) -> None:
        declared = get_proper_type(variable.type)
        if declared is None or isinstance(declared, PartialType) or not (variable.is_inferred or variable.is_argument):
            return
        held: Type | None = api.binder.get(subject.name)
        is_item = variable.is_index_var or subject.is_item
        first = _open(variable, declared, is_item=is_item)
        if isinstance(declared, AnyType):
            return  # an `Any` that is assigned later would not replace what is put here
        # a body that mypy comes to again infers its names anew
        may_be_any = _may_be_any(variable)
        was_refused = may_be_any and variable in self._refusals
        if held is None:
            # where a value was refused, the name takes more than it did, so that mypy has kept nothing
            held = declared if first is None and was_refused else first
        if held is None:
            return
        remember(variable, held)
        proper = get_proper_type(held)
        is_declared = isinstance(declared, UnionType) and not variable.is_inferred
        common = _joined(proper, may_be_any=may_be_any, is_declared=is_declared)
        common = _plain(common) if subject.is_begun and not is_item else common
        common = self._meetings.settled(mark, common, may_be_given=variable.is_argument, is_item=is_item)
        if was_refused:
            common = self._refusals.held(variable, common)
        if common is not proper or api.binder.get(subject.name) is None:  # else it is no new assignment to mypy
            api.binder.put(subject.name, common)
        if self.reports_untracked:
            self._untracked.follow(variable, subject.name, common, api)


def _open(variable: Var, declared: ProperType, *, is_item: bool) -> Type | None:
    """Let a name take what differs from its first value; that value, of which mypy then knows no more, if it does."""
    first: Type | None = None
    if is_item and isinstance(declared, Instance) and declared.type.has_base(MODULE):
        module = next(base for base in declared.type.mro if base.fullname == MODULE)
        variable.type = Instance(module, [])  # another loop may go over other modules by the same name
        first = declared
    if (size := without_sizes(declared)) is not None:
        variable.type = size
        first = declared
    elif variable.is_inferred and not is_item and any(map(_is_made_or_sized, walk(declared))):
        # mypy takes numbers of other sizes for the same, and modules that were made with others
        variable.type = _plain(declared)
        first = get_proper_type(copied(declared))
    if any(map(_is_known_tensor, walk(declared))):
        variable.type = _or_any(declared, loosened(declared) or replace(declared, _plain_in(declared)))
        variable.is_inferred = True  # what is unknown may be assigned then, and the name is unknown
        first = first or declared
    elif variable.is_inferred and any(map(_is_noted, walk(declared))):
        # mypy takes what differs from it in a note alone for the same
        variable.type = replace(declared, _without_note)
        first = first or declared
    elif variable.is_inferred and not is_item and any(one is not declared and _is_open(one) for one in walk(declared)):
        variable.type = replace(declared, _plain_in(declared))
        first = first or declared
    if (tensor := _of_parameter(declared)) is not None:
        variable.type = tensor  # `w = self.weight; w = w[None]` holds a tensor then
        variable.is_inferred = True
        first = first or declared
    return first


def _is_made_or_sized(proper: ProperType) -> bool:
    return has_size(proper) or (MADE_AT in kept_with(proper) and is_module(proper))


def _plain(type_: Type) -> Type:
    """The same of any size, and of modules whatever they were made with."""

    def one(proper: ProperType) -> Type | None:
        is_known = isinstance(proper, Instance) and _is_made_or_sized(proper)
        return Instance(proper.type, proper.args) if is_known and isinstance(proper, Instance) else None

    return replace(type_, one)


def _may_be_any(variable: Var) -> bool:
    declared = get_proper_type(variable.type)
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
    loose = unknown_like(proper) if isinstance(proper, Instance) else proper
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


def _plain_in(declared: ProperType) -> Callable[[ProperType], Type | None]:
    """The tensors of a type, whatever they hold; those in a container that are `Any` to plain mypy are so here."""

    def one(proper: ProperType) -> Type | None:
        return untold() if proper is not declared and _is_open(proper) else _loosened(proper)

    return one


def _is_open(proper: ProperType) -> bool:
    """Whether a tensor is `Any` to plain mypy."""
    return isinstance(proper, Instance) and as_tensor(proper) is not None and is_untyped(proper)


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
    return unknown_like(kept)
