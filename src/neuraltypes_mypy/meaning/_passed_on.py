"""Functions that say nothing of their tensors' shapes: `def turn(x): return x.transpose(1, 2)`.

What such a function gives is what its body gives of the parameters of a call: at each call mypy checks a copy of the
body once more, in a scope of its own and without a word; what no sizes of these names would make fit is said at the
call.
Only of a function of the module that is checked, for one from the cache has no body, and of a method only where the
class of its object is known for sure: a subclass may replace it. So `self.block(x)` gives what the `forward` of that
`Block` gives which the constructor made, in the sizes that it was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, Final, NamedTuple

from mypy.binder import ConditionalTypeBinder
from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    LDEF,
    Argument,
    CallExpr,
    Context,
    Expression,
    FuncDef,
    NameExpr,
)
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, CallableType, Instance, NoneType, TupleType, Type, UnionType, get_proper_type

from neuraltypes._sizes import Symbol
from neuraltypes._unify import ARGUMENT
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.base._dependencies import depend_as, depend_on
from neuraltypes_mypy.base._types import attribute_of
from neuraltypes_mypy.flow._open_uses import open_uses
from neuraltypes_mypy.meaning._kept_natures import is_open
from neuraltypes_mypy.meaning._unseen import is_one_of_several
from neuraltypes_mypy.modules._recipe_nodes import is_none, put_in, stands_in
from neuraltypes_mypy.modules._undeclared import is_silent, passes_on
from neuraltypes_mypy.rules._application import is_rebound
from neuraltypes_mypy.rules._refusals import Refusals
from neuraltypes_mypy.sizes._equal import EqualSizes
from neuraltypes_mypy.sizes._made_with import with_sizes
from neuraltypes_mypy.sizes._sizes_of import given_sizes
from neuraltypes_mypy.source._bodies import copied, returned, surely_run
from neuraltypes_mypy.source._statements import assignments, scope_name
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._members import ONE_OF, made_at
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown, untold
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._untyped import is_unwanted, untyped

_MAX_DEPTH: Final = 4
_VERSIONS: Final = count(1_000_000_000, 1_000_000)


class _Answer(NamedTuple):
    """What a body gives; the sizes of its `int` parameters in the names of the function."""

    given: Type | None
    refusal: str | None
    body: FuncDef
    """The copy that was asked, kept for the ids of its nodes."""


class _Call(NamedTuple):
    """What a call hands over, by the names of the parameters."""

    types: dict[str, Type]
    expressions: dict[str, Expression]


def _takes_anything(node: FuncDef) -> bool:
    """Whether a function does not say what tensors it takes."""
    signature = node.type
    if not isinstance(signature, CallableType):
        return True
    return all(map(is_silent, signature.arg_types[1:] if node.info else signature.arg_types))


class PassedOn:
    """Asks what functions give that declare nothing, for one run of mypy."""

    def __init__(self, types: KnownTypes, refusals: Refusals, sizes: EqualSizes) -> None:
        self._types = types
        self._refusals = refusals
        self._sizes = sizes
        self._asking: list[FuncDef] = []
        self._answers: dict[tuple[object, ...], _Answer] = {}
        """Those of the call that is followed now, and of all calls inside of it."""

    def function_called(self, ctx: FunctionContext, node: FuncDef, known: Type) -> Type:
        """What a call gives, as far as that is not known."""
        names = ctx.callee_arg_names
        types = {name: given[0] for name, given in zip(names, ctx.arg_types, strict=True) if name and given}
        expressions = {name: given[0] for name, given in zip(names, ctx.args, strict=True) if name and given}
        found, _ = self._followed(node, None, _Call(types, expressions), ctx.context, ctx.api)
        return _completed(known, found, ctx.context, ctx.api)

    def method_called(
        self, ctx: MethodContext, name: str, known: Type, otherwise: Callable[[MethodContext], None] | None = None
    ) -> Type:
        """What the call of a method, or of a module by its `forward`, gives, as far as that is not known.

        `otherwise` is asked about a call in which no body has refused anything.
        """
        receiver, call = ctx.type, ctx.context
        node = _method(receiver, name)
        handed = None
        if node is not None and isinstance(receiver, Instance) and isinstance(call, CallExpr):
            is_exact = made_at(receiver) or receiver.type.is_final or node.is_final
            handed = _bound(node, call, ctx) if is_exact and not is_one_of_several(call, ctx.api) else None
        if node is None or handed is None or not isinstance(receiver, Instance):
            found, is_refused = None, False
        else:
            found, is_refused = self._followed(node, receiver, handed, call, ctx.api)
        if otherwise is not None and not is_refused:
            otherwise(ctx)
        return _completed(known, found, ctx.context, ctx.api)

    def through(self, module: Instance, value: Type, known: Type | None, context: Context, api: Any) -> Type | None:
        """What a module gives for a tensor that `nn.Sequential` hands to it, as far as that is not known."""
        node = _method(module, "forward")
        taken = [] if node is None else node.arguments[1:]
        if node is None or not made_at(module) or not taken or any(one.initializer is None for one in taken[1:]):
            return known
        handed = _Call({taken[0].variable.name: value}, {})
        found, _ = self._followed(node, module, handed, context, api)
        return known if found is None else _in_place_of(untold() if known is None else known, found)

    def _followed(
        self, node: FuncDef, receiver: Instance | None, call: _Call, context: Context, api: Any
    ) -> tuple[Type | None, bool]:
        """What a body gives for a call, in the sizes of that, and whether it refuses it, which is said there."""
        if not stands_in(node, api.tree.fullname) or not any(map(_is_known, call.types.values())):
            return None, False
        if node in self._asking or len(self._asking) >= _MAX_DEPTH or is_unwanted(context, api):
            return None, False
        if receiver is not None:
            depend_on(api, receiver.type.fullname, node.name)
        answer = self._answer(node, receiver, call, api)
        if not self._asking:
            self._answers.clear()
        is_refused = answer.refusal is not None and _takes_anything(node)
        if answer.refusal is not None and is_refused:
            self._say(answer.refusal, node, receiver, context, api)
        if answer.given is None:
            return None, is_refused
        scope = ARGUMENT + scope_name(node)
        known = given_sizes(call.expressions, api).items()
        sizes = {Symbol(name, scope): size for name, size in known if size is not None}
        return with_sizes(answer.given, lambda size: put_in(size, sizes, scope), self._types.int_type), is_refused

    def _say(self, refusal: str, node: FuncDef, receiver: Instance | None, context: Context, api: Any) -> None:
        name = node.name if receiver is None else f"{receiver.type.name}.{node.name}"
        self._refusals.pass_on(refusal, name, context, api)
        if receiver is not None and not self._refusals.is_trial and (place := made_at(receiver)):
            api.note(f'"{receiver.type.name}" was made at {place}', context, code=codes.SHAPE)

    def _answer(self, node: FuncDef, receiver: Instance | None, call: _Call, api: Any) -> _Answer:
        given = sorted((name, _written(type_)) for name, type_ in call.types.items())
        key = (node, None if receiver is None else _written(receiver), *given)
        if key not in self._answers:
            self._answers[key] = self._ask(node, receiver, call.types, api)
        return self._answers[key]

    def _ask(self, node: FuncDef, receiver: Instance | None, given: Mapping[str, Type], api: Any) -> _Answer:
        copy = copied(node)
        self._asking.append(node)
        try:
            with self._refusals.trial(api) as trial, self._sizes.inherited_by(copy, api) as same, _inside(copy, api):
                arguments = copy.arguments
                if receiver is not None:
                    arguments[0].variable.type = receiver
                    arguments = arguments[1:]
                for argument in arguments:
                    self._hand_over(argument, given.get(argument.variable.name), api)
                api.accept(copy.body)
                known = [api.lookup_type_or_none(one) for one in returned(copy)]
                is_whole = api.binder.is_unreachable()
                refusal = trial.refusal(surely_run(node))
                is_told = not trial() and is_whole and not same.has_trusted
                found = _joined([one for one in known if one is not None]) if is_told else None
        finally:
            self._asking.pop()
        return _Answer(found, refusal, copy)

    def _hand_over(self, argument: Argument, type_: Type | None, api: Any) -> None:
        """Give a parameter its type: what is declared, narrowed to what is given or to its default None."""
        variable = argument.variable
        if type_ is None and is_none(argument.initializer):
            type_ = NoneType()
        declared, given = get_proper_type(variable.type), get_proper_type(type_)
        is_open = declared is None or isinstance(declared, AnyType)
        if is_open and (given is None or as_tensor(given) is None) and not isinstance(given, NoneType):
            variable.type = declared or unknown()
            return
        if is_open or not is_silent(declared or unknown()):
            bare = self._types.tensor_type.copy_modified(args=[unknown() for _ in self._types.tensor_type.args])
            is_optional = isinstance(declared, UnionType) or is_none(argument.initializer)
            variable.type = UnionType([bare, NoneType()]) if is_optional else bare
        if type_ is not None:
            parameter = NameExpr(variable.name)
            parameter.node, parameter.kind, parameter.fullname = variable, LDEF, variable.name
            api.binder.put(parameter, type_)


def _method(receiver: Type, name: str) -> FuncDef | None:
    """The method of an object that is called, if it can be asked."""
    proper = get_proper_type(receiver)
    if not isinstance(proper, Instance) or attribute_of(proper, ONE_OF) is not None:
        return None
    symbol = proper.type.get("forward" if name == "__call__" else name)
    node = None if symbol is None else symbol.node
    # a method from the cache has no arguments
    is_method = isinstance(node, FuncDef) and bool(node.info) and passes_on(node) and bool(node.arguments)
    return node if isinstance(node, FuncDef) and is_method else None


def _bound(node: FuncDef, call: CallExpr, ctx: MethodContext) -> _Call | None:
    """The arguments of a call of a method by the names of its parameters; None where they are not plain."""
    arguments = zip(ctx.args, ctx.arg_types, strict=True)
    types = {id(one): type_ for items, given in arguments for one, type_ in zip(items, given, strict=True)}
    names = [argument.variable.name for argument in node.arguments[1:]]
    found: dict[str, Expression] = {}
    for place, (one, kind, name) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
        label = name if kind == ARG_NAMED else names[place] if kind == ARG_POS and place < len(names) else None
        if label is None or label not in names or label in found or id(one) not in types:
            return None
        found[label] = one
    if any(one.initializer is None and one.variable.name not in found for one in node.arguments[1:]):
        return None
    return _Call({name: types[id(one)] for name, one in found.items()}, found)


@contextmanager
def _inside(node: FuncDef, api: Any) -> Iterator[None]:
    """Have mypy check as if it were in a function; what it defers meanwhile is not deferred."""
    binder, is_deferred, count_of_deferred = api.binder, api.current_node_deferred, len(api.deferred_nodes)
    api.binder = ConditionalTypeBinder(api.options)
    api.binder.version = next(_VERSIONS)  # mypy keeps types of expressions by it
    api.dynamic_funcs.append(False)
    api.return_types.append(node.type.ret_type if isinstance(node.type, CallableType) else unknown())
    api.expr_checker.type_context.append(None)
    try:
        with (
            api.binder.top_frame_context(),
            api.scope.push_function(node),
            api.local_type_map as types,
            api.enter_partial_types(is_function=True),
        ):
            yield
            depend_as(node, types, api)
    finally:
        api.expr_checker.type_context.pop()
        api.return_types.pop()
        api.dynamic_funcs.pop()
        api.binder = binder
        api.current_node_deferred = is_deferred
        del api.deferred_nodes[count_of_deferred:]


def _completed(known: Type, found: Type | None, context: Context, api: Any) -> Type:
    """What is known of the result of a call, and where that is nothing what the body says."""
    if found is None:
        return known
    if isinstance(get_proper_type(known), AnyType):
        if as_tensor(found) is not None and not _is_known(found):
            return known  # what is given to a parameter that may be anything
        if not _is_local(context, api):
            return known  # an attribute that is given a tensor here may be given anything elsewhere
        if isinstance(get_proper_type(found), TupleType) and is_rebound(context, api):
            return known
        open_uses(context, api)
    return _in_place_of(known, found)


def _is_local(value: Context, api: Any) -> bool:
    """Whether a value stands in a function, and is not what an attribute or an item is assigned."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef):
        return False
    return all(isinstance(target, NameExpr) for target, given in assignments(function.body) if given is value)


