"""Calls: the axes of a signature are bound anew at each, over all arguments, and the result's follow.

mypy checks a call twice over with a plugin. Before, the signature's tensor parameters are widened to any tensor, so
that what disagrees is said here and in our words; after, the arguments' types are unified with the declared ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from mypy.nodes import ARG_STAR, Context, Expression, TupleExpr
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    ProperType,
    TupleType,
    Type,
    TypeVarType,
    UnpackType,
    get_proper_type,
)

from neuraltypes._axes import Axes, Axis
from neuraltypes._sizes import Size
from neuraltypes._unify import Bindings, Shape, SizedAxis, axes_of, unify
from neuraltypes.kinds import AxisKind, kinds_of
from neuraltypes_mypy.annotations._defaults import defaults_taken
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.calls._disagreements import Report
from neuraltypes_mypy.calls._in_place import in_place
from neuraltypes_mypy.calls._marks import RESULT, is_marked, marked, widened
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.flow._settle import Settling
from neuraltypes_mypy.sizes._equal import Equal, EqualSizes
from neuraltypes_mypy.sizes._guards import may_be_equal
from neuraltypes_mypy.sizes._sizes_of import size_of_expression
from neuraltypes_mypy.source._unasked import call_key, signature_of
from neuraltypes_mypy.tensors._atoms import is_atom, note_of
from neuraltypes_mypy.tensors._elements import element_fits
from neuraltypes_mypy.tensors._mentions import mentions_tensors
from neuraltypes_mypy.tensors._pairs import pairs
from neuraltypes_mypy.tensors._sized_ints import is_int
from neuraltypes_mypy.tensors._tensor import as_tensor, declared_axes, is_tensor, read_tensor, unknown, written_axis
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._walk import replace

CallContext: TypeAlias = FunctionContext | MethodContext


class Known(NamedTuple):
    """What is known of a call before its arguments are: what braces read, and where the module was made."""

    values: Mapping[str, Size]
    made_at: str | None = None


class Argument(NamedTuple):
    """One argument of a call: its name, the declared type, the type that comes, and where it stands."""

    label: str
    declared: Type
    given: Type
    context: Context


class Bound(NamedTuple):
    """What one call binds: sizes, and what its element variables stand for."""

    sizes: Bindings
    elements: Mapping[str, ProperType]
    same: Equal


class Calls:
    """Checks calls, for one run of mypy."""

    def __init__(self, types: KnownTypes, settling: Settling, *, reports_untracked: bool) -> None:
        self._reports_untracked = reports_untracked
        self._types = types
        self._settling = settling
        # By the id of the call, which is kept too: another node may get the id of one that is gone.
        self._declared: dict[int, tuple[Context, CallableType]] = {}
        self.sizes = EqualSizes()

    def widen(self, ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
        """The signature with its tensor parameters widened; the declared one is kept for `instantiate`."""
        return self._widen(ctx.default_signature, ctx.context, ctx.api)

    def asked(self, ctx: FunctionContext) -> Type:
        """The same for the callee of a call that mypy asks no signature hook about."""
        callee = get_proper_type(ctx.arg_types[0][0])
        signature = signature_of(callee, ctx.context, ctx.api)
        if not isinstance(signature, CallableType) or not mentions_tensors(signature):
            self._declared.pop(id(ctx.context), None)
            return callee
        return self._widen(signature, ctx.context, ctx.api)

    def _widen(self, signature: CallableType, context: Context, api: Any) -> CallableType:
        self._declared.pop(id(context), None)
        signature = signature.with_unpacked_kwargs()  # as mypy names the arguments then
        if not mentions_tensors(signature):
            return signature
        self._settling.instrument_current(api)
        self._declared[id(context)] = context, signature
        return signature.copy_modified(
            arg_types=[replace(type_, widened) for type_ in signature.arg_types],
            ret_type=replace(signature.ret_type, marked),
            variables=[variable for variable in signature.variables if not is_atom(variable)],
        )

    def instantiate(self, ctx: CallContext, name: str, known: Known | None = None) -> Type:
        """The type of the result; what disagrees is reported."""
        key = call_key(ctx.context)
        # mypy keeps the type of an inner call, so a callee is not always asked about again
        kept = self._declared.pop(key, None) if key == id(ctx.context) else self._declared.get(key)
        declared = None if kept is None else kept[1]
        if declared is None or len(declared.arg_types) != len(ctx.arg_types):
            return ctx.default_return_type
        api: Any = ctx.api
        function = api.scope.current_function()
        arguments = [
            Argument(
                label,
                type_,
                in_place(certain(actual, expression, function, ctx.api), expression, ctx.api),
                expression,
            )
            for label, type_, actual, expression in _paired(ctx, declared)
        ]
        read = {**defaults_taken(declared, ctx.args), **_int_arguments(arguments, ctx.api)}
        known = Known(read) if known is None else Known({**known.values, **read}, known.made_at)
        bindings = self._check(arguments, name, ctx.api, known)
        return replace(ctx.default_return_type, lambda proper: self._substituted(proper, bindings))

    def apply(
        self, signature: CallableType, arguments: list[Argument], name: str, api: Any, known: Known | None
    ) -> Type:
        """The type of a call that stands nowhere in the source, as when a container calls its modules in turn."""
        bindings = self._check(arguments, name, api, known)
        result = replace(signature.ret_type, marked)
        return replace(result, lambda proper: self._substituted(proper, bindings))

    def check_part(self, arguments: list[Argument], name: str, api: Any) -> None:
        """Report what disagrees among some of the arguments of a call that is to come."""
        self._check(arguments, name, api, Known(_int_arguments(arguments, api)))

    def _check(self, arguments: list[Argument], name: str, api: Any, known: Known | None) -> Bound:
        """Unify the arguments of one call with what is declared, and report what disagrees."""
        same = self.sizes.in_function(api)
        values = {name: same.settled(size) for name, size in known.values.items()} if known else {}
        place = arguments[0].context if arguments else None

        def equate(left: Size, right: Size) -> bool:
            return same.equate(left, right) or (place is not None and may_be_equal(left, right, place, same, api))

        bindings = Bindings(values=values, equate=equate)
        places: dict[str, tuple[Context, Instance, Instance]] = {}
        shapes: list[tuple[str, Axes, Shape]] = []
        for argument in arguments:
            for path, expected, given in pairs(argument.declared, argument.given, argument.label):
                where = path if path not in places else f"{path} ({len(places)})"
                places[where] = (argument.context, expected, given)
                axes, shape = declared_axes(expected), read_tensor(given).shape
                if axes is not None and shape is not None:
                    shapes.append((where, axes, same.settled_shape(shape)))
                elif axes is not None and self._reports_untracked:
                    note = f'Argument "{where}" to "{name}" is not checked: its axes are not known'
                    api.note(note, argument.context, code=codes.UNTRACKED)
        report = Report(api, name, places)
        for mismatch in unify(shapes, bindings):
            report.mismatch(mismatch, known.made_at if known else None)
        elements: dict[str, ProperType] = {}
        for where, (_, expected, given) in places.items():
            report.dtype(where, expected, given)
            wanted = _element_wanted(read_tensor(expected).element, read_tensor(given).element, elements)
            report.element(where, wanted, given)
        return Bound(bindings, elements, same)

    def _substituted(self, proper: ProperType, bound: Bound) -> Type | None:
        if not is_tensor(proper):
            return None
        variable = note_of(get_proper_type(proper.args[2])) or ""
        if variable.startswith(RESULT):
            element = bound.elements.get(variable.removeprefix(RESULT), unknown())
            proper = proper.copy_modified(args=[proper.args[0], proper.args[1], element])
        return self._with_sizes(proper, bound)

    def _with_sizes(self, proper: Instance, bound: Bound) -> Type:
        shape = get_proper_type(proper.args[1])
        if not isinstance(shape, TupleType) or not any(map(is_marked, shape.items)):
            return proper
        axes = declared_axes(proper, RESULT)
        if axes is None:
            return proper
        items: list[Type] = []
        for axis, kind, item in zip(axes, kinds_of(axes), shape.items, strict=True):
            items.extend(self._sized(bound, axis, kind) if is_marked(item) else [item])
        return proper.copy_modified(args=[proper.args[0], shape.copy_modified(items=items), proper.args[2]])

    def _sized(self, bound: Bound, axis: Axis, kind: AxisKind | None) -> list[Type]:
        sized = bound.same.shown_shape(bound.sizes.shape_of_axis(axis, kind))
        return [
            written_axis(
                written, one.size if isinstance(one, SizedAxis) else None, self._types.int_type, self._types.tuple_type
            )
            for one, written in zip(sized, axes_of(sized), strict=True)
        ]


def _paired(ctx: CallContext, declared: CallableType) -> Iterator[tuple[str, Type, Type, Expression]]:
    """Each argument of a call: what it is called in messages, its declared type, the one that comes, and itself."""
    for number, name in enumerate(ctx.callee_arg_names):
        given = zip(ctx.arg_types[number], ctx.args[number], ctx.arg_kinds[number], strict=False)
        is_star = declared.arg_kinds[number] == ARG_STAR
        place = 0
        for at, (actual, expression, kind) in enumerate(given):
            keyword = ctx.arg_names[number][at] if at < len(ctx.arg_names[number]) else None
            pairs_ = [(actual, expression)]
            if kind == ARG_STAR and any(expression is one for one in ctx.args[number][:at]):
                continue  # mypy names a starred tuple once for each of its items
            if kind == ARG_STAR:
                before = sum(expression is one for items in ctx.args[:number] for one in items)
                pairs_ = _unpacked(actual, expression)[before : None if is_star else before + 1]
                pairs_ = pairs_ or (_of_each(actual, expression) if is_star else [])
            for type_, one in pairs_:
                label = f"{name}[{place}]" if is_star else keyword or name or str(number + 1)
                yield label, declared.arg_types[number], type_, one
                place += 1


def _unpacked(given: Type, expression: Expression) -> list[tuple[Type, Expression]]:
    """What a starred tuple gives, one by one; nothing where that is not known."""
    proper = get_proper_type(given)
    if not isinstance(proper, TupleType) or any(isinstance(item, UnpackType) for item in proper.items):
        return []
    items = expression.items if isinstance(expression, TupleExpr) else []
    expressions = items if len(items) == len(proper.items) else [expression] * len(proper.items)
    return list(zip(proper.items, expressions, strict=True))


def _of_each(given: Type, expression: Expression) -> list[tuple[Type, Expression]]:
    """What a starred list of tensors gives: each of its items is one of these."""
    proper = get_proper_type(given)
    is_list = isinstance(proper, Instance) and len(proper.args) == 1 and as_tensor(proper) is None
    return [(proper.args[0], expression)] if is_list and isinstance(proper, Instance) else []


def _int_arguments(arguments: list[Argument], api: Any) -> dict[str, Size]:
    """The sizes of the arguments that are declared as `int`, which braces may read."""
    sizes = {
        argument.label: size_of_expression(argument.context, api)
        for argument in arguments
        if is_int(argument.declared) and isinstance(argument.context, Expression)
    }
    return {name: size for name, size in sizes.items() if size is not None}


def _element_wanted(expected: ProperType, given: ProperType, elements: dict[str, ProperType]) -> ProperType:
    """The element that is wanted of an argument; one that a variable stands for is bound by the first that comes."""
    if not isinstance(expected, TypeVarType) or isinstance(given, AnyType):
        return expected
    bound = elements.get(expected.name)
    if bound is None or element_fits(given, bound):
        elements[expected.name] = given
        limits = [get_proper_type(limit) for limit in expected.values or [expected.upper_bound]]
        return next((limit for limit in limits if element_fits(limit, given)), limits[0])
    return bound
