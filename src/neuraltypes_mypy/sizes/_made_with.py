"""What instances were made with: sizes and the place, which travel with an instance's type."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping
from typing import Any, Final

from mypy.nodes import TypeInfo
from mypy.types import AnyType, Instance, ProperType, Type, TypeOfAny, get_proper_type

from neuraltypes._sizes import Size, Symbol, number, size_from_expression
from neuraltypes_mypy.base._types import keeping, kept_with
from neuraltypes_mypy.sizes._class_sizes import REST, assigns, kept_of, parameter_of, read_text, size_of_attribute
from neuraltypes_mypy.sizes._nested import nested_sizes
from neuraltypes_mypy.tensors._atoms import atom, noted_any, size_of_atom
from neuraltypes_mypy.tensors._members import MADE_AT, made_at
from neuraltypes_mypy.tensors._walk import replace

PREFIX: Final = "neuraltypes."
_PARAMETER: Final = "neuraltypes:"  # no attribute has such a name


def configured(
    instance: Instance,
    given: Mapping[str, Size | None],
    int_type: Instance,
    place: str,
    left_out: Container[str] = (),
) -> Instance:
    """The instance that a constructor gives, with the sizes that it was given (None: unknown) or has by default.

    Of what is given as None (`left_out`), with the size that stands for it then.
    """
    kept = next((data for one in instance.type.mro if "parameters" in (data := kept_of(one))), {})
    absent = [name for name in kept.get("fallbacks", ()) if name in left_out]
    attributes, parameters = _sizes(instance.type, {name: size for name, size in given.items() if name not in absent})
    if not attributes and not parameters:
        return instance
    return _with_sizes(instance, attributes, parameters, int_type, place)


def _with_sizes(
    instance: Instance,
    attributes: Mapping[str, Size],
    parameters: Mapping[Symbol, Size],
    int_type: Instance,
    place: str,
) -> Instance:
    sizes = {PREFIX + name: size for name, size in attributes.items()}
    sizes |= {f"{_PARAMETER}{symbol.name}@{symbol.scope}": size for symbol, size in parameters.items()}
    attrs = dict(kept_with(instance))
    attrs |= {name: atom(size, str(size), int_type) for name, size in sizes.items()}
    attrs[MADE_AT] = noted_any(place)
    return keeping(instance, attrs)


def held_configuration(type_: Type, holder: ProperType, name: str, int_type: Instance) -> Type:
    """The configuration that another one holds, with the sizes that it has there."""
    instance, sizes = get_proper_type(type_), inner_sizes(holder, name)
    if not sizes or not isinstance(instance, Instance):
        return type_
    return _with_sizes(instance, sizes, {}, int_type, made_at(holder) or "")


def inner_sizes(holder: ProperType, name: str) -> dict[str, Size]:
    """The sizes that what an instance holds is known to have there."""
    start = f"{name}."
    return {key.removeprefix(start): size for key, size in configuration(holder).items() if key.startswith(start)}


def with_held(module: Instance, sizes: Mapping[str, Size], int_type: Instance) -> Instance:
    """A module with sizes that its attributes hold, of which it is not known where, and of what class, it was made."""
    attributes = {PREFIX + name: atom(size, str(size), int_type) for name, size in sizes.items()}
    return keeping(module, attributes) if sizes else module


def place_text(path: str, line: int) -> str:
    """Where something was made, as notes say it."""
    return f"{os.path.basename(path)}:{line}"  # noqa: PTH119 - asked for at every constructor


def configuration(instance: ProperType) -> dict[str, Size]:
    """The sizes that an instance's attributes are known to hold, by name."""
    return _kept(instance, PREFIX)


