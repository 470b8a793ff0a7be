"""Configurations: the sizes that a module's constructor takes, and the attributes that hold them.

What a class does with its `int` parameters is read once, when mypy meets the class, and kept with it:
`self.d = d_model` makes `self.d` the size `d_model`. What an instance was made with travels with its type.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    ClassDef,
    Expression,
    FuncDef,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    Statement,
    SuperExpr,
    TempNode,
    TypeInfo,
    UnaryExpr,
)
from mypy.types import AnyType, ExtraAttrs, Instance, ProperType, Type, TypeOfAny, UnboundType, get_proper_type

from neuraltypes._sizes import OPERATIONS, Size, Symbol, named, number, size_from_expression
from neuraltypes_mypy._atoms import atom, note_of, noted_any, size_of_atom
from neuraltypes_mypy._buffers import announced_names, registered_names
from neuraltypes_mypy._layers import layer_sizes
from neuraltypes_mypy._names import MODULE
from neuraltypes_mypy._statements import attribute_values, methods, statements, targets
from neuraltypes_mypy._walk import replace

_KEY: Final = "neuraltypes"
PREFIX: Final = "neuraltypes."
MADE_AT: Final = "neuraltypes:made at"
_PARAMETER: Final = "neuraltypes:"  # no attribute has such a name


def record_configuration(cls: ClassDef, api: Any) -> None:
    """Keep with a class what its constructor does with its parameters; doing it again changes nothing."""
    info = cls.info
    in_methods = [(method, list(attribute_values(method))) for method in methods(cls.defs)]
    constructor = next((method for method, _ in in_methods if method.name == "__init__"), None)
    is_module = is_configured(info)
    counts = Counter(name for _, assigned in in_methods for name, _ in assigned)
    counts.update(name for method, _ in in_methods if method is not constructor for name in registered_names(method))
    data: dict[str, Any] = {}
    if constructor is not None and is_module:
        data["parameters"] = [argument.variable.name for argument in constructor.arguments[1:]]
        data["defaults"] = {
            argument.variable.name: text
            for argument in constructor.arguments[1:]
            if argument.initializer is not None and (text := _text(argument.initializer)) is not None
        }
        values = next(assigned for method, assigned in in_methods if method is constructor)
        found = _attributes(cls, constructor, values, counts, api)
        data["attributes"] = {**_constants(cls, counts, is_final=True), **found}
        data["super"] = _super_arguments(constructor)
        if buffers := announced_names(constructor):
            data["buffers"] = buffers
    elif constructor is None and is_module:
        data["parameters"], data["defaults"], data["attributes"] = [], {}, _constants(cls, counts, is_final=True)
    elif constructor is None and (fields := _fields(cls)):
        changed = {name for method in methods(cls.defs) for name, _ in attribute_values(method)}  # in `__post_init__`
        known = {name: text for name, text in fields.items() if name not in changed}
        data["parameters"], data["defaults"] = list(fields), {name: text for name, text in known.items() if text}
        data["attributes"] = {name: name for name in known}
        data["fields"] = True
    elif constructor is not None and not is_module:
        values = next(assigned for method, assigned in in_methods if method is constructor)
        data |= _own_configuration(cls, constructor, values, counts, api)
    if is_module and (constants := _constants(cls, counts, is_final=False)):
        data["constants"] = constants
    changing = sorted(name for name, count in counts.items() if count > 1)
    if changing:
        data["changing"] = changing
    if counts:
        data["assigned"] = sorted(counts)
    if data:
        info.metadata[_KEY] = data


def is_configured(info: TypeInfo) -> bool:
    """Whether the constructor's parameters of a class are followed."""
    return info.has_base(MODULE)


def has_configuration(info: TypeInfo) -> bool:
    """Whether instances of a class remember sizes that they were made with."""
    for base in info.mro:
        data = base.metadata.get(_KEY)
        if data and (data.get("parameters") or data.get("attributes") or data.get("constants")):
            return True
    return False


def _data(info: TypeInfo) -> Mapping[str, Any]:
    found = info.metadata.get(_KEY)
    return found if isinstance(found, dict) else {}


def is_changing(info: TypeInfo, name: str) -> bool:
    """Whether an attribute is assigned in more places than one, of which some may be in subclasses."""
    count = 0
    for base in info.mro:
        data = base.metadata.get(_KEY)
        if data and name in data.get("changing", ()):
            return True
        if data and name in data.get("assigned", ()):
            count += 1
    return count > 1


def assigns(info: TypeInfo, name: str) -> bool:
    """Whether a method that a class itself defines assigns an attribute; of torch's own classes nothing is kept."""
    return name in _data(info).get("assigned", ())


