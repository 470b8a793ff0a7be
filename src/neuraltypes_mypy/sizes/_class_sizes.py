"""Sizes that a class is known to have: its constructor's parameters, and what its attributes hold in these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from mypy.nodes import Expression, FuncDef, TypeInfo, Var
from mypy.types import CallableType, Instance, Type, UnionType, get_proper_type

from neuraltypes._sizes import Size, Symbol, named, size_from_expression
from neuraltypes_mypy.base._names import METADATA, MODULE
from neuraltypes_mypy.source._size_texts import size_text
from neuraltypes_mypy.tensors._sized_ints import is_int

REST: Final = "**"
"""Under this name is kept that more may be passed to a constructor than can be read."""


def is_configured(info: TypeInfo) -> bool:
    """Whether the constructor's parameters of a class are followed."""
    return info.has_base(MODULE)


def has_configuration(info: TypeInfo) -> bool:
    """Whether instances of a class remember sizes that they were made with."""
    for base in info.mro:
        data = base.metadata.get(METADATA)
        if data and any(data.get(key) for key in ("parameters", "attributes", "constants", "nested")):
            return True
    return False


def kept_of(info: TypeInfo) -> Mapping[str, Any]:
    """What is kept with a class of its own methods and body."""
    found = info.metadata.get(METADATA)
    return found if isinstance(found, dict) else {}


def is_changing(info: TypeInfo, name: str) -> bool:
    """Whether an attribute is assigned in more places than one, of which some may be in subclasses."""
    count = 0
    for base in info.mro:
        data = base.metadata.get(METADATA)
        if data and name in data.get("changing", ()):
            return True
        if data and name in data.get("assigned", ()):
            count += 1
    return count > 1


def assigns(info: TypeInfo, name: str) -> bool:
    """Whether a method that a class itself defines assigns an attribute; of torch's own classes nothing is kept."""
    return name in kept_of(info).get("assigned", ())


def is_computed(info: TypeInfo, name: str) -> bool:
    """Whether the source shows how an attribute is made, as more than a size: it may be equal to any other."""
    return any(assigns(base, name) for base in info.mro)


def parameter_names_of(info: TypeInfo) -> list[str]:
    """The parameters of the constructor that a class has or inherits."""
    for base in info.mro:
        if "parameters" in kept_of(base):
            return list(kept_of(base)["parameters"])
    return []


def item_defaults(info: TypeInfo) -> Mapping[str, list[str | None]]:
    """The fields of a class that are tuples of a fixed number of `int`s, with the defaults of their items."""
    return {name: items for base in reversed(info.mro) for name, items in kept_of(base).get("items", {}).items()}


def lasting_symbols(info: TypeInfo) -> frozenset[Symbol]:
    """The constructors' parameters, in which the shapes of attributes hold for good.

    Not those with 0 for default: what is written without them (`padding: int = 0`) is meant where they are not given.
    """
    return frozenset(
        Symbol(name, base.fullname)
        for base in info.mro
        for name in kept_of(base).get("parameters", ())
        if kept_of(base)["defaults"].get(name) != "0"
    )


def is_open(info: TypeInfo, size: Size) -> bool:
    """Whether a size is computed of parameters that have no annotation and may be anything, as tuples are."""
    owners = {base.fullname: base for base in info.mro}
    known = ((one, kept_of(owners[one.scope])) for one in size.symbols() if one.scope in owners)
    return any(one.name.partition(".")[0] in kept.get("open", ()) for one, kept in known)


def is_whole(variable: Var, function: FuncDef) -> bool:
    """Whether a parameter of a constructor has no annotation, and is a whole number for certain."""
    is_constructor = function.name == "__init__" and bool(function.info)
    return is_constructor and variable.name in kept_of(function.info).get("whole", ())


def has_sizes(info: TypeInfo, name: str) -> bool:
    """Whether an attribute may hold a size that the constructor decides."""
    for base in info.mro:
        data = base.metadata.get(METADATA)
        if data and (name in data.get("attributes", ()) or name in data.get("constants", ())):
            return True
    return False


def attribute_size(info: TypeInfo, name: str) -> Size | None:
    """What an attribute holds, in the constructor's parameters of the class that sets it.

    A constant of the class may be another one in a subclass, so it is known of an instance only when that is made.
    """
    size = size_of_attribute(info, name)
    if size is None:
        return None
    owners = {base.fullname: base for base in info.mro}
    known = {one: parameter_size(owners[one.scope], one.name) for one in size.symbols() if one.scope in owners}
    return size.replace(known)


