"""What a module gives by its nature, whatever it is given: `nn.Sequential(..., nn.Softmax(-1))` gives probabilities.

A `forward` that says nothing of the shapes of its tensors calls modules that give `Any` to mypy. So what it returns is
read from the modules themselves: the last of a sequence, a module of torch's, or what the `forward` of another gives.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import CallExpr, Expression, FuncDef, NameExpr, Var
from mypy.types import Instance, ProperType, TupleType, Type, get_proper_type

from neuraltypes.rules import Produced, Tensors
from neuraltypes_mypy._elements import join_elements, produced_type
from neuraltypes_mypy._known_rules import KnownRules
from neuraltypes_mypy._members import ITEMS, ONE_OF, alternatives, attribute_of, is_module, is_sequence
from neuraltypes_mypy._natures import nature_of_forward
from neuraltypes_mypy._sizes_of import assignments_to
from neuraltypes_mypy._torch_modules import is_one_of_several


def nature_of_result(expression: Expression, rules: KnownRules, api: Any) -> ProperType | None:
    """What an expression surely holds that is the result of a module, or a name for it; None where it is neither."""
    function = api.scope.current_function()
    match expression:
        case NameExpr(node=Var() as variable) if isinstance(function, FuncDef):
            values = assignments_to(variable, function)
            is_parameter = any(argument.variable is variable for argument in function.arguments)
            value = values[0] if len(values) == 1 and not is_parameter else None
            return nature_of_result(value, rules, api) if isinstance(value, CallExpr) else None
        case CallExpr(callee=callee) if not is_one_of_several(expression, api):
            module = api.lookup_type_or_none(callee)
            return None if module is None else _nature_of(module, rules, expression, api)
        case _:
            return None


def _nature_of(module: Type, rules: KnownRules, call: CallExpr, api: Any) -> ProperType | None:
    proper = get_proper_type(module)
    if not isinstance(proper, Instance) or not is_module(proper):
        return None
    if attribute_of(proper, ONE_OF) is not None:
        found = [_nature_of(one, rules, call, api) for one in alternatives(proper)]
        known = [one for one in found if one is not None]
        return join_elements(known) if len(known) == len(found) else None
    items = attribute_of(proper, ITEMS)
    if is_sequence(proper.type):
        modules = items.items if isinstance(items, TupleType) else []
        return _nature_of(modules[-1], rules, call, api) if modules else None
    name = rules.module_rule(proper.type)
    if name is None:
        return nature_of_forward(proper, call, api)
    signature = rules.find(name)
    results = None if signature is None else signature.results
    elements = results.elements if isinstance(results, Tensors) else ()
    return produced_type(Produced(elements[0])) if len(elements) == 1 else None
