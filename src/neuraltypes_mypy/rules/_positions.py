"""Tables of positions that are cut to another length than that of the sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import IndexExpr, MemberExpr, SliceExpr, TupleExpr

from neuraltypes._sizes import Size
from neuraltypes._unify import SizedAxis
from neuraltypes.kinds import BATCH, kind_from_name
from neuraltypes.rules import Array, Refused
from neuraltypes_mypy.rules._history import History
from neuraltypes_mypy.source._statements import written_name

_POSITIONS: Final = ("pe", "pos", "position", "positions", "positional")


def positions_of_examples(context: IndexExpr, history: History) -> Iterator[Refused]:
    """`self.pe[: x.size(0)]` of a batch-first `x`: as many positions as examples; of a batch-first `pe`: only one."""
    words = written_name(context.base).lower().split("_")
    if not isinstance(context.base, MemberExpr) or not set(_POSITIONS) & set(words):
        return
    parts = context.index.items if isinstance(context.index, TupleExpr) else [context.index]
    for place, part in enumerate(parts):
        end = part.end_index if isinstance(part, SliceExpr) else None
        size = None if end is None else history.size(end)
        if size is not None and size.symbol is not None and kind_from_name(size.symbol.name) == BATCH:
            yield Refused(f'takes as many positions as the batch has examples ("{size}")', code="kind")
        elif size is not None and size.constant is None and all(isinstance(one, SliceExpr) for one in parts[:place]):
            yield from _only_position(history.array(context.base), place, size)


def _only_position(table: Array | None, place: int, size: Size) -> Iterator[Refused]:
    axes = table.shape if table is not None and table.ndim is not None else None
    axis = axes[place] if axes is not None and place < len(axes) else None
    if isinstance(axis, SizedAxis) and axis.size is not None and axis.size.constant == 1:
        yield Refused(f'takes "{size}" positions along axis {place}, which is 1')
