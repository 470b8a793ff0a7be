"""Arguments as the values that rules work on, and what rules give as types of mypy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from mypy.nodes import (
    ARG_POS,
    CallExpr,
    EllipsisExpr,
    Expression,
    FloatExpr,
    FuncDef,
    GeneratorExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    SliceExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
    TypeInfo,
    UnaryExpr,
    Var,
)
from mypy.types import AnyType, Instance, LiteralType, NoneType, ProperType, TupleType, Type, UnionType, get_proper_type

from neuraltypes._dtypes import DTYPE_NAMES, TORCH_DTYPES, dtype_from_name
from neuraltypes._sizes import (
    Size,
    hangs_on_remainders,
    has_either_remainder,
    is_sum_with_division,
    number,
    when_divisible,
)
from neuraltypes._unify import Rest, SizedAxis
from neuraltypes.rules._dtypes import of_number
from neuraltypes.rules._values import (
    SOME_FLOAT,
    SOME_INT,
    UNKNOWN,
    Array,
    DType,
    DTypes,
    Many,
    Packed,
    Produced,
    Resampled,
    Result,
    Slice,
    Unknown,
    Value,
)
from neuraltypes.rules.packing import data_of
from neuraltypes_mypy.base._names import DTYPES_MODULE, TENSOR
from neuraltypes_mypy.flow._open_uses import used
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.sizes._growing import is_of_any_length
from neuraltypes_mypy.sizes._sizes_of import is_int, size_of_expression, size_of_field, sizes_of_items
from neuraltypes_mypy.source._assigned import assignments_to
from neuraltypes_mypy.tensors._atoms import atom, note_of, noted_any, size_of_atom
from neuraltypes_mypy.tensors._elements import element_class, produced_of, produced_type, without_numbers
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._packed import is_packed, packed, padded_of
from neuraltypes_mypy.tensors._sized_ints import size_of_type, sized_int
from neuraltypes_mypy.tensors._tensor import as_tensor, dtype_class, read_tensor, unknown, untold, write_shape
from neuraltypes_mypy.tensors._types import KnownTypes

_FLOAT: Final = "float "
_MAPPING: Final = "mapping"
_LOWEST: Final = -65504.0  # of float16; others have lower ones
DTYPE_SPELLINGS: Final = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "int": "int32",
    "long": "int64",
    "short": "int16",
    "cfloat": "complex64",
    "cdouble": "complex128",
    "chalf": "complex32",
}
_MOST_NUMBERS: Final = 64
_COMPUTED: Final = (NameExpr, MemberExpr, OpExpr, UnaryExpr)
_ITERABLES: Final = (
    *("_collections_abc.dict_values", "builtins.map", "builtins.filter", "builtins.reversed", "collections.deque"),
    *("typing.Iterable", "typing.Iterator", "typing.ValuesView", "builtins.set", "builtins.zip"),
)
_SEQUENCES: Final = ("builtins.list", "builtins.tuple", "typing.Sequence", "collections.abc.Sequence")


@dataclass(frozen=True, slots=True)
class Declared(Produced):
    """An element that an annotation declares, with its parameters; rules see its name."""

    type: ProperType


class Translation:
    """Between mypy's types and the values of rules, for one run of mypy."""

    def __init__(self, types: KnownTypes) -> None:
        self._types = types

    # Towards rules

    def of_expression(self, expression: Expression, type_: Type, api: Any, same: Equal) -> Value:
        """The value of an argument."""
        if is_of_any_length(expression, type_, api):
            return UNKNOWN
        match expression:
            case EllipsisExpr():
                return ...
            case SliceExpr(begin_index=begin, end_index=end, stride=stride):
                return Slice(*(self._optional(part, api, same) for part in (begin, end, stride)))
            case CallExpr(callee=NameExpr(fullname="builtins.slice"), args=[_, *_] as parts, arg_kinds=kinds):
                return self._slice(parts, api, same) if all(kind == ARG_POS for kind in kinds) else UNKNOWN
            case CallExpr(callee=NameExpr(fullname="builtins.list" | "builtins.tuple"), args=[inner]):
                if (items := self._listed(inner, api, same)) is not None:
                    return items
            case CallExpr() if (numbers := self._range(expression, api, same)) is not None:
                return numbers
            case NameExpr(node=Var() as variable) if (held := _held_slice(variable, type_, api)) is not None:
                return self._slice(held.args, api, same)
            case TupleExpr(items=items) | ListExpr(items=items):
                return self._sequence(items, api, same)
            case StrExpr(value=text):
                return text
            case FloatExpr(value=value):
                return value
            case UnaryExpr(op="-", expr=FloatExpr(value=value)):
                return -value
            case UnaryExpr(op="-", expr=MemberExpr(fullname="math.inf" | "torch.inf" | "numpy.inf")):
                return -math.inf
            case CallExpr(callee=NameExpr(fullname="builtins.float"), args=[StrExpr(value="-inf" | "-infinity")]):
                return -math.inf
            case MemberExpr(name="min", expr=limits) if _is_finfo(limits):
                return _LOWEST
            case UnaryExpr(op="-", expr=MemberExpr(name="max", expr=limits)) if _is_finfo(limits):
                return _LOWEST
            case NameExpr() if isinstance(held_number := self._held_number(expression, type_, api, same), float):
                return held_number
            case ListComprehension(generator=GeneratorExpr(left_expr=item)):
                found = self._optional(item, api, same)
                return Many(found) if isinstance(found, Array) else UNKNOWN
            case NameExpr(fullname="builtins.True"):
                return True
            case NameExpr(fullname="builtins.False"):
                return False
            case NameExpr(fullname="builtins.Ellipsis"):
                return ...
        return self._of_type(expression, type_, api, same)

    def _of_type(self, expression: Expression, type_: Type, api: Any, same: Equal) -> Value:
        value = self.of_type(type_, same)
        if value is SOME_INT or (isinstance(value, Size) and isinstance(expression, NameExpr)):
            size = size_of_expression(expression, api)  # in `if not b:` mypy takes `b` for a literal 0
            return SOME_INT if size is None else same.settled(size)
        if value is UNKNOWN and isinstance(expression, OpExpr):
            value = self._number(expression, api, same)
        if isinstance(expression, NameExpr) and _holds_numbers(type_):
            sizes = sizes_of_items(expression, api)
            return value if sizes is None else tuple(SOME_INT if one is None else same.settled(one) for one in sizes)
        if value is UNKNOWN and isinstance(expression, CallExpr):
            size = size_of_expression(expression, api)  # of `sum(sizes)` mypy says `int` or something else
            return UNKNOWN if size is None else same.settled(size)
        if value is UNKNOWN and isinstance(expression, MemberExpr):
            size = size_of_field(expression, api)
            value = UNKNOWN if size is None else same.settled(size)
        if value is UNKNOWN and isinstance(get_proper_type(type_), AnyType) and isinstance(expression, _COMPUTED):
            size = size_of_expression(expression, api)  # of a parameter that has no annotation
            value = UNKNOWN if size is None else same.settled(size)
        return self._dtype(expression, api) if value is UNKNOWN else value

    def _number(self, expression: OpExpr, api: Any, same: Equal) -> Value:
        """`d**0.5` and its like, which is `Any` to mypy: a number all the same."""
        sides = [self._optional(side, api, same) for side in (expression.left, expression.right)]
        kinds = [of_number(side) for side in sides]
        return SOME_FLOAT if None not in kinds and "float" in kinds else UNKNOWN

    def _held_number(self, name: NameExpr, type_: Type, api: Any, same: Equal) -> Value:
        """`worst` behind `worst = -1e9`."""
        given = _held_float(name, type_, api)
        return UNKNOWN if given is None else self._optional(given, api, same)

    def _slice(self, parts: list[Expression], api: Any, same: Equal) -> Slice:
        """`slice(end)`, `slice(begin, end)` or `slice(begin, end, stride)`."""
        begin, end, stride = (None, parts[0], None) if len(parts) == 1 else (*parts, None)[:3]
        return Slice(*(self._optional(part, api, same) for part in (begin, end, stride)))

    def _listed(self, inner: Expression, api: Any, same: Equal) -> Value | None:
        """`list(x.shape)`, `tuple(f(x) for x in xs)`, `list(tensors.values())`; None for anything else."""
        if isinstance(inner, CallExpr) and (numbers := self._range(inner, api, same)) is not None:
            return numbers
        if isinstance(inner, GeneratorExpr):
            made = self._optional(inner.left_expr, api, same)
            return Many(made) if isinstance(made, Array) else None
        found = self._optional(inner, api, same)
        if isinstance(found, tuple | Many):
            return found
        proper = get_proper_type(api.lookup_type_or_none(inner) or unknown())
        if not isinstance(proper, Instance) or not proper.args or proper.type.fullname not in _ITERABLES:
            return None
        item = self.of_type(proper.args[-1], same)
        return Many(item) if isinstance(item, Array) else None

    def _range(self, call: CallExpr, api: Any, same: Equal) -> tuple[Value, ...] | None:
        """`range(3)`: its numbers, where they are known and few; None for anything else."""
        is_range = isinstance(call.callee, NameExpr) and call.callee.fullname == "builtins.range"
        if not is_range or not 1 <= len(call.args) <= 3 or any(kind != ARG_POS for kind in call.arg_kinds):
            return None
        parts = [self._optional(part, api, same) for part in call.args]
        known = [one.constant for one in parts if isinstance(one, Size) and one.constant is not None]
        if len(known) < len(parts) or (len(known) == 3 and not known[2]) or len(range(*known)) > _MOST_NUMBERS:
            return None
        return tuple(number(one) for one in range(*known))

    def _optional(self, expression: Expression | None, api: Any, same: Equal) -> Value:
        if expression is None:
            return None
        expression = used(expression)
        return self.of_expression(expression, api.lookup_type_or_none(expression) or unknown(), api, same)

    def _sequence(self, items: Iterable[Expression], api: Any, same: Equal) -> Value:
        found: list[Value] = []
        for item in items:
            if isinstance(item, StarExpr):
                inner = self._optional(item.expr, api, same)
                if not isinstance(inner, tuple):
                    return UNKNOWN
                found += inner
            else:
                found.append(self._optional(item, api, same))
        return tuple(found)

    def of_type(self, type_: Type, same: Equal) -> Value:
        """The value that a type stands for."""
        proper = get_proper_type(type_)
        tensor = None if isinstance(proper, UnionType) else as_tensor(proper)
        if tensor is not None:
            return self.array(tensor, same)
        size = size_of_type(proper)
        if size is not None:
            return same.settled(size)
        if is_packed(proper):
            padded = padded_of(proper)
            return Packed(Array() if padded is None else self.array(padded, same))
        match proper:
            case NoneType():
                return None
            case TupleType():
                return tuple(self.of_type(item, same) for item in proper.items)
            case Instance(last_known_value=LiteralType(value=bool() | str() as value)):
                return value
            case LiteralType(value=bool() | str() as value):
                return value
            case Instance(type=TypeInfo(fullname="builtins.float")):
                return SOME_FLOAT
            case Instance(type=TypeInfo(fullname="builtins.int") | TypeInfo(is_enum=True)) if _is_number(proper):
                return SOME_INT
            case Instance() if proper.args and proper.type.fullname in _SEQUENCES:
                item = self.of_type(proper.args[0], same)
                return Many(item) if isinstance(item, Array) else UNKNOWN
            case _:
                return UNKNOWN

    def array(self, tensor: Instance, same: Equal) -> Array:
        """A tensor type as rules see it."""
        read = read_tensor(tensor)
        shape = None if read.shape is None else same.settled_shape(read.shape)
        return Array(shape, _members(read.dtype), _element(read.element))

    def _dtype(self, expression: Expression, api: Any) -> Value:
        """`torch.int64`, `x.dtype`."""
        if not isinstance(expression, MemberExpr):
            return UNKNOWN
        if expression.fullname.startswith("torch."):
            name = DTYPE_SPELLINGS.get(expression.name, expression.name)
            return DType(frozenset({name})) if name in TORCH_DTYPES else UNKNOWN
        if expression.name == "dtype":
            owner = as_tensor(api.lookup_type_or_none(expression.expr) or unknown())
            members = None if owner is None else _members(get_proper_type(owner.args[0]))
            return UNKNOWN if members is None else DType(members)
        return UNKNOWN

    # From rules

    def tensor(self, array: Array, same: Equal) -> Type:
        """The type of a tensor; `Any` where nothing is known of it."""
        info = self._types.info(TENSOR)
        if info is None or (array.shape is None and array.dtype is None and array.element is None):
            return untold()
        shape: Type = unknown()
        if array.shape is not None:
            settled = tuple(map(_given_the_doubt, same.shown_shape(array.shape)))
            shape = write_shape(settled, self._types.int_type, self._types.tuple_type)
        return Instance(info, [self._dtype_type(array.dtype), shape, self._element_type(array.element)])

    def _dtype_type(self, dtypes: DTypes | None) -> Type:
        name = None if dtypes is None else smallest_family(dtypes)
        found = None if name is None else self._types.instance(dtype_class(name))
        return unknown() if found is None else found

    def _element_type(self, element: object | None) -> Type:
        match element:
            case Declared(type=type_):
                return type_
            case Resampled(element=inner):
                return without_numbers(get_proper_type(self._element_type(inner)))
            case Produced():
                return produced_type(element)
            case _:
                return unknown()

    def result(self, result: Result, default: Type, same: Equal) -> Type:
        """What a rule gives as the type of the call, in place of what mypy says."""
        proper = get_proper_type(default)
        match result:
            case Array():
                made = self.tensor(result, same)
                return default if isinstance(get_proper_type(made), AnyType) and self._is_tensor(proper) else made
            case Size():
                return sized_int(same.settled(result), self._types.int_type)
            case Many(item=item):
                return self._in_sequence(item, default, same)
            case Packed(padded=padded):
                return packed(self.tensor(padded, same), self.tensor(data_of(result), same), proper, self._types)
            case tuple():
                return self._in_tuple(result, default, same)
            case _:
                return default

    def _is_tensor(self, proper: ProperType) -> bool:
        return as_tensor(proper) is not None

    def _in_sequence(self, item: Array, default: Type, same: Equal) -> Type:
        proper = get_proper_type(default)
        if isinstance(proper, Instance) and len(proper.args) == 1:
            return proper.copy_modified(args=[self.result(item, proper.args[0], same)])
        held = self.result(item, default, same) if isinstance(proper, AnyType) else default
        is_told = isinstance(proper, AnyType) and not isinstance(get_proper_type(held), AnyType)
        return self._types.tuple_type.copy_modified(args=[held]) if is_told else default

    def _in_tuple(self, results: tuple[Result, ...], default: Type, same: Equal) -> Type:
        proper = get_proper_type(default)
        if isinstance(proper, TupleType) and len(proper.items) == len(results):
            items = [self.result(one, item, same) for one, item in zip(results, proper.items, strict=True)]
            return proper.copy_modified(items=items)
        if isinstance(proper, Instance) and proper.args and proper.type.fullname in _SEQUENCES:
            item = proper.args[0]
            if proper.type.fullname == "builtins.list":
                return proper.copy_modified(args=[self._any_of(results, same)])
            return TupleType([self.result(one, item, same) for one in results], self._types.tuple_type)
        if isinstance(proper, AnyType):
            return TupleType([self.result(one, default, same) for one in results], self._types.tuple_type)
        return default

    def _any_of(self, results: tuple[Result, ...], same: Equal) -> Type:
        """What the items of a list have in common."""
        tensors = [as_tensor(self.result(one, unknown(), same)) for one in results]
        known = [tensor for tensor in tensors if tensor is not None]
        joined = join_tensors(known) if len(known) == len(tensors) else None
        return untold() if joined is None else joined

    # What a module was made with, kept in mypy's types

    def kept(self, value: Value) -> Type:
        """A value as a type that mypy's cache keeps."""
        match value:
            case bool():
                return self._literal(value, "builtins.bool")
            case str():
                return self._literal(value, "builtins.str")
            case None:
                return NoneType()
            case Size():
                return atom(value, str(value), self._types.int_type)
            case Unknown.SOME_INT:
                return self._types.int_type
            case float():
                return noted_any(f"{_FLOAT}{value!r}")
            case tuple():
                return TupleType([self.kept(item) for item in value], self._types.tuple_type)
            case Array():
                return self.tensor(value, Equal())
            case Mapping():
                pairs = [self.kept((name, item)) for name, item in value.items()]
                return TupleType([noted_any(_MAPPING), *pairs], self._types.tuple_type)
            case _:
                return unknown()

    def _literal(self, value: bool | str, fallback: str) -> Type:
        found = self._types.instance(fallback)
        return unknown() if found is None else LiteralType(value, found)

    def taken(self, type_: Type, same: Equal) -> Value:
        """The value that was kept."""
        proper = get_proper_type(type_)
        size = size_of_atom(proper)
        if size is not None:
            return same.settled(size)
        note = note_of(proper)
        if note is not None and note.startswith(_FLOAT):
            return float(note.removeprefix(_FLOAT))
        if isinstance(proper, TupleType):
            items = [self.taken(item, same) for item in proper.items]
            is_mapping = bool(proper.items) and note_of(get_proper_type(proper.items[0])) == _MAPPING
            if is_mapping:
                return {str(pair[0]): pair[1] for pair in items[1:] if isinstance(pair, tuple)}
            return tuple(items)
        return self.of_type(proper, same)


