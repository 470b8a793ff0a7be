"""Fields of records that were made in sight: behind `out = Out(hidden=x)`, `out.hidden` is what `x` was there."""

from __future__ import annotations

from typing import Any

from mypy.nodes import CallExpr, Expression, FuncDef, MemberExpr, NameExpr, RefExpr, TypeInfo, Var
from mypy.plugin import AttributeContext
from mypy.types import AnyType, Instance, ProperType, TupleType, Type, UnionType, UnpackType, get_proper_type

from neuraltypes_mypy.flow._made_records import made_record, part_of
from neuraltypes_mypy.source._source import read_source
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known


def is_field(info: TypeInfo, name: str) -> bool:
    """Whether an attribute is a field of a dataclass that may hold a tensor."""
    symbol = info.names.get(name) if "dataclass" in info.metadata else None
    node = None if symbol is None else symbol.node
    return isinstance(node, Var) and node.type is not None and _tensors_in(node.type)


def made_field(ctx: AttributeContext, declared: Type) -> Type:
    """What a field holds, where nothing can have changed the record since it was made."""
    read = ctx.context
    if ctx.is_lvalue or not isinstance(read, MemberExpr) or not _tensors_in(declared):
        return declared
    api: Any = ctx.api
    function = api.scope.current_function()
    made = made_record(read.expr, read.line, function)
    if not isinstance(made, CallExpr) or not _is_kept(read.expr, made, function, api):
        return declared
    given = part_of(made, read.name)
    type_: Type | None = None if given is None else api.lookup_type_or_none(given)
    tensor = None if type_ is None else as_tensor(type_)
    return declared if tensor is None or not is_known(tensor) else _with_tensor(declared, tensor)


def _tensors_in(type_: Type) -> bool:
    proper = get_proper_type(type_)
    items = proper.items if isinstance(proper, UnionType) else [proper]
    return sum(as_tensor(item) is not None for item in items) == 1


def _is_kept(record: Expression, made: CallExpr, function: object, api: Any) -> bool:
    """Whether a record still holds what it was made of: no field of it can be assigned, or none is in this function."""
    info = made.callee.node if isinstance(made.callee, RefExpr) else None
    if not isinstance(record, NameExpr) or not isinstance(info, TypeInfo):
        return record is made
    if info.is_named_tuple or info.metadata.get("dataclass", {}).get("frozen"):
        return True
    if not isinstance(function, FuncDef) or not hasattr(api, "tree"):
        return False
    return read_source(api.tree.path).only_reads(record.name, function.line, function.end_line)


def _with_tensor(declared: Type, given: Instance) -> Type:
    """The declared type of a field, with what is known of the tensor in it."""
    proper = get_proper_type(declared)
    if isinstance(proper, UnionType):
        return UnionType.make_union([_with_tensor(item, given) for item in proper.items])
    tensor = as_tensor(proper)
    if tensor is None:
        return declared
    parts = zip(map(get_proper_type, tensor.args), map(get_proper_type, given.args), strict=True)
    return tensor.copy_modified(args=[_more_of(wanted, known) for wanted, known in parts])


def _more_of(wanted: ProperType, known: ProperType) -> Type:
    if isinstance(known, AnyType):
        return known if isinstance(wanted, AnyType) else wanted
    if not isinstance(wanted, TupleType) or not isinstance(known, TupleType) or len(wanted.items) != len(known.items):
        return known
    if any(isinstance(item, UnpackType) for item in (*wanted.items, *known.items)):
        return known
    pairs = zip(wanted.items, known.items, strict=True)
    return known.copy_modified(items=[one if isinstance(get_proper_type(two), AnyType) else two for one, two in pairs])
