"""Where a name that held a tensor of known axes comes to hold one of unknown axes, said on demand."""

from __future__ import annotations

from typing import Any

from mypy.nodes import NameExpr, Var
from mypy.types import AnyType, ProperType, Type

from neuraltypes_mypy.base._codes import UNTRACKED
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor


class Untracked:
    """Follows names through their assignments, for one run of mypy."""

    def __init__(self) -> None:
        self._followed: dict[Var, None] = {}

    def follow(self, variable: Var, expression: NameExpr, held: Type, api: Any) -> None:
        """Note what a name holds from here on, and say where its axes are lost."""
        if _is_lost(held) and variable in self._followed:
            del self._followed[variable]
            api.note(f'The axes of "{expression.name}" are not known from here on', expression, code=UNTRACKED)
        elif _holds_known(held):
            self._followed[variable] = None


def _is_lost(held: Type) -> bool:
    """Whether a name holds what nothing is known of, or a tensor of which the axes are unknown."""
    return any(isinstance(item, AnyType) or _axes_known(item) is False for item in options_of(held))


def _holds_known(held: Type) -> bool:
    return any(map(_axes_known, options_of(held)))


def _axes_known(type_: ProperType) -> bool | None:
    """Whether the axes of a tensor are known; None for what is no tensor."""
    tensor = as_tensor(type_)
    return None if tensor is None else read_tensor(tensor).shape is not None
