"""One number for each example beside a column or a map of each: broadcasting makes pairs of all examples.

Which is what an index with None, or `unsqueeze`, asks for; these here were handed in, or come from a layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import CallExpr, Expression, MemberExpr, NameExpr

from neuraltypes._sizes import Size
from neuraltypes._unify import Shape, SizedAxis, format_shape
from neuraltypes.kinds import BATCH, kind_from_name
from neuraltypes.rules import Array, Refused
from neuraltypes_mypy.rules._history import History, named_axis
from neuraltypes_mypy.rules._similarities import CASTS
from neuraltypes_mypy.source._statements import written_name

_ENTRYWISE: Final = CASTS | frozenset(
    {
        "log",
        "exp",
        "relu",
        "sigmoid",
        "tanh",
        "softplus",
        "elu",
        "leaky_relu",
        "abs",
        "sqrt",
        "clamp",
        "log1p",
        "square",
    }
    | {"logsigmoid", "expm1", "detach", "round", "reciprocal"}
)
_SHORTEST: Final = 2


def predictions_beside_column(one: Expression, other: Expression, history: History) -> Iterator[Refused]:
    """`logits.argmax(-1) == target` of a target "b 1" that was handed in: each prediction meets every label."""
    for column, vector in ((one, other), (other, one)):
        made = history.through(vector, CASTS | {"long", "int", "detach", "cpu"})
        is_found = isinstance(made, CallExpr) and written_name(made.callee) == "argmax"
        if not is_found or not isinstance(made, CallExpr) or named_axis(made) is None:
            continue
        given = history.source(column, CASTS | {"long", "int", "detach", "cpu"})
        text = _all_pairs(history.array(column), history.array(vector))
        if text is not None and given is not None and history.is_parameter(given):
            yield Refused(text)


def maps_beside_maps(one: Expression, other: Expression, history: History) -> Iterator[Refused]:
    """`self.net(image) - depth` of "b 1 h w" and "b h w"."""
    for column, vector in ((one, other), (other, one)):
        wide, narrow = history.array(column), history.array(vector)
        if wide is None or narrow is None or wide.ndim is None or wide.ndim <= _SHORTEST:
            continue
        text = _all_pairs(wide, narrow)
        if text is None or not _counts_examples(narrow) or not _is_handed_in(vector, history):
            continue
        made = history.source(column, _ENTRYWISE)
        if made is not None and (history.is_parameter(made) or _is_of_layer(made)):
            yield Refused(text)


def _counts_examples(array: Array) -> bool:
    axis = array.shape[0] if array.shape else None
    name = axis.label or str(axis.size) if isinstance(axis, SizedAxis) else ""
    return kind_from_name(name) == BATCH and name.lower() != "n"


def _is_of_layer(made: Expression) -> bool:
    callee = made.callee if isinstance(made, CallExpr) else None
    return isinstance(callee, MemberExpr) and isinstance(callee.expr, NameExpr) and callee.expr.name == "self"


def _is_handed_in(expression: Expression, history: History) -> bool:
    made = history.source(expression, _ENTRYWISE)
    return made is not None and history.is_parameter(made)


def _all_pairs(column: Array | None, vector: Array | None) -> str | None:
    """The words for "b 1 ..." beside "b ..."; None for other shapes."""
    wide, narrow = (None if one is None or one.ndim is None else one.shape for one in (column, vector))
    if wide is None or narrow is None or len(wide) != len(narrow) + 1 or not narrow:
        return None
    sizes, others = _sizes(wide), _sizes(narrow)
    if sizes is None or others is None or sizes[0].constant is not None or sizes[1].constant != 1:
        return None
    if sizes[0] != others[0] or sizes[2:] != others[1:]:
        return None
    inner = f" {format_shape(narrow[1:])}" if narrow[1:] else ""
    together = f"{sizes[0]} {sizes[0]}{inner}"
    fix = "squeeze(1)" if narrow[1:] else "squeeze(-1)"
    return (
        f'"{format_shape(wide)}" beside "{format_shape(narrow)}" are "{together}", all pairs; write {fix} of the first'
    )


def _sizes(shape: Shape) -> list[Size] | None:
    found = [axis.size for axis in shape if isinstance(axis, SizedAxis) and axis.size is not None]
    return found if len(found) == len(shape) else None
