"""Modules that are wired to each other in code that says nothing of its tensors: `self.down(self.up(x))`.

Of an `x` of which mypy knows nothing, each of torch's modules gives an `Any`, and must go on to do so. But what comes
out of `self.up` has as many features as that was made with, so it is read from the source what a module is called
with, and what does not fit is said. No type comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    CallExpr,
    Context,
    Expression,
    FuncDef,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    Var,
)
from mypy.plugin import MethodContext
from mypy.types import AnyType, Instance, TupleType, Type, get_proper_type

from neuraltypes._unify import Rest
from neuraltypes.rules import Outcome, Signature, Value
from neuraltypes.rules._values import Array, Result
from neuraltypes_mypy.base._dependencies import depend_on
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.meaning._unseen import is_one_of_several, is_written_to
from neuraltypes_mypy.modules._flows import INPUT, SUM, Flow
from neuraltypes_mypy.modules._held import wait_for_attribute
from neuraltypes_mypy.rules._application import Application
from neuraltypes_mypy.rules._arguments import Given
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.sizes._class_sizes import is_changing, kept_of
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.sizes._made_with import seen_from_outside
from neuraltypes_mypy.source._assigned import assignments_to, last_assigned
from neuraltypes_mypy.source._statements import unpacked_from
from neuraltypes_mypy.tensors._members import ITEMS, ONE_OF, is_module, is_sequence, made_at
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown

_MAX_DEPTH: Final = 4
_OPEN: Final = Array((Rest(),))
_OPERATORS: Final = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__"}


class Wiring:
    """Checks what modules are called with of which mypy knows nothing, for one run of mypy."""

    def __init__(self, rules: KnownRules, application: Application) -> None:
        self.rules = rules
        self.application = application
        self._depth = 0

    def check(self, ctx: MethodContext) -> None:
        """Say what does not fit where one of torch's modules, or several in a row, are called with an unknown value."""
        module, call, api = ctx.type, ctx.context, ctx.api
        if not isinstance(module, Instance) or not isinstance(call, CallExpr) or call.arg_kinds[:1] != [ARG_POS]:
            return
        if is_one_of_several(call, api):
            return
        given = Reading(self, api).of(call.args[0], call.args[0].line)
        if isinstance(given, Array) or is_sequence(module.type):
            self.through(module, given, ctx.context, api, is_said=True)

    def through(self, module: Type, given: Result, context: Context, api: Any, *, is_said: bool) -> Result:
        """What a module gives for a value, None where that is not known; whether it fits is said or not."""
        proper = get_proper_type(module)
        if not isinstance(proper, Instance) or not is_module(proper) or attribute_of(proper, ONE_OF) is not None:
            return None
        array = given if isinstance(given, Array) and given.shape is not None else _OPEN
        if is_sequence(proper.type):
            items = attribute_of(proper, ITEMS)
            result: Result = array
            for one in items.items if isinstance(items, TupleType) else []:
                result = self.through(one, result, context, api, is_said=is_said)
                is_said = is_said and not self._depth  # what does not fit inside of a class is said there
            return result if isinstance(items, TupleType) else None
        name = self.rules.module_rule(proper.type)
        signature = None if name is None else self.rules.find(name)
        if signature is None:
            return self._flowed(proper, array, context, api, is_said=is_said)
        if sum(one.is_required for one in signature.parameters[1:]) != 1:
            return None
        return self._applied(proper, signature, array, context, api, is_said=is_said)

    def _flowed(self, module: Instance, given: Array, context: Context, api: Any, *, is_said: bool) -> Result:
        """What a module of the project's own gives that hands its input from one of its modules to the next."""
        owner = next((base for base in module.type.mro if "forward" in base.names), None)
        flow = None if owner is None else kept_of(owner).get("flow")
        if owner is None or flow is None or made_at(module) is None or self._depth >= _MAX_DEPTH:
            return None  # what was not made in sight may be of a subclass, whose `forward` is another
        depend_on(api, owner.fullname)
        self._depth += 1
        try:
            for name in flow["takes"] if is_said else ():
                self.through(self._held(module, name, context, api), given, context, api, is_said=True)
            return self._followed(flow["result"], module, given, context, api)
        finally:
            self._depth -= 1

    def _followed(self, flow: Flow, module: Instance, given: Array, context: Context, api: Any) -> Result:
        if isinstance(flow, str):
            return given if flow == INPUT else None
        name, *parts = flow
        inner = [self._followed(one, module, given, context, api) for one in parts]
        if name == SUM:
            return self.combined("+", inner, context, api)
        return self.through(self._held(module, str(name), context, api), inner[0], context, api, is_said=False)

    def _held(self, module: Instance, name: str, context: Context, api: Any) -> Type:
        """The module that an attribute of another one holds, in the sizes that the other was made with."""
        symbol = module.type.get(name)
        variable = None if symbol is None else symbol.node
        if not isinstance(variable, Var) or is_changing(module.type, name):
            return unknown()
        depend_on(api, variable.info.fullname, name)
        if variable.type is None:
            wait_for_attribute(variable, context, api)
            return unknown()
        return seen_from_outside(variable.type, module, self.application.types.int_type)

    def combined(self, operator: str, sides: Sequence[Result], context: Context, api: Any) -> Result:
        """What an operator gives for two tensors."""
        signature = self.rules.find(f"torch.Tensor.{_OPERATORS[operator]}")
        arrays = [side for side in sides if isinstance(side, Array)]
        if signature is None or len(arrays) != len(sides):
            return None
        values = dict(zip((each.name for each in signature.parameters), arrays, strict=False))
        return self.applied(signature, values, context, api)

    def _applied(
        self, module: Instance, signature: Signature, array: Array, context: Context, api: Any, *, is_said: bool
    ) -> Result:
        same = self.application.sizes.in_function(api)
        label = signature.parameters[1].name
        made = Array(array.shape)  # of what numbers they are, nothing is read
        place = getattr(context, "args", [context])[0]
        given = Given({label: made}, {label: (place, self.application.translation.tensor(made, same))})
        config = self.application.remembered.config(module, same)
        equate = None if is_said else lambda _one, _other: True
        outcome = self.application.outcome(signature, given, config, same, context, api, equate=equate)
        if is_said:
            refused = tuple(one for one in outcome.refused if one.code == "shape")
            said = Outcome(outcome.result, refused, ())
            self.application.refusals.report(said, given, module.type.name, context, api, made_at(module))
        return outcome.result

    def applied(self, signature: Signature, values: Mapping[str, Value], context: Context, api: Any) -> Result:
        """What a function gives for these values, whether they fit or not."""
        given = Given(values, {})
        outcome = self.application.outcome(
            signature, given, None, Equal(), context, api, equate=lambda _one, _other: True
        )
        return None if outcome.refused else outcome.result


