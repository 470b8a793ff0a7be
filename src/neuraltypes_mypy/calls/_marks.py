"""Signatures as mypy sees them at a call: parameters for any tensor, and marks on the axes that this call binds."""

from __future__ import annotations

from typing import Final

from mypy.types import CallableType, Instance, ProperType, TupleType, Type, TypeVarType, UnpackType, get_proper_type

from neuraltypes_mypy.tensors._atoms import note_of, noted_any
from neuraltypes_mypy.tensors._tensor import is_tensor, unknown

RESULT: Final = "?"  # before the notes of the axes and elements that a call binds


def widened(proper: ProperType) -> Type | None:
    """A tensor of any dtype, shape and element for a tensor; None for other types. Functions stay what they are."""
    if isinstance(proper, CallableType):
        return proper  # its axes are its own, and mypy compares functions
    if is_tensor(proper):
        return proper.copy_modified(args=[unknown(), unknown(), unknown()])
    return None


def marked(proper: ProperType) -> Type | None:
    """The axes of a declared result as notes that only this call's bindings replace."""
    if not is_tensor(proper):
        return None
    shape, element = get_proper_type(proper.args[1]), get_proper_type(proper.args[2])
    axes: Type = shape.copy_modified(items=list(map(_mark, shape.items))) if isinstance(shape, TupleType) else shape
    if isinstance(element, TypeVarType):
        element = noted_any(RESULT + element.name)
    return proper.copy_modified(args=[proper.args[0], axes, element])


def _mark(item: Type) -> Type:
    proper = get_proper_type(item)
    if isinstance(proper, UnpackType):
        inner = get_proper_type(proper.type)
        return UnpackType(inner.copy_modified(args=[_mark(inner.args[0])])) if isinstance(inner, Instance) else item
    text = proper.name if isinstance(proper, TypeVarType) else note_of(proper)
    return item if text is None else noted_any(RESULT + text)


def is_marked(item: Type) -> bool:
    """Whether an axis, or a rest of axes, is marked."""
    return (_note_in(item) or "").startswith(RESULT)


def _note_in(item: Type) -> str | None:
    proper = get_proper_type(item)
    if isinstance(proper, UnpackType):
        inner = get_proper_type(proper.type)
        return _note_in(inner.args[0]) if isinstance(inner, Instance) and inner.args else None
    return note_of(proper)
