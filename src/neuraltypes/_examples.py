"""From a module's annotations: valid example inputs, and the dynamic shapes that `torch.export` takes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from neuraltypes._axes import Axis, FixedAxis, NamedAxis, SymbolicAxis, VariadicAxis, format_axis, is_variadic
from neuraltypes._check import Bindings, Bound, Checker
from neuraltypes._dtypes import DType
from neuraltypes._errors import AnnotationError
from neuraltypes._forward import interface_of
from neuraltypes._interface import Interface
from neuraltypes._spec import (
    DictSpec,
    ElementVar,
    ListSpec,
    OptionalSpec,
    RecordSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    UnionSpec,
    ValueSpec,
    tensors,
)
from neuraltypes.elements import Domain, ElementType, IgnoreMaskType, LogprobsType, ProbsType
from neuraltypes.kinds import BATCH, HEIGHT, SEQUENCE, TIME, WIDTH

_PREFERRED = ("float32", "int64", "bool", "uint8", "complex64", "float64", "bfloat16", "float16", "int32")
_DYNAMIC = frozenset({BATCH, TIME, SEQUENCE, WIDTH, HEIGHT})
_LIST_SIZE = 2


def example_inputs(module: nn.Module, *, seed: int = 0, device: Any = None, **given: Any) -> dict[str, Any]:
    """Valid inputs for `forward`: of the declared dtypes and axes, with values that the element admits.

    Sizes are small and differ from name to name; `given` sets them (`t=7`), or a whole input by its name. Inputs that
    have a default are left out. Lengths are at most the time axis, indices are 0 or 1, probabilities sum to 1 over the
    last axis, no mask ignores the first step.

    Raises:
        AnnotationError: the annotations are malformed, or do not say enough to make an input; it is named.
    """
    interface = interface_of(type(module), getattr(module, "__orig_class__", None))
    _refuse_unknown(interface, given)
    maker = _Maker(module, interface, given, torch.Generator().manual_seed(seed))
    wanted = [(name, spec) for name, spec in interface.parameters if name in given or name in interface.required]
    made = {name: given[name] if name in given else maker.make(name, spec) for name, spec in wanted}
    return {name: _moved(value, device) for name, value in made.items()}


def dynamic_shapes(module: nn.Module, inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`dynamic_shapes` for `torch.export.export(module, (), inputs, dynamic_shapes=...)`.

    Axes of one name share one `Dim` where their kind says that they vary (batch, time, sequence, width, height); fixed
    axes stay static, and every other axis is left for torch to find out (`Dim.AUTO`). `inputs` are needed where the
    number of tensors is not in the annotation (lists, dicts), and choose the inputs that are passed.

    Raises:
        AnnotationError: an input's number of tensors is unknown and `inputs` do not tell.
    """
    interface = interface_of(type(module), getattr(module, "__orig_class__", None))
    names = interface.required if inputs is None else inputs
    dims: dict[str, Any] = {}
    return {
        name: _shapes(name, spec, None if inputs is None else inputs[name], dims)
        for name, spec in interface.parameters
        if name in names
    }


class _Maker:
    """Makes inputs of one module that agree in their sizes."""

    def __init__(
        self, module: nn.Module, interface: Interface, given: dict[str, Any], generator: torch.Generator
    ) -> None:
        self._module, self._given, self._generator = module, given, generator
        self._sizes = _choose_sizes(interface, given)

    def make(self, name: str, spec: Spec) -> Any:
        match spec:
            case TensorSpec():
                return self._tensor(name, spec)
            case OptionalSpec():
                return None
            case ListSpec(item=item, size=size):
                items = [self.make(name, item) for _ in range(size or _LIST_SIZE)]
                return tuple(items) if spec.container == "tuple" else items
            case TupleSpec(items=parts):
                return tuple(self.make(name, part) for part in parts)
            case DictSpec(value=value):
                return {"example": self.make(name, value)}
            case RecordSpec(record_type=record_type):
                fields = {field: self.make(f"{name}.{field}", part) for field, part in spec.fields}
                return fields if spec.form == "typeddict" or record_type is None else record_type(**fields)
            case UnionSpec(options=options):
                return self.make(name, options[0])
            case ValueSpec():
                raise AnnotationError(f'example_inputs: input "{name}" is {spec}, not a tensor; give it: {name}=...')

    def _tensor(self, name: str, spec: TensorSpec) -> Tensor:
        if spec.axes is None:
            raise AnnotationError(f'example_inputs: the axes of input "{name}" are unknown; give it: {name}=...')
        shape = [size for axis in spec.axes for size in self._axis_sizes(axis)]
        try:
            return self._values(shape, spec).to(_dtype(spec.dtype))
        except (NotImplementedError, RuntimeError, AttributeError, ValueError) as error:
            reason = f"torch cannot fill {spec}: {error}"
            raise AnnotationError(f'example_inputs: input "{name}": {reason}; give it: {name}=...') from None

    def _axis_sizes(self, axis: Axis) -> list[int]:
        match axis:
            case FixedAxis(size=size):
                return [size]
            case NamedAxis(name=name):
                return [self._sizes[name]]
            case VariadicAxis(name=name):
                return [self._sizes[f"*{name}"]] if name else []
            case SymbolicAxis():
                return [self._computed(axis)]
            case _:
                return [2]

    def _computed(self, axis: SymbolicAxis) -> int:
        bindings = Bindings({name: Bound(size, "example") for name, size in self._sizes.items()})
        size = Checker({"self": self._module, **self._given}, bindings).evaluate(axis)
        if int(size) != size or size < 0:
            raise AnnotationError(f'example_inputs: axis "{format_axis(axis)}" comes out as {size}; give other sizes')
        return int(size)

    def _values(self, shape: list[int], spec: TensorSpec) -> Tensor:
        element = spec.element.bound if isinstance(spec.element, ElementVar) else spec.element
        domain = _domain(element, spec.dtype)
        if domain is Domain.LENGTH:
            return self._lengths(shape)
        if domain is Domain.INDEX:
            return torch.randint(0, 2, shape, generator=self._generator)
        if domain is Domain.BOOLEAN:
            return _first_kept(
                torch.rand(shape, generator=self._generator) < 0.5, ignores=isinstance(element, IgnoreMaskType)
            )
        real = torch.randn(shape, generator=self._generator)
        if isinstance(element, ProbsType) and shape:
            return real.softmax(-1)
        if isinstance(element, LogprobsType) and shape:
            return real.log_softmax(-1)
        transforms = {
            Domain.UNIT: torch.sigmoid,
            Domain.NON_POSITIVE: lambda x: -x.abs(),
            Domain.NON_NEGATIVE: torch.abs,
        }
        return transforms[domain](real) if domain in transforms else real

    def _lengths(self, shape: list[int]) -> Tensor:
        longest = max([size for name, size in self._sizes.items() if _is_time(name)] or [2])
        lengths = torch.randint(1, longest + 1, shape, generator=self._generator)
        if lengths.numel():
            lengths.view(-1)[0] = longest
        return lengths


