"""What rules give as types of mypy, and what modules were made with as types that mypy keeps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mypy.types import AnyType, Instance, LiteralType, NoneType, TupleType, Type, get_proper_type

from neuraltypes._sizes import Size, hangs_on_remainders, has_either_remainder, is_sum_with_division, when_divisible
from neuraltypes._unify import Rest, SizedAxis
from neuraltypes.rules._values import Array, DTypes, Many, Packed, Produced, Resampled, Result, Unknown, Value
from neuraltypes.rules.packing import data_of
from neuraltypes_mypy.base._names import TENSOR
from neuraltypes_mypy.rules._argument_values import SEQUENCES, ArgumentValues
from neuraltypes_mypy.rules._array_parts import Declared, smallest_family
from neuraltypes_mypy.sizes._equal import Equal
from neuraltypes_mypy.tensors._atoms import atom, note_of, noted_any, size_of_atom
from neuraltypes_mypy.tensors._elements import produced_type, without_numbers
from neuraltypes_mypy.tensors._join import join_tensors
from neuraltypes_mypy.tensors._packed import packed
from neuraltypes_mypy.tensors._sized_ints import sized_int
from neuraltypes_mypy.tensors._tensor import as_tensor, dtype_class, unknown, untold, write_shape
from neuraltypes_mypy.tensors._types import KnownTypes

_FLOAT: Final = "float "
_MAPPING: Final = "mapping"


class Translation(ArgumentValues):
    """Between mypy's types and the values of rules, for one run of mypy."""

    def __init__(self, types: KnownTypes) -> None:
        self._types = types

    # From rules

    def tensor(self, array: Array, same: Equal) -> Type:
        """The type of a tensor; `Any` where nothing is known of it."""
        info = self._types.info(TENSOR)
        if info is None or (array.shape is None and array.dtype is None and array.element is None):
            return untold()
        shape: Type = unknown()
        if array.shape is not None:
            settled = tuple(map(_given_the_doubt, same.shown_shape(array.shape)))
            shape = write_shape(settled, self._types.int_type, self._types.tuple_type)
        return Instance(info, [self._dtype_type(array.dtype), shape, self._element_type(array.element)])

    def _dtype_type(self, dtypes: DTypes | None) -> Type:
        name = None if dtypes is None else smallest_family(dtypes)
        found = None if name is None else self._types.instance(dtype_class(name))
        return unknown() if found is None else found

    def _element_type(self, element: object | None) -> Type:
        match element:
            case Declared(type=type_):
                return type_
            case Resampled(element=inner):
                return without_numbers(get_proper_type(self._element_type(inner)))
            case Produced():
                return produced_type(element)
            case _:
                return unknown()

    def result(self, result: Result, default: Type, same: Equal) -> Type:
        """What a rule gives as the type of the call, in place of what mypy says."""
        proper = get_proper_type(default)
        match result:
            case Array():
                made = self.tensor(result, same)
                return default if isinstance(get_proper_type(made), AnyType) and as_tensor(proper) is not None else made
            case Size():
                return sized_int(same.settled(result), self._types.int_type)
            case Many(item=item):
                return self._in_sequence(item, default, same)
            case Packed(padded=padded):
                return packed(self.tensor(padded, same), self.tensor(data_of(result), same), proper, self._types)
            case tuple():
                return self._in_tuple(result, default, same)
            case _:
                return default

    def _in_sequence(self, item: Array, default: Type, same: Equal) -> Type:
        proper = get_proper_type(default)
        if isinstance(proper, Instance) and len(proper.args) == 1:
            return proper.copy_modified(args=[self.result(item, proper.args[0], same)])
        held = self.result(item, default, same) if isinstance(proper, AnyType) else default
        is_told = isinstance(proper, AnyType) and not isinstance(get_proper_type(held), AnyType)
        return self._types.tuple_type.copy_modified(args=[held]) if is_told else default

    def _in_tuple(self, results: tuple[Result, ...], default: Type, same: Equal) -> Type:
        proper = get_proper_type(default)
        if isinstance(proper, TupleType) and len(proper.items) == len(results):
            items = [self.result(one, item, same) for one, item in zip(results, proper.items, strict=True)]
            return proper.copy_modified(items=items)
        if isinstance(proper, Instance) and proper.args and proper.type.fullname in SEQUENCES:
            item = proper.args[0]
            if proper.type.fullname == "builtins.list":
                return proper.copy_modified(args=[self._any_of(results, same)])
            return TupleType([self.result(one, item, same) for one in results], self._types.tuple_type)
        if isinstance(proper, AnyType):
            return TupleType([self.result(one, default, same) for one in results], self._types.tuple_type)
        return default

    def _any_of(self, results: tuple[Result, ...], same: Equal) -> Type:
        """What the items of a list have in common."""
        tensors = [as_tensor(self.result(one, unknown(), same)) for one in results]
        known = [tensor for tensor in tensors if tensor is not None]
        joined = join_tensors(known) if len(known) == len(tensors) else None
        return untold() if joined is None else joined

    # What a module was made with, kept in mypy's types

    def kept(self, value: Value) -> Type:
        """A value as a type that mypy's cache keeps."""
        match value:
            case bool():
                return self._literal(value, "builtins.bool")
            case str():
                return self._literal(value, "builtins.str")
            case None:
                return NoneType()
            case Size():
                return atom(value, str(value), self._types.int_type)
            case Unknown.SOME_INT:
                return self._types.int_type
            case float():
                return noted_any(f"{_FLOAT}{value!r}")
            case tuple():
                return TupleType([self.kept(item) for item in value], self._types.tuple_type)
            case Array():
                return self.tensor(value, Equal())
            case Mapping():
                pairs = [self.kept((name, item)) for name, item in value.items()]
                return TupleType([noted_any(_MAPPING), *pairs], self._types.tuple_type)
            case _:
                return unknown()

    def _literal(self, value: bool | str, fallback: str) -> Type:
        found = self._types.instance(fallback)
        return unknown() if found is None else LiteralType(value, found)

    def taken(self, type_: Type, same: Equal) -> Value:
        """The value that was kept."""
        proper = get_proper_type(type_)
        size = size_of_atom(proper)
        if size is not None:
            return same.settled(size)
        note = note_of(proper)
        if note is not None and note.startswith(_FLOAT):
            return float(note.removeprefix(_FLOAT))
        if isinstance(proper, TupleType):
            items = [self.taken(item, same) for item in proper.items]
            is_mapping = bool(proper.items) and note_of(get_proper_type(proper.items[0])) == _MAPPING
            if is_mapping:
                return {str(pair[0]): pair[1] for pair in items[1:] if isinstance(pair, tuple)}
            return tuple(items)
        return self.of_type(proper, same)


@lru_cache(maxsize=4096)
def _given_the_doubt(axis: SizedAxis | Rest) -> SizedAxis | Rest:
    """An axis whose size mypy compares by name: where a division must leave no remainder, it is taken to."""
    if isinstance(axis, Rest) or axis.size is None:
        return axis
    is_open = any(test(axis.size) for test in (hangs_on_remainders, has_either_remainder, is_sum_with_division))
    size = None if is_open else when_divisible(axis.size)
    return SizedAxis(size, axis.label)
