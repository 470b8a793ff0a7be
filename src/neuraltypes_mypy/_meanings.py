"""What the name of a variable says that its type does not: `valid_mask`, `is_pad`, a parameter `logits`.

A name is a weak witness. It counts only where nothing else speaks, and `logits` only where probabilities are wanted:
logarithms of probabilities go by that name too. `padding_mask` and `key_padding_mask` are used both ways round.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from mypy.nodes import Context, FuncDef, MemberExpr, NameExpr

from neuraltypes.rules import Array, Parameter, Produced, Signature, Value
from neuraltypes.rules._dtypes import BOOL, FLOATS, INTEGERS

_KEEP: Final = frozenset({"valid", "keep", "kept"})
_PADDED: Final = ("is_pad", "is_padding", "is_padded")
_PROBABILITIES: Final = ("ProbsType",)
_MADE_FOR_PROBABILITIES: Final = frozenset({"torch.log", "torch.round", "torch.Tensor.log", "torch.Tensor.round"})


class Guessed(Produced):
    """An element that only the name of a variable speaks for."""


def named(value: Value, expression: Context, parameter: Parameter, signature: Signature, api: Any) -> Value:
    """An argument with what its name says, if nothing else says it."""
    if not isinstance(value, Array) or not isinstance(expression, NameExpr | MemberExpr) or not value.dtype:
        return value
    element = None
    if value.element is None and value.dtype == BOOL:
        element = _of_mask(expression.name)
    elif value.element is None and parameter.name == "indices" and _are_whole(value):
        element = "MaskType" if expression.name.rpartition("_")[2] == "mask" else None
    elif _is_logits(value, expression, parameter, signature, api):
        element = "LogitsType"
    return value if element is None else replace(value, element=Guessed(element))


def _are_whole(value: Array) -> bool:
    return value.dtype is not None and bool(value.dtype & INTEGERS) and not value.dtype & (BOOL | FLOATS | {"uint8"})


def _of_mask(name: str) -> str | None:
    if _KEEP & set(name.split("_")):
        return "KeepMaskType"
    return "IgnoreMaskType" if name in _PADDED else None


def _is_logits(
    value: Array, expression: NameExpr | MemberExpr, parameter: Parameter, signature: Signature, api: Any
) -> bool:
    """Whether what has that name is a parameter of the function, or what a layer gives, where probabilities belong."""
    declared = None if parameter.tensors is None else parameter.tensors.elements
    is_made_for = signature.name in _MADE_FOR_PROBABILITIES
    if expression.name.rpartition("_")[2] != "logits" or not (is_made_for or declared == _PROBABILITIES):
        return False
    if isinstance(value.element, Produced):
        return is_made_for and value.element.name == "UnnormalizedType"
    function = api.scope.current_function()
    is_unknown = value.element is None and isinstance(function, FuncDef)
    return is_unknown and any(argument.variable is expression.node for argument in function.arguments)
