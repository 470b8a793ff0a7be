"""Axes as types of mypy: what one item of a tensor's shape is.

A size that is known, be it a number or an expression over names, is a type variable with an `int` bound: mypy prints
it by its name, compares it by its id and can solve for it in a call. Its id is the size in normal form. What must agree
with everything is `Any`, which may carry a note for the plugin alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from mypy.types import AnyType, Instance, ProperType, Type, TypeOfAny, TypeVarId, TypeVarType

from neuraltypes._sizes import Factor, Quotient, Size, Symbol, number, size_from_expression

_PREFIX: Final = "neuraltypes:"
_MAX_KNOWN: Final = 8192
_known: Final[dict[str, Size]] = {}
_made: Final[dict[tuple[Size, str], TypeVarType]] = {}
_SCOPED: Final = re.compile(r"([^\W\d][\w.]*(?:\[\d+\])?)@((?:int )?[\w.:<>-]*)")


def atom(size: Size, text: str, int_type: Instance) -> TypeVarType:
    """The type of an axis of this size, which is printed as `text`; one object as long as mypy's `int` is the same."""
    made = _made.get((size, text))
    if made is not None and made.upper_bound is int_type:
        return made
    identity = _PREFIX + _write(size)
    if identity not in _known and all(_SCOPED.fullmatch(f"{name}@{scope}") for name, scope in size.symbols()):
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        _known[identity] = size
    default = AnyType(TypeOfAny.special_form)
    made = TypeVarType(text, identity, TypeVarId(-1, namespace=identity), [], int_type, default)
    if len(_made) >= _MAX_KNOWN:
        _made.clear()
    _made[size, text] = made
    return made


def size_of_atom(type_: ProperType) -> Size | None:
    """The size that a type stands for, or None when it is no atom."""
    return size_of_identity(type_.fullname) if isinstance(type_, TypeVarType) else None


def size_of_identity(identity: str) -> Size | None:
    """The size of the atom with that full name, or None when it is no atom's."""
    if not identity.startswith(_PREFIX):
        return None
    return _known[identity] if identity in _known else _read(identity)


def symbols_of(types: Iterable[ProperType]) -> frozenset[Symbol]:
    """The names in the sizes that types stand for."""
    sizes = map(size_of_atom, types)
    return frozenset(symbol for size in sizes if size is not None for symbol in size.symbols())


def is_atom(type_: Type) -> bool:
    """Whether a type is that of an axis."""
    return isinstance(type_, TypeVarType) and type_.fullname.startswith(_PREFIX)


def noted_any(note: str) -> AnyType:
    """An `Any` that carries a note, also through mypy's cache."""
    source = AnyType(TypeOfAny.from_unimported_type, missing_import_name=_PREFIX + note)
    return AnyType(TypeOfAny.from_another_any, source_any=source)


def note_of(type_: ProperType) -> str | None:
    """The note on an `Any`, or None."""
    name = type_.missing_import_name if isinstance(type_, AnyType) else None
    return name.removeprefix(_PREFIX) if name is not None and name.startswith(_PREFIX) else None


def size_text(size: Size) -> str:
    """A size with the scope of each name, for a note; `size_of_text` gives it back."""
    return _write(size)


def size_of_text(text: str) -> Size | None:
    """The size that `size_text` wrote."""
    return _read(_PREFIX + text)


@lru_cache(maxsize=8192)
def _write(size: Size) -> str:
    """A size with the scope of each name, from which `_read` makes an equal one."""
    parts = []
    for factors, coefficient in size.terms:
        parts.append("*".join([f"({coefficient})", *map(_write_factor, factors)]))
    return "+".join(parts) or "0"


def _write_factor(factor: Factor) -> str:
    if isinstance(factor, Quotient):
        return f"(({_write(factor.left)}){factor.operator}({_write(factor.right)}))"
    return f"{factor.name}@{factor.scope}"


@lru_cache(maxsize=8192)
def _read(identity: str) -> Size | None:
    symbols: dict[str, Size] = {}

    def placeholder(match: re.Match[str]) -> str:
        variable = f"_s{len(symbols)}"
        symbols[variable] = Size((((Symbol(match[1], match[2]),), 1),))
        return variable

    text = _SCOPED.sub(placeholder, identity.removeprefix(_PREFIX))
    return size_from_expression(text, symbols.get) if text != "0" else number(0)