def parameter_names_of(info: TypeInfo) -> list[str]:
    """The parameters of the constructor that a class has or inherits."""
    for base in info.mro:
        if "parameters" in _data(base):
            return list(_data(base)["parameters"])
    return []


def lasting_symbols(info: TypeInfo) -> frozenset[Symbol]:
    """The constructors' parameters, in which the shapes of attributes hold for good.

    Not those with 0 for default: what is written without them (`padding: int = 0`) is meant where they are not given.
    """
    return frozenset(
        Symbol(name, base.fullname)
        for base in info.mro
        for name in _data(base).get("parameters", ())
        if _data(base)["defaults"].get(name) != "0"
    )


def has_sizes(info: TypeInfo, name: str) -> bool:
    """Whether an attribute may hold a size that the constructor decides."""
    for base in info.mro:
        data = base.metadata.get(_KEY)
        if data and (name in data.get("attributes", ()) or name in data.get("constants", ())):
            return True
    return False


def attribute_size(info: TypeInfo, name: str) -> Size | None:
    """What an attribute holds, in the constructor's parameters of the class that sets it.

    A constant of the class may be another one in a subclass, so it is known of an instance only when that is made.
    """
    size = _attribute_size(info, name)
    if size is None:
        return None
    owners = {base.fullname: base for base in info.mro}
    known = {one: parameter_size(owners[one.scope], one.name) for one in size.symbols() if one.scope in owners}
    return size.replace(known)


def size_in_constructor(info: TypeInfo, expression: Expression) -> Size | None:
    """What an expression in the constructor of a class is, in its parameters."""
    text = _text(expression)
    size = None if text is None else _read_text(info, text, set())
    return None if size is None else size.replace({one: parameter_size(info, one.name) for one in size.symbols()})


def parameter_size(info: TypeInfo, name: str) -> Size:
    """A parameter of a constructor; one that is passed on as it is has the name that it has in the class behind."""
    base = next((one for one in info.mro[1:] if "parameters" in _data(one)), None)
    owner, dot, inner = name.partition(".")
    if base is not None:
        for label, text in (_data(info).get("super") or {}).items():
            passed = _parameter(label, _data(base)["parameters"])
            if text == owner and passed in _data(base)["parameters"]:
                return parameter_size(base, f"{passed}{dot}{inner}")
    return named(name, info.fullname)


def _attribute_size(info: TypeInfo, name: str) -> Size | None:
    """The same in the parameters of each class as they are called there."""
    for base in info.mro:
        if name in _data(base).get("constants", ()):
            return None
        text = _attribute_text(base, name)
        if text is not None:
            return _read_text(base, text, {name})
        if assigns(base, name.partition(".")[0]):
            return None
    return None


def _read_text(info: TypeInfo, text: str, reading: set[str]) -> Size | None:
    return size_from_expression(text, lambda inner: _class_read(info, inner, reading))


def _class_read(info: TypeInfo, name: str, reading: set[str]) -> Size | None:
    if name.startswith("self."):
        attribute = name.removeprefix("self.")
        text = _attribute_text(info, attribute)
        if text is None or attribute in reading:
            return None
        return _read_text(info, text, reading | {attribute})
    return named(name, info.fullname) if name.partition(".")[0] in _data(info).get("parameters", ()) else None


def _attribute_text(info: TypeInfo, name: str) -> str | None:
    """What an attribute holds in the source: `d`; `self.config = config` makes `config.d` of `self.config.d`."""
    owner, _, inner = name.partition(".")
    texts: Mapping[str, str] = _data(info).get("attributes", {})
    if name in texts:
        return texts[name]
    text = texts.get(owner)
    return f"{text}.{inner}" if text is not None and inner and text.isidentifier() else None if inner else text


def configured(instance: Instance, given: Mapping[str, Size | None], int_type: Instance, place: str) -> Instance:
    """The instance that a constructor gives, with the sizes that it was given (None: unknown) or has by default."""
    attributes, parameters = _sizes(instance.type, given)
    if not attributes and not parameters:
        return instance
    sizes = {PREFIX + name: size for name, size in attributes.items()}
    sizes |= {f"{_PARAMETER}{symbol.name}@{symbol.scope}": size for symbol, size in parameters.items()}
    attrs: dict[str, Type] = {} if instance.extra_attrs is None else dict(instance.extra_attrs.attrs)
    attrs |= {name: atom(size, str(size), int_type) for name, size in sizes.items()}
    attrs[MADE_AT] = noted_any(place)
    result = instance.copy_modified()
    result.extra_attrs = ExtraAttrs(attrs)
    return result


def place_text(path: str, line: int) -> str:
    """Where something was made, as notes say it."""
    return f"{os.path.basename(path)}:{line}"  # noqa: PTH119 - asked for at every constructor


