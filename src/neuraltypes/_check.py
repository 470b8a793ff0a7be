"""The full check of a call: every tensor in every argument, all failures at once.

It runs when the generated guard does not say yes, and is the one definition of what a type means: names are bound over
all arguments first, computed axes are checked after, so that the order of the arguments never matters.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from beartype.door import is_bearable

from neuraltypes import _tags
from neuraltypes._axes import AnonymousAxis, Axes, Axis, FixedAxis, NamedAxis, SymbolicAxis, VariadicAxis
from neuraltypes._describe import describe, describe_kinds, show_size, sizes_of
from neuraltypes._errors import AnnotationError
from neuraltypes._spec import (
    DictSpec,
    ListSpec,
    OptionalSpec,
    RecordSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    UnionSpec,
    ValueSpec,
)
from neuraltypes.errors import Cause, Failure

Size: TypeAlias = Any  # an int, or one of torch's symbolic ints, of which some cannot be compared (None here)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: `x`, `states[2]`, `return.encoded`."""

    argument: str
    path: str = ""

    def inside(self, step: str) -> Place:
        """The place of a part of this value."""
        return Place(self.argument, self.path + step)

    def __str__(self) -> str:
        return self.argument + self.path


@dataclass(frozen=True, slots=True)
class Computed:
    """An axis of a value that must have a computed size."""

    place: Place
    spec: TensorSpec
    value: Any
    number: int
    axis: SymbolicAxis
    size: Size


@dataclass(frozen=True, slots=True)
class Bound:
    """What a name is bound to, and by which axis of which argument."""

    value: Any
    by: str
    broadcastable: bool = False

    def as_joined(self) -> tuple[bool, Any]:
        """As `join_shapes` takes it."""
        return self.broadcastable, self.value


@dataclass(slots=True)
class Bindings:
    """The sizes that axis names, and the shapes that variadic names, are bound to in one call.

    `pending` are axes that are computed from names which nothing has bound yet.
    """

    sizes: dict[str, Bound] = field(default_factory=dict)
    shapes: dict[str, Bound] = field(default_factory=dict)
    pending: list[Computed] = field(default_factory=list)

    def as_values(self) -> dict[str, Any]:
        """Each name's size or shape."""
        shapes = {f"*{name}": bound.value for name, bound in self.shapes.items()}
        return {name: bound.value for name, bound in self.sizes.items()} | shapes

    def __copy__(self) -> Bindings:
        return Bindings(dict(self.sizes), dict(self.shapes), list(self.pending))


