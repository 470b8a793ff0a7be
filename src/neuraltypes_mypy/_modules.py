"""Modules: `module(...)` has the type of the module's `forward`, and an instance remembers what it was made with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mypy.checkmember import analyze_member_access
from mypy.nodes import (
    ARG_POS,
    SYMBOL_FUNCBASE_TYPES,
    CallExpr,
    Context,
    Decorator,
    DictExpr,
    Expression,
    GeneratorExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    NameExpr,
    RefExpr,
    TupleExpr,
    TypeInfo,
    Var,
)
from mypy.plugin import AttributeContext, FunctionContext, MethodContext, MethodSigContext
from mypy.types import (
    AnyType,
    CallableType,
    ExtraAttrs,
    FunctionLike,
    Instance,
    LiteralType,
    Overloaded,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    UnionType,
    get_proper_type,
)

from neuraltypes_mypy import _codes as codes
from neuraltypes_mypy._calls import Argument, Calls, Known, mentions_tensors, says_tensors
from neuraltypes_mypy._config import attribute_size, configuration, configured, made_at, place_text
from neuraltypes_mypy._dependencies import depend_on
from neuraltypes_mypy._join import join_tensors
from neuraltypes_mypy._names import MODULE, NEURAL_MODULE, SEQUENTIAL
from neuraltypes_mypy._operations import Operations
from neuraltypes_mypy._settle import Settling
from neuraltypes_mypy._sizes_of import is_int, is_self, is_steady, size_of_expression
from neuraltypes_mypy._tensor import as_tensor, unknown
from neuraltypes_mypy._types import KnownTypes
from neuraltypes_mypy._values import Values

_ITEMS: Final = "neuraltypes:items"  # no attribute has such a name
_ITEM: Final = "neuraltypes:item"


class Modules:
    """Types modules, for one run of mypy."""

    def __init__(
        self, types: KnownTypes, calls: Calls, values: Values, settling: Settling, operations: Operations
    ) -> None:
        self._operations = operations
        self._joining: set[int] = set()
        self._types = types
        self._settling = settling
        self._calls = calls
        self._values = values

    # Making one

    def made(self, ctx: FunctionContext, result: Type) -> Type:
        """What a constructor gives, with the sizes that it was given."""
        instance, call = get_proper_type(result), ctx.context
        is_direct = isinstance(call, CallExpr) and isinstance(call.callee, RefExpr)
        if not isinstance(instance, Instance) or not isinstance(call, CallExpr) or not is_direct:
            return result  # made by way of a `type[Encoder]`, it may be of a subclass
        if not isinstance(getattr(call.callee, "node", None), TypeInfo) or any(k.is_star() for k in call.arg_kinds):
            return result
        given = {
            name: size_of_expression(expressions[0], ctx.api) if len(expressions) == 1 else None
            for name, expressions in zip(ctx.callee_arg_names, ctx.args, strict=True)
            if name and expressions
        }
        for base in instance.type.mro:
            depend_on(ctx.api, base.fullname)
        return configured(instance, given, self._types.int_type, place_text(ctx.api.path, call.line))

    def replaced(self, ctx: FunctionContext) -> Type:
        """`dataclasses.replace` gives an object of other sizes."""
        instance = get_proper_type(ctx.default_return_type)
        if isinstance(instance, Instance) and instance.extra_attrs is not None:
            return Instance(instance.type, instance.args)
        return ctx.default_return_type

    def compiled(self, ctx: FunctionContext) -> Type:
        """`torch.compile(module)` is called as the module itself."""
        if not ctx.args or len(ctx.args[0]) != 1:
            return ctx.default_return_type
        given = get_proper_type(_type_of(ctx.args[0][0], ctx.api))
        return given if isinstance(given, Instance) and given.type.has_base(MODULE) else ctx.default_return_type

    def checkpointed(self, ctx: FunctionContext) -> Type:
        """`checkpoint(function, x, use_reentrant=False)` gives what `function(x)` gives."""
        passed_on = [name for names in ctx.arg_names[2:] for name in names if name not in ctx.callee_arg_names]
        if len(ctx.args) < 2 or len(ctx.args[0]) != 1 or passed_on or any(k != ARG_POS for k in ctx.arg_kinds[1]):
            return ctx.default_return_type
        api: Any = ctx.api
        function = _type_of(ctx.args[0][0], api)
        if isinstance(get_proper_type(function), AnyType):
            return ctx.default_return_type
        result, _ = api.expr_checker.check_call(function, ctx.args[1], ctx.arg_kinds[1], ctx.context)
        return result if isinstance(result, Type) else ctx.default_return_type

    def sequential(self, ctx: FunctionContext) -> Type:
        """`nn.Sequential(a, b)` remembers its modules."""
        instance = get_proper_type(ctx.default_return_type)
        expressions = ctx.args[0] if len(ctx.args) == 1 else []
        call = ctx.context
        if (
            not isinstance(instance, Instance)
            or not isinstance(call, CallExpr)
            or any(kind != ARG_POS for kind in call.arg_kinds)
            or len(expressions) != len(call.args)
        ):
            return ctx.default_return_type
        items = [_type_of(expression, ctx.api) for expression in expressions]
        if not all(isinstance(get_proper_type(item), Instance) for item in items):
            return ctx.default_return_type
        return _with_attribute(instance, _ITEMS, TupleType(items, self._types.tuple_type))

    def container(self, ctx: FunctionContext) -> Type:
        """`nn.ModuleList([...])` and `nn.ModuleDict({...})` remember their modules."""
        instance = get_proper_type(ctx.default_return_type)
        if not isinstance(instance, Instance) or not ctx.args or len(ctx.args[0]) != 1:
            return ctx.default_return_type
        expression = ctx.args[0][0]
        if isinstance(expression, DictExpr):
            return self._dictionary(instance, expression, ctx.api)
        if isinstance(expression, ListExpr | TupleExpr):
            types = [_type_of(item, ctx.api) for item in expression.items]
            if types and all(isinstance(get_proper_type(type_), Instance) for type_ in types):
                instance = _with_attribute(instance, _ITEMS, TupleType(types, self._types.tuple_type))
            return self._with_common(instance, types)
        if isinstance(expression, ListComprehension):
            return self._with_common(instance, [_type_of(expression.generator.left_expr, ctx.api)])
        if isinstance(expression, GeneratorExpr):
            return self._with_common(instance, [_type_of(expression.left_expr, ctx.api)])
        return ctx.default_return_type

    def _dictionary(self, instance: Instance, expression: DictExpr, api: Any) -> Type:
        types = {getattr(key, "value", None): _type_of(value, api) for key, value in expression.items}
        fallback = self._types.typed_dict
        if fallback is not None and types and all(isinstance(key, str) for key in types):
            items = {str(key): type_ for key, type_ in types.items()}
            instance = _with_attribute(instance, _ITEMS, TypedDictType(items, set(items), set(), fallback))
        return self._with_common(instance, list(types.values()))

    def _with_common(self, instance: Instance, types: list[Type]) -> Instance:
        """The container, with the one type that its modules have in common; unknown where they differ.

        To plain mypy they are a `Module` each, whose every attribute is accepted; that is kept for modules without a
        word about tensors, and without a rule.
        """
        proper = [get_proper_type(type_) for type_ in types]
        first = proper[0] if proper else None
        if not isinstance(first, Instance) or not first.type.has_base(MODULE) or any(item != first for item in proper):
            return instance
        forward = first.type.get("forward")
        is_known = forward is not None and says_tensors(forward.node)
        if not is_known and self._operations.module_rule(first.type) is None:
            return instance
        return _with_attribute(instance, _ITEM, first)

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
        if size is not None and not is_int(ctx.default_attr_type):
            return ctx.default_attr_type
        return ctx.default_attr_type if size is None else self._values.value(size)

    def item(self, ctx: MethodContext) -> Type:
        """`modules[0]`, `modules["name"]`."""
        items, common = _attribute(ctx.type, _ITEMS), _attribute(ctx.type, _ITEM)
        key = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
        value = _literal(key)
        if isinstance(items, TupleType) and type(value) is int and -len(items.items) <= value < len(items.items):
            return items.items[value]
        if isinstance(items, TypedDictType) and isinstance(value, str) and value in items.items:
            return items.items[value]
        default = get_proper_type(ctx.default_return_type)
        is_module = isinstance(default, Instance) and default.type.fullname == MODULE
        return common if common is not None and is_module else ctx.default_return_type

    def items(self, ctx: MethodContext) -> Type:
        """The modules of a container one after the other: the `Module` in the result becomes what they all are."""
        common = _attribute(ctx.type, _ITEM)
        if common is None:
            return ctx.default_return_type
        self._settling.instrument_current(ctx.api)
        from neuraltypes_mypy._walk import replace

        return replace(
            ctx.default_return_type,
            lambda proper: common if isinstance(proper, Instance) and proper.type.fullname == MODULE else None,
        )

    # Calling one

    def call(self, ctx: AttributeContext) -> Type:
        """The type of `module.__call__`: that of `forward`, where `forward` says anything about tensors."""
        receiver = ctx.type
        if not isinstance(receiver, Instance):
            return ctx.default_attr_type
        forward = self._forward(receiver, ctx.context, ctx.api)
        if forward is None:
            forward = self._operations.forward(receiver, ctx.context, ctx.api)
        return ctx.default_attr_type if forward is None else forward

    def keyword_only(self, ctx: MethodSigContext) -> FunctionLike:
        """The signature of a call; positional arguments of a `NeuralModule` are reported, with the corrected call."""
        signature, call = ctx.default_signature, ctx.context
        receiver = ctx.type
        if (
            isinstance(call, CallExpr)
            and isinstance(receiver, Instance)
            and receiver.type.has_base(NEURAL_MODULE)
            and mentions_tensors(signature)
            and ARG_POS in call.arg_kinds
            and all(kind.is_named() for kind in signature.arg_kinds)
        ):
            report_positional(receiver.type.name, signature, call, ctx.api)
            kinds = [ARG_POS if number < len(call.args) else kind for number, kind in enumerate(signature.arg_kinds)]
            signature = signature.copy_modified(arg_kinds=[_positional(kind) for kind in signature.arg_kinds])
            del kinds
            ctx = MethodSigContext(ctx.type, ctx.args, signature, ctx.context, ctx.api)
        return self._calls.widen(ctx)

    def called(self, ctx: MethodContext, name: str) -> Type:
        """The type of what a call of a module gives."""
        return self._calls.instantiate(ctx, name, known_of(ctx.type))

    def of_each(self, called: Callable[[MethodContext], Type]) -> Callable[[MethodContext], Type]:
        """The same for a module that is one of several (`conv if d != e else identity`): what they all give.

        Whichever it is, its sizes will fit; held to the sizes of each, what follows would fail for one of them.
        """

        def joined(ctx: MethodContext) -> Type:
            result, call = called(ctx), ctx.context
            api: Any = ctx.api
            if not isinstance(call, CallExpr) or id(call) in self._joining:
                return result
            callee = get_proper_type(_type_of(call.callee, api))
            if not isinstance(callee, UnionType) or as_tensor(result) is None:
                return result
            self._joining.add(id(call))
            try:
                with api.msg.filter_errors():
                    results = [
                        api.expr_checker.check_call(item, call.args, call.arg_kinds, call, call.arg_names)[0]
                        for item in callee.relevant_items()
                    ]
            finally:
                self._joining.discard(id(call))
            return join_tensors(results) or unknown()

        return joined

    def sequential_called(self, ctx: MethodContext) -> Type:
        """What `nn.Sequential` gives: each module's result goes to the next."""
        if not ctx.arg_types or len(ctx.arg_types[0]) != 1:
            return ctx.default_return_type
        value = self._through(ctx.type, ctx.arg_types[0][0], ctx.args[0][0], ctx.api)
        return ctx.default_return_type if value is None else value

    def _through(self, module: ProperType, value: Type, context: Context, api: Any) -> Type | None:
        """What a module gives for a value; None where that is not known."""
        items = _attribute(module, _ITEMS)
        if isinstance(module, Instance) and module.type.fullname == SEQUENTIAL and isinstance(items, TupleType):
            for item in items.items:
                given = self._through(get_proper_type(item), value, context, api)
                value = unknown() if given is None else given
            return value
        if not isinstance(module, Instance):
            return None
        forward = self._forward(module, context, api)
        if forward is None:
            return self._operations.passed_through(module, value, context, api)
        if not isinstance(forward, CallableType) or not forward.arg_types:
            return None
        argument = Argument(forward.arg_names[0] or "1", forward.arg_types[0], value, context)
        return self._calls.apply(forward, [argument], module.type.name, api, known_of(module))

    def _forward(self, receiver: Instance, context: Context, api: Any) -> FunctionLike | None:
        symbol = receiver.type.get("forward")
        if symbol is None or not isinstance(symbol.node, (*SYMBOL_FUNCBASE_TYPES, Decorator)):
            return None
        depend_on(api, symbol.node.info.fullname, "forward")
        forward = get_proper_type(
            analyze_member_access(
                "forward",
                receiver,
                context,
                is_lvalue=False,
                is_super=False,
                is_operator=False,
                original_type=receiver,
                chk=api,
            )
        )
        if isinstance(forward, CallableType) and mentions_tensors(forward):
            return forward
        if isinstance(forward, Overloaded) and any(map(mentions_tensors, forward.items)):
            return forward
        return None


