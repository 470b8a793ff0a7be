"""Operations: what torch's functions, and the methods and attributes of tensors, take and give, by their rules."""

from __future__ import annotations

from typing import Any

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    FloatExpr,
    ForStmt,
    FuncDef,
    IndexExpr,
    MemberExpr,
    OpExpr,
    Var,
)
from mypy.plugin import AttributeContext, FunctionContext, MethodContext
from mypy.types import AnyType, Instance, NoneType, Type, UnionType, get_proper_type

from neuraltypes._sizes import number
from neuraltypes.rules import Signature, Value
from neuraltypes.rules._values import SOME_INT, Packed
from neuraltypes_mypy.flow._either import certain
from neuraltypes_mypy.meaning._unseen import Unseen
from neuraltypes_mypy.rules._application import Application
from neuraltypes_mypy.rules._arguments import Given, is_tracked
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.source._meanings import named
from neuraltypes_mypy.source._operators import operator_of
from neuraltypes_mypy.source._statements import bound, statements, targets
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._packed import is_packed, padded_of
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known, unknown, untold
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._untyped import is_untyped, wants_other


class Operations:
    """Answers for functions, methods and attributes, for one run of mypy."""

    def __init__(self, types: KnownTypes, rules: KnownRules, application: Application, unseen: Unseen) -> None:
        self._types = types
        self._rules = rules
        self._unseen = unseen
        self._application = application
        self._arguments = application.arguments
        self._refusals, self._translation = application.refusals, application.translation
        self._sizes = application.sizes

    def function(self, ctx: FunctionContext | MethodContext, name: str) -> Type:
        """The type of a call of a function, or of a method that takes no instance."""
        signature = self._rules.find(name)
        assert signature is not None
        same = self._sizes.in_function(ctx.api)
        given = self._arguments.given(ctx, signature, same, skip=0)
        if given is None:
            return ctx.default_return_type
        given = self._unseen.completed(given, signature, ctx.api)
        is_untyped_by_mypy = isinstance(get_proper_type(ctx.default_return_type), AnyType)
        if is_untyped_by_mypy and not (is_tracked(given) or _is_of_numbers(signature)):
            return ctx.default_return_type
        result = self._application.called(ctx, signature, given, same, name)
        is_generic = name.startswith("einops.")
        return ctx.default_return_type if is_generic and _is_other(ctx.default_return_type, result) else result

    def method(self, ctx: MethodContext, name: str) -> Type:
        """The type of a call of a method of a tensor."""
        api: Any = ctx.api
        signature = self._rules.find(name)
        receiver = _receiver_type(ctx)
        assert signature is not None
        if receiver is None or _is_one_of_several(ctx.context, ctx.api):
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given = self._arguments.given(ctx, signature, same, skip=1)
        if given is None:
            return ctx.default_return_type
        if isinstance(get_proper_type(ctx.default_return_type), AnyType) and not (
            is_known(receiver) or is_tracked(given)
        ):
            return ctx.default_return_type
        first, place = signature.parameters[0], _receiver(ctx.context)
        mirrored = _mirrored(name, ctx.context)
        if mirrored is not None:
            number_, place = mirrored
            given = _with_number(given, number_, self._translation.of_expression(number_, unknown(), api, same))
        receiver = as_tensor(certain(receiver, place, api.scope.current_function(), ctx.api)) or receiver
        own = named(self._translation.array(receiver, same), place, first, signature, ctx.api)
        if not isinstance(ctx.context, CallExpr):
            place = ctx.context
        values = {first.name: own, **given.values}
        places = {first.name: (place, receiver), **given.places}
        return self._application.called(ctx, signature, Given(values, places), same, name)

    def iterated(self, ctx: MethodContext) -> Type:
        """`for x in xs`, `a, b = xs`: a tensor gives what its first axis holds, one after the other."""
        receiver, signature = as_tensor(ctx.type), self._rules.find("torch.select")
        iterator = self._types.info("typing.Iterator")
        if receiver is None or signature is None or iterator is None or _may_be_no_tensor(ctx.context, ctx.api):
            return ctx.default_return_type
        if _is_for_others(ctx.context, ctx.api):
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given: dict[str, Value] = {
            "input": self._translation.array(receiver, same),
            "dim": number(0),
            "index": SOME_INT,
        }
        outcome = self._application.outcome(signature, Given(given, {}), None, same, ctx.context, ctx.api)
        item = untold() if outcome.refused else self._application.result(outcome, untold(), same, ctx.context, ctx.api)
        return ctx.default_return_type if isinstance(get_proper_type(item), AnyType) else Instance(iterator, [item])

    def configured_method(self, ctx: MethodContext, name: str) -> Type:
        """The type of a call of a method of an object that was made with what its rule needs."""
        signature, receiver = self._rules.find(name), ctx.type
        if signature is None or not isinstance(receiver, Instance):
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given = self._arguments.given(ctx, signature, same, skip=1)
        if given is None:
            return ctx.default_return_type
        return self._application.called(ctx, signature, given, same, name, receiver)

    def attribute(self, ctx: AttributeContext, name: str) -> Type:
        """The type of a property of a tensor, or of packed sequences."""
        signature = self._rules.find(name)
        receiver = as_tensor(ctx.type) or padded_of(ctx.type)
        if signature is None or not signature.is_property or receiver is None or ctx.is_lvalue:
            return ctx.default_attr_type
        same = self._sizes.in_function(ctx.api)
        first, array = signature.parameters[0].name, self._translation.array(receiver, same)
        given = Given({first: Packed(array) if is_packed(ctx.type) else array}, {first: (ctx.context, receiver)})
        outcome = self._application.outcome(signature, given, None, same, ctx.context, ctx.api)
        self._refusals.report(outcome, given, name, ctx.context, ctx.api)
        return self._application.result(
            outcome, ctx.default_attr_type, same, ctx.context, ctx.api, is_derived=is_untyped(ctx.type)
        )


