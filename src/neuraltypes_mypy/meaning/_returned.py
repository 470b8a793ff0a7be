"""What functions return by the nature of the operations in their bodies, beside what they declare.

What an operation gives by its nature is an `Any` with a note to mypy, which agrees with every declared element; so the
two are compared here.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import Expression
from mypy.plugin import FunctionContext
from mypy.types import ProperType, Type, get_proper_type

from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.meaning._natures import record_nature, type_of_returned
from neuraltypes_mypy.meaning._unseen import Unseen
from neuraltypes_mypy.source._returns import returned
from neuraltypes_mypy.tensors._elements import contradicts, element_class, element_text, is_exclusive
from neuraltypes_mypy.tensors._pairs import pairs
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor
from neuraltypes_mypy.tensors._walk import walk


def check_return(ctx: FunctionContext, unseen: Unseen) -> None:
    """Report a result that cannot mean what its function declares; keep what it means where nothing is declared."""
    api: Any = ctx.api
    expression = returned(ctx.context)
    if expression is None or not api.return_types:
        return
    record_nature(expression, api, unseen)
    declared = _declared(api)
    if declared is None:
        return
    for path, expected, given in pairs(declared, _type_of(expression, declared, api), "Returned value"):
        element, wanted = read_tensor(given).element, element_class(read_tensor(expected).element)
        if wanted is not None and contradicts(wanted, element):
            text = f"{path} holds {element_text(element)}, expected {wanted.name}"
            api.fail(text, expression, code=codes.ELEMENT)


def _declared(api: Any) -> ProperType | None:
    """What the function that is checked now declares to return, if that has an element that excludes others."""
    declared = get_proper_type(api.return_types[-1])
    tensors = [tensor for type_ in walk(declared) if (tensor := as_tensor(type_)) is not None]
    classes = [element_class(read_tensor(tensor).element) for tensor in tensors]
    return declared if any(one is not None and is_exclusive(one) for one in classes) else None


def _type_of(expression: Expression, declared: Type, api: Any) -> Type:
    return certain(type_of_returned(expression, declared, api), expression, api.scope.current_function(), api)
