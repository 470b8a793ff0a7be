"""Sizes of expressions in source that mypy has perhaps not checked yet, and where is checked now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mypy.nodes import (
    Expression,
    FuncDef,
    IntExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    OpExpr,
    UnaryExpr,
    Var,
)
from mypy.types import (
    Instance,
    Type,
)

from neuraltypes_mypy.sizes._class_sizes import attribute_size, is_open, is_whole
from neuraltypes_mypy.source._assigned import assignments_to, is_parameter
from neuraltypes_mypy.tensors._sized_ints import is_int


@dataclass(frozen=True)
class Place:
    """Where is checked now: only what stands in the same module is read, for others are known from the cache, too."""

    api: Any

    @property
    def module(self) -> str:
        """The module's full name."""
        return str(self.api.tree.fullname)

    @property
    def file(self) -> str:
        """The name of its file."""
        return Path(self.api.path).name


class Unchecked:
    """What sizes of expressions are read with in a function that mypy has perhaps not checked yet."""

    def __init__(self, function: FuncDef, int_type: Instance, module: MypyFile) -> None:
        self.tree = module  # for the constants of it
        self._function = function
        self._int_type = int_type
        self._reading: list[Var] = []
        self.scope = self

    def current_function(self) -> FuncDef:
        """The function that the expressions stand in."""
        return self._function

    def lookup_type_or_none(self, expression: Expression) -> Type | None:
        """The type of a parameter, and of what is an `int` to the eye; of all others none is known."""
        match expression:
            case IntExpr():
                return self._int_type
            case UnaryExpr(op="-", expr=inner):
                return self._int([inner])
            case OpExpr(op="+" | "-" | "*" | "//" | "%", left=left, right=right):
                return self._int([left, right])
            case NameExpr(node=Var() as variable) if variable not in self._reading:
                return self._variable(variable)
            case MemberExpr(expr=NameExpr(node=Var(is_self=True)), name=name) if self._function.info:
                info = self._function.info
                size = attribute_size(info, name)
                return None if size is None or is_open(info, size) else self._int_type
            case _:
                return None

    def _int(self, parts: list[Expression]) -> Type | None:
        return self._int_type if all(is_int(self.lookup_type_or_none(part)) for part in parts) else None

    def _variable(self, variable: Var) -> Type | None:
        if variable.is_self and self._function.info:
            return Instance(self._function.info, [])
        if is_parameter(variable, self._function):
            return self._int_type if is_whole(variable, self._function) else variable.type
        values = assignments_to(variable, self._function)
        if len(values) != 1 or values[0] is None:
            return None
        self._reading.append(variable)
        try:
            return self._int([values[0]])
        finally:
            self._reading.pop()
