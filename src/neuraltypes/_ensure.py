"""Where a type checker cannot know: `ensure` states a type and checks it, `reveal` shows the type that there is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_origin

from beartype.door import is_bearable
from beartype.roar import BeartypeException
from torch.compiler import is_dynamo_compiling

from neuraltypes import _switches
from neuraltypes._axes import SymbolicAxis, format_axis
from neuraltypes._compiled import traced_line, traced_local
from neuraltypes._errors import AnnotationError
from neuraltypes._hook import hook_of
from neuraltypes._interface import read_interface
from neuraltypes._read import is_array_type
from neuraltypes._report import calling_line
from neuraltypes._reveal import annotation_text
from neuraltypes._spec import Spec, ValueSpec, axis_names, children, computed_names, tensors
from neuraltypes._tracing import constant_when_traced
from neuraltypes._typecheck import hook_function

_T = TypeVar("_T")
_Check: TypeAlias = Callable[[Any], Any]

_traced_checks: Final = SimpleNamespace()


@dataclass(frozen=True, slots=True)
class _Hint:
    """A hint that equals others of the same meaning."""

    key: Any
    hint: Any = field(compare=False)


def ensure(value: Any, hint: Any) -> Any:
    """`value` itself, checked to fit the annotation `hint`: `ensure(load(), Float[Tensor, "b t"])`.

    An escape hatch: it states a type where a type checker cannot know it, and checks it in the run. The names of the
    axes in `hint` are bound among themselves only. The policies hold as for a function; `first` counts each hint's
    calls.

    Raises:
        AnnotationError: `hint` is malformed, or reads the arguments of a call (`{self.d}`).
        CheckError: `value` does not fit, as in a checked call.
    """
    if _switches.switch.special and _switches.limit_in_force() == 0:
        return value
    check: _Check = getattr(_traced_checks, _name_of_check(hint)) if is_dynamo_compiling() else _check_of(hint)
    check(value)
    return value


@constant_when_traced
def _name_of_check(hint: Any) -> str:
    """The attribute of `_traced_checks` that holds a hint's check: `torch.compile` takes no function as a constant."""
    check = _check_of(hint)
    name = f"check_{id(check)}"
    setattr(_traced_checks, name, check)
    return name


def _check_of(hint: Any) -> _Check:
    keyed = _Hint(_key(hint), hint)
    try:
        hash(keyed)
    except TypeError:  # what stands in `Annotated` or `Literal` need not be hashable
        return _make_check(hint)
    return _known_check(keyed)


@lru_cache(maxsize=1024)
def _known_check(keyed: _Hint) -> _Check:
    return _make_check(keyed.hint)


def _key(hint: Any) -> Any:
    """What tells a hint from others. jaxtyping makes a new class whenever `Float[Tensor, "b t"]` is evaluated."""
    if is_array_type(hint):
        return hint.array_type, hint.dim_str, hint.dtype, hint.dtypes
    args = get_args(hint)
    keys = tuple(map(_key, args))
    return hint if keys == args else (get_origin(hint), keys)


def _make_check(hint: Any) -> _Check:
    """A checked function of one argument, so that a hint means here what it means in a call."""
    if isinstance(hint, str):
        raise AnnotationError(f"ensure(value=): the type {hint!r} is text; write it without quotes")

    def passed(value: Any) -> Any:
        return value

    passed.__name__ = passed.__qualname__ = "ensure"
    passed.__annotations__ = {"value": hint}
    checked = hook_function(passed)
    hook = hook_of(checked)
    if hook is not None:
        _refuse_unknown_sizes(read_interface(passed).inputs["value"])
        _refuse_uncheckable(hook.interface.inputs["value"])
        hook.prepare()
    return checked


def _refuse_unknown_sizes(spec: Spec) -> None:
    """Refuse axes that are computed from what is not in the hint."""
    computed = ((t, axis) for t in tensors(spec) for axis in t.axes or () if isinstance(axis, SymbolicAxis))
    for tensor, axis in computed:
        if "{" in axis.expression:
            raise AnnotationError(
                f'ensure(value=): "{format_axis(axis)}" in {tensor} reads the arguments of a call, and here is none; '
                f'write an f-string, which reads what stands around it: f"{format_axis(axis)}"'
            )
    for name in sorted(computed_names(spec) - axis_names(spec)):
        raise AnnotationError(
            f'ensure(value=): {spec} computes a size from "{name}", which no axis binds; name an axis "{name}", '
            "or write the size itself"
        )


def _refuse_uncheckable(spec: Spec) -> None:
    """Refuse what is no type, or one that beartype cannot check."""
    for value in _values(spec):
        try:
            is_bearable(None, value.hint)
        except BeartypeException:
            raise AnnotationError(
                f"ensure(value=): {value} is no type that can be checked; write the annotation of a parameter, "
                'for example Float[Tensor, "b t"]'
            ) from None


def _values(spec: Spec) -> Iterator[ValueSpec]:
    if isinstance(spec, ValueSpec):
        yield spec
    for child in children(spec):
        yield from _values(child)


def reveal(value: _T) -> _T:
    """`value` itself; its type is printed to stderr, as an annotation that can be pasted.

    `train.py:12: Runtime type is NeuralType[Float32[Tensor, "batch=4 time=7 80"], LogitsType]`: the element and the
    kinds are those of the tensor's tag. Contents are never shown, and nothing is raised. Tensors in one list that
    differ in a size have the axis `_`. Inside `torch.compile` it prints while a graph is compiled.
    """
    if is_dynamo_compiling():
        from torch._dynamo.comptime import comptime

        comptime(_reveal_traced)
    else:
        caller = sys._getframe(1)  # noqa: SLF001
        _print_type((caller.f_code.co_filename, caller.f_lineno), annotation_text(value))
    return value


def _reveal_traced(ctx: Any) -> None:
    try:
        text = annotation_text(traced_local(ctx, "value"))
    except Exception:  # noqa: BLE001  # the compiler's internals changed, or a value is of a kind not known there
        text = "Any"
    _print_type(traced_line() or calling_line(), text)


def _print_type(line: tuple[str, int] | None, text: str) -> None:
    place = f"{Path(line[0]).name}:{line[1]}: " if line else ""
    with suppress(OSError, ValueError):  # stderr may be closed
        print(f"{place}Runtime type is {text}", file=sys.stderr)  # noqa: T201  # what it is for
