"""Walks over analyzed types: every type inside one, and one with types inside replaced."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from mypy.nodes import TypeAlias
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    ProperType,
    TupleType,
    Type,
    TypeAliasType,
    TypedDictType,
    TypeType,
    TypeVarType,
    UnionType,
    UnpackType,
    get_proper_type,
)

_LEAVES: Final = (AnyType, NoneType, TypeVarType, LiteralType)  # nothing is inside of them


def walk(type_: Type) -> Iterator[ProperType]:
    """Every type inside `type_`, itself first; recursive aliases are entered once."""
    waiting = [type_]
    entered: set[object] = set()
    while waiting:
        next_ = waiting.pop()
        if isinstance(next_, TypeAliasType) and next_.is_recursive:
            if next_.alias in entered:
                continue
            entered.add(next_.alias)
        proper = get_proper_type(next_)
        yield proper
        if not isinstance(proper, _LEAVES):
            waiting += reversed(_children(proper))


def _children(proper: ProperType) -> Sequence[Type]:
    match proper:
        case Instance():
            return proper.args
        case TupleType():
            return proper.items
        case UnionType():
            return proper.items
        case CallableType():
            return [*proper.arg_types, proper.ret_type]
        case Overloaded():
            return proper.items
        case TypedDictType():
            return list(proper.items.values())
        case TypeType():
            return [proper.item]
        case UnpackType():
            return [proper.type]
        case _:
            return ()


def mentions_alias(type_: Type, alias: TypeAlias) -> bool:
    """Whether an alias stands inside a type: then, inside its own target, it is recursive."""
    return _mentions_alias(type_, alias, set())


def _mentions_alias(type_: Type, alias: TypeAlias, seen: set[TypeAlias]) -> bool:
    if not isinstance(type_, TypeAliasType):
        return isinstance(type_, ProperType) and any(_mentions_alias(t, alias, seen) for t in _children(type_))
    if type_.alias is alias:
        return True
    if type_.alias is None or type_.alias in seen:
        return False
    return _mentions_alias(type_.alias.target, alias, seen | {type_.alias})


def replace(type_: Type, change: Callable[[ProperType], Type | None]) -> Type:
    """`type_` with each type for which `change` gives another replaced; what is not changed stays the same object."""
    if isinstance(type_, TypeAliasType) and type_.is_recursive:
        return type_
    proper = get_proper_type(type_)
    changed = change(proper)
    if changed is not None:
        return changed
    if isinstance(proper, _LEAVES) or (isinstance(proper, Instance) and not proper.args):
        return type_
    rebuilt = _rebuild(proper, lambda child: replace(child, change))
    return type_ if rebuilt is proper else rebuilt


def _rebuild(proper: ProperType, step: Callable[[Type], Type]) -> ProperType:
    match proper:
        case Instance():
            args = list(map(step, proper.args))
            return proper if _same(args, proper.args) else proper.copy_modified(args=args)
        case TupleType():
            items = list(map(step, proper.items))
            return proper if _same(items, proper.items) else proper.copy_modified(items=items)
        case UnionType():
            items = list(map(step, proper.items))
            return proper if _same(items, proper.items) else get_proper_type(UnionType.make_union(items))
        case CallableType():
            arguments, result = list(map(step, proper.arg_types)), step(proper.ret_type)
            if _same(arguments, proper.arg_types) and result is proper.ret_type:
                return proper
            return proper.copy_modified(arg_types=arguments, ret_type=result)
        case TypedDictType():
            fields = {name: step(item) for name, item in proper.items.items()}
            if _same(list(fields.values()), list(proper.items.values())):
                return proper
            return proper.copy_modified(item_types=list(fields.values()))
        case TypeType():
            item = step(proper.item)
            return proper if item is proper.item else TypeType.make_normalized(item)
        case UnpackType():
            inner = step(proper.type)
            return proper if inner is proper.type else UnpackType(inner)
        case _:
            return proper


def _same(left: Sequence[Type], right: Sequence[Type]) -> bool:
    return all(map(operator.is_, left, right))
