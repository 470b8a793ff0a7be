"""`x.shape[1:]` and `x.shape + (3,)`: a `torch.Size` still, of which the sizes are known.

mypy slices the type of a tuple itself, to one of a plain tuple, which has no `numel` and fits no `Size`. So a shape
that is sliced where it stands is a `Size` that carries its sizes out of mypy's sight.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import Expression, SliceExpr
from mypy.plugin import AttributeContext, MethodContext
from mypy.types import Instance, ProperType, TupleType, Type, get_proper_type

from neuraltypes_mypy.base._names import SIZE
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.sizes._sizes_of import size_of_expression
from neuraltypes_mypy.source._source import read_source

_SHAPE: Final = "neuraltypes:shape"


def as_written(shape: TupleType, ctx: AttributeContext | MethodContext) -> Type:
    """The type of a shape where it stands in the source."""
    api: Any = ctx.api
    context = ctx.context
    end = (context.end_line or context.line, context.end_column or context.column)
    if read_source(api.tree.path).is_sliced(end):
        return shape.partial_fallback.copy_with_extra_attr(_SHAPE, shape)
    return shape


def sliced(ctx: MethodContext) -> Type:
    """`x.shape[1:]`."""
    shape = _carried(ctx.type)
    index = ctx.args[0][0] if ctx.args and ctx.args[0] else None
    if shape is None or not isinstance(index, SliceExpr):
        return ctx.default_return_type
    bounds: list[int | None] = []
    for bound in (index.begin_index, index.end_index, index.stride):
        place = _constant(bound, ctx.api)
        if bound is not None and place is None:
            return ctx.default_return_type
        bounds.append(place)
    return ctx.default_return_type if bounds[2] == 0 else shape.copy_modified(items=shape.items[slice(*bounds)])


def joined(ctx: MethodContext) -> Type:
    """`x.shape + (3,)`."""
    left = ctx.type
    right = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if not isinstance(left, TupleType) or not isinstance(right, TupleType) or not _is_size(ctx.default_return_type):
        return ctx.default_return_type
    return left.copy_modified(items=[*left.items, *right.items])


def _is_size(type_: Type) -> bool:
    proper = get_proper_type(type_)
    return isinstance(proper, Instance) and proper.type.fullname == SIZE


def _constant(expression: Expression | None, api: Any) -> int | None:
    size = None if expression is None else size_of_expression(expression, api)
    return None if size is None else size.constant


def _carried(type_: ProperType) -> TupleType | None:
    shape = attribute_of(type_, _SHAPE)
    return shape if isinstance(shape, TupleType) else None