def _in_place_of(known: Type, found: Type) -> Type:
    proper, whole = get_proper_type(known), get_proper_type(found)
    if isinstance(proper, AnyType):
        return untyped(found)
    if isinstance(proper, TupleType) and isinstance(whole, TupleType) and len(proper.items) == len(whole.items):
        return proper.copy_modified(items=list(map(_in_place_of, proper.items, whole.items)))
    tensor, new = as_tensor(known), as_tensor(found)
    if tensor is None or new is None or not all(isinstance(get_proper_type(one), AnyType) for one in tensor.args):
        return known
    element = tensor.args[2] if is_open(new) else new.args[2]
    return tensor.copy_modified(args=[*new.args[:2], element])


def _is_known(type_: Type) -> bool:
    tensor = as_tensor(type_)
    return tensor is not None and is_known(tensor)


def _joined(types: list[Type]) -> Type | None:
    """What returns have in common: tensors, or as many tensors in a tuple; None for anything else."""
    rows = [proper.items if isinstance(proper := get_proper_type(one), TupleType) else None for one in types]
    first = rows[0] if rows else None
    if first is None:
        return join_tensors(types) if types and not any(rows) else None
    if any(row is None or len(row) != len(first) for row in rows):
        return None
    columns = zip(*(row or [] for row in rows), strict=True)
    items: list[Type] = [join_tensors(column) or unknown() for column in columns]
    whole = get_proper_type(types[0])
    if not isinstance(whole, TupleType) or not any(as_tensor(item) is not None for item in items):
        return None
    return whole.copy_modified(items=items)


def _written(type_: Type) -> str:
    """What is compared: to mypy an `Any` with a note equals every other."""
    return repr(type_.serialize())
