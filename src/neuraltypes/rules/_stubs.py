"""Shape stubs: `.pyi` files that declare what operations take and give, in the annotations that users write.

    def linear(input: Float[Tensor, "*b i"], weight: Float[Tensor, "o i"], bias: Float[Tensor, "o"] | None = None
    ) -> NeuralType[Float[Tensor, "*b o"], UnnormalizedType]: ...

What a signature cannot say is computed: `@computed("cat")` names a function that the registry knows. A class declares
its constructor and its `forward`, whose braces read what the constructor was given. `name = other` gives one
declaration two names. A file is scanned for names at once and parsed declaration by declaration, when one is asked for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from neuraltypes._axes import Axes, parse_axes
from neuraltypes._dtypes import DTYPE_NAMES
from neuraltypes._errors import AnnotationError
from neuraltypes._sizes import number
from neuraltypes._spelling import hint
from neuraltypes.rules._dtypes import named
from neuraltypes.rules._values import UNKNOWN, DTypes, Value

Kind: TypeAlias = Literal["positional", "either", "star", "keyword", "double star"]


@dataclass(frozen=True, slots=True)
class Tensors:
    """What an annotation says of a tensor: dtypes under their name, axes, elements by name; None where nothing."""

    dtype: str | None = None
    axes: Axes | None = None
    elements: tuple[str, ...] = ()

    @property
    def members(self) -> DTypes | None:
        """The torch dtypes that are taken."""
        return None if self.dtype in (None, "Shaped") else named(str(self.dtype))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, how it is passed, its default (`...`: none), its annotation as read and as tensors."""

    name: str
    kind: Kind
    default: Value
    is_required: bool
    annotation: ast.expr | None = field(default=None, compare=False, repr=False)
    tensors: Tensors | None = None

    @property
    def is_union(self) -> bool:
        """Whether the annotation names several types."""
        return isinstance(self.annotation, ast.BinOp)

    @property
    def text(self) -> str:
        """The annotation as it is written."""
        return "" if self.annotation is None else ast.unparse(self.annotation)


