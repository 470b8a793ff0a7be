"""Which axis binds a name: the order in which the inputs of a call are looked at."""

from __future__ import annotations

from typing import TypeGuard

from neuraltypes._axes import NamedAxis, VariadicAxis, is_variadic
from neuraltypes._interface import Interface
from neuraltypes._spec import Spec, TensorSpec, tensors


def in_order(interface: Interface) -> list[tuple[str, Spec]]:
    """The inputs in the order in which they bind axis names: what surely binds them comes first."""

    def rank(item: tuple[str, Spec]) -> int:
        name, spec = item
        is_sure = isinstance(spec, TensorSpec) and name in interface.required
        return 0 if is_straight(spec, name, interface) else 1 if is_sure else 2

    return sorted(interface.parameters, key=rank)


def is_straight(spec: Spec, name: str, interface: Interface) -> TypeGuard[TensorSpec]:
    """Whether an input is a required tensor of a fixed number of axes."""
    return isinstance(spec, TensorSpec) and name in interface.required and not is_variadic(spec.axes or ())


def sure_names(interface: Interface) -> set[str]:
    """The axis names that every call binds with its inputs."""
    straight = (spec for name, spec in interface.parameters if is_straight(spec, name, interface))
    return set().union(*map(surely_bound, straight))


def surely_bound(spec: TensorSpec) -> set[str]:
    """The axis names that a tensor of this type binds whatever its sizes."""
    return {axis.name for axis in spec.axes or () if isinstance(axis, NamedAxis) and not axis.broadcastable}


def binding_places(interface: Interface) -> dict[str, str]:
    """The axis that binds each name first, as messages name it; variadic names with their star."""
    places: dict[str, str] = {}
    for argument, spec in in_order(interface):
        for tensor in tensors(spec):
            path = "" if tensor is spec else "[...]"
            for number, axis in enumerate(tensor.axes or ()):
                name = getattr(axis, "name", None)
                if name is not None and not (getattr(axis, "broadcastable", False) and name in places):
                    star = "*" if isinstance(axis, VariadicAxis) else ""
                    places.setdefault(star + name, f"{argument}{path}" + ("" if star else f" axis {number}"))
    return places
