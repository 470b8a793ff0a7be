"""Whether a function writes into tensors that it has: what it knew of their numbers need not hold any more."""

from __future__ import annotations

from typing import Final

from mypy.nodes import AssignmentStmt, CallExpr, FuncDef, IndexExpr, OperatorAssignmentStmt
from mypy.server.subexpr import get_subexpressions

from neuraltypes_mypy.source._statements import statements, written_name

_HARMLESS: Final = frozenset({"requires_grad_", "retain_grad_", "zero_grad_"})


def writes_in_place(function: FuncDef) -> bool:
    """Whether anything in a function is written into: `x.exp_()`, `x[mask] = 1`, `F.relu(x, inplace=True)`.

    What is written into may share its numbers with any other name, as parts of a tensor do.
    """
    for statement in statements(function.body):
        match statement:
            case AssignmentStmt(lvalues=targets) if any(isinstance(one, IndexExpr) for one in targets):
                return True
            case OperatorAssignmentStmt(lvalue=IndexExpr()):
                return True
    return any(isinstance(one, CallExpr) and _writes(one) for one in get_subexpressions(function.body))


def _writes(call: CallExpr) -> bool:
    name = written_name(call.callee)
    is_named = name.endswith("_") and not name.endswith("__") and name not in _HARMLESS
    return is_named or any(label in ("inplace", "out") for label in call.arg_names)
