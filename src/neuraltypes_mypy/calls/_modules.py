"""Modules, and objects that hold sizes: an instance remembers what it was made with, and its attributes say it."""

from __future__ import annotations

from typing import Any

from mypy.nodes import CallExpr, Context, Expression, FuncDef, MemberExpr, NameExpr, RefExpr, TypeInfo, Var
from mypy.plugin import AttributeContext, FunctionContext, MethodContext
from mypy.types import Instance, TupleType, Type, get_proper_type

from neuraltypes._sizes import Size, Symbol
from neuraltypes_mypy.base._dependencies import depend_on
from neuraltypes_mypy.base._names import MODULE
from neuraltypes_mypy.base._types import with_attribute
from neuraltypes_mypy.modules._undeclared import is_followed
from neuraltypes_mypy.operations._recipes import Recipes
from neuraltypes_mypy.sizes._class_sizes import (
    attribute_size,
    handed_modules,
    holds_size,
    is_changing,
    is_configured,
    kept_of,
)
from neuraltypes_mypy.sizes._left_out import left_out
from neuraltypes_mypy.sizes._made_with import (
    configuration,
    configured,
    held_configuration,
    inner_sizes,
    place_text,
    seen_from_outside,
    with_held,
)
from neuraltypes_mypy.sizes._nested import nested_classes
from neuraltypes_mypy.sizes._sizes_of import given_sizes
from neuraltypes_mypy.sizes._steady import is_self, is_steady
from neuraltypes_mypy.sizes._values import Values
from neuraltypes_mypy.tensors._atoms import noted_any
from neuraltypes_mypy.tensors._members import AGREED, FOLLOWED, MADE_AT, ONE_OF
from neuraltypes_mypy.tensors._sized_ints import is_int
from neuraltypes_mypy.tensors._tensor import unknown
from neuraltypes_mypy.tensors._types import KnownTypes


