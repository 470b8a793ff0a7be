"""Numbers that are the defaults of parameters which braces read: `def f(x: Float[Tensor, "b t"], size: int = 4)`.

A signature of mypy's says that there is a default, not which; so the number is kept with the parameter's type, where
mypy's cache and its daemon see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeGuard

from mypy.nodes import FuncDef, IntExpr
from mypy.types import CallableType, Instance, ProperType, TypeVarType, get_proper_type

from neuraltypes._sizes import Size, number
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.tensors._atoms import atom, note_of, size_of_atom
from neuraltypes_mypy.tensors._walk import walk

_DEFAULT: Final = "neuraltypes default"


def keep_defaults(function: FuncDef) -> None:
    """Keep the defaults that the axes of a function read with the types of its parameters."""
    signature = function.type
    if not isinstance(signature, CallableType) or len(signature.arg_types) != len(function.arguments):
        return
    read: str | None = None
    for place, argument in enumerate(function.arguments):
        declared = get_proper_type(signature.arg_types[place])
        if not isinstance(argument.initializer, IntExpr) or not _is_int(declared):
            continue
        read = " ".join(_braces(signature)) if read is None else read
        if f"{{{argument.variable.name}}}" in read:
            kept = atom(number(argument.initializer.value), str(argument.initializer.value), declared)
            signature.arg_types[place] = declared.copy_with_extra_attr(_DEFAULT, kept)


def _is_int(type_: ProperType) -> TypeGuard[Instance]:
    return isinstance(type_, Instance) and type_.type.fullname == "builtins.int"


def _braces(signature: CallableType) -> Iterator[str]:
    for type_ in walk(signature):
        text = type_.name if isinstance(type_, TypeVarType) else note_of(type_)
        if text is not None and "{" in text:
            yield text


def defaults_taken(signature: CallableType, args: Sequence[Sequence[Any]]) -> dict[str, Size]:
    """The defaults of the parameters that a call leaves alone."""
    taken: dict[str, Size] = {}
    for name, type_, given in zip(signature.arg_names, signature.arg_types, args, strict=True):
        kept = None if given or name is None else attribute_of(type_, _DEFAULT)
        size = None if kept is None else size_of_atom(kept)
        if name is not None and size is not None:
            taken[name] = size
    return taken
