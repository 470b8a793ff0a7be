"""What source makes without being checked first: helpers that return modules, and constructors that pass sizes on.

`def conv3x3(i: int, o: int) -> nn.Conv2d: return nn.Conv2d(i, o, 3)` makes a `Conv2d` of `i` and `o`; a call puts in
what it was given. So does `super().__init__(nn.Conv2d(i, o, 3), nn.ReLU())` in a class of `nn.Sequential`. It is read
from the source and not from checked types, so that it does not matter what mypy checks first; and it is kept with the
function's type or in a symbol of the class, for what comes from mypy's cache has no source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    MDEF,
    AssignmentStmt,
    CallExpr,
    ClassDef,
    ConditionalExpr,
    DictExpr,
    Expression,
    ExpressionStmt,
    FloatExpr,
    FuncDef,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    ReturnStmt,
    StrExpr,
    SuperExpr,
    SymbolTableNode,
    TypeInfo,
    UnaryExpr,
    Var,
)
from mypy.plugin import AnalyzeTypeContext
from mypy.types import (
    AnyType,
    CallableType,
    ExtraAttrs,
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
from neuraltypes_mypy._atoms import atom, size_of_atom
from neuraltypes_mypy._buffers import is_registered
from neuraltypes_mypy._config import (
    attribute_size,
    configured,
    is_configured,
    parameter_names_of,
    seen_from_outside,
    with_sizes,
)
from neuraltypes_mypy._dependencies import depend_on
from neuraltypes_mypy._members import (
    ONE_OF,
    alternatives,
    attribute_of,
    is_module,
    join_modules,
    may_be_module,
    with_attribute,
)
from neuraltypes_mypy._module_containers import CLASSES, ModuleContainers
from neuraltypes_mypy._names import IDENTITY, MODULE, SEQUENTIAL
from neuraltypes_mypy._operations import Operations
from neuraltypes_mypy._scopes import scope_name
from neuraltypes_mypy._sizes_of import assignments_to, given_sizes, is_int, size_of_expression
from neuraltypes_mypy._statements import attribute_values, methods, statements
from neuraltypes_mypy._steps import attribute_steps, changes_attribute, changes_itself, steps_of_call, variable_steps
from neuraltypes_mypy._tensor import unknown
from neuraltypes_mypy._types import KnownTypes

_RECIPE: Final = "neuraltypes:recipe"  # no attribute has such a name
_DEFAULTS: Final = "neuraltypes:defaults"
_SYMBOL: Final = "__neuraltypes_made"  # private to each class, so that no class overrides another's
_SUPER: Final = "super"
_MAX_DEPTH: Final = 8


def announce_recipes(cls: ClassDef) -> None:
    """Give a class of modules the symbol that is to hold what its constructor makes."""
    info = cls.info
    if not is_configured(info) or _SYMBOL in info.names:
        return
    variable = Var(_SYMBOL, AnyType(TypeOfAny.special_form))
    variable.info = info
    variable._fullname = f"{info.fullname}.{_SYMBOL}"  # noqa: SLF001 - as mypy's own plugins set it
    variable.is_ready = variable.is_inferred = variable.is_initialized_in_class = True
    info.names[_SYMBOL] = SymbolTableNode(MDEF, variable, plugin_generated=True)
    for method in methods(cls.defs):
        if method.name == "__init__" and any(_super_call(one) is not None for one in method.body.body):
            _assign_symbol(method)


def _assign_symbol(constructor: FuncDef) -> None:
    """Have mypy check a constructor before it writes a module's cache, as it does with those that set attributes."""
    first = constructor.body.body[0]
    if any(True for _ in attribute_values(constructor)) or not constructor.arguments:
        return
    target, value = (MemberExpr(NameExpr(constructor.arguments[0].variable.name), _SYMBOL) for _ in range(2))
    statement = AssignmentStmt([target], value)
    for node in (target.expr, target, value.expr, value, statement):
        node.set_line(first)
    constructor.body.body.insert(0, statement)


