"""What a constructor takes: names, types and defaults, and the classes that the types name."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, get_args

from neuraltypes.config._hints import UNKNOWN, alternatives, is_dataclass_type

REQUIRED: Any = inspect.Parameter.empty

# A parameter of this name takes a config: nothing below it is made before the constructor does.
WHOLE = "cfg"


@dataclass(frozen=True)
class Parameter:
    """One parameter; its `hint` is `UNKNOWN` where there is none or where it cannot be resolved."""

    name: str
    hint: Any = UNKNOWN
    default: Any = REQUIRED


@dataclass(frozen=True)
class Parameters:
    """The parameters of a constructor: those that have names, those by position, and whether it takes others."""

    named: Mapping[str, Parameter] = field(default_factory=dict)
    positional: tuple[Parameter, ...] = ()
    more_positional: Parameter | None = None
    more_named: Parameter | None = None


def parameters_of(cls: type) -> Parameters:
    """What the constructor of a class takes."""
    owner = next(part for part in cls.__mro__ if "__init__" in part.__dict__)
    generated = "__dataclass_params__" in owner.__dict__ and owner.__dict__["__dataclass_params__"].init
    return _of_dataclass(cls) if generated else _of_init(cls)


def recorded_classes(hint: Any, seen: frozenset[Any] = frozenset()) -> Iterator[type]:
    """The dataclasses and enumerations in a hint, and in the fields of those dataclasses."""
    for member in alternatives(hint):
        if isinstance(member, type) and issubclass(member, Enum):
            yield member
        elif is_dataclass_type(member) and member not in seen:
            yield member
            for parameter in parameters_of(member).named.values():
                yield from recorded_classes(parameter.hint, seen | {member})
        for argument in get_args(member):
            yield from recorded_classes(argument, seen)


def _of_dataclass(cls: type) -> Parameters:
    hints = _hints(cls)
    found = [
        Parameter(item.name, hints.get(item.name, UNKNOWN), _default_of(item))
        for item in dataclasses.fields(cls)
        if item.init
    ]
    return Parameters({parameter.name: parameter for parameter in found}, tuple(found))


def _default_of(item: dataclasses.Field[Any]) -> Any:
    if item.default is not dataclasses.MISSING:
        return item.default
    return item.default_factory() if item.default_factory is not dataclasses.MISSING else REQUIRED


def _of_init(cls: type) -> Parameters:
    init = cls.__init__  # type: ignore[misc]
    if init is object.__init__:
        return Parameters()
    hints = _hints(init)
    named, positional = {}, []
    more: dict[Any, Parameter] = {}
    for declared in list(inspect.signature(init).parameters.values())[1:]:
        parameter = Parameter(declared.name, hints.get(declared.name, UNKNOWN), declared.default)
        if declared.kind in (declared.VAR_POSITIONAL, declared.VAR_KEYWORD):
            more[declared.kind] = parameter
            continue
        if declared.kind is not declared.KEYWORD_ONLY:
            positional.append(parameter)
        if declared.kind is not declared.POSITIONAL_ONLY:
            named[declared.name] = parameter
    kinds = inspect.Parameter
    return Parameters(named, tuple(positional), more.get(kinds.VAR_POSITIONAL), more.get(kinds.VAR_KEYWORD))


def _hints(owner: Any) -> dict[str, Any]:
    """The evaluated hints; one that cannot be evaluated is left out, and the others are not."""
    try:
        return typing.get_type_hints(owner, include_extras=True)
    except Exception:  # noqa: BLE001  # whatever an annotation raises, the parameter is of unknown type
        return _hints_one_by_one(owner)


def _hints_one_by_one(owner: Any) -> dict[str, Any]:
    hints = {}
    for part in reversed(owner.__mro__) if isinstance(owner, type) else (owner,):
        names = getattr(sys.modules.get(part.__module__), "__dict__", {})
        for name, annotation in inspect.get_annotations(part).items():
            hints[name] = _evaluated(annotation, names)
    return hints


def _evaluated(annotation: Any, names: dict[str, Any]) -> Any:
    def holder() -> None: ...

    holder.__annotations__ = {"hint": annotation}
    try:
        return typing.get_type_hints(holder, names, include_extras=True)["hint"]
    except Exception:  # noqa: BLE001  # the same
        return UNKNOWN
