"""Which function an annotation belongs to: its axis names are that function's, as type variables are.

In a signature each name is a type variable of the function; inside the body it stands for one size. Names that only
the result mentions are bound by nothing and stay unknown, as do names outside of functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mypy.nodes import AssignmentStmt, FuncDef, MemberExpr, SymbolTable, TypeInfo
from mypy.types import (
    CallableType,
    Type,
    TypeVarId,
    TypeVarLikeType,
    TypeVarType,
    UnboundType,
    get_proper_type,
)

from neuraltypes._axes import Axes, Axis, FixedAxis, NamedAxis, SymbolicAxis, VariadicAxis, python_expression
from neuraltypes._sizes import Size, Symbol, named, number, size_from_expression
from neuraltypes._unify import ARGUMENT
from neuraltypes_mypy.annotations._defaults import keep_defaults
from neuraltypes_mypy.annotations._noted_sizes import note_sizes
from neuraltypes_mypy.annotations._overriding import Overriding, overrides
from neuraltypes_mypy.annotations._results import Results
from neuraltypes_mypy.base._names import FOREIGN
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.flow._identity import open_identities
from neuraltypes_mypy.flow._settling_calls import instrument_unanalyzed
from neuraltypes_mypy.sizes._class_sizes import attribute_size, inherited_sizes, is_computed
from neuraltypes_mypy.source._displays import open_displays
from neuraltypes_mypy.source._returns import announce_returns
from neuraltypes_mypy.source._statements import scope_name
from neuraltypes_mypy.source._unasked import ask_for_signatures
from neuraltypes_mypy.tensors._atoms import size_of_atom
from neuraltypes_mypy.tensors._walk import walk

_AXIS: Final = "_nt_axis_"
_COMPUTED: Final = frozenset("+-*/%({")
_ELEMENT: Final = "neuraltypes element "
_NO_RECORDS: Final = frozenset({"None", "Any", "Self", "NoReturn", "Path"})
_LAST: Final = 9  # behind the patches of mypy's own


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an annotation stands: the function whose names it may use, and which of them are bound there."""

    name: str = ""
    bound: frozenset[str] = frozenset()
    binds: bool = False
    owner: TypeInfo | None = None
    is_inside: bool = False  # in the body, where mypy knows sizes by their names alone

    def size_of(self, axis: Axis) -> Size | None:
        """The size of a declared axis, in the names of this scope; None where nothing binds it."""
        match axis:
            case FixedAxis(size=size):
                return number(size)
            case NamedAxis(name=name, treepath=False):
                return self._named(name)
            case SymbolicAxis():
                return size_from_expression(python_expression(axis, _axis_variable), self._read)
            case _:
                return None

    def _named(self, name: str) -> Size | None:
        return named(name, self.name) if self.name and (self.binds or name in self.bound) else None

    def _read(self, name: str) -> Size | None:
        if name.startswith(_AXIS):
            axis = name.removeprefix(_AXIS)
            return named(axis, self.name) if self.name and (axis in self.bound or self.binds) else None
        if name.startswith("self.") and name.count(".") <= 2:
            size = None if self.owner is None else _attribute(self.owner, name.removeprefix("self."))
            return None if self.is_inside and self.owner and size and _has_other_names(size, self.owner) else size
        return named(name, ARGUMENT + self.name) if self.name and name.isidentifier() else None


def _axis_variable(name: str) -> str:
    return _AXIS + name


