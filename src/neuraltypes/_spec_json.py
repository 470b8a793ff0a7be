"""Specs as JSON data, both ways."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from neuraltypes._axes import format_axes
from neuraltypes._dtypes import TORCH_DTYPES, DType, dtype_from_name
from neuraltypes._errors import AnnotationError
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
)
from neuraltypes.elements import ElementType, element_name, find_element, parameters

Json: TypeAlias = dict[str, Any]


def spec_to_json(spec: Spec) -> Json:
    """`spec` as JSON data; `spec_from_json` gives an equal spec back."""
    match spec:
        case TensorSpec():
            return _tensor_to_json(spec)
        case ListSpec():
            known = {} if spec.size is None else {"size": spec.size}
            return {"is": spec.container, "item": spec_to_json(spec.item)} | known
        case TupleSpec():
            return {"is": "items", "items": [spec_to_json(item) for item in spec.items]}
        case DictSpec():
            return {"is": spec.container, "key": spec_to_json(spec.key), "value": spec_to_json(spec.value)}
        case RecordSpec():
            fields = [[name, spec_to_json(item)] for name, item in spec.fields]
            return {"is": spec.form, "name": spec.name, "fields": fields, "optional": sorted(spec.optional)}
        case OptionalSpec():
            return {"is": "optional", "item": spec_to_json(spec.item)}
        case UnionSpec():
            return {"is": "union", "options": [spec_to_json(option) for option in spec.options]}
        case ValueSpec():
            return {"is": "value", "type": spec.type}


def spec_from_json(data: Mapping[str, Any]) -> Spec:
    """The spec that `spec_to_json` wrote. An element is looked up among the imported ones; nothing is imported.

    Raises:
        AnnotationError: the data is malformed or names an element that is not imported.
    """
    try:
        return _read(data)
    except AnnotationError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AnnotationError(f"spec data is malformed: {error!r} in {reprlib.repr(data)}") from None
    except RecursionError:
        raise AnnotationError("spec data is nested too deeply") from None


def _read(data: Mapping[str, Any]) -> Spec:
    match data["is"]:
        case "tensor":
            return TensorSpec(
                data.get("axes"), element_from_json(data.get("element")), _dtype_from_json(data.get("dtype"))
            )
        case ("list" | "tuple" | "sequence") as container:
            return ListSpec(_read(data["item"]), _size(data.get("size")), cast(Any, container))
        case "items":
            return TupleSpec(tuple(_read(item) for item in data["items"]))
        case ("dict" | "mapping") as container:
            return DictSpec(_read(data["value"]), _read(data["key"]), cast(Any, container))
        case ("namedtuple" | "dataclass" | "typeddict") as form:
            fields = tuple((_text(name), _read(item)) for name, item in data["fields"])
            return RecordSpec(_text(data["name"]), fields, cast(Any, form), frozenset(map(_text, data["optional"])))
        case "optional":
            return OptionalSpec(_read(data["item"]))
        case "union":
            return UnionSpec(tuple(_read(option) for option in data["options"]))
        case "value":
            return ValueSpec(_text(data["type"]))
        case other:
            raise AnnotationError(
                f'spec data "is": {other!r} is no kind of spec; expected "tensor", "list", "items", ...'
            )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise AnnotationError(f"spec data holds {reprlib.repr(value)} where a text is expected")


def _size(value: Any) -> int | None:
    if value is None or (type(value) is int and value >= 0):
        return value
    raise AnnotationError(f"spec data holds the size {reprlib.repr(value)}, expected a whole number or nothing")


def _tensor_to_json(spec: TensorSpec) -> Json:
    data: Json = {"is": "tensor"}
    if spec.axes is not None:
        data["axes"] = format_axes(spec.axes)
    if spec.element is not None:
        data["element"] = element_to_json(spec.element)
    if spec.dtype is not None:
        data["dtype"] = _dtype_to_json(spec.dtype)
    return data


def element_to_json(element: ElementType | ElementVar) -> Json:
    """An element as its full name and known parameters."""
    if isinstance(element, ElementVar):
        bound = {} if element.bound is None else {"bound": element_to_json(element.bound)}
        constraints = {"constraints": [element_to_json(option) for option in element.constraints]}
        return {"var": element.name} | bound | (constraints if element.constraints else {})
    data: Json = {"name": element_name(type(element))}
    known = parameters(element)
    return data | {"parameters": known} if known else data


def element_from_json(data: Mapping[str, Any] | None) -> ElementType | ElementVar | None:
    """The element that `element_to_json` wrote.

    Raises:
        AnnotationError: no imported element has that name.
    """
    if data is None:
        return None
    if "var" in data:
        constraints = tuple(_known_element(option) for option in data.get("constraints", ()))
        bound = None if data.get("bound") is None else _known_element(data["bound"])
        return ElementVar(_text(data["var"]), bound, constraints)
    return _known_element(data)


def _known_element(data: Mapping[str, Any]) -> ElementType:
    cls = find_element(data["name"])
    if cls is None:
        raise AnnotationError(f'element "{data["name"]}" is not imported; import the module that defines it first')
    known = data.get("parameters", {})
    if not all(value is None or isinstance(value, str | int | float) for value in known.values()):
        raise AnnotationError(f"spec data holds the parameters {reprlib.repr(known)}; expected texts and numbers")
    return cls(**known)


def _dtype_to_json(dtype: DType) -> str | Json:
    try:
        standard = dtype_from_name(dtype.name) == dtype
    except AnnotationError:
        standard = False
    return dtype.name if standard else {"name": dtype.name, "members": sorted(dtype.members)}


def _dtype_from_json(data: str | Mapping[str, Any] | None) -> DType | None:
    if data is None:
        return None
    if isinstance(data, str):
        return dtype_from_name(data)
    unknown = sorted(set(data["members"]) - set(TORCH_DTYPES))
    if unknown:
        raise AnnotationError(f'dtype "{data["name"]}": {unknown[0]!r} is no torch dtype')
    return DType(_text(data["name"]), frozenset(data["members"]))