def _refuse_unknown(interface: Interface, given: Mapping[str, Any]) -> None:
    known = {*interface.inputs, *(name.lstrip("*") for name in size_names(interface))}
    for name in given:
        if name not in known:
            raise AnnotationError(
                f'example_inputs: "{name}" is no input and no axis; known are {", ".join(sorted(known))}'
            )


def _choose_sizes(interface: Interface, given: Mapping[str, Any]) -> dict[str, int]:
    small = _small_sizes()
    names = size_names(interface)
    return {name: int(given[name.lstrip("*")]) if name.lstrip("*") in given else next(small) for name in names}


def size_names(interface: Interface) -> list[str]:
    """The axis names that the inputs use, in order, variadic ones with their star."""
    names: dict[str, None] = {}
    for spec in interface.inputs.values():
        for axis in (axis for tensor in tensors(spec) for axis in tensor.axes or ()):
            match axis:
                case NamedAxis(name=name):
                    names[name] = None
                case SymbolicAxis(names=read):
                    names |= dict.fromkeys(read)
                case VariadicAxis(name=str(name)):
                    names[f"*{name}"] = None
    return list(names)


def _small_sizes() -> Iterator[int]:
    return itertools.chain((2, 5, 3, 7, 4, 6), itertools.count(8))


def _is_time(name: str) -> bool:
    from neuraltypes.kinds import kind_from_name

    return kind_from_name(name) in (TIME, SEQUENCE)


def _domain(element: ElementType | None, dtype: DType | None) -> Domain:
    if element is not None and element.domain is not None:
        return element.domain
    chosen = _dtype(dtype)
    if chosen is torch.bool:
        return Domain.BOOLEAN
    return Domain.REAL if chosen.is_floating_point or chosen.is_complex else Domain.INDEX


def _dtype(dtype: DType | None) -> torch.dtype:
    members = {"float32"} if dtype is None else dtype.members
    name = next((name for name in _PREFERRED if name in members), None) or min(members)
    chosen = getattr(torch, name)
    assert isinstance(chosen, torch.dtype)
    return chosen


def _first_kept(mask: Tensor, *, ignores: bool) -> Tensor:
    if mask.ndim:
        mask[..., :1] = not ignores
    return mask


def _moved(value: Any, device: Any) -> Any:
    from torch.utils._pytree import tree_map

    return (
        value if device is None else tree_map(lambda leaf: leaf.to(device) if isinstance(leaf, Tensor) else leaf, value)
    )


def _shapes(name: str, spec: Spec, value: Any, dims: dict[str, Any]) -> Any:
    match spec:
        case TensorSpec(axes=axes):
            if axes is None or is_variadic(axes):
                ndim = getattr(value, "ndim", None)
                return None if ndim is None else dict.fromkeys(range(ndim), torch.export.Dim.AUTO)
            kinds = spec.kinds or ()
            return {
                n: _dim(axis, kinds[n] in _DYNAMIC, dims)
                for n, axis in enumerate(axes)
                if not isinstance(axis, FixedAxis)
            }
        case OptionalSpec(item=item):
            return None if value is None else _shapes(name, item, value, dims)
        case TupleSpec(items=items):
            values = value if value is not None else (None,) * len(items)
            return tuple(_shapes(name, item, part, dims) for item, part in zip(items, values, strict=True))
        case ListSpec(item=item) if value is not None:
            return type(value)(_shapes(name, item, part, dims) for part in value)
        case DictSpec(value=item) if value is not None:
            return {key: _shapes(name, item, part, dims) for key, part in value.items()}
        case RecordSpec(form="typeddict"):
            return {field: _shapes(name, item, value and value[field], dims) for field, item in spec.fields}
        case RecordSpec(form="namedtuple"):
            return tuple(_shapes(name, item, value and getattr(value, field), dims) for field, item in spec.fields)
        case ValueSpec():
            return None
        case _:
            raise AnnotationError(
                f'dynamic_shapes: input "{name}" ({spec}) holds a number of tensors that its annotation does not tell; '
                "pass the inputs: dynamic_shapes(module, inputs)"
            )


def _dim(axis: Axis, varies: bool, dims: dict[str, Any]) -> Any:
    if varies and isinstance(axis, NamedAxis) and not axis.broadcastable:
        return dims.setdefault(axis.name, torch.export.Dim(axis.name))
    return torch.export.Dim.AUTO
