"""What names and ranges say of numbers: variances called standard deviations, pixels for places, edges of graphs.

A name counts only beside another that contradicts it, or beside noise, which is scaled with standard deviations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    TupleExpr,
    Var,
)
from mypy.types import Type

from neuraltypes.rules import Refused
from neuraltypes_mypy.rules._history import History, applied_to
from neuraltypes_mypy.rules._similarities import CASTS
from neuraltypes_mypy.source._statements import statements, unpacked_from, written_name

_LOG_VARIANCES: Final = ("logvar", "logvariance", "lnvar")
_LOG_DEVIATIONS: Final = ("logstd", "logsigma", "logstddev")
_DEVIATIONS: Final = ("std", "stddev", "sigma")
_VARIANCES: Final = ("var", "variance")
_NOISE: Final = frozenset({"randn", "randn_like"})
_CLAMPED: Final = CASTS | {"clamp", "clip"}
_MOVED: Final = CASTS | {"unsqueeze", "expand", "repeat", "permute", "contiguous", "expand_as"}
_GRAPHS: Final = frozenset({"adj", "adjacency"})


def exponential_by_name(context: CallExpr, history: History) -> Iterator[Refused]:
    """`std = torch.exp(log_var)`, and `var = torch.exp(log_std)`."""
    given = _said(applied_to(context))
    if given is None:
        return
    wrong = _DEVIATIONS if given == _LOG_VARIANCES else _VARIANCES
    for statement in statements(history.function.body):
        if not isinstance(statement, AssignmentStmt) or statement.rvalue is not context:
            continue
        if any(written_name(one).replace("_", "") in wrong for one in statement.lvalues):
            yield Refused(_words(given), code="element")


def noise_by_variance(one: Expression, other: Expression, history: History) -> Iterator[Refused]:
    """`mean + torch.exp(log_var) * torch.randn_like(mean)`."""
    for scale, noise in ((one, other), (other, one)):
        drawn, made = history.through(noise, CASTS), history.through(scale, CASTS)
        if not isinstance(drawn, CallExpr) or written_name(drawn.callee) not in _NOISE:
            continue
        is_exponential = isinstance(made, CallExpr) and written_name(made.callee) == "exp"
        if not isinstance(made, CallExpr) or not is_exponential or _is_told(made, history):
            continue
        if _said(applied_to(made)) == _LOG_VARIANCES:
            yield Refused(_words(_LOG_VARIANCES), code="element")


def _is_told(made: CallExpr, history: History) -> bool:
    return any(True for _ in exponential_by_name(made, history))


def _said(expression: Expression) -> tuple[str, ...] | None:
    """Which logarithms the name of what `exp` is taken of says."""
    current: Expression | None = expression
    while isinstance(current, CallExpr) and written_name(current.callee) in _CLAMPED:
        current = applied_to(current)
    name = written_name(current).lower().replace("_", "")
    return next((names for names in (_LOG_VARIANCES, _LOG_DEVIATIONS) if name.endswith(names)), None)


def _words(given: tuple[str, ...] | None) -> str:
    if given == _LOG_VARIANCES:
        return "gives variances of their logarithms; the standard deviation is exp(0.5 * log_var)"
    return "gives standard deviations of their logarithms; the variance is exp(2 * log_std)"


def pixels_for_a_grid(places: Mapping[str, tuple[Context, Type]], history: History) -> Iterator[Refused]:
    """`grid_sample(image, torch.stack((xs, ys), -1) + flow)` of ranges over pixels."""
    grid = places["grid"][0] if "grid" in places else None
    made = history.through(grid, _MOVED, operators="+-") if isinstance(grid, Expression) else None
    if not isinstance(made, CallExpr) or written_name(made.callee) not in ("stack", "cat") or not made.args:
        return
    parts = made.args[0]
    items = parts.items if isinstance(parts, TupleExpr | ListExpr) else []
    if items and all(_counts_pixels(item, history) for item in items):
        yield Refused("counts pixels, where places are from -1 to 1", "grid", "element")


def _counts_pixels(item: Expression, history: History) -> bool:
    found = history.through(item, _MOVED, operators="+-", unpacked=True)
    if isinstance(found, NameExpr) and isinstance(found.node, Var):
        unpacked = unpacked_from(found.node, history.function)
        call = None if unpacked is None else unpacked[0]
        if not isinstance(call, CallExpr) or written_name(call.callee) != "meshgrid":
            return False
        ranges = [one for one, name in zip(call.args, call.arg_names, strict=True) if name is None]
        if len(ranges) == 1 and isinstance(ranges[0], TupleExpr | ListExpr):
            ranges = ranges[0].items
        return bool(ranges) and all(_is_range(history.through(one, _MOVED)) for one in ranges)
    return _is_range(found)


def _is_range(made: Expression | None) -> bool:
    """Whether numbers are 0, 1, 2 and so on."""
    if not isinstance(made, CallExpr) or written_name(made.callee) != "arange":
        return False
    bounds = [one for one, name in zip(made.args, made.arg_names, strict=True) if name in (None, "end")]
    is_from_0 = len(bounds) == 2 and isinstance(bounds[0], IntExpr) and bounds[0].value == 0
    return (len(bounds) == 1 or is_from_0) and "step" not in made.arg_names


def softmax_over_no_edges(operand: Expression, history: History) -> Iterator[Refused]:
    """`softmax(e.masked_fill(adj > 0, -inf))`: the scores of neighbours are hidden."""
    made = history.through(operand, CASTS)
    if not isinstance(made, CallExpr):
        return
    name = written_name(made.callee)
    if name == "masked_fill" and isinstance(made.callee, MemberExpr) and len(made.args) == 2:
        mask, value = made.args
    elif name == "where" and len(made.args) == 3:
        mask, value = made.args[0], made.args[1]
    else:
        return
    if _are_edges(history.made(mask) or mask) and history.is_low(value):
        yield Refused("is over scores of which those of edges are hidden; hide those with adj == 0", code="element")


def _are_edges(mask: Expression) -> bool:
    """Whether a mask is True at edges, told by the name of an adjacency matrix."""
    if not isinstance(mask, ComparisonExpr) or len(mask.operands) != 2 or mask.operators[0] not in (">", "!="):
        return False
    matrix, bound = mask.operands
    is_zero = (isinstance(bound, IntExpr) and bound.value == 0) or getattr(bound, "value", None) == 0.0
    return is_zero and bool(_GRAPHS & set(written_name(matrix).lower().split("_")))
