"""Which modules `nn.Sequential`, `nn.ModuleList` and `nn.ModuleDict` hold, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mypy.nodes import CallExpr, ConditionalExpr, DictExpr, Expression, IndexExpr, RefExpr, SliceExpr, StrExpr
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    TypeVarType,
    get_proper_type,
)

from neuraltypes_mypy.base._names import CONTAINERS, MODULE, SEQUENTIAL
from neuraltypes_mypy.base._types import attribute_of, options_of, with_attribute
from neuraltypes_mypy.flow._settle import Settling
from neuraltypes_mypy.modules._filled import body_of, checked_type, chosen, each, fill, is_filled_elsewhere
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.sizes._sizes_of import size_of_expression
from neuraltypes_mypy.source._steps import Either, One, Rounds, Steps, steps_of_call
from neuraltypes_mypy.tensors._members import (
    FOLLOWED,
    FOUND,
    ITEM,
    ITEMS,
    ONE_OF,
    ROUNDS,
    STEPS,
    is_module,
    join_modules,
)
from neuraltypes_mypy.tensors._mentions import says_tensors
from neuraltypes_mypy.tensors._tensor import unknown, untold
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._untyped import untyped
from neuraltypes_mypy.tensors._walk import replace

CLASSES: Final = tuple(f"{CONTAINERS}.{name}" for name in ("Sequential", "ModuleList", "ModuleDict"))
GROWING: Final = (
    *("append", "extend", "insert", "add_module", "__iadd__"),
    *("update", "clear", "__setitem__", "__delitem__", "pop"),
)
READING: Final = ("__iter__", "values", "items")
WALKS: Final = ("builtins.enumerate", "builtins.reversed", "builtins.zip")
_WALKED: Final = ("typing.Iterable", "_typeshed.SupportsLenAndGetItem")
_LISTS: Final = CLASSES[:2]


class ModuleContainers:
    """Types containers of modules, for one run of mypy."""

    def __init__(self, types: KnownTypes, settling: Settling, rules: KnownRules) -> None:
        self._types = types
        self._settling = settling
        self._rules = rules

    # Making one

    def made(self, ctx: FunctionContext) -> Type:
        """`nn.Sequential(a, *layers)`, `nn.ModuleList([...])` and `nn.ModuleDict({...})` remember their modules."""
        instance, call = get_proper_type(ctx.default_return_type), ctx.context
        if not isinstance(instance, Instance) or not isinstance(call, CallExpr):
            return ctx.default_return_type
        if is_filled_elsewhere(call, ctx.api.scope.current_function()):  # type: ignore[attr-defined]
            return ctx.default_return_type
        return self.filled(
            instance, call, steps_of_call(call, body_of(ctx.api)), lambda one: self._checked(one, ctx.api)
        )

    def _checked(self, expression: Expression, api: Any) -> Type:
        """What mypy has found a module to be; of `a if c else b` either, which mypy unites to what both are."""
        if not isinstance(expression, ConditionalExpr):
            return checked_type(expression, api)
        branches = [self._checked(one, api) for one in (expression.if_expr, expression.else_expr)]
        return join_modules(branches, self._types.tuple_type) or checked_type(expression, api)

    def filled(
        self, instance: Instance, call: CallExpr, steps: Steps, type_of: Callable[[Expression], Type]
    ) -> Instance:
        """A container with its modules, of which `type_of` says the types."""
        if instance.type.fullname == CLASSES[2]:
            return self._dictionary(instance, call, steps, type_of)
        return self._holding(instance, steps, type_of)

    def _holding(self, instance: Instance, steps: Steps, type_of: Callable[[Expression], Type]) -> Instance:
        types = [self._step(step, type_of) for step in steps]
        is_whole = all(isinstance(step, One) for step in steps) and all(map(is_module, types))
        if types and is_whole:
            instance = with_attribute(instance, ITEMS, TupleType(types, self._types.tuple_type))
        elif types and instance.type.has_base(SEQUENTIAL):
            instance = with_attribute(instance, STEPS, TupleType(types, self._types.tuple_type))
        return self._with_common(instance, [type_ for step in steps for type_ in each(step, type_of)])

    def _dictionary(
        self, instance: Instance, call: CallExpr, steps: Steps, type_of: Callable[[Expression], Type]
    ) -> Instance:
        types = [type_ for step in steps for type_ in each(step, type_of)]
        expression, fallback = call.args[0] if call.args else None, self._types.typed_dict
        if isinstance(expression, DictExpr) and fallback is not None and len(types) == len(expression.items):
            keys = [key.value for key, _ in expression.items if isinstance(key, StrExpr)]
            if len(set(keys)) == len(types):
                items = dict(zip(keys, types, strict=True))
                instance = with_attribute(instance, ITEMS, TypedDictType(items, set(items), set(), fallback))
        return self._with_common(instance, types)

    def _step(self, step: One | Rounds | Either, type_of: Callable[[Expression], Type]) -> Type:
        match step:
            case One(expression=expression):
                type_ = unknown() if expression is None else type_of(expression)
                return type_ if is_module(type_) else unknown()
            case Rounds(steps=steps):
                return self._part(ROUNDS, steps, type_of)
            case Either(branches=branches):
                parts = [self._part(STEPS, branch, type_of) for branch in branches]
                module = self._types.instance(MODULE)
                return (
                    unknown()
                    if module is None
                    else with_attribute(module, ONE_OF, TupleType(parts, self._types.tuple_type))
                )

    def _part(self, name: str, steps: Steps, type_of: Callable[[Expression], Type]) -> Type:
        """A part of a sequence, as a sequence of its own."""
        items = TupleType([self._step(step, type_of) for step in steps], self._types.tuple_type)
        sequence = self._types.instance(SEQUENTIAL)
        return unknown() if sequence is None else with_attribute(sequence, name, items)

    def _with_common(self, instance: Instance, types: list[Type]) -> Instance:
        """The container, with what its modules have in common.

        To plain mypy they are a `Module` each, whose every attribute is accepted; that is kept for modules without a
        word about tensors, and without a rule. What such a one gives may still be known by its body.
        """
        common = join_modules(types, self._types.tuple_type)
        if common is None or self._is_known(common):
            return instance if common is None else with_attribute(instance, ITEM, common)
        module = self._types.instance(MODULE)
        if module is None or attribute_of(common, FOLLOWED) is None:
            return instance
        one = with_attribute(module, ONE_OF, TupleType([common], self._types.tuple_type))
        return with_attribute(instance, ITEM, one)

    def _is_known(self, module: Instance) -> bool:
        if attribute_of(module, ONE_OF) is not None:
            return True
        forward = module.type.get("forward")
        is_said = forward is not None and says_tensors(forward.node)
        return is_said or self._rules.module_rule(module.type) is not None or module.type.has_base(SEQUENTIAL)

    # Filling one

    def grown(self, ctx: MethodContext) -> Type:
        """`self.blocks.append(Block(d))` in the constructor, or to a local variable: it holds all it is filled with."""
        container = ctx.type
        if isinstance(container, Instance) and container.type.fullname in CLASSES:
            fill(ctx, lambda bare, steps: self._grown(bare, steps, ctx.api), has_keys=_has_keys(container))
        return ctx.default_return_type

    def _grown(self, container: Instance, steps: Steps, api: Any) -> Instance:
        def type_of(expression: Expression) -> Type:
            return self._checked(expression, api)

        if not _has_keys(container):
            return self._holding(container, steps, type_of)
        return self._with_common(container, [type_ for step in steps for type_ in each(step, type_of)])

    # Reading one

    def item(self, ctx: MethodContext) -> Type:
        """`modules[0]`, `modules[:-1]`, `modules["name"]`."""
        items, common = attribute_of(ctx.type, ITEMS), attribute_of(ctx.type, ITEM)
        expression = ctx.args[0][0] if ctx.args and ctx.args[0] else None
        if isinstance(expression, SliceExpr):
            return self._sliced(ctx, expression, items, common)
        module = chosen(items, ctx)
        if module is not None:
            return _found(module)
        held = options_of(ctx.default_return_type)
        is_held = any(isinstance(one, Instance) and one.type.fullname == MODULE for one in held)
        return _found(common) if common is not None and is_held else _of_found(ctx)

    def _sliced(self, ctx: MethodContext, part: SliceExpr, items: ProperType | None, common: ProperType | None) -> Type:
        container = ctx.type
        if not isinstance(container, Instance) or container.type.fullname not in _LISTS:
            return ctx.default_return_type
        result = Instance(container.type, container.args)
        written = (part.begin_index, part.end_index, part.stride)
        bounds = [None if one is None else _number(one, ctx.api) for one in written]
        is_known = all((bound is None) == (one is None) for bound, one in zip(bounds, written, strict=True))
        if isinstance(items, TupleType) and is_known and bounds[2] != 0:
            types = items.items[slice(*bounds)]
            result = with_attribute(result, ITEMS, TupleType(types, self._types.tuple_type)) if types else result
            return self._with_common(result, types)
        if container.type.fullname == SEQUENTIAL and (common is None or _is_bare(common)):
            common = untold()  # mypy takes a part for a `Module`, and what is found in it for `Any`
        return result if common is None else with_attribute(result, ITEM, common)

    def items(self, ctx: MethodContext) -> Type:
        """The modules of a container one after the other: the `Module` in the result becomes what they all are."""
        common = attribute_of(ctx.type, ITEM)
        if common is None:
            return _of_found(ctx)
        self._settling.instrument_current(ctx.api)
        return replace(ctx.default_return_type, _in_place_of_module(_found(common)))

    def walked(self, ctx: FunctionSigContext) -> FunctionLike:
        """`enumerate(self.blocks)`, `reversed(self.blocks)`, `zip(self.blocks, self.norms)`: the same.

        Before mypy solves for what they hold: an outer call would tell it, and then a list of any modules does not fit.
        """
        signature = ctx.default_signature
        for place, expressions in enumerate(ctx.args):
            variable = _held(signature.arg_types[place])
            if variable is None or len(expressions) != 1 or not isinstance(expressions[0], RefExpr | IndexExpr):
                continue
            container = ctx.api.get_expression_type(expressions[0])
            common = attribute_of(container, ITEM) or attribute_of(container, FOUND)
            if common is not None:
                self._settling.instrument_current(ctx.api)
                signature = _solved(signature, variable, untyped(_found(common)), place)
        return signature


def _held(parameter: Type) -> TypeVarType | None:
    """The variable for what a parameter holds: `T` of `Iterable[T]`."""
    proper = get_proper_type(parameter)
    is_walked = isinstance(proper, Instance) and proper.type.fullname in _WALKED
    held = get_proper_type(proper.args[0]) if isinstance(proper, Instance) and is_walked else None
    return held if isinstance(held, TypeVarType) else None


def _solved(signature: CallableType, variable: TypeVarType, common: Type, place: int) -> CallableType:
    def solved(proper: ProperType) -> Type | None:
        return common if isinstance(proper, TypeVarType) and proper.id == variable.id else None

    types = [unknown() if at == place else replace(one, solved) for at, one in enumerate(signature.arg_types)]
    return signature.copy_modified(
        arg_types=types,
        ret_type=replace(signature.ret_type, solved),
        variables=[one for one in signature.variables if one.id != variable.id],
    )


def _has_keys(container: Instance) -> bool:
    return container.type.fullname not in _LISTS


def _found(module: Type) -> Type:
    """What was in a container: without this plugin another one is a `Module`, of whose parts nothing is known."""
    proper = get_proper_type(module)
    is_container = isinstance(proper, Instance) and any(map(proper.type.has_base, CLASSES))
    return with_attribute(proper, FOUND, unknown()) if is_container and isinstance(proper, Instance) else module


def _is_bare(common: ProperType) -> bool:
    """Whether modules are containers of which nothing is known."""
    is_container = isinstance(common, Instance) and any(map(common.type.has_base, CLASSES))
    return is_container and isinstance(common, Instance) and common.extra_attrs is None


def _of_found(ctx: MethodContext) -> Type:
    """What mypy says of the modules of a container: nothing, where it would not know that there is one."""
    if attribute_of(ctx.type, FOUND) is None:
        return ctx.default_return_type
    return replace(ctx.default_return_type, _in_place_of_module(unknown()))


def _in_place_of_module(common: Type) -> Callable[[ProperType], Type | None]:
    return lambda proper: common if isinstance(proper, Instance) and proper.type.fullname == MODULE else None


def _number(expression: Expression, api: Any) -> int | None:
    size = size_of_expression(expression, api)
    return None if size is None else size.constant
