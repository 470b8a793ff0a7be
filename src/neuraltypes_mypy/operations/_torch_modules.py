"""Modules of torch: what their constructors remember, and what their calls and attributes give, by their rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mypy.checkmember import analyze_member_access
from mypy.nodes import ARG_NAMED, ARG_POS, CallExpr, Context, Expression, FuncDef, MemberExpr, NameExpr
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import CallableType, Instance, Overloaded, ProperType, Type, get_proper_type

from neuraltypes._unify import SizedAxis
from neuraltypes.rules import Outcome, Signature, Value
from neuraltypes.rules._values import BY_LAYER, UNKNOWN, Array, Packed, Produced
from neuraltypes_mypy.base._names import DISTRIBUTIONS
from neuraltypes_mypy.meaning._unseen import Unseen, is_one_of_several
from neuraltypes_mypy.operations._walks import handed_to_next
from neuraltypes_mypy.operations._wiring import Wiring
from neuraltypes_mypy.rules._application import Application
from neuraltypes_mypy.rules._arguments import Given, is_tracked, objects_in
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.rules._refusals import report_tuple
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.sizes._made_with import place_text
from neuraltypes_mypy.source._in_place_writes import writes_in_place
from neuraltypes_mypy.tensors._members import is_module, made_at
from neuraltypes_mypy.tensors._packed import is_for_another
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown, untold


class TorchModules:
    """Answers for torch's modules, for one run of mypy."""

    def __init__(self, rules: KnownRules, application: Application, unseen: Unseen) -> None:
        self._rules = rules
        self._unseen = unseen
        self._application = application
        self._arguments, self._remembered = application.arguments, application.remembered
        self._refusals, self._translation = application.refusals, application.translation
        self._sizes = application.sizes
        self.wiring = Wiring(rules, application)

    def made(self, ctx: FunctionContext, name: str) -> Type:
        """What the constructor of one of torch's modules gives, with what it was given."""
        instance = get_proper_type(ctx.default_return_type)
        signature = self._rules.find(f"{name}.__init__")
        if not isinstance(instance, Instance) or signature is None or not isinstance(ctx.context, CallExpr):
            return ctx.default_return_type
        if any(kind.is_star() for kind in ctx.context.arg_kinds):
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given = self._arguments.given(ctx, signature, same, skip=1)
        if given is None:
            return ctx.default_return_type
        given = _unwritten(self._unseen.completed(given, signature, ctx.api), ctx.api)
        if signature.computed is not None or any(one.tensors is not None for one in signature.parameters):
            outcome = self._application.outcome(signature, given, None, same, ctx.context, ctx.api)
            if instance.type.fullname.startswith(DISTRIBUTIONS):
                outcome = self._application.contradicted(outcome, instance.type.name, given, same, ctx.context, ctx.api)
            self._refusals.report(outcome, given, name, ctx.context, ctx.api)
            if outcome.refused and signature.computed is not None:  # said once, not at each call
                return ctx.default_return_type
        place = place_text(ctx.api.path, ctx.context.line)
        modules: dict[str, Type] = {key: type_ for key, (_, type_) in given.places.items() if is_module(type_)}
        for key, (argument, type_) in given.places.items():
            objects = objects_in(argument, type_, ctx.api) if isinstance(argument, Expression) else None
            modules |= {} if objects is None else {key: objects}
        return self._remembered.remembering(instance, signature, given.values, modules, place)

    def made_as(
        self,
        instance: Instance,
        name: str,
        call: CallExpr,
        api: Any,
        place: str,
        module_of: Callable[[Expression], Type | None],
    ) -> Instance | None:
        """What a call in source that is not checked yet makes; `api` says what is known of its expressions."""
        signature = self._rules.find(f"{name}.__init__")
        if signature is None:
            return None
        names = [one.name for one in signature.parameters[1:] if one.kind in ("positional", "either")]
        known = {one.name for one in signature.parameters}
        values: dict[str, Value] = {}
        modules: dict[str, Type] = {}
        for at, (argument, kind, label) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
            formal = label or (names[at] if at < len(names) else None)
            if kind not in (ARG_POS, ARG_NAMED) or formal not in known or formal is None:
                return None
            type_ = api.lookup_type_or_none(argument) or unknown()
            values[formal] = self._translation.of_expression(argument, type_, api, Equal())
            if isinstance(argument, CallExpr | NameExpr) and (module := module_of(argument)) is not None:
                modules[formal] = module
        return self._remembered.remembering(instance, signature, values, modules, place)

    def pretrained(self, ctx: MethodContext) -> Type:
        """`nn.Embedding.from_pretrained(table)`: an embedding of as many rows and columns, where those are known."""
        call, same = ctx.context, self._sizes.in_function(ctx.api)
        made = get_proper_type(ctx.type.ret_type) if isinstance(ctx.type, CallableType) else None
        name = None if not isinstance(made, Instance) else self._rules.class_of(made.type.fullname)
        signature = None if name is None else self._rules.find(f"{name}.__init__")
        if not isinstance(made, Instance) or not isinstance(call, CallExpr) or signature is None:
            return ctx.default_return_type
        table = as_tensor(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
        shape = None if table is None else self._translation.array(table, same).shape
        if shape is None or len(shape) != 2 or not all(isinstance(axis, SizedAxis) for axis in shape):
            return ctx.default_return_type
        if any(kind not in (ARG_POS, ARG_NAMED) for kind in call.arg_kinds) or call.arg_kinds.count(ARG_POS) > 2:
            return ctx.default_return_type  # of the second, `freeze`, nothing depends
        sizes = [UNKNOWN if axis.size is None else axis.size for axis in shape if isinstance(axis, SizedAxis)]
        values: dict[str, Value] = dict(zip(("num_embeddings", "embedding_dim"), sizes, strict=True))
        for label, given in zip(call.arg_names, call.args, strict=True):
            if label is not None and label in signature.by_name:
                type_ = ctx.api.get_expression_type(given)
                values[label] = self._translation.of_expression(given, type_, ctx.api, same)
        place = place_text(ctx.api.path, call.line)
        return self._remembered.remembering(made, signature, values, {}, place)

    def forward(self, receiver: Instance, context: Context, api: Any) -> CallableType | None:
        """The type of a module's call where a rule says what it gives: any arguments under their names."""
        if self._rules.module_rule(receiver.type) is None:
            return None
        forward = forward_of(receiver, context, api)
        if isinstance(forward, Overloaded):
            forward = forward.items[0]
        if not isinstance(forward, CallableType) or is_one_of_several(context, api):
            return None
        return forward.copy_modified(arg_types=[unknown() for _ in forward.arg_types], ret_type=untold())

    def module_called(self, ctx: MethodContext) -> Type:
        """The type of what a call of one of torch's modules gives."""
        receiver = ctx.type
        name = self._rules.module_rule(receiver.type) if isinstance(receiver, Instance) else None
        signature = None if name is None else self._rules.find(name)
        if not isinstance(receiver, Instance) or signature is None or name is None:
            return ctx.default_return_type
        if ctx.callee_arg_names[:1] == [None] and len(ctx.args[0]) > 1:
            return ctx.default_return_type  # whose arguments they are is not known
        same = self._sizes.in_function(ctx.api)
        given = self._arguments.given(ctx, signature, same, skip=1)
        if given is None:
            return ctx.default_return_type
        given = self._unseen.completed(given, signature, ctx.api)
        if not is_tracked(given):
            if any(isinstance(one, Array) and one.element is not None for one in given.values.values()):
                self._module(receiver, signature, given, same, ctx.context, ctx.api)  # what it means is known
            self.wiring.check(ctx)
            return ctx.default_return_type
        for one in signature.parameters[1:2]:
            if report_tuple(one, *given.places.get(one.name, (ctx.context, unknown())), receiver, ctx.api):
                return untold()
        return self._module(receiver, signature, given, same, ctx.context, ctx.api)

    def passed_through(self, module: Instance, value: Type, context: Context, api: Any) -> Type | None:
        """What a module gives for one value, as within `nn.Sequential`; None where no rule says it."""
        name = self._rules.module_rule(module.type)
        signature = None if name is None else self._rules.find(name)
        if signature is None or len(signature.parameters) < 2:
            return None
        tensor = as_tensor(value)
        if tensor is None or not is_known(tensor):
            report_tuple(signature.parameters[1], context, value, module, api)
            return None
        same = self._sizes.in_function(api)
        label = signature.parameters[1].name
        given = Given({label: self._translation.of_type(value, same)}, {label: (context, value)})
        return self._module(module, signature, given, same, context, api)

    def _module(
        self, receiver: Instance, signature: Signature, given: Given, same: Equal, context: Context, api: Any
    ) -> Type:
        config, place = self._remembered.config(receiver, same), made_at(receiver)
        outcome = self._application.outcome(signature, given, config, same, context, api)
        outcome = self._application.contradicted(outcome, receiver.type.name, given, same, context, api)
        if not outcome.refused and (again := handed_to_next(context, api)) is not None:
            outcome, given = self._again(outcome, signature, given, again, receiver, context, api)
        self._refusals.report(outcome, given, receiver.type.name, context, api, place)
        first = outcome.result[0] if isinstance(outcome.result, tuple) and outcome.result else None
        if isinstance(first, Packed) and is_for_another(context, api):
            return untold()
        return self._application.result(outcome, untold(), same, context, api)

    def _again(
        self,
        first: Outcome,
        signature: Signature,
        given: Given,
        value: Type,
        receiver: Instance,
        context: Context,
        api: Any,
    ) -> tuple[Outcome, Given]:
        """What a call gives, with what is wrong in the second round of a loop where the first is right."""
        same, label = self._sizes.in_function(api), signature.parameters[1].name
        config, place = self._remembered.config(receiver, same), given.places.get(label, (context, value))[0]
        values = {**given.values, label: self._translation.of_type(value, same)}
        second = Given(values, {**given.places, label: (place, value)})
        outcome = self._application.outcome(signature, second, config, same, context, api)
        refused = tuple(one for one in outcome.refused if one.argument == label and one.code == "shape")
        return (first._replace(refused=refused), second) if refused else (first, given)

    def held(self, module: Instance, name: str, context: Context, api: Any) -> Instance | None:
        """The tensor that an attribute of a module holds; None where no rule says that there surely is one."""
        signature = self._rules.property_rule(module.type, name)
        if signature is None:
            return None
        same = self._sizes.in_function(api)
        outcome = self._application.outcome(
            signature, Given({}, {}), self._remembered.config(module, same), same, context, api
        )
        return as_tensor(self._translation.result(outcome.result, unknown(), same))


def _unwritten(given: Given, api: Any) -> Given:
    """The arguments of a call, without what a layer gave where something else may have been written into it."""
    function = api.scope.current_function()
    found: dict[str, Value] = {}
    for name, value in given.values.items():
        element = value.element if isinstance(value, Array) else None
        if not isinstance(value, Array) or not isinstance(element, Produced) or element.by != BY_LAYER:
            continue
        place = given.places[name][0] if name in given.places else None
        is_own = not isinstance(place, MemberExpr) and isinstance(function, FuncDef)
        if not is_own or writes_in_place(function):
            found[name] = replace(value, element=Produced(element.name))
    return Given({**given.values, **found}, given.places) if found else given


def forward_of(receiver: Instance, context: Context, api: Any) -> ProperType:
    """The type that a module's method `forward` has for mypy, bound to the module."""
    return get_proper_type(
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
