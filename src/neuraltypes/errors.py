"""Errors of a checked call. Each is a `TypeError` and a beartype call violation, and carries its details as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from beartype.roar import BeartypeCallHintViolation

from neuraltypes._errors import AnnotationError, RegistrationError
from neuraltypes._spec import Spec

__all__ = [
    "AnnotationError",
    "ArgumentTypeError",
    "AxisKindError",
    "CheckError",
    "DTypeError",
    "ElementError",
    "Failure",
    "RegistrationError",
    "ShapeError",
]

Cause: TypeAlias = Literal["shape", "dtype", "element", "kind", "type"]


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that disagrees in a call.

    `argument` is the parameter, or `"return"`; `place` where inside it (`"[2]"`, `".encoded"`), `axis` which axis.
    `spec` is the declared type, `found` the value's type in words (never its contents), `reason` the sentence.
    """

    cause: Cause
    argument: str
    place: str
    reason: str
    spec: Spec
    found: str
    expected: Any = None
    got: Any = None
    axis: int | None = None
    hint: str | None = None


class CheckError(BeartypeCallHintViolation, TypeError):
    """A call or its result does not fit the annotations.

    `failures` lists everything that disagrees, `bindings` the sizes that the axis names were bound to; `expected` and
    `got` are those of the first failure.
    """

    cause: ClassVar[Cause] = "type"

    def __init__(
        self, message: str, failures: tuple[Failure, ...] = (), bindings: Mapping[str, Any] | None = None
    ) -> None:
        module = type(self).__module__
        super().__init__(message=message, culprits=tuple(f.found for f in failures) or (message,))
        type(self).__module__ = module  # beartype's class claims its subclasses for itself, and they no longer pickle
        self.args = (message,)  # beartype's class rewrites the first letter, which may be that of a function
        self.failures = failures
        self.bindings = dict(bindings or {})

    @property
    def expected(self) -> Any:
        """What the first failure expected."""
        return self.failures[0].expected if self.failures else None

    @property
    def got(self) -> Any:
        """What came instead."""
        return self.failures[0].got if self.failures else None

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.failures, self.bindings)


class ShapeError(CheckError):
    """A tensor has the wrong `ndim` or a wrong size."""

    cause = "shape"


class DTypeError(CheckError):
    """A tensor has the wrong dtype."""

    cause = "dtype"


class ElementError(CheckError):
    """The numbers mean something else than what is declared."""

    cause = "element"


class AxisKindError(CheckError):
    """The axes are of other kinds, for example transposed."""

    cause = "kind"


class ArgumentTypeError(CheckError):
    """A value is of the wrong type: no tensor, no list of them, not the plain type declared."""

    cause = "type"


def error_for(cause: Cause) -> type[CheckError]:
    """The error class of a cause."""
    classes = (ShapeError, DTypeError, ElementError, AxisKindError, ArgumentTypeError)
    return next(cls for cls in classes if cls.cause == cause)
