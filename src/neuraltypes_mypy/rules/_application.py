"""Rules applied to calls: the outcome, reported, and as mypy's type of what is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mypy.nodes import AssignmentStmt, CallExpr, ComparisonExpr, Context, FuncDef, NameExpr, OpExpr, Var
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import AnyType, Instance, Type, get_proper_type

from neuraltypes._sizes import Size
from neuraltypes.rules import UNKNOWN, Array, Many, Outcome, Rest, Signature, SizedAxis, Surroundings, apply
from neuraltypes.rules._values import Packed, Produced
from neuraltypes_mypy.base._guard import TheirError, failure_text
from neuraltypes_mypy.base._names import PARAMETER
from neuraltypes_mypy.flow._open_uses import open_uses
from neuraltypes_mypy.flow._settle import Settling
from neuraltypes_mypy.rules._arguments import Arguments, Given
from neuraltypes_mypy.rules._history import History
from neuraltypes_mypy.rules._how_made import contradictions, is_told_by_history
from neuraltypes_mypy.rules._lost import say_lost
from neuraltypes_mypy.rules._masks import with_meaning
from neuraltypes_mypy.rules._refusals import Refusals
from neuraltypes_mypy.rules._remembered import Made, Remembered
from neuraltypes_mypy.rules._rule_values import Translation
from neuraltypes_mypy.sizes._equal import Equal, EqualSizes
from neuraltypes_mypy.sizes._guards import is_contradicted, may_be_equal
from neuraltypes_mypy.source._assigned import assignments_to
from neuraltypes_mypy.source._autocast import Autocast
from neuraltypes_mypy.source._meanings import Guessed
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._elements import element_goes_with
from neuraltypes_mypy.tensors._members import made_at
from neuraltypes_mypy.tensors._named_results import with_names
from neuraltypes_mypy.tensors._tensor import untold
from neuraltypes_mypy.tensors._types import KnownTypes
from neuraltypes_mypy.tensors._untyped import (
    is_untyped,
    is_unwanted,
    may_be_untyped,
    receivers,
    unpacked_where_wanted,
    untyped,
)

_VIEWS: Final = (".view", ".reshape", ".view_as")


class Application:
    """Applies rules, for one run of mypy."""

    def __init__(self, types: KnownTypes, sizes: EqualSizes, settling: Settling) -> None:
        self.types = types
        self._settling = settling
        self._autocast = Autocast()
        self.sizes = sizes
        self.translation = Translation(types)
        self.remembered = Remembered(types, self.translation)
        self.arguments = Arguments(self.translation, self.remembered)
        self.refusals = Refusals()

    def called(
        self,
        ctx: FunctionContext | MethodContext,
        signature: Signature,
        given: Given,
        same: Equal,
        name: str,
        made: Instance | None = None,
    ) -> Type:
        """The type of a call; `made` is the object whose method it is, where that remembers what it was made with."""
        config, place = (None, None) if made is None else (self.remembered.config(made, same), made_at(made))
        outcome = self.outcome(signature, given, config, same, ctx.context, ctx.api)
        outcome = self.contradicted(outcome, name, given, same, ctx.context, ctx.api)
        if _is_learned(ctx) and name.endswith(_VIEWS):
            suspected = tuple(one for one in outcome.suspected if one.code != "kind")
            outcome = outcome._replace(suspected=suspected)
        if outcome.refused and is_contradicted(ctx.context, ctx.api):
            outcome = outcome._replace(refused=())
        self.refusals.report(outcome, given, name, ctx.context, ctx.api, place)
        meant = with_meaning(outcome.result, name, given.values, given.places, ctx.api)
        result = self.result(
            outcome._replace(result=meant),
            ctx.default_return_type,
            same,
            ctx.context,
            ctx.api,
            is_derived=_is_derived(ctx),
        )
        if self._settling.reports_untracked:
            say_lost(result, given, name.removesuffix(".forward"), ctx.context, ctx.api)
        return with_names(result, name, self.types)

    def contradicted(
        self, outcome: Outcome, name: str, given: Given, same: Equal, context: Context, api: Any
    ) -> Outcome:
        """What a rule says of a call, and what contradicts how its arguments were made."""
        if not is_told_by_history(name):
            return outcome
        history = History(self.translation, same, api)
        found = tuple(contradictions(name, given.values, given.places, context, history))
        return outcome._replace(suspected=outcome.suspected + found)

    def outcome(
        self,
        signature: Signature,
        given: Given,
        config: Made | None,
        same: Equal,
        context: Context,
        api: Any,
        *,
        equate: Callable[[Size, Size], bool] | None = None,
    ) -> Outcome:
        """What a rule says of a call, in the place that it has in the source, or with `equate` in place of that.

        Raises:
            TheirError: a computed rule of the project's own fails.
        """
        surroundings = Surroundings(
            equate or (lambda one, other: _equate(one, other, same) or may_be_equal(one, other, context, same, api)),
            self._fits,
            _element_text,
            self._autocast.holds(context, api),
        )
        if signature.computed is None or ":" not in signature.computed:
            return apply(signature, given.values, config, surroundings)
        rule = f'The computed rule "{signature.computed}"'
        try:
            outcome = apply(signature, given.values, config, surroundings)
        except (Exception, SystemExit) as error:
            raise TheirError(f"{rule} failed, and this call is not checked ({failure_text(error)})") from error
        if not _is_result(outcome.result):
            raise TheirError(f"{rule} gave {outcome.result!r}, expected an Array or a tuple of them")
        return outcome

    def result(
        self, outcome: Outcome, default: Type, same: Equal, context: Context, api: Any, *, is_derived: bool = False
    ) -> Type:
        """The type of what an operation gives; `is_derived` where mypy would not know what it is given."""
        is_open = is_derived or isinstance(get_proper_type(default), AnyType)
        is_tuple = isinstance(outcome.result, tuple | Many)
        if is_open and (is_unwanted(context, api, is_tuple=is_tuple) or (is_tuple and is_rebound(context, api))):
            return untold()
        result = self.translation.result(outcome.result, default, same)
        if not isinstance(get_proper_type(result), AnyType):
            self._settling.instrument_current(api)
        if not is_open:
            return result
        if not isinstance(get_proper_type(result), AnyType):
            open_uses(context, api)
        return unpacked_where_wanted(untyped(result), api)

    def _fits(self, wanted: str, element: object) -> bool:
        return not isinstance(element, Produced) or element_goes_with(wanted, element.name)


def _equate(left: Size, right: Size, same: Equal) -> bool:
    """Whether two sizes may be taken for one: as the body shows, or by one name in a function and one inside of it."""
    return same.equate(left, right) or str(left) == str(right)


def is_rebound(value: Context, api: Any) -> bool:
    """Whether a value is assigned to a name that is assigned something else, too: `xs = [f(x) for x in xs]`."""
    function = api.scope.current_function()
    for statement in statements(function.body) if isinstance(function, FuncDef) else ():
        match statement:
            case AssignmentStmt(lvalues=[NameExpr(node=Var() as variable)], rvalue=given) if given is value:
                return any(_callee(one) != _callee(value) for one in assignments_to(variable, function))
    return False


def _callee(value: Context | None) -> str | None:
    return getattr(value.callee, "name", None) if isinstance(value, CallExpr) else None


def _is_learned(ctx: FunctionContext | MethodContext) -> bool:
    """Whether a method of a parameter is called: what it holds is learned in the order in which it is used."""
    owner = ctx.type if isinstance(ctx, MethodContext) else None
    return isinstance(owner, Instance) and owner.type.fullname == PARAMETER


def _is_result(result: object) -> bool:
    """Whether a rule of the project's own gave what a rule may give."""
    if isinstance(result, tuple):
        return all(map(_is_result, result))
    if isinstance(result, Array) and result.shape is not None:
        return all(isinstance(axis, SizedAxis | Rest) for axis in result.shape)
    return result is None or result is UNKNOWN or isinstance(result, Array | Many | Packed | Size)


def _element_text(element: object) -> str:
    if isinstance(element, Guessed):
        return f"{element.name}, by its name"
    return element.name if isinstance(element, Produced) else "another element"


def _is_derived(ctx: FunctionContext | MethodContext) -> bool:
    """Whether mypy, not knowing of what a method or operator is, would not ask what it gives."""
    if not isinstance(ctx, MethodContext):
        return False
    is_operator = isinstance(ctx.context, OpExpr | ComparisonExpr)
    return any(may_be_untyped(one, ctx.type) for one in receivers(ctx.context)) or (
        is_operator and any(is_untyped(type_) for types in ctx.arg_types for type_ in types)
    )
