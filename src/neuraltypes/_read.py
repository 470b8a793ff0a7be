"""Annotations, as Python evaluates them, read into specs."""

from __future__ import annotations

import collections.abc
import dataclasses
import sys
import types
import typing
from typing import Annotated, Any, NewType, TypeVar, Union, get_args, get_origin

from neuraltypes._axes import parse_axes
from neuraltypes._dtypes import DType, dtype_from_name, dtype_from_patterns
from neuraltypes._errors import AnnotationError
from neuraltypes._spec import (
    Container,
    DictSpec,
    ElementVar,
    ListSpec,
    OptionalSpec,
    RecordForm,
    RecordSpec,
    Spec,
    TensorSpec,
    TupleSpec,
    UnionSpec,
    ValueSpec,
    replace_elements,
    tensors,
    to_element,
)
from neuraltypes.elements import ElementType

_CONTAINERS: dict[Any, Container] = {
    list: "list",
    collections.abc.MutableSequence: "list",
    collections.abc.Sequence: "sequence",
}
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping, collections.OrderedDict)
_QUALIFIERS = (typing.Final, typing.ClassVar, typing.Required, typing.NotRequired)


def spec_from_annotation(hint: Any) -> Spec:
    """The spec of an evaluated annotation: `spec_from_annotation(NeuralType[Float[Tensor, "b t"], LogitsType])`.

    What holds no tensor type is a `ValueSpec`.

    Raises:
        AnnotationError: the axes, the dtype or the element are malformed, or two elements are given.
    """
    return _Reader().read(hint)


def check_annotation(hint: Any) -> None:
    """Refuse a malformed axis string anywhere directly in `hint`; what cannot be evaluated yet is left for later.

    Raises:
        AnnotationError: an axis string is malformed.
    """
    if is_array_type(hint):
        parse_axes(hint.dim_str)
    elif not isinstance(hint, type | str):
        for argument in get_args(hint):
            check_annotation(argument)


def is_array_type(hint: Any) -> bool:
    """Whether `hint` is a jaxtyping type such as `Float[Tensor, "b t"]`."""
    jaxtyping = sys.modules.get("jaxtyping")
    return jaxtyping is not None and isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray)


class _Reader:
    """One walk over an annotation; remembers the records that it is inside of, which may refer to themselves."""

    def __init__(self) -> None:
        self._open_records: list[Any] = []

    def read(self, hint: Any) -> Spec:
        if hint is None:
            hint = type(None)
        if is_array_type(hint):
            return _read_array(hint)
        if isinstance(hint, type) and get_origin(hint) is None:
            return self._read_class(hint)
        if isinstance(hint, TypeVar):
            return self._read_typevar(hint)
        if isinstance(hint, NewType):
            return self.read(hint.__supertype__)
        if hasattr(hint, "__value__"):  # PEP 695 alias
            return self.read(hint.__value__)
        return self._read_generic(hint, get_origin(hint), get_args(hint))

    def _read_generic(self, hint: Any, origin: Any, args: tuple[Any, ...]) -> Spec:
        if origin is Annotated:
            return self._read_annotated(args[0], hint.__metadata__)
        if origin in (Union, types.UnionType):
            return self._read_union(hint, args)
        if origin in _QUALIFIERS:
            return self.read(args[0])
        if origin in _CONTAINERS:
            return _unless_value(hint, ListSpec(self.read(args[0]), container=_CONTAINERS[origin]))
        if origin is tuple:
            return _unless_value(hint, self._read_tuple(args))
        if origin in _MAPPINGS:
            spec = DictSpec(self.read(args[1]), self.read(args[0]), "dict" if issubclass(origin, dict) else "mapping")
            return _unless_value(hint, spec)
        if hasattr(origin, "__value__"):
            return self.read(origin.__value__[args])
        if isinstance(origin, type) and _record_form(origin) is not None:
            return self._read_generic_record(origin, args)
        return ValueSpec(_text(hint), hint)

    def _read_annotated(self, inner: Any, metadata: tuple[Any, ...]) -> Spec:
        spec = self.read(inner)
        elements = [_to_element_or_var(item) for item in metadata if _is_element(item)]
        if len(elements) > 1:
            raise AnnotationError(f"{spec}: two elements, {elements[0]} and {elements[1]}; keep one")
        return _with_element(spec, elements[0]) if elements else spec

    def _read_union(self, hint: Any, args: tuple[Any, ...]) -> Spec:
        options = tuple(self.read(arg) for arg in args if arg is not type(None))
        if not any(True for option in options for _ in tensors(option)):
            return ValueSpec(_text(hint), hint)
        spec = options[0] if len(options) == 1 else UnionSpec(options)
        return OptionalSpec(spec) if len(options) < len(args) else spec

    def _read_tuple(self, args: tuple[Any, ...]) -> Spec:
        if len(args) == 2 and args[1] is Ellipsis:
            return ListSpec(self.read(args[0]), container="tuple")
        return TupleSpec(tuple(self.read(arg) for arg in args))

    def _read_class(self, hint: type) -> Spec:
        if _is_tensor_class(hint):
            return TensorSpec(array_type=hint)
        form = _record_form(hint)
        if form is None or hint in self._open_records:
            return ValueSpec(_text(hint), hint)
        self._open_records.append(hint)
        try:
            return _unless_value(hint, self._read_record(hint, form))
        finally:
            self._open_records.pop()

    def _read_record(self, record: type, form: RecordForm) -> Spec:
        hints = _record_hints(record)
        names = [f.name for f in dataclasses.fields(record)] if form == "dataclass" else list(hints)
        fields = tuple((name, self.read(hints[name])) for name in names if name in hints)
        optional: frozenset[str] = getattr(record, "__optional_keys__", frozenset())
        return RecordSpec(record.__name__, fields, form, frozenset(optional), record)

    def _read_generic_record(self, origin: type, args: tuple[Any, ...]) -> Spec:
        variables = (getattr(variable, "__name__", "") for variable in getattr(origin, "__parameters__", ()))
        found = {name: element for name, arg in zip(variables, args, strict=False) if (element := known_element(arg))}
        return replace_elements(self._read_class(origin), found)

    def _read_typevar(self, variable: TypeVar) -> Spec:
        bound = getattr(variable, "__bound__", None)
        return ValueSpec(variable.__name__) if bound is None else self.read(bound)


