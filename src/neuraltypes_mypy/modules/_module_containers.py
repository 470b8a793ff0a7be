"""Which modules `nn.Sequential`, `nn.ModuleList` and `nn.ModuleDict` hold, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mypy.nodes import (
    Block,
    CallExpr,
    ConditionalExpr,
    DictExpr,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    RefExpr,
    SliceExpr,
    StrExpr,
    Var,
)
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    LiteralType,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy.base._names import CONTAINERS, MODULE, SEQUENTIAL
from neuraltypes_mypy.flow._containers import forget_elsewhere
from neuraltypes_mypy.flow._settle import Settling
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.sizes._sizes_of import size_of_expression
from neuraltypes_mypy.source._container_uses import changes_attribute, is_own
from neuraltypes_mypy.source._statements import attribute_values, methods
from neuraltypes_mypy.source._steps import (
    Either,
    One,
    Rounds,
    Steps,
    attribute_steps,
    steps_of_call,
    variable_steps,
)
from neuraltypes_mypy.tensors._members import (
    FOUND,
    ITEM,
    ITEMS,
    ONE_OF,
    ROUNDS,
    STEPS,
    attribute_of,
    is_module,
    join_modules,
    with_attribute,
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
        word about tensors, and without a rule.
        """
        common = join_modules(types, self._types.tuple_type)
        if common is None or not self._is_known(common):
            return instance
        return with_attribute(instance, ITEM, common)

    def _is_known(self, module: Instance) -> bool:
        if attribute_of(module, ONE_OF) is not None:
            return True
        forward = module.type.get("forward")
        is_said = forward is not None and says_tensors(forward.node)
        return is_said or self._rules.module_rule(module.type) is not None or module.type.has_base(SEQUENTIAL)

    # Filling one

    def grown(self, ctx: MethodContext) -> Type:
        """`self.blocks.append(Block(d))` in the constructor, or to a local variable: it holds all it is filled with."""
        api: Any = ctx.api
        container, owner, function = ctx.type, receiver_of(ctx.context), api.scope.current_function()
        variable = variable_of(owner, function) if isinstance(function, FuncDef) else None
        if (
            isinstance(container, Instance)
            and isinstance(function, FuncDef)
            and variable is not None
            and variable.is_inferred
            and container.type.fullname in CLASSES
        ):
            has_keys = container.type.fullname not in _LISTS
            steps = all_steps(owner, function, has_keys=has_keys)
            filled = Instance(container.type, container.args)
            if steps is not None and has_keys:
                types = [type_ for step in steps for type_ in each(step, lambda one: self._checked(one, ctx.api))]
                filled = self._with_common(filled, types)
            elif steps is not None:
                filled = self._holding(filled, steps, lambda one: self._checked(one, ctx.api))
            variable.type = filled
            forget_elsewhere(owner, filled, ctx.api)
        return ctx.default_return_type

    # Reading one

    def item(self, ctx: MethodContext) -> Type:
        """`modules[0]`, `modules[:-1]`, `modules["name"]`."""
        items, common = attribute_of(ctx.type, ITEMS), attribute_of(ctx.type, ITEM)
        expression = ctx.args[0][0] if ctx.args and ctx.args[0] else None
        if isinstance(expression, SliceExpr):
            return self._sliced(ctx, expression, items, common)
        value = literal(get_proper_type(ctx.arg_types[0][0])) if ctx.arg_types and ctx.arg_types[0] else None
        if isinstance(items, TupleType) and type(value) is int and -len(items.items) <= value < len(items.items):
            return _found(items.items[value])
        if isinstance(items, TypedDictType) and isinstance(value, str) and value in items.items:
            return _found(items.items[value])
        default = get_proper_type(ctx.default_return_type)
        held = [get_proper_type(one) for one in (default.items if isinstance(default, UnionType) else [default])]
        is_held = any(isinstance(one, Instance) and one.type.fullname == MODULE for one in held)
        return _found(common) if common is not None and is_held else _of_found(ctx)

    def _sliced(self, ctx: MethodContext, part: SliceExpr, items: ProperType | None, common: ProperType | None) -> Type:
        container = ctx.type
        if not isinstance(container, Instance) or container.type.fullname not in _LISTS:
            return ctx.default_return_type
        result = Instance(container.type, container.args)
        bounds = [
            None if one is None else _number(one, ctx.api) for one in (part.begin_index, part.end_index, part.stride)
        ]
        written = [one for one in (part.begin_index, part.end_index, part.stride) if one is not None]
        if isinstance(items, TupleType) and sum(one is not None for one in bounds) == len(written) and bounds[2] != 0:
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


def variable_of(owner: Expression | None, function: FuncDef) -> Var | None:
    """The variable that a container is kept in: a local one, or an attribute of this class."""
    node = owner.node if isinstance(owner, NameExpr) else None
    if isinstance(owner, MemberExpr) and is_own(owner, owner.name) and owner.name in function.info.names:
        node = function.info.names[owner.name].node
    return node if isinstance(node, Var) else None


def is_filled_elsewhere(call: CallExpr, function: object) -> bool:
    """Whether another method changes the attribute that is made of a call."""
    if not isinstance(function, FuncDef) or not function.info:
        return False
    names = [name for name, value in attribute_values(function) if value is call]
    others = [method for method in methods(function.info.defn.defs) if method is not function]
    return any(changes_attribute(method.body, name) for name in names for method in others)


def all_steps(owner: Expression | None, function: FuncDef, *, has_keys: bool = False) -> Steps | None:
    """All that a container is filled with; None where not all of it is in the function that makes it."""
    if isinstance(owner, NameExpr):
        return variable_steps(owner.node, function.body, has_keys=has_keys)
    if not isinstance(owner, MemberExpr) or not is_own(owner, owner.name) or function.name != "__init__":
        return None
    others = [method for method in methods(function.info.defn.defs) if method is not function]
    if any(changes_attribute(method.body, owner.name) for method in others):
        return None
    return attribute_steps(owner.name, function.body, has_keys=has_keys)


def each(step: One | Rounds | Either, type_of: Callable[[Expression], Type]) -> list[Type]:
    """The modules of a step, in whatever order."""
    match step:
        case One(expression=expression):
            return [unknown() if expression is None else type_of(expression)]
        case Rounds(steps=steps):
            return [type_ for inner in steps for type_ in each(inner, type_of)]
        case Either(branches=branches):
            return [type_ for branch in branches for inner in branch for type_ in each(inner, type_of)]


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


def body_of(api: Any) -> Block:
    """The body that is checked now: of a function, or of the module."""
    function = api.scope.current_function()
    if isinstance(function, FuncDef):
        return function.body
    block = Block([])
    block.body = api.tree.defs
    return block


def receiver_of(context: Any) -> Expression | None:
    if isinstance(context, OperatorAssignmentStmt):
        return context.lvalue
    if isinstance(context, IndexExpr):
        return context.base
    callee = context.callee if isinstance(context, CallExpr) else None
    return callee.expr if isinstance(callee, MemberExpr) else None


def _number(expression: Expression, api: Any) -> int | None:
    size = size_of_expression(expression, api)
    return None if size is None else size.constant


def checked_type(expression: Expression, api: Any) -> Type:
    """What mypy has found an expression to be."""
    found: Type | None = api.lookup_type_or_none(expression)
    return unknown() if found is None else found


def literal(type_: ProperType | None) -> object:
    if isinstance(type_, Instance) and type_.last_known_value is not None:
        type_ = type_.last_known_value
    return type_.value if isinstance(type_, LiteralType) else None
