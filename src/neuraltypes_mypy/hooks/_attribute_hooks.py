"""Hooks for attributes that say more than their declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from mypy.nodes import Decorator, TypeInfo, Var
from mypy.plugin import AttributeContext
from mypy.types import Instance, Type

from neuraltypes_mypy.base._guard import attribute_hook
from neuraltypes_mypy.base._names import DISTRIBUTIONS, MODULE_CALL, MODULES, NEURAL_MODULE, TENSOR_BASE
from neuraltypes_mypy.flow._record_fields import is_field, made_field
from neuraltypes_mypy.hooks._parts import Parts
from neuraltypes_mypy.modules import _configs
from neuraltypes_mypy.modules._buffers import is_buffer, is_definition, seen_by_a_cast
from neuraltypes_mypy.modules._held import may_hold
from neuraltypes_mypy.rules._definitions import is_foreign
from neuraltypes_mypy.sizes._class_sizes import has_sizes, is_changing
from neuraltypes_mypy.sizes._nested import has_nested
from neuraltypes_mypy.sizes._values import is_undeclared
from neuraltypes_mypy.tensors import _records
from neuraltypes_mypy.tensors._members import may_be_module
from neuraltypes_mypy.tensors._mentions import says_tensors
from neuraltypes_mypy.tensors._named_results import NAMED_RESULTS, RETURN_TYPES, named_result
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, untold
from neuraltypes_mypy.tensors._untyped import untyped


@final
class AttributeHooks:
    """Finds hooks for attributes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._definitions = parts.definitions
        # By full name; None for what is not ours and has no rule.
        self._attributes: dict[str, Callable[[AttributeContext], Type] | None] = {
            MODULE_CALL: attribute_hook(parts.module_calls.call),
            f"{TENSOR_BASE}.shape": attribute_hook(self._shape),
            f"{TENSOR_BASE}.ndim": attribute_hook(parts.values.ndim),
        }

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        """Attributes that say more than their declaration."""
        hook = self._attributes.get(fullname)
        if hook is not None or fullname in self._attributes:
            return hook
        if fullname.startswith((RETURN_TYPES, NAMED_RESULTS)):
            return attribute_hook(named_result)
        if fullname.startswith(_configs.KEYS):
            return attribute_hook(_configs.key)
        return self._find_property(fullname) if is_foreign(fullname) else self._find_attribute(fullname)

    def _find_property(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        rule = self._parts.rules.rule_of(fullname) if self._definitions.has_rules(fullname) else None
        hook = None if rule is None else attribute_hook(lambda ctx: self._parts.operations.attribute(ctx, rule))
        if hook is None and fullname.startswith((MODULES, DISTRIBUTIONS)):
            hook = attribute_hook(self._weight)
        self._attributes[fullname] = hook
        return hook

    def _find_attribute(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        self._parts.prepare()
        owner, _, name = fullname.rpartition(".")
        info = self._parts.types.info(owner)
        if info is None:
            return None
        if name == _configs.WHOLE and info.has_base(NEURAL_MODULE):
            return attribute_hook(_configs.of_module)
        if self._definitions.has_rules(fullname) and self._parts.rules.method_of(fullname) is not None:
            return attribute_hook(self._weight)
        if is_field(info, name):
            return attribute_hook(self._field)
        if has_sizes(info, name):
            return attribute_hook(self._parts.modules.attribute)
        if has_nested(info, name):
            return attribute_hook(self._held)
        if _records.is_record(info):
            return attribute_hook(self._item)
        member = info.names.get(name)
        if member is not None and isinstance(member.node, Decorator) and member.node.func.is_property:
            return attribute_hook(self._parts.module_calls.property_read) if says_tensors(member.node) else None
        if member is None or not isinstance(member.node, Var):
            return None
        if _configs.is_nested(member.node):
            return attribute_hook(_configs.of_field)
        if is_undeclared(member.node):
            return attribute_hook(lambda ctx: self._inferred_attribute(ctx, info, name))
        if may_hold(member.node):
            return attribute_hook(self._held_attribute)
        is_kept = member.node.type is not None and may_be_module(member.node.type)
        return attribute_hook(self._parts.modules.declared_attribute) if is_kept else None

    def _item(self, ctx: AttributeContext) -> Type:
        found = _records.item(ctx)
        return made_field(ctx, found) if found is ctx.default_attr_type else found

    def _field(self, ctx: AttributeContext) -> Type:
        return self._noted(made_field(ctx, ctx.default_attr_type), ctx)

    def _held(self, ctx: AttributeContext) -> Type:
        found = _configs.of_field(ctx)
        return self._parts.modules.held(ctx) if found is ctx.default_attr_type else found

    def _inferred_attribute(self, ctx: AttributeContext, info: TypeInfo, name: str) -> Type:
        return self._noted(self._attribute_type(ctx, info, name), ctx)

    def _held_attribute(self, ctx: AttributeContext) -> Type:
        return self._noted(self._parts.held.attribute(ctx), ctx)

    def _weight(self, ctx: AttributeContext) -> Type:
        return self._noted(self._parts.weights.attribute(ctx), ctx)

    def _noted(self, found: Type, ctx: AttributeContext) -> Type:
        tensor = None if ctx.is_lvalue else as_tensor(found)
        if tensor is not None and is_known(tensor):
            # a name that is given it may be given another tensor later
            self._parts.settling.instrument_current(ctx.api)
        return found

    def _attribute_type(self, ctx: AttributeContext, info: TypeInfo, name: str) -> Type:
        if is_buffer(info, name):
            return self._buffer(ctx, info, name)
        return self._inferred(ctx, info, name)

    def _buffer(self, ctx: AttributeContext, info: TypeInfo, name: str) -> Type:
        """A buffer that is not declared: without this plugin it is no attribute of the class."""
        if ctx.is_lvalue or is_definition(ctx.context) or seen_by_a_cast(ctx.api):
            return untold()
        return untyped(self._inferred(ctx, info, name))

    def _inferred(self, ctx: AttributeContext, info: TypeInfo, name: str) -> Type:
        if not is_changing(_class_of(ctx, info), name):
            return self._parts.values.inferred_attribute(ctx, False)
        known = self._parts.modules.declared_attribute(ctx)
        return self._parts.values.inferred_attribute(ctx, True) if known is ctx.default_attr_type else known

    def _shape(self, ctx: AttributeContext) -> Type:
        self._parts.narrowing.unpacked(ctx)
        return self._parts.values.shape(ctx)


def _class_of(ctx: AttributeContext, owner: TypeInfo) -> TypeInfo:
    """The class of the object whose attribute is read, which may be a subclass of the one that declares it."""
    receiver = ctx.type
    return receiver.type if isinstance(receiver, Instance) else owner
