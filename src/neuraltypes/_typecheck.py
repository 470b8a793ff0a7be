"""`typecheck`: a function replaced by one of the same signature that checks each call.

Annotations are read at the first call, when every name that they use exists. Until then the function is a stub; after,
its `__code__` is the generated guard, so that whoever took the function earlier has the guard too.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import re
import sys
from collections.abc import Callable, Generator, Mapping
from types import FrameType, FunctionType
from typing import Any, TypeVar, overload

from neuraltypes import _switches
from neuraltypes._check import Bindings
from neuraltypes._compiled import traceable
from neuraltypes._errors import AnnotationError
from neuraltypes._hook import GuardBindings, Hook, is_hooked, mark
from neuraltypes._interface import annotations_of
from neuraltypes._read import check_annotation
from neuraltypes._tracing import constant_when_traced
from neuraltypes.elements import ElementType

_F = TypeVar("_F", bound=Callable[..., Any])
_C = TypeVar("_C", bound=type)
_BY_BEARTYPE = "__beartype_wrapper"  # beartype's import hook leaves alone what carries it


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
    return hook_function(target, names=local_names(target, frame), tensors_only=tensors_only)


def _hook_class(cls: _C, frame: FrameType | None) -> _C:
    forward = cls.__dict__.get("forward")
    if not inspect.isfunction(forward):
        raise AnnotationError(
            f"typecheck: class {cls.__name__} defines no forward of its own; decorate a class that does"
        )
    cls.forward = hook_function(forward, names=local_names(forward, frame), owner=cls)  # type: ignore[attr-defined]
    return cls


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
        __builtins__=builtins,
        _nt_function=hook.function,
        _nt_switch=_switches.switch,
        _nt_is_skipped=_switches.is_skipped,
        _nt_examine=traceable(hook.examine),
        _nt_examine_result=traceable(hook.examine_result),
        _nt_check_yield=hook.check_yield,
        _nt_check_yields=check_yields,
        _nt_prepare=constant_when_traced(_without_result(hook.prepare)),
    )
    wrapper: Any = FunctionType(hook.stub(), namespace, hook.function.__name__)
    namespace["_nt_wrapper"] = hook.wrapper = wrapper
    functools.update_wrapper(wrapper, hook.function)
    wrapper.__defaults__, wrapper.__kwdefaults__ = hook.function.__defaults__, hook.function.__kwdefaults__
    mark(wrapper, hook)
    setattr(wrapper, _BY_BEARTYPE, True)
    return wrapper


def _without_result(method: Callable[[], None]) -> Callable[[], None]:
    """A bound method as a plain function, which can carry attributes."""

    def run() -> None:
        method()

    return run


def local_names(function: Callable[..., Any], frame: FrameType | None) -> dict[str, Any]:
    """Names local to the functions around a definition that its string annotations mention."""
    texts = [annotation for annotation in annotations_of(function).values() if isinstance(annotation, str)]
    mentioned = set(re.findall(r"\w+", " ".join(texts)))
    enclosing = function.__qualname__.split(".<locals>.")[:-1] if mentioned else []
    names: dict[str, Any] = {}
    while frame is not None and enclosing:
        code = frame.f_code
        if code.co_name == enclosing[-1].rpartition(".")[2]:
            # Reading the locals of a frame keeps them alive with it (before Python 3.13), so only where one is needed.
            needed = mentioned.intersection(code.co_varnames + code.co_cellvars + code.co_freevars)
            found = {name: value for name, value in frame.f_locals.items() if name in needed} if needed else {}
            names = {**found, **names}
            enclosing.pop()
        frame = frame.f_back
    return names


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
