"""The words of a failed check: a first line complete in itself, then what was expected, what came, who bound what."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from neuraltypes._axes import FixedAxis, NamedAxis, SymbolicAxis, is_variadic
from neuraltypes._check import Bindings, Checker
from neuraltypes._describe import show_size, sizes_of
from neuraltypes._errors import AnnotationError
from neuraltypes._spec import Spec, TensorSpec
from neuraltypes.elements import LogitsType, LogprobsType, ProbsType
from neuraltypes.errors import CheckError, Failure, error_for

_NOT_USERS = tuple(f"{os.sep}{package}{os.sep}" for package in ("torch", "asyncio", "concurrent"))
_OURS = str(Path(__file__).parent)


def make_error(
    function: str, failures: list[Failure], bindings: Bindings, values: dict[str, Any], owner: Any
) -> CheckError:
    """The error for these failures; `values` are the values by place, `owner` the module that was called."""
    lines = [f"{function}({_place(failures[0])}): {failures[0].reason}"]
    seen: set[str] = set()
    for number, failure in enumerate(failures):
        if number:
            lines.append(f"  also      {_place(failure)}: {failure.reason}")
        place = failure.argument + failure.place
        if place not in seen:
            lines += _sides(place, failure, bindings, values)
            seen.add(place)
    lines += _bindings_line(bindings) + _where_line(owner)
    hints = (_hint(failure, bindings, values) for failure in failures)
    lines += [f"  hint      {hint}" for hint in dict.fromkeys(hints) if hint]
    return error_for(failures[0].cause)("\n".join(lines), tuple(failures), bindings.as_values())


def _place(failure: Failure) -> str:
    return f"{failure.argument}={failure.place}" if failure.argument != "return" else f"-> {failure.place}".strip()


def _sides(place: str, failure: Failure, bindings: Bindings, values: dict[str, Any]) -> list[str]:
    value = values.get(failure.argument)
    left = f"{place}: {failure.spec}"
    width = len(left)
    arrow = _instantiated(failure.spec, bindings, values)
    device = "" if failure.place else f"  {getattr(value, 'device', '')}".rstrip()
    expected = f"  expected  {left}" + (f"  ->  {arrow}" if arrow else "")
    got_left = f"{place}:".ljust(width)
    return [expected, f"  got       {got_left}{'      ' if arrow else '  '}{failure.found}{device}"]


def _instantiated(spec: Spec, bindings: Bindings, values: dict[str, Any]) -> str:
    """`bool[4, 7]`: the declared type with the sizes that are known in this call."""
    if not isinstance(spec, TensorSpec) or spec.axes is None or is_variadic(spec.axes):
        return ""
    sizes = []
    for axis in spec.axes:
        match axis:
            case FixedAxis(size=size):
                sizes.append(str(size))
            case NamedAxis(name=name) if name in bindings.sizes:
                sizes.append(show_size(bindings.sizes[name].value))
            case NamedAxis(name=name):
                sizes.append(name)
            case SymbolicAxis():
                sizes.append(_computed(axis, bindings, values))
            case _:
                sizes.append("_")
    return f"{str(spec.dtype or 'any').lower()}[{', '.join(sizes)}]"


def _computed(axis: SymbolicAxis, bindings: Bindings, values: dict[str, Any]) -> str:
    try:
        return show_size(Checker(values, bindings).evaluate(axis))
    except AnnotationError:
        return axis.expression


def _bindings_line(bindings: Bindings) -> list[str]:
    bound = [f"{name}={show_size(b.value)} ({b.by})" for name, b in bindings.sizes.items()]
    bound += [f"*{name}={list(b.value)} ({b.by})" for name, b in bindings.shapes.items()]
    return [f"  bindings  {' | '.join(bound)}"] if bound else []


def _where_line(owner: Any) -> list[str]:
    parts = []
    frames = list(_frames())
    path = _module_path(owner, frames)
    if path:
        parts.append(path)
    caller = next(filter(_is_users, frames), None)
    if caller is not None:
        name, line = caller.f_code.co_filename, caller.f_lineno
        source = " ".join(linecache.getline(name, line).split())
        parts.append(f"called  {Path(name).name}:{line}  {_shorten(source)}".rstrip())
    return [f"  module    {'    '.join(parts)}"] if parts else []


def calling_line() -> tuple[str, int] | None:
    """File and line of the user's code that runs now."""
    caller = next(filter(_is_users, _frames()), None)
    return caller and (caller.f_code.co_filename, caller.f_lineno)


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_users(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    return not (name.startswith((_OURS, "<neuraltypes")) or any(folder in name for folder in _NOT_USERS))


def _shorten(source: str) -> str:
    return source if len(source) <= 60 else source[:57] + "..."


def _module_path(owner: Any, frames: list[FrameType]) -> str | None:
    """Where the module sits in the outermost module on the stack that holds it: `Model.encoder.layers[3].attn`."""
    if not hasattr(owner, "named_modules"):
        return None
    roots: list[Any] = []
    for frame in reversed(frames):
        # Reading the locals of a frame keeps them alive with it (before Python 3.13), so only methods are asked.
        is_method = frame.f_code.co_varnames[:1] == ("self",)
        candidate = frame.f_locals.get("self") if is_method else None
        is_new = hasattr(candidate, "named_modules") and all(candidate is not root for root in roots)
        if is_new and not type(candidate).__module__.startswith("torch._dynamo"):
            roots.append(candidate)
    for root in roots:
        for name, module in root.named_modules():
            if module is owner:
                return type(root).__name__ + "".join(map(_step, filter(_is_users_step, name.split("."))))
    return type(owner).__name__


def _is_users_step(part: str) -> bool:
    return part not in ("", "_orig_mod", "_fsdp_wrapped_module")


def _step(part: str) -> str:
    return f"[{part}]" if part.isdecimal() else f".{part}"


def _hint(failure: Failure, bindings: Bindings, values: dict[str, Any]) -> str | None:
    """A change that certainly makes the failed value fit."""
    spec, value = failure.spec, values.get(failure.argument)
    if failure.place or not isinstance(spec, TensorSpec):
        return None
    if failure.cause == "shape" and spec.axes is not None and hasattr(value, "dtype"):
        return _shape_hint(_expression(failure.argument), failure.argument, spec, bindings, value)
    if failure.cause == "dtype" and str(spec.dtype) == "Bool" and "int" in failure.found:
        return f"{_expression(failure.argument)}.bool()"
    conversions = {
        (LogprobsType, LogitsType): "log_softmax",
        (LogprobsType, ProbsType): "log",
        (ProbsType, LogitsType): "softmax or sigmoid",
    }
    conversion = conversions.get((type(failure.expected), type(failure.got)))
    return f"{conversion} of {_expression(failure.argument)}" if conversion else None


def _expression(argument: str) -> str:
    return "result" if argument == "return" else argument


def _shape_hint(name: str, argument: str, spec: TensorSpec, bindings: Bindings, value: Any) -> str | None:
    if spec.axes is None or is_variadic(spec.axes):
        return None
    sizes = sizes_of(value)
    expected = [_known_size(axis, argument, bindings) for axis in spec.axes]
    if len(sizes) == len(expected) - 1 and expected[0] in (None, 1) and _fit(expected[1:], sizes):
        return f"{name}.unsqueeze(0)"
    if len(sizes) != len(expected):
        return None
    swaps = [
        (i, j)
        for i in range(len(sizes))
        for j in range(i + 1, len(sizes))
        if expected[i] is not None and expected[j] is not None and _fit(expected, _swapped(sizes, i, j))
    ]
    return f"{name}.transpose({swaps[0][0]}, {swaps[0][1]})" if len(swaps) == 1 else None


def _known_size(axis: Any, argument: str, bindings: Bindings) -> Any:
    """The size that something other than `argument` itself demands of an axis."""
    if isinstance(axis, FixedAxis):
        return axis.size
    if isinstance(axis, NamedAxis) and axis.name in bindings.sizes:
        bound = bindings.sizes[axis.name]
        return None if bound.by.startswith(f"{argument} ") else bound.value
    return None


def _fit(expected: list[Any], sizes: tuple[Any, ...]) -> bool:
    known = [(e, s) for e, s in zip(expected, sizes, strict=True) if e is not None]
    return bool(known) and all(e == s for e, s in known)


def _swapped(sizes: tuple[Any, ...], i: int, j: int) -> tuple[Any, ...]:
    swapped = list(sizes)
    swapped[i], swapped[j] = sizes[j], sizes[i]
    return tuple(swapped)
