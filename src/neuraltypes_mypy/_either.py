"""`p if normalize else logits`: mypy takes two types that differ in a note alone for one, and keeps the first.

What an operation gives by its nature is such a note, so where the branches do not agree on it, nothing is known of it.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import ConditionalExpr, Context, Expression, FuncDef, NameExpr, OpExpr, TupleExpr, Var
from mypy.types import AnyType, ProperType, TupleType, Type, TypeOfAny, get_proper_type

from neuraltypes_mypy._atoms import note_of
from neuraltypes_mypy._sizes_of import assignments_to
from neuraltypes_mypy._tensor import as_tensor
from neuraltypes_mypy._walk import replace, walk


def certain(type_: Type, expression: Context, function: object, api: Any) -> Type:
    """The type of an expression in a function, without the notes that only one branch of it speaks for."""
    proper = get_proper_type(type_)
    items = expression.items if isinstance(expression, TupleExpr) else []
    if isinstance(proper, TupleType) and items and len(items) == len(proper.items):
        pairs = zip(proper.items, items, strict=True)
        return proper.copy_modified(items=[certain(item, one, function, api) for item, one in pairs])
    if not any(map(_has_note, walk(type_))) or not _is_either(expression, function, api, set()):
        return type_
    return replace(type_, _without_note)


def _is_either(expression: Context | None, function: object, api: Any, seen: set[Var]) -> bool:
    match expression:
        case ConditionalExpr(if_expr=one, else_expr=other) | OpExpr(op="or" | "and", left=one, right=other):
            is_nested = any(_is_either(branch, function, api, seen) for branch in (one, other))
            return is_nested or _notes(one, api) != _notes(other, api)
        case NameExpr(node=Var() as variable) if isinstance(function, FuncDef) and variable not in seen:
            seen.add(variable)
            values = assignments_to(variable, function)
            return any(_is_either(value, function, api, seen) for value in values)
        case _:
            return False


def _notes(expression: Expression, api: Any) -> list[str | None]:
    type_ = api.lookup_type_or_none(expression)
    tensors = [] if type_ is None else [tensor for one in walk(type_) if (tensor := as_tensor(one)) is not None]
    return [note_of(get_proper_type(tensor.args[2])) for tensor in tensors]


def _has_note(proper: ProperType) -> bool:
    tensor = as_tensor(proper)
    return tensor is not None and note_of(get_proper_type(tensor.args[2])) is not None


def _without_note(proper: ProperType) -> Type | None:
    tensor = as_tensor(proper) if _has_note(proper) else None
    plain = AnyType(TypeOfAny.special_form)
    return None if tensor is None else tensor.copy_modified(args=[tensor.args[0], tensor.args[1], plain])
