"""Modules that are wired to each other in code that says nothing of its tensors: `self.down(self.up(x))`.

Of an `x` of which mypy knows nothing, each of torch's modules gives an `Any`, and must go on to do so. But what comes
out of `self.up` has as many features as that was made with, so it is read from the source what a module is called
with, and what does not fit is said. No type comes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    AssignmentExpr,
    CallExpr,
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
from mypy.server.subexpr import get_subexpressions
from mypy.types import AnyType, Instance, get_proper_type

from neuraltypes.rules import Signature, Value
from neuraltypes.rules._values import Array, Result
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.meaning._unseen import is_one_of_several, is_written_to
from neuraltypes_mypy.modules._flows import OPERATORS
from neuraltypes_mypy.operations._through import Through, joined, settled
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.source._ways import Ways
from neuraltypes_mypy.tensors._members import is_module, is_sequence
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown


class Wiring(Through):
    """Checks what modules are called with of which mypy knows nothing, for one run of mypy."""

    def check(self, ctx: MethodContext) -> None:
        """Say what does not fit where one of torch's modules, or several in a row, are called with an unknown value."""
        module, call, api = ctx.type, ctx.context, ctx.api
        if not isinstance(module, Instance) or not isinstance(call, CallExpr) or call.arg_kinds[:1] != [ARG_POS]:
            return
        if is_one_of_several(call, api):
            return
        given = Reading(self, call.line, api).of(call.args[0], call.args[0].line)
        if isinstance(given, Array) or is_sequence(module.type):
            self.through(module, given, ctx.context, api, is_said=True)


class Reading:
    """Reads the function that is checked now back to the modules that made a value."""

    def __init__(self, through: Through, line: int, api: Any) -> None:
        self._wiring = through
        self._api = api
        self._function = api.scope.current_function()
        self._ways = Ways[Result](self._function, line, self) if isinstance(self._function, FuncDef) else None
        self._written: dict[Var, bool] = {}

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
            case NameExpr(node=Var() as variable) if self._ways is not None and not self._is_written(variable):
                return self._ways.held(variable, line)
            case CallExpr():
                return self._of_call(expression, line)
            case OpExpr(op=op, left=left, right=right) if op in OPERATORS:
                return self._wiring.combined(op, [self.of(left, line), self.of(right, line)], expression, self._api)
            case IndexExpr(base=base, index=IntExpr(value=place)):
                whole = self.of(base, line)
                return whole[place] if isinstance(whole, tuple) and -len(whole) <= place < len(whole) else None
        return None

    def _array(self, tensor: Instance) -> Array:
        application = self._wiring.application
        return application.translation.array(tensor, application.sizes.in_function(self._api))

    def _is_written(self, variable: Var) -> bool:
        """Whether a name may come to hold something else than what statements assign."""
        if variable not in self._written:
            body = self._function.body
            inside = [one for one in get_subexpressions(body) if isinstance(one, AssignmentExpr)]
            is_assigned = any(one.target.node is variable for one in inside)
            self._written[variable] = is_assigned or is_written_to(variable, self._function)
        return self._written[variable]

    # Ways

    def part(self, value: Expression, place: int, count: int) -> Result:
        """One of the parts of a value of so many."""
        whole = self.of(value, value.line)
        return whole[place] if isinstance(whole, tuple) and len(whole) == count else None

    def changed(self, held: Result, operator: str, value: Expression) -> Result:
        """The value of a name behind `x += value`."""
        if operator not in OPERATORS:
            return None
        return self._wiring.combined(operator, [held, self.of(value, value.line)], value, self._api)

    def joined(self, held: list[Result]) -> Result:
        """What values have in common that different ways lead to."""
        return joined(held)

    def settled(self, before: Result, after: Callable[[Result], Result]) -> Result:
        """What a value is that a loop changes."""
        return settled(before, after)

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
