"""What says anything about a tensor: signatures, functions, and variables that hold one."""

from __future__ import annotations

from typing import Final

from mypy.nodes import Decorator, FuncDef, SymbolNode, Var
from mypy.types import Type

from neuraltypes_mypy.tensors._tensor import is_known, is_tensor
from neuraltypes_mypy.tensors._walk import walk

_MAX_SAID: Final = 4096
# By the id of a signature: itself, and whether it says anything about a tensor.
_said: Final[dict[int, tuple[Type, bool]]] = {}


def mentions_tensors(signature: Type) -> bool:
    """Whether a signature says anything about a tensor."""
    return any(is_tensor(type_) and is_known(type_) for type_ in walk(signature))


def says_tensors(node: SymbolNode | None) -> bool:
    """Whether a function, or a variable that holds one, says anything about a tensor."""
    if isinstance(node, Decorator):
        node = node.func if node.var.type is None else node.var
    type_ = node.type if isinstance(node, FuncDef | Var) else None
    if type_ is None:
        return False
    known = _said.get(id(type_))
    if known is None or known[0] is not type_:
        if len(_said) >= _MAX_SAID:
            _said.clear()
        known = _said[id(type_)] = (type_, mentions_tensors(type_))
    return known[1]
