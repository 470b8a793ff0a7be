"""The interface of a function: the types of its inputs and outputs, derived from its annotations."""

from __future__ import annotations

import collections.abc
import inspect
import reprlib
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType, SimpleNamespace
from typing import Any

from neuraltypes._errors import AnnotationError
from neuraltypes._read import spec_from_annotation
from neuraltypes._spec import DictSpec, ListSpec, RecordSpec, Spec, TupleSpec, ValueSpec, replace_elements, tensors
from neuraltypes._spec_json import spec_from_json, spec_to_json
from neuraltypes.elements import ElementType

_YIELDING = (
    *(collections.abc.Iterator, collections.abc.Iterable, collections.abc.Generator),
    *(collections.abc.AsyncIterator, collections.abc.AsyncIterable, collections.abc.AsyncGenerator),
)


@dataclass(frozen=True, slots=True)
class Interface:
    """Inputs by name, in order, and the result; `required` are the inputs without a default.

    `yields` says that `result` is the type of each item of a generator.
    """

    parameters: tuple[tuple[str, Spec], ...]
    result: Spec
    required: frozenset[str] = field(default_factory=frozenset)
    yields: bool = False

    @property
    def inputs(self) -> Mapping[str, Spec]:
        """Each input's type, by name."""
        return MappingProxyType(dict(self.parameters))

    @property
    def outputs(self) -> Mapping[str, Spec]:
        """Each output's type: the fields of a record by name, the items of a tuple by number, else `"output"`."""
        match self.result:
            case RecordSpec(fields=fields):
                return MappingProxyType(dict(fields))
            case TupleSpec(items=items):
                return MappingProxyType({str(number): item for number, item in enumerate(items)})
            case ValueSpec(type="None"):
                return MappingProxyType({})
            case result:
                return MappingProxyType({"output": result})

    @property
    def is_typed(self) -> bool:
        """Whether any input or output holds a tensor type."""
        return any(True for spec in (*self.inputs.values(), self.result) for _ in tensors(spec))

    def replace_elements(self, elements: Mapping[str, ElementType]) -> Interface:
        """This interface with the element variables of those names replaced."""
        parameters = tuple((name, replace_elements(spec, elements)) for name, spec in self.parameters)
        return Interface(parameters, replace_elements(self.result, elements), self.required, self.yields)

    def to_json(self) -> dict[str, Any]:
        """This interface as JSON data; `interface_from_json` gives an equal one back."""
        return {
            "inputs": [[name, spec_to_json(spec)] for name, spec in self.parameters],
            "required": sorted(self.required),
            "result": spec_to_json(self.result),
            **({"yields": True} if self.yields else {}),
        }

    def __str__(self) -> str:
        inputs = [f"{name}: {spec}{'' if name in self.required else ' = ...'}" for name, spec in self.parameters]
        return f"({', '.join(inputs)}) -> {self.result}"


def interface_from_json(data: Mapping[str, Any]) -> Interface:
    """The interface that `Interface.to_json` wrote.

    Raises:
        AnnotationError: the data is malformed or names an element that is not imported.
    """
    try:
        inputs = tuple((str(name), spec_from_json(spec)) for name, spec in data["inputs"])
        required = frozenset(str(name) for name in data["required"])
        return Interface(inputs, spec_from_json(data["result"]), required, bool(data.get("yields")))
    except AnnotationError:
        raise
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise AnnotationError(f"interface data is malformed: {reprlib.repr(error)}") from None


def read_interface(
    function: Callable[..., Any],
    parents: tuple[Callable[..., Any], ...] = (),
    names: Mapping[str, Any] | None = None,
    *,
    is_method: bool = False,
    lenient: bool = False,
) -> Interface:
    """The interface of `function`, from its evaluated annotations; `self` and `cls` are left out.

    `is_method` says that the first parameter is the instance, whatever its name. `lenient` takes an annotation that
    cannot be resolved, and whose text names no tensor type, for `Any`.

    A parameter without annotation takes that of the nearest of `parents` (the functions that it overrides) that has
    one; without any it is `Any`. `names` are local names that string annotations may use.

    Raises:
        AnnotationError: an annotation is malformed or cannot be resolved; parameter and function are named.
    """
    parameters = _parameters(function, is_method=is_method)
    functions = (function, *parents)
    specs = tuple((p.name, _gathered(p, _spec_of(p.name, functions, names, lenient=lenient))) for p in parameters)
    required = frozenset(
        p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    )
    result, yields = _result_of(functions, names, lenient=lenient)
    return Interface(specs, result, required, yields)


def _parameters(function: Callable[..., Any], *, is_method: bool) -> list[inspect.Parameter]:
    parameters = list(inspect.signature(function).parameters.values())
    return parameters[1:] if is_method or (parameters and parameters[0].name in ("self", "cls")) else parameters


def _gathered(parameter: inspect.Parameter, spec: Spec) -> Spec:
    """The type of what a parameter holds: `*args` is a tuple of its items, `**kwargs` a dict of its values."""
    if not any(True for _ in tensors(spec)):
        return ValueSpec("Any") if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) else spec
    if parameter.kind is parameter.VAR_POSITIONAL:
        return ListSpec(spec, container="tuple")
    return DictSpec(spec, ValueSpec("str", str)) if parameter.kind is parameter.VAR_KEYWORD else spec


def _spec_of(
    name: str, functions: tuple[Callable[..., Any], ...], names: Mapping[str, Any] | None, *, lenient: bool
) -> Spec:
    for function in functions:
        if name in annotations_of(function):
            with _naming(function, name):
                return spec_from_annotation(_resolve(function, name, names, lenient=lenient))
    return ValueSpec("Any")


def _result_of(
    functions: tuple[Callable[..., Any], ...], names: Mapping[str, Any] | None, *, lenient: bool
) -> tuple[Spec, bool]:
    for function in functions:
        if "return" not in annotations_of(function):
            continue
        yields = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
        with _naming(function, "return"):
            hint = _resolve(function, "return", names, lenient=lenient)
            if yields:
                arguments = typing.get_args(hint) if typing.get_origin(hint) in _YIELDING else ()
                hint = arguments[0] if arguments else Any
            return spec_from_annotation(hint), yields
    return ValueSpec("Any"), False


def annotations_of(function: Callable[..., Any]) -> Mapping[str, Any]:
    """The annotations of a function as written, evaluated or not; empty while a name in them is not defined yet."""
    try:
        return getattr(function, "__annotations__", None) or {}
    except NameError:  # Python 3.14 evaluates on access
        return {}


def _resolve(function: Callable[..., Any], name: str, names: Mapping[str, Any] | None, *, lenient: bool) -> Any:
    written = annotations_of(function)[name]
    annotated = SimpleNamespace(__annotations__={name: written})
    scope = dict(getattr(inspect.unwrap(function), "__globals__", {}))
    try:
        return typing.get_type_hints(annotated, scope, dict(names or {}), include_extras=True)[name]
    except NameError as error:
        if lenient and "Tensor" not in str(written):
            return Any
        raise AnnotationError(
            f"the annotation {written!r} cannot be resolved: {error}; import the name outside `if TYPE_CHECKING`"
        ) from None


@contextmanager
def _naming(function: Callable[..., Any], name: str) -> Iterator[None]:
    """Name function and parameter in every error that an annotation raises."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # whatever the user's expression raises
        where = "->" if name == "return" else f"{name}="
        kind = "" if isinstance(error, AnnotationError) else f"{type(error).__name__}: "
        raise AnnotationError(f"{function.__qualname__}({where}): {kind}{error}") from None
