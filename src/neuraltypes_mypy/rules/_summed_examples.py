"""A number of each example that was summed over the batch, and then meets the numbers of each example again."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import CallExpr, Expression

from neuraltypes._unify import SizedAxis
from neuraltypes.kinds import BATCH, kind_from_name
from neuraltypes.rules import Refused
from neuraltypes_mypy.rules._history import History, applied_to, axis_argument
from neuraltypes_mypy.source._statements import written_name

SUMS = ("add", "radd", "iadd", "sub", "rsub", "isub", "subtract")
_OF_EACH_EXAMPLE = "LogDeterminantType"


def sums_of_examples(one: Expression, other: Expression, history: History) -> Iterator[Refused]:
    """`log_prob + log_det.sum()`, both "batch": each example has a log-determinant of its own."""
    for total, rest in ((one, other), (other, one)):
        call = history.made(total)
        if not isinstance(call, CallExpr) or written_name(call.callee) != "sum" or axis_argument(call) is not None:
            continue
        summed, beside = history.array(applied_to(call)), history.array(rest)
        if summed is None or beside is None or getattr(summed.element, "name", None) != _OF_EACH_EXAMPLE:
            continue
        axis = summed.shape[0] if summed.shape is not None and len(summed.shape) == 1 else None
        if isinstance(axis, SizedAxis) and _counts_examples(axis) and beside.shape == summed.shape:
            yield Refused(f'sums log-determinants over "{axis.size}", of which each has its own', code="kind")


def _counts_examples(axis: SizedAxis) -> bool:
    symbol = None if axis.size is None else axis.size.symbol
    return symbol is not None and kind_from_name(axis.label or symbol.name) == BATCH
