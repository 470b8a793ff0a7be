"""Where the source writes attributes, `self.cfg.width = 3`: of what mypy asks no plugin where a class takes any.

What is written to is read first, and of that mypy asks; so the attributes that are written are found by its place.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

Span: TypeAlias = tuple[int, int, int | None, int | None]
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Write(NamedTuple):
    """An attribute that is written, and where."""

    name: str
    line: int
    column: int


class Writes:
    """The attributes that a module writes to the value of an expression, by the expression's place."""

    def __init__(self, tree: ast.Module | None) -> None:
        self._found: defaultdict[Span, list[Write]] = defaultdict(list)
        if tree is not None:
            self._scope(tree)

    def to(self, span: Span) -> list[Write]:
        """What is written to the expression there, and to the one name that is bound to it."""
        return self._found.get(span, [])

    def _scope(self, scope: ast.Module | _Function) -> None:
        nodes = list(_inside(scope))
        bound = Counter(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        to_names: defaultdict[str, list[Write]] = defaultdict(list)
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                write = Write(node.attr, node.lineno, node.col_offset)
                self._found[_span(node.value)].append(write)
                if isinstance(node.value, ast.Name):
                    to_names[node.value.id].append(write)
        for name, value in _bindings(nodes):
            if bound[name] == 1 and name in to_names:
                self._found[_span(value)] += to_names[name]
        for node in nodes:
            if isinstance(node, _FUNCTIONS):
                self._scope(node)


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope; of functions inside, themselves alone."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, _FUNCTIONS):
            yield from _inside(child)


def _bindings(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case _:
                pass


def _span(node: ast.expr) -> Span:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
