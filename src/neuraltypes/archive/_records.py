"""Dataclasses among the arguments of constructors: what they hold as data, and which ones an archive may name."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from neuraltypes._interface import annotations_of


def fields_of(value: Any) -> dict[str, Any] | None:
    """The fields of a dataclass's instance that make an equal one, by name; None where they do not."""
    names = [field.name for field in dataclasses.fields(value) if field.init]
    if list(inspect.signature(type(value)).parameters) != names:
        return None  # a constructor of its own, or one that takes what it does not keep
    return {name: getattr(value, name) for name in names}


def dataclasses_of(owner: type) -> dict[str, type]:
    """The dataclasses that the parameters of a class are annotated with, and their imported subclasses, by full name.

    What an annotation names is the class's own word; nothing is looked up for an archive, let alone imported.
    """
    hints = [hint for annotations, scope in _annotations(owner) for hint in _resolved(annotations, scope)]
    declared = [cls for hint in hints for cls in _inside(hint) if dataclasses.is_dataclass(cls)]
    return {f"{cls.__module__}.{cls.__qualname__}": cls for base in declared for cls in _with_subclasses(base)}


def _annotations(owner: type) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Annotations of parameters as written, with the names that they may use."""
    if not dataclasses.is_dataclass(owner):
        constructor = owner.__init__  # type: ignore[misc]
        yield annotations_of(constructor), getattr(inspect.unwrap(constructor), "__globals__", {})
        return
    for cls in owner.__mro__:
        yield annotations_of(cls), vars(sys.modules.get(cls.__module__, SimpleNamespace()))


def _resolved(annotations: Mapping[str, Any], scope: Mapping[str, Any]) -> Iterator[Any]:
    for name, written in annotations.items():
        annotated = SimpleNamespace(__annotations__={name: written})
        try:
            yield typing.get_type_hints(annotated, dict(scope))[name]
        except Exception:  # noqa: BLE001, S112  # one that only a type checker can read says nothing of the others
            continue


def _inside(hint: Any) -> Iterator[type]:
    if isinstance(hint, type):
        yield hint
    for argument in typing.get_args(hint):
        yield from _inside(argument)


def _with_subclasses(cls: type) -> Iterator[type]:
    yield cls
    children: list[type] = cls.__subclasses__()
    for child in children:
        yield from _with_subclasses(child)
