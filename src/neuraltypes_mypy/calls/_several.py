"""Calls of a module that is one of several, where none of them takes what it is given."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.errorcodes import CALL_ARG
from mypy.nodes import TypeInfo
from mypy.types import Instance, Type, get_proper_type

from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.rules._refusals import Trial


def surely_wrong(refusing: Sequence[tuple[Type, Trial]]) -> Type | None:
    """The module whose refusal of a call is told; None where one of another class may be meant.

    A call with arguments that it does not take is meant for another. Of a module that plain mypy does not tell
    from others, what it would say itself (`None` for a tensor) hangs on which of them it is.
    """
    if len({_class_of(module) for module, _ in refusing}) == 1:
        return refusing[0][0]
    meant = [(module, errors) for module, trial in refusing if CALL_ARG not in (errors := trial.codes())]
    is_sure = all(errors & codes.OF_TENSORS for _, errors in meant)
    return (meant or refusing)[0][0] if is_sure else None


def _class_of(module: Type) -> TypeInfo | None:
    proper = get_proper_type(module)
    return proper.type if isinstance(proper, Instance) else None
