"""Generated guards: straight-line Python that says in about a microsecond that a call is fine.

A guard never words an error. Where it does not say yes, the full check (`_check.Checker`) decides and explains.
The code has the wrapped function's own signature, uses nothing that `torch.compile` cannot trace, and is compiled once
per function, for the recompile limit of `torch.compile` counts per code object.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType
from typing import Any, Final, TypeGuard, TypeVar

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
)
from neuraltypes._check import join_shapes, mapping_type, sequence_type
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

_F = TypeVar("_F", bound=Callable[..., Any])

OK: Final = "_nt_ok"
_BRACES: Final = re.compile(r"\{([^{}]*)\}")


class GuardBuilder:
    """Lines of code that check arguments, and later the result, of one function.

    `constants` are the names that the lines refer to, `literals` what `embed_literals` puts into the code. Axis names
    are *sure* once a required argument has bound them, and *maybe* bound (None until then) where only an optional or
    repeated value binds them. `writes` says that the function may return a tensor that it has written to in place.
    """

    def __init__(self, *, writes: bool = False) -> None:
        self.constants: dict[str, Any] = {"_nt_join": join_shapes}
        self.literals: dict[str, frozenset[Any]] = {}
        self._writes = writes
        self._lines: list[str] = []
        self._indent = 0
        self._count = 0
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
        straight = {name: spec for name, spec in ordered if _is_straight(spec, name, interface)}
        rest = {name: spec for name, spec in ordered if name not in straight}
        self._bind_ahead(straight.values(), rest.values())
        self._straight(straight)
        for name, spec in rest.items():
            with self._when(f"{OK} and {name} is not {defaults[name]}" if name in defaults else OK):
                self._block(name, spec, OK)
        self._finish_computed()
        return self._take()

    def result(self, name: str, spec: Spec, inputs: Iterable[str], source: str | None = None) -> list[str]:
        """Lines that check the result, with what the arguments bound, and tag the tensors in it that carry no tag yet.

        A result that is one of the `inputs` itself becomes a view where its element says more than the input's tag;
        inside a container it stays as it is.
        `source` is the input whose element a result generic over its element takes on.
        """
        if isinstance(spec, TensorSpec) and not is_variadic(spec.axes or ()):
            self._straight_result(name, spec, list(inputs), source)
            return self._take()
        untouched = [f"{{}} is not {argument}" for argument in inputs]
        ahead = axis_names(spec) - self._sure - self._maybe
        self._maybe |= ahead
        self._emit_initial(ahead, self._shape_names([spec]))
        self._block(name, spec, OK)
        self._finish_computed()
        with self._when(OK):
            self._tag_block(name, spec, untouched)
        return self._take()

    def _straight_result(self, name: str, spec: TensorSpec, inputs: list[str], source: str | None) -> None:
        conditions = [self._isinstance(name, spec), *self._dtype(name, spec)]
        if _tags.is_constrained(spec) or source is not None:
            self._emit(f'_nt_tag = getattr({name}, "{_tags.ATTRIBUTE}", None)')
        if _tags.is_constrained(spec):
            conditions.append(self._fits("_nt_tag", spec))
        later: list[tuple[Axis, str]] = []
        fresh = [a.name for a in spec.axes or () if isinstance(a, NamedAxis) and a.name not in self._sure]
        self._maybe |= set(fresh)
        self._emit_initial((n for n in set(fresh) if n not in self._initial), ())
        if spec.axes is not None:
            conditions += self._unpack(name, spec.axes, set(self._sure | self._maybe), later)
        conditions += [c for axis, variable in later if (c := self._sure_condition(axis, variable))]
        self._emit(f"{OK} = {_conjunction(conditions)}")
        for axis, variable in later:
            if not self._sure_condition(axis, variable):
                self._axis(axis, variable, OK)
        self._finish_computed()
        self._tag_result(name, spec, inputs, source)

    def _tag_result(self, name: str, spec: TensorSpec, inputs: list[str], source: str | None) -> None:
        # Only exact tensors: a tag on a Parameter would follow it to wherever else it is used.
        is_new = f"{OK} and _nt_tag is None and type({name}) is {self._constant(_array_class(spec))}"
        is_input = " or ".join(f"{name} is {argument}" for argument in inputs)
        if source is not None:
            given = f'getattr({source}, "{_tags.ATTRIBUTE}", None)'
            is_new += f" and not ({is_input})" if is_input else ""
            with self._when(f"{is_new} and (_nt_tag := {self._constant(tag_passer(spec))}({given})) is not None"):
                self._set_tag(name, "_nt_tag")
        elif (tag := _tags.make_tag(spec)) is not None:
            says_more = _tags.known_element(spec) is not None
            with self._when(is_new if says_more or not is_input else f"{is_new} and not ({is_input})"):
                if says_more and is_input:
                    with self._when(is_input):
                        self._emit(f"{name} = {name}.view_as({name})")
                self._set_tag(name, repr(tag))

    def _set_tag(self, value: str, tag: str) -> None:
        tagged = f"{self._constant(_tags.tag_written)}({value}, {tag})" if self._writes else tag
        self._emit(f"{value}.{_tags.ATTRIBUTE} = {tagged}")

    def _tag_block(self, value: str, spec: Spec, untouched: list[str]) -> None:
        match spec:
            case TensorSpec() if (tag := _tags.make_tag(spec)) is not None:
                is_new = [f"type({value}) is {self._constant(_array_class(spec))}"]
                is_new += [f'getattr({value}, "{_tags.ATTRIBUTE}", None) is None']
                with self._when(" and ".join(is_new + [condition.format(value) for condition in untouched])):
                    self._set_tag(value, repr(tag))
            case OptionalSpec(item=item):
                with self._when(f"{value} is not None"):
                    self._tag_block(value, item, untouched)
            case ListSpec(item=item) if self._has_tags(item):
                part = self._variable()
                with self._loop(f"for {part} in {value}:", ""):
                    self._tag_block(part, item, untouched)
            case DictSpec(value=item) if self._has_tags(item):
                part = self._variable()
                with self._loop(f"for {part} in {value}.values():", ""):
                    self._tag_block(part, item, untouched)
            case TupleSpec(items=items):
                self._tag_parts([(f"{value}[{number}]", item) for number, item in enumerate(items)], untouched)
            case RecordSpec(form="typeddict", fields=fields):
                for name, item in fields:
                    with self._when(f"{name!r} in {value}"):
                        self._tag_parts([(f"{value}[{name!r}]", item)], untouched)
            case RecordSpec(fields=fields):
                self._tag_parts([(f"{value}.{name}", item) for name, item in fields], untouched)

    def _tag_parts(self, parts: Iterable[tuple[str, Spec]], untouched: list[str]) -> None:
        for source, spec in parts:
            if self._has_tags(spec):
                part = self._variable()
                self._emit(f"{part} = {source}")
                self._tag_block(part, spec, untouched)

    def _has_tags(self, spec: Spec) -> bool:
        return not isinstance(spec, UnionSpec) and any(_tags.make_tag(tensor) is not None for tensor in tensors(spec))

    def bound_sizes(self) -> dict[str, str]:
        """Axis names and the variables that hold their sizes (None while nothing has bound them)."""
        return {name: _size(name) for name in sorted(self._sure | self._maybe)}

    def bound_shapes(self) -> dict[str, str]:
        """Variadic names and the variables that hold `(broadcastable, shape)`."""
        return {name: _shape(name) for name in sorted(self._shapes)}

    def _bind_ahead(self, straight: Iterable[TensorSpec], rest: Iterable[Spec]) -> None:
        rest = list(rest)
        self._sure = set().union(*map(_surely_bound, straight))
        self._maybe = set().union(*(axis_names(spec) for spec in [*straight, *rest])) - self._sure
        self._emit_initial(self._maybe, self._shape_names([*straight, *rest]))

    def _emit_initial(self, names: Iterable[str], shapes: Iterable[str]) -> None:
        names = set(names)
        self._initial |= names
        for variable in [*map(_size, sorted(names)), *map(_shape, sorted(set(shapes) - self._shapes))]:
            self._emit(f"{variable} = None")
        self._shapes |= set(shapes)

    def _shape_names(self, specs: Iterable[Spec]) -> set[str]:
        axes = (axis for spec in specs for tensor in tensors(spec) for axis in tensor.axes or ())
        return {axis.name for axis in axes if isinstance(axis, VariadicAxis) and axis.name is not None}

    # Plain required tensors: unpack every shape, then one expression of comparisons.

    def _straight(self, specs: Mapping[str, TensorSpec]) -> None:
        types = [self._isinstance(name, spec) for name, spec in specs.items()]
        self._emit(f"{OK} = {_conjunction(types)}")
        if not specs:
            return
        bound: set[str] = set()
        conditions: list[str] = []
        later: list[tuple[Axis, str]] = []
        with self._when(OK):
            for name, spec in specs.items():
                conditions += self._dtype(name, spec)
                if spec.axes is not None:
                    conditions += self._unpack(name, spec.axes, bound, later)
                conditions += self._tag(name, spec)
            conditions += [c for axis, variable in later if (c := self._sure_condition(axis, variable))]
            if conditions:
                self._emit(f"{OK} = {_conjunction(conditions)}")
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
                targets.append(self._variable())
                later.append((axis, targets[-1]))
        if not targets:
            return [f"{name}.ndim == 0"]
        self._emit(f"{', '.join(targets)}, = {name}.shape")
        return []

    def _sure_condition(self, axis: Axis, variable: str) -> str | None:
        match axis:
            case FixedAxis():
                condition = f"{variable} == {axis.size}"
            case NamedAxis(name=name) if name in self._sure:
                condition = f"{variable} == {_size(name)}"
            case _:
                return None
        return f"({variable} == 1 or {condition})" if axis.broadcastable else condition

    # Everything else: one statement after the other, each clearing a flag when something disagrees.

    def _block(self, value: str, spec: Spec, flag: str) -> None:
        match spec:
            case TensorSpec():
                self._tensor_block(value, spec, flag)
            case OptionalSpec(item=item):
                with self._when(f"{value} is not None"):
                    self._block(value, item, flag)
            case UnionSpec(options=options):
                self._union_block(value, options, flag)
            case ListSpec():
                self._list_block(value, spec, flag)
            case TupleSpec(items=items):
                self._emit(f"{flag} = isinstance({value}, tuple) and len({value}) == {len(items)}")
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
        self._emit(f"{flag} = {_conjunction(conditions + self._tag(value, spec))}")
        if not spec.axes:
            return
        with self._when(flag):
            self._axes_block(value, spec.axes, flag)

    def _axes_block(self, value: str, axes: Axes, flag: str) -> None:
        variadic = next((i for i, axis in enumerate(axes) if isinstance(axis, VariadicAxis)), None)
        shape = self._variable()
        self._emit(f"{shape} = {value}.shape")
        for number, axis in enumerate(axes):
            if number == variadic:
                end = number + 1 - len(axes) or None
                self._variadic(axis, f"{shape}[{number}:{end or ''}]", flag)
            elif not isinstance(axis, AnonymousAxis):
                index = number if variadic is None or number < variadic else number - len(axes)
                self._axis(axis, f"{shape}[{index}]", flag)

    def _axis(self, axis: Axis, size: str, flag: str) -> None:
        if (condition := self._sure_condition(axis, size)) is not None:
            self._clear_unless(condition, flag)
            return
        with self._when(f"{size} != 1" if getattr(axis, "broadcastable", False) else ""):
            match axis:
                case NamedAxis(name=name):
                    with self._when(f"{_size(name)} is None"):
                        self._emit(f"{_size(name)} = {size}")
                    self._clear_unless(f"{_size(name)} == {size}", flag)
                case SymbolicAxis():
                    self._collect(axis, size)

    def _variadic(self, axis: Axis, shape: str, flag: str) -> None:
        if isinstance(axis, VariadicAxis) and axis.name is not None:
            variable = _shape(axis.name)
            joined = self._variable()
            self._emit(f"{joined} = _nt_join({variable}, {axis.broadcastable}, {shape})")
            with self._when(f"{joined} is not False"):
                self._emit(f"{variable} = {joined}")
            self._clear_unless(f"{joined} is not False", flag)

    def _union_block(self, value: str, options: tuple[Spec, ...], flag: str) -> None:
        fits = self._variable()
        self._emit(f"{fits} = False")
        for option in options:
            kept = [
                *map(_size, sorted(axis_names(option) & self._maybe)),
                *map(_shape, sorted(self._shape_names([option]))),
            ]
            copies = [(variable, self._variable()) for variable in kept]
            with self._when(f"not {fits}"):
                start, collected = len(self._lines), len(self._collected)
                self._emit(f"{fits} = True")
                self._block(value, option, fits)
                copies += [(variable, self._variable()) for variable, _ in self._collected[collected:]]
                indent = "    " * self._indent
                self._lines[start:start] = [f"{indent}{copy} = {variable}" for variable, copy in copies]
                if copies:
                    with self._when(f"not {fits}"):
                        for variable, copy in copies:
                            self._emit(f"{variable} = {copy}")
        self._clear_unless(fits, flag)

    def _list_block(self, value: str, spec: ListSpec, flag: str) -> None:
        self._emit(f"{flag} = isinstance({value}, {self._constant(sequence_type(spec))})")
        item = self._variable()
        with self._when(flag), self._loop(f"for {item} in {value}:", flag):
            self._block(item, spec.item, flag)

    def _dict_block(self, value: str, spec: DictSpec, flag: str) -> None:
        self._emit(f"{flag} = isinstance({value}, {self._constant(mapping_type(spec))})")
        key, item = self._variable(), self._variable()
        with self._when(flag), self._loop(f"for {key}, {item} in {value}.items():", flag):
            self._block(key, spec.key, flag)
            with self._when(flag):
                self._block(item, spec.value, flag)

    def _record_block(self, value: str, spec: RecordSpec, flag: str) -> None:
        record_type = dict if spec.form == "typeddict" else spec.record_type or tuple
        self._emit(f"{flag} = isinstance({value}, {self._constant(record_type)})")
        if spec.form != "typeddict":
            self._parts_block([(f"{value}.{name}", item) for name, item in spec.fields], flag)
            return
        for name, item in spec.fields:
            present = f"{name!r} in {value}"
            if name not in spec.optional:
                self._clear_unless(f"{flag} and {present}", flag)
            with self._when(f"{flag} and {present}"):
                self._parts_block([(f"{value}[{name!r}]", item)], flag)

    def _parts_block(self, parts: Iterable[tuple[str, Spec]], flag: str) -> None:
        for source, spec in parts:
            if isinstance(spec, ValueSpec) and spec.type == "Any":
                continue
            part = self._variable()
            with self._when(flag):
                self._emit(f"{part} = {source}")
                self._block(part, spec, flag)

    def _value_block(self, value: str, spec: ValueSpec, flag: str) -> None:
        if spec.type == "Any" or spec.hint is Any:
            return
        if _is_plain_class(spec.hint):
            self._clear_unless(f"isinstance({value}, {self._constant(spec.hint)})", flag)
        else:
            # The acceptor is a function that beartype made; what it raises sends the call to the full check.
            self._emit(f"{self._constant(_acceptor(spec))}({value})")

    # Pieces of expressions.

    def _isinstance(self, value: str, spec: TensorSpec) -> str:
        return f"isinstance({value}, {self._constant(_array_class(spec))})"

    def _dtype(self, value: str, spec: TensorSpec) -> list[str]:
        if spec.dtype is None or spec.dtype.is_any:
            return []
        return [f"{value}.dtype in {self._literal(torch_dtypes(spec.dtype))}"]

    def _tag(self, value: str, spec: TensorSpec) -> list[str]:
        if not _tags.is_constrained(spec):
            return []
        read = f'getattr({value}, "{_tags.ATTRIBUTE}", None)'
        return [self._fits(f"(_nt_tag := {read})", spec)]

    def _fits(self, tag: str, spec: TensorSpec) -> str:
        usual = f"_nt_tag == {own!r} or " if (own := _tags.make_tag(spec)) is not None else ""
        return f"({tag} is None or {usual}{self._constant(tag_verdict(spec))}(_nt_tag))"

    def _collect(self, axis: SymbolicAxis, size: str) -> None:
        variable = self._variable()
        self._collected.append((variable, axis))
        self._emit(f"{variable} = {variable} + ({size},)")

    def _finish_computed(self) -> None:
        """Check collected sizes, and put the empty collections that they start from before everything else."""
        initial = [f"{variable} = ()" for variable, _ in self._collected if variable not in self._started]
        self._started.update(variable for variable, _ in self._collected)
        later = [(variable, axis) for variable, axis in self._collected if not self._sure.issuperset(axis.names)]
        for variable, axis in self._collected:
            if not (self._sure | self._maybe).issuperset(axis.names):
                continue
            unsure = [f"{_size(name)} is not None" for name in axis.names if name not in self._sure]
            item = self._variable()
            with self._when(" and ".join([OK, *unsure])), self._loop(f"for {item} in {variable}:", ""):
                self._clear_unless(f"{item} == {self._expression(axis)}", OK)
        self._lines[:0] = initial
        self._collected = later

    def _expression(self, axis: SymbolicAxis) -> str:
        """The size as Python: axis names are the bound sizes, what stands in braces is read from the arguments."""
        braces: list[str] = []

        def placeholder(match: re.Match[str]) -> str:
            braces.append(match[1])
            return f"_nt_brace{len(braces) - 1}"

        tree = ast.parse(_BRACES.sub(placeholder, axis.expression), mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in axis.names:
                node.id = _size(node.id)
        text = f"({ast.unparse(tree)})"
        return re.sub(r"_nt_brace(\d+)", lambda match: f"({braces[int(match[1])]})", text)

    def _constant(self, value: Any) -> str:
        for name, known in self.constants.items():
            if known is value:
                return name
        name = f"_nt_c{len(self.constants)}"
        self.constants[name] = value
        return name

    def _literal(self, value: frozenset[Any]) -> str:
        """A placeholder that `embed_literals` replaces: torch.compile need not guard what stands in the code itself."""
        placeholder = next(
            (p for p, known in self.literals.items() if known == value), f"_nt_literal_{len(self.literals)}"
        )
        self.literals[placeholder] = value
        return repr(placeholder)

    def _variable(self) -> str:
        self._count += 1
        return f"_nt_{self._count}"

    # Lines and indentation.

    def _emit(self, line: str) -> None:
        self._lines.append("    " * self._indent + line)

    def _clear_unless(self, condition: str, flag: str) -> None:
        with self._when(f"not ({condition})"):
            self._emit(f"{flag} = False")

    @contextmanager
    def _when(self, condition: str) -> Iterator[None]:
        if not condition:
            yield
            return
        self._emit(f"if {condition}:")
        start = len(self._lines)
        self._indent += 1
        yield
        if len(self._lines) == start:
            self._emit("pass")
        self._indent -= 1

    @contextmanager
    def _loop(self, header: str, flag: str) -> Iterator[None]:
        self._emit(header)
        self._indent += 1
        yield
        self._emit(f"if not {flag}: break" if flag else "pass")
        self._indent -= 1

    def _take(self) -> list[str]:
        lines, self._lines = self._lines, []
        return lines


def in_order(interface: Interface) -> list[tuple[str, Spec]]:
    """The inputs in the order in which they bind axis names: what surely binds them comes first."""

    def rank(item: tuple[str, Spec]) -> int:
        name, spec = item
        is_sure = isinstance(spec, TensorSpec) and name in interface.required
        return 0 if _is_straight(spec, name, interface) else 1 if is_sure else 2

    return sorted(interface.parameters, key=rank)


def _is_straight(spec: Spec, name: str, interface: Interface) -> TypeGuard[TensorSpec]:
    """Whether an input is a required tensor of a fixed number of axes."""
    return isinstance(spec, TensorSpec) and name in interface.required and not is_variadic(spec.axes or ())


def sure_names(interface: Interface) -> set[str]:
    """The axis names that every call binds with its inputs."""
    straight = (spec for name, spec in interface.parameters if _is_straight(spec, name, interface))
    return set().union(*map(_surely_bound, straight))


def _surely_bound(spec: TensorSpec) -> set[str]:
    return {axis.name for axis in spec.axes or () if isinstance(axis, NamedAxis) and not axis.broadcastable}


def embed_literals(code: CodeType, literals: Mapping[str, Any]) -> CodeType:
    """`code` with each placeholder among its constants replaced by the value that it stands for."""
    constants = (literals.get(c, c) if isinstance(c, str) else c for c in code.co_consts)
    return code.replace(co_consts=tuple(constants))


def _size(name: str) -> str:
    return f"_nt_size_{name}"


def _shape(name: str) -> str:
    return f"_nt_shape_{name}"


def _conjunction(conditions: Iterable[str]) -> str:
    return " and ".join(conditions) or "True"


def _array_class(spec: TensorSpec) -> Any:
    from torch import Tensor

    # Arrays that are no tensors are rare and left to the full check.
    return (
        spec.array_type if isinstance(spec.array_type, type) and issubclass(spec.array_type, Tensor) else _never(spec)
    )


class _Never:
    """Nothing is an instance of this."""


def _never(spec: TensorSpec) -> Any:
    from torch import Tensor

    return Tensor if spec.array_type is None else _Never


def torch_dtypes(dtype: DType) -> frozenset[Any]:
    """The torch dtypes that a dtype name takes, from the running torch."""
    import torch

    found = (getattr(torch, name, None) for name in dtype.members)
    return frozenset(member for member in found if isinstance(member, torch.dtype))


_verdicts: dict[tuple[Any, Any], Callable[[str], bool]] = {}


def tag_verdict(spec: TensorSpec) -> Callable[[str], bool]:
    """A function that says whether a tag fits `spec`; it remembers each answer."""
    key = (_tags.known_element(spec), _tags.known_kinds(spec))
    if key not in _verdicts:
        _verdicts[key] = _make_verdict(spec)
    return _verdicts[key]


def _make_verdict(spec: TensorSpec) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def fits(tag: str) -> bool:
        verdict = known.get(tag)
        if verdict is None:
            said = _tags.read_tag(tag)
            verdict = _tags.element_fits(spec, said) and _tags.kinds_fit(spec, said)
            if said is not None:
                known[tag] = verdict
        return verdict

    return constant_when_traced(fits)


def tag_passer(spec: TensorSpec) -> Callable[[str | None], str | None]:
    """A function from the tag of an input to that of a result of type `spec`, which is generic over its element."""
    known: dict[str | None, str | None] = {}

    def tag_of(given: str | None) -> str | None:
        if given not in known:
            known[given] = _tags.retag(given, spec)
        return known[given]

    return constant_when_traced(tag_of)


def constant_when_traced(function: _F) -> _F:
    """`function`, which `torch.compile` runs while it traces and whose answer it takes as a constant.

    This is what `torch.compiler.assume_constant_result` does, which imports the compiler.
    """
    setattr(function, "_dynamo_marked_constant", True)  # noqa: B010
    return function


def _is_plain_class(hint: Any) -> bool:
    """Whether beartype's check of `hint` is exactly `isinstance`."""
    if not isinstance(hint, type) or hasattr(hint, "__origin__") or hasattr(hint, "__total__"):
        return False
    return hint.__module__ == "builtins" or (not getattr(hint, "_is_protocol", False) and not hasattr(hint, "_fields"))


