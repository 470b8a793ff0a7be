"""The source of the modules that mypy checks, where mypy's own tree has lost what is needed.

In an expression (`Audio = Float[Tensor, "b t"]`, `cast(Float[Tensor, "b t"], x)`) mypy keeps the `Tensor` of an
annotation only (https://github.com/python/mypy/issues/17514), and of a call among the metadata it keeps the place. The
text around a place mostly says enough; a whole module is parsed only where it does not.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from neuraltypes_mypy.source._writes import Writes

Place: TypeAlias = tuple[int, int]

_OPENING: Final = " \t("
_CLOSING: Final = " \t)"
_MAX_LINES: Final = 16
_SUBSCRIPTED: Final = re.compile(r"([^\W\d][\w.]*)\s*\[$")
_GLOBAL: Final = re.compile(r"\bglobal\s+([\w, ]+)")
_ASSIGNED: Final = re.compile(r"(?:(?<![\w.])(\w+)|[\])]|\.\w+)\.(\w+)\s*=(?!=)")
_COMPARISON: Final = re.compile(r"[=!]=|[<>]|\b(?:in|is)\b")
_COMPARISON_NEXT: Final = re.compile(r"(?:[\s)\\]|#.*+)*+(?:[=!]=|[<>]|(?:in|is|not)\b)")


class Source:
    """What the text of one module says about places in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._changing: dict[tuple[int, str], bool] = {}

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    @cached_property
    def _index(self) -> _Index:
        return _Index(_parsed(self._text))

    def call_at(self, place: Place) -> ast.Call | None:
        """The call that starts at a place."""
        expression, behind = self._expression(place, ")")
        if expression is None or behind in ("(", "[", "."):
            return self._index.calls.get(place)
        return expression if isinstance(expression, ast.Call) else None

    def enclosing(self, place: Place, is_annotation: Callable[[str], bool]) -> list[ast.Subscript]:
        """The subscripts (`Float[..., "b t"]`) of which the name at a place is the first item, the innermost first.

        `is_annotation` says of a name that is subscripted whether that matters.
        """
        line = self._line(place[0])
        before = "" if line is None else line[: place[1]].rstrip(_OPENING)
        start, matters = place[1], False
        while before.endswith("[") and (subscripted := _SUBSCRIPTED.search(before)) is not None:
            start, matters = subscripted.start(), matters or is_annotation(subscripted[1])
            before = before[:start].rstrip(_OPENING)
        if not before or before[-1] == "." or (before[-1] == "|" and not _is_past_brackets(before)):
            return self._index.enclosing.get(place, [])
        if not matters:
            return []
        expression, _ = self._expression((place[0], start), "]")
        index = self._index if expression is None else _Index(expression)
        return index.enclosing.get(place, [])

    def _expression(self, place: Place, closing: str) -> tuple[ast.expr | None, str]:
        """The shortest expression from a place to a closing bracket, and what stands behind it."""
        line = self._line(place[0])
        if line is None or place[0] == 1:
            return None, ""
        text = "\n".join([line[place[1] :], *self._lines[place[0] : place[0] + _MAX_LINES]])
        margin = "(" + "\n" * (place[0] - 1) + " " * place[1]  # so that places are those in the module
        end = text.find(closing) + 1
        while end:
            tree = _parsed(f"{margin}{text[:end]})")
            if tree is not None and isinstance(tree.body[0], ast.Expr):
                return tree.body[0].value, text[end:].lstrip()[:1]
            end = text.find(closing, end) + 1
        return None, ""

    def is_compared(self, place: Place, end: Place) -> bool:
        """Whether the attribute that stands there is compared with something."""
        line = self._line(place[0])
        if line is None or place[0] != end[0] or not line[: place[1]].strip(_OPENING):
            return place in self._index.compared
        behind = line[end[1] :].lstrip(_CLOSING)
        if not behind or behind[0] in "#\\":
            following = "\n".join(self._lines[place[0] : place[0] + _MAX_LINES])
            if _COMPARISON_NEXT.match(following):
                return place in self._index.compared
        if not _COMPARISON.search(line):
            return False
        statement = line.lstrip()
        if statement.startswith("elif "):
            statement = statement.removeprefix("el")
        tree = _parsed(statement) or _parsed(f"{statement}\n pass")
        if tree is None:
            return place in self._index.compared
        return (1, place[1] - len(line) + len(statement)) in _Index(tree).compared

    def is_sliced(self, end: Place) -> bool:
        """Whether what ends there is followed by a slice, `[1:]`; one on a later line is not seen."""
        line = self._line(end[0])
        behind = "" if line is None else line[end[1] :].lstrip(_CLOSING)
        depth = 0
        for character in behind if behind.startswith("[") else "":
            depth += (character in "([{") - (character in ")]}")
            if depth == 0 or (depth == 1 and character == ":"):
                return depth == 1
        return False

    def may_change(self, name: str, line: int, end_line: int | None) -> bool:
        """Whether the function in these lines may change the object that a local name holds.

        That is, whether it assigns to an attribute of it, or hands it on. Constructors (names in capitals) are trusted
        to read only.
        """
        known = self._changing.get((line, name))
        if known is None:
            function = self._function(line, end_line)
            known = self._changing[line, name] = function is None or _may_change(function, name)
        return known

    def only_reads(self, name: str, line: int, end_line: int | None) -> bool:
        """Whether the function in these lines does no more with the object of a local name than to read of it."""
        function = self._function(line, end_line)
        return function is not None and _only_reads(function, name)

    def _function(self, line: int, end_line: int | None) -> ast.AST | None:
        lines = self._lines[line - 1 : end_line] if end_line is not None else []
        is_indented = bool(lines) and lines[0][:1].isspace()
        tree = _parsed("\n".join(["if 1:", *lines] if is_indented else lines))
        body = [] if tree is None else tree.body
        if is_indented and body and isinstance(body[0], ast.If):
            body = body[0].body
        if len(body) == 1 and isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef):
            return None if body[0].decorator_list else body[0]
        return self._index.functions.get(line)

    @cached_property
    def strings(self) -> frozenset[str]:
        """The strings in the code, as the one in `hasattr(config, "name")`."""
        tree = _parsed(self._text)
        nodes = () if tree is None else ast.walk(tree)
        return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is str)

    @cached_property
    def writes(self) -> Writes:
        """The attributes that the code writes."""
        return Writes(_parsed(self._text))

    @cached_property
    def global_names(self) -> frozenset[str]:
        """The names of the module that its functions may assign."""
        return frozenset(name for names in _GLOBAL.findall(self._text) for name in re.findall(r"\w+", names))

    @cached_property
    def assigned_from_outside(self) -> frozenset[str]:
        """The attributes that the module assigns of anything but `self`."""
        return frozenset(name for owner, name in _ASSIGNED.findall(self._text) if owner != "self")

    def imported(self, name: str) -> tuple[int, str, str] | None:
        """The level, the module and the name there that the module imports under a name."""
        return self._index.imports.get(name) if name in self._text else None

    def _line(self, number: int) -> str | None:
        """A line in which columns of mypy's are places in the text."""
        line = self._lines[number - 1] if 0 < number <= len(self._lines) else None
        return line if line is not None and line.isascii() else None


