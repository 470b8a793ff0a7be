"""The axis grammar of jaxtyping, parsed once into small frozen dataclasses.

Source: https://docs.kidger.site/jaxtyping/api/array/
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from neuraltypes._errors import AnnotationError


@dataclass(frozen=True, slots=True)
class FixedAxis:
    """An axis of exactly `size` entries: `80`, or `mel=80` with a label."""

    size: int
    broadcastable: bool = False
    label: str | None = None


@dataclass(frozen=True, slots=True)
class NamedAxis:
    """An axis whose size is bound to `name` and shared by every axis of that name in one call: `t`."""

    name: str
    broadcastable: bool = False
    label: str | None = None
    treepath: bool = False


@dataclass(frozen=True, slots=True)
class SymbolicAxis:
    """An axis whose size is computed: `2*t`, `{self.d_model}`, `{width}+1`.

    `names` are the axis names that the expression reads; what stands in braces is read from the call's arguments.
    """

    expression: str
    names: tuple[str, ...] = ()
    broadcastable: bool = False
    label: str | None = None


@dataclass(frozen=True, slots=True)
class AnonymousAxis:
    """An axis of any size that is bound to nothing: `_` or `_note`."""

    note: str = ""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class VariadicAxis:
    """Any number of axes: `*batch`, bound as a whole, or `...` (`name` is None), bound to nothing."""

    name: str | None = None
    broadcastable: bool = False
    label: str | None = None
    treepath: bool = False


Axis: TypeAlias = FixedAxis | NamedAxis | SymbolicAxis | AnonymousAxis | VariadicAxis
Axes: TypeAlias = tuple[Axis, ...]

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_SPACED: Final = re.compile(r" +(//|[-+*]) +")
_GROUP: Final = re.compile(r"\(([\w ]+)\)")
_MODIFIERS: Final = "#*_?"
_MAX_DIGITS: Final = 18
_MAX_EXPRESSION: Final = 1000


@lru_cache(maxsize=4096)
def parse_axes(text: str) -> Axes:
    """Axes of a jaxtyping string: `parse_axes("*batch mel=80 2*t")`.

    Raises:
        AnnotationError: `text` is malformed; the message shows the right spelling.
    """
    axes = tuple(_parse_item(item, text) for item in text.split())
    variadics = [format_axis(axis) for axis in axes if isinstance(axis, VariadicAxis)]
    if len(variadics) > 1:
        raise _malformed(
            text, f'"{variadics[0]}" and "{variadics[1]}" both take any number of axes', "keep one of them"
        )
    return axes


def parse_axis(text: str) -> Axis:
    """One axis, as `parse_axes` reads it.

    Raises:
        AnnotationError: `text` is malformed, or is not exactly one axis.
    """
    axes = parse_axes(text)
    if len(axes) != 1:
        raise _malformed(
            text, f"one axis is expected here, got {len(axes)}", 'give each axis its own string: ("b", "t")'
        )
    return axes[0]


def format_axes(axes: Axes) -> str:
    """The jaxtyping string of `axes`; `parse_axes` gives the same axes back."""
    return " ".join(map(format_axis, axes))


@lru_cache(maxsize=4096)
def format_axis(axis: Axis) -> str:
    """The jaxtyping spelling of one axis."""
    label = f"{axis.label}=" if axis.label else ""
    broadcastable = "#" if getattr(axis, "broadcastable", False) else ""
    treepath = "?" if getattr(axis, "treepath", False) else ""
    match axis:
        case FixedAxis(size=size):
            return f"{broadcastable}{label}{size}"
        case NamedAxis(name=name):
            return f"{broadcastable}{label}{treepath}{name}"
        case SymbolicAxis(expression=expression):
            return f"{broadcastable}{label}{expression}"
        case AnonymousAxis(note=note):
            return f"{label}_{note}"
        case VariadicAxis(name=name):
            return "..." if name is None else f"{broadcastable}{label}{treepath}*{name}"


def is_variadic(axes: Axes) -> bool:
    """Whether the axes fit shapes of more than one `ndim`."""
    return any(isinstance(axis, VariadicAxis) for axis in axes)


@lru_cache(maxsize=4096)
def python_expression(axis: SymbolicAxis, variable: Callable[[str], str]) -> str:
    """The size of a symbolic axis as Python: axis names become variables, what stands in braces is left as it is."""
    braces: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        braces.append(match[1])
        return f"_nt_brace{len(braces) - 1}"

    tree = ast.parse(_BRACES.sub(placeholder, axis.expression), mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in axis.names:
            node.id = variable(node.id)
    text = f"({ast.unparse(tree)})"
    return re.sub(r"_nt_brace(\d+)", lambda match: f"({braces[int(match[1])]})", text)


def _parse_item(item: str, text: str) -> Axis:
    if item == "...":
        return VariadicAxis()
    if "..." in item:
        raise _malformed(text, f'"..." stands alone, got "{item}"', 'write "..." or "*name"')
    if "," in item and "(" not in item:
        raise _malformed(text, "axes are separated by spaces, not commas", f'write "{_respace(text)}"')
    if item.endswith("#") and item.strip(_MODIFIERS):
        raise _malformed(text, f'"#" stands before the axis, got "{item}"', f'write "#{item[:-1]}"')
    modifiers, label, body = _split_modifiers(item, text)
    return _build(modifiers, label, body, item, text)


def _respace(text: str) -> str:
    return " ".join(text.replace(",", " ").split())


def _split_modifiers(item: str, text: str) -> tuple[set[str], str | None, str]:
    modifiers: set[str] = set()
    label: str | None = None
    body = item
    while body:
        if body[0] in _MODIFIERS:
            if body[0] in modifiers:
                raise _malformed(text, f'"{body[0]}" stands twice in "{item}"', f'write it once: "{body[0]}name"')
            modifiers.add(body[0])
            body = body[1:]
        elif body.count("=") == 1:
            label, body = body.split("=")
            if not label.isidentifier():
                raise _malformed(text, f'"{label}" in "{item}" is no name', 'write "name=size", for example "mel=80"')
        else:
            break
    if label is not None and not body and "_" not in modifiers:
        raise _malformed(text, f'"{item}" has no size', f'write "{label}=80" or "{label}={label[0]}"')
    return modifiers, label, body


def _build(modifiers: set[str], label: str | None, body: str, item: str, text: str) -> Axis:
    broadcastable, treepath = "#" in modifiers, "?" in modifiers
    prefix = f"{label}=" if label else ""
    if re.fullmatch(r"[+-]?\d+(_\d+)*", body):
        _refuse(modifiers, f'"{body}" is a fixed size', prefix + body, text)
        return FixedAxis(_to_size(body, text), broadcastable, label)
    if "_" in modifiers and (not body or body.isidentifier()):
        if broadcastable:
            fix = "..." if "*" in modifiers else f"_{body}"
            reason = f'"{item}" binds nothing that could be broadcast'
            raise _malformed(text, reason, f'write "{fix}" or "#{body or "name"}"')
        return VariadicAxis() if "*" in modifiers else AnonymousAxis(body, label)
    if body.isidentifier():
        body = unicodedata.normalize("NFKC", body)  # as Python reads names
        if "*" in modifiers:
            return VariadicAxis(body, broadcastable, label, treepath)
        return NamedAxis(body, broadcastable, label, treepath)
    if not body:
        raise _malformed(text, f'"{item}" names no axis', f'write "{item}name"')
    if "#" in body:
        raise _malformed(text, f'"#" stands before the axis, got "{item}"', f'write "#{prefix}{body.split("#")[0]}"')
    _refuse(modifiers, f'"{body}" is computed', prefix + body, text)
    return SymbolicAxis(body, _names(body, item, text), broadcastable, label)


def _to_size(body: str, text: str) -> int:
    if len(body) > _MAX_DIGITS or int(body) < 0:
        raise _malformed(
            text, f'"{body[:_MAX_DIGITS]}" is no size of a tensor', 'write a size such as "80", or "_" for any'
        )
    return int(body)


def _refuse(modifiers: set[str], reason: str, fixed: str, text: str) -> None:
    for modifier in "*_?":
        if modifier in modifiers:
            raise _malformed(text, f'{reason} and takes no "{modifier}"', f'write "{fixed}"')


def _names(body: str, item: str, text: str) -> tuple[str, ...]:
    """Names that a symbolic axis reads outside braces, functions that it calls left out."""
    if len(body) > _MAX_EXPRESSION:  # how deep an expression Python parses depends on the recursion limit of the moment
        raise _malformed(text, f"an expression of {len(body)} characters is too long", f"use {_MAX_EXPRESSION} at most")
    for inner in _BRACES.findall(body):
        _parse_expression(inner, item, text)
    tree = _parse_expression(_BRACES.sub("(0)", body), item, text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in called:
            read = ast.unparse(node)
            raise _malformed(text, f'"{read}" is no axis', f'read an attribute or argument in braces: "{{{read}}}"')
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)
    return tuple(dict.fromkeys(node.id for node in found))


def _parse_expression(source: str, item: str, text: str) -> ast.Expression:
    try:
        return ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        together = _together(text)
        raise _malformed(
            text,
            f'"{item}" is neither a name, a number nor an expression',
            f'spaces separate axes: write "{together}"'
            if together
            else 'write for example "t", "80", "2*t" or "{self.d}"',
        ) from None


def _together(text: str) -> str | None:
    """An axis string without the spaces in `n + 1`, and with `h*w` for einops' `(h w)`; None where that is no help."""
    fixed = _GROUP.sub(lambda group: "*".join(group[1].split()), _SPACED.sub(r"\1", text))
    try:
        parse_axes(fixed if fixed != text else "")
    except AnnotationError:
        return None
    return fixed if fixed != text else None


def _malformed(text: str, reason: str, fix: str) -> AnnotationError:
    return AnnotationError(f'axes "{text}": {reason}; {fix}')
