"""Sizes as values: `b, t = x.shape`, `x.size(1)`, `len(x)`, `x.ndim`, and arithmetic on what they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mypy.nodes import Context, FuncDef, MemberExpr, NameExpr, OpExpr, TypeInfo, Var
from mypy.plugin import AttributeContext, FunctionContext, MethodContext
from mypy.server.subexpr import get_subexpressions
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    UnionType,
    get_proper_type,
)

from neuraltypes._sizes import OPERATIONS, Size, Symbol, multiply, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes_mypy.base._names import GENERIC_TENSORS, MODULE
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.sizes._class_sizes import lasting_symbols
from neuraltypes_mypy.sizes._made_with import seen_from_outside
from neuraltypes_mypy.sizes._size_tuples import as_written
from neuraltypes_mypy.sizes._sizes_of import size_of_expression
from neuraltypes_mypy.sizes._steady import is_self
from neuraltypes_mypy.source._source import read_source
from neuraltypes_mypy.tensors._atoms import symbols_of
from neuraltypes_mypy.tensors._members import may_be_module
from neuraltypes_mypy.tensors._mentions import mentions_tensors
from neuraltypes_mypy.tensors._sized_ints import has_size, size_of_type, sized_int, without_sizes
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor, unknown_like, write_shape
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._walk import replace, walk

_ARITHMETIC = {
    "__add__": ("+", False),
    "__sub__": ("-", False),
    "__mul__": ("*", False),
    "__floordiv__": ("//", False),
    "__mod__": ("%", False),
    "__pow__": ("**", False),
    "__lshift__": ("<<", False),
    "__rshift__": (">>", False),
    "__radd__": ("+", True),
    "__rsub__": ("-", True),
    "__rmul__": ("*", True),
    "__rfloordiv__": ("//", True),
    "__rmod__": ("%", True),
}
ARITHMETIC_NAMES = frozenset(name for method in _ARITHMETIC for name in (f"builtins.int.{method}", f"{method} of int"))


POWERS = ("builtins.float.__rpow__", "__rpow__ of float")


class Values:
    """Types the sizes of tensors, for one run of mypy."""

    def __init__(self, types: KnownTypes) -> None:
        self._types = types

    def shape(self, ctx: AttributeContext | MethodContext) -> Type:
        """`x.shape`: a tuple with one size for each axis."""
        default = ctx.default_attr_type if isinstance(ctx, AttributeContext) else ctx.default_return_type
        shape = _shape_of(ctx.type)
        fallback = get_proper_type(default)
        if shape is None or not isinstance(fallback, Instance) or any(isinstance(axis, Rest) for axis in shape):
            return default  # mypy refuses to slice a tuple of any length
        if _is_compared(ctx):
            return default  # mypy refuses to compare tuples of different lengths
        items: list[Type] = []
        for axis in shape:
            assert isinstance(axis, SizedAxis)
            items.append(self.value(axis.size))
        return as_written(TupleType(items, fallback), ctx)

    def ndim(self, ctx: AttributeContext | MethodContext) -> Type:
        """`x.ndim`, `x.dim()`."""
        default = ctx.default_attr_type if isinstance(ctx, AttributeContext) else ctx.default_return_type
        shape = _shape_of(ctx.type)
        if shape is None or any(isinstance(axis, Rest) for axis in shape):
            return default
        return self.value(number(len(shape)))

    def size(self, ctx: MethodContext) -> Type:
        """`x.size(1)`; without an argument, `x.shape`."""
        if not ctx.args or not ctx.args[0]:
            return self.shape(ctx)
        dim = size_of_expression(ctx.args[0][0], ctx.api)
        shape = _shape_of(ctx.type)
        if shape is None or dim is None or dim.constant is None:
            return ctx.default_return_type
        axis = axis_at(shape, dim.constant)
        return ctx.default_return_type if axis is None else self.value(axis.size)

    def length(self, ctx: FunctionContext) -> Type:
        """`len(x)`."""
        shape = _shape_of(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
        axis = axis_at(shape, 0) if shape else None
        return ctx.default_return_type if axis is None else self.value(axis.size)

    def numel(self, ctx: MethodContext) -> Type:
        """`x.numel()`."""
        shape = _shape_of(ctx.type)
        total: Size | None = number(1)
        for axis in shape if shape is not None else (Rest(),):
            if isinstance(axis, Rest) or axis.size is None or total is None:
                return ctx.default_return_type
            total = multiply(total, axis.size)
        return self.value(total)

    def arithmetic_hook(self, fullname: str) -> Callable[[MethodContext], Type]:
        """The hook for one arithmetic method, under one of the names that mypy has for it."""
        method = fullname.removeprefix("builtins.int.").removesuffix(" of int")
        return lambda ctx: self.arithmetic(ctx, method)

    def arithmetic(self, ctx: MethodContext, method: str) -> Type:
        """Arithmetic where a size takes part; on other numbers it stays what it is."""
        receiver = ctx.type
        left = size_of_type(receiver)
        if not ctx.arg_types or not ctx.arg_types[0] or method not in _ARITHMETIC:
            return ctx.default_return_type
        operator, is_reflected = _ARITHMETIC[method]
        argument = get_proper_type(ctx.arg_types[0][0])
        right = size_of_type(argument)
        if left is None or right is None or not (has_size(receiver) or has_size(argument)):
            return ctx.default_return_type
        result = OPERATIONS[operator](right, left) if is_reflected else OPERATIONS[operator](left, right)
        return ctx.default_return_type if result is None else self.value(result)

    def power(self, ctx: MethodContext) -> Type:
        """`d**-0.5`, which is `Any` to typeshed for the sake of negative numbers: a float."""
        default = get_proper_type(ctx.default_return_type)
        exponent = ctx.type
        if not isinstance(default, AnyType) or not isinstance(exponent, Instance) or _is_one_of_several(ctx):
            return ctx.default_return_type
        if not _meets_none(ctx.context, ctx.api):
            return Instance(exponent.type, [])
        return ctx.default_return_type

    def inferred_attribute(self, ctx: AttributeContext, is_changing: bool) -> Type:
        """An attribute whose type mypy took from its first assignment: it may hold other sizes elsewhere."""
        proper = get_proper_type(ctx.default_attr_type)
        if ctx.is_lvalue or is_changing or not (may_be_module(proper) or all(map(_is_followed, options_of(proper)))):
            return replace(ctx.default_attr_type, self._forget)
        receiver = ctx.type
        lasting = self.lasting(ctx.default_attr_type, receiver.type if isinstance(receiver, Instance) else None)
        if isinstance(receiver, Instance) and not (
            isinstance(ctx.context, MemberExpr) and is_self(ctx.context.expr, ctx.api)
        ):
            return seen_from_outside(lasting, receiver, self._types.int_type)
        return lasting

    def lasting(self, type_: Type, info: TypeInfo | None) -> Type:
        """The type of an attribute, with the names of sizes that hold for good in a class alone."""
        symbols = frozenset() if info is None else lasting_symbols(info)
        return replace(type_, lambda proper: self._forget_names(proper, symbols))

    def _forget(self, proper: ProperType) -> Type | None:
        if has_size(proper):
            return self._types.int_type
        if isinstance(proper, Instance) and proper.type.fullname in GENERIC_TENSORS:
            return unknown_like(proper)
        if isinstance(proper, Instance) and proper.extra_attrs is not None and proper.type.has_base(MODULE):
            return Instance(proper.type, proper.args, proper.line, proper.column)
        return without_sizes(proper)

    def _forget_names(self, proper: ProperType, symbols: frozenset[Symbol]) -> Type | None:
        """A name belongs to one call of one function; a number, or a size of the class, holds for good."""
        if isinstance(proper, CallableType):
            own = symbols_of(proper.variables)
            return proper if own | symbols >= symbols_of(walk(proper)) else None
        if isinstance(proper, Instance) and proper.type.fullname in GENERIC_TENSORS:
            tensor = read_tensor(proper)
            if tensor.shape is None:
                return proper
            shape = tuple(
                SizedAxis(None, a.label) if isinstance(a, SizedAxis) and not _is_lasting(a.size, symbols) else a
                for a in tensor.shape
            )
            return proper.copy_modified(
                args=[proper.args[0], write_shape(shape, self._types.int_type, self._types.tuple_type), proper.args[2]]
            )
        if isinstance(proper, Instance) and proper.extra_attrs is not None and proper.type.has_base(MODULE):
            return proper.copy_modified()  # where mypy unites modules, it erases in place what they were made with
        is_passing = has_size(proper) and not _is_lasting(size_of_type(proper), symbols)
        return self._types.int_type if is_passing else None

    def transformed(self, ctx: FunctionContext) -> Type:
        """`torch.vmap(f)`: of tensors that `f` says nothing about."""
        return replace(ctx.default_return_type, self._forget)

    def value(self, size: Size | None) -> Instance:
        """The type of an `int` that holds a size; to mypy it is an `int` like any other."""
        return sized_int(size, self._types.int_type)

    def without_size(self, ctx: MethodContext) -> Type:
        """What comes out of a container that may have changed since a size went in."""
        return replace(ctx.default_return_type, lambda proper: self._types.int_type if has_size(proper) else None)


def is_undeclared(variable: Var) -> bool:
    """Whether mypy has inferred the type of an attribute; `self.x: T = ...` in a method declares it."""
    return variable.is_inferred and not variable.explicit_self_type


def _is_followed(type_: Type) -> bool:
    """Whether what an attribute of this type holds is followed: a tensor, a function of tensors, or none."""
    proper = get_proper_type(type_)
    if isinstance(proper, CallableType):
        return not proper.is_type_obj() and mentions_tensors(proper)
    return isinstance(proper, NoneType) or as_tensor(proper) is not None


def _is_compared(ctx: AttributeContext | MethodContext) -> bool:
    api: Any = ctx.api
    context = ctx.context
    end = (context.end_line or context.line, context.end_column or context.column)
    return read_source(api.tree.path).is_compared((context.line, context.column), end)


def _is_one_of_several(ctx: MethodContext) -> bool:
    """Whether what a power is taken of may be something else than a number."""
    base = ctx.context.left if isinstance(ctx.context, OpExpr) else None
    api: Any = ctx.api
    known: Type | None = None if base is None else api.lookup_type_or_none(base)
    return isinstance(get_proper_type(known), UnionType)


def _meets_none(power: Context, api: Any) -> bool:
    """Whether what is computed of a power has an operand that may be None: of an `Any` mypy would not mind."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef):
        return False
    for one in get_subexpressions(function.body):
        if isinstance(one, OpExpr) and one is not power and any(part is power for part in get_subexpressions(one)):
            operands = [side for side in (one.left, one.right) if isinstance(side, NameExpr | MemberExpr)]
            with api.msg.filter_errors():
                types = [get_proper_type(api.expr_checker.accept(side)) for side in operands]
            if any(isinstance(item, NoneType) for type_ in types for item in options_of(type_)):
                return True
    return False


def _is_lasting(size: Size | None, symbols: frozenset[Symbol]) -> bool:
    return size is not None and symbols.issuperset(size.symbols())


def _shape_of(type_: Type) -> Shape | None:
    """The shape of a tensor type; None where it is unknown or there are several."""
    proper = get_proper_type(type_)
    tensor = None if isinstance(proper, UnionType) else as_tensor(proper)
    return None if tensor is None else read_tensor(tensor).shape


def axis_at(shape: Shape, dim: int) -> SizedAxis | None:
    """The axis of that number, where it is sure which one it is."""
    parts = shape if dim >= 0 else shape[::-1]
    for place, axis in enumerate(parts):
        if isinstance(axis, Rest):
            return None
        if place == (dim if dim >= 0 else -dim - 1):
            return axis
    return None