class Reading:
    """Reads the function that is checked now back to the modules that made a value."""

    def __init__(self, wiring: Wiring, api: Any) -> None:
        self._wiring = wiring
        self._api = api
        self._function = api.scope.current_function()
        self._seen: set[tuple[Var, int]] = set()

    def of(self, expression: Expression, line: int) -> Result:
        """What is known of the axes of a value; its names as they are above a line."""
        type_ = self._api.lookup_type_or_none(expression)
        known = None if type_ is None else get_proper_type(certain(type_, expression, self._function, self._api))
        tensor = None if known is None else as_tensor(known)
        if tensor is not None and is_known(tensor):
            return self._array(tensor)
        if known is not None and tensor is None and not isinstance(known, AnyType):
            return None
        match expression:
            case NameExpr(node=Var() as variable) if (variable, line) not in self._seen:
                self._seen.add((variable, line))  # in a loop a name may be made of itself
                return self._of_variable(variable, line)
            case CallExpr():
                return self._of_call(expression, line)
            case OpExpr(op=op, left=left, right=right) if op in _OPERATORS:
                return self._wiring.combined(op, [self.of(left, line), self.of(right, line)], expression, self._api)
            case IndexExpr(base=base, index=IntExpr(value=place)):
                whole = self.of(base, line)
                return whole[place] if isinstance(whole, tuple) and -len(whole) <= place < len(whole) else None
        return None

    def _array(self, tensor: Instance) -> Array:
        application = self._wiring.application
        return application.translation.array(tensor, application.sizes.in_function(self._api))

    def _of_variable(self, variable: Var, line: int) -> Result:
        function = self._function
        if not isinstance(function, FuncDef):
            return None
        values = assignments_to(variable, function)
        found: Result = None
        if values == [None]:
            unpacked = None if variable.is_argument else unpacked_from(variable, function)
            found = None if unpacked is None else self._part(*unpacked)
        elif values:
            last = last_assigned(variable, function, line)
            found = None if last is None else self.of(last, last.line)
        return None if found is None or is_written_to(variable, function) else found

    def _part(self, value: Expression, place: int, count: int) -> Result:
        whole = self.of(value, value.line)
        return whole[place] if isinstance(whole, tuple) and len(whole) == count else None

    # Calls

    def _of_call(self, call: CallExpr, line: int) -> Result:
        callee = call.callee
        type_ = self._api.lookup_type_or_none(callee)
        module = None if type_ is None else get_proper_type(type_)
        if isinstance(module, Instance):
            if not is_module(module) or not call.args or is_one_of_several(call, self._api):
                return None
            given = self.of(call.args[0], line)
            return self._wiring.through(module, given, call, self._api, is_said=False)
        rule = self._wiring.rules.rule_of(callee.fullname) if isinstance(callee, RefExpr) else None
        if rule is not None:
            signature = self._wiring.rules.find(rule)
            return None if signature is None else self._of_function(signature, call.args, call, line)
        if not isinstance(callee, MemberExpr):
            return None
        signature = self._wiring.rules.find(f"torch.Tensor.{callee.name}")
        return None if signature is None else self._of_function(signature, [callee.expr, *call.args], call, line)

    def _of_function(self, signature: Signature, given: list[Expression], call: CallExpr, line: int) -> Result:
        """What a function of torch gives for a value that is known, with whatever else it is given."""
        first = self.of(given[0], line) if given else None
        places = [one.name for one in signature.parameters if one.kind in ("positional", "either")]
        shift = len(given) - len(call.args)
        kinds, labels = [ARG_POS] * shift + call.arg_kinds, [None] * shift + call.arg_names
        if not isinstance(first, Array) or first.shape is None or any(one not in (ARG_POS, ARG_NAMED) for one in kinds):
            return None
        values: dict[str, Value] = {}
        for at, (argument, label) in enumerate(zip(given, labels, strict=True)):
            name = label or (places[at] if at < len(places) else None)
            if name is None or name not in signature.by_name:
                return None
            values[name] = first if at == 0 else self._value(argument, line)
        return self._wiring.applied(signature, values, call, self._api)

    def _value(self, argument: Expression, line: int) -> Value:
        known = self.of(argument, line)
        if isinstance(known, Array):
            return known
        type_ = self._api.lookup_type_or_none(argument) or unknown()
        return self._wiring.application.translation.of_expression(argument, type_, self._api, Equal())
