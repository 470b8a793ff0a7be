"""What expressions mean of which mypy knows nothing: read back from where they are used to how they were made.

A module that is called with a tensor of unknown shape gives an `Any`, and so does all that is computed of it. But what
`self.fc(x).softmax(-1)` means does not hang on shapes, so it is read from the source: of a name, from what it was
assigned last, or from all that it may have been; of a call, from its rule; of a field, from what its record was
made with.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from mypy.nodes import (
    CallExpr,
    ConditionalExpr,
    Context,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    SuperExpr,
    Var,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import AnyType, Instance, LiteralType, ProperType, TupleType, Type, UnionType, get_proper_type

from neuraltypes.rules import UNKNOWN, Array, Config, Parameter, Produced, Signature, Value, apply
from neuraltypes.rules._distributions import POSITIVE
from neuraltypes.rules._values import BY_LAYER
from neuraltypes_mypy.base._types import attribute_of, options_of
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.flow._made_records import Key, made_record, part_of
from neuraltypes_mypy.meaning._kept_natures import common_nature
from neuraltypes_mypy.meaning._natures import nature_of_forward, nature_of_parent, nature_of_part
from neuraltypes_mypy.modules._recipe_nodes import is_none
from neuraltypes_mypy.rules._arguments import Given
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.sizes._class_sizes import is_changing
from neuraltypes_mypy.sizes._made_with import PREFIX
from neuraltypes_mypy.source._assigned import assignments_to, is_parameter, last_assigned
from neuraltypes_mypy.source._statements import unpacked_from
from neuraltypes_mypy.source._unasked import is_asking
from neuraltypes_mypy.tensors._elements import is_produced, produced_of, produced_type
from neuraltypes_mypy.tensors._members import AGREED, ITEMS, ONE_OF, alternatives, is_module, is_sequence
from neuraltypes_mypy.tensors._tensor import as_tensor

_TARGET: Final = "target"


class Unseen:
    """Reads what expressions mean, for one run of mypy."""

    def __init__(self, rules: KnownRules) -> None:
        self._rules = rules

    def completed(self, given: Given, signature: Signature, api: Any) -> Given:
        """The arguments of a call, with what those mean of which mypy does not know it."""
        found: dict[str, Value] = {}
        for parameter in signature.parameters:
            value = given.values.get(parameter.name, None)
            if parameter.name not in given.places or not _is_asked_about(parameter) or not _is_silent(value):
                continue
            place = given.places[parameter.name][0]
            nature = self.nature(place, api) if isinstance(place, Expression) else None
            element = None if nature is None else produced_of(nature)
            if element is not None:
                found[parameter.name] = replace(value if isinstance(value, Array) else Array(), element=element)
        return Given({**given.values, **found}, given.places) if found else given

    def nature(self, expression: Expression, api: Any) -> ProperType | None:
        """What an expression surely means, by the nature of the operation that made it."""
        return _Reading(self._rules, api).of(expression, expression.line)

    def field(self, expression: Expression, key: Key, api: Any) -> ProperType | None:
        """The same of a part of a record."""
        return _Reading(self._rules, api).field(expression, key, expression.line)


def _is_asked_about(parameter: Parameter) -> bool:
    """Whether what a parameter means is compared with anything."""
    is_named = parameter.name == _TARGET or parameter.name in POSITIVE
    return parameter.tensors is not None and bool(parameter.tensors.elements or is_named)


def _is_silent(value: Value) -> bool:
    return value is UNKNOWN or (isinstance(value, Array) and value.element is None)


class _Reading:
    """Reads back in the function that is checked now."""

    def __init__(self, rules: KnownRules, api: Any) -> None:
        self._rules = rules
        self._api = api
        self._function = api.scope.current_function()
        self._seen: set[Var] = set()
        self._parts: list[Expression] = []

    def of(self, expression: Expression, line: int) -> ProperType | None:
        """What an expression means; its names as they are above a line."""
        known = self._api.lookup_type_or_none(expression)
        tensor = None if known is None else as_tensor(certain(known, expression, self._function, self._api))
        element = None if tensor is None else get_proper_type(tensor.args[2])
        if element is not None and (is_produced(element) or not isinstance(element, AnyType)):
            return element if is_produced(element) else None
        if known is not None and tensor is None and not isinstance(get_proper_type(known), AnyType | UnionType):
            return None
        match expression:
            case NameExpr(node=Var() as variable):
                return self._of_name(variable, line)
            case CallExpr():
                return self._of_call(expression, line)
            case ConditionalExpr(if_expr=one, else_expr=other):
                return common_nature([self.of(one, line), self.of(other, line)])
            case MemberExpr(expr=base, name=name):
                return self.field(base, name, line)
            case IndexExpr():
                return self._of_item(expression, line)
        return None

    def _of_name(self, variable: Var, line: int) -> ProperType | None:
        if not isinstance(self._function, FuncDef) or variable in self._seen:
            return None
        self._seen.add(variable)
        try:
            found = self._of_variable(variable, line)
        finally:
            self._seen.discard(variable)
        return None if found is None or is_written_to(variable, self._function) else found

    def _of_variable(self, variable: Var, line: int) -> ProperType | None:
        unpacked = unpacked_from(variable, self._function)
        last = last_assigned(variable, self._function, line)
        values = [last] if last is not None else assignments_to(variable, self._function)
        if last is None and is_parameter(variable, self._function):
            return None
        if values == [None] and unpacked is not None:
            return self.field(unpacked[0], unpacked[1], unpacked[0].line)
        given = [value for value in values if not is_none(value)]
        return common_nature([None if value is None else self.of(value, value.line) for value in given])

    def _of_item(self, item: IndexExpr, line: int) -> ProperType | None:
        """Of a tensor, what it means itself; of a tuple or a dictionary, what that part of it means."""
        key = getattr(item.index, "value", None)
        whole = self.of(item.base, line)
        if whole is None:
            return self.field(item.base, key, line) if isinstance(key, str | int) else None
        element = produced_of(whole)
        return None if element is None else produced_type(element if element.by == BY_LAYER else Produced(element.name))

    def field(self, record: Expression, key: Key, line: int) -> ProperType | None:
        """What a part of a record means."""
        made = made_record(record, line, self._function)
        part = None if made is None else part_of(made, key)
        if part is not None and part not in self._parts:
            self._parts.append(part)  # in a loop a record may be made of itself
            try:
                return self.of(part, part.line)
            finally:
                self._parts.pop()
        return nature_of_part(made, key, self._api) if part is None and isinstance(made, CallExpr) else None

    # Calls

    def _of_call(self, call: CallExpr, line: int) -> ProperType | None:
        callee = call.callee
        if isinstance(callee, CallExpr) and is_asking(callee):
            callee = callee.args[0]
        if isinstance(callee, SuperExpr):
            return nature_of_parent(callee, call, self._api)
        if is_one_of_several(call, self._api):
            return None
        known = self._api.lookup_type_or_none(callee)
        module = None if known is None else get_proper_type(known)
        modules = [] if module is None else options_of(module)
        if modules and all(map(is_module, modules)):
            given = self.of(call.args[0], line) if call.args else None
            return common_nature([self._through(one, given, call) for one in modules])
        if not isinstance(callee, MemberExpr) or isinstance(module, Instance):
            return None
        own = self.of(callee.expr, line)
        signature = None if own is None else self._rules.find(f"torch.Tensor.{callee.name}")
        return None if signature is None else _given_by(signature, 0, own, None, has_arguments=bool(call.args))

    def _through(self, module: Type, given: ProperType | None, call: CallExpr) -> ProperType | None:
        """What a module gives for what means that."""
        proper = get_proper_type(module)
        if not isinstance(proper, Instance) or not is_module(proper):
            return None
        if attribute_of(proper, ONE_OF) is not None:
            return common_nature([self._through(one, given, call) for one in alternatives(proper)])
        if is_sequence(proper.type):
            items = attribute_of(proper, ITEMS)
            for one in items.items if isinstance(items, TupleType) else []:
                given = self._through(one, given, call)
            return given if isinstance(items, TupleType) else None
        name = self._rules.module_rule(proper.type)
        if name is None:
            return nature_of_forward(proper, call, self._api)
        signature = self._rules.find(name)
        if signature is None:
            return None
        bias = attribute_of(proper, f"{PREFIX}bias")
        config: Config = {"bias": True} if isinstance(bias, LiteralType) and bias.value is True else {}
        return _given_by(signature, 1, given, config, has_arguments=len(call.args) > 1)


def _given_by(
    signature: Signature, first: int, given: ProperType | None, config: Config | None, *, has_arguments: bool
) -> ProperType | None:
    """What an operation gives for what means that; of the rest of its arguments nothing is known."""
    if len(signature.parameters) <= first:
        return None
    values: dict[str, Value] = {one.name: UNKNOWN for one in signature.parameters} if has_arguments else {}
    element = None if given is None else produced_of(given)
    values[signature.parameters[first].name] = Array(element=element)
    result = apply(signature, values, config).result
    element = result.element if isinstance(result, Array) and isinstance(result.element, Produced) else None
    return None if element is None else produced_type(element)


def is_written_to(variable: Var, function: FuncDef) -> bool:
    """Whether a method in place is called of a name: `p.log_()`."""
    return any(
        isinstance(one, CallExpr)
        and isinstance(one.callee, MemberExpr)
        and one.callee.name.endswith("_")
        and isinstance(one.callee.expr, NameExpr)
        and one.callee.expr.node is variable
        for one in get_subexpressions(function.body)
    )


def is_one_of_several(call: Context, api: Any) -> bool:
    """Whether a call is that of an attribute which holds this module or another: mypy knows it by the first alone."""
    callee = call.callee if isinstance(call, CallExpr) else None
    held = None if callee is None else api.lookup_type_or_none(callee)
    if held is not None and attribute_of(held, AGREED) is not None:
        return False
    owner = get_proper_type(api.lookup_type_or_none(callee.expr)) if isinstance(callee, MemberExpr) else None
    return isinstance(callee, MemberExpr) and isinstance(owner, Instance) and is_changing(owner.type, callee.name)