class _Index:
    """The expressions of a tree by the place where they start, and what they stand in."""

    def __init__(self, tree: ast.AST | None) -> None:
        self.calls: dict[Place, ast.Call] = {}
        self.enclosing: dict[Place, list[ast.Subscript]] = {}
        self.functions: dict[int, ast.AST] = {}
        self.compared: set[Place] = set()
        self.imports: dict[str, tuple[int, str, str]] = {}
        if tree is not None:
            self._visit(tree, [])

    def _visit(self, node: ast.AST, subscripts: list[ast.Subscript]) -> None:
        match node:
            case ast.ImportFrom():
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = (node.level, node.module or "", alias.name)
            case ast.Compare():
                operands = (node.left, *node.comparators)
                self.compared |= {(o.lineno, o.col_offset) for o in operands if isinstance(o, ast.Attribute)}
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions[node.lineno] = node
            case ast.Call(lineno=line, col_offset=column):
                self.calls.setdefault((line, column), node)
            case ast.Name(lineno=line, col_offset=column) | ast.Attribute(lineno=line, col_offset=column):
                if subscripts:
                    self.enclosing.setdefault((line, column), subscripts)
            case ast.Subscript(slice=ast.Tuple(elts=[first, *rest])):
                self._visit(node.value, [])
                self._visit(first, [node, *subscripts])
                for item in rest:
                    self._visit(item, [])
                return
        below = subscripts if isinstance(node, ast.BinOp | ast.Attribute) else []
        for child in ast.iter_child_nodes(node):
            self._visit(child, below)


def _is_past_brackets(before: str) -> bool:
    """Whether the start of a line shows that what comes next is no item of a subscript."""
    is_balanced = before.count("[") == before.count("]") and not ("'" in before or '"' in before)
    return is_balanced and ":" in before


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _may_change(function: ast.AST, name: str) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del) and _is_name(node.value, name):
            return True
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values = (*node.args, *(keyword.value for keyword in node.keywords))
            if not called[:1].isupper() and any(_is_name(value, name) for value in values):
                return True
    return False


def _only_reads(function: ast.AST, name: str) -> bool:
    nodes = list(ast.walk(function))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    reading: set[int] = set()
    for node in nodes:
        match node:
            case ast.Attribute(value=value, ctx=ast.Load()) if id(node) not in called:
                reading.add(id(value))
            case ast.Return(value=value):
                reading.add(id(value))
    if any(isinstance(node, ast.Nonlocal | ast.Global) and name in node.names for node in nodes):
        return False
    names = (node for node in nodes if isinstance(node, ast.Name) and _is_name(node, name))
    return all(isinstance(node.ctx, ast.Store) or id(node) in reading for node in names)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def read_source(path: str) -> Source:
    """The source of the file at `path`; an empty one where it cannot be read."""
    try:
        return _read(path, os.stat(path).st_mtime_ns)  # noqa: PTH116 - asked for often
    except (OSError, UnicodeDecodeError):
        return Source("")


@lru_cache(maxsize=64)
def _read(path: str, stamp: int) -> Source:  # noqa: ARG001 - the stamp makes a changed file another one
    return Source(Path(path).read_text(encoding="utf-8"))
