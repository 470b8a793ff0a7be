"""Tensors that are made from sizes: `torch.zeros(b, t)`, and like others: `torch.zeros_like(x)`."""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import ARG_STAR, Expression, ListExpr, MemberExpr, StarExpr, TupleExpr
from mypy.plugin import FunctionContext
from mypy.types import Instance, ProperType, TupleType, Type, get_proper_type

from neuraltypes._unify import Shape, SizedAxis
from neuraltypes_mypy._names import TENSOR
from neuraltypes_mypy._rule_values import DTYPE_SPELLINGS
from neuraltypes_mypy._settle import Settling
from neuraltypes_mypy._sizes_of import size_of_expression, size_of_type
from neuraltypes_mypy._tensor import as_tensor, dtype_class, unknown, write_shape
from neuraltypes_mypy._types import KnownTypes

_OF_SIZE: Final = ("empty", "full", "ones", "rand", "randn", "zeros")
_LIKE: Final = ("empty_like", "full_like", "ones_like", "rand_like", "randn_like", "zeros_like")
FROM_SIZES: Final = tuple(f"torch._C._VariableFunctions.{name}" for name in _OF_SIZE)
FROM_OTHERS: Final = tuple(f"torch._C._VariableFunctions.{name}" for name in _LIKE)


class Creation:
    """Types new tensors, for one run of mypy."""

    def __init__(self, types: KnownTypes, settling: Settling) -> None:
        self._types = types
        self._settling = settling

    def from_sizes(self, ctx: FunctionContext) -> Type:
        """`torch.zeros(b, t)`: of these sizes, and of the dtype that is named or torch's default."""
        shape = self._sizes(ctx)
        if shape is None:
            return ctx.default_return_type
        named = _argument(ctx, "dtype")
        dtype = self._dtype(named, ctx.api)
        if named is None and "fill_value" not in ctx.callee_arg_names:
            dtype = self._types.instance(dtype_class("Float")) or unknown()
        return self._tensor(ctx, dtype, write_shape(shape, self._types.int_type, self._types.tuple_type))

    def from_other(self, ctx: FunctionContext) -> Type:
        """`torch.zeros_like(x)`: of the sizes of `x`, and of its dtype where no other is named."""
        other = as_tensor(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
        if other is None:
            return ctx.default_return_type
        named = _argument(ctx, "dtype")
        return self._tensor(ctx, other.args[0] if named is None else self._dtype(named, ctx.api), other.args[1])

    def _tensor(self, ctx: FunctionContext, dtype: Type, shape: Type) -> Type:
        default = get_proper_type(ctx.default_return_type)
        if not isinstance(default, Instance) or default.type.fullname != TENSOR:
            return ctx.default_return_type
        self._settling.instrument_current(ctx.api)
        return default.copy_modified(args=[dtype, shape, unknown()])

    def _sizes(self, ctx: FunctionContext) -> Shape | None:
        place = next((n for n, name in enumerate(ctx.callee_arg_names) if name == "size"), None)
        if place is None or not ctx.args[place]:
            return None
        sizes: list[SizedAxis] = []
        before: Expression | None = None
        for expression, type_, kind in zip(ctx.args[place], ctx.arg_types[place], ctx.arg_kinds[place], strict=True):
            if kind == ARG_STAR and expression is before:
                continue  # mypy names it once for each of its items
            before, is_int = expression, kind != ARG_STAR and _is_int(type_)
            given = [SizedAxis(size_of_expression(expression, ctx.api))] if is_int else _items(expression, ctx.api)
            if given is None or (len(ctx.args[place]) > 1 and kind != ARG_STAR and not is_int):
                return None
            sizes += given
        return tuple(sizes)

    def _dtype(self, expression: Expression | None, api: Any) -> ProperType:
        """The dtype that `torch.int64` names, or `x.dtype`; unknown for any other expression."""
        if not isinstance(expression, MemberExpr):
            return unknown()
        if not expression.fullname.startswith("torch."):
            owner = api.lookup_type_or_none(expression.expr) if expression.name == "dtype" else None
            tensor = None if owner is None else as_tensor(owner)
            return unknown() if tensor is None else get_proper_type(tensor.args[0])
        name = DTYPE_SPELLINGS.get(expression.name, expression.name).replace("_", "")
        for prefix in ("Bool", "BFloat", "Float", "Complex", "UInt", "Int"):
            if name.startswith(prefix.lower()):
                return self._types.instance(dtype_class(prefix + name.removeprefix(prefix.lower()))) or unknown()
        return unknown()


def _items(expression: Expression, api: Any) -> list[SizedAxis] | None:
    """The sizes that one expression holds: those of a display, or of a tuple whose type says how many there are."""
    if isinstance(expression, TupleExpr | ListExpr) and not any(isinstance(one, StarExpr) for one in expression.items):
        return [SizedAxis(size_of_expression(one, api)) for one in expression.items]
    known = api.lookup_type_or_none(expression)
    tuple_type = None if known is None else get_proper_type(known)
    if not isinstance(tuple_type, TupleType) or not all(map(_is_int, tuple_type.items)):
        return None
    return [SizedAxis(size_of_type(item)) for item in tuple_type.items]


def _argument(ctx: FunctionContext, name: str) -> Expression | None:
    place = next((n for n, known in enumerate(ctx.callee_arg_names) if known == name), None)
    return ctx.args[place][0] if place is not None and ctx.args[place] else None


def _is_int(type_: Type) -> bool:
    proper = get_proper_type(type_)
    return isinstance(proper, Instance) and proper.type.fullname in ("builtins.int", "torch.SymInt")
