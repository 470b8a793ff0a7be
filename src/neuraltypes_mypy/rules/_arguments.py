"""Arguments of calls as values that rules take, by the names of their parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mypy.nodes import ARG_POS, ARG_STAR, ARG_STAR2, CallExpr, Context, Expression, ListExpr
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import Instance, TupleType, Type, UnionType, get_proper_type

from neuraltypes.rules import Parameter, Signature, Value
from neuraltypes.rules._values import UNKNOWN, Array
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.rules._argument_values import ArgumentValues
from neuraltypes_mypy.rules._remembered import Remembered, was_made
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.source._meanings import named
from neuraltypes_mypy.tensors._members import is_module
from neuraltypes_mypy.tensors._packed import padded_of
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown

_INDEXING: Final = (".__getitem__", ".__setitem__")


class Given(NamedTuple):
    """The arguments of one call: their values, and where each stands with its type."""

    values: Mapping[str, Value]
    places: Mapping[str, tuple[Context, Type]]


class Arguments:
    """Reads arguments, for one run of mypy."""

    def __init__(self, values: ArgumentValues, remembered: Remembered) -> None:
        self._values = values
        self._remembered = remembered

    def given(
        self, ctx: FunctionContext | MethodContext, signature: Signature, same: Equal, *, skip: int
    ) -> Given | None:
        """The arguments of a call by the names of the rule; None where they cannot be told apart."""
        values: dict[str, Value] = {}
        places: dict[str, tuple[Context, Type]] = {}
        if _has_other_names(ctx.context, signature):
            return None
        taken: Counter[int] = Counter()  # how many items of a starred argument parameters have taken
        for at, formal in enumerate(ctx.callee_arg_names):
            expressions, types, kinds = ctx.args[at], ctx.arg_types[at], ctx.arg_kinds[at]
            if not expressions:
                continue
            parameter = _parameter(signature, formal, at + skip)
            if parameter is None or (ARG_STAR2 in kinds and parameter.kind != "double star"):
                return None
            name, place = parameter.name, (expressions[0], types[0])
            if parameter.kind == "double star":
                values[name] = self._keywords(ctx, at, same)
                continue
            if parameter.kind == "star":
                more, before = self._starred(expressions, types, kinds, ctx.api, same), values.get(name, ())
                values[name] = before + more if isinstance(more, tuple) and isinstance(before, tuple) else UNKNOWN
            elif ctx_is_star(ctx, at):
                values[name] = self._starred(expressions, types, kinds, ctx.api, same)
            elif ARG_STAR in kinds:
                place = (expressions[0], _item(types[0], taken[id(expressions[0])], parameter))
                taken[id(expressions[0])] += 1
                values[name] = self._values.of_type(place[1], same)
            else:
                values[name] = self._single(*place, parameter, signature, ctx.api, same)
            places.setdefault(name, place)
        return Given(values, places)

    def _single(
        self, expression: Expression, type_: Type, parameter: Parameter, signature: Signature, api: Any, same: Equal
    ) -> Value:
        """The value of an argument that is written out."""
        value = self._values.of_expression(
            expression, certain(type_, expression, api.scope.current_function(), api), api, same
        )
        is_index = parameter.name == "indices" and signature.name.endswith(_INDEXING)
        if is_index and (isinstance(expression, ListExpr) or (isinstance(value, tuple) and _is_list(type_))):
            return (value,)  # `x[[0, 2]]` takes two entries, `x[0, 2]` is one
        objects = objects_in(expression, type_, api)
        if isinstance(objects, Instance) and value is UNKNOWN and not is_module(objects):
            return self._remembered.config(objects, same)
        if isinstance(objects, TupleType):
            return tuple(self._remembered.taken(one, same) for one in objects.items)
        return named(value, expression, parameter, signature, api)

    def _keywords(self, ctx: FunctionContext | MethodContext, number: int, same: Equal) -> Value:
        given = zip(ctx.arg_names[number], ctx.args[number], ctx.arg_types[number], strict=True)
        return {
            name: self._values.of_expression(expression, type_, ctx.api, same)
            for name, expression, type_ in given
            if name is not None
        }

    def _starred(
        self, expressions: list[Expression], types: list[Type], kinds: list[Any], api: Any, same: Equal
    ) -> Value:
        found: list[Value] = []
        before: Expression | None = None
        for expression, type_, kind in zip(expressions, types, kinds, strict=True):
            if kind == ARG_STAR and expression is before:
                continue  # mypy names it once for each of its items
            before = expression
            value = self._values.of_expression(expression, type_, api, same)
            if kind == ARG_STAR:
                if not isinstance(value, tuple):
                    return UNKNOWN
                found += value
            else:
                found.append(value)
        if len(found) == 1 and isinstance(found[0], tuple):
            return found[0]
        return tuple(found)


def objects_in(expression: Expression, type_: Type, api: Any) -> Instance | TupleType | None:
    """The object of an argument that remembers what it was made with, or those in a list of some."""
    proper = get_proper_type(type_)
    if isinstance(proper, Instance) and was_made(proper):
        return proper
    if not isinstance(expression, ListExpr) or not isinstance(proper, Instance):
        return None
    types = [get_proper_type(api.lookup_type_or_none(item) or unknown()) for item in expression.items]
    if not types or not all(map(was_made, types)):
        return None
    return TupleType(list(types), proper)


def _has_other_names(call: Context, signature: Signature) -> bool:
    """Whether an argument goes by a name that the rule does not know, as numpy's `axis` for `dim`."""
    names = call.arg_names if isinstance(call, CallExpr) else []
    is_open = any(one.kind == "double star" for one in signature.parameters)
    return not is_open and any(name is not None and name not in signature.by_name for name in names)