def _kept(instance: ProperType, prefix: str) -> dict[str, Size]:
    found = {
        name.removeprefix(prefix): size_of_atom(get_proper_type(type_))
        for name, type_ in kept_with(instance).items()
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
        return keeping(proper.copy_modified(args=[with_sizes(arg, change, int_type) for arg in proper.args]), attrs)

    return replace(type_, one)


def _sizes(info: TypeInfo, given: Mapping[str, Size | None]) -> tuple[dict[str, Size], dict[Symbol, Size]]:
    """The sizes of the attributes of an instance, and of the constructors' parameters, from those that were given."""
    found: dict[str, Size] = {}
    parameters: dict[Symbol, Size] = {}
    passed: Mapping[str, Size | None] | None = given
    for base in (base for base in info.mro if "parameters" in kept_of(base)):
        if passed is None:
            break
        data = kept_of(base)
        for name, text in data.get("constants", {}).items():
            if not any(name in kept_of(other).get("attributes", ()) for other in info.mro):
                found.setdefault(name, number(int(text)))
        if not data["parameters"] and not {"super", "nested"} & data.keys():  # it has no constructor of its own
            for name in data["attributes"]:
                if (size := size_of_attribute(base, name)) is not None:
                    found.setdefault(name, size)
            continue
        sizes = {parameter_of(name, data["parameters"]): size for name, size in passed.items()}
        for name, text in data["defaults"].items():
            if name not in sizes and REST not in sizes:  # left to its default
                sizes[name] = size_from_expression(text, lambda _: None)
        found |= {name: size for name, size in nested_sizes(base, sizes).items() if name not in found}
        _fall_back(base, sizes)
        replaced = {Symbol(name, base.fullname): size for name, size in sizes.items() if size is not None}
        known = data["parameters"]
        parameters |= {one: size for one, size in replaced.items() if one.name.partition(".")[0] in known}
        for name in (*data.get("attributes", {}), *_attributes_of_attributes(data, sizes)):
            size = None if _is_replaced(info, base, name) else size_of_attribute(base, name)
            if size is None or any(one.scope == base.fullname and one not in replaced for one in size.symbols()):
                continue
            value = size.replace(replaced)
            if value is not None:
                found.setdefault(name, value)
        passed = _passed_on(base, data, replaced)
    return found, parameters


def _fall_back(base: TypeInfo, sizes: dict[str, Size | None]) -> None:
    """Put in what parameters stand for that are left out; of a 0 it depends on how the code asks."""
    kept: Mapping[str, str] = kept_of(base).get("fallbacks", {})
    if REST in sizes:
        return
    sizes |= {name: None for name in kept if sizes.get(name) == number(0)}
    absent = [name for name in kept if name not in sizes]
    for _ in absent:  # one may stand for another
        known = {Symbol(one, base.fullname): size for one, size in sizes.items() if size is not None}
        for name in absent:
            size = read_text(base, kept[name], set())
            if size is not None and all(one in known for one in size.symbols()):
                sizes[name] = size.replace(known)


def _is_replaced(info: TypeInfo, owner: TypeInfo, name: str) -> bool:
    """Whether a class below the one that sets an attribute sets it again, or the module that it is one of."""
    return any(assigns(one, name.partition(".")[0]) for one in info.mro[: info.mro.index(owner)])


def _attributes_of_attributes(data: Mapping[str, Any], given: Mapping[str, Size | None]) -> list[str]:
    """`config.d` for `self.config = config`, where the `d` of what is given for `config` is known."""
    pairs = [name.partition(".") for name in given]
    held = data.get("attributes", {}).items()
    return [f"{attribute}.{inner}" for attribute, text in held for owner, _, inner in pairs if inner and owner == text]


def _passed_on(
    info: TypeInfo, data: Mapping[str, Any], replaced: Mapping[Symbol, Size]
) -> dict[str, Size | None] | None:
    arguments = data.get("super")
    if arguments is None:
        return None
    passed: dict[str, Size | None] = {}
    for name, text in arguments.items():
        size = None if text is None else read_text(info, text, set())
        is_known = size is not None and all(one.scope != info.fullname or one in replaced for one in size.symbols())
        passed[name] = size.replace(replaced) if size is not None and is_known else None
        if text is not None and text.isidentifier():
            within = {one.name: known for one, known in replaced.items() if one.name.startswith(f"{text}.")}
            passed |= {f"{name}.{one.partition('.')[2]}": known for one, known in within.items()}
    return passed