@lru_cache(maxsize=4096)
def _given_the_doubt(axis: SizedAxis | Rest) -> SizedAxis | Rest:
    """An axis whose size mypy compares by name: where a division must leave no remainder, it is taken to."""
    if isinstance(axis, Rest) or axis.size is None:
        return axis
    is_open = any(test(axis.size) for test in (hangs_on_remainders, has_either_remainder, is_sum_with_division))
    size = None if is_open else when_divisible(axis.size)
    return SizedAxis(size, axis.label)


def _element(element: ProperType) -> object | None:
    if note_of(element) is not None:
        return produced_of(element)
    info = element_class(element)
    return None if info is None else Declared(info.name, element)


def _members(dtype: ProperType) -> DTypes | None:
    """The torch dtypes that a class of the plugin's stands for; None for unknown ones and for a project's own."""
    if not isinstance(dtype, Instance) or not dtype.type.fullname.startswith(DTYPES_MODULE):
        return None
    return _members_of(dtype.type.name)


@lru_cache(maxsize=64)
def _members_of(name: str) -> DTypes | None:
    if name not in DTYPE_NAMES:
        return frozenset({"complex32"}) if name == "Complex32" else None
    return dtype_from_name(name).members & frozenset(TORCH_DTYPES) or None


@lru_cache(maxsize=512)
def smallest_family(dtypes: DTypes) -> str | None:
    """The narrowest of jaxtyping's names that takes all of these dtypes; None where only `Shaped` does."""
    fitting: list[tuple[int, str]] = []
    for name in sorted(DTYPE_NAMES - {"Shaped", "Key"}):
        members = _members_of(name)
        if members is not None and dtypes <= members:
            fitting.append((len(members), name))
    return min(fitting)[1] if fitting else None


