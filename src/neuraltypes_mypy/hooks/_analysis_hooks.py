"""Hooks of mypy's semantic analysis: annotations and classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, final

from mypy.nodes import TypeAlias, TypeInfo
from mypy.plugin import AnalyzeTypeContext, ClassDefContext
from mypy.types import PlaceholderType, Type

from neuraltypes_mypy.base._dependencies import show_metadata
from neuraltypes_mypy.base._guard import class_hook, type_hook
from neuraltypes_mypy.base._names import ANNOTATED, GENERIC_TENSORS, MODULE, MODULES
from neuraltypes_mypy.hooks._other_plugins import OtherPlugins
from neuraltypes_mypy.hooks._parts import Parts
from neuraltypes_mypy.modules._announced import announce_helper, announce_recipes
from neuraltypes_mypy.modules._buffers import announce_buffers
from neuraltypes_mypy.modules._classes import define_class, is_dtype
from neuraltypes_mypy.rules._definitions import is_foreign, is_local
from neuraltypes_mypy.source._unasked import ask_in_class_methods
from neuraltypes_mypy.tensors._elements import forget_subtypes
from neuraltypes_mypy.tensors._mentions import mentions_tensors
from neuraltypes_mypy.tensors._tensor import make_generic
from neuraltypes_mypy.tensors._walk import mentions_alias, walk


@final
class AnalysisHooks:
    """Finds hooks for annotations and classes."""

    def __init__(self, parts: Parts, others: OtherPlugins) -> None:
        self._parts = parts
        self._others = others
        self._aliases: dict[int, tuple[Type, bool]] = {}
        self.without_hook: Final[set[str]] = set()  # mypy asks for every name in every annotation of torch
        self._asked: set[str] = set()  # names that mypy itself is asked about now
        self._annotation_hooks = self._tabulate_annotations()

    def _tabulate_annotations(self) -> dict[str, Callable[[AnalyzeTypeContext], Type]]:
        annotated = type_hook(self._parts.annotations.annotated)
        bare = {
            name: type_hook(partial(self._parts.annotations.bare_tensor, fullname=name)) for name in GENERIC_TENSORS
        }
        return {**dict.fromkeys(ANNOTATED, annotated), **bare}

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Annotations."""
        hook = self._annotation_hooks.get(fullname)
        if hook is not None and not fullname.startswith("torch."):
            self._parts.type_functions()
        if hook is None and is_foreign(fullname) and not fullname.startswith(MODULES):
            self.without_hook.add(fullname)
            return None
        return hook or self._find_annotation(fullname)

    def _find_annotation(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        if is_local(fullname):
            return None if fullname in self._asked else type_hook(partial(self._local, name=fullname))
        node = self._parts.types.node(fullname)
        if isinstance(node, TypeAlias) and self._is_tensor_alias(node):
            return type_hook(lambda ctx: self._parts.annotations.alias(ctx, node))
        if isinstance(node, TypeInfo) and is_dtype(node):
            return type_hook(partial(self._parts.annotations.custom_dtype, info=node))
        if isinstance(node, TypeInfo) and node.has_base(MODULE):
            return type_hook(lambda ctx: announce_helper(ctx, node))
        return None

    def _local(self, ctx: AnalyzeTypeContext, name: str) -> Type:
        """What a name of a function's own stands for, which cannot be looked up by a full name."""
        api: Any = ctx.api
        symbol = api.lookup_qualified(ctx.type.name, ctx.type, suppress_errors=True)
        if symbol is not None and isinstance(symbol.node, TypeAlias) and self._is_tensor_alias(symbol.node):
            return self._parts.annotations.alias(ctx, symbol.node)
        self._asked.add(name)
        try:
            return ctx.api.analyze_type(ctx.type)
        finally:
            self._asked.discard(name)

    def _is_tensor_alias(self, alias: TypeAlias) -> bool:
        """Whether an alias stands for something that is said about tensors; what mypy has not finished is mypy's."""
        known = self._aliases.get(id(alias))
        if known is not None and known[0] is alias.target:
            return known[1]
        target = alias.target
        answer = not alias.alias_tvars and mentions_tensors(target) and not mentions_alias(target, alias)
        answer = answer and not any(isinstance(type_, PlaceholderType) for type_ in walk(target))
        self._aliases[id(alias)] = (target, answer)
        return answer

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """`torch.Tensor` and `nn.Parameter` become generic."""
        if fullname in GENERIC_TENSORS:
            return class_hook(lambda ctx: make_generic(ctx.cls.info, self._parts.types.object_type))
        return None if is_foreign(fullname) else class_hook(self._define_class)

    def _define_class(self, ctx: ClassDefContext) -> None:
        announce_buffers(ctx.cls)
        ask_in_class_methods(ctx.cls)
        define_class(ctx)
        forget_subtypes(ctx.cls.info, ctx.api.options)
        show_metadata(ctx.cls, self._parts.types.str_type)
        announce_recipes(ctx.cls)
        self._others.answer(ctx, "get_customize_class_mro_hook", ctx.cls.fullname, None)
