"""Generated guards: straight-line Python that says in about a microsecond that a call is fine.

A guard never words an error. Where it does not say yes, the full check (`_check.Checker`) decides and explains.
The code has the wrapped function's own signature, uses nothing that `torch.compile` cannot trace, and is compiled once
per function, for the recompile limit of `torch.compile` counts per code object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, Final, Literal, Union, final, get_args, get_origin

from beartype import beartype
from beartype.door import is_bearable
from beartype.roar import BeartypeException

from neuraltypes import _tags
from neuraltypes._axes import (
    AnonymousAxis,
    Axes,
    Axis,
    FixedAxis,
    NamedAxis,
    SymbolicAxis,
    VariadicAxis,
    is_variadic,
    python_expression,
)
from neuraltypes._binding import in_order, is_straight, surely_bound
from neuraltypes._check import join_shapes, mapping_type, sequence_type
from neuraltypes._code import OK, CodeWriter
from neuraltypes._dtypes import DType
from neuraltypes._errors import AnnotationError
from neuraltypes._interface import Interface
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
    axis_names,
    tensors,
)
from neuraltypes._tag_code import TagWriter, array_class

_LITERALS: Final = (str, int, bool, bytes, type(None))  # others, such as enum members, cannot be spelled


@final
class GuardBuilder:
    """Lines of code that check arguments, and later the result, of one function.

    Axis names are *sure* once a required argument has bound them, and *maybe* bound (None until then) where only an
    optional or repeated value binds them. `writes` says that the function may return a tensor that it has written to in
    place.
    """

    def __init__(self, *, writes: bool = False) -> None:
        self.code = CodeWriter()
        self.code.constants["_nt_join"] = join_shapes
        self._tagging = TagWriter(self.code, writes=writes)
        self._sure: set[str] = set()
        self._maybe: set[str] = set()
        self._shapes: set[str] = set()
        self._initial: set[str] = set()
        self._collected: list[tuple[str, SymbolicAxis]] = []
        self._started: set[str] = set()

    def arguments(self, interface: Interface, defaults: Mapping[str, str]) -> list[str]:
        """Lines that set `_nt_ok`: plain required tensors in one expression first, the rest one after the other.

        `defaults` maps a parameter to the constant that holds its default, which passes unchecked.
        """
        ordered = in_order(interface)
        straight = {name: spec for name, spec in ordered if is_straight(spec, name, interface)}
        rest = {name: spec for name, spec in ordered if name not in straight}
        self._bind_ahead(straight.values(), rest.values())
        self._straight(straight)
        for name, spec in rest.items():
            with self.code.when(f"{OK} and {name} is not {defaults[name]}" if name in defaults else OK):
                self._block(name, spec, OK)
        self._finish_computed()
        return self.code.take()

    def result(
        self, name: str, spec: Spec, inputs: Iterable[str], source: tuple[str, TensorSpec] | None = None
    ) -> list[str]:
        """Lines that check the result, with what the arguments bound, and tag the tensors in it that carry no tag yet.

        A result that is one of the `inputs` itself becomes a view where its element says more than the input's tag;
        inside a container it stays as it is.
        `source` is the input, and its type, whose element a result generic over its element takes on.
        """
        if isinstance(spec, TensorSpec) and not is_variadic(spec.axes or ()):
            self._straight_result(name, spec, list(inputs), source)
            return self.code.take()
        untouched = [f"{{}} is not {argument}" for argument in inputs]
        ahead = axis_names(spec) - self._sure - self._maybe
        self._maybe |= ahead
        self._emit_initial(ahead, self._shape_names([spec]))
        self._block(name, spec, OK)
        self._finish_computed()
        if isinstance(spec, TensorSpec):
            self.code.emit(f'_nt_tag = getattr({name}, "{_tags.ATTRIBUTE}", None)')
            self._tagging.result(name, spec, list(inputs), source)
            return self.code.take()
        with self.code.when(OK):
            self._tagging.inside(name, spec, untouched)
        return self.code.take()

    def _straight_result(
        self, name: str, spec: TensorSpec, inputs: list[str], source: tuple[str, TensorSpec] | None
    ) -> None:
        conditions = [self._isinstance(name, spec), *self._dtype(name, spec)]
        if _tags.is_constrained(spec) or source is not None:
            self.code.emit(f'_nt_tag = getattr({name}, "{_tags.ATTRIBUTE}", None)')
        if _tags.is_constrained(spec):
            conditions.append(self._fits("_nt_tag", spec))
        later: list[tuple[Axis, str]] = []
        fresh = [a.name for a in spec.axes or () if isinstance(a, NamedAxis) and a.name not in self._sure]
        self._maybe |= set(fresh)
        self._emit_initial((n for n in set(fresh) if n not in self._initial), ())
        if spec.axes is not None:
            conditions += self._unpack(name, spec.axes, set(self._sure | self._maybe), later)
        conditions += [c for axis, variable in later if (c := self._sure_condition(axis, variable))]
        self.code.emit(f"{OK} = {_conjunction(conditions)}")
        for axis, variable in later:
            if not self._sure_condition(axis, variable):
                self._axis(axis, variable, OK)
        self._finish_computed()
        self._tagging.result(name, spec, inputs, source)

    def bound_sizes(self) -> dict[str, str]:
        """Axis names and the variables that hold their sizes (None while nothing has bound them)."""
        return {name: _size(name) for name in sorted(self._sure | self._maybe)}

    def bound_shapes(self) -> dict[str, str]:
        """Variadic names and the variables that hold `(broadcastable, shape)`."""
        return {name: _shape(name) for name in sorted(self._shapes)}

    def _bind_ahead(self, straight: Iterable[TensorSpec], rest: Iterable[Spec]) -> None:
        rest = list(rest)
        self._sure = set().union(*map(surely_bound, straight))
        self._maybe = set().union(*(axis_names(spec) for spec in [*straight, *rest])) - self._sure
        self._emit_initial(self._maybe, self._shape_names([*straight, *rest]))

    def _emit_initial(self, names: Iterable[str], shapes: Iterable[str]) -> None:
        names = set(names)
        self._initial |= names
        for variable in [*map(_size, sorted(names)), *map(_shape, sorted(set(shapes) - self._shapes))]:
            self.code.emit(f"{variable} = None")
        self._shapes |= set(shapes)

    def _shape_names(self, specs: Iterable[Spec]) -> set[str]:
        axes = (axis for spec in specs for tensor in tensors(spec) for axis in tensor.axes or ())
        return {axis.name for axis in axes if isinstance(axis, VariadicAxis) and axis.name is not None}

    # Plain required tensors: unpack every shape, then one expression of comparisons.

    def _straight(self, specs: Mapping[str, TensorSpec]) -> None:
        types = [self._isinstance(name, spec) for name, spec in specs.items()]
        self.code.emit(f"{OK} = {_conjunction(types)}")
        if not specs:
            return
        bound: set[str] = set()
        conditions: list[str] = []
        later: list[tuple[Axis, str]] = []
        with self.code.when(OK):
            for name, spec in specs.items():
                conditions += self._dtype(name, spec)
                if spec.axes is not None:
                    conditions += self._unpack(name, spec.axes, bound, later)
                conditions += self._tag(name, spec)
            conditions += [c for axis, variable in later if (c := self._sure_condition(axis, variable))]
            if conditions:
                self.code.emit(f"{OK} = {_conjunction(conditions)}")
            for axis, variable in later:
                if not self._sure_condition(axis, variable):
                    self._axis(axis, variable, OK)

    def _unpack(self, name: str, axes: Axes, bound: set[str], later: list[tuple[Axis, str]]) -> list[str]:
        targets = []
        for axis in axes:
            if isinstance(axis, NamedAxis) and not axis.broadcastable and axis.name not in bound:
                bound.add(axis.name)
                targets.append(_size(axis.name))
            elif isinstance(axis, AnonymousAxis):
                targets.append("_nt_any")
            else:
                targets.append(self.code.variable())
                later.append((axis, targets[-1]))
        if not targets:
            return [f"{name}.ndim == 0"]
        self.code.emit(f"{', '.join(targets)}, = {name}.shape")
        return []

    def _sure_condition(self, axis: Axis, variable: str) -> str | None:
        match axis:
            case FixedAxis():
                condition = f"{variable} == {axis.size}"
            case NamedAxis(name=name) if name in self._sure:
                condition = f"{variable} == {_size(name)}"
            case SymbolicAxis(names=names) if self._sure.issuperset(names):
                condition = f"{variable} == {python_expression(axis, _size)}"
            case _:
                return None
        return f"({variable} == 1 or {condition})" if axis.broadcastable else condition

    # Everything else: one statement after the other, each clearing a flag when something disagrees.

    def _block(self, value: str, spec: Spec, flag: str) -> None:
        match spec:
            case TensorSpec():
                self._tensor_block(value, spec, flag)
            case OptionalSpec(item=item):
                with self.code.when(f"{value} is not None"):
                    self._block(value, item, flag)
            case UnionSpec(options=options):
                self._union_block(value, options, flag)
            case ListSpec():
                self._list_block(value, spec, flag)
            case TupleSpec(items=items):
                self.code.emit(f"{flag} = isinstance({value}, tuple) and len({value}) == {len(items)}")
                self._parts_block([(f"{value}[{number}]", item) for number, item in enumerate(items)], flag)
            case DictSpec():
                self._dict_block(value, spec, flag)
            case RecordSpec():
                self._record_block(value, spec, flag)
            case ValueSpec():
                self._value_block(value, spec, flag)

    def _tensor_block(self, value: str, spec: TensorSpec, flag: str) -> None:
        conditions = [self._isinstance(value, spec), *self._dtype(value, spec)]
        if spec.axes is not None:
            operator = ">=" if is_variadic(spec.axes) else "=="
            size = len(spec.axes) - is_variadic(spec.axes)
            if size or operator == "==":
                conditions.append(f"{value}.ndim {operator} {size}")
        self.code.emit(f"{flag} = {_conjunction(conditions + self._tag(value, spec))}")
        if not spec.axes:
            return
        with self.code.when(flag):
            self._axes_block(value, spec.axes, flag)

    def _axes_block(self, value: str, axes: Axes, flag: str) -> None:
        variadic = next((i for i, axis in enumerate(axes) if isinstance(axis, VariadicAxis)), None)
        shape = self.code.variable()
        self.code.emit(f"{shape} = {value}.shape")
        for number, axis in enumerate(axes):
            if number == variadic:
                end = number + 1 - len(axes) or None
                self._variadic(axis, f"{shape}[{number}:{end or ''}]", flag)
            elif not isinstance(axis, AnonymousAxis):
                index = number if variadic is None or number < variadic else number - len(axes)
                self._axis(axis, f"{shape}[{index}]", flag)

    def _axis(self, axis: Axis, size: str, flag: str) -> None:
        if (condition := self._sure_condition(axis, size)) is not None:
            self.code.clear_unless(condition, flag)
            return
        with self.code.when(f"{size} != 1" if getattr(axis, "broadcastable", False) else ""):
            match axis:
                case NamedAxis(name=name):
                    with self.code.when(f"{_size(name)} is None"):
                        self.code.emit(f"{_size(name)} = {size}")
                    self.code.clear_unless(f"{_size(name)} == {size}", flag)
                case SymbolicAxis():
                    self._collect(axis, size)

    def _variadic(self, axis: Axis, shape: str, flag: str) -> None:
        if isinstance(axis, VariadicAxis) and axis.name is not None:
            variable = _shape(axis.name)
            joined = self.code.variable()
            self.code.emit(f"{joined} = _nt_join({variable}, {axis.broadcastable}, {shape})")
            with self.code.when(f"{joined} is not False"):
                self.code.emit(f"{variable} = {joined}")
            self.code.clear_unless(f"{joined} is not False", flag)

    def _union_block(self, value: str, options: tuple[Spec, ...], flag: str) -> None:
        fits = self.code.variable()
        self.code.emit(f"{fits} = False")
        for option in options:
            kept = [
                *map(_size, sorted(axis_names(option) & self._maybe)),
                *map(_shape, sorted(self._shape_names([option]))),
            ]
            copies = [(variable, self.code.variable()) for variable in kept]
            with self.code.when(f"not {fits}"):
                start, collected = len(self.code.lines), len(self._collected)
                self.code.emit(f"{fits} = True")
                self._block(value, option, fits)
                for variable, axis in self._collected[collected:]:
                    self._check_collected(variable, axis, fits)
                copies += [(variable, self.code.variable()) for variable, _ in self._collected[collected:]]
                indent = self.code.indentation
                self.code.lines[start:start] = [f"{indent}{copy} = {variable}" for variable, copy in copies]
                if copies:
                    with self.code.when(f"not {fits}"):
                        for variable, copy in copies:
                            self.code.emit(f"{variable} = {copy}")
        self.code.clear_unless(fits, flag)

    def _list_block(self, value: str, spec: ListSpec, flag: str) -> None:
        self.code.emit(f"{flag} = isinstance({value}, {self.code.constant(sequence_type(spec))})")
        item = self.code.variable()
        with self.code.when(flag), self.code.loop(f"for {item} in {value}:", flag):
            self._block(item, spec.item, flag)

    def _dict_block(self, value: str, spec: DictSpec, flag: str) -> None:
        self.code.emit(f"{flag} = isinstance({value}, {self.code.constant(mapping_type(spec))})")
        key, item = self.code.variable(), self.code.variable()
        with self.code.when(flag), self.code.loop(f"for {key}, {item} in {value}.items():", flag):
            self._block(key, spec.key, flag)
            with self.code.when(flag):
                self._block(item, spec.value, flag)

    def _record_block(self, value: str, spec: RecordSpec, flag: str) -> None:
        record_type = dict if spec.form == "typeddict" else spec.record_type or tuple
        self.code.emit(f"{flag} = isinstance({value}, {self.code.constant(record_type)})")
        if spec.form != "typeddict":
            self._parts_block([(f"{value}.{name}", item) for name, item in spec.fields], flag)
            return
        for name, item in spec.fields:
            present = f"{name!r} in {value}"
            if name not in spec.optional:
                self.code.clear_unless(f"{flag} and {present}", flag)
            with self.code.when(f"{flag} and {present}"):
                self._parts_block([(f"{value}[{name!r}]", item)], flag)

    def _parts_block(self, parts: Iterable[tuple[str, Spec]], flag: str) -> None:
        for source, spec in parts:
            if isinstance(spec, ValueSpec) and spec.type == "Any":
                continue
            part = self.code.variable()
            with self.code.when(flag):
                self.code.emit(f"{part} = {source}")
                self._block(part, spec, flag)

    def _value_block(self, value: str, spec: ValueSpec, flag: str) -> None:
        if spec.type == "Any" or spec.hint is Any:
            return
        has_options = get_origin(spec.hint) in (Union, UnionType, Literal)
        classes = get_args(spec.hint) if has_options else (spec.hint,)
        if get_origin(spec.hint) is Literal and all(type(option) in _LITERALS for option in classes):
            options = [f"({value} == {o!r} and type({value}) is {self.code.constant(type(o))})" for o in classes]
            self.code.clear_unless(" or ".join(options), flag)
        elif all(map(_is_plain_class, classes)):
            names = [self.code.constant(cls) for cls in classes]
            self.code.clear_unless(f"isinstance({value}, ({', '.join(names)},))", flag)
        else:
            # The acceptor is a function that beartype made; what it raises sends the call to the full check.
            self.code.emit(f"{self.code.constant(_acceptor(spec))}({value})")

    # Pieces of expressions.

    def _isinstance(self, value: str, spec: TensorSpec) -> str:
        return f"isinstance({value}, {self.code.constant(array_class(spec))})"

    def _dtype(self, value: str, spec: TensorSpec) -> list[str]:
        if spec.dtype is None or spec.dtype.is_any:
            return []
        return [f"{value}.dtype in {self.code.literal(torch_dtypes(spec.dtype))}"]

    def _tag(self, value: str, spec: TensorSpec) -> list[str]:
        if not _tags.is_constrained(spec):
            return []
        read = f'getattr({value}, "{_tags.ATTRIBUTE}", None)'
        return [self._fits(f"(_nt_tag := {read})", spec)]

    def _fits(self, tag: str, spec: TensorSpec) -> str:
        usual = self.code.literal(_tags.usual_tags(spec))
        return f"({tag} is None or _nt_tag in {usual} or {self.code.constant(_tags.tag_verdict(spec))}(_nt_tag))"

    def _collect(self, axis: SymbolicAxis, size: str) -> None:
        variable = self.code.variable()
        self._collected.append((variable, axis))
        self.code.emit(f"{variable} = {variable} + ({size},)")

    def _finish_computed(self) -> None:
        """Check collected sizes, and put the empty collections that they start from before everything else."""
        initial = [f"{variable} = ()" for variable, _ in self._collected if variable not in self._started]
        self._started.update(variable for variable, _ in self._collected)
        later = [(variable, axis) for variable, axis in self._collected if not self._sure.issuperset(axis.names)]
        for variable, axis in self._collected:
            self._check_collected(variable, axis, OK)
        self.code.lines[:0] = initial
        self._collected = later

    def _check_collected(self, variable: str, axis: SymbolicAxis, flag: str) -> None:
        """Check the collected sizes of one axis, where the names that it is computed from are bound."""
        if not (self._sure | self._maybe).issuperset(axis.names):
            return
        unsure = [f"{_size(name)} is not None" for name in axis.names if name not in self._sure]
        item = self.code.variable()
        with self.code.when(" and ".join([flag, *unsure])), self.code.loop(f"for {item} in {variable}:", ""):
            self.code.clear_unless(f"{item} == {python_expression(axis, _size)}", flag)


def _size(name: str) -> str:
    return f"_nt_size_{name}"


def _shape(name: str) -> str:
    return f"_nt_shape_{name}"


def _conjunction(conditions: Iterable[str]) -> str:
    return " and ".join(conditions) or "True"


def torch_dtypes(dtype: DType) -> frozenset[Any]:
    """The torch dtypes that a dtype name takes, from the running torch."""
    import torch

    found = (getattr(torch, name, None) for name in dtype.members)
    return frozenset(member for member in found if isinstance(member, torch.dtype))


def _is_plain_class(hint: Any) -> bool:
    """Whether beartype's check of `hint` is exactly `isinstance`."""
    if not isinstance(hint, type) or hasattr(hint, "__origin__") or hasattr(hint, "__total__"):
        return False
    return hint.__module__ == "builtins" or (not getattr(hint, "_is_protocol", False) and not hasattr(hint, "_fields"))


def _acceptor(spec: ValueSpec) -> Callable[[Any], None]:
    def accept(value: Any) -> None:
        """Raise when `value` does not fit."""
        if not __debug__ and not is_bearable(value, spec.hint):  # beartype's decorator does nothing under python -O
            raise TypeError

    accept.__annotations__ = {"value": spec.hint, "return": None}
    try:
        return beartype(accept)
    except BeartypeException as error:
        raise AnnotationError(f"the annotation {spec} cannot be checked: {error}") from None