def made_at(instance: ProperType) -> str | None:
    """Where an instance was made: `models.py:12`."""
    if not isinstance(instance, Instance) or instance.extra_attrs is None:
        return None
    note = instance.extra_attrs.attrs.get(MADE_AT)
    return None if note is None else note_of(get_proper_type(note))


def configuration(instance: ProperType) -> dict[str, Size]:
    """The sizes that an instance's attributes are known to hold, by name."""
    return _kept(instance, PREFIX)


def _kept(instance: ProperType, prefix: str) -> dict[str, Size]:
    if not isinstance(instance, Instance) or instance.extra_attrs is None:
        return {}
    found = {
        name.removeprefix(prefix): size_of_atom(get_proper_type(type_))
        for name, type_ in instance.extra_attrs.attrs.items()
        if name.startswith(prefix)
    }
    return {name: size for name, size in found.items() if size is not None}


def seen_from_outside(type_: Type, receiver: Instance, int_type: Instance) -> Type:
    """The type of an attribute of `receiver`, in whose class it is in the names of the constructor.

    Those are replaced by what `receiver` was made with; what then still has such a name is forgotten.
    """
    known: dict[Symbol, Size] = {}
    for key, size in _kept(receiver, _PARAMETER).items():
        name, _, scope = key.partition("@")
        known[Symbol(name, scope)] = size
    scopes = {base.fullname for base in receiver.type.mro}

    def seen(size: Size) -> Size | None:
        is_inner = any(symbol.scope in scopes and symbol not in known for symbol in size.symbols())
        return None if is_inner else size.replace(known)

    return with_sizes(type_, seen, int_type)


def with_sizes(type_: Type, change: Callable[[Size], Size | None], int_type: Instance) -> Type:
    """`type_` with each size in it changed, also in what instances were made with; None forgets it."""

    def one(proper: ProperType) -> Type | None:
        size = size_of_atom(proper)
        if size is not None:
            changed = change(size)
            if changed == size:
                return proper
            return AnyType(TypeOfAny.special_form) if changed is None else atom(changed, str(changed), int_type)
        if not isinstance(proper, Instance) or proper.extra_attrs is None:
            return None
        attrs = {name: with_sizes(item, change, int_type) for name, item in proper.extra_attrs.attrs.items()}
        result = proper.copy_modified(args=[with_sizes(arg, change, int_type) for arg in proper.args])
        result.extra_attrs = ExtraAttrs(attrs)
        return result

    return replace(type_, one)


def _sizes(info: TypeInfo, given: Mapping[str, Size | None]) -> tuple[dict[str, Size], dict[Symbol, Size]]:
    """The sizes of the attributes of an instance, and of the constructors' parameters, from those that were given."""
    found: dict[str, Size] = {}
    parameters: dict[Symbol, Size] = {}
    passed: Mapping[str, Size | None] | None = given
    for base in (base for base in info.mro if "parameters" in _data(base)):
        if passed is None:
            break
        data = _data(base)
        for name, text in data.get("constants", {}).items():
            if not any(name in _data(other).get("attributes", ()) for other in info.mro):
                found.setdefault(name, number(int(text)))
        if not data["parameters"] and "super" not in data:  # it has no constructor of its own
            for name in data["attributes"]:
                if (size := _attribute_size(base, name)) is not None:
                    found.setdefault(name, size)
            continue
        sizes = {_parameter(name, data["parameters"]): size for name, size in passed.items()}
        for name, text in data["defaults"].items():
            if name not in sizes:  # left to its default
                sizes[name] = size_from_expression(text, lambda _: None)
        replaced = {Symbol(name, base.fullname): size for name, size in sizes.items() if size is not None}
        known = data["parameters"]
        parameters |= {one: size for one, size in replaced.items() if one.name.partition(".")[0] in known}
        for name in (*data.get("attributes", {}), *_attributes_of_attributes(data, sizes)):
            size = None if _is_replaced(info, base, name) else _attribute_size(base, name)
            if size is None or any(one.scope == base.fullname and one not in replaced for one in size.symbols()):
                continue
            value = size.replace(replaced)
            if value is not None:
                found.setdefault(name, value)
        passed = _passed_on(base, data, replaced)
    return found, parameters


def _is_replaced(info: TypeInfo, owner: TypeInfo, name: str) -> bool:
    """Whether a class below the one that sets an attribute sets it again, or the module that it is one of."""
    return any(assigns(one, name.partition(".")[0]) for one in info.mro[: info.mro.index(owner)])


def _attributes_of_attributes(data: Mapping[str, Any], given: Mapping[str, Size | None]) -> list[str]:
    """`config.d` for `self.config = config`, where the `d` of what is given for `config` is known."""
    pairs = [name.partition(".") for name in given]
    held = data.get("attributes", {}).items()
    return [f"{attribute}.{inner}" for attribute, text in held for owner, _, inner in pairs if inner and owner == text]