def _acceptor(spec: ValueSpec) -> Callable[[Any], None]:
    from beartype import beartype
    from beartype.roar import BeartypeException

    def accept(value: Any) -> None:
        """Raise when `value` does not fit."""

    accept.__annotations__ = {"value": spec.hint, "return": None}
    try:
        return beartype(accept)
    except BeartypeException as error:
        raise AnnotationError(f"the annotation {spec} cannot be checked: {error}") from None


def signature_source(function: Callable[..., Any], constants: dict[str, Any]) -> tuple[str, str]:
    """The parameter list of `function` as source, defaults as constants, and the arguments that pass it on."""
    parameters = inspect.signature(function).parameters.values()
    declared: list[str] = []
    passed: list[str] = []
    previous = None
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and previous not in (
            parameter.KEYWORD_ONLY,
            parameter.VAR_POSITIONAL,
        ):
            declared.append("*")
        if previous is parameter.POSITIONAL_ONLY and parameter.kind is not parameter.POSITIONAL_ONLY:
            declared.insert(len(declared) - (declared[-1:] == ["*"]), "/")
        text, call = _parameter_source(parameter, constants)
        declared.append(text)
        passed.append(call)
        previous = parameter.kind
    if previous is inspect.Parameter.POSITIONAL_ONLY:
        declared.append("/")
    return ", ".join(declared), ", ".join(passed)


def _parameter_source(parameter: inspect.Parameter, constants: dict[str, Any]) -> tuple[str, str]:
    name = parameter.name
    if parameter.kind is parameter.VAR_POSITIONAL:
        return f"*{name}", f"*{name}"
    if parameter.kind is parameter.VAR_KEYWORD:
        return f"**{name}", f"**{name}"
    call = f"{name}={name}" if parameter.kind is parameter.KEYWORD_ONLY else name
    if parameter.default is parameter.empty:
        return name, call
    constants[default_name(name)] = parameter.default
    return f"{name}={default_name(name)}", call


def default_name(parameter: str) -> str:
    """The constant that holds a parameter's default."""
    return f"_nt_default_{parameter}"
