"""The hook of one function: reads its annotations, makes its guard, and runs the full check where the guard says no."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, fields
from types import CodeType
from typing import Any, TypeAlias

from torch import nn

from neuraltypes import _switches, _tags
from neuraltypes._binding import binding_places, in_order, sure_names
from neuraltypes._check import Bindings, Bound, Checker, Place, is_proxy
from neuraltypes._code import embed_literals
from neuraltypes._compiled import forget_annotation
from neuraltypes._errors import AnnotationError
from neuraltypes._guard import GuardBuilder
from neuraltypes._interface import Interface, read_interface
from neuraltypes._report import make_error
from neuraltypes._signature import default_name
from neuraltypes._source import FunctionSource
from neuraltypes._spec import Spec, TensorSpec, axis_names, computed_names, tensors
from neuraltypes.elements import ElementType
from neuraltypes.errors import CheckError

# What a guard has bound: sizes by axis name, and (broadcastable, shape) by variadic name; None where nothing bound it.
GuardBindings: TypeAlias = tuple[dict[str, Any], dict[str, Any]]
_MARK = "_neural_hook"


@dataclass(slots=True)
class Hook:
    """One hooked function: what it wraps, where its annotations find their names, and the guard's constants."""

    function: Callable[..., Any]
    names: Mapping[str, Any]
    tensors_only: bool = False
    owner: type | None = None
    elements: Mapping[str, ElementType] = field(default_factory=dict)
    namespace: dict[str, Any] = field(default_factory=dict)
    wrapper: Any = None
    _interface: Interface | None = None
    _prepared: bool = False

    def __getstate__(self) -> dict[str, Any]:
        with suppress(AnnotationError):
            self.interface  # noqa: B018  # where it arrives, the names that string annotations use may be missing
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    @property
    def interface(self) -> Interface:
        """The types of inputs and outputs, read at first use.

        Raises:
            AnnotationError: an annotation is malformed or cannot be resolved.
        """
        if self._interface is None:
            is_method = self.owner is not None
            interface = read_interface(
                self.function, self._parents(), self.names, is_method=is_method, lenient=self.tensors_only
            )
            self._refuse_treepaths(interface)
            self._refuse_unbound(interface)
            self._interface = interface.replace_elements(self.elements)
        return self._interface

    @property
    def is_prepared(self) -> bool:
        """Whether the guard has replaced the stub."""
        return self._prepared

    def prepare(self) -> None:
        """Replace the stub by the guard. Raises as `interface` does, and leaves the stub in place then."""
        builder = GuardBuilder(writes=_tags.writes_in_place(self.function.__code__))
        function = self.compile(self.source(builder))
        self.namespace.update(builder.code.constants)
        # A function that cloudpickle has rebuilt has globals of its own, with the names of the stub alone.
        self.wrapper.__globals__.update(self.namespace)
        self.wrapper.__code__ = embed_literals(function, builder.code.literals)
        self._prepared = True

    def source(self, builder: GuardBuilder) -> str:
        """Source of the checked function."""
        if self.tensors_only and not self.interface.is_typed:
            return self._sources().unchecked()
        return self._sources().checked(self.interface, builder)

    def stub(self) -> CodeType:
        """Code of the function that stands in until the first call."""
        return self.compile(self._sources().stub())

    def compile(self, source: str) -> CodeType:
        """The code of the one function that `source` defines."""
        module = compile(source, f"<neuraltypes {self.function.__qualname__}>", "exec")
        return next(constant for constant in module.co_consts if isinstance(constant, CodeType))

    def _sources(self) -> FunctionSource:
        counted = self._first_parameter() if self._is_method() else "_nt_function"
        return FunctionSource(self.function, self.namespace, counted)

    def examine(self, arguments: dict[str, Any]) -> tuple[CheckError | None, Bindings]:
        """The full check of a call: its error, if there is one, and what the axis names are bound to."""
        for value in arguments.values():
            if is_proxy(value):
                forget_annotation(value)
        checker = self._check_arguments(arguments)
        return self._error(checker, arguments), checker.bindings

    def _check_arguments(self, arguments: dict[str, Any]) -> Checker:
        checker = Checker(arguments)
        for name, spec in in_order(self.interface):
            if name in arguments and arguments[name] is not self._default(name):
                checker.visit(Place(name), spec, arguments[name])
        checker.finish()
        return checker

    def examine_result(
        self, result: Any, arguments: dict[str, Any], bound: Bindings | GuardBindings, is_input: bool
    ) -> tuple[CheckError | None, Any]:
        """The full check of a result: its error, if there is one, and the result, tagged where nothing is lost by it.

        A result that `is_input` may be declared to mean something else: then the result is a view, tagged so.
        """
        spec = self.interface.result
        bindings = self._bindings(bound)
        is_input = is_input or self._is_owned(result, arguments)
        if self._computes_late:
            bindings.pending = self._check_arguments(arguments).bindings.pending
        checker = Checker(arguments, bindings)
        checker.visit(Place("return"), spec, _untagged(result) if is_input else result)
        checker.finish()
        if checker.failures:
            return self._error(checker, {**arguments, "return": result}), result
        if is_input and isinstance(spec, TensorSpec) and not is_proxy(result):
            return None, self._view(result, spec)
        return None, result

    @property
    def _computes_late(self) -> bool:
        """Whether some input has a size that is computed from names which may not be bound before the result."""
        sure = sure_names(self.interface)
        return any(not sure.issuperset(computed_names(spec)) for spec in self.interface.inputs.values())

    def _is_owned(self, result: Any, arguments: dict[str, Any]) -> bool:
        """Whether a result is a tensor that the module keeps, which must not be tagged for one use of it."""
        owner = next(iter(arguments.values()), None) if self._is_method() else None
        return isinstance(owner, nn.Module) and any(result is tensor for tensor in owner.buffers())

    def _parents(self) -> tuple[Callable[..., Any], ...]:
        if self.owner is None:
            return ()
        name = self.function.__name__
        defined = (inspect.unwrap(cls.__dict__[name]) for cls in self.owner.__mro__[1:] if name in cls.__dict__)
        return tuple(parent for parent in defined if parent is not nn.Module.forward)

    def _refuse_treepaths(self, interface: Interface) -> None:
        for name, spec in (*interface.parameters, ("->", interface.result)):
            for tensor in tensors(spec):
                if any(getattr(axis, "treepath", False) for axis in tensor.axes or ()):
                    raise AnnotationError(
                        f'{self.function.__qualname__}({name}): "?" in {tensor} is for the leaves of a '
                        "jaxtyping.PyTree; leave it out"
                    )

    def _refuse_unbound(self, interface: Interface) -> None:
        specs = (*interface.parameters, ("->", interface.result))
        bound = {name for _, spec in specs for name in axis_names(spec)}
        for place, spec in specs:
            for name in computed_names(spec):
                if name not in bound:
                    raise AnnotationError(
                        f'{self.function.__qualname__}({place}): {spec} computes a size from "{name}", which no axis '
                        f'binds; name an axis "{name}", or read an argument or attribute in braces: "{{self.{name}}}"'
                    )

    def _default(self, name: str) -> Any:
        return self.namespace.get(default_name(name), inspect.Parameter.empty)

    def _error(self, checker: Checker, values: dict[str, Any]) -> CheckError | None:
        if not checker.failures:
            return None
        owner = next(iter(values.values()), None) if self._is_method() else None
        return make_error(self.function.__qualname__, checker.failures, checker.bindings, values, owner)

    def _is_method(self) -> bool:
        return self.owner is not None or self._first_parameter() == "self"

    def _first_parameter(self) -> str:
        return next(iter(inspect.signature(self.function).parameters), "")

    def _view(self, result: Any, spec: TensorSpec) -> Any:
        """An input that is returned, as a view that carries the element which the result promises."""
        written = getattr(result, _tags.ATTRIBUTE, None)
        said = _tags.read_tag(written)
        fits = said is not None and _tags.element_fits(spec, said) and _tags.kinds_fit(spec, said)
        tag = _tags.make_tag(spec)
        if fits or tag is None or not isinstance(spec.element, ElementType) or result.is_nested:
            return result
        view = result.view_as(result)
        setattr(view, _tags.ATTRIBUTE, tag)
        return view

    def check_yield(self, item: Any, bound: Bindings | GuardBindings) -> Any:
        """An item that a generator yields, checked against what the call's arguments bound.

        Raises:
            CheckError: the item does not fit the annotation.
        """
        if _switches.limit_in_force() == 0:
            return item
        error, item = self.examine_result(item, {}, copy(bound), False)
        if error is not None:
            raise error
        return item

    def _bindings(self, bound: Bindings | GuardBindings) -> Bindings:
        """What a call has bound, as the full check takes it."""
        if isinstance(bound, Bindings):
            return bound
        sizes, shapes = bound
        places = binding_places(self.interface)
        known = ((name, sizes.get(name), place) for name, place in places.items())
        named = {name: Bound(size, place) for name, size, place in known if size is not None}
        joined = {n: Bound(s[1], places.get("*" + n, "?"), s[0]) for n, s in shapes.items() if s is not None}
        return Bindings(named, joined)


