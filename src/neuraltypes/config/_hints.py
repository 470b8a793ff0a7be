"""Type hints as they are needed here: stripped to what a value must be, and in words."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Annotated, Any, ClassVar, Final, NewType, TypeVar, Union, get_args, get_origin

_LONGEST = 60


class _Unknown:
    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Any = _Unknown()


def stripped(hint: Any) -> Any:
    """The hint without what says nothing of the value: `Annotated`, `Final`, names of types, bounds of variables."""
    while True:
        if get_origin(hint) in (Annotated, Final, ClassVar):
            hint = get_args(hint)[0]
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        elif isinstance(hint, TypeVar):
            hint = hint.__bound__ if hint.__bound__ is not None else UNKNOWN
        elif hasattr(type(hint), "__value__"):  # `type X = ...`, of Python 3.12
            hint = hint.__value__
        else:
            break
    if hint is Any or hint is object or isinstance(hint, str | typing.ForwardRef):
        return UNKNOWN
    return type(None) if hint is None else hint


def alternatives(hint: Any) -> tuple[Any, ...]:
    """The members of a union, those of unions inside included; any other hint is the only one."""
    hint = stripped(hint)
    if get_origin(hint) not in (Union, types.UnionType):
        return (hint,)
    return tuple(found for member in get_args(hint) for found in alternatives(member))


def is_dataclass_type(hint: Any) -> bool:
    """Whether the hint is a dataclass itself."""
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def takes_containers(hint: Any) -> bool:
    """Whether one of OmegaConf's containers is among the alternatives."""
    return any(getattr(member, "__module__", "").partition(".")[0] == "omegaconf" for member in alternatives(hint))


def in_words(hint: Any) -> str:
    """A hint as it is written in code."""
    hint = stripped(hint)
    if hint is UNKNOWN:
        return "Any"
    if hint is type(None):
        return "None"
    if hint is Ellipsis:
        return "..."
    members = alternatives(hint)
    if len(members) > 1:
        return " | ".join(map(in_words, members))
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin is not None and arguments:
        name = getattr(origin, "__name__", str(origin))
        return f"{name}[{', '.join(in_words(argument) for argument in arguments)}]"
    return getattr(hint, "__name__", None) or str(hint)


def value_in_words(value: Any) -> str:
    """A value with its type, in short."""
    if value is None:
        return "None"
    text = repr(value) if isinstance(value, str | int | float | bool) else ""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return f"{type(value).__name__} {text}".rstrip()
