"""Arguments and types as the values that rules work on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

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
from mypy.types import AnyType, Instance, LiteralType, NoneType, TupleType, Type, UnionType, get_proper_type

from neuraltypes._dtypes import TORCH_DTYPES
from neuraltypes._sizes import Size, number
from neuraltypes.rules._dtypes import of_number
from neuraltypes.rules._values import SOME_FLOAT, SOME_INT, UNKNOWN, Array, DType, Many, Packed, Slice, Value
from neuraltypes_mypy.flow._open_uses import used
from neuraltypes_mypy.rules._array_parts import element_of, members_of
from neuraltypes_mypy.sizes._config_fields import size_of_field
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.sizes._growing import is_of_any_length
from neuraltypes_mypy.sizes._sizes_of import size_of_expression, size_with_fallback, sizes_of_items
from neuraltypes_mypy.source._assigned import only_value
from neuraltypes_mypy.tensors._packed import is_packed, padded_of
from neuraltypes_mypy.tensors._sized_ints import is_int, size_of_type
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor, unknown

_LOWEST: Final = -65504.0  # of float16; others have lower ones
_SPELLINGS: Final = {
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
SEQUENCES: Final = ("builtins.list", "builtins.tuple", "typing.Sequence", "collections.abc.Sequence")


class ArgumentValues:
    """Reads expressions, in the function that mypy checks now, and types; `same` says which sizes are equal there."""

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
            case NameExpr(node=Var() as variable) if isinstance(
                held_number := self._held_number(variable, type_, api, same), float
            ):
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
        if value is UNKNOWN and isinstance(expression, CallExpr | NameExpr):
            # of `sum(sizes)` mypy says `int` or something else, of `d = default(d, 4)` often nothing
            is_call = isinstance(expression, CallExpr)
            size = size_of_expression(expression, api) if is_call else size_with_fallback(expression, api)
            if size is not None or is_call:
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

    def _held_number(self, variable: Var, type_: Type, api: Any, same: Equal) -> Value:
        """`worst` behind `worst = -1e9` or `worst = -torch.finfo(x.dtype).max`."""
        match _held(variable, type_, "builtins.float", api):
            case FloatExpr() | UnaryExpr() | MemberExpr() | CallExpr() as given:
                return self._optional(given, api, same)
            case _:
                return UNKNOWN

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
            case Instance(type=TypeInfo(fullname="builtins.int") | TypeInfo(is_enum=True) as info) if info.has_base(
                "builtins.int"
            ):
                return SOME_INT
            case Instance() if proper.args and proper.type.fullname in SEQUENCES:
                item = self.of_type(proper.args[0], same)
                return Many(item) if isinstance(item, Array) else UNKNOWN
            case _:
                return UNKNOWN

    def array(self, tensor: Instance, same: Equal) -> Array:
        """A tensor type as rules see it."""
        read = read_tensor(tensor)
        shape = None if read.shape is None else same.settled_shape(read.shape)
        return Array(shape, members_of(read.dtype), element_of(read.element))

    def _dtype(self, expression: Expression, api: Any) -> Value:
        """`torch.int64`, `x.dtype`."""
        if not isinstance(expression, MemberExpr):
            return UNKNOWN
        if expression.fullname.startswith("torch."):
            name = _SPELLINGS.get(expression.name, expression.name)
            return DType(frozenset({name})) if name in TORCH_DTYPES else UNKNOWN
        if expression.name == "dtype":
            owner = as_tensor(api.lookup_type_or_none(expression.expr) or unknown())
            members = None if owner is None else members_of(get_proper_type(owner.args[0]))
            return UNKNOWN if members is None else DType(members)
        return UNKNOWN


def _holds_numbers(type_: Type) -> bool:
    """Whether a type is that of a tuple or list of numbers, of which not all are known."""
    proper = get_proper_type(type_)
    if isinstance(proper, TupleType):
        return any(is_int(item) and size_of_type(item) is None for item in proper.items)
    return isinstance(proper, Instance) and proper.type.fullname == "builtins.list" and is_int(proper.args[0])


def _is_finfo(expression: Expression) -> bool:
    callee = expression.callee if isinstance(expression, CallExpr) else None
    return isinstance(callee, RefExpr) and callee.fullname in ("torch.finfo", "torch._C.finfo")


def _held_slice(variable: Var, type_: Type, api: Any) -> CallExpr | None:
    """The call that makes the slice which a local name holds for good."""
    match _held(variable, type_, "builtins.slice", api):
        case CallExpr(callee=NameExpr(fullname="builtins.slice"), args=[_, *_], arg_kinds=kinds) as call:
            return None if any(kind != ARG_POS for kind in kinds) else call
        case _:
            return None


def _held(variable: Var, type_: Type, kind: str, api: Any) -> Expression | None:
    """What a local name of a class of objects holds for good; None where that may be several, or is handed in."""
    proper, function = get_proper_type(type_), api.scope.current_function()
    is_meant = isinstance(proper, Instance) and proper.type.fullname == kind
    return only_value(variable, function) if is_meant and isinstance(function, FuncDef) else None
