"""Operations: what torch's functions, methods and modules take and give, by the rules of `neuraltypes.rules`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, NamedTuple

from mypy.checkmember import analyze_member_access
from mypy.erasetype import erase_typevars
from mypy.errorcodes import ARG_TYPE
from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_OPT,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    SYMBOL_FUNCBASE_TYPES,
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    TypeInfo,
    Var,
)
from mypy.plugin import AttributeContext, FunctionContext, FunctionSigContext, MethodContext
from mypy.types import (
    AnyType,
    CallableType,
    ExtraAttrs,
    Instance,
    NoneType,
    Overloaded,
    ProperType,
    TupleType,
    Type,
    UnionType,
    get_proper_type,
)

from neuraltypes._sizes import Size, number
from neuraltypes.rules import Outcome, Parameter, Refused, Registry, Signature, Surroundings, Value, apply
from neuraltypes.rules._values import CLASS, SOME_INT, UNKNOWN, Array, Packed, Produced
from neuraltypes_mypy import _codes as codes
from neuraltypes_mypy._atoms import noted_any
from neuraltypes_mypy._autocast import Autocast
from neuraltypes_mypy._class_sizes import assigns
from neuraltypes_mypy._either import certain
from neuraltypes_mypy._elements import element_goes_with
from neuraltypes_mypy._equal import Equal, EqualSizes
from neuraltypes_mypy._guards import may_be_equal
from neuraltypes_mypy._join import join_tensors
from neuraltypes_mypy._made_with import MADE_AT, PREFIX, made_at, place_text
from neuraltypes_mypy._masks import with_meaning
from neuraltypes_mypy._meanings import Guessed, named
from neuraltypes_mypy._members import is_module
from neuraltypes_mypy._named_results import with_names
from neuraltypes_mypy._operators import operator_of
from neuraltypes_mypy._packed import is_for_another, is_packed, padded_of
from neuraltypes_mypy._reveal import annotation_text
from neuraltypes_mypy._rule_names import public_class, public_names
from neuraltypes_mypy._rule_values import Translation
from neuraltypes_mypy._settle import Settling
from neuraltypes_mypy._tensor import Lookup, as_tensor, is_known, unknown
from neuraltypes_mypy._types import KnownTypes
from neuraltypes_mypy._untyped import is_untyped, is_unwanted, untyped

_CODES: Final = {"shape": codes.SHAPE, "kind": codes.KIND, "dtype": codes.DTYPE, "element": codes.ELEMENT}


GENERIC_OPERATIONS: Final = "einops.einops."
_INDEXING: Final = (".__getitem__", ".__setitem__")
_MADE_IN_C: Final = ("torch.linalg.", "torch.fft.", "torch.special.", "torch.unique")
_KINDS: Final = {
    "positional": ARG_POS,
    "either": ARG_POS,
    "star": ARG_STAR,
    "keyword": ARG_NAMED,
    "double star": ARG_STAR2,
}
_OPTIONAL: Final = {ARG_POS: ARG_OPT, ARG_NAMED: ARG_NAMED_OPT}


def _gradual(signature: Signature, function: Instance) -> CallableType:
    kinds = [_KINDS[one.kind] for one in signature.parameters]
    kinds = [
        kind if one.is_required else _OPTIONAL.get(kind, kind)
        for one, kind in zip(signature.parameters, kinds, strict=True)
    ]
    names: list[str | None] = [None if one.kind == "positional" else one.name for one in signature.parameters]
    return CallableType([unknown() for _ in kinds], kinds, names, unknown(), function)


def stub_folders() -> list[Path]:
    """Where the shape stubs of this package lie: in the wheel inside of it, in a checkout beside `src`."""
    here = Path(__file__).parent
    return [folder for folder in (here / "stubs", here.parent.parent / "stubs") if folder.is_dir()][:1]


def any_tensor(ctx: FunctionSigContext) -> CallableType:
    """The signature of `def f(x: T) -> T` for a tensor: without `T`, that would bind `x` to what the result must be."""
    signature = ctx.default_signature
    if not ctx.args or not ctx.args[0]:
        return signature
    first = ctx.args[0][0]
    chk: Any = ctx.api
    if as_tensor(chk.lookup_type_or_none(first) or chk.get_expression_type(first)) is None:
        return signature
    types = [erase_typevars(type_) for type_ in signature.arg_types]
    return signature.copy_modified(arg_types=types, ret_type=erase_typevars(signature.ret_type), variables=[])


class Made(dict[str, Value]):
    """What a module was made with; what is not known of it is unknown."""

    def __missing__(self, name: str) -> Value:
        return UNKNOWN


class Given(NamedTuple):
    """The arguments of one call: their values, and where each stands with its type."""

    values: Mapping[str, Value]
    places: Mapping[str, tuple[Context, Type]]


class Operations:
    """Applies rules, for one run of mypy."""

    def __init__(self, types: KnownTypes, sizes: EqualSizes, settling: Settling, folders: list[Path]) -> None:
        self._types = types
        self._sizes = sizes
        self._settling = settling
        self._translation = Translation(types)
        self._autocast = Autocast()
        self._registry = Registry([*folders, *stub_folders()])
        self._untyped: list[str] = []
        self._trials = 0
        self._defaults: dict[str, tuple[Instance, dict[str, Type]]] = {}
        self.roots = frozenset(name.partition(".")[0] for name in self._registry)

    # Which rule

    def rule_of(self, fullname: str) -> str | None:
        """The name of the rule for a function or method, if there is one."""
        return next((name for name in public_names(fullname) if name in self._registry), None)

    def method_of(self, fullname: str) -> str | None:
        """The name of the rule for a method of a class whose instances remember what they were made with."""
        owner, _, method = fullname.rpartition(".")
        name = f"{public_class(owner)}.{method}"
        return name if name in self._registry and self.class_of(owner) is not None else None

    def class_of(self, fullname: str) -> str | None:
        """The public name of a class whose instances remember what they were made with, if it is one."""
        name = public_class(fullname)
        return name if f"{name}.__init__" in self._registry else None

    def constructor_rule(self, info: TypeInfo) -> str | None:
        """The public name of the class whose rule says what a class is made with that has no constructor of its own."""
        owner = next((base for base in info.mro if "__init__" in base.names), None)
        bases = info.mro[: info.mro.index(owner) + 1] if owner is not None else []
        return next((name for base in bases if (name := self.class_of(base.fullname)) is not None), None)

    def module_rule(self, info: TypeInfo) -> str | None:
        """The rule for what a module's call gives: of the class that defines its `forward`, or one that inherits it."""
        symbol = info.get("forward")
        if symbol is None or not isinstance(symbol.node, SYMBOL_FUNCBASE_TYPES) or not symbol.node.info:
            return None
        owner = info.mro.index(symbol.node.info)
        names = (f"{public_class(base.fullname)}.forward" for base in info.mro[: owner + 1])
        return next((name for name in names if name in self._registry), None)

    def type_all_untyped_functions(self, find: Lookup) -> None:
        """All functions that torch makes in C, once mypy has read torch."""
        self._untyped = [name for name in self._registry if name.startswith(_MADE_IN_C)]
        self.type_untyped_functions(find)

    def type_untyped_functions(self, find: Lookup) -> None:
        """Give the functions that torch makes in C, which mypy knows nothing of, the parameters that rules declare.

        Of arguments and result no more is said than before: `Any`.
        """
        waiting: list[str] = []
        for name in self._untyped:
            symbol = find(name)
            node = symbol.node if symbol is not None else None
            if not isinstance(node, Var):
                continue
            if node.type is None:  # mypy has not come to that module of torch
                waiting.append(name)
            elif isinstance(get_proper_type(node.type), AnyType):
                signature = self._registry.find(name)
                if signature is not None:
                    node.type = _gradual(signature, self._types.function_type)
        self._untyped = waiting

    @property
    def awaits_types(self) -> bool:
        """Whether some of the functions that torch makes in C have no type yet."""
        return bool(self._untyped)

    # Calls

    def function(self, ctx: FunctionContext, name: str) -> Type:
        """The type of a call of a function."""
        signature = self._registry.find(name)
        assert signature is not None
        same = self._sizes.in_function(ctx.api)
        given = self._given(ctx, signature, same, skip=0)
        if given is None or (isinstance(get_proper_type(ctx.default_return_type), AnyType) and not _is_tracked(given)):
            return ctx.default_return_type
        result = self._called(ctx, signature, given, same, name)
        is_generic = name.startswith("einops.")
        return ctx.default_return_type if is_generic and _is_other(ctx.default_return_type, result) else result

    def method(self, ctx: MethodContext, name: str) -> Type:
        """The type of a call of a method of a tensor."""
        signature = self._registry.find(name)
        receiver = _receiver_type(ctx)
        assert signature is not None
        if receiver is None or _is_one_of_several(ctx.context, ctx.api):
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given = self._given(ctx, signature, same, skip=1)
        if given is None:
            return ctx.default_return_type
        if isinstance(get_proper_type(ctx.default_return_type), AnyType) and not (
            is_known(receiver) or _is_tracked(given)
        ):
            return ctx.default_return_type
        first, place = signature.parameters[0], _receiver(ctx.context)
        receiver = as_tensor(certain(receiver, place, _function(ctx.api), ctx.api)) or receiver
        own = named(self._translation.array(receiver, same), place, first, signature, ctx.api)
        if not isinstance(ctx.context, CallExpr):
            place = ctx.context
        values = {first.name: own, **given.values}
        places = {first.name: (place, receiver), **given.places}
        return self._called(ctx, signature, Given(values, places), same, name)

    def iterated(self, ctx: MethodContext) -> Type:
        """`for x in xs`, `a, b = xs`: a tensor gives what its first axis holds, one after the other."""
        receiver, signature = as_tensor(ctx.type), self._registry.find("torch.select")
        iterator = self._types.info("typing.Iterator")
        if receiver is None or signature is None or iterator is None or _may_be_no_tensor(ctx.context, ctx.api):
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given: dict[str, Value] = {
            "input": self._translation.array(receiver, same),
            "dim": number(0),
            "index": SOME_INT,
        }
        outcome = self._apply(signature, Given(given, {}), None, same, ctx.context, ctx.api)
        item = unknown() if outcome.refused else self._result(outcome, unknown(), same, ctx.context, ctx.api)
        return Instance(iterator, [item]) if _says_something(item) else ctx.default_return_type

    def configured_method(self, ctx: MethodContext, name: str) -> Type:
        """The type of a call of a method of an object that was made with what its rule needs."""
        signature, receiver = self._registry.find(name), ctx.type
        if signature is None or not isinstance(receiver, Instance):
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given = self._given(ctx, signature, same, skip=1)
        if given is None:
            return ctx.default_return_type
        return self._called(ctx, signature, given, same, name, receiver)

    def attribute(self, ctx: AttributeContext, name: str) -> Type:
        """The type of a property of a tensor, or of packed sequences."""
        signature = self._registry.find(name)
        receiver = as_tensor(ctx.type) or padded_of(ctx.type)
        if signature is None or not signature.is_property or receiver is None or ctx.is_lvalue:
            return ctx.default_attr_type
        same = self._sizes.in_function(ctx.api)
        first, array = signature.parameters[0].name, self._translation.array(receiver, same)
        given = Given({first: Packed(array) if is_packed(ctx.type) else array}, {first: (ctx.context, receiver)})
        outcome = self._apply(signature, given, None, same, ctx.context, ctx.api)
        self._report(outcome, given, name, ctx.context, ctx.api)
        return self._result(outcome, ctx.default_attr_type, same, ctx.context, ctx.api, is_derived=is_untyped(ctx.type))

    def held(self, module: Instance, name: str, context: Context, api: Any) -> Instance | None:
        """The tensor that an attribute of a module holds; None where no rule says that there surely is one."""
        signature = self._property(module.type, name)
        if signature is None:
            return None
        same = self._sizes.in_function(api)
        outcome = self._apply(signature, Given({}, {}), self._config(module, same), same, context, api)
        return as_tensor(self._translation.result(outcome.result, unknown(), same))

    def _property(self, info: TypeInfo, name: str) -> Signature | None:
        """The rule for an attribute, unless a subclass of the class that it is about assigns another one."""
        for base in info.mro:
            found = self._registry.find(f"{public_class(base.fullname)}.{name}")
            if found is not None or assigns(base, name):
                return found if found is not None and found.is_property else None
        return None

    def _called(
        self,
        ctx: FunctionContext | MethodContext,
        signature: Signature,
        given: Given,
        same: Equal,
        name: str,
        made: Instance | None = None,
    ) -> Type:
        """The type of a call; `made` is the object whose method it is, where that remembers what it was made with."""
        config, place = (None, None) if made is None else (self._config(made, same), made_at(made))
        outcome = self._apply(signature, given, config, same, ctx.context, ctx.api)
        self._report(outcome, given, name, ctx.context, ctx.api, place)
        meant = with_meaning(outcome.result, name, given.values, given.places, ctx.api)
        result = self._result(
            outcome._replace(result=meant),
            ctx.default_return_type,
            same,
            ctx.context,
            ctx.api,
            is_derived=_is_derived(ctx),
        )
        return with_names(result, name, self._types)

    # Modules

    def made(self, ctx: FunctionContext, name: str) -> Type:
        """What the constructor of one of torch's modules gives, with what it was given."""
        instance = get_proper_type(ctx.default_return_type)
        signature = self._registry.find(f"{name}.__init__")
        if not isinstance(instance, Instance) or signature is None or not isinstance(ctx.context, CallExpr):
            return ctx.default_return_type
        if any(kind.is_star() for kind in ctx.context.arg_kinds):
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given = self._given(ctx, signature, same, skip=1)
        if given is None:
            return ctx.default_return_type
        if signature.computed is not None or any(one.tensors is not None for one in signature.parameters):
            outcome = self._apply(signature, given, None, same, ctx.context, ctx.api)
            self._report(outcome, given, name, ctx.context, ctx.api)
            if outcome.refused and signature.computed is not None:  # said once, not at each call
                return ctx.default_return_type
        place = place_text(ctx.api.path, ctx.context.line)
        modules = {key: type_ for key, (_, type_) in given.places.items() if is_module(type_) or _was_made(type_)}
        return self._remembering(instance, signature, given.values, modules, place)

    def _remembering(
        self,
        instance: Instance,
        signature: Signature,
        given: Mapping[str, Value],
        modules: Mapping[str, Type],
        place: str,
    ) -> Instance:
        """A module with what its constructor was given."""
        attrs: dict[str, Type] = {} if instance.extra_attrs is None else dict(instance.extra_attrs.attrs)
        attrs |= self._kept_defaults(signature)
        attrs |= {PREFIX + key: self._translation.kept(value) for key, value in given.items()}
        attrs |= {PREFIX + key: type_ for key, type_ in modules.items()}
        attrs[MADE_AT] = noted_any(place)
        result = instance.copy_modified()
        result.extra_attrs = ExtraAttrs(attrs)
        return result

    def made_as(
        self,
        instance: Instance,
        name: str,
        call: CallExpr,
        api: Any,
        place: str,
        module_of: Callable[[Expression], Type | None],
    ) -> Instance | None:
        """What a call in source that is not checked yet makes; `api` says what is known of its expressions."""
        signature = self._registry.find(f"{name}.__init__")
        if signature is None:
            return None
        names = [one.name for one in signature.parameters[1:] if one.kind in ("positional", "either")]
        known = {one.name for one in signature.parameters}
        values: dict[str, Value] = {}
        modules: dict[str, Type] = {}
        for at, (argument, kind, label) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
            formal = label or (names[at] if at < len(names) else None)
            if kind not in (ARG_POS, ARG_NAMED) or formal not in known or formal is None:
                return None
            type_ = api.lookup_type_or_none(argument) or unknown()
            values[formal] = self._translation.of_expression(argument, type_, api, Equal())
            if isinstance(argument, CallExpr | NameExpr) and (module := module_of(argument)) is not None:
                modules[formal] = module
        return self._remembering(instance, signature, values, modules, place)

    def _kept_defaults(self, signature: Signature) -> dict[str, Type]:
        """The defaults of a constructor as what is kept; the same types as long as mypy's `int` is the same."""
        int_type, known = self._types.int_type, self._defaults.get(signature.name)
        if known is None or known[0] is not int_type:
            kept = {PREFIX + name: self._translation.kept(value) for name, value in signature.defaults.items()}
            known = self._defaults[signature.name] = int_type, kept
        return known[1]

    def forward(self, receiver: Instance, context: Context, api: Any) -> CallableType | None:
        """The type of a module's call where a rule says what it gives: any arguments under their names."""
        if self.module_rule(receiver.type) is None:
            return None
        forward = get_proper_type(
            analyze_member_access(
                "forward",
                receiver,
                context,
                is_lvalue=False,
                is_super=False,
                is_operator=False,
                original_type=receiver,
                chk=api,
            )
        )
        if isinstance(forward, Overloaded):
            forward = forward.items[0]
        if not isinstance(forward, CallableType):
            return None
        return forward.copy_modified(arg_types=[unknown() for _ in forward.arg_types], ret_type=unknown())

    def module_called(self, ctx: MethodContext) -> Type:
        """The type of what a call of one of torch's modules gives."""
        receiver = ctx.type
        name = self.module_rule(receiver.type) if isinstance(receiver, Instance) else None
        signature = None if name is None else self._registry.find(name)
        if not isinstance(receiver, Instance) or signature is None or name is None:
            return ctx.default_return_type
        same = self._sizes.in_function(ctx.api)
        given = self._given(ctx, signature, same, skip=1)
        if given is None or not _is_tracked(given):
            return ctx.default_return_type
        for one in signature.parameters[1:2]:
            if _report_tuple(one, *given.places.get(one.name, (ctx.context, unknown())), receiver, ctx.api):
                return unknown()
        return self._module(receiver, signature, given, same, ctx.context, ctx.api)

    def passed_through(self, module: Instance, value: Type, context: Context, api: Any) -> Type | None:
        """What a module gives for one value, as within `nn.Sequential`; None where no rule says it."""
        name = self.module_rule(module.type)
        signature = None if name is None else self._registry.find(name)
        if signature is None or len(signature.parameters) < 2:
            return None
        tensor = as_tensor(value)
        if tensor is None or not is_known(tensor):
            _report_tuple(signature.parameters[1], context, value, module, api)
            return None
        same = self._sizes.in_function(api)
        label = signature.parameters[1].name
        given = Given({label: self._translation.of_type(value, same)}, {label: (context, value)})
        return self._module(module, signature, given, same, context, api)

    def _module(
        self, receiver: Instance, signature: Signature, given: Given, same: Equal, context: Context, api: Any
    ) -> Type:
        outcome = self._apply(signature, given, self._config(receiver, same), same, context, api)
        self._report(outcome, given, receiver.type.name, context, api, made_at(receiver))
        first = outcome.result[0] if isinstance(outcome.result, tuple) and outcome.result else None
        if isinstance(first, Packed) and is_for_another(context, api):
            return unknown()
        return self._result(outcome, unknown(), same, context, api)

    def _config(self, receiver: Instance, same: Equal) -> Made:
        attrs = {} if receiver.extra_attrs is None else receiver.extra_attrs.attrs
        made = Made(
            {
                name.removeprefix(PREFIX): self._taken(type_, same)
                for name, type_ in attrs.items()
                if name.startswith(PREFIX)
            }
        )
        made[CLASS] = public_class(receiver.type.fullname)
        return made

    def _taken(self, type_: Type, same: Equal) -> Any:
        """What was kept; of a module or distribution what that was made with."""
        proper = get_proper_type(type_)
        if isinstance(proper, Instance) and (is_module(proper) or _was_made(proper)):
            return self._config(proper, same)
        return self._translation.taken(proper, same)

    # Arguments, results

    def _given(
        self, ctx: FunctionContext | MethodContext, signature: Signature, same: Equal, *, skip: int
    ) -> Given | None:
        """The arguments of a call by the names of the rule; None where they cannot be told apart."""
        values: dict[str, Value] = {}
        places: dict[str, tuple[Context, Type]] = {}
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
                values[name] = self._translation.of_type(place[1], same)
            else:
                values[name] = self._single(*place, parameter, signature, ctx.api, same)
            places.setdefault(name, place)
        return Given(values, places)

    def _single(
        self, expression: Expression, type_: Type, parameter: Parameter, signature: Signature, api: Any, same: Equal
    ) -> Value:
        """The value of an argument that is written out."""
        value = self._translation.of_expression(expression, certain(type_, expression, _function(api), api), api, same)
        is_index = parameter.name == "indices" and signature.name.endswith(_INDEXING)
        if is_index and isinstance(expression, ListExpr):
            return (value,)  # `x[[0, 2]]` takes two entries, `x[0, 2]` is one
        made = get_proper_type(type_) if value is UNKNOWN else None
        if isinstance(made, Instance) and _was_made(made) and not is_module(made):
            return self._config(made, same)
        return named(value, expression, parameter, signature, api)

    def _keywords(self, ctx: FunctionContext | MethodContext, number: int, same: Equal) -> Value:
        given = zip(ctx.arg_names[number], ctx.args[number], ctx.arg_types[number], strict=True)
        return {
            name: self._translation.of_expression(expression, type_, ctx.api, same)
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
            value = self._translation.of_expression(expression, type_, api, same)
            if kind == ARG_STAR:
                if not isinstance(value, tuple):
                    return UNKNOWN
                found += value
            else:
                found.append(value)
        if len(found) == 1 and isinstance(found[0], tuple):
            return found[0]
        return tuple(found)

    def _apply(
        self, signature: Signature, given: Given, config: Made | None, same: Equal, context: Context, api: Any
    ) -> Outcome:
        return apply(
            signature,
            given.values,
            config,
            Surroundings(
                lambda one, other: _equate(one, other, same) or may_be_equal(one, other, context, same, api),
                self._fits,
                _element_text,
                self._autocast.holds(context, api),
            ),
        )

    def _fits(self, wanted: str, element: object) -> bool:
        return not isinstance(element, Produced) or element_goes_with(wanted, element.name)

    def _result(
        self, outcome: Outcome, default: Type, same: Equal, context: Context, api: Any, *, is_derived: bool = False
    ) -> Type:
        """The type of what an operation gives; `is_derived` where mypy would not know what it is given."""
        is_open = is_derived or isinstance(get_proper_type(default), AnyType)
        if is_open and is_unwanted(context, api, is_tuple=isinstance(outcome.result, tuple)):
            return unknown()
        result = self._translation.result(outcome.result, default, same)
        if _says_something(result):
            self._settling.instrument_current(api)
        return untyped(result) if is_open else result

    # Reports

    def _report(
        self, outcome: Outcome, given: Given, name: str, context: Context, api: Any, made: str | None = None
    ) -> None:
        if not outcome.refused and not outcome.suspected:
            return
        short = name.removesuffix(".forward").rpartition(".")[2]
        with nullcontext() if self._trials else _unwatched(api.errors):
            for problem in (*outcome.refused, *outcome.suspected):
                self._say(problem, given, short, context, api, made)

    @contextmanager
    def trial(self, api: Any) -> Iterator[Callable[[], bool]]:
        """Say nothing meanwhile; what is given says whether there was an error."""
        self._trials += 1
        try:
            with api.msg.filter_errors(save_filtered_errors=True) as watcher:
                yield lambda: any(info.severity == "error" for info in watcher.filtered_errors())
        finally:
            self._trials -= 1

    def _say(self, problem: Refused, given: Given, name: str, context: Context, api: Any, made: str | None) -> None:
        code = _CODES[problem.code]
        place, type_ = given.places.get(problem.argument or "", (context, None))
        operator = operator_of(name, tuple(given.places), context)
        if problem.argument is None or type_ is None:
            words = f'"{name}" {problem.reason}' if operator is None else operator.whole(problem.reason)
            api.fail(words, context, code=code)
        elif operator is not None:
            api.fail(f"{operator.subject(problem.argument)} {operator.renamed(problem.reason)}", place, code=code)
        else:
            api.fail(f'Argument "{problem.argument}" to "{name}" {problem.reason}', place, code=code)
        tensor = None if type_ is None else as_tensor(type_)
        if tensor is not None and is_known(tensor):
            api.note(f"Got {annotation_text(tensor)}", place, code=code)
        elif type_ is None:
            for label, (_, other) in given.places.items():
                one = as_tensor(other)
                if one is not None and is_known(one):
                    subject = f'"{label}"' if operator is None else operator.roles[label]
                    api.note(f"{subject} is {annotation_text(one)}", context, code=code)
        if made is not None:
            api.note(f'"{name}" was made at {made}', place, code=code)


@contextmanager
def _unwatched(errors: Any) -> Iterator[None]:
    """Say what is said, also while mypy tries one overload or operator after the other: each of them is this call."""
    watchers = errors._watchers  # noqa: SLF001 - mypy has no other way
    saved = list(watchers)
    watchers.clear()
    try:
        yield
    finally:
        watchers.extend(saved)


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


def _was_made(type_: Type) -> bool:
    """Whether an object remembers what it was made with."""
    proper = get_proper_type(type_)
    return isinstance(proper, Instance) and proper.extra_attrs is not None and MADE_AT in proper.extra_attrs.attrs


def _function(api: Any) -> object:
    """The function that is checked now."""
    return api.scope.current_function()


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


def _equate(left: Size, right: Size, same: Equal) -> bool:
    """Whether two sizes may be taken for one: as the body shows, or by one name in a function and one inside of it."""
    return same.equate(left, right) or str(left) == str(right)


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


def _is_derived(ctx: FunctionContext | MethodContext) -> bool:
    """Whether mypy, not knowing of what a method or operator is, would not ask what it gives."""
    if not isinstance(ctx, MethodContext):
        return False
    is_operator = isinstance(ctx.context, OpExpr | ComparisonExpr)
    return is_untyped(ctx.type) or (
        is_operator and any(is_untyped(type_) for types in ctx.arg_types for type_ in types)
    )


def _is_tracked(given: Given) -> bool:
    """Whether anything is known of a tensor that is handed in.

    What plain mypy leaves open is typed only where the data is: in code that says nothing of its tensors, a module that
    gave `Any` must go on to do so.
    """
    types = (one for _, type_ in given.places.values() for one in _flat(type_))
    if any(is_known(tensor) for tensor in map(as_tensor, types) if tensor is not None):
        return True
    displays = (item for value in given.values.values() if isinstance(value, tuple) for item in value)
    return any(isinstance(item, Array) and (item.shape, item.dtype) != (None, None) for item in displays)


def _flat(type_: Type) -> list[Type]:
    proper = get_proper_type(type_)
    padded = padded_of(proper)
    if padded is not None:
        return [padded]
    return proper.items if isinstance(proper, TupleType | UnionType) else [proper]


def _report_tuple(parameter: Parameter, context: Context, given: Type, module: Instance, api: Any) -> bool:
    """Report a tuple where a module takes a tensor, as when an LSTM's result is handed on whole."""
    proper = get_proper_type(given)
    if not isinstance(proper, TupleType):
        return False
    is_plain = proper.partial_fallback.type.fullname == "builtins.tuple"
    is_of_tensors = is_plain and any(as_tensor(item) is not None for item in proper.items)
    is_wrong = (is_of_tensors or is_packed(proper)) and parameter.tensors is not None and not parameter.is_union
    if is_wrong:
        kind = f"a tuple of {len(proper.items)}" if is_plain else "a packed sequence"
        text = f'Argument "{parameter.name}" to "{module.type.name}" is {kind}, expected a tensor'
        with _unwatched(api.errors):
            api.fail(text, context, code=ARG_TYPE)
    return is_wrong


def _says_something(type_: Type) -> bool:
    proper: ProperType = get_proper_type(type_)
    return not isinstance(proper, AnyType)


def _element_text(element: object) -> str:
    if isinstance(element, Guessed):
        return f"{element.name}, by its name"
    return element.name if isinstance(element, Produced) else "another element"
