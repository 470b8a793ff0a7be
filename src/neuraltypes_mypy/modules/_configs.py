"""Configs of which the keys are known: OmegaConf's containers with the structure of a dataclass or a constructor.

A structured config is a `DictConfig` that has the fields of a dataclass. mypy's own type for that is a subclass of
both, as it makes one for `isinstance`: it fits where either is declared, has the methods of the one and the fields of
the other, and what neither has is asked for with `DictConfig.__getattr__`, where it is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias, TypeGuard

from mypy.nodes import ARG_STAR, ARG_STAR2, Context, Decorator, FuncDef, TypeInfo, Var
from mypy.plugin import AttributeContext, FunctionContext, MethodContext
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    ProperType,
    Type,
    TypeOfAny,
    TypeType,
    UnionType,
    get_proper_type,
)

from neuraltypes._spelling import hint
from neuraltypes_mypy.base._codes import CONFIG
from neuraltypes_mypy.base._names import NEURAL_MODULE
from neuraltypes_mypy.base._types import attribute_of, keeping, kept_with
from neuraltypes_mypy.source._source import read_source

_Context: TypeAlias = AttributeContext | FunctionContext | MethodContext

CONTAINER: Final = "omegaconf.dictconfig.DictConfig"
KEYS: Final = f"{CONTAINER}."
AS_CONFIG: Final = "neuraltypes.config._containers.as_config"
DEFAULT_CONFIG: Final = ".default_config"
WHOLE: Final = "cfg"
_MADE_BY: Final = "<made by>"
_PLAIN: Final = frozenset({"builtins.int", "builtins.float", "builtins.str", "builtins.bool"})


def of_module(ctx: AttributeContext) -> Type:
    """The attribute `cfg` of a module, with the structure that the constructor's parameter `cfg` declares."""
    module = ctx.type
    container = get_proper_type(ctx.default_attr_type)
    if ctx.is_lvalue or not isinstance(module, Instance):
        return ctx.default_attr_type
    if not _is_container(container):
        return _written(ctx, ctx.default_attr_type)
    declared = dict(_parameters(module.type) or ()).get(WHOLE)
    structure = next((item for item in _members(declared) if _is_structure(item)), None)
    return ctx.default_attr_type if structure is None else _written(ctx, _structured(ctx, container, structure))


def of_field(ctx: AttributeContext) -> Type:
    """A field of a container: one that is a dataclass is a container, too, and one with items has unknown keys."""
    holder, declared = ctx.type, get_proper_type(ctx.default_attr_type)
    if not isinstance(holder, Instance):
        return ctx.default_attr_type
    container = next((base for base in holder.type.mro if base.fullname == CONTAINER), None)
    if container is None:
        return ctx.default_attr_type
    if any(map(_has_items, _members(declared))):
        return AnyType(TypeOfAny.special_form)
    if ctx.is_lvalue or not isinstance(declared, Instance) or not _has_fields(declared.type):
        return ctx.default_attr_type
    return _written(ctx, _structured(ctx, Instance(container, []), declared))


def is_nested(member: Var) -> bool:
    """Whether a field of a dataclass is a dataclass, or has items."""
    if not _has_fields(member.info):
        return False
    return _is_structure(get_proper_type(member.type)) or any(map(_has_items, _members(member.type)))


def _has_items(declared: ProperType | None) -> bool:
    return isinstance(declared, Instance) and declared.type.fullname in ("builtins.dict", "builtins.list")


def of_argument(ctx: FunctionContext) -> Type:
    """What `as_config` gives for a dataclass, or for the class itself."""
    given = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    if isinstance(given, CallableType) and given.is_type_obj():
        given = get_proper_type(given.ret_type)
    container = get_proper_type(ctx.default_return_type)
    if not _is_structure(given) or not _is_container(container):
        return ctx.default_return_type
    return _written(ctx, _structured(ctx, container, given))


def default_config(ctx: MethodContext) -> Type:
    """The default config of a class, which has the keys of its constructor."""
    owner: ProperType = ctx.type
    if isinstance(owner, TypeType):
        owner = owner.item
    if isinstance(owner, CallableType) and owner.is_type_obj():
        owner = get_proper_type(owner.ret_type)
    container = get_proper_type(ctx.default_return_type)
    if not isinstance(owner, Instance) or not _is_container(container) or _parameters(owner.type) is None:
        return ctx.default_return_type
    return _written(ctx, _made_by(container, owner))


