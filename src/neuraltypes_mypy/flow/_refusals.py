"""Names of which mypy refuses a value: it says so, and would go on with what the name held before."""

from __future__ import annotations

from typing import Any

from mypy.nodes import Expression, Var
from mypy.subtypes import is_subtype
from mypy.types import AnyType, PartialType, Type, TypeGuardedType, UnionType, get_proper_type

from neuraltypes_mypy.flow._settling_calls import Subject
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, untold
from neuraltypes_mypy.tensors._untyped import is_untyped, remember, untyped
from neuraltypes_mypy.tensors._walk import walk


class Refusals:
    """Has such names hold what they are given, for one run of mypy."""

    def __init__(self) -> None:
        self._declared: dict[Var, Type] = {}  # what the names may hold

    def __contains__(self, variable: Var) -> bool:
        """Whether mypy has refused a value of a name before."""
        return variable in self._declared

    def refuses(self, subject: Subject, variable: Var, api: Any) -> bool:
        """Whether mypy refuses what a name is assigned; from there on, the name holds that all the same."""
        refused = _refused(subject.value, variable, api)
        if refused is None or variable.type is None:
            return False
        if not variable.is_inferred and not any(map(_says_more, (variable.type, refused))):
            return False  # plain mypy says the same, and goes on as it does here
        if variable.is_inferred:
            self._declared[variable] = variable.type
            variable.type = UnionType([variable.type, untold()])  # it is said once
            remember(variable, untold())
        # what is declared is said once, too
        api.binder.put(subject.name, _after_refusal(refused) if variable.is_inferred else untold())
        return True

    def held(self, variable: Var, held: Type) -> Type:
        """What a name holds of which mypy has refused a value before: to plain mypy it never holds what it cannot.

        As a guarded type, for of a name that is declared as a union with an `Any` mypy would take all of that.
        """
        proper, tensor = get_proper_type(held), as_tensor(held)
        is_known_tensor = tensor is not None and is_known(tensor)
        is_fit = not isinstance(proper, AnyType) and is_subtype(proper, self._declared[variable])
        return held if is_known_tensor or is_fit else TypeGuardedType(untold())


def _refused(assigned: Expression | None, variable: Var, api: Any) -> Type | None:
    """The type of what a name cannot hold by its first assignment or its declaration, where tensors are involved."""
    value: Type | None = None if assigned is None else api.lookup_type_or_none(assigned)
    declared = get_proper_type(variable.type)
    if value is None or declared is None or isinstance(declared, AnyType | PartialType):
        return None
    if not any(as_tensor(inner) is not None for type_ in (declared, value) for inner in walk(type_)):
        return None
    return None if is_subtype(value, declared) else value


def _says_more(type_: Type) -> bool:
    """Whether a type speaks of tensors in a way that plain mypy does not."""
    tensors = [tensor for inner in walk(type_) if (tensor := as_tensor(inner)) is not None]
    return any(is_known(tensor) or is_untyped(tensor) for tensor in tensors)


def _after_refusal(refused: Type) -> Type:
    """What a name holds that mypy refuses the value of; plain mypy knows as little of it."""
    tensor = as_tensor(refused)
    return TypeGuardedType(untold()) if tensor is None or not is_known(tensor) else untyped(refused)