@dataclass(frozen=True)
class Signature:
    """One declaration: parameters, results (None where the annotation says nothing of tensors), the computed rule.

    What is asked at every call is worked out once.
    """

    name: str
    parameters: tuple[Parameter, ...]
    results: tuple[Tensors, ...] | Tensors | None
    computed: str | None = None
    is_property: bool = False

    @cached_property
    def is_method(self) -> bool:
        """Whether the first parameter is the object itself."""
        return bool(self.parameters) and self.parameters[0].name == "self"

    @cached_property
    def by_name(self) -> Mapping[str, Parameter]:
        """The parameters by name."""
        return {one.name: one for one in self.parameters}

    @cached_property
    def defaults(self) -> Mapping[str, Value]:
        """What parameters that a call leaves out have."""
        return {one.name: one.default for one in self.parameters if not one.is_required}

    @cached_property
    def tensors(self) -> tuple[tuple[Parameter, Tensors], ...]:
        """The parameters of which the annotation says something about a tensor, with what it says."""
        return tuple((one, one.tensors) for one in self.parameters if one.tensors is not None)

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The parameters that the rule cannot do without: those that are tensors and nothing else."""
        return tuple(one.name for one, _ in self.tensors if one.is_required and not one.is_union)


class _Span(NamedTuple):
    """Where a declaration lies in its file: lines from `start` to before `end`; `alias` is the name it stands for."""

    path: Path
    start: int
    end: int
    alias: str | None = None


_TOP: Final = re.compile(
    r"^(?P<indent> *)(?:(?:def|class) (?P<name>\w+)|(?P<left>\w+) = (?P<right>[\w.]+)\s*$|(?P<at>@))"
)
_CLASS: Final = re.compile(r"^class ")


def scan(folder: Path) -> dict[str, _Span]:
    """Every declaration below a folder, by its full name: `torch.nn.Linear.forward`."""
    found: dict[str, _Span] = {}
    for path in sorted(file for file in folder.rglob("*.pyi") if not file.is_dir()):
        relative = path.relative_to(folder).with_suffix("")
        parts = relative.parts[:-1] if relative.name.startswith("_") else relative.parts  # a part of its package
        _scan_file(path, ".".join(parts), found)
    return found


def _scan_file(path: Path, module: str, found: dict[str, _Span]) -> None:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    owner, start, pending = "", None, ""
    for at, line in enumerate([*lines, "end = end"]):
        match = _TOP.match(line)
        if match is None or (match["indent"] and not owner):
            continue
        if pending:
            found[pending] = _Span(path, found[pending].start, at)
            pending = ""
        if not match["indent"]:
            owner = ""
        if match["at"]:
            start = at if start is None else start
            continue
        prefix = f"{module}.{owner}." if owner else f"{module}."
        if match["left"]:
            if at < len(lines):
                right = match["right"]
                found[prefix + match["left"]] = _Span(path, at, at + 1, alias=right if "." in right else prefix + right)
        elif _CLASS.match(line):
            owner = match["name"]
        else:
            pending = prefix + match["name"]
            found[pending] = _Span(path, at if start is None else start, at + 1)
        start = None


def read(span: _Span, name: str) -> Signature:
    """The declaration that lies there.

    Raises:
        AnnotationError: it cannot be read; the message names file and line.
    """
    lines = _lines(span.path)[span.start : span.end]
    margin = len(lines[0]) - len(lines[0].lstrip())
    try:
        tree = ast.parse("\n".join(line[margin:] for line in lines))
        function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
        return _signature(function, name)
    except (SyntaxError, StopIteration, AnnotationError, ValueError) as error:
        raise AnnotationError(f"{span.path}:{span.start + 1}: {name}: {error}") from error


@lru_cache(maxsize=128)
def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()


def _signature(function: ast.FunctionDef, name: str) -> Signature:
    computed, is_property = None, False
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="computed"), args=[ast.Constant(value=str(rule))]):
                computed = rule
            case ast.Name(id="property"):
                is_property = True
            case _:
                raise AnnotationError(f'"@{ast.unparse(decorator)}": write @computed("rule") or @property')
    results = _results(function.returns)
    return Signature(name, tuple(_parameters(function.args)), results, computed, is_property)


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    plain = [*arguments.posonlyargs, *arguments.args]
    missing = len(plain) - len(arguments.defaults)
    for place, argument in enumerate(plain):
        default = arguments.defaults[place - missing] if place >= missing else None
        yield _parameter(argument, "positional" if place < len(arguments.posonlyargs) else "either", default)
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, "star", ast.Tuple(elts=[]))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, "keyword", default)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, "double star", ast.Constant(value=None))


def _parameter(argument: ast.arg, kind: Kind, default: ast.expr | None) -> Parameter:
    tensors = None if argument.annotation is None else _tensors(argument.annotation)
    value = UNKNOWN if default is None else _literal(default)
    return Parameter(argument.arg, kind, value, default is None, argument.annotation, tensors)


def _literal(node: ast.expr) -> Value:
    match node:
        case ast.Constant(value=bool() | str() | float() | None):
            return node.value  # type: ignore[return-value]
        case ast.Constant(value=int() as value):
            return number(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return number(-value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=float() as value)):
            return -value
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(map(_literal, items))
        case _:
            return UNKNOWN


def _results(node: ast.expr | None) -> tuple[Tensors, ...] | Tensors | None:
    match node:
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=items)) if items:
            found = [_tensors(item) for item in items]
            return tuple(item for item in found if item is not None) if None not in found else None
        case None:
            return None
        case _:
            return _tensors(node)


def _tensors(node: ast.expr) -> Tensors | None:
    match node:
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _tensors(left) or _tensors(right)
        case ast.Name(id="Tensor"):
            return Tensors()
        case ast.Subscript(value=ast.Name(id="NeuralType"), slice=ast.Tuple(elts=[inner, elements])):
            tensors = _tensors(inner)
            if tensors is None:
                raise AnnotationError(f'"{ast.unparse(node)}" is about no tensor')
            return Tensors(tensors.dtype, tensors.axes, tuple(_names(elements)))
        case ast.Subscript(value=ast.Name(id=dtype), slice=ast.Tuple(elts=[_, ast.Constant(value=str(text))])) if (
            dtype in DTYPE_NAMES
        ):
            return Tensors(dtype, parse_axes(text))
        case ast.Subscript(value=ast.Name(id=dtype), slice=ast.Name(id="Tensor")) if dtype in DTYPE_NAMES:
            return Tensors(dtype)
        case ast.Subscript(
            value=ast.Name(id=other), slice=ast.Tuple(elts=[ast.Name(id="Tensor"), ast.Constant(value=str())])
        ):
            raise AnnotationError(f'"{other}" is no dtype{hint(other, DTYPE_NAMES)}')
        case _:
            return None


def _names(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            yield from _names(left)
            yield from _names(right)
        case ast.Name(id=name):
            yield name
        case _:
            raise AnnotationError(f'"{ast.unparse(node)}" is no element')