def key(ctx: AttributeContext) -> Type:
    """An entry of a container: of the type that its structure declares; one that it does not have is reported."""
    container = ctx.type
    name = getattr(ctx.context, "name", None)
    if not isinstance(container, Instance) or name is None or name.startswith("_"):
        return ctx.default_attr_type
    if name in kept_with(container):
        return ctx.default_attr_type
    maker = attribute_of(container, _MADE_BY)
    if isinstance(maker, Instance):
        return _parameter(ctx, container, maker.type, name)
    structure = _structure_of(container)
    if structure is not None:
        _report(ctx, structure.name, name, list(_fields(structure)), ctx.context)
    return ctx.default_attr_type


def _structure_of(container: Instance) -> TypeInfo | None:
    """The dataclass of a structured config; None where it has none, or one of which not all is known."""
    found = next((base for base in container.type.mro[1:] if _has_fields(base)), None)
    return None if container.type.fallback_to_any else found


def _written(ctx: _Context, made: Type) -> Type:
    """A container, after a report of the keys that the code writes to it and that it does not have."""
    at = ctx.context
    if not isinstance(container := get_proper_type(made), Instance):
        return made
    if not container.type.has_base(CONTAINER):
        return made
    for name, line, column in read_source(ctx.api.path).writes.to((at.line, at.column, at.end_line, at.end_column)):
        maker = attribute_of(container, _MADE_BY)
        owner = maker.type if isinstance(maker, Instance) else _structure_of(container)
        if owner is None or name.startswith("_"):
            continue
        known = [n for n, _ in _parameters(owner) or ()] if isinstance(maker, Instance) else list(_fields(owner))
        if name not in known:
            _report(ctx, owner.name, name, known, Context(line, column))
    return made


def _parameter(ctx: AttributeContext, container: Instance, maker: TypeInfo, name: str) -> Type:
    parameters = dict(_parameters(maker) or ())
    if name not in parameters:
        _report(ctx, maker.name, name, list(parameters), ctx.context)
        return ctx.default_attr_type
    declared = get_proper_type(parameters[name])
    if ctx.is_lvalue:
        return ctx.default_attr_type
    if isinstance(declared, Instance) and _is_known_module(declared.type):
        return _written(ctx, _made_by(container, declared))
    is_plain = all(isinstance(item, Instance) and item.type.fullname in _PLAIN for item in _members(declared))
    return declared if is_plain and declared is not None else ctx.default_attr_type


def _is_known_module(info: TypeInfo) -> bool:
    return info.has_base(NEURAL_MODULE) and _parameters(info) is not None


def _report(ctx: _Context, owner: str, name: str, known: list[str], at: Context) -> None:
    if name in read_source(ctx.api.path).strings:
        return  # the code asks whether it is there, perhaps
    ctx.api.fail(f'The config of "{owner}" has no key "{name}"{hint(name, known)}', at, code=CONFIG)


def _structured(ctx: Any, container: Instance, structure: Instance) -> Type:
    """A container with the fields of a dataclass, or the container as it is where the two do not go together."""
    made = ctx.api.intersect_instances((structure, container), [])
    return container if made is None else made


def _made_by(container: Instance, maker: Instance) -> Instance:
    return keeping(container, {_MADE_BY: Instance(maker.type, [])})


def _parameters(info: TypeInfo) -> list[tuple[str, Type]] | None:
    """The named parameters of a constructor with their types, or None where it takes others, too."""
    symbol = info.get("__init__")
    init = symbol.node if symbol is not None else None
    init = init.func if isinstance(init, Decorator) else init
    if not isinstance(init, FuncDef) or info.fallback_to_any:
        return None
    signature = init.type
    if not isinstance(signature, CallableType) or {ARG_STAR, ARG_STAR2} & set(signature.arg_kinds):
        return None
    pairs = zip(signature.arg_names[1:], signature.arg_types[1:], strict=True)
    return [(name, type_) for name, type_ in pairs if name is not None]


def _members(declared: Type | None) -> Iterator[ProperType | None]:
    proper = get_proper_type(declared)
    if isinstance(proper, UnionType):
        for item in proper.items:
            yield from _members(item)
    else:
        yield proper


def _is_structure(type_: ProperType | None) -> TypeGuard[Instance]:
    return isinstance(type_, Instance) and _has_fields(type_.type)


def _has_fields(info: TypeInfo) -> bool:
    return "dataclass" in info.metadata or "dataclass_tag" in info.metadata


def _fields(info: TypeInfo) -> Iterator[str]:
    for base in info.mro[:-1]:
        for name, symbol in base.names.items():
            if isinstance(symbol.node, Var) and not name.startswith("_"):
                yield name


def _is_container(type_: ProperType) -> TypeGuard[Instance]:
    return isinstance(type_, Instance) and type_.type.fullname == CONTAINER
