"""Which lines run under autocast, as far as a file shows: `with torch.autocast(...)`, functions decorated with it.

What is only called from there, or from a trainer that has autocast on, cannot be told from the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mypy.nodes import (
    CallExpr,
    ClassDef,
    Context,
    Decorator,
    Expression,
    FuncDef,
    MemberExpr,
    NameExpr,
    OverloadedFuncDef,
    Statement,
    WithStmt,
)
from mypy.types import Instance, Type

from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.source._statements import statements

_MANAGERS: Final = frozenset({"autocast", "custom_fwd"})
_CLASS: Final = "torch.amp.autocast_mode.autocast"


@dataclass(frozen=True, slots=True)
class _Span:
    """Lines that a context manager, or a decorator, is about."""

    start: int
    end: int
    manager: Expression


class Autocast:
    """Finds out, for one run of mypy, whether an expression is evaluated under autocast."""

    def __init__(self) -> None:
        self._tree: Any = None  # kept, that no other takes its place in memory
        self._spans: list[_Span] = []

    def holds(self, context: Context, api: Any) -> bool:
        """Whether the innermost autocast around an expression is on."""
        found = False
        for span in self._of(api.tree):
            if span.start <= context.line <= span.end:
                is_on = _is_on(span.manager, api)
                found = found if is_on is None else is_on
        return found

    def _of(self, tree: Any) -> list[_Span]:
        if tree is not self._tree:
            self._tree = tree
            self._spans = sorted(_spans(tree.defs), key=lambda span: (span.start, -span.end))
        return self._spans


def _spans(body: list[Statement]) -> Iterator[_Span]:
    for top in body:
        match top:
            case ClassDef(defs=block):
                yield from _spans(block.body)
            case FuncDef(body=block):
                for statement in statements(block):
                    yield from _spans([statement])
            case Decorator(decorators=decorators, func=function):
                yield from (_Span(top.line, function.end_line or 0, one) for one in decorators if _named(one))
                yield from _spans([function])
            case OverloadedFuncDef(items=items):
                yield from _spans(list(items))
            case WithStmt(expr=managers):
                yield from (_Span(top.body.line, top.body.end_line or top.end_line or 0, one) for one in managers)
                yield from (span for inner in top.body.body for span in _spans([inner]))
            case _:
                pass


def _named(manager: Expression) -> bool:
    """Whether an expression is called as autocast is: `torch.autocast(...)`, `accelerator.autocast()`."""
    callee = manager.callee if isinstance(manager, CallExpr) else manager
    return isinstance(callee, NameExpr | MemberExpr) and callee.name in _MANAGERS


def _is_on(manager: Expression, api: Any) -> bool | None:
    """Whether a context manager turns autocast on (True) or off; None where it is another one."""
    if not _named(manager):
        type_ = api.lookup_type_or_none(manager)
        return True if type_ is not None and _may_be_autocast(type_) else None
    if isinstance(manager, CallExpr):
        for name, argument in zip(manager.arg_names, manager.args, strict=True):
            if name == "enabled" and isinstance(argument, NameExpr) and argument.fullname == "builtins.False":
                return False
    return True


def _may_be_autocast(type_: Type) -> bool:
    return any(
        isinstance(item, Instance) and any(base.fullname == _CLASS for base in item.type.mro)
        for item in options_of(type_)
    )
