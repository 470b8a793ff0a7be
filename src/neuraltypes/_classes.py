"""Names and descendants of classes."""

from __future__ import annotations

from typing import TypeVar

Class = TypeVar("Class")


def full_name(cls: type) -> str:
    """The name of a class in files: module and qualified name."""
    return f"{cls.__module__}.{cls.__qualname__}"


def descendants(cls: type[Class]) -> list[type[Class]]:
    """The imported classes below `cls`; one that is below it in two ways is there twice."""
    return [found for child in cls.__subclasses__() for found in (child, *descendants(child))]
