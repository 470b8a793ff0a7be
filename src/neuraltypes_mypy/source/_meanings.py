"""What the name of a variable says that its type does not: `valid_mask`, `is_pad`, a parameter `logits`.

A name is a weak witness. It counts only where nothing else speaks, and `logits` only where probabilities are wanted:
logarithms of probabilities go by that name too. `padding_mask` and `key_padding_mask` are used both ways round.
Parts and views of a parameter, and what numbers scale it to, are logits as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from mypy.nodes import CallExpr, Context, FuncDef, IndexExpr, MemberExpr, NameExpr, OpExpr
from mypy.types import Instance, get_proper_type

from neuraltypes.rules import Array, Parameter, Produced, Signature, Value
from neuraltypes.rules._dtypes import BOOL, FLOATS, INTEGERS
from neuraltypes_mypy.source._assigned import is_parameter

_KEEP: Final = frozenset({"valid", "keep", "kept"})
_PADDED: Final = ("is_pad", "is_padding", "is_padded", "pad", "padded")
_PROBABILITIES: Final = ("ProbsType",)
_TARGET_OF_DIVERGENCE: Final = ("ProbsType", "LogprobsType")
_LOG_PROBABILITIES: Final = ("log_probs", "log_prob", "logprobs", "logprob")
_OF_CLASSES: Final = ("cross_entropy", "CrossEntropyLoss", "BCELoss", "BCEWithLogitsLoss")
_VIEWS: Final = frozenset(
    {"view", "reshape", "squeeze", "unsqueeze", "flatten", "transpose", "permute", "expand"}
    | {"float", "double", "detach", "clone", "contiguous", "to"}
)
_ADDED: Final = ("pointwise.add", "pointwise.subtract", "pointwise.reversed_subtract")
_MADE_FOR_PROBABILITIES: Final = frozenset({"torch.log", "torch.round", "torch.Tensor.log", "torch.Tensor.round"})


class Guessed(Produced):
    """An element that only the name of a variable speaks for."""


def named(value: Value, expression: Context, parameter: Parameter, signature: Signature, api: Any) -> Value:
    """An argument with what its name says, if nothing else says it."""
    if not isinstance(value, Array) or not value.dtype:
        return value
    if not isinstance(expression, NameExpr | MemberExpr):
        element = None if value.element is not None else _of_part(expression, parameter, api)
        return value if element is None else replace(value, element=Guessed(element))
    element = None
    if value.element is None and value.dtype == BOOL:
        element = _of_mask(expression.name)
    elif value.element is None and parameter.name == "indices" and _are_whole(value):
        element = "MaskType" if expression.name.rpartition("_")[2] == "mask" else None
    elif _is_raw(value, expression, signature):
        element = "LogitsType"
    elif value.element is None and signature.computed in _ADDED:
        element = "LogprobsType" if expression.name.endswith(_LOG_PROBABILITIES) else None
    elif value.element is None:
        is_target = parameter.name == "target" and any(name in signature.name for name in _OF_CLASSES)
        is_made_for = signature.name in _MADE_FOR_PROBABILITIES
        element = _of_parameter(expression, parameter, api, is_made_for=is_made_for, is_target=is_target)
    return value if element is None else replace(value, element=Guessed(element))


def _are_whole(value: Array) -> bool:
    return value.dtype is not None and bool(value.dtype & INTEGERS) and not value.dtype & (BOOL | FLOATS | {"uint8"})


def _of_mask(name: str) -> str | None:
    if _KEEP & set(name.split("_")):
        return "KeepMaskType"
    return "IgnoreMaskType" if name in _PADDED else None


def _is_raw(value: Array, expression: NameExpr | MemberExpr, signature: Signature) -> bool:
    """Whether what a layer gives goes by the name of logits, where probabilities belong."""
    is_named = expression.name.rpartition("_")[2] == "logits" and signature.name in _MADE_FOR_PROBABILITIES
    return is_named and isinstance(value.element, Produced) and value.element.name == "UnnormalizedType"


def _of_part(expression: Context, parameter: Parameter, api: Any) -> str | None:
    """What the name says of a parameter that an argument is a part or a view of, or is scaled from by a number."""
    current = expression
    while not isinstance(current, NameExpr):
        match current:
            case IndexExpr(base=base):
                current = base
            case CallExpr(callee=MemberExpr(name=name, expr=receiver)) if name in _VIEWS:
                current = receiver
            case OpExpr(op="/" | "*", left=left, right=right) if _is_number(right, api):
                current = left
            case _:
                return None
    return _of_parameter(current, parameter, api)


def _is_number(expression: Any, api: Any) -> bool:
    known = api.lookup_type_or_none(expression)
    proper = None if known is None else get_proper_type(known)
    return isinstance(proper, Instance) and proper.type.fullname in ("builtins.int", "builtins.float")


def _of_parameter(
    expression: NameExpr | MemberExpr,
    parameter: Parameter,
    api: Any,
    *,
    is_made_for: bool = False,
    is_target: bool = False,
) -> str | None:
    """What the name of a parameter of the function says, where probabilities belong."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef) or not is_parameter(expression.node, function):
        return None
    declared = None if parameter.tensors is None else parameter.tensors.elements
    is_logits = expression.name.rpartition("_")[2] == "logits"
    if is_logits and is_target:
        return "LogitsType"  # and no probabilities, nor labels
    if is_logits and declared == _TARGET_OF_DIVERGENCE:
        return "LogprobsType"  # or logits: without `log_target` neither is meant
    if is_logits and (is_made_for or declared == _PROBABILITIES):
        return "LogitsType"
    return "LogprobsType" if expression.name.endswith(_LOG_PROBABILITIES) and declared == _PROBABILITIES else None
