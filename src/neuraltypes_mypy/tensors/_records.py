"""Records: `out.encoded` is the item that this call gave, not only the field that its class declares."""

from __future__ import annotations

from mypy.nodes import TypeInfo
from mypy.plugin import AttributeContext, MethodContext
from mypy.types import TupleType, Type, get_proper_type

from neuraltypes_mypy.tensors._mentions import mentions_tensors
from neuraltypes_mypy.tensors._pairs import item_names


def is_record(info: TypeInfo) -> bool:
    """Whether a class is a `NamedTuple`."""
    return info.is_named_tuple


def item(ctx: AttributeContext) -> Type:
    """An item by its name, as it is by its place."""
    record, name = ctx.type, getattr(ctx.context, "name", "")
    if ctx.is_lvalue or not isinstance(record, TupleType):
        return ctx.default_attr_type
    names = item_names(record)
    found = record.items[names.index(name)] if name in names else None
    return found if found is not None and mentions_tensors(found) else ctx.default_attr_type


def replaced(ctx: MethodContext, result: Type) -> Type:
    """`_replace` gives a record of other items: of those that were replaced no more is known than is declared."""
    record = get_proper_type(result)
    declared = record.partial_fallback.type.tuple_type if isinstance(record, TupleType) else None
    if not isinstance(record, TupleType) or declared is None or len(declared.items) != len(record.items):
        return result
    new = {name for names in ctx.arg_names for name in names} | {
        ctx.callee_arg_names[number] for number, given in enumerate(ctx.args) if given
    }
    names = item_names(record)
    is_open = any(kind.is_star() for kinds in ctx.arg_kinds for kind in kinds)
    items = [
        wanted if (is_open or name in new) and mentions_tensors(wanted) else known
        for name, wanted, known in zip(names, declared.items, record.items, strict=False)
    ]
    return record.copy_modified(items=items) if len(items) == len(record.items) else result
