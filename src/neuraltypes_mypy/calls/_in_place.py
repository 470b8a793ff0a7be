"""Containers that are written where they are handed in: `f([x, y])`, `f(g(x) for x in xs)`, `f({"a": [x]})`.

mypy types them by what the parameter takes, which for a call is any tensor. What stands inside is known one by one.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import (
    CallExpr,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    Expression,
    GeneratorExpr,
    ListComprehension,
    ListExpr,
    NameExpr,
    SetComprehension,
    SetExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
)
from mypy.types import Instance, TupleType, Type, TypedDictType, UnionType, get_proper_type

from neuraltypes_mypy.tensors._tensor import as_tensor, unknown
from neuraltypes_mypy.tensors._walk import walk

_ORDERED: Final = (GeneratorExpr, ListComprehension, ListExpr, TupleExpr)
_COPIES: Final = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted"})


def in_place(given: Type, expression: Expression, api: Any) -> Type:
    """The type of an argument; of a container written in place, or of branches, that of each, which mypy has joined."""
    found = _written(given, expression, api)
    return given if found is None else found


def _written(given: Type, expression: Expression, api: Any) -> Type | None:
    """What is known part by part; None where nothing is, or not of each part."""
    record = get_proper_type(given)
    if isinstance(record, TypedDictType):
        return _of_entries(record, expression, api)
    match expression:
        case ConditionalExpr(if_expr=one, else_expr=other):
            branches = [api.lookup_type_or_none(branch) for branch in (one, other)]
            is_known = all(branch is not None and as_tensor(branch) is not None for branch in branches)
            return UnionType(branches) if is_known else None
        case ListExpr(items=items) | SetExpr(items=items) | TupleExpr(items=items):
            return _of_items(items, api)
        case DictExpr(items=pairs):
            known = [(key, value) for key, value in pairs if not _is_opening(value)]
            return _of_items([value for _, value in known], api) if all(key for key, _ in known) else None
        case ListComprehension(generator=generator) | SetComprehension(generator=generator):
            return _of_each(given, generator.left_expr, api)
        case GeneratorExpr(left_expr=item) | DictionaryComprehension(value=item):
            return _of_each(given, item, api)
        case CallExpr(callee=NameExpr(fullname=name), args=[copied]) if name in _COPIES:
            return _written(given, copied, api) if isinstance(copied, _ORDERED) else None
        case _:
            return None


def _of_entries(record: TypedDictType, expression: Expression, api: Any) -> Type | None:
    """A TypedDict that is made in place, with what stands for each of its entries."""
    match expression:
        case DictExpr(items=pairs):
            written = [(key.value if isinstance(key, StrExpr) else None, value) for key, value in pairs]
        case CallExpr(args=args, arg_names=names):
            written = list(zip(names, args, strict=True))
        case _:
            return None
    types = {name: _part(value, api) for name, value in written if name is not None}
    known = {name: type_ for name, type_ in types.items() if type_ is not None and name in record.items}
    items = [known.get(name, declared) for name, declared in record.items.items()]
    return record.copy_modified(item_types=items) if known and len(types) == len(written) else None


def _of_items(items: list[Expression], api: Any) -> Type | None:
    types = [_part(item, api) for item in items if not _is_opening(item)]
    known = [type_ for type_ in types if type_ is not None]
    if not known or len(known) < len(types):
        return None
    return TupleType(known, api.named_generic_type("builtins.tuple", [unknown()]))


def _is_opening(item: Expression) -> bool:
    """Whether this is what opens a display, `*()` or what stands behind `**`, see `_displays`."""
    inner = item.expr if isinstance(item, StarExpr) else item
    return isinstance(inner, TupleExpr | DictExpr) and not inner.items


def _of_each(given: Type, item: Expression, api: Any) -> Type | None:
    """A comprehension, or a generator, of what one expression gives."""
    container, held = get_proper_type(given), _part(item, api)
    if held is None or not isinstance(container, Instance) or not container.args:
        return None
    is_generator = container.type.fullname in ("typing.Generator", "typing.AsyncGenerator")
    before, behind = (0, container.args[1:]) if is_generator else (len(container.args) - 1, ())
    return container.copy_modified(args=[*container.args[:before], held, *behind])


def _part(expression: Expression, api: Any) -> Type | None:
    """The type of what stands in a container, if it holds tensors."""
    type_: Type | None = api.lookup_type_or_none(expression)
    if type_ is None:
        return None
    written = _written(type_, expression, api)
    if written is not None:
        return written
    return type_ if any(as_tensor(inner) is not None for inner in walk(type_)) else None
