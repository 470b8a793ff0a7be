"""Comparisons of shapes as they are written (`x.ndim == 3`), and the shape that is left where one holds."""

from __future__ import annotations

from mypy.nodes import CallExpr, Expression, IndexExpr, MemberExpr, NameExpr
from mypy.types import Type, UnionType, get_proper_type

from neuraltypes._sizes import Size
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor


def subject_of(expression: Expression) -> Expression | None:
    """The tensor of which an expression is the `ndim`, the `shape`, or one size."""
    match expression:
        case MemberExpr(name="ndim" | "shape"):
            return expression.expr
        case CallExpr(callee=MemberExpr(name="dim" | "ndimension"), args=[]):
            return expression.callee.expr if isinstance(expression.callee, MemberExpr) else None
        case CallExpr(callee=MemberExpr(name="size"), args=[_]):
            return expression.callee.expr if isinstance(expression.callee, MemberExpr) else None
        case IndexExpr(base=MemberExpr(name="shape") as base):
            return base.expr
        case CallExpr(callee=NameExpr(fullname="builtins.len"), args=[MemberExpr(name="shape") as shape]):
            return shape.expr
        case _:
            return None


def is_ndim(expression: Expression) -> bool:
    if isinstance(expression, CallExpr):
        callee = expression.callee
        return isinstance(callee, NameExpr) or (isinstance(callee, MemberExpr) and callee.name != "size")
    return isinstance(expression, MemberExpr) and expression.name == "ndim"


def of_ndim(type_: Type, ndim: Size | None, *, is_equal: bool) -> Type | None:
    """What a type leaves of a union of tensors if their number of axes is this, or is another; None if nothing."""
    proper = get_proper_type(type_)
    if not isinstance(proper, UnionType) or ndim is None or ndim.constant is None:
        return type_
    kept = [item for item in proper.items if _may_have(item, ndim.constant, is_equal=is_equal)]
    return UnionType.make_union(kept) if kept else None


def _may_have(type_: Type, ndim: int, *, is_equal: bool) -> bool:
    tensor = as_tensor(type_)
    shape = None if tensor is None else read_tensor(tensor).shape
    if shape is None:
        return True
    count = sum(not isinstance(axis, Rest) for axis in shape)
    if count < len(shape):
        return count <= ndim or not is_equal
    return (count == ndim) == is_equal


def with_ndim(shape: Shape | None, ndim: int) -> Shape | None:
    if shape is None:
        return tuple(SizedAxis() for _ in range(ndim))
    place = next((n for n, axis in enumerate(shape) if isinstance(axis, Rest)), None)
    if place is None or ndim < len(shape) - 1:
        return None
    missing = tuple(SizedAxis() for _ in range(ndim - len(shape) + 1))
    return (*shape[:place], *missing, *shape[place + 1 :])


def with_size(shape: Shape | None, dim: int, axis: SizedAxis) -> Shape | None:
    if shape is None or not -len(shape) <= dim < len(shape):
        return None
    items = list(shape)
    if any(isinstance(known, Rest) for known in (items[dim:] if dim < 0 else items[: dim + 1])):
        return None  # which axis it is depends on how many there are
    old = items[dim]
    items[dim] = SizedAxis(axis.size, old.label if isinstance(old, SizedAxis) else None)
    return tuple(items)
