"""Results with computed axes (`2*t`, `{self.d}`): exact inside the function, and at each call; unknown elsewhere.

As a type variable of the function such an axis would stand in the result alone. There mypy never solves for it: where
the function is passed on (`cache(f)`, `map(f, xs)`) it asks for an annotation. So to others it is a note, which calls
replace, and when mypy has entered the body a call in its tree makes it exact for the returns.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import ARG_POS, CallExpr, ExpressionStmt, FuncDef, NameExpr, StrExpr
from mypy.semanal import is_trivial_body
from mypy.subtypes import is_same_type
from mypy.types import CallableType, ProperType, Type, TypeVarType

from neuraltypes_mypy.tensors._atoms import noted_any, size_of_atom
from neuraltypes_mypy.tensors._walk import replace, walk

_MARK: Final = "neuraltypes: result"


def is_entering(call: object) -> bool:
    """Whether a call is one that was put in here."""
    mark = call.args[0] if isinstance(call, CallExpr) and call.args else None
    return isinstance(mark, StrExpr) and mark.value == _MARK


class Results:
    """The results that mypy is to check returns by, for one run of mypy."""

    def __init__(self) -> None:
        self._exact: dict[int, tuple[Type, Type]] = {}  # by id of what mypy sees: the daemon merges functions

    def announce(self, function: FuncDef) -> None:
        """Have a hook called when mypy enters a body; doing it again changes nothing."""
        body = function.body.body
        if not body or is_trivial_body(function.body):  # mypy drops the bodies of installed packages
            return
        if any(isinstance(statement, ExpressionStmt) and is_entering(statement.expr) for statement in body):
            return
        callee, mark = NameExpr("isinstance"), StrExpr(_MARK)
        call = CallExpr(callee, [mark, mark], [ARG_POS, ARG_POS], [None, None])
        statement = ExpressionStmt(call)
        for node in (callee, mark, call, statement):
            node.set_line(body[0])
        body.insert(0, statement)

    def hide(self, function: FuncDef) -> None:
        """Make the axes that only the result has unknown to mypy, but for the body."""
        signature = function.type
        if not isinstance(signature, CallableType):
            return
        known = {type_.id for given in signature.arg_types for type_ in walk(given) if isinstance(type_, TypeVarType)}

        def hidden(proper: ProperType) -> Type | None:
            size = size_of_atom(proper)
            if size is None or size.constant is not None or not isinstance(proper, TypeVarType):
                return None
            return None if proper.id in known else noted_any(proper.name)

        result = replace(signature.ret_type, hidden)
        if result is not signature.ret_type:
            self._exact[id(result)] = result, signature.ret_type
            signature.ret_type = result

    def enter(self, api: Any) -> None:
        """Let mypy check the returns of the body that it is in by the exact result."""
        function = api.scope.current_function()
        signature = function.type if isinstance(function, FuncDef) else None
        hidden = signature.ret_type if isinstance(signature, CallableType) else None
        found = self._exact.get(id(hidden))
        if found is not None and found[0] is hidden and is_same_type(api.return_types[-1], found[0]):
            api.return_types[-1] = found[1]