def announce_helper(ctx: AnalyzeTypeContext, info: TypeInfo) -> Type:
    """The type that an annotation names; a function that it is the result of makes a module, and is checked early."""
    analyzer: Any = ctx.api
    function = analyzer.api.statement
    signature = function.type if isinstance(function, FuncDef) else None
    if isinstance(signature, CallableType) and signature.ret_type is ctx.type:
        function.def_or_infer_vars |= not (function.is_decorated or function.is_overload)
    result: Type = analyzer.analyze_type_with_type_info(info, ctx.type.args, ctx.type, ctx.type.empty_tuple_index)
    return result


class Recipes:
    """Reads what functions and constructors make, for one run of mypy."""

    def __init__(self, types: KnownTypes, operations: Operations, containers: ModuleContainers) -> None:
        self._types = types
        self._operations = operations
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
        if _is_of(node, place.module):
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
        if self._is_done(function):
            return
        declared = get_proper_type(signature.ret_type)
        assert isinstance(declared, Instance)
        made = self._returns(function, place)
        plain = Instance(declared.type, declared.args, declared.line, declared.column)
        signature.ret_type = (
            plain if made is None else self._with_defaults(with_attribute(plain, _RECIPE, made), function)
        )

    def _with_defaults(self, result: Instance, function: FuncDef) -> Instance:
        defaults = {
            one.variable.name: atom(size, str(size), self._types.int_type)
            for one in function.arguments
            if one.initializer is not None
            and (size := size_of_expression(one.initializer, self._unchecked(function))) is not None
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
        depend_on(place.api, owner.fullname, _SYMBOL)
        passed_on = self._of_class(owner, place).get(_SUPER)
        if passed_on is None:
            return instance
        seen = get_proper_type(seen_from_outside(passed_on, instance, self._types.int_type))
        attrs = seen.extra_attrs.attrs if isinstance(seen, Instance) and seen.extra_attrs is not None else {}
        own = {} if instance.extra_attrs is None else instance.extra_attrs.attrs
        result = instance.copy_modified()
        result.extra_attrs = ExtraAttrs({**attrs, **own})
        return result

    def attribute(self, info: TypeInfo, name: str, declared: Type, api: Any) -> Type | None:
        """What an attribute is made of that is declared, or replaced in a subclass; None where that is not known."""
        owner = next((base for base in info.mro if _assigns(base, name)), None)
        if owner is None:
            return None
        depend_on(api, owner.fullname, _SYMBOL)
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
        if same:
            return join_modules(same, self._types.tuple_type) or declared
        if proper.type.fullname != MODULE:
            return declared
        return with_attribute(proper, ONE_OF, TupleType(list(modules), self._types.tuple_type))

    def _of_class(self, info: TypeInfo, place: Place) -> Mapping[str, Type]:
        if info.module_name == place.module:
            self._record_class(info, place)
        symbol = info.names.get(_SYMBOL)
        kept = get_proper_type(symbol.node.type) if symbol is not None and isinstance(symbol.node, Var) else None
        return kept.items if isinstance(kept, TypedDictType) else {}

    def _record_class(self, info: TypeInfo, place: Place) -> None:
        symbol = info.names.get(_SYMBOL)
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
        calls = [call for one in statements(constructor.body) if (call := _super_call(one)) is not None]
        if base is None or len(calls) != 1 or not self._is_of_torch(base):
            return {}
        if any(one.fullname in CLASSES for one in base.mro) and _adds_modules(info):
            return {}
        made = self._constructed(base, calls[0], constructor, place)
        return {} if made is None else {_SUPER: made}

    def _is_of_torch(self, info: TypeInfo) -> bool:
        return any(base.fullname in CLASSES or self._operations.class_of(base.fullname) for base in info.mro)

    def _attributes(self, info: TypeInfo, constructor: FuncDef, place: Place) -> Iterator[tuple[str, Type]]:
        values: dict[str, list[tuple[FuncDef, Expression | None]]] = {}
        for method in methods(info.defn.defs):
            for name, value in attribute_values(method):
                values.setdefault(name, []).append((method, value))
        for name, assigned in values.items():
            if not _is_asked_about(info, name, len(assigned)) or any(one is not constructor for one, _ in assigned):
                continue
            made = self._kept(info, name, [value for _, value in assigned], constructor, place)
            if made is not None:
                yield f"self.{name}", made

    def _kept(
        self, info: TypeInfo, name: str, values: list[Expression | None], constructor: FuncDef, place: Place
    ) -> Instance | None:
        given = [value for value in values if not _is_none(value)]
        others = [one for one in methods(info.defn.defs) if one is not constructor]
        if any(changes_attribute(one.body, name) for one in others):
            return None
        if len(given) == 1 and isinstance(given[0], CallExpr) and _container(given[0]) is not None:
            steps = attribute_steps(name, constructor.body)
            return None if steps is None else self._filled(given[0], constructor, place, steps)
        return self._join(given, constructor, place)

    # Expressions

    def _unchecked(self, function: FuncDef) -> Unchecked:
        return Unchecked(function, self._types.int_type)

    def _made(self, expression: Expression, function: FuncDef, place: Place) -> Instance | None:
        match expression:
            case CallExpr():
                return self._called(expression, function, place)
            case ConditionalExpr():
                branches: list[Expression | None] = [expression.if_expr, expression.else_expr]
                return self._join([one for one in branches if not _is_none(one)], function, place)
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
            if len(values) == 1 and isinstance(values[0], CallExpr) and _container(values[0]) is not None:
                steps = variable_steps(variable, function.body)
                return None if steps is None else self._filled(values[0], function, place, steps)
            return self._join(values, function, place) if values else None
        finally:
            self._reading.pop()

    def _called(self, call: CallExpr, function: FuncDef, place: Place) -> Instance | None:
        node = call.callee.node if isinstance(call.callee, RefExpr) else None
        if isinstance(node, TypeInfo):
            return self._constructed(node, call, function, place)
        if isinstance(call.callee, MemberExpr) and _is_self(call.callee.expr, function):
            symbol = function.info.get(call.callee.name)
            node = None if symbol is None else symbol.node
        if not isinstance(node, FuncDef) or not makes_module(node):
            return None
        given = self._given(call, [name or "" for name in node.arg_names[1 if node.info else 0 :]], function)
        if given is None or not isinstance(node.type, CallableType):
            return None
        if _is_of(node, place.module):
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
        rule = self._operations.constructor_rule(info)
        instance, where = Instance(info, []), f"{place.file}:{call.line}"
        if rule is not None:
            return self._operations.made_as(
                instance, rule, call, self._unchecked(function), where, lambda one: self._made(one, function, place)
            )
        given = self._given(call, parameter_names_of(info), function)
        if given is None:
            return None
        return self._completed(configured(instance, given, self._types.int_type, where), place)

    def _filled(
        self, call: CallExpr, function: FuncDef, place: Place, steps: Any, info: TypeInfo | None = None
    ) -> Instance | None:
        info = info or _container(call)
        if info is None:
            return None
        return self._containers.filled(
            Instance(info, []), call, steps, lambda one: self._made(one, function, place) or unknown()
        )

    def _given(self, call: CallExpr, names: list[str], function: FuncDef) -> dict[str, Size | None] | None:
        """The sizes that a call gives by the names of the parameters; None where they cannot be told apart."""
        found: dict[str, Expression] = {}
        for place, (argument, kind, name) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
            if kind not in (ARG_POS, ARG_NAMED) or (kind == ARG_POS and place >= len(names)):
                return None
            found[name or names[place]] = argument
        return given_sizes(found, self._unchecked(function))


@dataclass(frozen=True)
class Place:
    """Where is checked now: only what stands in the same module is read, for others are known from the cache, too."""

    api: Any

    @property
    def module(self) -> str:
        """The module's full name."""
        return str(self.api.tree.fullname)

    @property
    def file(self) -> str:
        """The name of its file."""
        return Path(self.api.path).name


class Unchecked:
    """What sizes of expressions are read with in a function that mypy has perhaps not checked yet."""

    def __init__(self, function: FuncDef, int_type: Instance) -> None:
        self._function = function
        self._int_type = int_type
        self._reading: list[Var] = []
        self.scope = self

    def current_function(self) -> FuncDef:
        """The function that the expressions stand in."""
        return self._function

    def lookup_type_or_none(self, expression: Expression) -> Type | None:
        """The type of a parameter, and of what is an `int` to the eye; of all others none is known."""
        match expression:
            case IntExpr():
                return self._int_type
            case UnaryExpr(op="-", expr=inner):
                return self._int([inner])
            case OpExpr(op="+" | "-" | "*" | "//" | "%", left=left, right=right):
                return self._int([left, right])
            case NameExpr(node=Var() as variable) if variable not in self._reading:
                return self._variable(variable)
            case MemberExpr(expr=NameExpr(node=Var(is_self=True)), name=name) if self._function.info:
                return None if attribute_size(self._function.info, name) is None else self._int_type
            case _:
                return None

    def _int(self, parts: list[Expression]) -> Type | None:
        return self._int_type if all(is_int(self.lookup_type_or_none(part)) for part in parts) else None

    def _variable(self, variable: Var) -> Type | None:
        if variable.is_self and self._function.info:
            return Instance(self._function.info, [])
        if any(one.variable is variable for one in self._function.arguments):
            return variable.type
        values = assignments_to(variable, self._function)
        if len(values) != 1 or values[0] is None:
            return None
        self._reading.append(variable)
        try:
            return self._int([values[0]])
        finally:
            self._reading.pop()


def makes_module(node: object) -> bool:
    """Whether a function is declared to give a module."""
    signature = node.type if isinstance(node, FuncDef) else None
    return isinstance(signature, CallableType) and is_module(signature.ret_type)


def constructor_owner(info: TypeInfo, skip: int = 0) -> TypeInfo | None:
    """The class that defines the constructor of a class, or of the classes behind it."""
    return next((base for base in info.mro[skip:] if "__init__" in base.names), None)


def put_in(size: Size, sizes: Mapping[Symbol, Size], scope: str) -> Size | None:
    """A size with a function's parameters replaced by what a call gives for them; None where that leaves one."""
    is_inner = any(symbol.scope == scope and symbol not in sizes for symbol in size.symbols())
    return None if is_inner else size.replace(sizes)


def _is_of(node: FuncDef, module: str) -> bool:
    """Whether a function stands in a module."""
    return node.info.module_name == module if node.info else node.fullname.rpartition(".")[0] == module


def _assigns(info: TypeInfo, name: str) -> bool:
    return name in info.metadata.get("neuraltypes", {}).get("assigned", ())


def _adds_modules(info: TypeInfo) -> bool:
    """Whether a container may come to hold more than what its constructor passes on: an attribute is a part of it."""
    bodies = list(methods(info.defn.defs))
    values = [
        value
        for method in bodies
        for name, value in attribute_values(method)
        if name != _SYMBOL and not is_registered(value)
    ]
    plain = (IntExpr, FloatExpr, StrExpr, OpExpr)
    is_plain = all(isinstance(value, plain) or _is_parameter_of_int(value) for value in values)
    return not is_plain or any(changes_itself(method.body) for method in bodies)


def _is_parameter_of_int(value: Expression | None) -> bool:
    variable = value.node if isinstance(value, NameExpr) else None
    return isinstance(variable, Var) and is_int(variable.type)


def _super_call(statement: object) -> CallExpr | None:
    call = statement.expr if isinstance(statement, ExpressionStmt) else None
    is_super = isinstance(call, CallExpr) and isinstance(call.callee, SuperExpr) and call.callee.name == "__init__"
    return call if isinstance(call, CallExpr) and is_super else None


def _is_asked_about(info: TypeInfo, name: str, count: int) -> bool:
    """Whether mypy's own type of an attribute forgets what it is made of: it is declared, or assigned repeatedly."""
    own = info.names.get(name)
    symbol = own or info.get(name)
    variable = symbol.node if symbol is not None else None
    if not isinstance(variable, Var):
        return False
    declared = None if variable.type is None else get_proper_type(variable.type)
    if own is not None and count == 1 and (variable.is_inferred and not variable.explicit_self_type):
        return False
    return declared is None or may_be_module(declared)


def _container(call: CallExpr) -> TypeInfo | None:
    node = call.callee.node if isinstance(call.callee, RefExpr) else None
    return node if isinstance(node, TypeInfo) and node.fullname in CLASSES else None


def _is_self(expression: Expression, function: FuncDef) -> bool:
    is_method = bool(function.info) and isinstance(expression, NameExpr)
    return is_method and bool(getattr(getattr(expression, "node", None), "is_self", False))


def _is_none(value: Expression | None) -> bool:
    return isinstance(value, NameExpr) and value.fullname == "builtins.None"
