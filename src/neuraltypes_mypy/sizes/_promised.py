"""What a function promises to return, where a condition has seen to it that two of its sizes are one.

In `if n == 1: return x` of a function that declares `{n}*t`, the axis `t` is that size. mypy compares types by the
names of sizes; so for such a `return` it is shown a declared type in which that axis is open.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import LDEF, Expression, FuncDef, NameExpr, Var
from mypy.plugin import FunctionContext
from mypy.subtypes import is_subtype
from mypy.types import CallableType, Instance, ProperType, TupleType, Type, UnionType, get_proper_type

from neuraltypes._sizes import Symbol
from neuraltypes_mypy.base._names import TENSOR
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.sizes._equal import Equal, EqualSizes, symbols_in
from neuraltypes_mypy.sizes._guards import is_guarded, may_be_equal
from neuraltypes_mypy.source._returns import returned
from neuraltypes_mypy.tensors._atoms import size_of_atom
from neuraltypes_mypy.tensors._tensor import as_tensor, unknown
from neuraltypes_mypy.tensors._walk import replace


class Promised:
    """Shows mypy the declared results of the functions that it checks, for one run."""

    def __init__(self, sizes: EqualSizes) -> None:
        self._sizes = sizes
        self._shown: Type | None = None
        self._declared: Type | None = None

    def loosen(self, ctx: FunctionContext) -> None:
        """Before a `return`: what mypy will compare it with."""
        api: Any = ctx.api
        expression = returned(ctx.context)
        if expression is None or not api.return_types or not isinstance(api.scope.current_function(), FuncDef):
            return
        declared = api.return_types[-1]
        if declared is self._shown and self._declared is not None:
            declared = api.return_types[-1] = self._declared
        same = self._sizes.in_function(api)
        free = _unbound(api)
        shown = replace(declared, lambda proper: _without_free(proper, free)) if free else declared
        if same.is_about(declared) or _is_container(declared) or is_guarded(expression, api):
            with api.msg.filter_errors():
                given = api.expr_checker.accept(expression, shown)
            shown = _shown(shown, given, expression, same, api)
        if shown is not declared:
            self._shown, self._declared = shown, declared
            api.return_types[-1] = shown


def _unbound(api: Any) -> frozenset[Symbol]:
    """The axes that only another option of a parameter would bind than the one that it is here: None, a number."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef) or not isinstance(function.type, CallableType):
        return frozenset()
    bound: set[Symbol] = set()
    optional: set[Symbol] = set()
    for argument, type_ in zip(function.arguments, function.type.arg_types, strict=True):
        declared = get_proper_type(type_)
        symbols = list(map(symbols_in, options_of(declared)))
        if not any(symbols):
            continue
        bound |= frozenset.intersection(*symbols)
        optional |= frozenset.union(*symbols)
        bound |= symbols_in(_held(argument.variable, declared, api))
    return frozenset(optional - bound)


def _held(variable: Var, declared: Type, api: Any) -> Type:
    """What a parameter holds in this place."""
    name = NameExpr(variable.name)
    name.node, name.kind, name.fullname = variable, LDEF, variable.name
    held: Type | None = api.binder.get(name)
    return declared if held is None else held


def _without_free(proper: ProperType, free: frozenset[Symbol]) -> Type | None:
    size = size_of_atom(proper)
    return unknown() if size is not None and not free.isdisjoint(size.symbols()) else None


def _is_container(declared: Type) -> bool:
    """Whether a list of tensors is promised, or the like: to mypy one of a narrower type is another."""
    proper = get_proper_type(declared)
    return isinstance(proper, Instance) and any(as_tensor(arg) is not None for arg in proper.args)


def _shown(declared: Type, given: Type, place: Expression, same: Equal, api: Any) -> Type:
    """A declared type in which an axis is open, where it may be equal to the one that is given."""
    wanted, got = get_proper_type(declared), get_proper_type(given)
    if isinstance(got, UnionType):
        for item in got.items:
            declared = _shown(declared, item, place, same, api)
        return declared
    if isinstance(wanted, UnionType):
        items = [_shown(item, given, place, same, api) for item in wanted.items]
        return declared if _is_same(items, wanted.items) else UnionType.make_union(items)
    if isinstance(wanted, TupleType) and isinstance(got, TupleType) and len(wanted.items) == len(got.items):
        items = [_shown(one, other, place, same, api) for one, other in zip(wanted.items, got.items, strict=True)]
        return declared if _is_same(items, wanted.items) else wanted.copy_modified(items=items)
    if isinstance(wanted, Instance) and isinstance(got, Instance) and wanted.type is got.type and _is_container(wanted):
        args = [two if is_subtype(two, one) else one for one, two in zip(wanted.args, got.args, strict=True)]
        return wanted.copy_modified(args=args)
    tensor = as_tensor(got)
    if not isinstance(wanted, Instance) or wanted.type.fullname != TENSOR or tensor is None:
        return declared
    shape, other = get_proper_type(wanted.args[1]), get_proper_type(tensor.args[1])
    if not isinstance(shape, TupleType) or not isinstance(other, TupleType) or len(shape.items) != len(other.items):
        return declared
    axes = [_axis(one, two, place, same, api) for one, two in zip(shape.items, other.items, strict=True)]
    if _is_same(axes, shape.items):
        return declared
    return wanted.copy_modified(args=[wanted.args[0], shape.copy_modified(items=axes), wanted.args[2]])


def _axis(declared: Type, given: Type, place: Expression, same: Equal, api: Any) -> Type:
    one, other = size_of_atom(get_proper_type(declared)), size_of_atom(get_proper_type(given))
    if one is None or other is None or one == other:
        return declared
    left, right = same.settled(one), same.settled(other)
    return unknown() if same.may_be_same(left, right) or may_be_equal(left, right, place, same, api) else declared


def _is_same(left: list[Type], right: list[Type]) -> bool:
    return all(one is other for one, other in zip(left, right, strict=True))
