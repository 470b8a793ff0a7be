"""Corrected source: what should have been written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from mypy.nodes import CallExpr, Expression, FuncDef, MemberExpr, NameExpr
from mypy.types import CallableType


def corrected_call(signature: CallableType, call: CallExpr) -> str:
    """A call with its positional arguments by keyword."""
    names = iter(name for name in signature.arg_names if name not in call.arg_names)
    arguments = []
    for name, argument in zip(call.arg_names, call.args, strict=True):
        keyword = name or next(names, None)
        arguments.append(f"{keyword}={_text(argument)}" if keyword else _text(argument))
    return f"{_text(call.callee)}({', '.join(arguments)})"


def _text(expression: Expression) -> str:
    """An expression as it is written, shortened to `...` where it is more than a name."""
    match expression:
        case NameExpr(name=name):
            return name
        case MemberExpr(name=name):
            return f"{_text(expression.expr)}.{name}"
        case _:
            return "..."


def corrected_signature(function: FuncDef, path: str) -> str:
    """The `def` of a function with its inputs by keyword only."""
    found = _find(function, path)
    if found is None:
        return f"def {function.name}(self, *, ...)"
    arguments = found.args
    plain = [*arguments.posonlyargs, *arguments.args]
    missing = len(plain) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [*[None] * missing, *arguments.defaults]
    found.args = ast.arguments(
        posonlyargs=[],
        args=plain[:1],
        vararg=None,
        kwonlyargs=[*plain[1:], *arguments.kwonlyargs],
        kw_defaults=[*defaults[1:], *arguments.kw_defaults],
        kwarg=arguments.kwarg,
        defaults=[],
    )
    found.body, found.decorator_list = [ast.Expr(ast.Constant(...))], []
    text = " ".join(ast.unparse(found).removesuffix("...").split()).removesuffix(":")
    return re.sub(r"'([^'\"\\]*)'", r'"\1"', text)  # as axes are mostly written


def _find(function: FuncDef, path: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    try:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == function.line:
            return node
    return None
