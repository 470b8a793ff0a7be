"""`NeuralModule`: an `nn.Module` whose `forward` is typed, and checked at each call."""

from __future__ import annotations

import inspect
import os
import sys
import typing
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, TypeVar

from torch import nn

from neuraltypes._archivable import Archivable
from neuraltypes._errors import AnnotationError
from neuraltypes._freezing import Freezable
from neuraltypes._hook import Hook, hook_of
from neuraltypes._interface import Interface, read_interface
from neuraltypes._read import known_element
from neuraltypes._spec import Spec
from neuraltypes._typecheck import hook_function, local_names
from neuraltypes.elements import ElementType


class NeuralModule(Freezable, nn.Module, Archivable):
    """An `nn.Module` with a typed, keyword-only `forward`, each call of which is checked.

    Annotations are read when the first instance is made. An overriding `forward` without annotations has those of the
    one that it overrides.

    Raises:
        AnnotationError: at class creation, `forward` takes positional arguments or an annotation is malformed; at the
            first instance or call, an annotation cannot be resolved.
        CheckError: at a call, an argument or the result does not fit its annotation.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        forward = cls.__dict__.get("forward")
        elements = _class_elements(cls)
        # torch makes subclasses of its own (FSDP, parametrizations); they bring no forward and keep the parent's hook.
        if inspect.isfunction(forward):
            require_keyword_only(forward)
            cls.forward = _hook_forward(cls, forward, elements, sys._getframe(1))  # noqa: SLF001
        elif (hook := hook_of(getattr(cls, "forward", None))) is not None and elements != hook.elements:
            cls.forward = hook_function(hook.function, names=hook.names, owner=cls, elements=elements)

    def __init__(self) -> None:
        super().__init__()
        _prepare_early(type(self))

    @property
    def interface(self) -> Interface:
        """Inputs and outputs of `forward`, derived from its annotations.

        Raises:
            AnnotationError: an annotation is malformed or cannot be resolved, or the class defines no `forward`.
        """
        return interface_of(type(self), getattr(self, "__orig_class__", None))

    @property
    def input_types(self) -> Mapping[str, Spec]:
        """The type of each input of `forward`, by name and in order."""
        return self.interface.inputs

    @property
    def output_types(self) -> Mapping[str, Spec]:
        """The type of each output: the fields of a NamedTuple by name, tuple items by number, else `"output"`."""
        return self.interface.outputs

    def export_to(
        self,
        path: str | os.PathLike[str],
        *,
        inputs: Mapping[str, Any] | None = None,
        sizes: Mapping[str, int] | None = None,
        static: Mapping[str, int] | None = None,
        ranges: Mapping[str, tuple[int | None, int | None]] | None = None,
    ) -> None:
        """Write `forward` as a program: of torch.export, or as ONNX where the path ends in `.onnx`.

        Each axis name is one dynamic dimension, fixed axes are fixed, and records among inputs and outputs are dicts of
        their fields. The program is of the mode that the module is in; call `eval()` first.

        Args:
            path: the file, usually `.pt2` or `.onnx`.
            inputs: inputs that cannot be made from their annotations, or that have a default and are to be given.
            sizes: sizes of axes in the example inputs, at least 2.
            static: axes that have one size in the program.
            ranges: the least and the greatest size of axes.

        Raises:
            ExportError: torch cannot export it so, and the axes that are to blame; or ONNX is not installed.
            AnnotationError: the annotations do not say enough to make inputs.
            CheckError: `forward` does not do what its annotations say.
            OSError: the file cannot be written.
        """
        from neuraltypes.archive._export import Options, export_module

        export_module(self, path, Options(inputs or {}, sizes or {}, static or {}, ranges or {}))


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
    return interface.replace_elements(_class_elements(cls, generic))


def _hook_forward(
    cls: type, forward: Callable[..., Any], elements: Mapping[str, ElementType], frame: FrameType | None
) -> Callable[..., Any]:
    return hook_function(forward, names=local_names(forward, frame), owner=cls, elements=elements)


def _prepare_early(cls: type) -> None:
    """Make the guard before the first call, for `torch.compile` to meet; where a name is missing yet, the call does."""
    hook: Hook | None = hook_of(cls.forward)  # type: ignore[attr-defined]
    if hook is not None and not hook.is_prepared:
        try:
            hook.prepare()
        except AnnotationError:
            return


def _class_elements(cls: type, generic: Any = None) -> dict[str, ElementType]:
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
    from neuraltypes._read import spec_from_annotation

    return str(spec_from_annotation(annotation))
