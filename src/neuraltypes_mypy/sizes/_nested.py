"""Configurations in configurations: `encoder: EncoderConfig = field(default_factory=EncoderConfig)`.

Only of classes that stand in one module: of another module, mypy's cache would not see a default change.
"""

from __future__ import annotations

from collections.abc import Mapping

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Expression,
    IntExpr,
    LambdaExpr,
    NameExpr,
    ReturnStmt,
    TypeInfo,
    Var,
)
from mypy.types import Instance, UnboundType, get_proper_type

from neuraltypes._sizes import Size, number, size_from_expression
from neuraltypes_mypy.sizes._class_sizes import kept_of


def nested_fields(cls: ClassDef) -> dict[str, dict[str, str] | None]:
    """The fields of a class that may be configurations, with the numbers that their default is given.

    None where there is no default that can be read.
    """
    found: dict[str, dict[str, str] | None] = {}
    for statement in cls.defs.body:
        match statement:
            case AssignmentStmt(lvalues=[NameExpr(name=name)], unanalyzed_type=UnboundType(name=declared, args=())):
                if declared[:1].isupper():
                    found[name] = _given_by_default(statement.rvalue, declared)
            case _:
                pass
    return found


def _given_by_default(value: Expression, declared: str) -> dict[str, str] | None:
    match value:
        case CallExpr(callee=NameExpr(name="field")) if "default_factory" in value.arg_names:
            return _given_by_factory(value.args[value.arg_names.index("default_factory")], declared)
        case CallExpr(callee=NameExpr(name=name)) if name == declared:
            return _given(value)
        case _:
            return None


def _given_by_factory(factory: Expression, declared: str) -> dict[str, str] | None:
    match factory:
        case NameExpr(name=name) if name == declared:
            return {}
        case LambdaExpr(body=Block(body=[ReturnStmt(expr=CallExpr() as call)])):
            return _given_by_default(call, declared)
        case _:
            return None


def _given(call: CallExpr) -> dict[str, str] | None:
    given = list(zip(call.arg_names, call.args, strict=True))
    numbers = {name: str(value.value) for name, value in given if name is not None and isinstance(value, IntExpr)}
    return numbers if len(numbers) == len(given) else None


def has_nested(info: TypeInfo, name: str) -> bool:
    """Whether an attribute may hold a configuration of its own."""
    return any(name in kept_of(base).get("nested", ()) for base in info.mro)


def nested_sizes(info: TypeInfo, given: Mapping[str, Size | None]) -> dict[str, Size]:
    """The sizes in the configurations that a configuration holds (`encoder.d_model`), by what it was given."""
    found: dict[str, Size] = {}
    for name, by_default in kept_of(info).get("nested", {}).items():
        inner = nested_class(info, name)
        if inner is None:
            continue
        sizes: Mapping[str, Size | None] = given
        if name not in given and by_default is not None:
            defaults = kept_of(inner).get("defaults", {}).items()
            sizes = {f"{name}.{key}": size_from_expression(text, lambda _: None) for key, text in defaults}
            sizes |= {f"{name}.{key}": number(int(text)) for key, text in by_default.items()}
        found |= {key: size for key, size in sizes.items() if key.startswith(f"{name}.") and size is not None}
    return found


def nested_classes(info: TypeInfo) -> list[TypeInfo]:
    """The classes of the configurations that a class itself declares."""
    found = (nested_class(info, name) for name in kept_of(info).get("nested", ()))
    return [inner for inner in found if inner is not None]


def nested_class(info: TypeInfo, name: str) -> TypeInfo | None:
    """The class of the configuration that a field holds."""
    symbol = info.names.get(name)
    declared = get_proper_type(symbol.node.type) if symbol is not None and isinstance(symbol.node, Var) else None
    if not isinstance(declared, Instance) or not kept_of(declared.type).get("fields"):
        return None
    return declared.type if declared.type.module_name == info.module_name else None
