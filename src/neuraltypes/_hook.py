"""The hook: a function replaced by one of the same signature that checks each call.

Annotations are read at the first call, when every name that they use exists. Until then the hook is a stub; after, its
`__code__` is the generated guard, so that whoever took the function earlier has the guard too.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Generator, Mapping
from copy import copy
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any, TypeAlias, TypeVar, overload

from torch import nn

from neuraltypes import _guard, _switches, _tags
from neuraltypes._check import Bindings, Bound, Checker, Place, is_proxy
from neuraltypes._compiled import forget_annotation, traceable
from neuraltypes._errors import AnnotationError
from neuraltypes._interface import Interface, annotations_of, read_interface
from neuraltypes._read import check_annotation
from neuraltypes._report import make_error
from neuraltypes._spec import ElementVar, Spec, TensorSpec, axis_names, computed_names, tensors
from neuraltypes.elements import ElementType
from neuraltypes.errors import CheckError

_F = TypeVar("_F", bound=Callable[..., Any])
_C = TypeVar("_C", bound=type)
# What a guard has bound: sizes by axis name, and (broadcastable, shape) by variadic name; None where nothing bound it.
GuardBindings: TypeAlias = tuple[dict[str, Any], dict[str, Any]]
_MARK = "_neural_hook"
_BY_BEARTYPE = "__beartype_wrapper"  # beartype's import hook leaves alone what carries it


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
        builder = _guard.GuardBuilder(writes=_tags.writes_in_place(self.function.__code__))
        code = compile(self.source(builder), f"<neuraltypes {self.function.__qualname__}>", "exec")
        function = next(constant for constant in code.co_consts if isinstance(constant, CodeType))
        self.namespace.update(builder.constants)
        # A function that cloudpickle has rebuilt has globals of its own, with the names of the stub alone.
        self.wrapper.__globals__.update(self.namespace)
        self.wrapper.__code__ = _guard.embed_literals(function, builder.literals)
        self._prepared = True

    def examine(self, arguments: dict[str, Any]) -> tuple[CheckError | None, Bindings]:
        """The full check of a call: its error, if there is one, and what the axis names are bound to."""
        checker = Checker(arguments)
        for name, spec in _guard.in_order(self.interface):
            if is_proxy(arguments.get(name)):
                forget_annotation(arguments[name])
            elif name in arguments and arguments[name] is not self._default(name):
                checker.visit(Place(name), spec, arguments[name])
        checker.finish()
        return self._error(checker, arguments), checker.bindings

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
            bindings.pending = self._pending(arguments)
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
        sure = _guard.sure_names(self.interface)
        return any(not sure.issuperset(computed_names(spec)) for spec in self.interface.inputs.values())

    def _pending(self, arguments: dict[str, Any]) -> list[Any]:
        checker = Checker(arguments)
        for name, spec in _guard.in_order(self.interface):
            if arguments.get(name) is not self._default(name):
                checker.visit(Place(name), spec, arguments.get(name))
        checker.finish()
        return checker.bindings.pending

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
        return self.namespace.get(_guard.default_name(name), inspect.Parameter.empty)

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
        if fits or tag is None or _tags.known_element(spec) is None or result.is_nested:
            return result
        view = result.view_as(result)
        setattr(view, _tags.ATTRIBUTE, tag)
        return view

    # The generated source.

    def source(self, builder: _guard.GuardBuilder) -> str:
        """Source of the checked function."""
        interface = self.interface
        declared, passed = _guard.signature_source(self.function, self.namespace)
        if self.tensors_only and not interface.is_typed:
            return self._define(declared, self._forwarded(passed))
        checks = self._argument_lines(builder, interface)
        body = [
            f"if _nt_switch.special and _nt_is_skipped({self._counted()}):",
            *_indented(self._forwarded(passed), 1),
            "try:",
            *_indented(checks, 1),
            "except Exception:",
            "    _nt_ok = False",
            "if not _nt_ok:",
            f"    _nt_error, _nt_bindings = _nt_examine({self._arguments()})",
            "    if _nt_error is not None: raise _nt_error",
            *self._result_lines(builder, interface, passed),
        ]
        return self._define(declared, body)

    def _argument_lines(self, builder: _guard.GuardBuilder, interface: Interface) -> list[str]:
        others = {n for n, s in interface.parameters if not (isinstance(s, TensorSpec) and n in interface.required)}
        defaults = {n: _guard.default_name(n) for n in others if _guard.default_name(n) in self.namespace}
        return builder.arguments(interface, defaults)

    def _result_lines(self, builder: _guard.GuardBuilder, interface: Interface, passed: str) -> list[str]:
        result = interface.result
        sizes, shapes = builder.bound_sizes(), builder.bound_shapes()
        bind = f"_nt_bindings = ({_mapping(sizes)}, {_mapping(shapes)})"
        if interface.yields:
            return ["if _nt_ok:", f"    {bind}", *self._yield_lines(passed)]
        inputs = [name for name, spec in interface.parameters if _may_be_returned(spec, result)]
        checks = builder.result("_nt_result", result, inputs, self._generic_source(interface))
        lines = [f"_nt_result = {self._call(passed)}"]
        if not checks:
            return [*lines, "return _nt_result"]
        is_input = " or ".join(f"_nt_result is {name}" for name in inputs) or "False"
        return [
            *lines,
            "if _nt_ok:",
            "    try:",
            *_indented(checks, 2),
            "    except Exception:",
            "        _nt_ok = False",
            "    if _nt_ok:",
            "        return _nt_result",
            f"    {bind}",
            f"_nt_error, _nt_result = _nt_examine_result(_nt_result, {self._arguments()}, _nt_bindings, {is_input})",
            "if _nt_error is not None: raise _nt_error",
            "return _nt_result",
        ]

    def _generic_source(self, interface: Interface) -> str | None:
        """The input that decides which element a result generic over its element has."""
        element = interface.result.element if isinstance(interface.result, TensorSpec) else None
        if not isinstance(element, ElementVar):
            return None
        sources = (n for n, s in interface.parameters if isinstance(s, TensorSpec) and s.element == element)
        return next(sources, None)

    def _yield_lines(self, passed: str) -> list[str]:
        if inspect.isasyncgenfunction(self.function):
            return _async_yield_lines(f"_nt_function({passed})")
        return [f"return (yield from _nt_check_yields(_nt_function({passed}), _nt_check_yield, _nt_bindings))"]

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
        places = _places(self.interface)
        known = ((name, sizes.get(name), place) for name, place in places.items())
        named = {name: Bound(size, place) for name, size, place in known if size is not None}
        joined = {n: Bound(s[1], places.get("*" + n, "?"), s[0]) for n, s in shapes.items() if s is not None}
        return Bindings(named, joined)

    def _define(self, declared: str, body: list[str]) -> str:
        keyword = "async def" if _is_async(self.function) else "def"
        return "\n".join([f"{keyword} {_safe_name(self.function)}({declared}):", *_indented(body, 1)])

    def stub_source(self) -> str:
        """Source of the function that stands in until the first call."""
        declared, passed = _guard.signature_source(self.function, self.namespace)
        return self._define(declared, ["_nt_prepare()", *self._forwarded(passed, "_nt_wrapper")])

    def _forwarded(self, passed: str, function: str = "_nt_function") -> list[str]:
        if inspect.isasyncgenfunction(self.function):
            return [*_async_yield_lines(f"{function}({passed})", check=False), "return"]
        if inspect.isgeneratorfunction(self.function):
            return [f"return (yield from {function}({passed}))"]
        return [f"return {self._call(passed, function)}"]

    def _call(self, passed: str, function: str = "_nt_function") -> str:
        return f"{'await ' if inspect.iscoroutinefunction(self.function) else ''}{function}({passed})"

    def _arguments(self) -> str:
        names = inspect.signature(self.function).parameters
        return "{" + ", ".join(f"{name!r}: {name}" for name in names) + "}"

    def _counted(self) -> str:
        return self._first_parameter() if self._is_method() else "_nt_function"


def _places(interface: Interface) -> dict[str, str]:
    """The axis that binds each name first."""
    places: dict[str, str] = {}
    for argument, spec in interface.parameters:
        for tensor in tensors(spec):
            path = "" if tensor is spec else "[...]"
            for number, axis in enumerate(tensor.axes or ()):
                name = getattr(axis, "name", None)
                if name is not None and not (getattr(axis, "broadcastable", False) and name in places):
                    star = "*" if type(axis).__name__ == "VariadicAxis" else ""
                    places.setdefault(star + name, f"{argument}{path}" + ("" if star else f" axis {number}"))
    return places


def _may_be_returned(given: Spec, result: Spec) -> bool:
    """Whether an input itself may be a tensor that the result tags: then their dtypes overlap."""
    return isinstance(given, TensorSpec) and any(
        given.dtype is None or spec.dtype is None or given.dtype.members & spec.dtype.members
        for spec in tensors(result)
        if _tags.make_tag(spec) is not None
    )


def _untagged(value: Any) -> Any:
    return value.detach() if getattr(value, _tags.ATTRIBUTE, None) is not None else value


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def _safe_name(function: Callable[..., Any]) -> str:
    return function.__name__ if function.__name__.isidentifier() else "function"


def _indented(lines: list[str], levels: int) -> list[str]:
    return ["    " * levels + line for line in lines]


def _mapping(variables: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name!r}: {variable}" for name, variable in variables.items()) + "}"


def _async_yield_lines(generator: str, *, check: bool = True) -> list[str]:
    """Lines that pass everything to and from an asynchronous generator, which has no `yield from`."""
    item = "_nt_check_yield(_nt_item, _nt_bindings)" if check else "_nt_item"
    return [
        f"_nt_generator = {generator}",
        "try:",
        "    _nt_item = await anext(_nt_generator)",
        "    while True:",
        "        try:",
        f"            _nt_sent = yield {item}",
        "        except GeneratorExit:",
        "            raise",
        "        except BaseException as _nt_thrown:",
        "            _nt_item = await _nt_generator.athrow(_nt_thrown)",
        "        else:",
        "            _nt_item = await _nt_generator.asend(_nt_sent)",
        "except StopAsyncIteration:",
        "    pass",
        "finally:",
        "    await _nt_generator.aclose()",
    ]


def check_yields(
    generator: Any, check: Callable[[Any, Any], Any], bindings: Bindings | GuardBindings
) -> Generator[Any, Any, Any]:
    """A generator that passes everything to and from `generator` and checks what it yields."""
    sent: Any = None
    try:
        item = next(generator)
        while True:
            try:
                sent = yield check(item, bindings)
            except GeneratorExit:
                raise
            except BaseException as error:  # noqa: BLE001  # it is the inner generator's to handle
                item = generator.throw(error)
            else:
                item = generator.send(sent)
    except StopIteration as stop:
        return stop.value
    finally:
        generator.close()


def hook_function(
    function: _F,
    *,
    names: Mapping[str, Any] | None = None,
    owner: type | None = None,
    elements: Mapping[str, ElementType] | None = None,
    tensors_only: bool = False,
) -> _F:
    """`function` with each call checked, or itself where there is nothing to check or checks are off at import.

    Raises:
        AnnotationError: an annotation that is already evaluated is malformed.
    """
    if _switches.is_disabled_at_import() or is_hooked(function):
        return function
    for name, annotation in annotations_of(function).items():
        try:
            check_annotation(annotation)
        except AnnotationError as error:
            raise AnnotationError(f"{function.__qualname__}({name}): {error}") from None
    hook = Hook(function, names or {}, tensors_only, owner, elements or {})
    return _make_wrapper(hook)  # type: ignore[no-any-return]  # it has the function's own signature


def _make_wrapper(hook: Hook) -> Any:
    namespace = hook.namespace
    namespace.update(
        _nt_function=hook.function,
        _nt_switch=_switches.switch,
        _nt_is_skipped=_switches.is_skipped,
        _nt_examine=traceable(hook.examine),
        _nt_examine_result=traceable(hook.examine_result),
        _nt_check_yield=hook.check_yield,
        _nt_check_yields=check_yields,
        _nt_prepare=_guard.constant_when_traced(_without_result(hook.prepare)),
    )
    code = compile(hook.stub_source(), f"<neuraltypes {hook.function.__qualname__}>", "exec")
    exec(code, namespace)  # noqa: S102  # generated from the signature alone
    wrapper = namespace.pop(_safe_name(hook.function))
    namespace["_nt_wrapper"] = hook.wrapper = wrapper
    functools.update_wrapper(wrapper, hook.function)
    wrapper.__defaults__, wrapper.__kwdefaults__ = hook.function.__defaults__, hook.function.__kwdefaults__
    setattr(wrapper, _MARK, hook)
    setattr(wrapper, _BY_BEARTYPE, True)
    return wrapper


def _without_result(method: Callable[[], None]) -> Callable[[], None]:
    """A bound method as a plain function, which can carry attributes."""

    def run() -> None:
        method()

    return run


def is_hooked(function: Any) -> bool:
    """Whether calls of `function` are checked."""
    return hasattr(function, _MARK)


def hook_of(function: Any) -> Hook | None:
    """The hook of a checked function."""
    return getattr(function, _MARK, None)


def local_names(qualname: str, frame: FrameType | None) -> dict[str, Any]:
    """Names local to the functions around a definition, which its string annotations may use."""
    enclosing = qualname.split(".<locals>.")[:-1]
    names: dict[str, Any] = {}
    while frame is not None and enclosing:
        if frame.f_code.co_name == enclosing[-1].rpartition(".")[2]:
            names = {**frame.f_locals, **names}
            enclosing.pop()
        frame = frame.f_back
    return names


def has_strings(function: Callable[..., Any]) -> bool:
    """Whether some annotation is not evaluated yet."""
    return any(isinstance(annotation, str) for annotation in annotations_of(function).values())


@overload
def typecheck(target: property, /) -> property: ...
@overload
def typecheck(target: _F, /) -> _F: ...
@overload
def typecheck() -> Callable[[_F], _F]: ...
def typecheck(target: Any = None, /) -> Any:
    """Check each call of a function, or of the `forward` of an `nn.Module` class, against its annotations.

    Used as `@typecheck` or `@typecheck()`, above or below `@staticmethod`, `@classmethod` and `@property`.

    Raises:
        AnnotationError: an annotation is malformed, or `target` cannot be checked.
    """
    if target is None:
        return typecheck
    return hook_target(target, sys._getframe(1))  # noqa: SLF001


def hook_target(target: Any, frame: FrameType | None, *, tensors_only: bool = False) -> Any:
    """`typecheck` for a definition made in `frame`."""
    if isinstance(target, staticmethod | classmethod):
        return type(target)(hook_target(target.__func__, frame, tensors_only=tensors_only))
    if isinstance(target, property):
        accessors = (target.fget, target.fset, target.fdel)
        getter, setter, deleter = (a and hook_target(a, frame, tensors_only=tensors_only) for a in accessors)
        return property(getter, setter, deleter, target.__doc__)
    if isinstance(target, type):
        return _hook_class(target, frame)
    if not inspect.isfunction(target):
        raise AnnotationError(
            f"typecheck: {target!r} is {type(target).__name__}, expected a function or an nn.Module class"
        )
    names = local_names(target.__qualname__, frame) if has_strings(target) else None
    return hook_function(target, names=names, tensors_only=tensors_only)


def _hook_class(cls: _C, frame: FrameType | None) -> _C:
    forward = cls.__dict__.get("forward")
    if not inspect.isfunction(forward):
        raise AnnotationError(
            f"typecheck: class {cls.__name__} defines no forward of its own; decorate a class that does"
        )
    names = local_names(forward.__qualname__, frame) if has_strings(forward) else None
    cls.forward = hook_function(forward, names=names, owner=cls)  # type: ignore[attr-defined]
    return cls