def _untagged(value: Any) -> Any:
    return value.detach() if getattr(value, _tags.ATTRIBUTE, None) is not None else value


def mark(function: Any, hook: Hook) -> None:
    """Say that calls of `function` are checked, by `hook`."""
    setattr(function, _MARK, hook)


def is_hooked(function: Any) -> bool:
    """Whether calls of `function` are checked."""
    return hasattr(function, _MARK)


def hook_of(function: Any) -> Hook | None:
    """The hook of a checked function."""
    return getattr(function, _MARK, None)


def interface_of(function: Callable[..., Any]) -> Interface:
    """The types of a function's or method's inputs and result, from its annotations; what says nothing is `Any`.

    Raises:
        AnnotationError: an annotation is malformed or cannot be resolved.
    """
    function = getattr(function, "__func__", function)
    hook = hook_of(function)
    return read_interface(inspect.unwrap(function), lenient=True) if hook is None else hook.interface


def check_value(spec: Spec, value: Any, name: str, owner: Any) -> None:
    """Check that `value` fits `spec`, unless the policy in force skips it.

    Raises:
        CheckError: it does not fit.
    """
    if _switches.is_disabled_at_import() or (_switches.switch.special and _is_skipped(owner)):
        return
    checker = Checker({})
    checker.visit(Place("return"), spec, value)
    checker.finish()
    if checker.failures:
        raise make_error(name, checker.failures, checker.bindings, {"return": value}, None) from None


def _is_skipped(owner: Any) -> bool:
    return _switches.limit_in_force() == 0 if owner is None else _switches.is_skipped(owner)
