"""Calls: the axes of a signature are bound anew at each, over all arguments, and the result's follow.

mypy checks a call twice over with a plugin. Before, the signature's tensor parameters are widened to any tensor, so
that what disagrees is said here and in our words; after, the arguments' types are unified with the declared ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from mypy.maptype import map_instance_to_supertype
from mypy.nodes import (
    ARG_STAR,
    ConditionalExpr,
    Context,
    Decorator,
    DictExpr,
    Expression,
    FuncDef,
    ListExpr,
    SetExpr,
    SymbolNode,
    Var,
)
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    TypeVarType,
    UnionType,
    UnpackType,
    get_proper_type,
)

from neuraltypes._axes import Axes, Axis
from neuraltypes._sizes import Size
from neuraltypes._unify import Bindings, Mismatch, Shape, SizedAxis, axes_of, unify
from neuraltypes.kinds import AxisKind, kinds_of
from neuraltypes_mypy import _codes as codes
from neuraltypes_mypy._atoms import is_atom, note_of, noted_any
from neuraltypes_mypy._either import certain
from neuraltypes_mypy._elements import element_fits, element_text
from neuraltypes_mypy._equal import Equal, EqualSizes
from neuraltypes_mypy._guards import may_be_equal
from neuraltypes_mypy._join import join_tensors
from neuraltypes_mypy._names import TENSOR
from neuraltypes_mypy._reveal import annotation_text, declared_text
from neuraltypes_mypy._settle import Settling
from neuraltypes_mypy._sizes_of import is_int, size_of_expression
from neuraltypes_mypy._tensor import (
    as_tensor,
    declared_axes,
    dtype_fits,
    is_known,
    read_tensor,
    unknown,
    written_axis,
)
from neuraltypes_mypy._types import KnownTypes
from neuraltypes_mypy._unasked import call_key, signature_of
from neuraltypes_mypy._walk import replace, walk

CallContext: TypeAlias = FunctionContext | MethodContext
_RESULT = "?"
_MAX_SAID: Final = 4096
# By the id of a signature: itself, and whether it says anything about a tensor.
_said: Final[dict[int, tuple[Type, bool]]] = {}


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
        if not mentions_tensors(signature):
            return signature
        self._settling.instrument_current(api)
        self._declared[id(context)] = context, signature
        return signature.copy_modified(
            arg_types=[replace(type_, _widened) for type_ in signature.arg_types],
            ret_type=replace(signature.ret_type, _marked),
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
                _as_written(certain(actual, expression, function, ctx.api), expression, ctx.api),
                expression,
            )
            for label, type_, actual, expression in _paired(ctx, declared)
        ]
        read = _int_arguments(arguments, ctx.api)
        known = Known(read) if known is None else Known({**known.values, **read}, known.made_at)
        bindings = self._check(arguments, name, ctx.api, known)
        return replace(ctx.default_return_type, lambda proper: self._substituted(proper, bindings))

    def apply(
        self, signature: CallableType, arguments: list[Argument], name: str, api: Any, known: Known | None
    ) -> Type:
        """The type of a call that stands nowhere in the source, as when a container calls its modules in turn."""
        bindings = self._check(arguments, name, api, known)
        result = replace(signature.ret_type, _marked)
        return replace(result, lambda proper: self._substituted(proper, bindings))

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
        if not isinstance(proper, Instance) or proper.type.fullname != TENSOR:
            return None
        variable = note_of(get_proper_type(proper.args[2])) or ""
        if variable.startswith(_RESULT):
            element = bound.elements.get(variable.removeprefix(_RESULT), unknown())
            proper = proper.copy_modified(args=[proper.args[0], proper.args[1], element])
        return self._with_sizes(proper, bound)

    def _with_sizes(self, proper: Instance, bound: Bound) -> Type:
        shape = get_proper_type(proper.args[1])
        if not isinstance(shape, TupleType) or not any(map(_is_marked, shape.items)):
            return proper
        axes = declared_axes(proper, _RESULT)
        if axes is None:
            return proper
        items: list[Type] = []
        for axis, kind, item in zip(axes, kinds_of(axes), shape.items, strict=True):
            items.extend(self._sized(bound, axis, kind) if _is_marked(item) else [item])
        return proper.copy_modified(args=[proper.args[0], shape.copy_modified(items=items), proper.args[2]])

    def _sized(self, bound: Bound, axis: Axis, kind: AxisKind | None) -> list[Type]:
        sized = bound.same.shown_shape(bound.sizes.shape_of_axis(axis, kind))
        return [
            written_axis(
                written, one.size if isinstance(one, SizedAxis) else None, self._types.int_type, self._types.tuple_type
            )
            for one, written in zip(sized, axes_of(sized), strict=True)
        ]


class Report:
    """Words the disagreements of one call, at the argument that disagrees."""

    def __init__(self, api: Any, name: str, places: Mapping[str, tuple[Context, Instance, Instance]]) -> None:
        self._api = api
        self._name = name
        self._places = places

    def mismatch(self, mismatch: Mismatch, made_at: str | None) -> None:
        """Sizes, numbers of axes, or kinds of axes."""
        code = codes.KIND if mismatch.is_kind else codes.SHAPE
        self._fail(mismatch.argument, mismatch.reason, code)
        if made_at is not None and "{self." in mismatch.reason:
            self._api.note(f'"{self._name}" was made at {made_at}', self._places[mismatch.argument][0], code=code)

    def dtype(self, where: str, expected: Instance, given: Instance) -> None:
        """A dtype that is not among those expected."""
        wanted, got = read_tensor(expected).dtype, read_tensor(given).dtype
        if not dtype_fits(wanted, got):
            self._fail(where, f"is {dtype_text(got)}, expected {dtype_text(wanted)}", codes.DTYPE)

    def element(self, where: str, wanted: ProperType, given: Instance) -> None:
        """An element that is not the expected one nor below it."""
        got = read_tensor(given).element
        if not element_fits(wanted, got):
            self._fail(where, f"holds {element_text(got)}, expected {element_text(wanted)}", codes.ELEMENT)

    def _fail(self, where: str, reason: str, code: Any) -> None:
        context, expected, given = self._places[where]
        self._api.fail(f'Argument "{where}" to "{self._name}" {_joined(reason)}', context, code=code)
        self._api.note(f"Expected {declared_text(expected)}, got {annotation_text(given)}", context, code=code)


def _joined(reason: str) -> str:
    return reason if reason.startswith(("has ", "is ", "holds ")) else f"does not fit: {reason}"


def _paired(ctx: CallContext, declared: CallableType) -> Iterator[tuple[str, Type, Type, Expression]]:
    """Each argument of a call: what it is called in messages, its declared type, the one that comes, and itself."""
    for number, name in enumerate(ctx.callee_arg_names):
        pairs_ = list(zip(ctx.arg_types[number], ctx.args[number], strict=False))
        for place, (actual, expression) in enumerate(pairs_):
            keyword = ctx.arg_names[number][place] if place < len(ctx.arg_names[number]) else None
            label = keyword or name or str(number + 1)
            if declared.arg_kinds[number] == ARG_STAR:
                label = f"{name}[{place}]"
            yield label, declared.arg_types[number], actual, expression


def _int_arguments(arguments: list[Argument], api: Any) -> dict[str, Size]:
    """The sizes of the arguments that are declared as `int`, which braces may read."""
    sizes = {
        argument.label: size_of_expression(argument.context, api)
        for argument in arguments
        if is_int(argument.declared) and isinstance(argument.context, Expression)
    }
    return {name: size for name, size in sizes.items() if size is not None}


def _as_written(given: Type, expression: Expression, api: Any) -> Type:
    """The type of an argument; of a container written in place, or of branches, that of each, which mypy has joined."""
    if isinstance(expression, ConditionalExpr):
        branches = [api.lookup_type_or_none(one) for one in (expression.if_expr, expression.else_expr)]
        is_known = all(branch is not None and as_tensor(branch) is not None for branch in branches)
        return UnionType(branches) if is_known else given
    items = _items_of(expression)
    types = [api.lookup_type_or_none(item) for item in items]
    if not types or any(type_ is None or as_tensor(type_) is None for type_ in types):
        return given
    return TupleType(types, api.named_generic_type("builtins.tuple", [unknown()]))


def _items_of(expression: Expression) -> list[Expression]:
    match expression:
        case ListExpr() | SetExpr():
            return list(expression.items)
        case DictExpr():
            return [value for _, value in expression.items]
        case _:
            return []


def mentions_tensors(signature: Type) -> bool:
    """Whether a signature says anything about a tensor."""
    for type_ in walk(signature):
        if isinstance(type_, Instance) and type_.type.fullname == TENSOR and is_known(type_):
            return True
    return False


def says_tensors(node: SymbolNode | None) -> bool:
    """Whether a function, or a variable that holds one, says anything about a tensor."""
    if isinstance(node, Decorator):
        node = node.func if node.var.type is None else node.var
    type_ = node.type if isinstance(node, FuncDef | Var) else None
    if type_ is None:
        return False
    known = _said.get(id(type_))
    if known is None or known[0] is not type_:
        if len(_said) >= _MAX_SAID:
            _said.clear()
        known = _said[id(type_)] = (type_, mentions_tensors(type_))
    return known[1]


def pairs(expected: Type, given: Type, path: str) -> Iterator[tuple[str, Instance, Instance]]:
    """The tensor types inside a declared type beside those that come in their place, with the way to them."""
    wanted, got = get_proper_type(expected), get_proper_type(given)
    if isinstance(got, UnionType):
        yield from _pairs_of_union(wanted, got, path)
        return
    if isinstance(wanted, UnionType):
        option = _option(wanted, got)
        if option is not None:
            yield from pairs(option, got, path)
        return
    if isinstance(wanted, Instance) and wanted.type.fullname == TENSOR:
        tensor = as_tensor(got)
        if tensor is not None:
            yield path, wanted, tensor
        return
    for way, inner, item in _inside(wanted, got):
        yield from pairs(inner, item, f"{path}{way}")


def _pairs_of_union(wanted: ProperType, got: UnionType, path: str) -> Iterator[tuple[str, Instance, Instance]]:
    """The same where one of several types comes: those that are meant for one option count as what they share."""
    meant: list[tuple[Type, list[Type]]] = []
    for item in map(get_proper_type, got.items):
        option = _option(wanted, item) if isinstance(wanted, UnionType) else wanted
        if option is None:
            continue
        if as_tensor(item) is None:
            yield from pairs(option, item, path)
            continue
        group = next((group for known, group in meant if known is option), None)
        if group is None:
            meant.append((option, [item]))
        else:
            group.append(item)
    is_any = any(isinstance(get_proper_type(item), AnyType) for item in got.items)
    for option, group in meant:
        is_wrong = not is_any and all(_fits_in_no_way(option, item) for item in group)
        joined = as_tensor(group[0]) if is_wrong else join_tensors(group)
        if joined is not None:
            yield from pairs(option, joined, path)


def _option(wanted: UnionType, got: ProperType) -> Type | None:
    """The option of a declared union that a type is meant for, where that is clear."""
    if isinstance(got, NoneType | AnyType):
        return None
    options = [option for option in map(get_proper_type, wanted.items) if not isinstance(option, NoneType)]
    if len(options) == 1:
        return options[0]
    tensor = as_tensor(got)
    if tensor is None:
        return next((option for option in options if _same_class(option, got)), None)
    fitting = [option for option in options if isinstance(option, Instance) and option.type.fullname == TENSOR]
    return next((option for option in fitting if fits_alone(option, tensor)), fitting[0] if fitting else None)


def fits_alone(expected: Instance, given: Instance) -> bool:
    """Whether a tensor type fits a declared one, whatever else is bound."""
    axes, shape = declared_axes(expected), read_tensor(given).shape
    if axes is not None and shape is not None and unify([("", axes, shape)], Bindings()):
        return False
    wanted, got = read_tensor(expected), read_tensor(given)
    return dtype_fits(wanted.dtype, got.dtype) and element_fits(wanted.element, got.element)


def _fits_in_no_way(option: Type, given: Type) -> bool:
    expected, tensor = get_proper_type(option), as_tensor(given)
    if tensor is None or not isinstance(expected, Instance) or expected.type.fullname != TENSOR:
        return False
    return not fits_alone(expected, tensor)


def _same_class(option: ProperType, got: ProperType) -> bool:
    left = option.partial_fallback if isinstance(option, TupleType) else option
    right = got.partial_fallback if isinstance(got, TupleType) else got
    return isinstance(left, Instance) and isinstance(right, Instance) and right.type.has_base(left.type.fullname)


def _inside(wanted: ProperType, got: ProperType) -> Iterator[tuple[str, Type, Type]]:
    if isinstance(wanted, TupleType) and isinstance(got, TupleType):
        if len(wanted.items) == len(got.items) and not _has_unpack(wanted) and not _has_unpack(got):
            names = _field_names(wanted)
            for number, (inner, item) in enumerate(zip(wanted.items, got.items, strict=True)):
                yield (f".{names[number]}" if names else f"[{number}]"), inner, item
    elif isinstance(wanted, TypedDictType) and isinstance(got, TypedDictType):
        for name, inner in wanted.items.items():
            if name in got.items:
                yield f'["{name}"]', inner, got.items[name]
    elif isinstance(wanted, Instance) and isinstance(got, TupleType):
        if wanted.args and not _has_unpack(got):
            for number, item in enumerate(got.items):
                yield f"[{number}]", wanted.args[-1], item
    elif isinstance(wanted, Instance) and isinstance(got, Instance) and got.type.has_base(wanted.type.fullname):
        mapped = map_instance_to_supertype(got, wanted.type)
        for inner, item in zip(wanted.args, mapped.args, strict=False):
            yield "[...]", inner, item


def _has_unpack(type_: TupleType) -> bool:
    return any(isinstance(item, UnpackType) for item in type_.items)


def _field_names(type_: TupleType) -> list[str]:
    metadata: dict[str, Any] = type_.partial_fallback.type.metadata
    info = type_.partial_fallback.type
    if not info.is_named_tuple:
        return []
    del metadata
    fields = info.names.get("_fields")
    literal = get_proper_type(fields.type) if fields is not None and fields.type is not None else None
    count = len(literal.items) if isinstance(literal, TupleType) else 0
    names = [
        name
        for name, symbol in info.names.items()
        if not name.startswith("_") and getattr(symbol.node, "is_property", False)
    ]
    return names if len(names) == count == len(type_.items) else []


def dtype_text(dtype: ProperType) -> str:
    """A dtype as jaxtyping names it."""
    return dtype.type.name if isinstance(dtype, Instance) else "Shaped"


def _widened(proper: ProperType) -> Type | None:
    if isinstance(proper, Instance) and proper.type.fullname == TENSOR:
        return proper.copy_modified(args=[unknown(), unknown(), unknown()])
    return None


def _marked(proper: ProperType) -> Type | None:
    """The axes of a declared result as notes that only this call's bindings replace."""
    if not isinstance(proper, Instance) or proper.type.fullname != TENSOR:
        return None
    shape, element = get_proper_type(proper.args[1]), get_proper_type(proper.args[2])
    marked: Type = shape.copy_modified(items=list(map(_mark, shape.items))) if isinstance(shape, TupleType) else shape
    if isinstance(element, TypeVarType):
        element = noted_any(_RESULT + element.name)
    return proper.copy_modified(args=[proper.args[0], marked, element])


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


def _mark(item: Type) -> Type:
    proper = get_proper_type(item)
    if isinstance(proper, UnpackType):
        inner = get_proper_type(proper.type)
        return UnpackType(inner.copy_modified(args=[_mark(inner.args[0])])) if isinstance(inner, Instance) else item
    text = proper.name if isinstance(proper, TypeVarType) else note_of(proper)
    return item if text is None else noted_any(_RESULT + text)


def _is_marked(item: Type) -> bool:
    return (_note_in(item) or "").startswith(_RESULT)


def _note_in(item: Type) -> str | None:
    proper = get_proper_type(item)
    if isinstance(proper, UnpackType):
        inner = get_proper_type(proper.type)
        return _note_in(inner.args[0]) if isinstance(inner, Instance) and inner.args else None
    return note_of(proper)
