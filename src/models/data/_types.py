"""The type of an item and that of a batch of such items: the batch axis put in front, or taken away."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from torch import Tensor

from neuraltypes import (
    DictSpec,
    ListSpec,
    OptionalSpec,
    RecordSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    ValueSpec,
    spec_from_annotation,
)
from neuraltypes.axes import AnonymousAxis, Axis, NamedAxis, SymbolicAxis
from neuraltypes.kinds import BATCH

UNKNOWN = ValueSpec("Any")
_NUMBERS = {int: "Int", float: "Float", bool: "Bool"}
_BATCH_NAMES = ("b", "batch", "n_items")


def fields_of(spec: Spec) -> Mapping[str, Spec]:
    """The parts of an item or a batch: fields by name, tuple items by number, else the whole as `"output"`."""
    match spec:
        case RecordSpec(fields=fields, optional=optional):
            return MappingProxyType({n: OptionalSpec(s) if n in optional else s for n, s in fields})
        case TupleSpec(items=items):
            return MappingProxyType({str(number): item for number, item in enumerate(items)})
        case _:
            return MappingProxyType({} if spec == UNKNOWN else {"output": spec})


def all_tensors(spec: Spec) -> Iterable[TensorSpec]:
    """Every tensor type inside `spec`."""
    match spec:
        case TensorSpec():
            yield spec
        case ListSpec(item=item) | OptionalSpec(item=item):
            yield from all_tensors(item)
        case RecordSpec() | TupleSpec():
            for part in spec.items:
                yield from all_tensors(part)
        case DictSpec(value=value):
            yield from all_tensors(value)


def axis_names(axes: Iterable[Axis]) -> set[str]:
    """The names that axes bind or read."""
    found: set[str] = set()
    for axis in axes:
        if isinstance(axis, NamedAxis):
            found.add(axis.name)
        elif isinstance(axis, SymbolicAxis):
            found.update(axis.names)
    return found


def batched(spec: Spec) -> Spec:
    """The type of a batch of items of type `spec`: tensors and numbers get a batch axis, other values become lists."""
    taken = {name for tensor in all_tensors(spec) for name in axis_names(tensor.axes or ())}
    name = next((name for name in _BATCH_NAMES if name not in taken), "_")
    return _batched(spec, f"batch={name}")


def _batched(spec: Spec, batch: str) -> Spec:
    match spec:
        case TensorSpec(axes=None):
            return TensorSpec(None, spec.element, spec.dtype, array_type=Tensor)
        case TensorSpec():
            return TensorSpec((batch, *map(_padded, spec.axes or ())), spec.element, spec.dtype, array_type=Tensor)
        case ValueSpec(hint=hint) if hint in _NUMBERS:
            return TensorSpec(batch, dtype=_NUMBERS[hint], array_type=Tensor)
        case OptionalSpec(item=item):
            return OptionalSpec(_batched(item, batch))
        case TupleSpec(items=items):
            return TupleSpec(tuple(_batched(item, batch) for item in items))
        case RecordSpec():
            fields = tuple((name, _batched(item, batch)) for name, item in spec.fields)
            return RecordSpec(spec.name, fields, spec.form, spec.optional, spec.record_type)
        case ValueSpec(type="Any"):
            return UNKNOWN
        case _:
            return _listed(spec)


def _padded(axis: Axis) -> Axis:
    """An axis after padding: the longest of each of several names do not make the longest of what they compute."""
    return AnonymousAxis(label=axis.label) if isinstance(axis, SymbolicAxis) and len(axis.names) > 1 else axis


def _listed(spec: Spec) -> Spec:
    if isinstance(spec, ValueSpec):
        hint = list[spec.hint]  # type: ignore[name-defined]  # made at run time
        return ValueSpec(f"list[{spec}]", hint)
    return ListSpec(spec)


def unbatched(spec: Spec) -> Spec:
    """The type of one item of a batch of type `spec`; unknown where it does not say which axis is the batch."""
    match spec:
        case TensorSpec(axes=axes) if axes and spec.ndim is not None and (spec.kinds or (None,))[0] in (BATCH, None):
            kept = tuple(AnonymousAxis() if isinstance(axis, SymbolicAxis) else axis for axis in axes[1:])
            return TensorSpec(_with_kinds(kept, spec), spec.element, spec.dtype, array_type=Tensor)
        case TensorSpec():
            return TensorSpec(None, spec.element, spec.dtype, array_type=Tensor)
        case ListSpec(item=item):
            return item
        case OptionalSpec(item=item):
            return OptionalSpec(unbatched(item))
        case ValueSpec(hint=hint) if typing.get_origin(hint) in (list, Sequence) and typing.get_args(hint):
            return spec_from_annotation(typing.get_args(hint)[0])
        case _:
            return UNKNOWN


def _with_kinds(axes: tuple[Axis, ...], spec: TensorSpec) -> tuple[Axis, ...]:
    """Axes that keep the kinds that they had: an axis `h` says height beside a `w` only."""
    kinds = (spec.kinds or ())[1:]
    return tuple(
        AnonymousAxis(label=kind.name) if isinstance(axis, AnonymousAxis) and kind is not None else axis
        for axis, kind in zip(axes, kinds, strict=True)
    )


def parts_of(value: Any, spec: Spec) -> Mapping[str, Any]:
    """The parts of a value by the names that `fields_of` gives them."""
    match spec:
        case RecordSpec(form="typeddict"):
            return {name: value.get(name) if name in spec.optional else value[name] for name, _ in spec.fields}
        case RecordSpec():
            return {name: getattr(value, name) for name, _ in spec.fields}
        case TupleSpec():
            return {str(number): item for number, item in enumerate(value)}
        case _:
            return {"output": value}


def built(spec: Spec, parts: Mapping[str, Any]) -> Any:
    """A value of type `spec` of its parts."""
    match spec:
        case RecordSpec(form="typeddict"):
            return {name: part for name, part in parts.items() if part is not None or name not in spec.optional}
        case RecordSpec():
            return spec.record_type(**parts)
        case TupleSpec():
            return tuple(parts.values())
        case _:
            return parts["output"]
