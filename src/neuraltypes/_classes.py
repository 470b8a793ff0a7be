"""Names and descendants of classes."""

from __future__ import annotations

from typing import TypeVar

Class = TypeVar("Class")


def full_name(cls: type) -> str:
    """The name of a class in files: module and qualified name."""
    return f"{cls.__module__}.{cls.__qualname__}"


def own_class(cls: type[Class]) -> type[Class]:
    """The class as it was written, where torch put one of its own in its place (FSDP, parametrizations)."""
    return next((found for found in cls.__mro__ if found.__module__.partition(".")[0] != "torch"), cls)


def descendants(cls: type[Class]) -> list[type[Class]]:
    """The imported classes below `cls`; one that is below it in two ways is there twice."""
    return [found for child in cls.__subclasses__() for found in (child, *descendants(child))]
