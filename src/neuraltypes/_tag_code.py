"""Generated code that tags what a function returns with what its annotation says of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

from torch import Tensor

from neuraltypes import _tags
from neuraltypes._code import OK, CodeWriter
from neuraltypes._spec import (
    DictSpec,
    ListSpec,
    OptionalSpec,
    RecordSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    UnionSpec,
    tensors,
)
from neuraltypes.elements import ElementType


@final
class TagWriter:
    """Writes lines that tag tensors; `writes` says that the function may have written to them in place."""

    def __init__(self, code: CodeWriter, *, writes: bool) -> None:
        self._code = code
        self._writes = writes

    def result(self, name: str, spec: TensorSpec, inputs: list[str], source: tuple[str, TensorSpec] | None) -> None:
        """Tag a result that is a tensor, whose tag is in `_nt_tag`; see `GuardBuilder.result`."""
        # Only exact tensors: a tag on a Parameter would follow it to wherever else it is used.
        is_new = f"{OK} and _nt_tag is None and type({name}) is {self._code.constant(array_class(spec))}"
        is_input = " or ".join(f"{name} is {argument}" for argument in inputs)
        if source is not None:
            argument, given_spec = source
            given = f'getattr({argument}, "{_tags.ATTRIBUTE}", None)'
            if _tags.known_kinds(given_spec) != _tags.known_kinds(spec):
                given = f"{self._code.constant(_tags.tag_passer(spec))}({given})"
            is_new += f" and not ({is_input})" if is_input else ""
            with self._code.when(f"{is_new} and (_nt_tag := {given}) is not None"):
                self._set(name, "_nt_tag")
        elif (tag := _tags.make_tag(spec)) is not None:
            says_more = isinstance(spec.element, ElementType)
            with self._code.when(is_new if says_more or not is_input else f"{is_new} and not ({is_input})"):
                if says_more and is_input:
                    with self._code.when(is_input):
                        self._code.emit(f"{name} = {name}.view_as({name})")
                self._set(name, self._code.literal(tag))

    def _set(self, value: str, tag: str) -> None:
        tagged = f"{self._code.constant(_tags.tag_written)}({value}, {tag})" if self._writes else tag
        self._code.emit(f"{value}.{_tags.ATTRIBUTE} = {tagged}")

    def inside(self, value: str, spec: Spec, untouched: list[str]) -> None:
        """Tag the tensors inside a value, `untouched` the conditions under which one is not an input."""
        match spec:
            case TensorSpec() if (tag := _tags.make_tag(spec)) is not None:
                is_new = [f"type({value}) is {self._code.constant(array_class(spec))}"]
                is_new += [f'getattr({value}, "{_tags.ATTRIBUTE}", None) is None']
                with self._code.when(" and ".join(is_new + [condition.format(value) for condition in untouched])):
                    self._set(value, self._code.literal(tag))
            case OptionalSpec(item=item):
                with self._code.when(f"{value} is not None"):
                    self.inside(value, item, untouched)
            case ListSpec(item=item) if self._has_tags(item):
                part = self._code.variable()
                with self._code.loop(f"for {part} in {value}:", ""):
                    self.inside(part, item, untouched)
            case DictSpec(value=item) if self._has_tags(item):
                part = self._code.variable()
                with self._code.loop(f"for {part} in {value}.values():", ""):
                    self.inside(part, item, untouched)
            case TupleSpec(items=items):
                self._parts([(f"{value}[{number}]", item) for number, item in enumerate(items)], untouched)
            case RecordSpec(form="typeddict", fields=fields):
                for name, item in fields:
                    with self._code.when(f"{name!r} in {value}"):
                        self._parts([(f"{value}[{name!r}]", item)], untouched)
            case RecordSpec(fields=fields):
                self._parts([(f"{value}.{name}", item) for name, item in fields], untouched)

    def _parts(self, parts: Iterable[tuple[str, Spec]], untouched: list[str]) -> None:
        for source, spec in parts:
            if self._has_tags(spec):
                part = self._code.variable()
                self._code.emit(f"{part} = {source}")
                self.inside(part, spec, untouched)

    def _has_tags(self, spec: Spec) -> bool:
        return not isinstance(spec, UnionSpec) and any(_tags.make_tag(tensor) is not None for tensor in tensors(spec))


class _Nothing:
    """Nothing is an instance of this."""


def array_class(spec: TensorSpec) -> Any:
    """The class that the guard asks for; arrays that are no tensors are rare and left to the full check."""
    if spec.array_type is None:
        return Tensor
    return spec.array_type if isinstance(spec.array_type, type) and issubclass(spec.array_type, Tensor) else _Nothing
