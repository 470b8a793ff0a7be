"""`NeuralModule`: an `nn.Module` whose `forward` is typed, and checked at each call."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from torch import nn

from neuraltypes._configurable import Configurable, FromConfigDict
from neuraltypes._errors import AnnotationError
from neuraltypes._forward import class_elements, interface_of, require_keyword_only
from neuraltypes._freezing import Freezable
from neuraltypes._hook import Hook, hook_of
from neuraltypes._interface import Interface
from neuraltypes._restorable import Restorable
from neuraltypes._spec import Spec
from neuraltypes._typecheck import hook_function, local_names
from neuraltypes.elements import ElementType


class NeuralModule(Freezable, nn.Module, Restorable, Configurable):
    """An `nn.Module` with a typed, keyword-only `forward`, each call of which is checked.

    Annotations are read when the first instance is made. An overriding `forward` without annotations has those of the
    one that it overrides.

    Raises:
        AnnotationError: at class creation, `forward` takes positional arguments or an annotation is malformed; at the
            first instance or call, an annotation cannot be resolved.
        CheckError: at a call, an argument or the result does not fit its annotation.
    """

    from_config_dict = FromConfigDict()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        forward = cls.__dict__.get("forward")
        elements = class_elements(cls)
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
