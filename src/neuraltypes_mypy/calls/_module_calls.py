"""Calls of modules: `module(...)` has the type of the module's `forward`, be it one, several or a sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_OPT,
    ARG_POS,
    SYMBOL_FUNCBASE_TYPES,
    ArgKind,
    CallExpr,
    Context,
    Decorator,
    Expression,
    FuncDef,
    MemberExpr,
    TypeInfo,
)
from mypy.plugin import AttributeContext, MethodContext, MethodSigContext
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    Overloaded,
    ProperType,
    TupleType,
    Type,
    UnionType,
    get_proper_type,
)

from neuraltypes._sizes import Size
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.base._dependencies import depend_on
from neuraltypes_mypy.base._names import IDENTITY, NEURAL_MODULE
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.calls._calls import Argument, Calls, Known
from neuraltypes_mypy.calls._several import surely_wrong
from neuraltypes_mypy.meaning._natures import with_nature
from neuraltypes_mypy.meaning._passed_on import PassedOn
from neuraltypes_mypy.operations._torch_modules import TorchModules, forward_of
from neuraltypes_mypy.operations._walks import handed_to_next, modules_in_order
from neuraltypes_mypy.rules._refusals import Refusals, Trial
from neuraltypes_mypy.sizes._class_sizes import attribute_size, kept_of
from neuraltypes_mypy.sizes._made_with import configuration
from neuraltypes_mypy.sizes._steady import is_self
from neuraltypes_mypy.source._arity import takes
from neuraltypes_mypy.source._corrected import corrected_call
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._members import (
    ITEMS,
    ONE_OF,
    REPEATED,
    ROUNDS,
    STEPS,
    alternatives,
    is_module,
    is_sequence,
    made_at,
)
from neuraltypes_mypy.tensors._mentions import mentions_tensors, says_tensors
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, untold
from neuraltypes_mypy.tensors._types import KnownTypes

_MAX_ROUNDS: Final = 3


class ModuleCalls:
    """Types calls of modules, for one run of mypy."""

    def __init__(
        self, types: KnownTypes, calls: Calls, modules: TorchModules, passed_on: PassedOn, refusals: Refusals
    ) -> None:
        self._types = types
        self._passed_on = passed_on
        self._calls = calls
        self._torch_modules, self._refusals = modules, refusals
        self._joining: set[int] = set()

    def property_read(self, ctx: AttributeContext) -> Type:
        """A property, which is a method without arguments: `{self.d}` is what this object was made with."""
        if ctx.is_lvalue or not mentions_tensors(ctx.default_attr_type):
            return ctx.default_attr_type
        name = ctx.context.name if isinstance(ctx.context, MemberExpr) else ""
        signature = CallableType([], [], [], ctx.default_attr_type, self._types.function_type)
        return self._calls.apply(signature, [], name, ctx.api, known_of(ctx.type))

    def call(self, ctx: AttributeContext) -> Type:
        """The type of `module.__call__`: that of `forward`, where `forward` says anything about tensors."""
        receiver = ctx.type
        if not isinstance(receiver, Instance) or _may_be_another(receiver):
            return ctx.default_attr_type
        forward = self._forward(receiver, ctx.context, ctx.api)
        if forward is None:
            forward = self._torch_modules.forward(receiver, ctx.context, ctx.api)
        if forward is not None and _is_of_another(ctx.context, forward, ctx.api):
            return ctx.default_attr_type
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
            _report_positional(receiver.type.name, signature, call, ctx.api)
            signature = signature.copy_modified(arg_kinds=[_positional(kind) for kind in signature.arg_kinds])
            ctx = MethodSigContext(ctx.type, ctx.args, signature, ctx.context, ctx.api)
        return self._calls.widen(ctx)

    def called(self, ctx: MethodContext, name: str) -> Type:
        """The type of what a call of a module gives."""
        known = known_of(ctx.type)
        if (
            isinstance(ctx.type, Instance)
            and isinstance(ctx.context, CallExpr)
            and _is_own(ctx.context.callee, ctx.api)
        ):
            known = known._replace(values={**known_within(ctx.type.type, ctx.api), **known.values})
        result = with_nature(self._calls.instantiate(ctx, name, known), ctx)
        self._check_next(ctx, known)
        return result

    def _check_next(self, ctx: MethodContext, known: Known) -> None:
        """Check a call in a loop over modules made alike with what the one before gives, if the first round fits."""
        call, module, api = ctx.context, ctx.type, ctx.api
        value = handed_to_next(call, api) if isinstance(module, Instance) else None
        if value is None or not isinstance(call, CallExpr) or len(call.args) != 1 or not isinstance(module, Instance):
            return
        forward = self._forward(module, call, api)
        if not isinstance(forward, CallableType) or len(forward.arg_types) != 1:
            return
        name = forward.arg_names[0] or "1"
        first, second = (
            Argument(name, forward.arg_types[0], given, call.args[0]) for given in (ctx.arg_types[0][0], value)
        )
        with self._refusals.trial(api) as has_failed:
            self._calls.apply(forward, [first], module.type.name, api, known)
        if not has_failed():
            self._calls.apply(forward, [second], module.type.name, api, known)

    def of_each(self, called: Callable[[MethodContext], Type]) -> Callable[[MethodContext], Type]:
        """The same for a module that is one of several (`conv if d != e else identity`): what they all give.

        Whichever it is, its sizes will fit; held to the sizes of each, what follows would fail for one of them.
        """

        def joined(ctx: MethodContext) -> Type:
            call = ctx.context
            api: Any = ctx.api
            if not isinstance(call, CallExpr) or id(call) in self._joining:
                return called(ctx)
            self._check_walk(call, ctx)
            modules, is_union = alternatives(ctx.type), False
            if attribute_of(ctx.type, ONE_OF) is None:
                callee = _callee(call, api)
                modules, is_union = callee.relevant_items() if isinstance(callee, UnionType) else [], True
                if not modules or not all(map(is_module, modules)):
                    return called(ctx)
            self._joining.add(id(call))
            try:
                result = self._of_several(modules, lambda module: _called(module, call, api), api, is_union=is_union)
                if as_tensor(result) is None:
                    with self._refusals.trial(api):
                        return called(ctx)
            finally:
                self._joining.discard(id(call))
            return result

        return joined

    def _of_several(
        self, modules: Sequence[Type], call: Callable[[Type], Type | None], api: Any, *, is_union: bool
    ) -> Type:
        """What a call gives of a module that is one of these; those that it does not fit are not the one."""
        fitting: list[Type] = []
        refusing: list[tuple[Type, Trial]] = []
        for module in modules:
            with self._refusals.trial(api) as has_failed:
                given = call(module)
            if has_failed():
                refusing.append((module, has_failed))
            elif not (is_union and _is_identity(module)):
                fitting.append(untold() if given is None else given)
        if refusing and not fitting:
            # it fits none of them, and `nn.Identity` stands for a module that it would fit
            if (wrong := surely_wrong(refusing)) is not None:
                call(wrong)
            return untold()
        fitting += [given for module in modules if is_union and _is_identity(module) and (given := call(module))]
        return join_tensors(fitting) or untold()

    def sequential_called(self, ctx: MethodContext) -> Type:
        """What `nn.Sequential` gives: each module's result goes to the next."""
        if not ctx.arg_types or len(ctx.arg_types[0]) != 1:
            return ctx.default_return_type
        given = as_tensor(ctx.arg_types[0][0])
        if given is None or not is_known(given):
            self._torch_modules.wiring.check(ctx)
        value = self._through(ctx.type, ctx.arg_types[0][0], ctx.args[0][0], ctx.api)
        return ctx.default_return_type if value is None else value

    def _through(self, module: Type, value: Type, context: Context, api: Any) -> Type | None:
        """What a module gives for a value; None where that is not known."""
        proper = get_proper_type(module)
        if not isinstance(proper, Instance):
            return None
        if attribute_of(proper, ONE_OF) is not None:
            return self._of_several(
                alternatives(proper), lambda one: self._through(one, value, context, api), api, is_union=False
            )
        rounds = attribute_of(proper, ROUNDS)
        if isinstance(rounds, TupleType):
            is_repeated = attribute_of(proper, REPEATED) is not None
            return self._in_rounds(rounds.items, value, context, api, is_repeated=is_repeated)
        items = attribute_of(proper, ITEMS) or attribute_of(proper, STEPS)
        if is_sequence(proper.type) and isinstance(items, TupleType):
            return self._one_by_one(items.items, value, context, api)
        forward = self._forward(proper, context, api)
        if forward is None:
            known = self._torch_modules.passed_through(proper, value, context, api)
            return self._passed_on.through(proper, value, known, context, api)
        if not isinstance(forward, CallableType) or not forward.arg_types:
            return None
        argument = Argument(forward.arg_names[0] or "1", forward.arg_types[0], value, context)
        known = self._calls.apply(forward, [argument], proper.type.name, api, known_of(proper))
        return self._passed_on.through(proper, value, known, context, api)

    def _one_by_one(self, modules: Sequence[Type], value: Type, context: Context, api: Any) -> Type:
        for module in modules:
            given = self._through(module, value, context, api)
            value = untold() if given is None else given
        return value

    def _check_walk(self, call: CallExpr, ctx: MethodContext) -> None:
        """Report the module of a loop that does not take what the one before it gives."""
        modules = modules_in_order(call, ctx.api)
        value: Type | None = ctx.arg_types[0][0] if modules and ctx.arg_types and ctx.arg_types[0] else None
        for module in modules:
            given = value
            if given is None or self._refusals.is_trial:
                return
            with self._refusals.trial(ctx.api) as has_failed:
                value = self._through(module, given, call.args[0], ctx.api)
            if has_failed():
                self._through(module, given, call.args[0], ctx.api)
                return

    def _in_rounds(
        self, modules: Sequence[Type], value: Type, context: Context, api: Any, *, is_repeated: bool
    ) -> Type:
        """What modules give that a value goes through any number of times; the second is checked where it is meant."""
        after = self._one_by_one(modules, value, context, api)
        if is_repeated and after != value:
            self._one_by_one(modules, after, context, api)
        joined: Type = join_tensors([value, after]) or untold()
        for _ in range(_MAX_ROUNDS):
            with self._refusals.trial(api):
                again = join_tensors([joined, self._one_by_one(modules, joined, context, api)]) or untold()
            if again == joined:
                return joined
            joined = again
        return untold()

    def _forward(self, receiver: Instance, context: Context, api: Any) -> FunctionLike | None:
        symbol = receiver.type.get("forward")
        if symbol is None or not isinstance(symbol.node, (*SYMBOL_FUNCBASE_TYPES, Decorator)):
            return None
        depend_on(api, symbol.node.info.fullname, "forward")
        if isinstance(symbol.node, FuncDef) and not symbol.node.info.type_vars and not says_tensors(symbol.node):
            return None
        forward = forward_of(receiver, context, api)
        if isinstance(forward, CallableType) and mentions_tensors(forward):
            return forward
        if isinstance(forward, Overloaded) and any(map(mentions_tensors, forward.items)):
            return forward
        return None


