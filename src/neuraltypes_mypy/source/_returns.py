"""Before each `return` of a function that declares a tensor: a call in mypy's tree, whose hook looks at the result.

Such a function is checked before the cache of its module is written, with those that set attributes. Where it reads an
attribute that mypy still knows no type of in its last round, it is left for the time when mypy comes to it by itself:
what sets the attribute may stand behind it.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import Decorator, Expression, ExpressionStmt, FuncDef, ReturnStmt, Var
from mypy.semanal import is_trivial_body

from neuraltypes_mypy.source._inserted import mark_of, marking
from neuraltypes_mypy.source._statements import attribute_values, blocks

_MARK: Final = "neuraltypes: return"
_EARLY: Final = "neuraltypes: early"
# The statement that each call stands before.
_returns: Final[dict[str, ReturnStmt]] = {}


def announce_returns(function: FuncDef) -> None:
    """Have a hook called before each `return`; doing it again changes nothing.

    mypy is to check the body before it writes the cache of the module: from what is returned callers learn.
    """
    is_read = bool(function.body.body)  # mypy drops the bodies of what it does not report on
    if is_read and not (function.is_overload or function.is_property or is_trivial_body(function.body)):
        if not (function.def_or_infer_vars or _begins_early(function)):
            function.body.body.insert(0, marking(f"{_EARLY} of {function.name}", function.body.body[0]))
        function.def_or_infer_vars = True
    for block in blocks(function.body):
        for place in range(len(block.body) - 1, -1, -1):
            statement = block.body[place]
            before = block.body[place - 1] if place else None
            is_announced = isinstance(before, ExpressionStmt) and is_returning(before.expr)
            if isinstance(statement, ReturnStmt) and statement.expr is not None and not is_announced:
                block.body.insert(place, _announcing(statement))


def _announcing(statement: ReturnStmt) -> ExpressionStmt:
    text = f"{_MARK} {len(_returns)}"
    _returns[text] = statement
    return marking(text, statement)


def _begins_early(function: FuncDef) -> bool:
    return any(isinstance(one, ExpressionStmt) and is_early(one.expr) for one in function.body.body)


def is_early(call: object) -> bool:
    """Whether a call is the one that was put in at the beginning of a body."""
    return (mark_of(call) or "").startswith(_EARLY)


def leave_for_later(api: Any) -> None:
    """At the beginning of a body that is checked early, in mypy's last round: what it waits for may come later."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef) or api.pass_num < api.last_pass or api.options.fine_grained_incremental:
        return
    if _defines_attributes(function):  # then mypy checks it early by itself, and the others wait for it
        return
    if function.def_or_infer_vars and function is api.scope.top_level_function() and _is_found(function, api):
        function.def_or_infer_vars = False
        api.binder.suppress_unreachable_warnings()
        api.binder.unreachable()


def _defines_attributes(function: FuncDef) -> bool:
    """Whether an attribute begins with what a method assigns."""
    names = function.info.names if function.info else {}
    nodes = [names[name].node for name, _ in attribute_values(function) if name in names]
    end = function.line if function.end_line is None else function.end_line
    return any(isinstance(node, Var) and function.line <= node.line <= end for node in nodes)


def _is_found(function: FuncDef, api: Any) -> bool:
    """Whether mypy comes to a function again: it goes by the names of a module and of its classes."""
    names = function.info.names if function.info else api.tree.names
    node = names[function.name].node if function.name in names else None
    return (node.func if isinstance(node, Decorator) else node) is function


def is_returning(call: object) -> bool:
    """Whether a call is one that was put in here."""
    return returned(call) is not None


def returned(call: object) -> Expression | None:
    """What is returned behind a call that was put in here."""
    statement = _returns.get(mark_of(call) or "")
    return None if statement is None else statement.expr
