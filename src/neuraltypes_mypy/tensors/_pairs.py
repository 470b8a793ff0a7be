"""The tensor types inside a declared type, beside those that come in their place."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.maptype import map_instance_to_supertype
from mypy.types import (
    AnyType,
    Instance,
    NoneType,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    UnionType,
    UnpackType,
    get_proper_type,
)

from neuraltypes._unify import Bindings, unify
from neuraltypes_mypy.tensors._elements import element_fits
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._tensor import as_tensor, declared_axes, dtype_fits, is_tensor, read_tensor


def pairs(expected: Type, given: Type, path: str) -> Iterator[tuple[str, Instance, Instance]]:
    """The tensor types inside a declared type beside those that come in their place, with the way to them."""
    wanted, got = get_proper_type(expected), get_proper_type(given)
    if isinstance(got, UnionType):
        yield from _pairs_of_union(wanted, got, path)
        return
    if isinstance(wanted, UnionType):
        option = _option(wanted, got)
        if option is not None:
            yield from pairs(option, got, path)
        return
    if is_tensor(wanted):
        tensor = as_tensor(got)
        if tensor is not None:
            yield path, wanted, tensor
        return
    for way, inner, item in _inside(wanted, got):
        yield from pairs(inner, item, f"{path}{way}")


def _pairs_of_union(wanted: ProperType, got: UnionType, path: str) -> Iterator[tuple[str, Instance, Instance]]:
    """The same where one of several types comes: those that are meant for one option count as what they share."""
    meant: list[tuple[Type, list[Type]]] = []
    for item in map(get_proper_type, got.items):
        option = _option(wanted, item) if isinstance(wanted, UnionType) else wanted
        if option is None:
            continue
        if as_tensor(item) is None:
            yield from pairs(option, item, path)
            continue
        group = next((group for known, group in meant if known is option), None)
        if group is None:
            meant.append((option, [item]))
        else:
            group.append(item)
    is_any = any(isinstance(get_proper_type(item), AnyType) for item in got.items)
    for option, group in meant:
        is_wrong = not is_any and all(_fits_in_no_way(option, item) for item in group)
        joined = as_tensor(group[0]) if is_wrong else join_tensors(group)
        if joined is not None:
            yield from pairs(option, joined, path)


def _option(wanted: UnionType, got: ProperType) -> Type | None:
    """The option of a declared union that a type is meant for, where that is clear."""
    if isinstance(got, NoneType | AnyType):
        return None
    options = [option for option in map(get_proper_type, wanted.items) if not isinstance(option, NoneType)]
    if len(options) == 1:
        return options[0]
    tensor = as_tensor(got)
    if tensor is None:
        alike = [option for option in options if _same_class(option, got)]
        return next((option for option in alike if _fits(option, got)), alike[0] if alike else None)
    fitting = [option for option in options if is_tensor(option)]
    fits = (option for option in fitting if _fits_alone(option, tensor))
    nearest = (option for option in fitting if _are_as_many(option, tensor))
    return next(fits, None) or next(nearest, None) or next(iter(fitting), None)


def _are_as_many(expected: Instance, given: Instance) -> bool:
    """Whether a tensor type has as many axes as a declared one."""
    axes, shape = declared_axes(expected), read_tensor(given).shape
    return axes is not None and shape is not None and len(axes) == len(shape)


def _fits(expected: ProperType, given: ProperType) -> bool:
    """Whether the tensors in a container fit those in a declared one."""
    if isinstance(expected, TupleType) and isinstance(given, TupleType) and len(expected.items) != len(given.items):
        return False
    return all(_fits_alone(wanted, got) for _, wanted, got in pairs(expected, given, ""))


def _fits_alone(expected: Instance, given: Instance) -> bool:
    """Whether a tensor type fits a declared one, whatever else is bound."""
    axes, shape = declared_axes(expected), read_tensor(given).shape
    if axes is not None and shape is not None and unify([("", axes, shape)], Bindings()):
        return False
    wanted, got = read_tensor(expected), read_tensor(given)
    return dtype_fits(wanted.dtype, got.dtype) and element_fits(wanted.element, got.element)


def _fits_in_no_way(option: Type, given: Type) -> bool:
    expected, tensor = get_proper_type(option), as_tensor(given)
    if tensor is None or not is_tensor(expected):
        return False
    return not _fits_alone(expected, tensor)


def _same_class(option: ProperType, got: ProperType) -> bool:
    left = option.partial_fallback if isinstance(option, TupleType) else option
    right = got.partial_fallback if isinstance(got, TupleType) else got
    return isinstance(left, Instance) and isinstance(right, Instance) and right.type.has_base(left.type.fullname)


def _inside(wanted: ProperType, got: ProperType) -> Iterator[tuple[str, Type, Type]]:
    if isinstance(wanted, TupleType) and isinstance(got, TupleType):
        if len(wanted.items) == len(got.items) and not _has_unpack(wanted) and not _has_unpack(got):
            names = item_names(wanted)
            for number, (inner, item) in enumerate(zip(wanted.items, got.items, strict=True)):
                yield (f".{names[number]}" if names else f"[{number}]"), inner, item
    elif isinstance(wanted, TypedDictType) and isinstance(got, TypedDictType):
        for name, inner in wanted.items.items():
            if name in got.items:
                yield f'["{name}"]', inner, got.items[name]
    elif isinstance(wanted, Instance) and isinstance(got, TupleType):
        if wanted.args and not _has_unpack(got):
            for number, item in enumerate(got.items):
                way = f"[{number}]" if len(wanted.args) == 1 else f".values()[{number}]"
                yield way, wanted.args[-1], item
    elif isinstance(wanted, Instance) and isinstance(got, Instance) and got.type.has_base(wanted.type.fullname):
        mapped = map_instance_to_supertype(got, wanted.type)
        for inner, item in zip(wanted.args, mapped.args, strict=False):
            yield "[...]", inner, item


def _has_unpack(type_: TupleType) -> bool:
    return any(isinstance(item, UnpackType) for item in type_.items)


def item_names(type_: TupleType) -> list[str]:
    """The names of the items of a `NamedTuple`; none of another tuple."""
    info = next((base for base in type_.partial_fallback.type.mro if base.is_named_tuple), None)
    if info is None:
        return []
    fields = info.names.get("_fields")
    literal = get_proper_type(fields.type) if fields is not None and fields.type is not None else None
    count = len(literal.items) if isinstance(literal, TupleType) else 0
    names = [
        name
        for name, symbol in info.names.items()
        if not name.startswith("_") and getattr(symbol.node, "is_property", False)
    ]
    return names if len(names) == count == len(type_.items) else []
