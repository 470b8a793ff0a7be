"""What made the parts of records: fields of dataclasses and named tuples, entries of dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    AssignmentStmt,
    CallExpr,
    DelStmt,
    DictExpr,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    RefExpr,
    Statement,
    StrExpr,
    TupleExpr,
    TypeInfo,
    Var,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import CallableType, Instance, NoneType, TupleType, Type, TypedDictType, UnionType, get_proper_type

from neuraltypes_mypy.flow._open_uses import used
from neuraltypes_mypy.source._assigned import assignments_to, is_parameter, last_assigned
from neuraltypes_mypy.source._statements import statements, unpacked_from

Key: TypeAlias = str | int
_CHANGES: Final = frozenset({"update", "pop", "popitem", "clear", "setdefault", "__setitem__"})
_MAPPINGS: Final = ("builtins.dict", "typing.Mapping", "typing.MutableMapping", "collections.OrderedDict")
_OWN: Final = ("__post_init__", "__setattr__", "__getattribute__", "__getattr__")


def made_record(record: Expression, line: int, function: object) -> Expression | None:
    """What made a record: a display, or a call; None where it may be several, or is changed after."""
    current: Expression | None = record
    seen: set[Var] = set()
    while isinstance(current, NameExpr):
        variable = current.node
        if (
            not isinstance(variable, Var)
            or variable in seen
            or not isinstance(function, FuncDef)
            or _is_changed(variable, function)
        ):
            return None
        seen.add(variable)
        value = _assigned(variable, function, line)
        if value is None:
            return None
        current, line = value, min(value.line, line)
    return current


def _assigned(variable: Var, function: FuncDef, line: int) -> Expression | None:
    """What a name holds above a line, where it is sure what that is."""
    last = last_assigned(variable, function, line)
    if last is not None:
        return last
    if is_parameter(variable, function):
        return None
    values, unpacked = assignments_to(variable, function), unpacked_from(variable, function)
    if values == [None] and unpacked is not None:
        items = unpacked[0].items if isinstance(unpacked[0], TupleExpr) else []
        return items[unpacked[1]] if len(items) == unpacked[2] else None
    return values[0] if len(values) == 1 else None


def part_of(made: Expression, key: Key) -> Expression | None:
    """What stands for a part where a record is made."""
    match made:
        case TupleExpr(items=items) if isinstance(key, int) and -len(items) <= key < len(items):
            return used(items[key])
        case DictExpr(items=pairs) if all(isinstance(one, StrExpr) for one, _ in pairs):
            found = [value for one, value in pairs if isinstance(one, StrExpr) and one.value == key]
            return used(found[-1]) if found else None
        case CallExpr(callee=RefExpr(node=TypeInfo() as info)):
            return _argument(made, info, key)
    return None


def _argument(call: CallExpr, info: TypeInfo, key: Key) -> Expression | None:
    """The argument of a constructor that becomes a field."""
    names = field_names(info)
    if not names or any(kind not in (ARG_POS, ARG_NAMED) for kind in call.arg_kinds):
        return None
    if isinstance(key, int):
        if info.tuple_type is None or not -len(names) <= key < len(names):
            return None
        key = names[key]
    given = {name or names[place]: one for place, (name, one) in enumerate(_named(call)) if name or place < len(names)}
    return given.get(key)


def _named(call: CallExpr) -> Iterator[tuple[str | None, Expression]]:
    return zip(call.arg_names, call.args, strict=True)


def field_names(info: TypeInfo) -> list[str]:
    """The fields of a record that holds what its constructor is given as it is, in order."""
    if info.tuple_type is not None:
        constructor = None if "__new__" not in info.names else info.names["__new__"].type
    elif "dataclass" in info.metadata and not any(info.get(name) is not None and name in _own(info) for name in _OWN):
        symbol = info.get("__init__")
        constructor = symbol.type if symbol is not None and symbol.plugin_generated else None
    else:
        constructor = None
    signature = None if constructor is None else get_proper_type(constructor)
    if not isinstance(signature, CallableType):
        return []
    names = [name or "" for name in signature.arg_names[1:]]
    return names if all(isinstance(getattr(info.get(name), "node", None), Var) for name in names) else []


def _own(info: TypeInfo) -> set[str]:
    return {name for base in info.mro if base.fullname != "builtins.object" for name in base.names}


def record_class(type_: Type) -> Instance | None:
    """The dataclass or dictionary that a type is of, beside None; None for what is no such."""
    proper = get_proper_type(type_)
    if isinstance(proper, UnionType):
        some = [record_class(item) for item in proper.items if not isinstance(get_proper_type(item), NoneType)]
        return some[0] if len(some) == 1 else None
    if not isinstance(proper, Instance):
        return None
    return proper if proper.type.fullname in _MAPPINGS or "dataclass" in proper.type.metadata else None


def keys_of(declared: Type, made: Expression | None) -> list[Key]:
    """The parts of a record that a function declares to give."""
    proper = get_proper_type(declared)
    if isinstance(proper, TupleType):
        return list(range(len(proper.items)))
    if isinstance(proper, TypedDictType):
        return list(proper.items)
    record = record_class(proper)
    if record is not None and record.type.fullname in _MAPPINGS:
        pairs = made.items if isinstance(made, DictExpr) else []
        return [one.value for one, _ in pairs if isinstance(one, StrExpr)]
    return [] if record is None else list(field_names(record.type))


def _is_changed(variable: Var, function: FuncDef) -> bool:
    """Whether a function puts something else into a record, or hands a dictionary on to what may do so."""
    return any(_changes(one, variable) for one in statements(function.body)) or any(
        isinstance(one, CallExpr) and _hands_on(one, variable) for one in get_subexpressions(function.body)
    )


def _changes(statement: Statement, variable: Var) -> bool:
    match statement:
        case AssignmentStmt(lvalues=targets):
            return any(_is_part(target, variable) for target in targets)
        case OperatorAssignmentStmt(lvalue=target) | DelStmt(expr=target):
            return _is_part(target, variable)
    return False


def _is_part(target: Expression, variable: Var) -> bool:
    match target:
        case MemberExpr(expr=NameExpr(node=node)) | IndexExpr(base=NameExpr(node=node)):
            return node is variable
        case TupleExpr(items=items):
            return any(_is_part(item, variable) for item in items)
    return False


def _hands_on(call: CallExpr, variable: Var) -> bool:
    callee = call.callee
    if isinstance(callee, MemberExpr) and isinstance(callee.expr, NameExpr) and callee.expr.node is variable:
        return callee.name in _CHANGES
    record = None if variable.type is None else record_class(variable.type)
    is_dictionary = record is None or record.type.fullname in _MAPPINGS
    return is_dictionary and any(isinstance(one, NameExpr) and one.node is variable for one in call.args)
