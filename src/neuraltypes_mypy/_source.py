"""The source of the modules that mypy checks, where mypy's own tree has lost what is needed.

In an expression (`Audio = Float[Tensor, "b t"]`, `cast(Float[Tensor, "b t"], x)`) mypy keeps the `Tensor` of an
annotation only (https://github.com/python/mypy/issues/17514), and of a call among the metadata it keeps the place.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

Place: TypeAlias = tuple[int, int]


class SourceIndex:
    """The expressions of one module by the place (line, column) where they start, and what they stand in."""

    def __init__(self, text: str) -> None:
        self.calls: dict[Place, ast.Call] = {}
        self.enclosing: dict[Place, list[ast.Subscript]] = {}
        self.functions: dict[int, ast.AST] = {}
        self.compared: set[Place] = set()
        self.imports: dict[str, tuple[int, str, str]] = {}
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return
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


def may_change(function: ast.AST, name: str) -> bool:
    """Whether a function may change the object that a local name holds: assigns to an attribute of it, or hands it on.

    Constructors (names in capitals) are trusted to read only.
    """
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del) and _is_name(node.value, name):
            return True
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values = (*node.args, *(keyword.value for keyword in node.keywords))
            if not called[:1].isupper() and any(_is_name(value, name) for value in values):
                return True
    return False


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def read_source(path: str) -> SourceIndex:
    """The index of the file at `path`; an empty one where it cannot be read."""
    try:
        stamp = Path(path).stat().st_mtime_ns
        return _read(path, stamp)
    except (OSError, UnicodeDecodeError):
        return SourceIndex("")


@lru_cache(maxsize=64)
def _read(path: str, stamp: int) -> SourceIndex:  # noqa: ARG001 - the stamp makes a changed file another one
    return SourceIndex(Path(path).read_text(encoding="utf-8"))
