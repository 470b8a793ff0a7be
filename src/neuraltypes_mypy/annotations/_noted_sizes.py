"""Sizes in signatures that mypy would take amiss as type variables: they stay notes there.

mypy reports an assignment twice where the setter of a property is generic; and it compares the function behind
overloads with each of them, where it solves for no variables in unions of tensors that it cannot tell apart.
"""

from __future__ import annotations

from mypy.nodes import Decorator, FuncDef, OverloadedFuncDef, SymbolTable
from mypy.types import CallableType, ProperType, Type, UnionType, get_proper_type

from neuraltypes_mypy.tensors._atoms import noted_any, size_of_atom
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor
from neuraltypes_mypy.tensors._walk import replace


def note_sizes(function: FuncDef, names: SymbolTable) -> None:
    """Make notes of such sizes in the parameters of a function, which stands among these names."""
    symbol, signature = names.get(function.name), function.type
    overloads = None if symbol is None else symbol.node
    if not isinstance(overloads, OverloadedFuncDef) or not isinstance(signature, CallableType):
        return
    is_setter = overloads.is_property and function in map(_function, overloads.items[1:])
    is_behind = not overloads.is_property and _function(overloads.unanalyzed_items[-1]) is function
    if is_setter or is_behind:
        signature.arg_types = [
            replace(type_, _noted) if is_setter or _is_choice(type_) else type_ for type_ in signature.arg_types
        ]


def _function(item: object) -> object:
    return item.func if isinstance(item, Decorator) else item


def _is_choice(type_: Type) -> bool:
    """Whether a type is one of several tensors with the same number of axes, which mypy cannot tell apart."""
    proper = get_proper_type(type_)
    items = proper.items if isinstance(proper, UnionType) else []
    shapes = [read_tensor(tensor).shape for item in items if (tensor := as_tensor(item)) is not None]
    counts = [None if shape is None else len(shape) for shape in shapes]
    return len(set(counts)) < len(counts)


def _noted(proper: ProperType) -> Type | None:
    size = size_of_atom(proper)
    return noted_any(str(size)) if size is not None and size.constant is None else None
