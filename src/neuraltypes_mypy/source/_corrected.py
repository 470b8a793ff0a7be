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
    inputs = [_parameter(one, value) for one, value in zip(plain[1:], defaults[1:], strict=True)]
    if arguments.vararg is not None:
        inputs.append(_parameter(_of_several(arguments.vararg), None))
    inputs += [_parameter(*pair) for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    inputs += [] if arguments.kwarg is None else [f"**{ast.unparse(arguments.kwarg)}"]
    first = [ast.unparse(one) for one in plain[:1]]
    word = "async def" if isinstance(found, ast.AsyncFunctionDef) else "def"
    result = "" if found.returns is None else f" -> {ast.unparse(found.returns)}"
    text = f"{word} {found.name}({', '.join([*first, '*', *inputs])}){result}"
    return re.sub(r"'([^'\"\\]*)'", r'"\1"', " ".join(text.split()))  # as axes are mostly written


def _parameter(parameter: ast.arg, default: ast.expr | None) -> str:
    equals = "=" if parameter.annotation is None else " = "
    return ast.unparse(parameter) + ("" if default is None else equals + ast.unparse(default))


def _of_several(parameter: ast.arg) -> ast.arg:
    """`*xs: T` as an input of its own: `xs: tuple[T, ...]`."""
    if parameter.annotation is None:
        return parameter
    items = ast.Tuple([parameter.annotation, ast.Constant(...)], ast.Load())
    return ast.arg(parameter.arg, ast.Subscript(ast.Name("tuple", ast.Load()), items, ast.Load()))


def _find(function: FuncDef, path: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    try:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == function.line:
            return node
    return None
