"""What functions return by the nature of the operations in their bodies, beside what they declare.

What an operation gives by its nature is an `Any` with a note to mypy, which agrees with every declared element; so the
two are compared here.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import Expression
from mypy.plugin import FunctionContext
from mypy.subtypes import is_subtype
from mypy.types import ProperType, Type, get_proper_type

from neuraltypes._unify import Rest, Shape, format_shape
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.meaning._recorded_natures import record_nature, type_of_returned
from neuraltypes_mypy.meaning._unseen import Unseen
from neuraltypes_mypy.source._returns import returned
from neuraltypes_mypy.tensors._elements import contradicts, element_class, element_text, is_exclusive
from neuraltypes_mypy.tensors._pairs import pairs
from neuraltypes_mypy.tensors._tensor import TensorType, as_tensor, read_tensor
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
        shapes = [read_tensor(given).shape or (), read_tensor(expected).shape or ()]
        if _are_longer(*shapes) and is_subtype(given, expected):
            texts = [format_shape(shape) for shape in shapes]
            api.fail(f'{path} is "{texts[0]}", expected "{texts[1]}"', expression, code=codes.SHAPE)


def _declared(api: Any) -> ProperType | None:
    """What the function that is checked now declares to return, if there is something that mypy does not compare."""
    declared = get_proper_type(api.return_types[-1])
    tensors = [tensor for type_ in walk(declared) if (tensor := as_tensor(type_)) is not None]
    return declared if any(map(_is_ours, map(read_tensor, tensors))) else None


def _is_ours(declared: TensorType) -> bool:
    """Whether a declared element excludes others, or a group of axes has a name."""
    wanted = element_class(declared.element)
    return (wanted is not None and is_exclusive(wanted)) or _group(declared.shape or ()) is not None


def _group(shape: Shape) -> tuple[str, int] | None:
    """The named group of axes in a shape, and its place, if there is just one group."""
    found = [(axis.name, place) for place, axis in enumerate(shape) if isinstance(axis, Rest)]
    return (found[0][0], found[0][1]) if len(found) == 1 and found[0][0] is not None else None


def _are_longer(given: Shape, expected: Shape) -> bool:
    """Whether two shapes have another number of axes beside the same group; mypy takes a group for any axes."""
    one, other = _group(given), _group(expected)
    if one is None or other is None or one[0] != other[0]:
        return False
    return (one[1], len(given)) != (other[1], len(expected))


def _type_of(expression: Expression, declared: Type, api: Any) -> Type:
    return certain(type_of_returned(expression, declared, api), expression, api.scope.current_function(), api)