def is_tracked(given: Given) -> bool:
    """Whether anything is known of a tensor that is handed in.

    What plain mypy leaves open is typed only where the data is: in code that says nothing of its tensors, a module that
    gave `Any` must go on to do so.
    """
    types = (one for _, type_ in given.places.values() for one in _flat(type_))
    if any(is_known(tensor) for tensor in map(as_tensor, types) if tensor is not None):
        return True
    displays = (item for value in given.values.values() if isinstance(value, tuple) for item in value)
    return any(isinstance(item, Array) and (item.shape, item.dtype) != (None, None) for item in displays)


def _is_list(type_: Type) -> bool:
    proper = get_proper_type(type_)
    return isinstance(proper, Instance) and proper.type.fullname in ("builtins.list", "builtins.range")


def _flat(type_: Type) -> list[Type]:
    proper = get_proper_type(type_)
    padded = padded_of(proper)
    if padded is not None:
        return [padded]
    return proper.items if isinstance(proper, TupleType | UnionType) else [proper]


def ctx_is_star(ctx: FunctionContext | MethodContext, number: int) -> bool:
    """Whether more than one argument stands for a parameter."""
    return len(ctx.args[number]) > 1 or ctx.arg_kinds[number].count(ARG_POS) > 1


def _parameter(signature: Signature, formal: str | None, place: int) -> Parameter | None:
    """The parameter of a rule that an argument of the call is for, by its name or else by its place."""
    known = signature.by_name
    if formal is not None and formal in known:
        return known[formal]
    if place < len(signature.parameters):
        there = signature.parameters[place]
        return there if formal is None or there.kind == "positional" else None
    rest = (one for one in signature.parameters if one.kind == "star")
    return next(rest, None) if formal is None else None


def _item(types: Type, number: int, parameter: Parameter) -> Type:
    """What a starred argument gives for one parameter.

    Of a sequence of unknown length an optional one may get nothing, and one for several numbers (`*size`) all of it.
    """
    proper = get_proper_type(types)
    if isinstance(proper, TupleType):
        return proper.items[number] if number < len(proper.items) else unknown()
    if isinstance(proper, Instance) and len(proper.args) == 1 and parameter.is_required:
        return proper.args[0] if as_tensor(proper.args[0]) is not None else unknown()
    return unknown()
