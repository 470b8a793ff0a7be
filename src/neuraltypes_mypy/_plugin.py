"""The plugin as mypy loads it; what finds hooks is made at the first question, which a warm run never asks."""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, final

from mypy.errors import CompileError
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
import neuraltypes_mypy.base._codes  # mypy reads the codes that a configuration names before it asks for hooks
from neuraltypes_mypy.base._guard import lookup, say_later
from neuraltypes_mypy.base._names import FOREIGN
from neuraltypes_mypy.base._options import PluginOptions, as_read, read_options

if TYPE_CHECKING:
    from neuraltypes_mypy.hooks._hooks import Hooks

_DTYPES: Final = "neuraltypes_mypy._dtypes"
_NAMES: Final = "names"


class _AnyNames(dict[str, Any]):
    """What mypy's cache depends on, whatever names a module passes on: those follow from its source."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, dict) or len(other) - (_NAMES in other) != len(self):
            return False
        return all(key in other and self[key] == other[key] for key in self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


def _options() -> tuple[PluginOptions, dict[str, Any]]:
    """The project's options, and what mypy's cache depends on in them."""
    try:
        options = read_options(Path.cwd())
        return options, as_read(options.as_data())
    except CompileError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, mypy must go on
        say_later(error)
        return PluginOptions(), {}


@final
class NeuralTypesPlugin(Plugin):
    """The plugin."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._project, data = _options()
        # mypy compares plugins with those of the last run alone, which may have been over other files.
        self._config_data = {**data, "plugin": neuraltypes_mypy.version()}
        self._foreign_data = {"plugin": neuraltypes_mypy.version()}
        self._config_check, self._foreign_check = _AnyNames(self._config_data), _AnyNames(self._foreign_data)
        self._made: Hooks | None = None
        self._without_annotation_hook: Container[str] = ()
        self._broken: Exception | None = None  # what making them has failed with
        self._broken_at: TracebackType | None = None

    def _make(self) -> Hooks:
        if self._broken is not None:
            raise self._broken.with_traceback(self._broken_at)
        try:
            from neuraltypes_mypy.hooks._hooks import Hooks

            self._made = Hooks(self._find, self, self._project)
        except Exception as error:
            self._broken, self._broken_at = error, error.__traceback__
            raise
        self._without_annotation_hook = self._made.analysis.without_hook
        return self._made

    def _find(self, fullname: str) -> SymbolTableNode | None:
        """What mypy finds under a full name; what stands at the top of a module in a shorter way, it is asked often."""
        owner, _, name = fullname.rpartition(".")
        module = self._modules.get(owner) if self._modules is not None and "<" not in fullname else None
        return module.names.get(name) if module is not None else self.lookup_fully_qualified(fullname)

    def report_config_data(self, ctx: ReportConfigContext) -> dict[str, Any]:
        """What mypy's cache depends on beside the sources; what else is written is part of a module's interface.

        The options and stubs of the project say nothing of torch itself, which need not be checked again for them.
        A module that passes on `Float as Number` has the interface of one that passes on `Int as Number` to mypy.
        """
        data = self._foreign_data if ctx.id.partition(".")[0] in FOREIGN else self._config_data
        if not self.options.fixed_format_cache:
            return data  # mypy would compare the names, too
        if ctx.is_check:
            return self._foreign_check if data is self._foreign_data else self._config_check
        names = self._passed_on(ctx.id)
        return {**data, _NAMES: names} if names else data

    def _passed_on(self, fullname: str) -> dict[str, str]:
        from neuraltypes_mypy.source._origins import passed_on

        module = self._modules.get(fullname) if self._modules is not None else None
        if module is None or self._modules is None:
            return {}
        try:
            return passed_on(module, self._modules)
        except Exception as error:  # noqa: BLE001 - whatever it is, mypy must go on
            say_later(error)
            return {}

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """torch's tensor needs the classes that stand for dtypes."""
        if self.options.fine_grained_incremental:
            from neuraltypes_mypy.source._origins import announce_names

            try:
                announce_names(file)
            except Exception as error:  # noqa: BLE001 - whatever it is, mypy must go on
                say_later(error)
        return [(10, _DTYPES, -1)] if file.fullname == "torch._tensor" else []

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Annotations."""
        return None if fullname in self._without_annotation_hook else self._annotation_hook(fullname)

    @lookup(lambda ctx: ctx.api.analyze_type(ctx.type))
    def _annotation_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        return (self._made or self._make()).analysis.get_type_analyze_hook(fullname)

    @lookup(lambda ctx: ctx.default_signature)
    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Calls of functions and constructors, before."""
        return (self._made or self._make()).functions.get_function_signature_hook(fullname)

    @lookup(lambda ctx: ctx.default_return_type)
    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Calls of functions and constructors, after."""
        return (self._made or self._make()).functions.get_function_hook(fullname)

    @lookup(lambda ctx: ctx.default_signature)
    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Calls of methods, before."""
        return (self._made or self._make()).methods.get_method_signature_hook(fullname)

    @lookup(lambda ctx: ctx.default_return_type)
    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Calls of methods, after."""
        return (self._made or self._make()).methods.get_method_hook(fullname)

    @lookup(lambda ctx: ctx.default_attr_type)
    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        """Attributes that say more than their declaration."""
        return (self._made or self._make()).attributes.get_attribute_hook(fullname)

    @lookup(lambda _: None)
    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Classes: `torch.Tensor` becomes generic, the others are read."""
        return (self._made or self._make()).analysis.get_customize_class_mro_hook(fullname)