def known_of(receiver: Type) -> Known:
    """What a call knows before its arguments: the sizes that the receiver was made with."""
    proper = get_proper_type(receiver)
    return Known({f"self.{name}": size for name, size in configuration(proper).items()}, made_at(proper))


def known_within(info: TypeInfo, api: Any) -> dict[str, Size]:
    """What a call of a method of `self` knows: the sizes of the class, by their names."""
    for base in info.mro:
        depend_on(api, base.fullname)
    names = {name for base in info.mro for name in kept_of(base).get("attributes", ())}
    sizes = {f"self.{name}": attribute_size(info, name) for name in names}
    return {name: size for name, size in sizes.items() if size is not None}


def _is_own(callee: Expression, api: Any) -> bool:
    """Whether `self` or a method of it is called."""
    if not isinstance(callee, MemberExpr):
        return is_self(callee, api)
    function = api.scope.current_function() if is_self(callee.expr, api) else None
    symbol = function.info.get(callee.name) if function is not None else None
    return symbol is not None and isinstance(symbol.node, FuncDef | Decorator)


def _report_positional(name: str, signature: CallableType, call: CallExpr, api: Any) -> None:
    """Positional arguments of a module that takes them by keyword."""
    api.fail(f'"{name}" takes its inputs by keyword only', call, code=codes.KEYWORD_ONLY)
    api.note(f"Write {corrected_call(signature, call)}", call, code=codes.KEYWORD_ONLY)


