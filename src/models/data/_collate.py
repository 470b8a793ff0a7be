"""Items into batches: tensors of one size are stacked, axes of variable size are padded, lengths and masks are made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import torch
from torch import Tensor

from models.data._plan import Given, LengthsOf, MaskOf, Measured, Plan, can_be_padded
from models.data._types import built, fields_of, parts_of
from models.data.errors import CollateError
from neuraltypes import OptionalSpec, RecordSpec, Spec, TensorSpec, TupleSpec, ValueSpec
from neuraltypes.elements import ElementType

_NUMBERS = (int, float, bool)


class Items(list[Any]):
    """Items that know their indices in the data set."""

    def __init__(self, items: Sequence[Any], indices: Sequence[Any]) -> None:
        super().__init__(items)
        self.indices = indices


def collate(items: Sequence[Mapping[str, Any]], plan: Plan, indices: Sequence[Any], owner: str) -> dict[str, Any]:
    """The fields of a batch of `items`, each given by its fields; `owner` is named in errors.

    Raises:
        CollateError: the items of a field do not make a batch; field, axis, sizes and items are named.
    """
    return _Collator(items, plan, indices, owner).batch()


class _Collator:
    def __init__(self, items: Sequence[Mapping[str, Any]], plan: Plan, indices: Sequence[Any], owner: str) -> None:
        self.items = items
        self.plan = plan
        self.indices = indices
        self.owner = owner

    def batch(self) -> dict[str, Any]:
        """All fields of the batch."""
        for name, measured in self.plan.lengths.items():
            self._check_lengths(name, measured)
        return {name: self._field(name) for name in self.plan.sources}

    def _field(self, name: str) -> Any:
        match self.plan.sources[name]:
            case Given(listed=True):
                return [item[name] for item in self.items]
            case Given():
                return self._combine(name, self.plan.given[name], [item[name] for item in self.items])
            case LengthsOf(measured=measured, dtype=dtype):
                return torch.tensor(self._lengths(measured), dtype=getattr(torch, dtype))
            case MaskOf(measured=measured, keeps=keeps):
                lengths = torch.tensor(self._lengths(measured))
                steps = torch.arange(max(self._sizes(measured)))
                return (steps < lengths[:, None]) == keeps

    def _sizes(self, measured: Measured) -> list[int]:
        return [torch.as_tensor(item[measured.field]).shape[measured.axis] for item in self.items]

    def _lengths(self, measured: Measured) -> list[int]:
        if measured.lengths is None:
            return self._sizes(measured)
        return [int(item[measured.lengths]) for item in self.items]

    def _check_lengths(self, name: str, measured: Measured) -> None:
        """Refuse items that are shorter than their field `name` says."""
        sizes = self._sizes(measured)
        wrong = [
            number
            for number, (item, size) in enumerate(zip(self.items, sizes, strict=True))
            if not 0 <= int(item[name]) <= size
        ]
        if wrong:
            stated = {number: f"{int(self.items[number][name])}, but its size is {sizes[number]}" for number in wrong}
            reason = f'states the length of axis {measured.axis} of "{measured.field}"'
            raise self._error(name, reason, stated, axis=measured.axis)

    def _combine(self, name: str, spec: Spec, values: list[Any]) -> Any:
        match spec:
            case OptionalSpec(item=item):
                return self._optional(name, item, values)
            case TensorSpec():
                return self._tensors(name, spec, values)
            case RecordSpec() | TupleSpec():
                return self._record(name, spec, values)
            case ValueSpec(hint=hint) if hint in _NUMBERS:
                return torch.tensor(values, dtype={int: torch.int64, bool: torch.bool}.get(hint))
            case _:
                return values

    def _optional(self, name: str, spec: Spec, values: list[Any]) -> Any:
        missing = [number for number, value in enumerate(values) if value is None]
        if len(missing) == len(values):
            return None
        if missing:
            raise self._error(name, "is None in some items", dict.fromkeys(missing, "None"))
        return self._combine(name, spec, values)

    def _record(self, name: str, spec: RecordSpec | TupleSpec, values: list[Any]) -> Any:
        parts = [parts_of(value, spec) for value in values]
        combined = {
            part: self._combine(f"{name}.{part}", inner, [one[part] for one in parts])
            for part, inner in fields_of(spec).items()
        }
        return built(spec, combined)

    def _tensors(self, name: str, spec: TensorSpec, values: list[Any]) -> Tensor:
        tensors = [self._tensor(name, number, value) for number, value in enumerate(values)]
        if all(tensor.shape == tensors[0].shape for tensor in tensors):
            return torch.stack(tensors)
        longest = self._longest(name, spec, tensors)
        dtype = reduce(torch.promote_types, (tensor.dtype for tensor in tensors))
        batch = tensors[0].new_full((len(tensors), *longest), self._padding(name, spec, dtype), dtype=dtype)
        for row, tensor in zip(batch, tensors, strict=True):
            row[tuple(map(slice, tensor.shape))] = tensor
        return batch

    def _tensor(self, name: str, number: int, value: Any) -> Tensor:
        try:
            return torch.as_tensor(value)
        except (TypeError, ValueError, RuntimeError):
            found = f"a value of type {type(value).__qualname__}"
            raise self._error(name, "is no tensor", {number: found}) from None

    def _longest(self, name: str, spec: TensorSpec, tensors: list[Tensor]) -> list[int]:
        """The sizes of the batch without its first axis."""
        shapes = {number: tuple(tensor.shape) for number, tensor in enumerate(tensors)}
        if len(set(map(len, shapes.values()))) > 1:
            raise self._error(name, "has items of different numbers of axes", shapes)
        if spec.ndim is None:
            reason = "has items of different sizes, and its type does not say which axes those are"
            raise self._error(name, reason, shapes)
        for axis in range(spec.ndim):
            sizes = {number: shape[axis] for number, shape in shapes.items()}
            if len(set(sizes.values())) > 1 and not can_be_padded(spec, axis):
                kind = (spec.kinds or ())[axis]
                reason = f"cannot be padded along axis {axis}" + (f", of kind {kind}" if kind else "")
                raise self._error(name, f"{reason}: {spec}", sizes, axis=axis)
        return [max(shape[axis] for shape in shapes.values()) for axis in range(spec.ndim)]

    def _padding(self, name: str, spec: TensorSpec, dtype: torch.dtype) -> float:
        value = self.plan.padding.get(name, _padding_of(spec, dtype))
        if value is None:
            element = spec.element or "no element"
            raise self._error(
                name,
                f"has items of different sizes and nothing says what to pad it with: {element} has no padding; "
                f'set padding = {{"{name}": ...}} in {self.owner}, or padding in a subclass of the element',
                {},
            )
        if not _holds(dtype, value):
            raise self._error(
                name, f"is padded with {value}, which {str(dtype).removeprefix('torch.')} cannot hold", {}
            )
        return value

    def _error(self, name: str, reason: str, found: Mapping[int, Any], axis: int | None = None) -> CollateError:
        lines = [f'{self.owner}: field "{name}" {reason}']
        lines += [f"  item {self.indices[number]}: {_shown(value)}" for number, value in list(found.items())[:_SHOWN]]
        lines += [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        places = [self.indices[number] for number in found]
        return CollateError("\n".join(lines), field=name, axis=axis, got=list(found.values()), items=places)


_SHOWN = 8


def _shown(value: Any) -> str:
    return f"shape {list(value)}" if isinstance(value, tuple) else f"size {value}" if type(value) is int else str(value)


def _padding_of(spec: TensorSpec, dtype: torch.dtype) -> float | None:
    """The padding of the element; without one, numbers that surely mean nothing: 0.0 and False, but no whole number."""
    if isinstance(spec.element, ElementType):
        return spec.element.padding
    if dtype is torch.bool:
        return False
    return 0.0 if dtype.is_floating_point or dtype.is_complex else None


def _holds(dtype: torch.dtype, value: float) -> bool:
    if dtype.is_floating_point or dtype.is_complex:
        return True
    if not math.isfinite(value) or value != int(value):
        return False
    return value in (0, 1) if dtype is torch.bool else torch.iinfo(dtype).min <= value <= torch.iinfo(dtype).max
