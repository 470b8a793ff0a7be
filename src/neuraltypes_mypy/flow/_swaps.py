"""`x, y = y, x`: mypy gives `x` its new type before it looks at the second item.

In mypy's tree, and nowhere else, the items become those of a tuple that is assigned first.
"""

from __future__ import annotations

from mypy.nodes import LDEF, AssignmentStmt, Block, NameExpr, StarExpr, Statement, TupleExpr, Var
from mypy.traverser import all_name_and_member_expressions

from neuraltypes_mypy.source._inserted import together
from neuraltypes_mypy.source._statements import blocks


def untangle_swaps(body: Block, *, is_analyzed: bool) -> None:
    """Make such an assignment two statements."""
    for block in list(blocks(body)):
        for place, statement in enumerate(block.body):
            if isinstance(statement, AssignmentStmt) and (values := _swapped(statement)) is not None:
                first, read = _kept(values, statement, is_analyzed=is_analyzed)
                statement.rvalue = read
                block.body[place] = together([first, statement])


def _kept(values: TupleExpr, place: Statement, *, is_analyzed: bool) -> tuple[AssignmentStmt, NameExpr]:
    """An assignment of a tuple to a name of its own, and that name."""
    variable = Var(f"_nt_tuple_{place.line}_{place.column}")
    variable.is_inferred = True
    target, read = NameExpr(variable.name), NameExpr(variable.name)
    for name in (target, read):
        name.set_line(place)
        if is_analyzed:
            name.node, name.kind, name.fullname = variable, LDEF, variable.name
            target.is_new_def = target.is_inferred_def = True
    assignment = AssignmentStmt([target], values)
    assignment.set_line(place)
    return assignment, read


def _swapped(statement: AssignmentStmt) -> TupleExpr | None:
    """The items of an assignment of which one reads a name that is assigned before it."""
    target, value = statement.lvalues[0], statement.rvalue
    if len(statement.lvalues) != 1 or not isinstance(target, TupleExpr) or not isinstance(value, TupleExpr):
        return None
    items = (*target.items, *value.items)
    if len(target.items) != len(value.items) or any(isinstance(item, StarExpr) for item in items):
        return None
    assigned: set[str] = set()
    for one, given in zip(target.items, value.items, strict=True):
        if assigned & {name.name for name in all_name_and_member_expressions(given)[0]}:
            return value
        assigned |= {one.name} if isinstance(one, NameExpr) else set()
    return None
