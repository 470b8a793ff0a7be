"""What source makes without being checked first: helpers that return modules, and constructors that pass sizes on.

`def conv3x3(i: int, o: int) -> nn.Conv2d: return nn.Conv2d(i, o, 3)` makes a `Conv2d` of `i` and `o`; a call puts in
what it was given. So does `super().__init__(nn.Conv2d(i, o, 3), nn.ReLU())` in a class of `nn.Sequential`. It is read
from the source and not from checked types, so that it does not matter what mypy checks first; and it is kept with the
function's type or in a symbol of the class, for what comes from mypy's cache has no source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    CallExpr,
    ConditionalExpr,
    DictExpr,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    RefExpr,
    ReturnStmt,
    TypeInfo,
    Var,
)
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    TupleType,
    Type,
    TypedDictType,
    TypeOfAny,
    UnionType,
    get_proper_type,
)

from neuraltypes._sizes import Size, Symbol
from neuraltypes._unify import ARGUMENT
from neuraltypes_mypy.base._dependencies import depend_on
from neuraltypes_mypy.base._names import IDENTITY, MODULE, SEQUENTIAL
from neuraltypes_mypy.base._types import attribute_of, keeping, kept_with, with_attribute
from neuraltypes_mypy.modules._module_containers import CLASSES, ModuleContainers
from neuraltypes_mypy.modules._recipe_nodes import (
    MADE,
    adds_modules,
    constructor_owner,
    is_asked_about,
    is_none,
    is_own,
    is_own_class,
    is_replaced,
    made_container,
    makes_module,
    put_in,
    stands_in,
    super_call,
)
from neuraltypes_mypy.operations._torch_modules import TorchModules
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.sizes._class_sizes import assigns, is_configured, parameter_names_of
from neuraltypes_mypy.sizes._left_out import left_out
from neuraltypes_mypy.sizes._made_with import configured, seen_from_outside, with_sizes
from neuraltypes_mypy.sizes._sizes_of import given_sizes, size_of_expression
from neuraltypes_mypy.sizes._unchecked import Place, Unchecked
from neuraltypes_mypy.source._assigned import assignments_to
from neuraltypes_mypy.source._container_uses import changes_attribute
from neuraltypes_mypy.source._statements import attribute_values, methods, scope_name, statements
from neuraltypes_mypy.source._steps import attribute_steps, steps_of_call, variable_steps
from neuraltypes_mypy.tensors._atoms import atom, size_of_atom
from neuraltypes_mypy.tensors._members import ONE_OF, alternatives, is_module, join_modules
from neuraltypes_mypy.tensors._tensor import unknown
from neuraltypes_mypy.tensors._types import KnownTypes

_RECIPE: Final = "neuraltypes:recipe"  # no attribute has such a name
_DEFAULTS: Final = "neuraltypes:defaults"
_SUPER: Final = "super"
_MAX_DEPTH: Final = 8


class Recipes:
    """Reads what functions and constructors make, for one run of mypy."""

    def __init__(
        self, types: KnownTypes, rules: KnownRules, modules: TorchModules, containers: ModuleContainers
    ) -> None:
        self._types = types
        self._rules, self._modules = rules, modules
        self._containers = containers
        self._reading: list[object] = []
        self._last: FuncDef | None = None
        # By id, which is kept too: another node may get the id of one that is gone.
        self._done: dict[int, object] = {}

    def note(self, api: Any) -> None:
        """Keep what the function that is checked now makes, for those who will know it from mypy's cache."""
        function = api.scope.current_function()
        if not isinstance(function, FuncDef) or function is self._last:
            return
        self._last = function
        self._done.pop(id(function), None)
        if function.info:
            self._done.pop(id(function.info), None)
        if function.name == "__init__" and function.info:
            self._record_class(function.info, Place(api))
        else:
            self._record_function(function, Place(api))

    # Functions

    def returned(self, node: FuncDef, result: Type, given: Mapping[str, Size | None], api: Any) -> Type:
        """What a call of a helper gives, with the helper's parameters replaced by what was given."""
        place = Place(api)
        if stands_in(node, place.module):
            self._record_function(node, place)
        return self._served(node, result, given)

    def _served(self, node: FuncDef, result: Type, given: Mapping[str, Size | None]) -> Type:
        declared = get_proper_type(node.type.ret_type) if isinstance(node.type, CallableType) else None
        recipe = None if declared is None else attribute_of(declared, _RECIPE)
        proper = get_proper_type(result)
        if declared is None or recipe is None or not isinstance(proper, Instance):
            return result
        defaults = attribute_of(declared, _DEFAULTS)
        known = (
            {}
            if not isinstance(defaults, TypedDictType)
            else {name: size_of_atom(get_proper_type(type_)) for name, type_ in defaults.items.items()}
        )
        scope = ARGUMENT + scope_name(node)
        sizes = {Symbol(name, scope): size for name, size in {**known, **given}.items() if size is not None}
        made = with_sizes(recipe, lambda size: put_in(size, sizes, scope), self._types.int_type)
        return self.refined(Instance(proper.type, proper.args), made)

    def _record_function(self, function: FuncDef, place: Place) -> None:
        signature = function.type
        if not isinstance(signature, CallableType) or not makes_module(function) or function in self._reading:
            return
        if self._is_done(function) or is_replaced(function):
            return
        declared = get_proper_type(signature.ret_type)
        assert isinstance(declared, Instance)
        made = self._returns(function, place)
        plain = Instance(declared.type, declared.args, declared.line, declared.column)
        signature.ret_type = (
            plain if made is None else self._with_defaults(with_attribute(plain, _RECIPE, made), function, place)
        )

    def _with_defaults(self, result: Instance, function: FuncDef, place: Place) -> Instance:
        defaults = {
            one.variable.name: atom(size, str(size), self._types.int_type)
            for one in function.arguments
            if one.initializer is not None
            and (size := size_of_expression(one.initializer, self._unchecked(function, place))) is not None
        }
        fallback = self._types.typed_dict
        if not defaults or fallback is None:
            return result
        items: dict[str, Type] = dict(defaults)
        return with_attribute(result, _DEFAULTS, TypedDictType(items, set(items), set(), fallback))

    def _returns(self, function: FuncDef, place: Place) -> Instance | None:
        """What the functions's returns make, or have in common."""
        given = [one.expr for one in statements(function.body) if isinstance(one, ReturnStmt)]
        if not given or len(self._reading) > _MAX_DEPTH:
            return None
        self._reading.append(function)
        try:
            return self._join(given, function, place)
        finally:
            self._reading.pop()

    def _join(self, given: list[Expression | None], function: FuncDef, place: Place) -> Instance | None:
        made = [None if one is None else self._made(one, function, place) for one in given]
        known = [one for one in made if one is not None]
        return join_modules(known, self._types.tuple_type) if known and len(known) == len(made) else None

    # Classes

    def completed(self, instance: Instance, api: Any) -> Instance:
        """An instance of a class that passes its sizes on to one of torch's, with what that is made with."""
        return self._completed(instance, Place(api))

    def _completed(self, instance: Instance, place: Place) -> Instance:
        owner = constructor_owner(instance.type)
        if owner is None or not is_configured(owner):
            return instance
        depend_on(place.api, owner.fullname, MADE)
        passed_on = self._of_class(owner, place).get(_SUPER)
        if passed_on is None:
            return instance
        seen = seen_from_outside(passed_on, instance, self._types.int_type)
        return keeping(instance, {**kept_with(seen), **kept_with(instance)})

    def attribute(self, info: TypeInfo, name: str, declared: Type, api: Any) -> Type | None:
        """What an attribute is made of that is declared, or replaced in a subclass; None where that is not known."""
        owner = next((base for base in info.mro if assigns(base, name)), None)
        if owner is None:
            return None
        depend_on(api, owner.fullname, MADE)
        made = self._of_class(owner, Place(api)).get(f"self.{name}")
        return None if made is None else self.refined(declared, made)

    def refined(self, declared: Type, made: Type) -> Type:
        """A declared type, with what is known of the modules that it allows."""
        proper = get_proper_type(declared)
        if isinstance(proper, UnionType):
            return UnionType.make_union([self.refined(item, made) for item in proper.items])
        if not isinstance(proper, Instance) or not is_module(proper):
            return declared
        modules = [get_proper_type(one) for one in alternatives(made)]
        if all(isinstance(one, Instance) and one.type.fullname == IDENTITY for one in modules):
            return declared  # it holds the place of a module that is put there later
        same = [one for one in modules if isinstance(one, Instance) and one.type is proper.type]
        if same and all(isinstance(one, Instance) and one.type.has_base(proper.type.fullname) for one in modules):
            return join_modules(same, self._types.tuple_type) or declared
        if same:  # mypy refuses the other, and it may be the one that is held
            return with_attribute(proper, ONE_OF, TupleType(list(modules), self._types.tuple_type))
        if proper.type.fullname != MODULE:
            return declared
        return with_attribute(proper, ONE_OF, TupleType(list(modules), self._types.tuple_type))

    def _of_class(self, info: TypeInfo, place: Place) -> Mapping[str, Type]:
        if info.module_name == place.module:
            self._record_class(info, place)
        symbol = info.names.get(MADE)
        kept = get_proper_type(symbol.node.type) if symbol is not None and isinstance(symbol.node, Var) else None
        return kept.items if isinstance(kept, TypedDictType) else {}

    def _record_class(self, info: TypeInfo, place: Place) -> None:
        symbol = info.names.get(MADE)
        constructor = next((one for one in methods(info.defn.defs) if one.name == "__init__"), None)
        if symbol is None or not isinstance(symbol.node, Var) or constructor is None or info in self._reading:
            return
        if len(self._reading) > _MAX_DEPTH or not isinstance(constructor.type, CallableType) or self._is_done(info):
            return
        self._reading.append(info)
        try:
            found = self._passed_on(info, constructor, place) | dict(self._attributes(info, constructor, place))
        finally:
            self._reading.pop()
        fallback = self._types.typed_dict
        if found and fallback is not None:
            symbol.node.type = TypedDictType(found, set(found), set(), fallback)
        else:
            symbol.node.type = AnyType(TypeOfAny.special_form)

    def _is_done(self, node: object) -> bool:
        """Whether a function or class was read already; it counts as read from now on."""
        is_done = self._done.get(id(node)) is node
        self._done[id(node)] = node
        return is_done

    def _passed_on(self, info: TypeInfo, constructor: FuncDef, place: Place) -> dict[str, Type]:
        base = constructor_owner(info, skip=1)
        calls = [call for one in statements(constructor.body) if (call := super_call(one)) is not None]
        if base is None or len(calls) != 1 or not self._is_of_torch(base):
            return {}
        if any(one.fullname in CLASSES for one in base.mro) and adds_modules(info):
            return {}
        made = self._constructed(base, calls[0], constructor, place)
        return {} if made is None else {_SUPER: made}

    def _is_of_torch(self, info: TypeInfo) -> bool:
        return any(base.fullname in CLASSES or self._rules.class_of(base.fullname) for base in info.mro)

    def _attributes(self, info: TypeInfo, constructor: FuncDef, place: Place) -> Iterator[tuple[str, Type]]:
        values: dict[str, list[tuple[FuncDef, Expression | None]]] = {}
        for method in methods(info.defn.defs):
            for name, value in attribute_values(method):
                values.setdefault(name, []).append((method, value))
        for name, assigned in values.items():
            if not is_asked_about(info, name, len(assigned)) or any(one is not constructor for one, _ in assigned):
                continue
            made = self._kept(info, name, [value for _, value in assigned], constructor, place)
            if made is not None:
                yield f"self.{name}", made

    def _kept(
        self, info: TypeInfo, name: str, values: list[Expression | None], constructor: FuncDef, place: Place
    ) -> Instance | None:
        given = [value for value in values if not is_none(value)]
        others = [one for one in methods(info.defn.defs) if one is not constructor]
        if any(changes_attribute(one.body, name) for one in others):
            return None
        if len(given) == 1 and isinstance(given[0], CallExpr) and made_container(given[0]) is not None:
            steps = attribute_steps(name, constructor.body)
            return None if steps is None else self._filled(given[0], constructor, place, steps)
        return self._join(given, constructor, place)

    # Expressions

    def _unchecked(self, function: FuncDef, place: Place) -> Unchecked:
        return Unchecked(function, self._types.int_type, place.api.tree)

    def _made(self, expression: Expression, function: FuncDef, place: Place) -> Instance | None:
        match expression:
            case CallExpr():
                return self._called(expression, function, place)
            case ConditionalExpr():
                branches: list[Expression | None] = [expression.if_expr, expression.else_expr]
                return self._join([one for one in branches if not is_none(one)], function, place)
            case IndexExpr(base=DictExpr(items=items)):
                return self._join([value for _, value in items], function, place)
            case NameExpr(node=Var() as variable) if variable not in self._reading:
                return self._local(variable, function, place)
            case _:
                return None

    def _local(self, variable: Var, function: FuncDef, place: Place) -> Instance | None:
        values = assignments_to(variable, function)
        self._reading.append(variable)
        try:
            if len(values) == 1 and isinstance(values[0], CallExpr) and made_container(values[0]) is not None:
                steps = variable_steps(variable, function.body)
                return None if steps is None else self._filled(values[0], function, place, steps)
            return self._join(values, function, place) if values else None
        finally:
            self._reading.pop()

    def _called(self, call: CallExpr, function: FuncDef, place: Place) -> Instance | None:
        node = call.callee.node if isinstance(call.callee, RefExpr) else None
        if is_own_class(node, function):
            node = function.info
        if isinstance(node, TypeInfo):
            return self._constructed(node, call, function, place)
        if isinstance(call.callee, MemberExpr) and is_own(call.callee.expr, function):
            symbol = function.info.get(call.callee.name)
            node = None if symbol is None else symbol.node
        if not isinstance(node, FuncDef) or not makes_module(node):
            return None
        given = self._given(call, [name or "" for name in node.arg_names[1 if node.info else 0 :]], function, place)
        if given is None or not isinstance(node.type, CallableType):
            return None
        if stands_in(node, place.module):
            self._record_function(node, place)
        made = get_proper_type(self._served(node, node.type.ret_type, given))
        return made if isinstance(made, Instance) and made.extra_attrs is not None else None

    def _constructed(self, info: TypeInfo, call: CallExpr, function: FuncDef, place: Place) -> Instance | None:
        """What a constructor makes, be it called by the name of its class or by `super()`."""
        owner = constructor_owner(info)
        if owner is None or not is_configured(info):
            return None
        if owner.fullname in CLASSES:
            is_sequence = owner.fullname == SEQUENTIAL
            return self._filled(
                call, function, place, steps_of_call(call, function.body, is_sequence=is_sequence), info
            )
        rule = self._rules.constructor_rule(info)
        instance, where = Instance(info, []), f"{place.file}:{call.line}"
        if rule is not None:
            sizes = self._unchecked(function, place)
            return self._modules.made_as(
                instance, rule, call, sizes, where, lambda one: self._made(one, function, place)
            )
        found = _by_name(call, parameter_names_of(info))
        if found is None:
            return None
        given = given_sizes(found, self._unchecked(function, place))
        return self._completed(configured(instance, given, self._types.int_type, where, left_out(found)), place)

    def _filled(
        self, call: CallExpr, function: FuncDef, place: Place, steps: Any, info: TypeInfo | None = None
    ) -> Instance | None:
        info = info or made_container(call)
        if info is None:
            return None
        return self._containers.filled(
            Instance(info, []), call, steps, lambda one: self._made(one, function, place) or unknown()
        )

    def _given(
        self, call: CallExpr, names: list[str], function: FuncDef, place: Place
    ) -> dict[str, Size | None] | None:
        """The sizes that a call gives by the names of the parameters; None where they cannot be told apart."""
        found = _by_name(call, names)
        return None if found is None else given_sizes(found, self._unchecked(function, place))


def _by_name(call: CallExpr, names: list[str]) -> dict[str, Expression] | None:
    """What a call gives by the names of the parameters; None where that cannot be told apart."""
    found: dict[str, Expression] = {}
    for at, (argument, kind, name) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
        if kind not in (ARG_POS, ARG_NAMED) or (kind == ARG_POS and at >= len(names)):
            return None
        found[name or names[at]] = argument
    return found