def _is_of_numbers(signature: Signature) -> bool:
    """Whether an operation takes no tensor: what it gives is known whatever the code says of its tensors."""
    return all(one.tensors is None for one in signature.parameters if one.name != "out")


def _receiver_type(ctx: MethodContext) -> Instance | None:
    """The tensor whose method is called; mypy asks of each that it may be, here it is what they have in common."""
    tensor = as_tensor(ctx.type)
    expression = _receiver(ctx.context)
    api: Any = ctx.api
    known = api.lookup_type_or_none(expression) if isinstance(expression, Expression) else None
    whole = get_proper_type(known if known is not None else unknown())
    if tensor is None or not isinstance(whole, UnionType):
        return tensor
    tensors = [as_tensor(item) for item in whole.items]
    return join_tensors([item for item in tensors if item is not None]) if tensor in tensors else tensor


def _receiver(context: Context) -> Context:
    """Where the tensor stands whose method is called."""
    match context:
        case IndexExpr(base=receiver) | OpExpr(left=receiver) | ComparisonExpr(operands=[receiver, _]):
            return receiver
        case CallExpr(callee=MemberExpr(expr=receiver)):
            return receiver
        case _:
            return context


def _mirrored(name: str, context: Context) -> tuple[FloatExpr, Expression] | None:
    """The sides of `0.5 < x` and `1.0 - x`: mypy hands the left one to the method of the right one without a value."""
    operator = operator_of(name.rpartition(".")[2], ("self", "other"), context)
    match context:
        case ComparisonExpr(operands=[FloatExpr() as left, right]) | OpExpr(left=FloatExpr() as left, right=right):
            return (left, right) if operator is not None and operator.roles["self"] == "Right operand" else None
    return None


def _with_number(given: Given, place: FloatExpr, value: Value) -> Given:
    """The other operand, as the number that it is."""
    types = {label: type_ for label, (_, type_) in given.places.items()}
    return Given(dict.fromkeys(given.values, value), {label: (place, type_) for label, type_ in types.items()})


def _is_one_of_several(context: Context, api: Any) -> bool:
    """Whether the receiver of a call may also be no tensor; mypy looks at each of a union in turn."""
    return _may_be_no_tensor(_receiver(context), api)


def _may_be_no_tensor(expression: Context, api: Any) -> bool:
    known = api.lookup_type_or_none(expression) if isinstance(expression, Expression) else None
    proper = get_proper_type(known if known is not None else unknown())
    if not isinstance(proper, UnionType):
        return False
    return any(as_tensor(item) is None and not isinstance(get_proper_type(item), NoneType) for item in proper.items)


def _is_other(default: Type, result: Type) -> bool:
    """Whether mypy has found `T` to be no tensor where the rule gives one: what is assigned to holds something else."""
    return (
        as_tensor(result) is not None and isinstance(get_proper_type(default), Instance) and as_tensor(default) is None
    )


def _is_for_others(iterated: Context, api: Any) -> bool:
    """Whether the items of what is gone through are given to a name that so far holds no tensor."""
    function = api.scope.current_function()
    for statement in statements(function.body) if isinstance(function, FuncDef) else ():
        given = {AssignmentStmt: "rvalue", ForStmt: "expr"}.get(type(statement))
        if given is not None and iterated in (statement, getattr(statement, given)):
            names = [name.node for name in (*targets(statement), *bound(statement))]
            return any(isinstance(one, Var) and wants_other(one.type) for one in names)
    return False
