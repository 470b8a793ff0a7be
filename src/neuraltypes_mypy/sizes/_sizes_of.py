"""Sizes of expressions: what an `int` in the source is, as a number or in the names of its scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mypy.nodes import (
    CallExpr,
    ConditionalExpr,
    Expression,
    FuncDef,
    IndexExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    OpExpr,
    RefExpr,
    StarExpr,
    TupleExpr,
    TypeInfo,
    UnaryExpr,
    Var,
)
from mypy.types import (
    AnyType,
    Instance,
    LiteralType,
    ProperType,
    TupleType,
    Type,
    TypeOfAny,
    get_proper_type,
)

from neuraltypes._sizes import OPERATIONS, Size, named, negate, number
from neuraltypes._unify import ARGUMENT, Rest, SizedAxis
from neuraltypes_mypy.sizes._class_sizes import (
    attribute_size,
    is_configured,
    is_open,
    is_whole,
    parameter_names_of,
    parameter_size,
)
from neuraltypes_mypy.sizes._computed_sizes import Computed
from neuraltypes_mypy.sizes._config_fields import field_size, item_of_field
from neuraltypes_mypy.sizes._left_out import fallbacks_in, size_of_either
from neuraltypes_mypy.sizes._made_with import configuration
from neuraltypes_mypy.sizes._steady import is_self, is_steady
from neuraltypes_mypy.source._arithmetic import Arithmetic
from neuraltypes_mypy.source._assigned import Constants, assignments_to, is_parameter
from neuraltypes_mypy.source._size_sequences import Part, held_by, is_only_read
from neuraltypes_mypy.source._source import read_source
from neuraltypes_mypy.source._statements import assignments, scope_name, unpacked_from
from neuraltypes_mypy.tensors._sized_ints import has_size, is_int, size_of_type
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor

_constants: Final = Constants()


def _number_of_type(type_: ProperType) -> int | None:
    size = size_of_type(type_)
    return None if size is None else size.constant


def size_of_expression(expression: Expression, api: Any) -> Size | None:
    """The size of an `int` expression: what its type says, or else what it reads."""
    known: Type | None = api.lookup_type_or_none(expression)
    type_ = None if known is None else get_proper_type(known)
    variable = expression.node if isinstance(expression, NameExpr) and isinstance(type_, LiteralType) else None
    if isinstance(variable, Var) and _holds_sizes(variable, api):
        return None  # narrowed by a test such as `if b:`, to a number that the axis has in this branch only
    size = size_of_type(type_)
    return size if size is not None else _Reader(api).read_untyped(expression)


def _holds_sizes(variable: Var, api: Any) -> bool:
    """Whether a name was given a size; one that is assigned again is declared as a mere `int`."""
    if variable.type is not None and has_size(get_proper_type(variable.type)):
        return True
    function = api.scope.current_function()
    return isinstance(function, FuncDef) and variable.is_inferred and len(assignments_to(variable, function)) > 1


def size_with_fallback(expression: Expression, api: Any) -> Size | None:
    """The size of what mypy knows nothing of, in a constructor of which parameters may be left out."""
    return _Reader(api).read_untyped(expression) if fallbacks_in(api.scope.current_function()) else None


def sizes_of_items(expression: Expression, api: Any) -> list[Size | None] | None:
    """The sizes in a tuple or list of numbers; None where it is not known how many there are."""
    return _Reader(api).items(expression)


class _Reader:
    def __init__(self, api: Any) -> None:
        self._api = api
        self._function: FuncDef | None = api.scope.current_function()
        self._reading: set[Var] = set()

    def read(self, expression: Expression) -> Size | None:
        """The size of an expression: what its type says, where mypy may know more than the code, or what it reads."""
        size: Size | None = None
        match expression:
            case NameExpr(node=Var()) | MemberExpr() | CallExpr() | IndexExpr():
                size = self._typed(expression)
        return size if size is not None else self.read_untyped(expression)

    def read_untyped(self, expression: Expression) -> Size | None:
        """The same where the type of the expression itself says nothing."""
        if isinstance(expression, OpExpr | ConditionalExpr | CallExpr) and (
            known := size_of_either(expression, self._function)
        ):
            return known
        match expression:
            case IntExpr(value=value):
                return number(value)
            case UnaryExpr(op="-"):
                size = self.read(expression.expr)
                return None if size is None else negate(size)
            case OpExpr(op=operator) if operator in OPERATIONS and (size := self._operation(expression)) is not None:
                return size
            case NameExpr(node=Var() as variable):
                return self._variable(variable)
            case MemberExpr():
                return self.attribute(expression)
            case CallExpr(callee=MemberExpr(name="size"), args=[dim]):
                return self._axis(expression, self.read(dim))
            case IndexExpr(base=MemberExpr(name="shape") as shape, index=dim):
                return self._axis(shape, self.read(dim))
            case CallExpr() | IndexExpr() | OpExpr():
                computed = Arithmetic(self._number, self._type_of, _number_of_type).whole(expression)
                return self._computed(expression) if computed is None else number(computed)
            case _:
                return None

    def _operation(self, expression: OpExpr) -> Size | None:
        left, right = self.read(expression.left), self.read(expression.right)
        return None if left is None or right is None else OPERATIONS[expression.op](left, right)

    def _number(self, expression: Expression) -> int | None:
        """The number that a name is known to be."""
        is_name = isinstance(expression, NameExpr | MemberExpr)
        size = self.read(expression) if is_name else self._typed(expression)
        return None if size is None else size.constant

    def _computed(self, expression: Expression) -> Size | None:
        """What a function computes of sizes in names, or one of several under one name."""
        match expression:
            case IndexExpr(base=several, index=index):
                place = self._number(index)
                if isinstance(several, MemberExpr) and place is not None:
                    item = item_of_field(several, place, self._api)
                    if item is not None:
                        return item
                pair = None if place is None else self._functions().of_pair(several, place)
                items = self.items(several) if pair is None and isinstance(several, NameExpr) else None
                is_there = items is not None and place is not None and -len(items) <= place < len(items)
                return items[place] if is_there and items is not None and place is not None else pair
            case CallExpr():
                return self._functions().size(expression)
            case _:
                return None

    def _functions(self) -> Computed:
        return Computed(self.read, self.items, self._type_of)

    def items(self, expression: Expression) -> list[Size | None] | None:
        """The sizes of several: of a display, of a shape, of a name that holds one of these for good."""
        match expression:
            case TupleExpr(items=items) | ListExpr(items=items):
                is_whole = not any(isinstance(item, StarExpr) for item in items)
                return [self.read(item) for item in items] if is_whole else None
            case NameExpr(node=Var() as variable):
                return self._held(variable)
            case _:
                type_ = self._type_of(expression)
                return [size_of_type(item) for item in type_.items] if isinstance(type_, TupleType) else None

    def _held(self, variable: Var) -> list[Size | None] | None:
        if self._function is None or variable in self._reading:
            return None
        held = held_by(variable, assignments_to(variable, self._function), self._function)
        if held is None or (isinstance(held, ListExpr) and not is_only_read(variable, self._function)):
            return None  # a list may have changed since
        self._reading.add(variable)
        whole = self.items(held.value if isinstance(held, Part) else held)
        self._reading.discard(variable)
        if whole is None or not isinstance(held, Part):
            return whole
        return whole[held.start : len(whole) - held.behind] if len(whole) >= held.start + held.behind else None

    def _type_of(self, expression: Expression) -> ProperType | None:
        known = self._api.lookup_type_or_none(expression)
        return None if known is None else get_proper_type(known)

    def attribute(self, expression: MemberExpr) -> Size | None:
        """An attribute of this module's, or of one whose constructor's arguments are known; a constant of a class."""
        if isinstance(expression.expr, RefExpr) and isinstance(expression.expr.node, TypeInfo):
            return self._of_class(expression.expr.node, expression.name)
        owner = get_proper_type(self._api.lookup_type_or_none(expression.expr) or AnyType(TypeOfAny.special_form))
        size = configuration(owner).get(expression.name) if is_steady(expression.expr, owner, self._api) else None
        if size is None and isinstance(owner, Instance) and is_self(expression.expr, self._api):
            return self._own(expression, owner.type)
        return size if size is not None else field_size(expression, owner, self._api)

    def _own(self, expression: MemberExpr, info: TypeInfo) -> Size | None:
        """`self.d`: a size of the class, unless mypy knows it as something else than a number."""
        type_ = self._type_of(expression)
        if isinstance(type_, Instance) and not is_int(type_):
            return None
        size = attribute_size(info, expression.name)
        return None if size is None or is_open(info, size) else size

    def _of_class(self, info: TypeInfo, name: str) -> Size | None:
        """`Encoder.width`, of a class of the file that is checked: others come from the cache without a body."""
        symbol, module = info.names.get(name), getattr(self._api, "tree", None)
        if symbol is None or not isinstance(symbol.node, Var):
            return None
        if not isinstance(module, MypyFile) or info.module_name != module.fullname or not is_int(symbol.node.type):
            return None
        given = [value for target, value in assignments(info.defn.defs) if getattr(target, "name", "") == name]
        known = [size for value in given if value is not None and (size := self.read(value)) is not None]
        return known[0] if len(known) == len(given) == 1 and known[0].constant is not None else None

    def _typed(self, expression: Expression) -> Size | None:
        return size_of_type(self._api.lookup_type_or_none(expression))

    def _variable(self, variable: Var) -> Size | None:
        if isinstance(variable.final_value, int) and not isinstance(variable.final_value, bool):
            return number(variable.final_value)
        function = self._function
        if variable in self._reading:
            return None
        if variable.fullname != variable.name:
            return self._constant(variable)
        if function is None:
            return None
        if is_parameter(variable, function):
            return self._parameter(variable, function)
        self._reading.add(variable)
        assigned = assignments_to(variable, function)
        size = None
        if len(assigned) == 1:
            size = self._unpacked(variable, function) if assigned[0] is None else self.read(assigned[0])
        self._reading.discard(variable)
        return size

    def _constant(self, variable: Var) -> Size | None:
        """`WIDTH = 512` at the top of the module that is checked, which nothing in it changes."""
        module = getattr(self._api, "tree", None)
        if not isinstance(module, MypyFile) or not is_int(variable.type):
            return None
        value = _constants.value(variable, module)
        if value is None or variable.name in read_source(module.path).global_names:
            return None
        self._reading.add(variable)
        size = self.read(value)
        self._reading.discard(variable)
        return size if size is not None and size.constant is not None else None

    # mypy's unions of two sized ints erase the size of the first in place; then the source says it still.

    def _unpacked(self, variable: Var, function: FuncDef) -> Size | None:
        """A size in `b, t = x.shape`, `a, d = 64, 128`, `n, rest = divmod(d, h)`."""
        found = unpacked_from(variable, function)
        if found is None:
            return None
        value, place, count = found
        if isinstance(value, TupleExpr | ListExpr):
            is_whole = len(value.items) == count and not any(isinstance(item, StarExpr) for item in value.items)
            return self.read(value.items[place]) if is_whole else None
        if isinstance(value, CallExpr) and (size := self._functions().of_pair(value, place)) is not None and count == 2:
            return size
        is_size = isinstance(value, CallExpr) and not value.args
        return self._axis(value, number(place), count) if is_size or isinstance(value, MemberExpr) else None

    def _axis(self, shape: Expression, dim: Size | None, count: int | None = None) -> Size | None:
        """The size of one axis of the tensor whose `shape`, or `size()`, is read, of `count` axes if that is given."""
        match shape:
            case MemberExpr(name="shape", expr=owner) | CallExpr(callee=MemberExpr(name="size", expr=owner)):
                known = self._api.lookup_type_or_none(owner)
            case _:
                return None
        tensor = None if known is None else as_tensor(known)
        axes = None if tensor is None else read_tensor(tensor).shape
        if axes is None or dim is None or dim.constant is None or any(isinstance(axis, Rest) for axis in axes):
            return None
        if not -len(axes) <= dim.constant < len(axes) or count not in (None, len(axes)):
            return None
        axis = axes[dim.constant]
        return axis.size if isinstance(axis, SizedAxis) else None

    def _parameter(self, variable: Var, function: FuncDef) -> Size | None:
        """A parameter of a module's constructor is a size of the class; one of another function is its own."""
        if variable.name in fallbacks_in(function):
            return parameter_size(function.info, variable.name)
        if assignments_to(variable, function) or not (is_int(variable.type) or is_whole(variable, function)):
            return None
        if function.name == "__init__" and function.info and is_configured(function.info):
            return parameter_size(function.info, variable.name)
        return named(variable.name, ARGUMENT + scope_name(function))


def given_sizes(given: Mapping[str, Expression], api: Any) -> dict[str, Size | None]:
    """The sizes that a call gives by the names of the parameters, and those within what it gives: `config.d`."""
    found: dict[str, Size | None] = {}
    for name, expression in given.items():
        found[name] = size_of_expression(expression, api)
        type_ = get_proper_type(api.lookup_type_or_none(expression) or AnyType(TypeOfAny.special_form))
        if not isinstance(type_, Instance):
            continue
        if is_configured(type_.type):
            found |= {f"{name}.{key}": size for key, size in configuration(type_).items()}
            continue
        for field in parameter_names_of(type_.type):
            part = MemberExpr(expression, field)
            found[f"{name}.{field}"] = _Reader(api).attribute(part)
        if is_steady(expression, type_, api):
            found |= {f"{name}.{key}": size for key, size in configuration(type_).items() if "." in key}
    return found