class Modules:
    """Types what makes modules and what is read of them, for one run of mypy."""

    def __init__(self, types: KnownTypes, values: Values, recipes: Recipes) -> None:
        self._types = types
        self._values = values
        self._recipes = recipes

    # Making one

    def made(self, ctx: FunctionContext, result: Type) -> Type:
        """What a constructor gives, with the sizes that it was given."""
        instance, call = get_proper_type(result), ctx.context
        is_direct = isinstance(call, CallExpr) and isinstance(call.callee, RefExpr)
        if not isinstance(instance, Instance) or not isinstance(call, CallExpr) or not is_direct:
            return result
        is_class = isinstance(getattr(call.callee, "node", None), TypeInfo)
        if not (is_class or instance.type.is_final) or any(kind.is_star() for kind in call.arg_kinds):
            return result  # made by way of a `type[Encoder]`, it may be of a subclass
        for base in instance.type.mro:
            depend_on(ctx.api, base.fullname)
            for inner in nested_classes(base):
                depend_on(ctx.api, inner.fullname)
        place = place_text(ctx.api.path, call.line)
        single = {name: found[0] for name, found in _named(ctx) if len(found) == 1}
        made = configured(instance, _given(ctx), self._types.int_type, place, left_out(single))
        if is_followed(made.type) and made.type.module_name == _module_name(ctx.api):
            made = with_attribute(with_attribute(made, MADE_AT, noted_any(place)), FOLLOWED, unknown())
        return self._recipes.completed(made, ctx.api)

    def from_helper(self, ctx: FunctionContext | MethodContext, node: FuncDef, result: Type) -> Type:
        """What a call of a function gives that makes a module."""
        if any(kind.is_star() for kinds in ctx.arg_kinds for kind in kinds):
            return result
        if node.is_class and not _is_called_by(node.info, ctx.context):
            return result  # `cls` may be a subclass, which is made otherwise
        made = self._recipes.returned(node, result, _given(ctx), ctx.api)
        if not isinstance(ctx, MethodContext) or not isinstance(ctx.type, Instance):
            return made
        callee = ctx.context.callee if isinstance(ctx.context, CallExpr) else None
        if isinstance(callee, MemberExpr) and is_self(callee.expr, ctx.api):
            return made
        return seen_from_outside(made, ctx.type, self._types.int_type)

    def declared_attribute(self, ctx: AttributeContext) -> Type:
        """A declared attribute, or one that a subclass replaces: with what the constructor makes it."""
        receiver = ctx.type
        if ctx.is_lvalue or not isinstance(receiver, Instance) or not isinstance(ctx.context, MemberExpr):
            return ctx.default_attr_type
        known = self._recipes.attribute(receiver.type, ctx.context.name, ctx.default_attr_type, ctx.api)
        if known is None:
            return ctx.default_attr_type
        held = get_proper_type(known)
        known = with_attribute(held, AGREED, unknown()) if isinstance(held, Instance) else known
        if is_self(ctx.context.expr, ctx.api):
            return known
        return seen_from_outside(known, receiver, self._types.int_type)

    def replaced(self, ctx: FunctionContext) -> Type:
        """`dataclasses.replace` gives an object of other sizes."""
        instance = get_proper_type(ctx.default_return_type)
        if isinstance(instance, Instance) and instance.extra_attrs is not None:
            return Instance(instance.type, instance.args)
        return ctx.default_return_type

    def compiled(self, ctx: FunctionContext) -> Type:
        """`torch.compile(module)` and `weight_norm(module)` are called as the module itself."""
        if not ctx.args or len(ctx.args[0]) != 1:
            return ctx.default_return_type
        api: Any = ctx.api
        known: Type | None = api.lookup_type_or_none(ctx.args[0][0])
        given = get_proper_type(known)
        return given if isinstance(given, Instance) and given.type.has_base(MODULE) else ctx.default_return_type

    def scripted(self, ctx: FunctionContext) -> Type:
        """`torch.jit.script(module)` is another class, which is called as the module."""
        known: Type | None = ctx.arg_types[0][0] if ctx.arg_types and len(ctx.arg_types[0]) == 1 else None
        result, given = get_proper_type(ctx.default_return_type), get_proper_type(known)
        if not isinstance(result, Instance) or not result.type.has_base(MODULE) or not isinstance(given, Instance):
            return ctx.default_return_type
        is_known = given.type.has_base(MODULE) and given.type.fullname != MODULE
        return with_attribute(result, ONE_OF, TupleType([given], self._types.tuple_type)) if is_known else result

    # Reading one

    def attribute(self, ctx: AttributeContext) -> Type:
        """An attribute that holds a size: that of this instance, or within the class that of every instance."""
        receiver = ctx.type
        if not isinstance(ctx.context, MemberExpr):
            return ctx.default_attr_type
        if ctx.is_lvalue:
            _forget_sizes(ctx.context.expr)
            return ctx.default_attr_type
        name = ctx.context.name
        size = configuration(receiver).get(name) if is_steady(ctx.context.expr, receiver, ctx.api) else None
        if size is None and isinstance(receiver, Instance) and is_self(ctx.context.expr, ctx.api):
            size = attribute_size(receiver.type, name)
        held = get_proper_type(ctx.default_attr_type)
        if isinstance(held, Instance) and isinstance(receiver, Instance) and is_configured(held.type):
            return self._handed(held, receiver, ctx.context, ctx.api)
        if size is not None and not is_int(ctx.default_attr_type):
            return ctx.default_attr_type
        return ctx.default_attr_type if size is None else self._values.value(size)

    def _handed(self, held: Instance, receiver: Instance, place: MemberExpr, api: Any) -> Type:
        """A module that the constructor was given, with its sizes: as it was there, in the class by their names."""
        if is_changing(receiver.type, place.name) or held.extra_attrs is not None:
            return held
        if not is_self(place.expr, api):
            return with_held(held, inner_sizes(receiver, place.name), self._types.int_type)
        handed = handed_modules(receiver.type)
        names = {name for base in held.type.mro for name in kept_of(base).get("attributes", ())}
        known = {name: attribute_size(receiver.type, f"{place.name}.{name}") for name in names}
        sizes = {
            name: size
            for name, size in known.items()
            if size is not None
            and holds_size(held.type, name)
            and all(Symbol(one.name.partition(".")[0], one.scope) in handed for one in size.symbols())
        }
        return with_held(held, sizes, self._types.int_type)

    def held(self, ctx: AttributeContext) -> Type:
        """An attribute of a configuration that holds another one."""
        if not isinstance(ctx.context, MemberExpr):
            return ctx.default_attr_type
        if ctx.is_lvalue:
            _forget_sizes(ctx.context.expr)
            return ctx.default_attr_type
        if not is_steady(ctx.context.expr, ctx.type, ctx.api):
            return ctx.default_attr_type
        return held_configuration(ctx.default_attr_type, ctx.type, ctx.context.name, self._types.int_type)


def _given(ctx: FunctionContext | MethodContext) -> dict[str, Size | None]:
    """The sizes that a call gives, by the names of the parameters; None for a parameter that takes several."""
    several: dict[str, Size | None] = {name: None for name, expressions in _named(ctx) if len(expressions) > 1}
    return several | given_sizes({name: found[0] for name, found in _named(ctx) if len(found) == 1}, ctx.api)


def _named(ctx: FunctionContext | MethodContext) -> list[tuple[str, list[Expression]]]:
    return [(name, found) for name, found in zip(ctx.callee_arg_names, ctx.args, strict=True) if name]


def _is_called_by(info: TypeInfo, call: Context) -> bool:
    """Whether a method is called by the name of its own class: `Encoder.small()`."""
    callee = call.callee if isinstance(call, CallExpr) else None
    return isinstance(callee, MemberExpr) and getattr(callee.expr, "node", None) is info


def _forget_sizes(expression: Expression) -> None:
    """From here on a name holds an object that was changed after it was made."""
    variable = expression.node if isinstance(expression, NameExpr) else None
    if isinstance(variable, Var) and variable.is_inferred:
        type_ = get_proper_type(variable.type)
        if isinstance(type_, Instance) and type_.extra_attrs is not None:
            variable.type = Instance(type_.type, type_.args)


def _module_name(api: Any) -> str:
    name: str = api.tree.fullname
    return name