def _read_array(hint: Any) -> Spec:
    return TensorSpec(parse_axes(hint.dim_str), None, _read_dtype(hint), array_type=hint.array_type)


def _read_dtype(hint: Any) -> DType:
    jaxtyping: Any = sys.modules["jaxtyping"]

    name, dtypes = hint.dtype.__name__, hint.dtypes
    if dtypes is vars(jaxtyping.Shaped)["dtypes"]:
        return dtype_from_name("Shaped")
    if getattr(jaxtyping, name, None) is hint.dtype and vars(hint.dtype)["dtypes"] == dtypes:
        return dtype_from_name(name)
    return dtype_from_patterns(name, tuple(dtypes))


def _record_hints(record: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(record, include_extras=True)
    except NameError as error:
        raise AnnotationError(
            f"{record.__name__}: the annotation of a field cannot be resolved: {error}; "
            "import the name outside `if TYPE_CHECKING`"
        ) from None


def _record_form(cls: type) -> RecordForm | None:
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return "namedtuple"
    if typing.is_typeddict(cls):
        return "typeddict"
    return "dataclass" if dataclasses.is_dataclass(cls) else None


def _is_tensor_class(hint: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and hasattr(torch, "Tensor") and issubclass(hint, torch.Tensor)


def _is_element(item: Any) -> bool:
    if isinstance(item, TypeVar):
        allowed = item.__constraints__ or (() if item.__bound__ is None else (item.__bound__,))
        return all(known_element(option) is not None for option in allowed)
    return known_element(item) is not None


def known_element(item: Any) -> ElementType | None:
    """The element that `item` is or is the class of, or None."""
    is_class = isinstance(item, type) and get_origin(item) is None and issubclass(item, ElementType)
    if not is_class and not isinstance(item, ElementType):
        return None
    return typing.cast("ElementType", to_element(item))


def _to_element_or_var(item: Any) -> ElementType | ElementVar:
    if isinstance(item, TypeVar):
        constraints = tuple(typing.cast("ElementType", to_element(option)) for option in item.__constraints__)
        return ElementVar(item.__name__, known_element(item.__bound__), constraints)
    return typing.cast("ElementType", to_element(item))


def _with_element(spec: Spec, element: ElementType | ElementVar) -> Spec:
    """`spec` with `element` on each tensor type that has none of its own."""
    match spec:
        case TensorSpec(element=None):
            return TensorSpec(spec.axes, element, spec.dtype, array_type=spec.array_type)
        case TensorSpec():
            raise AnnotationError(f"{spec}: two elements, {spec.element} and {element}; keep one")
        case OptionalSpec(item=item):
            return OptionalSpec(_with_element(item, element))
        case UnionSpec(options=options):
            return UnionSpec(tuple(_with_element(o, element) if any(tensors(o)) else o for o in options))
        case ListSpec():
            return ListSpec(_with_element(spec.item, element), spec.size, spec.container)
        case ValueSpec():
            return spec
        case _:
            raise AnnotationError(f"{spec}: give each tensor type inside its own element, not the whole {element}")


def _unless_value(hint: Any, spec: Spec) -> Spec:
    """`spec`, or the plain value when there is no tensor type inside."""
    return spec if any(True for _ in tensors(spec)) else ValueSpec(_text(hint), hint)


def _text(hint: Any) -> str:
    if hint is type(None):
        return "None"
    return hint.__name__ if isinstance(hint, type) and get_origin(hint) is None else str(hint).replace("typing.", "")
