"""The plugin as mypy loads it; what finds hooks is made at the first question, which a warm run never asks."""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

from mypy.nodes import MypyFile, SymbolTableNode
from mypy.options import Options
from mypy.plugin import (
    AnalyzeTypeContext,
    AttributeContext,
    ClassDefContext,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import FunctionLike, Type

import neuraltypes_mypy
import neuraltypes_mypy._codes  # mypy reads the codes that a configuration names before it asks for hooks
from neuraltypes_mypy._options import read_options

if TYPE_CHECKING:
    from neuraltypes_mypy._hooks import Hooks

_DTYPES: Final = "neuraltypes_mypy._dtypes"
_NAMES: Final = "names"


class _AnyNames(dict[str, Any]):
    """What mypy's cache depends on, whatever names a module passes on: those follow from its source."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and dict(self) == {key: other[key] for key in other if key != _NAMES}

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


@final
class NeuralTypesPlugin(Plugin):
    """The plugin."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._project = read_options(Path.cwd())
        # mypy compares plugins with those of the last run alone, which may have been over other files.
        self._config_data = {**self._project.as_data(), "plugin": neuraltypes_mypy.__version__}
        self._checked_data = _AnyNames(self._config_data)
        self._made: Hooks | None = None
        self._without_annotation_hook: Container[str] = ()

    def _make(self) -> Hooks:
        from neuraltypes_mypy._hooks import Hooks

        self._made = Hooks(self._find, self, self._project)
        self._without_annotation_hook = self._made.analysis.without_hook
        return self._made

    def _find(self, fullname: str) -> SymbolTableNode | None:
        """What mypy finds under a full name; what stands at the top of a module in a shorter way, it is asked often."""
        owner, _, name = fullname.rpartition(".")
        module = self._modules.get(owner) if self._modules is not None and "<" not in fullname else None
        return module.names.get(name) if module is not None else self.lookup_fully_qualified(fullname)

    def report_config_data(self, ctx: ReportConfigContext) -> dict[str, Any]:
        """What mypy's cache depends on beside the sources; what else is written is part of a module's interface.

        A module that passes on `Float as Number` has the interface of one that passes on `Int as Number` to mypy.
        """
        if not self.options.fixed_format_cache:
            return self._config_data  # mypy would compare the names, too
        if ctx.is_check:
            return self._checked_data
        names = self._passed_on(ctx.id)
        return {**self._config_data, _NAMES: names} if names else self._config_data

    def _passed_on(self, fullname: str) -> dict[str, str]:
        from neuraltypes_mypy._origins import passed_on

        module = self._modules.get(fullname) if self._modules is not None else None
        return passed_on(module, self._modules) if module is not None and self._modules is not None else {}

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """torch's tensor needs the classes that stand for dtypes."""
        if self.options.fine_grained_incremental:
            from neuraltypes_mypy._origins import announce_names

            announce_names(file)
        return [(10, _DTYPES, -1)] if file.fullname == "torch._tensor" else []

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Annotations."""
        if fullname in self._without_annotation_hook:
            return None
        return (self._made or self._make()).analysis.get_type_analyze_hook(fullname)

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Calls of functions and constructors, before."""
        return (self._made or self._make()).functions.get_function_signature_hook(fullname)

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Calls of functions and constructors, after."""
        return (self._made or self._make()).functions.get_function_hook(fullname)

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Calls of methods, before."""
        return (self._made or self._make()).methods.get_method_signature_hook(fullname)

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Calls of methods, after."""
        return (self._made or self._make()).methods.get_method_hook(fullname)

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        """Attributes that say more than their declaration."""
        return (self._made or self._make()).attributes.get_attribute_hook(fullname)

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Classes: `torch.Tensor` becomes generic, the others are read."""
        return (self._made or self._make()).analysis.get_customize_class_mro_hook(fullname)
