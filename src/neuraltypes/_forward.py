"""The `forward` of a module's class: its interface, and that it takes its inputs by keyword only."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from torch import nn

from neuraltypes._errors import AnnotationError
from neuraltypes._hook import hook_of
from neuraltypes._interface import Interface, read_interface
from neuraltypes._read import known_element, spec_from_annotation
from neuraltypes.elements import ElementType


def interface_of(cls: type, generic: Any = None) -> Interface:
    """The interface of a module class's `forward`, with its element variables filled in from `cls` or `generic`.

    `generic` is a subscripted class such as `Head[LogitsType]`.

    Raises:
        AnnotationError: an annotation is malformed or cannot be resolved, or there is no annotated `forward`.
    """
    forward = getattr(cls, "forward", None)
    if forward is None or forward is nn.Module.forward:
        raise AnnotationError(f"{cls.__name__} defines no forward; define one with annotations")
    hook = hook_of(forward)
    interface = hook.interface if hook is not None else read_interface(inspect.unwrap(forward))
    return interface.replace_elements(class_elements(cls, generic))


def class_elements(cls: type, generic: Any = None) -> dict[str, ElementType]:
    """The elements that generic bases are subscripted with: `class Head(Base[LogitsType])`."""
    found: dict[str, ElementType] = {}
    bases = [base for parent in reversed(cls.__mro__) for base in parent.__dict__.get("__orig_bases__", ())]
    for base in [*bases, *([] if generic is None else [generic])]:
        variables = getattr(typing.get_origin(base), "__parameters__", ())
        for variable, argument in zip(variables, typing.get_args(base), strict=False):
            element = known_element(argument)
            if isinstance(variable, TypeVar) and element is not None:
                found[variable.__name__] = element
    return found


def require_keyword_only(forward: Callable[..., Any]) -> None:
    """Refuse a `forward` that can be called with positional arguments.

    Raises:
        AnnotationError: with the corrected signature.
    """
    signature = inspect.signature(forward)
    first, *parameters = signature.parameters.values()
    positional = [p for p in parameters if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    if not positional:
        return
    named = [p.replace(kind=p.KEYWORD_ONLY) for p in positional if p.kind is not p.VAR_POSITIONAL]
    fixed = signature.replace(parameters=[first, *named, *(p for p in parameters if p not in positional)])
    raise AnnotationError(
        f"{forward.__qualname__}: forward takes its inputs by keyword only, "
        f"but {_listed(positional)} can be positional; write\n    def forward{_without_quotes(fixed)}: ..."
    )


def _listed(parameters: list[inspect.Parameter]) -> str:
    return ", ".join(("*" if p.kind is p.VAR_POSITIONAL else "") + p.name for p in parameters)


def _without_quotes(signature: inspect.Signature) -> str:
    parts, starred = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        parts.append(_declared(parameter))
    result = "" if signature.return_annotation is signature.empty else f" -> {_annotation(signature.return_annotation)}"
    return f"({', '.join(parts)}){result}"


def _declared(parameter: inspect.Parameter) -> str:
    star = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    has_annotation = parameter.annotation is not parameter.empty
    text = star + parameter.name + (f": {_annotation(parameter.annotation)}" if has_annotation else "")
    if parameter.default is parameter.empty:
        return text
    return f"{text} = {parameter.default!r}" if has_annotation else f"{text}={parameter.default!r}"


def _annotation(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    return str(spec_from_annotation(annotation))
