"""What `nn.ParameterList` and `nn.ParameterDict` hold: the tensors that the source puts into them.

To plain mypy their items are `Any`; so they stay welcome where no tensor is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mypy.nodes import CallExpr, DictExpr, FuncDef, SliceExpr, StrExpr
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, Instance, TupleType, Type, TypedDictType, get_proper_type

from neuraltypes_mypy.base._names import CONTAINERS, PARAMETER
from neuraltypes_mypy.base._types import attribute_of, with_attribute
from neuraltypes_mypy.flow._settle import Settling
from neuraltypes_mypy.modules._filled import body_of, checked_type, chosen, each, fill, is_filled_elsewhere
from neuraltypes_mypy.sizes._values import Values
from neuraltypes_mypy.source._steps import One, Steps, steps_of_call
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._members import ITEM, ITEMS
from neuraltypes_mypy.tensors._tensor import as_tensor
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._untyped import is_unwanted, untyped
from neuraltypes_mypy.tensors._walk import replace

LIST: Final = f"{CONTAINERS}.ParameterList"
DICTIONARY: Final = f"{CONTAINERS}.ParameterDict"
FILLING: Final = (
    *(f"{LIST}.{name}" for name in ("append", "extend", "__iadd__", "__setitem__")),
    *(f"{DICTIONARY}.{name}" for name in ("update", "setdefault", "pop", "popitem", "__setitem__", "__delitem__")),
)
READING: Final = (f"{LIST}.__iter__", *(f"{DICTIONARY}.{name}" for name in ("values", "items", "get")))
ITEM_READS: Final = tuple(f"{owner}.__getitem__" for owner in (LIST, DICTIONARY))


class ParameterContainers:
    """Types containers of parameters, for one run of mypy."""

    def __init__(self, types: KnownTypes, values: Values, settling: Settling) -> None:
        self._types = types
        self._values = values
        self._settling = settling

    def made(self, ctx: FunctionContext) -> Type:
        """`nn.ParameterList([...])` and `nn.ParameterDict({...})` remember their tensors."""
        api: Any = ctx.api
        instance, call, function = get_proper_type(ctx.default_return_type), ctx.context, api.scope.current_function()
        if not isinstance(instance, Instance) or not isinstance(call, CallExpr) or is_filled_elsewhere(call, function):
            return ctx.default_return_type
        keys = _keys(call) if instance.type.fullname == DICTIONARY else None
        return self._holding(instance, steps_of_call(call, body_of(api), is_sequence=False), keys, api)

    def grown(self, ctx: MethodContext) -> Type:
        """`self.scales.append(...)` in the constructor, or to a local variable: it holds all it is filled with."""
        is_dictionary = isinstance(ctx.type, Instance) and ctx.type.type.fullname == DICTIONARY
        fill(ctx, lambda bare, steps: self._holding(bare, steps, None, ctx.api), has_keys=is_dictionary)
        return ctx.default_return_type

    def _holding(self, instance: Instance, steps: Steps, keys: Sequence[str] | None, api: Any) -> Instance:
        found = [type_ for step in steps for type_ in each(step, lambda one: checked_type(one, api))]
        parameters = [self._parameter(type_, api) for type_ in found]
        types = [type_ for type_ in parameters if type_ is not None]
        common = self._parameter(join_tensors(types), api) if len(types) == len(found) else None
        if common is None:
            return instance
        instance = with_attribute(instance, ITEM, common)
        if not all(isinstance(step, One) for step in steps):
            return instance
        if instance.type.fullname == LIST:
            return with_attribute(instance, ITEMS, TupleType(list(types), self._types.tuple_type))
        fallback = self._types.typed_dict
        if keys is None or fallback is None or len(set(keys)) != len(types):
            return instance
        items: dict[str, Type] = dict(zip(keys, types, strict=True))
        return with_attribute(instance, ITEMS, TypedDictType(items, set(items), set(), fallback))

    def _parameter(self, given: Type | None, api: Any) -> Instance | None:
        """What a tensor becomes that is put in; of a class only what holds for good is known."""
        tensor, info = None if given is None else as_tensor(given), self._types.info(PARAMETER)
        if tensor is None or info is None:
            return None
        function = api.scope.current_function()
        if isinstance(function, FuncDef) and function.info:
            tensor = as_tensor(self._values.lasting(tensor, function.info))
        return None if tensor is None else Instance(info, list(tensor.args))

    def item(self, ctx: MethodContext) -> Type:
        """`scales[0]`, `scales[i]`, `tokens["cls"]`; a part of a list holds what the list holds."""
        items, common = attribute_of(ctx.type, ITEMS), attribute_of(ctx.type, ITEM)
        if common is None or not ctx.args or not ctx.args[0] or is_unwanted(ctx.context, ctx.api):
            return ctx.default_return_type
        if isinstance(ctx.args[0][0], SliceExpr):
            part = get_proper_type(ctx.default_return_type)
            return with_attribute(Instance(part.type, []), ITEM, common) if isinstance(part, Instance) else part
        tensor = chosen(items, ctx)
        return untyped(common if tensor is None else tensor)

    def items(self, ctx: MethodContext) -> Type:
        """The tensors one after the other: the `Any` in the result becomes what they have in common."""
        common = attribute_of(ctx.type, ITEM)
        if common is None or len([one for given in ctx.args for one in given]) > 1:
            return ctx.default_return_type  # a default of `get` may be anything
        self._settling.instrument_current(ctx.api)
        held = untyped(common)
        return replace(ctx.default_return_type, lambda proper: held if isinstance(proper, AnyType) else None)


def _keys(call: CallExpr) -> list[str] | None:
    """The keys of a dictionary that is written out."""
    given = call.args[0] if call.args else None
    keys = [key.value for key, _ in given.items if isinstance(key, StrExpr)] if isinstance(given, DictExpr) else []
    return keys or None
