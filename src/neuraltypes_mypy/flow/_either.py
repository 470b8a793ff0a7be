"""`p if normalize else logits`: mypy takes two types that differ in a note alone for one, and keeps the first.

What an operation gives by its nature is such a note, so where the branches do not agree on it, nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from mypy.nodes import (
    CallExpr,
    ConditionalExpr,
    Context,
    DictExpr,
    Expression,
    ForStmt,
    FuncDef,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    SetExpr,
    TupleExpr,
    Var,
)
from mypy.types import AnyType, ProperType, TupleType, Type, TypeOfAny, get_proper_type

from neuraltypes.rules import Produced
from neuraltypes_mypy.flow._open_uses import used
from neuraltypes_mypy.source._assigned import assignments_to
from neuraltypes_mypy.source._statements import bound, statements
from neuraltypes_mypy.tensors._atoms import note_of
from neuraltypes_mypy.tensors._elements import produced_of, produced_type
from neuraltypes_mypy.tensors._tensor import as_tensor
from neuraltypes_mypy.tensors._walk import replace, walk


def certain(type_: Type, expression: Context, function: object, api: Any) -> Type:
    """The type of an expression in a function, without the notes that only one branch of it speaks for."""
    proper = get_proper_type(type_)
    items = list(map(used, expression.items)) if isinstance(expression, TupleExpr) else []
    if isinstance(proper, TupleType) and items and len(items) == len(proper.items):
        pairs = zip(proper.items, items, strict=True)
        return proper.copy_modified(items=[certain(item, one, function, api) for item, one in pairs])
    type_ = _as_bound(type_, expression, api)
    if not any(map(_has_note, walk(type_))):
        return type_
    either = list(_either(expression, function, api, set()))
    if any(list(map(_name, one)) != list(map(_name, other)) for one, other in either):
        return replace(type_, lambda proper: _with_element(proper, AnyType(TypeOfAny.special_form)))
    return replace(type_, _by_any) if any(one != other for one, other in either) else type_


def _as_bound(type_: Type, expression: Context, api: Any) -> Type:
    """The type of a name with the note of what it holds now; mypy gives that of its first assignment."""
    tensor = as_tensor(type_) if isinstance(expression, NameExpr) and isinstance(expression.node, Var) else None
    if tensor is None or not isinstance(get_proper_type(tensor.args[2]), AnyType):
        return type_
    bound = api.binder.get(expression)
    held = None if bound is None else as_tensor(bound)
    element = None if held is None else get_proper_type(held.args[2])
    if not isinstance(element, AnyType) or note_of(element) == note_of(get_proper_type(tensor.args[2])):
        return type_
    return tensor.copy_modified(args=[*tensor.args[:2], element])


_Notes: TypeAlias = list[Produced | str | None]
_UNKNOWN: Final = "what cannot be seen"


def _either(expression: Context | None, function: object, api: Any, seen: set[Var]) -> Iterator[tuple[_Notes, _Notes]]:
    """The notes of both branches, wherever an expression is one of two."""
    match expression:
        case ConditionalExpr(if_expr=one, else_expr=other) | OpExpr(op="or" | "and", left=one, right=other):
            for branch in (one, other):
                yield from _either(branch, function, api, seen)
            yield _notes(one, api), _notes(other, api)
        case NameExpr(node=Var() as variable) if isinstance(function, FuncDef) and variable not in seen:
            seen.add(variable)
            for value in assignments_to(variable, function):
                yield from _either(value, function, api, seen)
            yield from _of_loops(variable, function, api, seen)
        case ListExpr() | SetExpr() | DictExpr() if isinstance(function, FuncDef):
            yield from _of_items(expression, function, api, seen)
        case IndexExpr(base=base):
            yield from _either(base, function, api, seen)


def _of_loops(variable: Var, function: FuncDef, api: Any, seen: set[Var]) -> Iterator[tuple[_Notes, _Notes]]:
    """Of a name that a loop binds, the notes of what the loop goes over."""
    loops = [one for one in statements(function.body) if isinstance(one, ForStmt)]
    over = [one.expr for one in loops if any(target.node is variable for target in bound(one))]
    for iterable in over:
        yield from _of_items(iterable, function, api, seen)
    if variable.is_index_var and not over:  # of a comprehension
        yield [None], [_UNKNOWN]


def _of_items(
    expression: Expression | None, function: FuncDef, api: Any, seen: set[Var]
) -> Iterator[tuple[_Notes, _Notes]]:
    """The notes of the items of a display, of which mypy keeps those of the first, wherever it stands in a value."""
    match expression:
        case ListExpr(items=items) | SetExpr(items=items) | TupleExpr(items=items):
            yield from ((_notes(items[0], api), _notes(one, api)) for one in items[1:])
        case DictExpr(items=pairs) if pairs:
            yield from ((_notes(pairs[0][1], api), _notes(one, api)) for _, one in pairs[1:])
        case CallExpr(callee=callee, args=args):
            for one in (*args, *([callee.expr] if isinstance(callee, MemberExpr) else [])):
                yield from _of_items(one, function, api, seen)
        case NameExpr(node=Var() as variable) if variable not in seen:
            seen.add(variable)
            for value in assignments_to(variable, function):
                yield from _of_items(value, function, api, seen)


def _notes(expression: Expression, api: Any) -> _Notes:
    type_ = api.lookup_type_or_none(expression)
    tensors = [] if type_ is None else [tensor for one in walk(type_) if (tensor := as_tensor(one)) is not None]
    elements = [get_proper_type(tensor.args[2]) for tensor in tensors]
    return [produced_of(element) or note_of(element) for element in elements]


def _name(note: Produced | str | None) -> str | None:
    return note.name if isinstance(note, Produced) else note


def _has_note(proper: ProperType) -> bool:
    tensor = as_tensor(proper)
    return tensor is not None and note_of(get_proper_type(tensor.args[2])) is not None


def _with_element(proper: ProperType, element: Type) -> Type | None:
    tensor = as_tensor(proper) if _has_note(proper) else None
    return None if tensor is None else tensor.copy_modified(args=[tensor.args[0], tensor.args[1], element])


def _by_any(proper: ProperType) -> Type | None:
    """A tensor of which both branches give the same, but by different operations."""
    tensor = as_tensor(proper)
    produced = None if tensor is None else produced_of(get_proper_type(tensor.args[2]))
    return None if produced is None else _with_element(proper, produced_type(Produced(produced.name)))
