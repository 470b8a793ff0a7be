"""Dispatch: which part of the plugin finds the hook for each of mypy's questions."""

from __future__ import annotations

from typing import final

from mypy.plugin import Plugin

from neuraltypes_mypy.base._options import PluginOptions
from neuraltypes_mypy.hooks._analysis_hooks import AnalysisHooks
from neuraltypes_mypy.hooks._attribute_hooks import AttributeHooks
from neuraltypes_mypy.hooks._function_hooks import FunctionHooks
from neuraltypes_mypy.hooks._method_hooks import MethodHooks
from neuraltypes_mypy.hooks._other_plugins import OtherPlugins
from neuraltypes_mypy.hooks._parts import Parts
from neuraltypes_mypy.tensors._tensor import Lookup


@final
class Hooks:
    """The hooks of one run of mypy. `find` looks a full name up, in whatever modules mypy has by then."""

    def __init__(self, find: Lookup, plugin: Plugin, options: PluginOptions) -> None:
        parts, others = Parts(find, options), OtherPlugins(plugin)
        self.analysis = AnalysisHooks(parts, others)
        self.functions = FunctionHooks(parts, others)
        self.methods = MethodHooks(parts, others, self.functions.of_alias)
        self.attributes = AttributeHooks(parts)
