"""Constructors as the source shows them: what they do with the sizes that they take, and what a class body says.

What a class does with its `int` parameters is read once, when mypy meets the class, and kept with it:
`self.d = d_model` makes `self.d` the size `d_model`. `_class_sizes` reads what is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from functools import partial
from typing import Any

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    ClassDef,
    Decorator,
    Expression,
    ExpressionStmt,
    FuncDef,
    IntExpr,
    MemberExpr,
    NameExpr,
    ReturnStmt,
    Statement,
    StrExpr,
    SuperExpr,
    TempNode,
    TupleExpr,
    TypeInfo,
)
from mypy.types import Instance, Type, UnboundType, get_proper_type

from neuraltypes_mypy.base._dependencies import depend_on_class
from neuraltypes_mypy.base._names import METADATA
from neuraltypes_mypy.modules._buffers import announced_names, registered_names
from neuraltypes_mypy.modules._flows import flow_of
from neuraltypes_mypy.modules._held import held_names
from neuraltypes_mypy.modules._layers import layer_sizes
from neuraltypes_mypy.modules._whole_numbers import unannotated, whole_numbers
from neuraltypes_mypy.sizes._class_sizes import REST, is_configured
from neuraltypes_mypy.sizes._nested import nested_fields
from neuraltypes_mypy.source._fallbacks import fallback, fallbacks_of, is_defaulting
from neuraltypes_mypy.source._size_texts import names_in, size_text
from neuraltypes_mypy.source._statements import (
    assignments,
    attribute_values,
    methods,
    rooted,
    statements,
    targets,
    written_name,
)


def record_configuration(cls: ClassDef, api: Any) -> None:
    """Keep with a class what its constructor does with its parameters; doing it again changes nothing."""
    info = cls.info
    in_methods = [(method, list(attribute_values(method))) for method in methods(cls.defs)]
    constructor = next((method for method, _ in in_methods if method.name == "__init__"), None)
    is_module = is_configured(info)
    counts = Counter(name for _, found in in_methods for name, value in found if not isinstance(value, TempNode))
    registered = {method: registered_names(method) for method, _ in in_methods}
    counts.update(name for method, names in registered.items() if method is not constructor for name in names)
    data: dict[str, Any] = {}
    if constructor is not None and is_module:
        data["parameters"] = [argument.variable.name for argument in constructor.arguments[1:]]
        data["defaults"] = {
            argument.variable.name: text
            for argument in constructor.arguments[1:]
            if argument.initializer is not None and (text := size_text(argument.initializer)) is not None
        }
        values = next(assigned for method, assigned in in_methods if method is constructor)
        counts.update(_repeated(values, counts))
        found = _attributes(cls, constructor, values, counts, api)
        data["attributes"] = {**_constants(cls, counts, is_final=True), **found}
        if kept := _fallbacks(constructor, api):
            data["fallbacks"] = kept
        data["super"] = _super_arguments(constructor, info, api)
        data |= _unannotated(cls, constructor, api)
        if buffers := announced_names(constructor):
            data["buffers"] = buffers
        assigned = [one for _, found in in_methods for one in found]
        if held := held_names(cls, assigned, [name for names in registered.values() for name in names]):
            data["held"] = held
    elif constructor is None and is_module:
        data["parameters"], data["defaults"], data["attributes"] = [], {}, _constants(cls, counts, is_final=True)
    elif constructor is None and (_fields(cls) or nested_fields(cls)):
        fields = _fields(cls)
        changed = {name for method in methods(cls.defs) for name, _ in attribute_values(method)}  # in `__post_init__`
        fields = {**_inherited_fields(info, api), **fields}
        known = {name: text for name, text in fields.items() if name not in changed}
        data["parameters"], data["defaults"] = list(fields), {name: text for name, text in known.items() if text}
        data["attributes"] = {name: name for name in known}
        data["fields"] = True
        if nested := {name: given for name, given in nested_fields(cls).items() if name not in changed}:
            data["nested"] = nested
    elif constructor is not None and not is_module:
        values = next(assigned for method, assigned in in_methods if method is constructor)
        data |= _own_configuration(cls, constructor, values, counts, api)
    if constructor is None and not is_module and (items := _fields_of_several(cls, counts)):
        data["items"] = items
    if is_module and (sizes := _properties(cls)):
        counts.update(list(sizes))
        data["attributes"] |= {name: text for name, text in sizes.items() if text is not None}
    if is_module and (flow := flow_of(cls)):
        data["flow"] = flow
    if is_module and (constants := _constants(cls, counts, is_final=False)):
        data["constants"] = constants
    changing = sorted(name for name, count in counts.items() if count > 1)
    if changing:
        data["changing"] = changing
    if counts:
        data["assigned"] = sorted(counts)
    if data:
        info.metadata[METADATA] = data


def _unannotated(cls: ClassDef, constructor: FuncDef, api: Any) -> dict[str, Any]:
    """Of the parameters without annotation those that are whole numbers, and those that may be anything."""
    names = unannotated(constructor)
    whole = whole_numbers(cls, constructor, api) if names else []
    found = {"whole": whole, "open": [name for name in names if name not in whole]}
    return {key: value for key, value in found.items() if value}


def _attributes(
    cls: ClassDef,
    constructor: FuncDef,
    values: Sequence[tuple[str, Expression | None]],
    counts: Mapping[str, int],
    api: Any,
) -> dict[str, str]:
    """The attributes that hold a size for good: of those that methods assign, once in the constructor.

    Of a module that is made there, the attributes that hold what it was made with: `linear.in_features`.
    """
    kept = _fallbacks(constructor, api)
    texts = {name: text for name, value in values if (text := _text(value, kept, api)) is not None}
    texts |= dict(layer_sizes(values, api))
    reassigned = set(_reassigned(constructor)) - kept.keys()
    in_class = {target.name for statement in cls.defs.body for target in targets(statement) if _has_value(statement)}
    return {
        name: text
        for name, text in texts.items()
        if counts[name.partition(".")[0]] == 1
        and name not in in_class
        and not any(word in reassigned for word in names_in(text))
    }


def _repeated(values: Sequence[tuple[str, Expression | None]], counts: Mapping[str, int]) -> dict[str, int]:
    """How often less attributes count that the constructor alone assigns, the same size wherever it does."""
    found: dict[str, int] = {}
    for name in {name for name, _ in values if counts[name] > 1}:
        texts = [None if value is None else size_text(value) for other, value in values if other == name]
        if len(texts) == counts[name] and None not in texts and len(set(texts)) == 1:
            found[name] = 1 - len(texts)
    return found


def _text(value: Expression | None, fallbacks: Mapping[str, str], api: Any) -> str | None:
    """The text of a size; of `out or dim` the name of the parameter, which stands for both."""
    found = fallback(value, partial(_is_default, api=api)) if fallbacks else None
    if found is not None and size_text(found[1]) == fallbacks.get(found[0].name, ""):
        return found[0].name
    return None if value is None else size_text(value)


def _fallbacks(constructor: FuncDef, api: Any) -> dict[str, str]:
    return fallbacks_of(constructor, partial(_is_default, api=api))


def _is_default(callee: Expression, api: Any) -> bool:
    """Whether a name is that of a function of the module which fills in for None."""
    symbol = api.modules[api.cur_mod_id].names.get(callee.name) if isinstance(callee, NameExpr) else None
    node = None if symbol is None else symbol.node
    return isinstance(node, FuncDef) and node.fullname.startswith(f"{api.cur_mod_id}.") and is_defaulting(node)


def _own_configuration(
    cls: ClassDef,
    constructor: FuncDef,
    values: Sequence[tuple[str, Expression | None]],
    counts: Mapping[str, int],
    api: Any,
) -> dict[str, Any]:
    """What a class that is no module keeps of the `int` parameters of its constructor, each under its own name."""
    defaults = {
        argument.variable.name: str(argument.initializer.value)
        for argument in constructor.arguments[1:]
        if isinstance(argument.initializer, IntExpr)
    }
    sizes = {one.variable.name for one in constructor.arguments[1:] if _is_int(one.type_annotation)} | set(defaults)
    attributes = _attributes(cls, constructor, values, counts, api).items()
    kept = {name: text for name, text in attributes if name == text and name in sizes}
    known = {name: text for name, text in defaults.items() if name in kept}
    return {"parameters": list(kept), "defaults": known, "attributes": kept} if kept else {}


def _constants(cls: ClassDef, assigned: Container[str], *, is_final: bool) -> dict[str, str]:
    """The numbers that a class body names, as `Final` or not: `width = 3` that no method assigns."""
    found: dict[str, str] = {}
    for statement in cls.defs.body:
        if isinstance(statement, AssignmentStmt) and isinstance(statement.rvalue, IntExpr):
            names = [target.name for target in statement.lvalues if isinstance(target, NameExpr)]
            if _is_final(statement) == is_final:
                found |= {name: str(statement.rvalue.value) for name in names if name not in assigned}
    return found


def _properties(cls: ClassDef) -> dict[str, str | None]:
    """What the properties of a class give, each by its one `return`; None for those that compute more."""
    found: dict[str, str | None] = {}
    for statement in cls.defs.body:
        if isinstance(statement, Decorator) and any(map(_is_property, statement.original_decorators)):
            found[statement.func.name] = _given_back(statement.func)
    return found


def _given_back(function: FuncDef) -> str | None:
    match [one for one in statements(function.body) if not _is_text(one)]:
        case [ReturnStmt(expr=Expression() as value)]:
            return size_text(value)
        case _:
            return None


def _is_text(statement: Statement) -> bool:
    return isinstance(statement, ExpressionStmt) and isinstance(statement.expr, StrExpr)


def _is_property(decorator: Expression) -> bool:
    name = written_name(decorator)
    return name in ("property", "cached_property")


def _is_final(statement: AssignmentStmt) -> bool:
    declared = statement.unanalyzed_type
    return isinstance(declared, UnboundType) and declared.name.rpartition(".")[2] == "Final"


def _has_value(statement: Statement) -> bool:
    return isinstance(statement, AssignmentStmt) and not isinstance(statement.rvalue, TempNode)


def _reassigned(function: FuncDef) -> list[str]:
    changed = [rooted(target)[0] for target, _ in assignments(function.body)]
    return [one.name for one in changed if isinstance(one, NameExpr) and one.name != "self"]


def _super_arguments(constructor: FuncDef, info: TypeInfo, api: Any) -> dict[str, str | None] | None:
    """What a constructor passes to its parent's, by keyword or as `#0`; None where that cannot be read.

    `**` stands for what else may be passed; of several calls what all of them pass counts.
    """
    found = [call for statement in statements(constructor.body) if (call := _super_call(statement, info)) is not None]
    if not found:
        return None
    changed = set(_reassigned(constructor)) - _fallbacks(constructor, api).keys()
    calls = [_passed(call, changed) for call in found]
    names = {name for call in calls for name in call}
    return {
        name: calls[0].get(name) if all(one.get(name) == calls[0].get(name) for one in calls) else None
        for name in sorted(names)
    }


def _super_call(statement: Statement, info: TypeInfo) -> CallExpr | None:
    """The call of the parent's constructor: `super().__init__(d)`, `Base.__init__(self, d)`."""
    call = getattr(statement, "expr", None)
    if not isinstance(call, CallExpr) or not isinstance(call.callee, SuperExpr | MemberExpr):
        return None
    if call.callee.name != "__init__" or isinstance(call.callee, SuperExpr):
        return call if call.callee.name == "__init__" else None
    receiver = call.args[0] if call.args else None
    owner = getattr(call.callee.expr, "name", None)
    is_base = any(base.type.name == owner for base in info.bases)
    return call if is_base and isinstance(receiver, NameExpr) and receiver.name == "self" else None