def size_in_constructor(info: TypeInfo, expression: Expression) -> Size | None:
    """What an expression in the constructor of a class is, in its parameters."""
    text = size_text(expression)
    size = None if text is None else read_text(info, text, set())
    return None if size is None else size.replace({one: parameter_size(info, one.name) for one in size.symbols()})


def parameter_size(info: TypeInfo, name: str) -> Size:
    """A parameter of a constructor; one that is passed on as it is has the name that it has in the class behind."""
    base = next(_with_constructor(info.mro[1:]), None)
    if base is not None:
        for label, text in (kept_of(info).get("super") or {}).items():
            passed = parameter_of(label, kept_of(base)["parameters"])
            if text and f"{name}.".startswith(f"{text}.") and passed in kept_of(base)["parameters"]:
                return parameter_size(base, passed + name.removeprefix(text))
    return named(name, info.fullname)


def _with_constructor(infos: Iterable[TypeInfo]) -> Iterator[TypeInfo]:
    return (
        info
        for info in infos
        if "parameters" in kept_of(info) and (kept_of(info)["parameters"] or "super" in kept_of(info))
    )


def constructor_sizes(info: TypeInfo) -> frozenset[Symbol]:
    """The parameters of a module's constructor that are declared as `int`, or are whole numbers without that."""
    constructor = info.get_method("__init__") if is_configured(info) else None
    signature = None if constructor is None else get_proper_type(constructor.type)
    if not isinstance(signature, CallableType):
        return frozenset()
    declared = zip(signature.arg_names, signature.arg_types, strict=True)
    owner = constructor.info.fullname if constructor is not None else ""
    whole = () if constructor is None else kept_of(constructor.info).get("whole", ())
    return frozenset(Symbol(name, owner) for name, type_ in declared if name and (is_int(type_) or name in whole))


def handed_modules(info: TypeInfo) -> frozenset[Symbol]:
    """The parameters of a module's constructors that are declared to be modules."""
    found: set[Symbol] = set()
    for owner in _with_constructor(info.mro):
        symbol = owner.names.get("__init__")
        signature = None if symbol is None else get_proper_type(symbol.type)
        if isinstance(signature, CallableType):
            declared = zip(signature.arg_names[1:], signature.arg_types[1:], strict=True)
            found |= {Symbol(name, owner.fullname) for name, type_ in declared if name and _is_module(type_)}
    return frozenset(found)


def _is_module(declared: Type) -> bool:
    proper = get_proper_type(declared)
    items = [get_proper_type(one) for one in proper.items] if isinstance(proper, UnionType) else [proper]
    return any(isinstance(one, Instance) and is_configured(one.type) for one in items)


def holds_size(info: TypeInfo, name: str) -> bool:
    """Whether an attribute of a module holds a whole number that its constructor decides, and no method changes."""
    if is_changing(info, name):
        return False
    symbol = info.get(name)
    is_number = symbol is not None and isinstance(symbol.node, Var) and is_int(symbol.node.type)
    return has_sizes(info, name) or (is_number and info.module_name.startswith("torch."))


def inherited_sizes(info: TypeInfo) -> dict[Symbol, Size | None]:
    """What the constructors behind that of a class are given, in the names of the class; None where that is not known.

    What is passed on as it is has one name in both, and is left out.
    """
    found: dict[Symbol, Size | None] = {}
    chain = list(_with_constructor(info.mro))
    for base, behind in pairwise(chain):
        parameters: list[str] = kept_of(behind)["parameters"]
        passed: Mapping[str, str | None] = kept_of(base).get("super") or {REST: None}
        texts = {parameter_of(label, parameters): text for label, text in passed.items()}
        for name in parameters:
            default = None if REST in texts else kept_of(behind)["defaults"].get(name)
            text = texts.get(name, default)
            size = None if text is None else read_text(base, text, set())
            found[Symbol(name, behind.fullname)] = None if size is None else _named_in(info, base, size, found)
    return {symbol: size for symbol, size in found.items() if size is None or size.symbol != symbol}


