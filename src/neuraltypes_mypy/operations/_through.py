"""What comes out of modules for a value of which no tensor type is known, by what each was made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mypy.nodes import Context, Var
from mypy.types import Instance, TupleType, Type, get_proper_type

from neuraltypes._unify import Rest
from neuraltypes.rules import Outcome, Signature, Value
from neuraltypes.rules._values import Array, Result
from neuraltypes_mypy.base._dependencies import depend_on
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.modules._flows import EITHER, HELD, INPUT, ITEM_OF, LOOP, OPERATORS, Flow
from neuraltypes_mypy.modules._held import wait_for_attribute
from neuraltypes_mypy.modules._recipe_nodes import agreed
from neuraltypes_mypy.rules._application import Application
from neuraltypes_mypy.rules._arguments import Given
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.sizes._class_sizes import is_changing, kept_of
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.sizes._made_with import seen_from_outside
from neuraltypes_mypy.tensors._join import join_shapes
from neuraltypes_mypy.tensors._members import (
    ITEM,
    ITEMS,
    ONE_OF,
    ROUNDS,
    STEPS,
    alternatives,
    is_module,
    is_sequence,
    made_at,
)
from neuraltypes_mypy.tensors._tensor import unknown

_METHODS: Final = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__"}
_MAX_DEPTH: Final = 4
_MAX_ROUNDS: Final = 3
_OPEN: Final = Array((Rest(),))


def joined(results: Sequence[Result]) -> Result:
    """What several values have in common; None where not even that much is known of each."""
    arrays = [one for one in results if isinstance(one, Array)]
    if not arrays or len(arrays) != len(results):
        return results[0] if results and all(one == results[0] for one in results) else None
    shape = arrays[0].shape
    for one in arrays[1:]:
        shape = join_shapes(shape, one.shape)
    return None if shape is None else Array(shape)


def settled(before: Result, after: Callable[[Result], Result]) -> Result:
    """What a value is that a loop changes in any number of rounds."""
    held = before
    for _ in range(_MAX_ROUNDS):
        if held is None:
            return None
        whole = joined([held, after(held)])
        if whole == joined([held]):
            return held
        held = whole
    return None


class Through:
    """Says what comes out of modules where no tensor is known, for one run of mypy."""

    def __init__(self, rules: KnownRules, application: Application) -> None:
        self.rules = rules
        self.application = application
        self._depth = 0

    def through(self, module: Type, given: Result, context: Context, api: Any, *, is_said: bool) -> Result:
        """What a module gives for a value, None where that is not known; whether it fits is said or not."""
        proper = get_proper_type(module)
        if not isinstance(proper, Instance) or not is_module(proper):
            return None
        if attribute_of(proper, ONE_OF) is not None:  # which of them it is will fit
            return joined([self.through(one, given, context, api, is_said=False) for one in alternatives(proper)])
        array = given if isinstance(given, Array) and given.shape is not None else _OPEN
        if is_sequence(proper.type):
            return self._one_after_the_other(proper, array, context, api, is_said=is_said)
        name = self.rules.module_rule(proper.type)
        signature = None if name is None else self.rules.find(name)
        if signature is None:
            return self._flowed(proper, array, context, api, is_said=is_said)
        if sum(one.is_required for one in signature.parameters[1:]) != 1:
            return None
        return self._applied(proper, signature, array, context, api, is_said=is_said)

    def _one_after_the_other(
        self, sequence: Instance, given: Array, context: Context, api: Any, *, is_said: bool
    ) -> Result:
        rounds = attribute_of(sequence, ROUNDS)
        if isinstance(rounds, TupleType):
            if is_said:
                self._each(rounds.items, given, context, api, is_said=True)
            return settled(given, lambda held: self._each(rounds.items, held, context, api, is_said=False))
        items = attribute_of(sequence, ITEMS) or attribute_of(sequence, STEPS)
        return self._each(items.items, given, context, api, is_said=is_said) if isinstance(items, TupleType) else None

    def _each(self, modules: Sequence[Type], given: Result, context: Context, api: Any, *, is_said: bool) -> Result:
        for one in modules:
            given = self.through(one, given, context, api, is_said=is_said)
            is_said = is_said and not self._depth  # what does not fit inside of a class is said there
        return given

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
            return self._followed(flow["result"], module, given, None, context, api)
        finally:
            self._depth -= 1

    def _followed(self, flow: Flow, module: Instance, given: Array, held: Result, context: Context, api: Any) -> Result:
        """What comes of an input, and in a loop of what a round begins with."""
        if isinstance(flow, str):
            return given if flow == INPUT else held if flow == HELD else None
        name, *parts = flow
        if name == LOOP:
            before = self._followed(parts[0], module, given, held, context, api)
            return settled(before, lambda one: self._followed(parts[1], module, given, one, context, api))
        inner = [self._followed(one, module, given, held, context, api) for one in parts]
        if name in OPERATORS:
            return self.combined(str(name), inner, context, api)
        if name == EITHER:
            return joined(inner)
        return self.through(self._held(module, str(name), context, api), inner[0], context, api, is_said=False)

    def _held(self, module: Instance, name: str, context: Context, api: Any) -> Type:
        """The module that an attribute of another one holds, in the sizes that the other was made with.

        Of `layers[]` what the modules have in common that the attribute contains.
        """
        name, *is_item = name.split(ITEM_OF)
        symbol = module.type.get(name)
        variable = None if symbol is None else symbol.node
        if not isinstance(variable, Var):
            return unknown()
        depend_on(api, variable.info.fullname, name)
        if variable.type is None:
            wait_for_attribute(variable, context, api)
            return unknown()
        type_ = agreed(module.type, name) if is_changing(module.type, name) else variable.type
        found = seen_from_outside(type_ or unknown(), module, self.application.types.int_type)
        return (attribute_of(found, ITEM) or unknown()) if is_item else found

    def combined(self, operator: str, sides: Sequence[Result], context: Context, api: Any) -> Result:
        """What an operator gives for two tensors."""
        signature = self.rules.find(f"torch.Tensor.{_METHODS[operator]}")
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