def _passed(call: CallExpr, changed: set[str]) -> dict[str, str | None]:
    """What one call passes; `changed` are the names that have other values than the parameters."""
    found: dict[str, str | None] = {}
    given = list(zip(call.arg_kinds, call.arg_names, call.args, strict=True))
    for place, (kind, name, value) in enumerate(given[0 if isinstance(call.callee, SuperExpr) else 1 :]):
        if kind.is_star():
            found[REST] = None
        elif name is not None or REST not in found:
            text = size_text(value)
            found[name or f"#{place}"] = None if text is None or changed & set(names_in(text)) else text
    return found


def _fields(cls: ClassDef) -> dict[str, str | None]:
    """The `int` fields of a class that declares them in its body, with their defaults."""
    found: dict[str, str | None] = {}
    for statement in cls.defs.body:
        if not isinstance(statement, AssignmentStmt) or statement.type is None:
            continue
        target = statement.lvalues[0]
        if isinstance(target, NameExpr) and _is_int(statement.unanalyzed_type or statement.type):
            found[target.name] = size_text(_default_of(statement.rvalue))
    return found


def _fields_of_several(cls: ClassDef, assigned: Container[str]) -> dict[str, list[str | None]]:
    """The fields that are tuples of so many `int`s and no method assigns, with the defaults of their items."""
    found: dict[str, list[str | None]] = {}
    for statement in cls.defs.body:
        if not isinstance(statement, AssignmentStmt) or not isinstance(target := statement.lvalues[0], NameExpr):
            continue
        count = _count_of_ints(statement.unanalyzed_type or statement.type)
        if count and target.name not in assigned:
            given = _default_of(statement.rvalue)
            items = given.items if isinstance(given, TupleExpr) else []
            found[target.name] = [size_text(item) for item in items] if len(items) == count else [None] * count
    return found


