"""Functions that say nothing of their tensors' shapes and are one expression: `def turn(x): return x.transpose(1, 2)`.

What such a function gives is that expression, with the parameters as the call gives them: mypy is asked for its type
once more at each call, in a scope of its own and without a word; what no sizes of these names would make fit is said at
the call. Only of a function of the module that is checked, for
one from the cache has no body, and never of a method, which a subclass may replace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

from mypy.binder import ConditionalTypeBinder
from mypy.nodes import (
    LDEF,
    CallExpr,
    ComparisonExpr,
    Context,
    EllipsisExpr,
    Expression,
    ExpressionStmt,
    FloatExpr,
    FuncDef,
    IndexExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    ReturnStmt,
    SliceExpr,
    StrExpr,
    TupleExpr,
    UnaryExpr,
)
from mypy.plugin import FunctionContext
from mypy.server.subexpr import get_subexpressions
from mypy.types import AnyType, CallableType, TupleType, Type, get_proper_type

from neuraltypes._sizes import Symbol
from neuraltypes._unify import ARGUMENT
from neuraltypes_mypy.modules._recipe_nodes import put_in
from neuraltypes_mypy.rules._refusals import Refusals
from neuraltypes_mypy.sizes._equal import EqualSizes
from neuraltypes_mypy.sizes._made_with import with_sizes
from neuraltypes_mypy.sizes._sizes_of import given_sizes
from neuraltypes_mypy.source._statements import scope_name
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._untyped import is_unwanted, untyped

# Without names of its own: the variables of a comprehension would keep the types of one call.
_PLAIN: Final = (
    *(CallExpr, ComparisonExpr, EllipsisExpr, FloatExpr, IndexExpr, IntExpr, ListExpr, MemberExpr),
    *(NameExpr, OpExpr, SliceExpr, StrExpr, TupleExpr, UnaryExpr),
)
_MAX_DEPTH: Final = 3
_VERSIONS: Final = count(1_000_000_000, 1_000_000)


def is_one_expression(node: object) -> bool:
    """Whether a function is one expression, and neither it nor its result is declared to be more than a tensor."""
    if not isinstance(node, FuncDef) or node.info or node.is_decorated or node.is_overload or node.is_conditional:
        return False
    if node.is_generator or node.is_coroutine or _expression(node) is None:
        return False
    if any(kind.is_star() for kind in node.arg_kinds):
        return False
    signature = node.type
    return signature is None or (isinstance(signature, CallableType) and _says_nothing(signature))


def _says_nothing(signature: CallableType) -> bool:
    result = get_proper_type(signature.ret_type)
    if signature.variables or not all(map(_is_silent, signature.arg_types)):
        return False
    return _is_silent(result) and (as_tensor(result) is not None or isinstance(result, AnyType))


def _is_silent(type_: Type) -> bool:
    tensor = as_tensor(type_)
    return tensor is None or not is_known(tensor)


def _expression(node: FuncDef) -> Expression | None:
    """What a function returns, where it does nothing else."""
    if not node.body.body:
        return None
    *before, last = node.body.body
    if not isinstance(last, ReturnStmt) or last.expr is None or not all(map(_is_idle, before)):
        return None
    return last.expr if all(isinstance(one, _PLAIN) for one in get_subexpressions(last.expr)) else None


def _is_idle(statement: object) -> bool:
    """Whether a statement is a docstring, or one that was put into mypy's tree."""
    return (isinstance(statement, ExpressionStmt) and isinstance(statement.expr, StrExpr)) or _is_ours(statement)


def _is_ours(statement: object) -> bool:
    call = statement.expr if isinstance(statement, ExpressionStmt) else None
    mark = call.args[0] if isinstance(call, CallExpr) and call.args else None
    return isinstance(mark, StrExpr) and mark.value.startswith("neuraltypes:")


class PassedOn:
    """Asks what functions of one expression give, for one run of mypy."""

    def __init__(self, types: KnownTypes, refusals: Refusals, sizes: EqualSizes) -> None:
        self._types = types
        self._refusals = refusals
        self._sizes = sizes
        self._asking: list[FuncDef] = []

    def called(self, ctx: FunctionContext, node: FuncDef) -> Type:
        """What a call gives; what is known already where there is nothing to add."""
        api: Any = ctx.api
        expression = _expression(node)
        given = {
            name: types[0] for name, types in zip(ctx.callee_arg_names, ctx.arg_types, strict=True) if name and types
        }
        if expression is None or node.fullname.rpartition(".")[0] != api.tree.fullname or not _is_known(given):
            return ctx.default_return_type
        if node in self._asking or len(self._asking) >= _MAX_DEPTH or is_unwanted(ctx.context, api):
            return ctx.default_return_type
        found = self._ask(node, expression, given, ctx.context, api)
        if found is None:
            return ctx.default_return_type
        expressions = {
            name: items[0] for name, items in zip(ctx.callee_arg_names, ctx.args, strict=True) if name and items
        }
        scope = ARGUMENT + scope_name(node)
        known = given_sizes(expressions, api).items()
        sizes = {Symbol(name, scope): size for name, size in known if size is not None}
        result = with_sizes(found, lambda size: put_in(size, sizes, scope), self._types.int_type)
        return untyped(result) if isinstance(get_proper_type(ctx.default_return_type), AnyType) else result

    def _ask(
        self, node: FuncDef, expression: Expression, given: Mapping[str, Type], context: Context, api: Any
    ) -> Type | None:
        self._asking.append(node)
        try:
            with self._refusals.trial(api) as trial, _inside(node, api), self._sizes.apart(node):
                for argument in node.arguments:
                    name = argument.variable.name
                    if name in given:
                        parameter = NameExpr(name)
                        parameter.node, parameter.kind, parameter.fullname = argument.variable, LDEF, name
                        api.binder.put(parameter, given[name])
                found: Type = api.expr_checker.accept(expression)
                refusal = trial.refusal()
                is_told = not trial() and _is_of_tensors(found)
        finally:
            self._asking.pop()
        if refusal is not None:
            self._refusals.pass_on(refusal, node.name, context, api)
        return found if is_told else None


@contextmanager
def _inside(node: FuncDef, api: Any) -> Iterator[None]:
    """Have mypy check as if it were in a function; what it defers meanwhile is not deferred."""
    binder, is_deferred, count_of_deferred = api.binder, api.current_node_deferred, len(api.deferred_nodes)
    api.binder = ConditionalTypeBinder(api.options)
    api.binder.version = next(_VERSIONS)  # mypy keeps types of expressions by it
    api.dynamic_funcs.append(False)
    try:
        with api.binder.top_frame_context(), api.scope.push_function(node), api.local_type_map:
            yield
    finally:
        api.dynamic_funcs.pop()
        api.binder = binder
        api.current_node_deferred = is_deferred
        del api.deferred_nodes[count_of_deferred:]


def _is_known(given: Mapping[str, Type]) -> bool:
    return any((tensor := as_tensor(type_)) is not None and is_known(tensor) for type_ in given.values())


def _is_of_tensors(type_: Type) -> bool:
    """Whether a type is that of a tensor or of several, and nothing else."""
    proper = get_proper_type(type_)
    items = proper.items if isinstance(proper, TupleType) else [proper]
    return bool(items) and all(as_tensor(item) is not None for item in items)
