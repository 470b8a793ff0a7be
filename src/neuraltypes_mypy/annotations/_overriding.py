"""Methods that say a number where the one they override says a size of the class: `{self.n_in}`, 40 in a subclass.

To mypy the number would take less than the size, which may be any. The subclass decides it, so to others the number is
a note, which calls read as they read the number; in the body it is itself.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import FuncDef, TypeInfo
from mypy.types import CallableType, Instance, TupleType, Type, TypeVarType, get_proper_type

from neuraltypes_mypy.tensors._atoms import noted_any, size_of_atom
from neuraltypes_mypy.tensors._tensor import is_tensor


class Overriding:
    """Parameters of methods that override others, for one run of mypy."""

    def __init__(self) -> None:
        self._exact: dict[int, tuple[Type, Type]] = {}  # by id of what mypy sees

    def hide(self, function: FuncDef) -> None:
        """Make such numbers notes to all but the body."""
        signature = function.type
        if not isinstance(signature, CallableType) or not function.info:
            return
        behind = [other for base in function.info.mro[1:] if (other := _signature(base, function.name)) is not None]
        hidden: list[Type] = []
        for type_, name in zip(signature.arg_types, signature.arg_names, strict=True):
            new = type_
            for other in behind:
                if name in other.arg_names:
                    new = _hidden(new, other.arg_types[other.arg_names.index(name)], function.info)
            if new is not type_:
                self._exact[id(new)] = new, type_
            hidden.append(new)
        signature.arg_types = hidden

    def enter(self, api: Any) -> None:
        """Let mypy check the body that it is in by the numbers."""
        function = api.scope.current_function()
        if not isinstance(function, FuncDef):
            return
        for argument in function.arguments:
            found = self._exact.get(id(argument.variable.type))
            if found is not None and found[0] is argument.variable.type:
                argument.variable.type = found[1]


def overrides(function: FuncDef) -> bool:
    """Whether a method stands where another class has one."""
    behind = function.info.mro[1:] if function.info else []
    return any(function.name in base.names and isinstance(base.names[function.name].node, FuncDef) for base in behind)


def _signature(info: TypeInfo, name: str) -> CallableType | None:
    symbol = info.names.get(name)
    type_ = symbol.node.type if symbol is not None and isinstance(symbol.node, FuncDef) else None
    return type_ if isinstance(type_, CallableType) else None


def _hidden(type_: Type, behind: Type, info: TypeInfo) -> Type:
    """A parameter's type without the numbers that stand where `behind`, in a class before, has a size of the class."""
    given, wanted = get_proper_type(type_), get_proper_type(behind)
    if not is_tensor(given) or not is_tensor(wanted):
        return type_
    shape, other = get_proper_type(given.args[1]), get_proper_type(wanted.args[1])
    if not isinstance(shape, TupleType) or not isinstance(other, TupleType) or len(shape.items) != len(other.items):
        return type_
    owners = {base.fullname for base in info.mro}
    items = [_item(item, size, owners) for item, size in zip(shape.items, other.items, strict=True)]
    if all(new is item for new, item in zip(items, shape.items, strict=True)):
        return type_
    return Instance(given.type, [given.args[0], shape.copy_modified(items=items), given.args[2]], given.line)


def _item(item: Type, behind: Type, owners: set[str]) -> Type:
    proper, size = get_proper_type(item), size_of_atom(get_proper_type(behind))
    known = size_of_atom(proper)
    if not isinstance(proper, TypeVarType) or known is None or known.constant is None or size is None:
        return item
    return noted_any(proper.name) if any(symbol.scope in owners for symbol in size.symbols()) else item