def _count_of_ints(annotation: Type | None) -> int:
    """How many `int`s a tuple has by its annotation; 0 for what is no such tuple."""
    declared = get_proper_type(annotation)
    if not isinstance(declared, UnboundType) or declared.name not in ("tuple", "Tuple", "typing.Tuple"):
        return 0
    return len(declared.args) if all(map(_is_int, declared.args)) else 0


def _default_of(value: Expression) -> Expression:
    """The default of a field: `4` of `field(default=4)`."""
    if isinstance(value, CallExpr) and written_name(value.callee) == "field" and "default" in value.arg_names:
        return value.args[value.arg_names.index("default")]
    return value


def _inherited_fields(info: TypeInfo, api: Any) -> dict[str, str | None]:
    """The `int` fields that a dataclass has from its bases, with their defaults."""
    found: dict[str, str | None] = {}
    for base in reversed(info.mro[1:]):
        data = base.metadata.get(METADATA, {})
        if data.get("fields"):
            depend_on_class(api, base)
            found |= {name: data["defaults"].get(name) for name in data["attributes"]}
    return {name: text for name, text in found.items() if name not in _declared_names(info.defn)}


def _declared_names(cls: ClassDef) -> set[str]:
    """What a class body assigns or declares anew, as a number or as something else."""
    bodies = [statement for statement in cls.defs.body if isinstance(statement, AssignmentStmt)]
    return {target.name for one in bodies for target in one.lvalues if isinstance(target, NameExpr)}


def _is_int(annotation: Type | None) -> bool:
    """Whether an annotation, analyzed or not, is `int`."""
    declared = get_proper_type(annotation)
    is_written = isinstance(declared, UnboundType) and declared.name == "int"
    return is_written or (isinstance(declared, Instance) and declared.type.fullname == "builtins.int")
