"""Errors of the type language itself: what is written wrongly, as opposed to what is called wrongly."""

from __future__ import annotations


class AnnotationError(TypeError):
    """An annotation that cannot mean anything, or that cannot be resolved; the message shows the right spelling."""


class RegistrationError(ValueError):
    """A registration that clashes with an earlier one; nothing is registered."""


# Their public home, which is what a traceback names.
AnnotationError.__module__ = RegistrationError.__module__ = "neuraltypes"