def _positional(kind: ArgKind) -> ArgKind:
    return {ARG_NAMED: ARG_POS, ARG_NAMED_OPT: ARG_OPT}.get(kind, kind)


def _called(module: Type, call: CallExpr, api: Any) -> Type:
    result: Type = api.expr_checker.check_call(module, call.args, call.arg_kinds, call, call.arg_names)[0]
    return result


def _callee(call: CallExpr, api: Any) -> ProperType | None:
    known: Type | None = api.lookup_type_or_none(call.callee)
    return get_proper_type(known)


def _is_of_another(call: Context, forward: FunctionLike, api: Any) -> bool:
    """Whether a call has arguments that one of several modules does not take: it is meant for another of them."""
    callee = _callee(call, api) if isinstance(call, CallExpr) else None
    if not isinstance(call, CallExpr) or not isinstance(callee, UnionType):
        return False
    return not any(takes(item, call) for item in forward.items)


def _is_identity(module: Type) -> bool:
    proper = get_proper_type(module)
    return isinstance(proper, Instance) and proper.type.fullname == IDENTITY


def _may_be_another(receiver: Instance) -> bool:
    """Whether an attribute was given a module that mypy refused for it, too."""
    others = map(get_proper_type, alternatives(receiver)) if attribute_of(receiver, ONE_OF) is not None else ()
    return any(not isinstance(one, Instance) or not one.type.has_base(receiver.type.fullname) for one in others)