def known_of(receiver: Type) -> Known:
    """What a call knows before its arguments: the sizes that the receiver was made with."""
    proper = get_proper_type(receiver)
    return Known({f"self.{name}": size for name, size in configuration(proper).items()}, made_at(proper))


def report_positional(name: str, signature: CallableType, call: CallExpr, api: Any) -> None:
    """Positional arguments of a module that takes them by keyword."""
    api.fail(f'"{name}" takes its inputs by keyword only', call, code=codes.KEYWORD_ONLY)
    from neuraltypes_mypy._corrected import corrected_call

    api.note(f"Write {corrected_call(signature, call)}", call, code=codes.KEYWORD_ONLY)


def _positional(kind: Any) -> Any:
    from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_OPT

    return {ARG_NAMED: ARG_POS, ARG_NAMED_OPT: ARG_OPT}.get(kind, kind)


def _type_of(expression: Expression, api: Any) -> Type:
    found: Type | None = api.lookup_type_or_none(expression)
    return unknown() if found is None else found


def _with_attribute(instance: Instance, name: str, type_: Type) -> Instance:
    attrs = dict(instance.extra_attrs.attrs) if instance.extra_attrs is not None else {}
    result = instance.copy_modified()
    result.extra_attrs = ExtraAttrs({**attrs, name: type_})
    return result


def _attribute(type_: Type, name: str) -> ProperType | None:
    proper = get_proper_type(type_)
    if not isinstance(proper, Instance) or proper.extra_attrs is None or name not in proper.extra_attrs.attrs:
        return None
    return get_proper_type(proper.extra_attrs.attrs[name])


def _forget_sizes(expression: Expression) -> None:
    """From here on a name holds an object that was changed after it was made."""
    variable = expression.node if isinstance(expression, NameExpr) else None
    if isinstance(variable, Var) and variable.is_inferred:
        type_ = get_proper_type(variable.type)
        if isinstance(type_, Instance) and type_.extra_attrs is not None:
            variable.type = Instance(type_.type, type_.args)


def _literal(type_: ProperType | None) -> object:
    if isinstance(type_, Instance) and type_.last_known_value is not None:
        type_ = type_.last_known_value
    return type_.value if isinstance(type_, LiteralType) else None