class Checker:
    """One call's check: `visit` each argument, then `finish`; `failures` lists what disagrees."""

    def __init__(self, arguments: Mapping[str, Any], bindings: Bindings | None = None) -> None:
        self.arguments = arguments
        self.bindings = Bindings() if bindings is None else bindings
        self.failures: list[Failure] = []

    def visit(self, place: Place, spec: Spec, value: Any) -> None:
        """Check `value` against `spec`; axes that are computed wait for `finish`."""
        if is_proxy(value):
            return
        match spec:
            case TensorSpec():
                self._visit_tensor(place, spec, value)
            case OptionalSpec(item=item):
                if value is not None:
                    self.visit(place, item, value)
            case UnionSpec():
                self._visit_union(place, spec, value)
            case ListSpec():
                if self._require(place, spec, value, sequence_type(spec)):
                    self._visit_items(place, (spec.item,) * len(value), value)
            case TupleSpec(items=items):
                if self._require(place, spec, value, tuple) and self._require_size(place, spec, value, len(items)):
                    self._visit_items(place, items, value)
            case DictSpec():
                self._visit_dict(place, spec, value)
            case RecordSpec():
                self._visit_record(place, spec, value)
            case ValueSpec():
                self._visit_value(place, spec, value)

    def finish(self) -> None:
        """Check the axes that are computed from others."""
        pending, self.bindings.pending = self.bindings.pending, []
        for computed in pending:
            if self.bindings.sizes.keys() >= set(computed.axis.names):
                self._check_computed(computed)
            else:
                self.bindings.pending.append(computed)

    def _fail(self, cause: Cause, place: Place, spec: Spec, value: Any, reason: str, **details: Any) -> None:
        found = describe(value)
        self.failures.append(Failure(cause, place.argument, place.path, reason, spec, found, **details))

    def _require(self, place: Place, spec: Spec, value: Any, expected: Any) -> bool:
        if isinstance(value, expected):
            return True
        name = expected.__name__
        reason = f"is {describe(value)}, expected a {name}"
        self._fail("type", place, spec, value, reason, expected=name, got=type(value).__name__)
        return False

    def _require_size(self, place: Place, spec: Spec, value: Any, size: int) -> bool:
        if len(value) == size:
            return True
        reason = f"has {len(value)} items, expected {size}"
        self._fail("type", place, spec, value, reason, expected=size, got=len(value))
        return False

    def _visit_items(self, place: Place, specs: Iterable[Spec], values: Iterable[Any]) -> None:
        for number, (spec, value) in enumerate(zip(specs, values, strict=True)):
            self.visit(place.inside(f"[{number}]"), spec, value)

    def _visit_dict(self, place: Place, spec: DictSpec, value: Any) -> None:
        if not self._require(place, spec, value, mapping_type(spec)):
            return
        for key, item in value.items():
            self.visit(place.inside(f"[{key!r}]"), spec.value, item)
            if not isinstance(spec.key, ValueSpec) or not _is_bearable(key, spec.key):
                reason = f"has the key {key!r} of type {type(key).__name__}, expected {spec.key}"
                self._fail("type", place, spec, value, reason, expected=str(spec.key), got=type(key).__name__)

    def _visit_record(self, place: Place, spec: RecordSpec, value: Any) -> None:
        if spec.form == "typeddict":
            self._visit_typed_dict(place, spec, value)
        elif self._require(place, spec, value, spec.record_type or tuple):
            for name, item in spec.fields:
                self.visit(place.inside(f".{name}"), item, getattr(value, name))

    def _visit_typed_dict(self, place: Place, spec: RecordSpec, value: Any) -> None:
        if not self._require(place, spec, value, dict):
            return
        for name, item in spec.fields:
            if name in value:
                self.visit(place.inside(f"[{name!r}]"), item, value[name])
            elif name not in spec.optional:
                self._fail("type", place, spec, value, f"has no key {name!r}", expected=name)

    def _visit_value(self, place: Place, spec: ValueSpec, value: Any) -> None:
        if not _is_bearable(value, spec):
            reason = f"is {describe(value)}, expected {spec}"
            self._fail("type", place, spec, value, reason, expected=str(spec), got=type(value).__name__)

    def _visit_union(self, place: Place, spec: UnionSpec, value: Any) -> None:
        for option in spec.options:
            trial = Checker(self.arguments, copy(self.bindings))
            trial.visit(place, option, value)
            if not trial.failures and trial.is_computed_right(len(self.bindings.pending)):
                kept = trial.bindings
                self.bindings.sizes, self.bindings.shapes, self.bindings.pending = kept.sizes, kept.shapes, kept.pending
                return
        self._fail("type", place, spec, value, f"is {describe(value)}, which fits no option", expected=str(spec))

    def is_computed_right(self, start: int) -> bool:
        """Whether the computed axes that wait from `start` on are right, as far as their names are bound by now."""
        known = (one for one in self.bindings.pending[start:] if self.bindings.sizes.keys() >= set(one.axis.names))
        return all(one.size == self.evaluate(one.axis) for one in known)

    def _visit_tensor(self, place: Place, spec: TensorSpec, value: Any) -> None:
        if not _is_array(value, spec):
            expected = f"a {getattr(spec.array_type, '__name__', 'Tensor')}"
            reason = f"is {describe(value)}, expected {expected}"
            self._fail("type", place, spec, value, reason, expected=expected, got=type(value).__name__)
            return
        self._check_dtype(place, spec, value)
        if spec.axes is not None:
            self._check_axes(place, spec, spec.axes, value)
        self._check_tag(place, spec, value)

    def _check_dtype(self, place: Place, spec: TensorSpec, value: Any) -> None:
        dtype = dtype_name(value)
        if spec.dtype is not None and not spec.dtype.is_any and dtype not in spec.dtype.members:
            reason = f"dtype is {dtype}, expected {spec.dtype}"
            self._fail("dtype", place, spec, value, reason, expected=str(spec.dtype), got=dtype)

    def _check_axes(self, place: Place, spec: TensorSpec, axes: Axes, value: Any) -> None:
        sizes = sizes_of(value)
        variadic = next((i for i, axis in enumerate(axes) if isinstance(axis, VariadicAxis)), None)
        if len(sizes) < len(axes) - 1 if variadic is not None else len(sizes) != len(axes):
            expected = f"{len(axes)}" if variadic is None else f"at least {len(axes) - 1}"
            reason = f"has {len(sizes)} axes, expected {expected}"
            self._fail("shape", place, spec, value, reason, expected=len(axes), got=len(sizes))
            return
        before = len(axes) if variadic is None else variadic
        after = len(axes) - before - 1
        for number in range(before):
            self._check_axis(place, spec, value, number, axes[number], sizes[number])
        if variadic is None:
            return
        for number in range(-after, 0):
            self._check_axis(place, spec, value, len(sizes) + number, axes[number], sizes[number])
        self._check_variadic(place, spec, value, axes[variadic], sizes[before : len(sizes) - after])

    def _check_axis(self, place: Place, spec: TensorSpec, value: Any, number: int, axis: Axis, size: Size) -> None:
        if isinstance(axis, AnonymousAxis) or size is None:
            return
        if getattr(axis, "broadcastable", False) and size == 1:
            return
        match axis:
            case FixedAxis(size=expected) if size != expected:
                self._fail_axis(place, spec, value, number, size, expected, "")
            case NamedAxis(name=name):
                bound = self.bindings.sizes.setdefault(name, Bound(size, f"{place} axis {number}"))
                if bound.value != size:
                    self._fail_axis(place, spec, value, number, size, bound.value, f" (bound by {bound.by})", name)
            case SymbolicAxis():
                self.bindings.pending.append(Computed(place, spec, value, number, axis, size))

    def _fail_axis(
        self,
        place: Place,
        spec: TensorSpec,
        value: Any,
        number: int,
        size: Size,
        expected: Any,
        why: str,
        name: str = "",
    ) -> None:
        label = f" '{name}'" if name else ""
        reason = f"axis {number}{label} is {show_size(size)}, expected {show_size(expected)}{why}"
        self._fail("shape", place, spec, value, reason, expected=expected, got=size, axis=number)

    def _check_variadic(self, place: Place, spec: TensorSpec, value: Any, axis: Axis, sizes: tuple[Size, ...]) -> None:
        if not isinstance(axis, VariadicAxis) or axis.name is None or None in sizes:
            return
        earlier = self.bindings.shapes.get(axis.name)
        joined = join_shapes(earlier.as_joined() if earlier else None, axis.broadcastable, sizes)
        if joined is False:
            expected = earlier.value if earlier else ()
            reason = (
                f"axes '*{axis.name}' are {list(sizes)}, expected {list(expected)} (bound by {earlier and earlier.by})"
            )
            self._fail("shape", place, spec, value, reason, expected=tuple(expected), got=tuple(sizes))
            return
        by = earlier.by if earlier and earlier.value == joined[1] else str(place)
        self.bindings.shapes[axis.name] = Bound(tuple(joined[1]), by, joined[0])

    def _check_computed(self, computed: Computed) -> None:
        axis = computed.axis
        expected = self.evaluate(axis)
        if computed.size != expected:
            self._fail_axis(
                computed.place, computed.spec, computed.value, computed.number, computed.size, expected,
                f" ({self._explain(axis)})", axis.expression,
            )  # fmt: skip

    def evaluate(self, axis: SymbolicAxis) -> Any:
        """The size that a computed axis must have in this call.

        Raises:
            AnnotationError: the expression fails.
        """
        try:
            # jaxtyping's own rule: first an f-string over the arguments, then an expression over the sizes.
            text = eval(f"f{axis.expression!r}", dict(self.arguments))  # noqa: S307  # the annotation is the user's code
            return eval(text, {name: bound.value for name, bound in self.bindings.sizes.items()})  # noqa: S307
        except Exception as error:  # noqa: BLE001  # whatever that code raises
            raise AnnotationError(
                f'axis "{axis.expression}" cannot be computed: {type(error).__name__}: {error}'
            ) from None

    def _explain(self, axis: SymbolicAxis) -> str:
        bound = [(name, self.bindings.sizes[name]) for name in axis.names]
        known = [f"{name}={show_size(b.value)}, {b.by}" for name, b in bound]
        return "; ".join(known) or "read from the call"

    def _check_tag(self, place: Place, spec: TensorSpec, value: Any) -> None:
        tag = _tags.valid_tag(value)
        if tag is None:
            return
        if not _tags.element_fits(spec, tag):
            allowed = _tags.allowed_elements(spec)
            reason = f"holds {tag.element}, expected {' or '.join(map(str, allowed))}"
            self._fail("element", place, spec, value, reason, expected=allowed[0], got=tag.element)
        elif not _tags.kinds_fit(spec, tag):
            got, kinds = describe_kinds(tag.kinds), describe_kinds(spec.kinds)
            reason = f"axes are {got}; expected {kinds}"
            self._fail("kind", place, spec, value, reason, expected=spec.kinds, got=tag.kinds)


