"""Specs: the type of a value as an object that prints, compares and serialises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from neuraltypes import _axes
from neuraltypes._axes import (
    AnonymousAxis,
    Axes,
    Axis,
    FixedAxis,
    NamedAxis,
    SymbolicAxis,
    VariadicAxis,
    parse_axes,
    parse_axis,
)
from neuraltypes._dtypes import DType, dtype_from_name
from neuraltypes._errors import AnnotationError
from neuraltypes.elements import ElementType
from neuraltypes.kinds import AxisKind, kind_from_name, kinds_of

if TYPE_CHECKING:
    from neuraltypes._compare import Comparison

Container: TypeAlias = Literal["list", "tuple", "sequence"]
RecordForm: TypeAlias = Literal["namedtuple", "dataclass", "typeddict"]


@dataclass(frozen=True, slots=True)
class ElementVar:
    """An element `TypeVar`: one call decides which element it stands for, within its bound or among its constraints."""

    name: str
    bound: ElementType | None = None
    constraints: tuple[ElementType, ...] = ()

    @property
    def options(self) -> tuple[ElementType, ...]:
        """What it may stand for; nothing where any element will do."""
        return self.constraints or (() if self.bound is None else (self.bound,))

    def __str__(self) -> str:
        return self.name


class _SpecMethods:
    """What every spec can do."""

    __slots__ = ()

    def compare(self: Spec, given: Spec) -> Comparison:  # type: ignore[misc]  # the union is what every subclass is
        """How `given` stands to this, the expected type; `.accepted` says whether it may be handed in."""
        from neuraltypes._compare import compare

        return compare(self, given)

    def to_json(self: Spec) -> dict[str, Any]:  # type: ignore[misc]
        """This spec as JSON data; `spec_from_json` gives an equal one back."""
        from neuraltypes._spec_json import spec_to_json

        return spec_to_json(self)

    def check(self: Spec, value: Any, *, name: str, owner: Any = None) -> None:  # type: ignore[misc]
        """Check that `value` fits, under the policies of calls; `name` stands for it in the error.

        Policy `first` counts the values of `owner`, an object.

        Raises:
            CheckError: it does not fit.
        """
        from neuraltypes._hook import check_value

        check_value(self, value, name, owner)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class TensorSpec(_SpecMethods):
    """The type of a tensor: dtype, axes and element, each None where unknown.

    `axes` is a jaxtyping string (`"b t mel=80"`) or one entry per axis: a string (`"B"`, `"C=80"`), a size, or an
    `AxisKind`; an empty tuple is a scalar. `element` is an element or its class.

    >>> from neuraltypes.elements import EncodedRepresentation
    >>> TensorSpec(axes=("B", "T", "C"), element=EncodedRepresentation()).kinds
    (AxisKind(name='batch'), AxisKind(name='time'), AxisKind(name='channel'))

    Raises:
        AnnotationError: an axis, the element or the dtype is malformed.
    """

    axes: Axes | None
    element: ElementType | ElementVar | None
    dtype: DType | None
    array_type: Any = field(compare=False)

    def __init__(
        self,
        axes: str | Iterable[str | int | AxisKind | Axis] | None = None,
        element: ElementType | type[ElementType] | ElementVar | None = None,
        dtype: str | DType | None = None,
        *,
        array_type: Any = None,
    ) -> None:
        object.__setattr__(self, "axes", _to_axes(axes))
        object.__setattr__(self, "element", to_element(element))
        object.__setattr__(self, "dtype", dtype_from_name(dtype) if isinstance(dtype, str) else dtype)
        object.__setattr__(self, "array_type", array_type)

    @property
    def kinds(self) -> tuple[AxisKind | None, ...] | None:
        """The kind of each axis (None: nothing says it); None when the axes are unknown."""
        return None if self.axes is None else kinds_of(self.axes)

    @property
    def ndim(self) -> int | None:
        """How many axes there are; None when unknown or variadic."""
        return None if self.axes is None or _axes.is_variadic(self.axes) else len(self.axes)

    def __repr__(self) -> str:
        parts = [] if self.axes is None else [f'"{_axes.format_axes(self.axes)}"']
        parts += [] if self.element is None else [f"element={self.element}"]
        parts += [] if self.dtype is None else [f'dtype="{self.dtype}"']
        return f"TensorSpec({', '.join(parts)})"

    def __str__(self) -> str:
        axes = "..." if self.axes is None else _axes.format_axes(self.axes)
        array = f'{self.dtype or "Shaped"}[{getattr(self.array_type, "__name__", "Tensor")}, "{axes}"]'
        return array if self.element is None else f"NeuralType[{array}, {element_text(self.element)}]"


@dataclass(frozen=True, slots=True)
class ListSpec(_SpecMethods):
    """A sequence of any number of items of one type; `size` when their number is known."""

    item: Spec
    size: int | None = None
    container: Container = "list"

    def __str__(self) -> str:
        if self.container == "tuple":
            return f"tuple[{self.item}, ...]"
        return f"{'list' if self.container == 'list' else 'Sequence'}[{self.item}]"


@dataclass(frozen=True, slots=True)
class TupleSpec(_SpecMethods):
    """A tuple of exactly these items."""

    items: tuple[Spec, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items)) or '()'}]"


@dataclass(frozen=True, slots=True)
class DictSpec(_SpecMethods):
    """A mapping of any keys to values of one type."""

    value: Spec
    key: Spec
    container: Literal["dict", "mapping"] = "dict"

    def __str__(self) -> str:
        return f"{'dict' if self.container == 'dict' else 'Mapping'}[{self.key}, {self.value}]"


@dataclass(frozen=True, slots=True, repr=False)
class RecordSpec(_SpecMethods):
    """Named fields in order: a NamedTuple, a dataclass or a TypedDict; `optional` names the keys that may be absent."""

    name: str
    fields: tuple[tuple[str, Spec], ...]
    form: RecordForm = "namedtuple"
    optional: frozenset[str] = frozenset()
    record_type: Any = field(default=None, compare=False, repr=False)

    def __repr__(self) -> str:
        optional = f", optional=frozenset({sorted(self.optional)})" if self.optional else ""
        return f"RecordSpec(name={self.name!r}, fields={self.fields!r}, form={self.form!r}{optional})"

    @property
    def items(self) -> tuple[Spec, ...]:
        """The types of the fields, in order."""
        return tuple(spec for _, spec in self.fields)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}: {spec}' for name, spec in self.fields)})"


@dataclass(frozen=True, slots=True)
class OptionalSpec(_SpecMethods):
    """An item or None."""

    item: Spec

    def __str__(self) -> str:
        return f"{self.item} | None"


@dataclass(frozen=True, slots=True)
class UnionSpec(_SpecMethods):
    """One of several types."""

    options: tuple[Spec, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.options))


@dataclass(frozen=True, slots=True)
class ValueSpec(_SpecMethods):
    """Anything that holds no tensor type, as its annotation reads: `float`, `str`, `Any`."""

    type: str
    hint: Any = field(default=Any, compare=False, repr=False)

    def __str__(self) -> str:
        return self.type


Spec: TypeAlias = TensorSpec | ListSpec | TupleSpec | DictSpec | RecordSpec | OptionalSpec | UnionSpec | ValueSpec


def children(spec: Spec) -> Iterator[Spec]:
    """The specs directly inside `spec`."""
    match spec:
        case ListSpec(item=item) | OptionalSpec(item=item):
            yield item
        case TupleSpec(items=items) | UnionSpec(options=items):
            yield from items
        case RecordSpec():
            yield from spec.items
        case DictSpec(value=value, key=key):
            yield from (key, value)


def tensors(spec: Spec) -> Iterator[TensorSpec]:
    """Every tensor type inside `spec`, itself included."""
    if isinstance(spec, TensorSpec):
        yield spec
    for child in children(spec):
        yield from tensors(child)


def axis_names(spec: Spec) -> set[str]:
    """The names that the axes inside `spec` bind to a size."""
    axes = (axis for tensor in tensors(spec) for axis in tensor.axes or ())
    return {axis.name for axis in axes if isinstance(axis, NamedAxis)}


def computed_names(spec: Spec) -> set[str]:
    """The names that computed axes inside `spec` read."""
    axes = (axis for tensor in tensors(spec) for axis in tensor.axes or ())
    return {name for axis in axes if isinstance(axis, SymbolicAxis) for name in axis.names}


def replace_elements(spec: Spec, elements: Mapping[str, ElementType]) -> Spec:
    """`spec` with the element variables of those names replaced."""
    match spec:
        case TensorSpec(element=ElementVar(name=name)) if name in elements:
            return TensorSpec(spec.axes, elements[name], spec.dtype, array_type=spec.array_type)
        case ListSpec():
            return ListSpec(replace_elements(spec.item, elements), spec.size, spec.container)
        case TupleSpec():
            return TupleSpec(tuple(replace_elements(item, elements) for item in spec.items))
        case DictSpec():
            return DictSpec(replace_elements(spec.value, elements), spec.key, spec.container)
        case OptionalSpec():
            return OptionalSpec(replace_elements(spec.item, elements))
        case UnionSpec():
            return UnionSpec(tuple(replace_elements(option, elements) for option in spec.options))
        case RecordSpec():
            fields = tuple((name, replace_elements(item, elements)) for name, item in spec.fields)
            return RecordSpec(spec.name, fields, spec.form, spec.optional, spec.record_type)
        case TensorSpec() | ValueSpec():
            return spec


def to_element(element: object) -> ElementType | ElementVar | None:
    """An element from itself or its class.

    Raises:
        AnnotationError: it is neither.
    """
    if element is None or isinstance(element, ElementType | ElementVar):
        return element
    if isinstance(element, type) and issubclass(element, ElementType):
        return element()
    raise AnnotationError(
        f"element {element!r} is no element type; write a subclass of ElementType such as LogitsType, "
        "or an instance such as AudioSignal(freq=16000)"
    )


def _to_axes(axes: str | Iterable[str | int | AxisKind | Axis] | None) -> Axes | None:
    if axes is None:
        return None
    if isinstance(axes, str):
        return parse_axes(axes)
    if not isinstance(axes, Iterable):
        raise AnnotationError(
            f'axes: {axes!r} is no axis string and no sequence of axes; write "b t c" or ("b", "t", "c")'
        )
    return parse_axes(_axes.format_axes(tuple(map(_to_axis, axes))))


def _to_axis(axis: str | int | AxisKind | Axis) -> Axis:
    match axis:
        case str():
            return parse_axis(axis)
        case int() if not isinstance(axis, bool):
            return FixedAxis(axis)
        case AxisKind(name=name) if kind_from_name(name) != axis:
            raise AnnotationError(f'axes: kind "{name}" is not registered; register_kind("{name}") first')
        case AxisKind(name=name):
            return AnonymousAxis(label=name)
        case FixedAxis() | NamedAxis() | SymbolicAxis() | AnonymousAxis() | VariadicAxis():
            return axis
        case _:
            raise AnnotationError(f'axes: {axis!r} is no axis; write a name such as "B", a size such as 80, or a kind')


def element_text(element: ElementType | ElementVar) -> str:
    """An element as an annotation has it: its class alone where it has no parameters."""
    return str(element).removesuffix("()")