def _parameter(name: str, parameters: list[str]) -> str:
    owner, dot, inner = name.partition(".")
    place = int(owner.removeprefix("#")) if owner.startswith("#") else None
    return f"{parameters[place]}{dot}{inner}" if place is not None and place < len(parameters) else name


def _passed_on(
    info: TypeInfo, data: Mapping[str, Any], replaced: Mapping[Symbol, Size]
) -> dict[str, Size | None] | None:
    arguments = data.get("super")
    if arguments is None:
        return None
    passed: dict[str, Size | None] = {}
    for name, text in arguments.items():
        size = None if text is None else _read_text(info, text, set())
        passed[name] = None if size is None else size.replace(replaced)
        if text is not None and text.isidentifier():
            within = {one.name: known for one, known in replaced.items() if one.name.startswith(f"{text}.")}
            passed |= {f"{name}.{one.partition('.')[2]}": known for one, known in within.items()}
    return passed


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
    texts = {name: text for name, value in values if value is not None and (text := _text(value)) is not None}
    texts |= dict(layer_sizes(values, api, _text))
    reassigned = set(_reassigned(constructor))
    in_class = {target.name for statement in cls.defs.body for target in targets(statement) if _has_value(statement)}
    return {
        name: text
        for name, text in texts.items()
        if counts[name.partition(".")[0]] == 1
        and name not in in_class
        and not any(word in reassigned for word in _words(text))
    }


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


def _is_final(statement: AssignmentStmt) -> bool:
    declared = statement.unanalyzed_type
    return isinstance(declared, UnboundType) and declared.name.rpartition(".")[2] == "Final"


def _has_value(statement: Statement) -> bool:
    return isinstance(statement, AssignmentStmt) and not isinstance(statement.rvalue, TempNode)


def _words(text: str) -> list[str]:
    import re

    return re.findall(r"[^\W\d]\w*", text)


def _reassigned(function: FuncDef) -> list[str]:
    from neuraltypes_mypy._statements import assignments

    targets = [target for target, _ in assignments(function.body)]
    owners = [target.expr for target in targets if isinstance(target, MemberExpr)]
    changed = [one.name for one in (*targets, *owners) if isinstance(one, NameExpr)]
    return [name for name in changed if name != "self"]


def _super_arguments(constructor: FuncDef) -> dict[str, str | None] | None:
    """What a constructor passes to its parent's, by keyword or as `#0`; None where that cannot be read."""
    for statement in statements(constructor.body):
        call = getattr(statement, "expr", None)
        if isinstance(call, CallExpr) and isinstance(call.callee, SuperExpr) and call.callee.name == "__init__":
            if any(kind.is_star() for kind in call.arg_kinds):
                return None
            pairs = enumerate(zip(call.arg_names, call.args, strict=True))
            texts = {name or f"#{place}": _text(value) for place, (name, value) in pairs}
            changed = set(_reassigned(constructor))
            return {key: None if text is None or changed & set(_words(text)) else text for key, text in texts.items()}
    return None


def _fields(cls: ClassDef) -> dict[str, str | None]:
    """The `int` fields of a class that declares them in its body, with their defaults."""
    found: dict[str, str | None] = {}
    for statement in cls.defs.body:
        if not isinstance(statement, AssignmentStmt) or statement.type is None:
            continue
        target = statement.lvalues[0]
        if isinstance(target, NameExpr) and _is_int(statement.unanalyzed_type or statement.type):
            found[target.name] = _text(statement.rvalue)
    return found


def _is_int(annotation: Type | None) -> bool:
    """Whether an annotation, analyzed or not, is `int`."""
    declared = get_proper_type(annotation)
    is_written = isinstance(declared, UnboundType) and declared.name == "int"
    return is_written or (isinstance(declared, Instance) and declared.type.fullname == "builtins.int")


def _text(expression: Expression) -> str | None:
    """A size in the source, of numbers, names and attributes of `self`; None where it is anything else."""
    match expression:
        case IntExpr(value=value):
            return str(value)
        case NameExpr(name=name):
            return name if name not in ("None", "True", "False") else None
        case MemberExpr(expr=NameExpr(name=owner), name=name):
            return f"{owner}.{name}"
        case MemberExpr(expr=MemberExpr(expr=NameExpr(name="self"), name=owner), name=name):
            return f"self.{owner}.{name}"
        case UnaryExpr(op="-"):
            inner = _text(expression.expr)
            return None if inner is None else f"(-{inner})"
        case OpExpr(op=operator) if operator in OPERATIONS:
            left, right = _text(expression.left), _text(expression.right)
            return None if left is None or right is None else f"({left}{operator}{right})"
        case _:
            return None