def join_shapes(earlier: tuple[bool, Any] | None, broadcastable: bool, shape: Any) -> tuple[bool, Any] | Any:
    """What `*name` is bound to after one more tensor: `(broadcastable, shape)`, or False when they do not fit."""
    if earlier is None:
        return broadcastable, shape
    was_broadcastable, bound = earlier
    if not was_broadcastable and not broadcastable:
        return earlier if tuple(bound) == tuple(shape) else False
    joined = _broadcast(bound, shape)
    if joined is None:
        return False
    if was_broadcastable:
        return (broadcastable, joined) if broadcastable or joined == tuple(shape) else False
    return earlier if joined == tuple(bound) else False


def _broadcast(left: Any, right: Any) -> tuple[Any, ...] | None:
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    joined = list(longer)
    for number in range(1, len(shorter) + 1):
        one, other = longer[-number], shorter[-number]
        if one != other and one != 1 and other != 1:
            return None
        joined[-number] = other if one == 1 else one
    return tuple(joined)


def sequence_type(spec: ListSpec) -> Any:
    """The class that a sequence must be an instance of."""
    from collections.abc import Sequence

    return {"list": list, "tuple": tuple, "sequence": Sequence}[spec.container]


def mapping_type(spec: DictSpec) -> Any:
    """The class that a mapping must be an instance of."""
    return Mapping if spec.container == "mapping" else dict


def dtype_name(value: Any) -> str:
    """The name of an array's dtype: `"float32"`."""
    return str(getattr(value.dtype, "name", value.dtype)).removeprefix("torch.")


def is_proxy(value: Any) -> bool:
    """Whether `value` stands for one that is not there yet, as while `torch.fx` traces."""
    fx = sys.modules.get("torch.fx")
    return fx is not None and isinstance(value, fx.Proxy)


def _is_array(value: Any, spec: TensorSpec) -> bool:
    if spec.array_type in (None, Any):
        return hasattr(value, "dtype") and (hasattr(value, "is_nested") or hasattr(value, "shape"))
    return isinstance(value, spec.array_type)


def _is_bearable(value: Any, spec: ValueSpec) -> bool:
    return spec.type == "Any" or is_bearable(value, spec.hint)
