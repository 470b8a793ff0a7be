"""Parameters of constructors that have no annotation, and are whole numbers for certain: by what is done with them.

`nn.Linear(dim, hidden)` takes whole numbers only, so wherever a model is made, `dim` is one; and so is each of the two
in `hidden = dim * mult`. What is only handed on, compared with None or given another value may be anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mypy.nodes import (
    CallExpr,
    ClassDef,
    Decorator,
    Expression,
    FuncDef,
    IntExpr,
    ListExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    OpExpr,
    OverloadedFuncDef,
    StrExpr,
    SuperExpr,
    TupleExpr,
    TypeInfo,
    UnaryExpr,
)
from mypy.types import CallableType, Instance, Type, UnboundType, UnionType, flatten_nested_unions, get_proper_type

from neuraltypes_mypy.base._dependencies import depend_on_class
from neuraltypes_mypy.base._names import METADATA, MODULES
from neuraltypes_mypy.modules._layers import given_by_names, named_node
from neuraltypes_mypy.source._demands import Demands
from neuraltypes_mypy.source._size_texts import size_text
from neuraltypes_mypy.source._statements import assignments

_FACTORIES: Final = frozenset({"empty", "full", "ones", "rand", "randn", "zeros"})
_ATTENTION: Final = "torch.nn.modules.activation.MultiheadAttention"
_UNDECLARED: Final[Mapping[str, tuple[str, ...]]] = {_ATTENTION: ("embed_dim", "num_heads")}
"""Parameters that torch itself does not annotate."""
_ARITHMETIC: Final = frozenset({"+", "-", "*", "//", "%"})
_NOT_OF_TUPLES: Final = frozenset({"-", "//"})
_SEQUENCES: Final = ("builtins.tuple", "builtins.list", "builtins.str", "torch._C.Size")


def unannotated(constructor: FuncDef) -> list[str]:
    """The parameters of a constructor that have no annotation."""
    rest = constructor.arguments[1:]
    return [one.variable.name for one in rest if one.type_annotation is None and not one.kind.is_star()]


def whole_numbers(cls: ClassDef, constructor: FuncDef, api: Any) -> list[str]:
    """Those of them that are whole numbers wherever an object is made."""
    names = set(unannotated(constructor))
    if not names:
        return []
    values: dict[str, list[Expression | None]] = {}
    for target, value in assignments(constructor.body):
        values.setdefault(_written(target), []).append(value)
    defaults = {one.variable.name: one.initializer for one in constructor.arguments[1:]}
    names = {name for name in names if name not in values and _may_be_number(defaults[name])}
    return sorted(_Proof(cls, constructor, api, names, values).found(defaults)) if names else []


def _may_be_number(default: Expression | None) -> bool:
    return default is None or size_text(default) is not None


def _written(target: Expression) -> str:
    return size_text(target) or ""


class _Proof:
    """Goes through what a constructor demands of its parameters."""

    def __init__(
        self,
        cls: ClassDef,
        constructor: FuncDef,
        api: Any,
        names: set[str],
        values: Mapping[str, list[Expression | None]],
    ) -> None:
        self._info: TypeInfo = cls.info
        self._api = api
        self._module: MypyFile = api.modules[api.cur_mod_id]
        self._demands = Demands(constructor)
        self._names, self._values = names - self._demands.shadowed, values
        self._found: set[str] = set()

    def found(self, defaults: Mapping[str, Expression | None]) -> set[str]:
        """The parameters that are whole numbers."""
        for call in self._demands.calls:
            self._prove(self._whole_in(call))
        plain = {name for name in self._names if _is_number(defaults[name])} - self._demands.questioned
        for call in self._demands.calls_in_branches:  # which may not be gone through
            self._prove(self._whole_in(call), plain)
        self._prove_quotients()
        return self._found

    def _prove(self, expressions: Iterable[Expression], names: set[str] | None = None) -> None:
        for expression in expressions:
            self._found |= self._leaves(expression) & (self._names if names is None else names)

    def _prove_quotients(self) -> None:
        """`dim // heads`: one whole number is divided by another."""
        count = -1
        while count < len(self._found):
            count = len(self._found)
            for quotient in self._demands.quotients:
                sides = (quotient.left, quotient.right)
                if any(self._is_known(side) for side in sides):
                    self._prove(sides)

    def _is_known(self, expression: Expression) -> bool:
        leaves = self._leaves(expression)
        return bool(leaves) and leaves <= self._found

    def _leaves(self, expression: Expression, reading: tuple[str, ...] = ()) -> set[str]:
        """The parameters of which an expression is computed so that it is a whole number only if they are."""
        match expression:
            case OpExpr(op=op, left=left, right=right) if op in _ARITHMETIC and not isinstance(left, StrExpr):
                return self._leaves(left, reading) | self._leaves(right, reading)
            case UnaryExpr(op="-", expr=inner):
                return self._leaves(inner, reading)
            case NameExpr() | MemberExpr():
                return self._of_name(_written(expression), reading)
            case _:
                return set()

    def _of_name(self, name: str, reading: tuple[str, ...]) -> set[str]:
        if name in self._names:
            return {name}
        values = self._values.get(name, ())
        if len(values) != 1 or values[0] is None or name in reading:
            return set()
        return self._leaves(values[0], (*reading, name))

    # What takes whole numbers only

    def _whole_in(self, call: CallExpr) -> Iterator[Expression]:
        """The arguments of a call that are whole numbers, or it fails."""
        if isinstance(call.callee, SuperExpr):
            if call.callee.name == "__init__":
                yield from self._of_constructor(_behind(self._info), call)
            return
        if isinstance(call.callee, NameExpr) and call.callee.name == "range":
            yield from call.args
            return
        node, owner = named_node(call.callee, self._module)
        if isinstance(node, TypeInfo):
            yield from self._of_constructor(node, call)
        elif owner == "torch" and getattr(call.callee, "name", "") in _FACTORIES:
            yield from _lengths(call)

    def _of_constructor(self, info: TypeInfo | None, call: CallExpr) -> Iterator[Expression]:
        given = None if info is None else given_by_names(info, call)
        if info is None or not given:
            return
        depend_on_class(self._api, info)
        for name, type_ in _parameters(info):
            if name not in given:
                continue
            if _is_int(type_) or name in _proven(info):
                yield given[name]
            elif info.fullname.startswith(MODULES) and _is_int_or_several(type_):
                yield from _single(given[name])


def _is_number(default: Expression | None) -> bool:
    return default is None or isinstance(default, IntExpr)


def _lengths(call: CallExpr) -> Iterator[Expression]:
    """The sizes that `torch.zeros(1, n, d)` is given; a single one may be a tuple of sizes."""
    given = [one for one, name in zip(call.args, call.arg_names, strict=True) if name is None]
    if len(given) == 1 and isinstance(given[0], TupleExpr | ListExpr):
        yield from given[0].items
    elif getattr(call.callee, "name", "") == "full":
        yield from given[0].items if given and isinstance(given[0], TupleExpr | ListExpr) else ()
    elif len(given) > 1:
        yield from given


def _single(expression: Expression) -> Iterator[Expression]:
    """What cannot be a tuple, of what may be one or a whole number: `k // 2`, `k - 1`."""
    match expression:
        case OpExpr(op=op) if op in _NOT_OF_TUPLES:
            yield expression
        case OpExpr(op="+" | "*", left=left, right=right):
            for side in (left, right):
                yield from _single(side)
        case _:
            return


def _behind(info: TypeInfo) -> TypeInfo | None:
    return next((base for base in info.mro[1:] if "__init__" in base.names), None)


def _proven(info: TypeInfo) -> Iterable[str]:
    return (*info.metadata.get(METADATA, {}).get("whole", ()), *_UNDECLARED.get(info.fullname, ()))


def _parameters(info: TypeInfo) -> list[tuple[str, Type | None]]:
    """The parameters of a class's constructor with their types; of several signatures the first counts."""
    symbol = info.get("__init__")
    node = symbol.node if symbol is not None else None
    if isinstance(node, OverloadedFuncDef):
        node = node.items[0]
    if isinstance(node, Decorator):
        node = node.func
    if not isinstance(node, FuncDef):
        return []
    types = node.type.arg_types if isinstance(node.type, CallableType) else [None] * len(node.arg_names)
    return [(name or "", type_) for name, type_ in zip(node.arg_names, types, strict=True)][1:]


def _is_int(type_: Type | None) -> bool:
    """Whether a type, analyzed or not, is `int`."""
    declared = get_proper_type(type_)
    is_written = isinstance(declared, UnboundType) and declared.name == "int"
    return is_written or (isinstance(declared, Instance) and declared.type.fullname == "builtins.int")


def _is_int_or_several(type_: Type | None) -> bool:
    """Whether a parameter of torch's takes a whole number, or a tuple or text in its place."""
    declared = get_proper_type(type_)
    if not isinstance(declared, UnionType):
        return False
    items = [get_proper_type(item) for item in flatten_nested_unions(declared.items)]
    others = [item for item in items if not _is_int(item)]
    flat = [item.partial_fallback if hasattr(item, "partial_fallback") else item for item in others]
    is_one = len(others) < len(items)
    return is_one and all(isinstance(one, Instance) and one.type.fullname in _SEQUENCES for one in flat)