def _named_in(info: TypeInfo, base: TypeInfo, size: Size, found: Mapping[Symbol, Size | None]) -> Size | None:
    """A size in the names of a base class, in those of the class itself."""
    if base is info:
        return size.replace({one: parameter_size(info, one.name) for one in size.symbols()})
    known = {one: found.get(one) for one in size.symbols()}
    return None if None in known.values() else size.replace({one: other for one, other in known.items() if other})


def default_sizes(info: TypeInfo) -> dict[Symbol, Size]:
    """The numbers that a constructor's parameters are where they are not given, and the fields of configurations."""
    owner = next(_with_constructor(info.mro), None)
    if owner is None:
        return {}
    texts: dict[str, str] = dict(kept_of(owner)["defaults"])
    constructor = owner.names.get("__init__")
    signature = None if constructor is None else get_proper_type(constructor.type)
    if isinstance(signature, CallableType):
        for name, type_ in zip(signature.arg_names, signature.arg_types, strict=True):
            declared = get_proper_type(type_)
            fields = (
                kept_of(declared.type) if isinstance(declared, Instance) and not is_configured(declared.type) else {}
            )
            texts |= {f"{name}.{field}": text for field, text in fields.get("defaults", {}).items()}
            texts |= {
                f"{name}.{field}[{place}]": text
                for field, items in fields.get("items", {}).items()
                for place, text in enumerate(items)
                if text is not None
            }
    sizes = {
        parameter_size(owner, name).symbol: size_from_expression(text, lambda _: None) for name, text in texts.items()
    }
    return {symbol: size for symbol, size in sizes.items() if symbol is not None and size is not None}


def fallback_sizes(info: TypeInfo) -> dict[Symbol, Size]:
    """What a constructor's parameters stand for where they are left out, in those that must be given."""
    owner = next(_with_constructor(info.mro), None)
    texts: Mapping[str, str] = {} if owner is None else kept_of(owner).get("fallbacks", {})
    if owner is None or not texts:
        return {}
    read = {name: read_text(owner, text, set()) for name, text in texts.items()}
    found = {Symbol(name, owner.fullname): size for name, size in read.items() if size is not None}
    for _ in texts:  # one may stand for another
        found = {symbol: whole for symbol, size in found.items() if (whole := size.replace(found)) is not None}
    names = {one: parameter_size(owner, one.name) for size in found.values() for one in size.symbols()}
    shown = {parameter_size(owner, symbol.name).symbol: size.replace(names) for symbol, size in found.items()}
    return {symbol: size for symbol, size in shown.items() if symbol is not None and size is not None}


def size_of_attribute(info: TypeInfo, name: str) -> Size | None:
    """The same in the parameters of each class as they are called there."""
    for base in info.mro:
        if name in kept_of(base).get("constants", ()):
            return None
        text = _attribute_text(base, name)
        if text is not None:
            return read_text(base, text, {name})
        if assigns(base, name.partition(".")[0]):
            return None
    return None


def read_text(info: TypeInfo, text: str, reading: set[str]) -> Size | None:
    """The size that a text in a constructor is, while the attributes `reading` are read."""
    return size_from_expression(text, lambda inner: _class_read(info, inner, reading))


def _class_read(info: TypeInfo, name: str, reading: set[str]) -> Size | None:
    if name.startswith("self."):
        attribute = name.removeprefix("self.")
        text = _attribute_text(info, attribute)
        if text is None or attribute in reading:
            return None
        return read_text(info, text, reading | {attribute})
    return named(name, info.fullname) if name.partition(".")[0] in kept_of(info).get("parameters", ()) else None


def _attribute_text(info: TypeInfo, name: str) -> str | None:
    """What an attribute holds in the source: `d`; `self.config = config` makes `config.d` of `self.config.d`."""
    owner, _, inner = name.partition(".")
    texts: Mapping[str, str] = kept_of(info).get("attributes", {})
    if name in texts:
        return texts[name]
    text = texts.get(owner)
    is_name = text is not None and text.replace(".", "").isidentifier()
    return f"{text}.{inner}" if inner and is_name else None if inner else text


def parameter_of(name: str, parameters: list[str]) -> str:
    """The name of a parameter that is given as `#0`, by its place, or by its name."""
    owner, dot, inner = name.partition(".")
    place = int(owner.removeprefix("#")) if owner.startswith("#") else None
    return f"{parameters[place]}{dot}{inner}" if place is not None and place < len(parameters) else name
