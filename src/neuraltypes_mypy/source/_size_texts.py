"""Sizes in the source as text: `d_model`, `(2*self.d)`, `self.config.d`; anything else is no size."""

from __future__ import annotations

import re
from typing import Final

from mypy.nodes import Expression, IntExpr, MemberExpr, NameExpr, OpExpr, UnaryExpr

from neuraltypes._sizes import OPERATIONS

_NAME: Final = re.compile(r"[^\W\d]\w*")


def size_text(expression: Expression) -> str | None:
    """A size in the source, of numbers, names and attributes of `self`; None where it is anything else."""
    match expression:
        case IntExpr(value=value):
            return str(value)
        case NameExpr(name=name):
            return name if name not in ("None", "True", "False") else None
        case MemberExpr(expr=NameExpr(name=owner), name=name):
            return f"{owner}.{name}"
        case MemberExpr(expr=MemberExpr() as holder, name=name):
            text = size_text(holder)
            return None if text is None else f"{text}.{name}"
        case UnaryExpr(op="-"):
            inner = size_text(expression.expr)
            return None if inner is None else f"(-{inner})"
        case OpExpr(op=operator) if operator in OPERATIONS:
            left, right = size_text(expression.left), size_text(expression.right)
            return None if left is None or right is None else f"({left}{operator}{right})"
        case _:
            return None


def names_in(text: str) -> list[str]:
    """The names in such a text."""
    return _NAME.findall(text)
