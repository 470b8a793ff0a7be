"""Functions that say no more of what they give than that it is tensors: the body may be asked, at a call.

A function of the module that is checked alone, for one from the cache has no body; see `meaning/_passed_on`.
"""

from __future__ import annotations

from typing import Final

from mypy.nodes import Block, FuncDef, TypeInfo
from mypy.types import AnyType, CallableType, TupleType, Type, get_proper_type

from neuraltypes_mypy.base._names import MODULE
from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.source._bodies import is_repeatable
from neuraltypes_mypy.tensors._atoms import is_atom
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known

_MAX_ASKED: Final = 4096
# By the id of a body: itself, the type of its function, and whether it can be asked.
_asked: Final[dict[int, tuple[Block, Type | None, bool]]] = {}


def passes_on(node: object) -> bool:
    """Whether a function says no more of what it gives than that it is tensors, and can be asked."""
    if not isinstance(node, FuncDef):
        return False
    known = _asked.get(id(node.body))
    if known is None or known[0] is not node.body or known[1] is not node.type:
        if len(_asked) >= _MAX_ASKED:
            _asked.clear()
        known = _asked[id(node.body)] = node.body, node.type, _gives_silent(node) and is_repeatable(node)
    return known[2]


def is_followed(info: TypeInfo) -> bool:
    """Whether what a module gives is what the body of its `forward` gives, which stands where its class does."""
    symbol = info.get("forward") if info.has_base(MODULE) else None
    node = None if symbol is None else symbol.node
    is_here = isinstance(node, FuncDef) and node.info.module_name == info.module_name
    return is_here and not info.type_vars and passes_on(node)


def _gives_silent(node: FuncDef) -> bool:
    signature = node.type
    if signature is None:
        return True
    if not isinstance(signature, CallableType) or not all(map(is_atom, signature.variables)):
        return False
    result = get_proper_type(signature.ret_type)
    items = result.items if isinstance(result, TupleType) else [result]
    return all(isinstance(get_proper_type(one), AnyType) or (as_tensor(one) and is_silent(one)) for one in items)


def is_silent(type_: Type) -> bool:
    """Whether a type says nothing of what the tensors in it hold."""
    tensors = map(as_tensor, options_of(type_))
    return not any(tensor is not None and is_known(tensor) for tensor in tensors)
