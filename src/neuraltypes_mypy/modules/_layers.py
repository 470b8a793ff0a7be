"""Sizes of the modules that a constructor makes, in its parameters: `{self.linear.in_features}` of an annotation.

`self.linear = nn.Linear(mels, d)` makes `linear.in_features` the size `mels`. Annotations are read before any
expression has a type, so this is read from the source; what cannot be told from it stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    CallExpr,
    Decorator,
    Expression,
    FuncDef,
    MemberExpr,
    MypyFile,
    NameExpr,
    OverloadedFuncDef,
    TypeInfo,
    Var,
)
from mypy.types import Instance, get_proper_type

from neuraltypes_mypy.base._dependencies import depend_on_class
from neuraltypes_mypy.base._names import METADATA, MODULE, MODULES
from neuraltypes_mypy.source._size_texts import size_text

_NAME: Final = re.compile(r"[^\W\d][\w.]*")


def layer_sizes(values: Iterable[tuple[str, Expression | None]], api: Any) -> Iterator[tuple[str, str]]:
    """For attributes with what they are assigned: `linear.in_features` and `mels`."""
    for name, value in values:
        info = _class_of(value, api.modules[api.cur_mod_id])
        if info is not None and isinstance(value, CallExpr) and info.has_base(MODULE):
            depend_on_class(api, info)
            yield from ((f"{name}.{inner}", text) for inner, text in _sizes(info, value))


def _class_of(value: Expression | None, module: MypyFile) -> TypeInfo | None:
    """The class that is called."""
    node, _ = named_node(value.callee, module) if isinstance(value, CallExpr) else (None, "")
    return node if isinstance(node, TypeInfo) else None


def named_node(expression: Expression, module: MypyFile) -> tuple[Any, str]:
    """What an expression names, as the names of the module show it, and in what: mypy has not come to it yet."""
    node: Any = module
    owner = ""
    for name in _dotted(expression) or ("",):
        owner = getattr(node, "fullname", "")
        symbol = node.names.get(name) if isinstance(node, MypyFile | TypeInfo) else None
        node = None if symbol is None else symbol.node
    return node, owner


def _dotted(expression: Expression) -> list[str] | None:
    if isinstance(expression, MemberExpr):
        inner = _dotted(expression.expr)
        return None if inner is None else [*inner, expression.name]
    return [expression.name] if isinstance(expression, NameExpr) else None


def _sizes(info: TypeInfo, call: CallExpr) -> Iterator[tuple[str, str]]:
    """The attributes that hold what a call gives for `int` parameters."""
    given = given_by_names(info, call)
    if given is None:
        return
    texts = {name: text for name, value in given.items() if (text := size_text(value)) is not None}
    if info.fullname.startswith(MODULES):
        yield from ((name, text) for name, text in texts.items() if _is_declared_int(info, name))
        return
    data: Mapping[str, Any] = info.metadata.get(METADATA, {})
    if "defaults" not in data:
        return
    texts = {**{name: text for name, text in data["defaults"].items() if name not in given}, **texts}
    for attribute, held in data["attributes"].items():
        if all(name in texts for name in _NAME.findall(held)):
            yield attribute, _NAME.sub(lambda name: texts[name[0]], held)


def given_by_names(info: TypeInfo, call: CallExpr) -> dict[str, Expression] | None:
    """What a call gives, by the names of the parameters; None where that cannot be told."""
    names = _parameter_names(info)
    found: dict[str, Expression] = {}
    for place, (value, kind, name) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
        if kind == ARG_NAMED and name is not None:
            found[name] = value
        elif kind == ARG_POS and place < len(names):
            found[names[place]] = value
        else:
            return None
    return found


def _parameter_names(info: TypeInfo) -> list[str]:
    """The parameters of a class's constructor that can be given by place; of several signatures the first counts."""
    symbol = info.get("__init__")
    node = symbol.node if symbol is not None else None
    if isinstance(node, OverloadedFuncDef):
        node = node.items[0]
    if isinstance(node, Decorator):
        node = node.func
    if not isinstance(node, FuncDef):
        return []
    pairs = zip(node.arg_names[1:], node.arg_kinds[1:], strict=True)
    return [name or "" for name, kind in pairs if not kind.is_named() and not kind.is_star()]


def _is_declared_int(info: TypeInfo, name: str) -> bool:
    symbol = info.get(name)
    declared = symbol.node.type if symbol is not None and isinstance(symbol.node, Var) else None
    proper = get_proper_type(declared)
    return isinstance(proper, Instance) and proper.type.fullname == "builtins.int"
