"""Where each field of a batch comes from: the items' field of that name, or the lengths that the items have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from neuraltypes import AnnotationError, Spec, TensorSpec, ValueSpec
from neuraltypes.axes import NamedAxis, SymbolicAxis
from neuraltypes.elements import IgnoreMaskType, KeepMaskType, Length, LengthsType
from neuraltypes.kinds import BATCH, CHANNEL, SINGLETON

_SUFFIXES = ("_lengths", "_length", "_lens", "_len", "_padding_mask", "_valid_mask", "_mask")
_BARE = ("length", "lengths", "len", "lens")
_FIXED_KINDS = (BATCH, CHANNEL, SINGLETON)


@dataclass(frozen=True, slots=True)
class Measured:
    """An axis of a field of the items; `lengths` names the field that gives its length, None where its size does."""

    field: str
    axis: int
    lengths: str | None = None


@dataclass(frozen=True, slots=True)
class LengthsOf:
    """How long each item is along an axis; `dtype` is that of the batch."""

    measured: Measured
    dtype: str


@dataclass(frozen=True, slots=True)
class MaskOf:
    """Which steps of an axis hold data (`keeps`), or which are padded."""

    measured: Measured
    keeps: bool


@dataclass(frozen=True, slots=True)
class Given:
    """The items' field of the same name; `listed` says that its values are no tensor of the batch."""

    listed: bool = False


Source: TypeAlias = Given | LengthsOf | MaskOf


@dataclass(frozen=True, slots=True)
class Plan:
    """How a batch is made: `sources` by field of the batch, and `lengths`, the items' fields that state a length.

    `given` are the types of the items' fields, `padding` what stands in the padding of some, before their elements.
    """

    given: Mapping[str, Spec]
    sources: Mapping[str, Source]
    lengths: Mapping[str, Measured]
    padding: Mapping[str, float] = field(default_factory=dict)


def make_plan(
    given: Mapping[str, Spec],
    wanted: Mapping[str, Spec],
    *,
    owner: str,
    padding: Mapping[str, float] | None = None,
    length_of: Mapping[str, str] | None = None,
    by_name: bool = False,
) -> Plan:
    """The plan for items of fields `given` and batches of fields `wanted`; `owner` stands for both in errors.

    `by_name` makes lengths only where their names say of what, not already where there is but one axis to measure.

    Raises:
        AnnotationError: a field of the batch can be made of nothing that the items have.
    """
    finder = _Finder(given, length_of or {}, owner, by_name=by_name)
    sources = {
        name: Given(isinstance(spec, ValueSpec)) if name in given else finder.source(name, spec)
        for name, spec in wanted.items()
    }
    return Plan(dict(given), sources, finder.stated, dict(padding or {}))


def is_length(spec: Spec) -> bool:
    """Whether a field says how long others are."""
    return isinstance(spec, TensorSpec) and isinstance(spec.element, LengthsType | Length)


def can_be_made(spec: Spec) -> bool:
    """Whether a field is of a type that is made of the items' sizes: lengths, or a mask of a known convention."""
    is_mask = isinstance(spec, TensorSpec) and isinstance(spec.element, KeepMaskType | IgnoreMaskType)
    return is_mask or is_length(spec)


def can_be_padded(spec: TensorSpec, axis: int) -> bool:
    """Whether items may differ along an axis: it has no fixed size, and is no channel."""
    axes, kinds = spec.axes or (), spec.kinds or ()
    return isinstance(axes[axis], NamedAxis | SymbolicAxis) and kinds[axis] not in _FIXED_KINDS


class _Finder:
    """Finds the axis that a length or a mask is about, by names; where names do not say it, nothing is assumed."""

    def __init__(self, given: Mapping[str, Spec], length_of: Mapping[str, str], owner: str, *, by_name: bool) -> None:
        self.given = given
        self.by_name = by_name
        self.length_of = length_of
        self.owner = owner
        for field_name in (name for pair in length_of.items() for name in pair[1:]):
            if field_name not in given:
                raise AnnotationError(f'{owner}.length_of: "{field_name}" is no field of the items: {", ".join(given)}')
        measured = {name: self.axis_of(name) for name, spec in given.items() if is_length(spec)}
        self.stated = {name: found for name, found in measured.items() if found is not None}

    def source(self, name: str, spec: Spec) -> Source:
        """What a field that the items do not have is made of."""
        found = self.axis_of(name, spec) if can_be_made(spec) else None
        if found is None or not isinstance(spec, TensorSpec):
            raise AnnotationError(self._cannot(name, spec))
        found = Measured(found.field, found.axis, self._lengths_for(found))
        if is_length(spec):
            members = spec.dtype.members if spec.dtype is not None else ("int64",)
            return LengthsOf(found, "int64" if "int64" in members else min(members))
        return MaskOf(found, isinstance(spec.element, KeepMaskType))

    def axis_of(self, name: str, spec: Spec | None = None) -> Measured | None:
        """The axis that field `name` is about; `spec` is its type where the batch asks for it."""
        if name in self.length_of:
            return next(self._axes(self.length_of[name]), None)
        by_prefix = next((name.removesuffix(s) for s in _SUFFIXES if name.endswith(s)), None)
        if by_prefix in self.given:
            return next(self._axes(by_prefix), None)
        if isinstance(spec, TensorSpec) and not is_length(spec) and spec.axes is not None and len(spec.axes) == 2:
            return self._axis_named(getattr(spec.axes[1], "name", None))
        may_be_any = name in _BARE or (spec is not None and by_prefix is None and not self.by_name)
        return self._only_axis() if may_be_any else None

    def _axes(self, name: str | None) -> Iterator[Measured]:
        """The axes of a field along which items may differ."""
        spec = self.given.get(name or "")
        if name is not None and isinstance(spec, TensorSpec) and spec.ndim is not None:
            for number in range(spec.ndim):
                if can_be_padded(spec, number):
                    yield Measured(name, number)

    def _axis_named(self, axis_name: str | None) -> Measured | None:
        found = (m for name in self.given for m in self._axes(name) if self._name(m) == axis_name)
        return next(found, None)

    def _only_axis(self) -> Measured | None:
        found = [measured for name in self.given for measured in self._axes(name)]
        return found[0] if len({self._name(measured) for measured in found}) == 1 else None

    def _name(self, measured: Measured) -> str | None:
        spec = self.given[measured.field]
        assert isinstance(spec, TensorSpec)
        return getattr((spec.axes or ())[measured.axis], "name", None)

    def _lengths_for(self, measured: Measured) -> str | None:
        """The items' field that states the length of the same axis."""
        own = self._name(measured)
        same = (name for name, m in self.stated.items() if m == measured or (own and self._name(m) == own))
        return next(same, None)

    def _cannot(self, name: str, spec: Spec) -> str:
        fields = ", ".join(self.given)
        reason = (
            f'no axis of the items is named by it; call it "<field>_length" or "<field>_mask", or set '
            f'length_of = {{"{name}": "<field>"}}'
            if can_be_made(spec)
            else "only lengths (LengthsType) and masks (ValidMaskType, PaddingMaskType) are made of the items' sizes"
        )
        return f'{self.owner}: the batch has a field "{name}" of type {spec}, the items have {fields}; {reason}'