class Scopes:
    """The functions whose signatures were read in this run, until mypy has to know their type variables."""

    def __init__(self) -> None:
        self._bound: dict[str, set[str]] = {}
        self._pending: list[tuple[FuncDef, SymbolTable]] = []  # with the names that it stands among
        self._failure: Exception | None = None
        self.results = Results()
        self.overriding = Overriding()

    def scope_of(self, annotation: Type, analyzer: Any) -> Scope:
        """The scope of an annotation, as mypy's type analyzer stands at it."""
        semantic = analyzer.api
        statement, stack = semantic.statement, semantic.function_stack
        if not analyzer.tvar_scope.namespace or _is_attribute(statement):
            return Scope()  # inside a `Callable`, whose names are its own, or of what outlives the call
        if (
            isinstance(statement, FuncDef)
            and not (stack and stack[-1] is statement)
            and _is_in_signature(annotation, statement)
        ):
            return self._signature_scope(annotation, statement, semantic)
        for function in reversed(stack):
            if isinstance(function, FuncDef) and (bound := self._names_of(function)):
                return Scope(scope_name(function), frozenset(bound), owner=_class_of(function), is_inside=True)
        return Scope()

    def announce(self, annotation: Type, analyzer: Any) -> None:
        """Follow what a function returns that says no more of it than that it is a tensor."""
        semantic = analyzer.api
        function, stack = semantic.statement, semantic.function_stack
        if not isinstance(function, FuncDef) or not isinstance(function.type, CallableType):
            return
        is_body = bool(stack) and stack[-1] is function
        is_ours = semantic.cur_mod_id.partition(".")[0] not in FOREIGN
        result = function.type.ret_type
        if is_ours and not is_body and (_contains(result, annotation) or _may_be_record(result)):
            announce_returns(function)

    def bind(self, scope: Scope, axes: Axes) -> None:
        """Remember what the axes of a parameter bind."""
        if scope.binds:
            named_axes = (axis for axis in axes if isinstance(axis, NamedAxis | VariadicAxis))
            names = {axis.name for axis in named_axes if axis.name and not axis.broadcastable}
            self._bound.setdefault(scope.name, set()).update(names)

    def flush(self) -> None:
        """Make the functions read so far generic over the sizes that their signatures name."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        while self._pending:
            function, names = self._pending.pop()
            if isinstance(function.type, CallableType):
                self.results.hide(function)
                self.overriding.hide(function)
                keep_defaults(function)
                note_sizes(function, names)
                make_generic(function.type)

    def _flush_early(self) -> None:
        """The same where mypy asks for nothing; a failure is said where it asks next."""
        try:
            self.flush()
        except Exception as error:  # noqa: BLE001 - whatever it is, mypy must go on
            self._failure = error

    def _signature_scope(self, annotation: Type, function: FuncDef, semantic: Any) -> Scope:
        if not any(function is pending for pending, _ in self._pending):
            self._pending.append((function, function.info.names if function.info else semantic.globals))
            if len(self._pending) == 1:  # a decorator is the first to see the type, and mypy asks no plugin about it
                semantic.schedule_patch(_LAST, self._flush_early)
            instrument_unanalyzed(function)
            ask_for_signatures(function)
            open_displays(function)
            open_identities(function)
        name = scope_name(function)
        assert isinstance(function.type, CallableType)
        is_result = _contains(function.type.ret_type, annotation)
        if is_result or _may_be_record(function.type.ret_type):
            announce_returns(function)
        if overrides(function) or (is_result and _may_compute(annotation)):
            self.results.announce(function)
        bound = frozenset(self._bound.get(name, ()))
        return Scope(name, bound, binds=not is_result, owner=_class_of(function))

    def _names_of(self, function: FuncDef) -> set[str]:
        return self._bound.get(scope_name(function), set())


def _may_be_record(result: Type) -> bool:
    """Whether a result that mypy has not looked up may be a record of the project: a name that is capitalized."""
    names = [one.name.rpartition(".")[2] for one in options_of(result) if isinstance(one, UnboundType)]
    return any(name[:1].isupper() and name not in _NO_RECORDS for name in names)


def make_generic(signature: CallableType) -> None:
    """Add the sizes and elements that a signature names to its type variables."""
    known = {variable.id for variable in signature.variables}
    found: list[TypeVarLikeType] = []
    for type_ in walk(signature):
        if isinstance(type_, TypeVarType) and _is_free(type_) and type_.id not in known:
            known.add(type_.id)
            found.append(type_)
    signature.variables = (*signature.variables, *found)


def _is_free(variable: TypeVarType) -> bool:
    size = size_of_atom(variable)
    return variable.id.namespace.startswith(_ELEMENT) if size is None else size.constant is None


def element_variable_id(name: str, scope: str) -> TypeVarId:
    """What tells the element variable of one function from those of others."""
    return TypeVarId(-1, namespace=f"{_ELEMENT}{name} {scope}")


def body_scope(api: Any) -> Scope:
    """The scope of an annotation in the body that the checker is in."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef) or not isinstance(function.type, CallableType):
        return Scope()
    name = scope_name(function)
    sizes = (size_of_atom(type_) for type_ in walk(function.type) if isinstance(type_, TypeVarType))
    names = {symbol.name for size in sizes if size is not None for symbol in size.symbols() if symbol.scope == name}
    return Scope(name, frozenset(names), owner=_class_of(function), is_inside=True)


def _has_other_names(size: Size, owner: TypeInfo) -> bool:
    """Whether a size is one that a class gives to a constructor behind its own, under another name there."""
    inherited = inherited_sizes(owner)
    return any(Symbol(one.name.partition(".")[0], one.scope) in inherited for one in size.symbols())


def _class_of(function: FuncDef) -> TypeInfo | None:
    return function.info or None


def _attribute(owner: TypeInfo, name: str) -> Size | None:
    """The size that an attribute holds, as the code of the class knows it; a part or a computed one may hold any."""
    size = attribute_size(owner, name)
    return named(name, owner.fullname) if size is None and not ("." in name or is_computed(owner, name)) else size


def _may_compute(annotation: Type) -> bool:
    """Whether an axis of an annotation may be computed; an alias may say anything."""
    args = annotation.args if isinstance(annotation, UnboundType) else ()
    if len(args) != 2:
        return True
    text = getattr(args[1], "literal_value", None) or getattr(args[1], "original_str_expr", None)
    return not isinstance(text, str) or not _COMPUTED.isdisjoint(text)


def _is_attribute(statement: Any) -> bool:
    return isinstance(statement, AssignmentStmt) and isinstance(statement.lvalues[0], MemberExpr)


def _is_in_signature(annotation: Type, function: FuncDef) -> bool:
    return isinstance(function.type, CallableType) and any(
        _contains(type_, annotation) for type_ in (*function.type.arg_types, function.type.ret_type)
    )


def _contains(type_: Type, wanted: Type) -> bool:
    return type_ is wanted or any(_contains(child, wanted) for child in children_of(type_))


def children_of(type_: Type) -> list[Type]:
    """The types directly inside one that mypy has not analyzed yet."""
    if isinstance(type_, UnboundType):
        return list(type_.args)
    proper = get_proper_type(type_)
    if isinstance(proper, CallableType):
        return [*proper.arg_types, proper.ret_type]
    items = getattr(type_, "items", None)
    if isinstance(items, dict):
        return list(items.values())
    if isinstance(items, list):
        return items
    inner = getattr(type_, "type", None)
    return [inner] if isinstance(inner, Type) else []
