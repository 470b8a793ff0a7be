"""`x is y` between tensors of which mypy, with `strict_equality`, takes the types for ones that have nothing in common.

Both may be the same object all the same: a name in the one stands for a number in the other, a declared dtype for a
narrower one. In mypy's tree, and nowhere else, the right operand becomes the argument of a call whose hook gives its
type back, without what it says of tensors.
"""

from __future__ import annotations

from typing import Final

from mypy.nodes import ComparisonExpr, Expression, FuncDef, IndexExpr, MemberExpr, NameExpr
from mypy.plugin import FunctionContext
from mypy.server.subexpr import get_subexpressions
from mypy.types import Instance, ProperType, Type

from neuraltypes_mypy.base._names import GENERIC_TENSORS
from neuraltypes_mypy.source._inserted import is_marked, marked
from neuraltypes_mypy.tensors._tensor import unknown_like
from neuraltypes_mypy.tensors._walk import replace

_MARK: Final = "neuraltypes: identity"


def open_identities(function: FuncDef) -> None:
    """Prepare the comparisons in a function that mypy has not analyzed yet; doing it again changes nothing."""
    for one in get_subexpressions(function.body):
        if not isinstance(one, ComparisonExpr):
            continue
        for place, operator in enumerate(one.operators, 1):
            if operator in ("is", "is not") and all(map(_may_be_tensor, one.operands[place - 1 : place + 1])):
                one.operands[place] = marked(one.operands[place], _MARK)


def _may_be_tensor(operand: Expression) -> bool:
    """Whether an operand may be a variable: constants and classes, by which mypy narrows, have a capital."""
    if isinstance(operand, NameExpr | MemberExpr):
        return not operand.name[:1].isupper()
    return isinstance(operand, IndexExpr)


def is_identity(call: object) -> bool:
    """Whether a call is one that was put in here."""
    return is_marked(call, _MARK)


def operand_type(ctx: FunctionContext) -> Type:
    """The type of an operand, its tensors of any dtype, shape and element."""
    return replace(ctx.arg_types[0][0], _loosened)


def _loosened(proper: ProperType) -> Type | None:
    if not isinstance(proper, Instance) or proper.type.fullname not in GENERIC_TENSORS:
        return None
    return unknown_like(proper)
