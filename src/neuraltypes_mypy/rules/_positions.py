"""Tables of positions that are read by the number of the example, or cut to another length than the sequence's.

A range over the examples fits wherever one over the positions does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import CallExpr, Expression, IndexExpr, IntExpr, MemberExpr, SliceExpr, TupleExpr

from neuraltypes._sizes import Size
from neuraltypes._unify import SizedAxis
from neuraltypes.kinds import BATCH, kind_from_name
from neuraltypes.rules import Array, Refused
from neuraltypes_mypy.rules._history import History
from neuraltypes_mypy.rules._remembered_axes import MOVED
from neuraltypes_mypy.source._statements import written_name

_POSITIONS: Final = ("pe", "wpe", "pos", "position", "positions", "positional")


def positions_of_examples(context: IndexExpr, history: History) -> Iterator[Refused]:
    """`self.pe[: x.size(0)]` of a batch-first `x`: as many positions as examples; of a batch-first `pe`: only one."""
    if not is_of_positions(context.base):
        return
    parts = context.index.items if isinstance(context.index, TupleExpr) else [context.index]
    for place, part in enumerate(parts):
        end = part.end_index if isinstance(part, SliceExpr) else None
        size = _examples_counted(part, history) if end is None and part is context.index else None
        if size is not None and size not in _sizes(history.array(context.base)):
            yield Refused(f'reads positions by the number of the example, from 0 to "{size}"', code="kind")
            continue
        size = None if end is None else history.size(end)
        if size is not None and _is_of_batch(size):
            yield Refused(f'takes as many positions as the batch has examples ("{size}")', code="kind")
        elif size is not None and size.constant is None and all(isinstance(one, SliceExpr) for one in parts[:place]):
            yield from _only_position(history.array(context.base), place, size)


def _only_position(table: Array | None, place: int, size: Size) -> Iterator[Refused]:
    axes = table.shape if table is not None and table.ndim is not None else None
    axis = axes[place] if axes is not None and place < len(axes) else None
    if isinstance(axis, SizedAxis) and axis.size is not None and axis.size.constant == 1:
        yield Refused(f'takes "{size}" positions along axis {place}, which is 1')


def embedded_by_example(context: CallExpr, index: Expression, history: History) -> Iterator[Refused]:
    """`self.positions(torch.arange(x.size(0)))` of a batch-first `x`: a position for each example."""
    size = _examples_counted(index, history) if is_of_positions(context.callee) else None
    if size is not None:
        yield Refused(f'counts the examples of the batch ("{size}"), not positions', "input", "kind")


def batch_of_slice(rows: IndexExpr, history: History) -> Size | None:
    """The size of the batch that what a table is cut to, from its first row on, is: `table[: x.size(0)]`."""
    part = rows.index
    if not isinstance(part, SliceExpr) or part.begin_index is not None or part.end_index is None:
        return None
    size = history.size(part.end_index)
    return size if size is not None and _is_of_batch(size) else None


def is_of_positions(expression: Expression) -> bool:
    """Whether what is called so holds positions."""
    words = written_name(expression).lower().split("_")
    return isinstance(expression, MemberExpr) and bool(set(_POSITIONS) & set(words))


def _examples_counted(place: Expression, history: History) -> Size | None:
    """The size of the batch that a range counts: `torch.arange(x.size(0))`."""
    call = history.through(place, MOVED)
    if not isinstance(call, CallExpr) or written_name(call.callee) != "arange":
        return None
    bounds = [one for one, label in zip(call.args, call.arg_names, strict=True) if label in (None, "end")]
    if len(bounds) == 2 and isinstance(bounds[0], IntExpr) and bounds[0].value == 0:
        bounds = bounds[1:]
    size = history.size(bounds[0]) if len(bounds) == 1 else None
    return size if size is not None and _is_of_batch(size) else None


def _is_of_batch(size: Size) -> bool:
    """Whether a size counts examples by its name; an `n` may be that of patches."""
    name = "" if size.symbol is None else size.symbol.name
    return kind_from_name(name) == BATCH and name.lower() != "n"


def _sizes(array: Array | None) -> list[Size | None]:
    shape = () if array is None or array.shape is None else array.shape
    return [axis.size for axis in shape if isinstance(axis, SizedAxis)]