Fits: TypeAlias = Callable[[str, object], bool]


def _is_number(proper: Instance) -> bool:
    return proper.type.has_base("builtins.int")


def _holds_numbers(type_: Type) -> bool:
    """Whether a type is that of a tuple or list of numbers, of which not all are known."""
    proper = get_proper_type(type_)
    if isinstance(proper, TupleType):
        return any(is_int(item) and size_of_type(item) is None for item in proper.items)
    return isinstance(proper, Instance) and proper.type.fullname == "builtins.list" and is_int(proper.args[0])


def _held_slice(variable: Var, type_: Type, api: Any) -> CallExpr | None:
    """The call that makes the slice which a local name holds for good."""
    proper, function = get_proper_type(type_), api.scope.current_function()
    if (
        not isinstance(proper, Instance)
        or proper.type.fullname != "builtins.slice"
        or not isinstance(function, FuncDef)
    ):
        return None
    values = assignments_to(variable, function)
    is_parameter = any(one.variable is variable for one in function.arguments)
    match values:
        case [CallExpr(callee=NameExpr(fullname="builtins.slice"), args=[_, *_], arg_kinds=kinds) as call]:
            return None if is_parameter or any(kind != ARG_POS for kind in kinds) else call
        case _:
            return None


def _is_finfo(expression: Expression) -> bool:
    callee = expression.callee if isinstance(expression, CallExpr) else None
    return isinstance(callee, RefExpr) and callee.fullname in ("torch.finfo", "torch._C.finfo")


def _held_float(name: NameExpr, type_: Type, api: Any) -> Expression | None:
    """The number that a local name holds for good: `worst = -torch.finfo(x.dtype).max`."""
    proper, function, variable = get_proper_type(type_), api.scope.current_function(), name.node
    is_float = isinstance(proper, Instance) and proper.type.fullname == "builtins.float"
    if not is_float or not isinstance(function, FuncDef) or not isinstance(variable, Var):
        return None
    if any(one.variable is variable for one in function.arguments):
        return None
    match assignments_to(variable, function):
        case [FloatExpr() | UnaryExpr() | MemberExpr() | CallExpr() as given]:
            return given
        case _:
            return None
