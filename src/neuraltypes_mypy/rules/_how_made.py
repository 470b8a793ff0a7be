"""What an operation is given, told by how the same function made it: contradictions that no shape or element shows.

Each rule names two places in the code that cannot both be meant: weights that add up to 1 over the queries and are
summed over the keys; one index of a whole batch beside the labels of its examples. What cannot be followed to where it
was made (a parameter, an attribute, a name assigned in a loop) is unknown, and unknown is silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.nodes import (
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    FuncDef,
    IndexExpr,
    MemberExpr,
    OpExpr,
    StrExpr,
)
from mypy.types import Type

from neuraltypes._unify import SizedAxis, format_shape
from neuraltypes.rules import Array, Refused, Value
from neuraltypes_mypy.rules._history import History, applied_to, axis_argument, named_axis
from neuraltypes_mypy.rules._judged import (
    DIVERGENCES,
    OF_CLASSES,
    divergence_from_itself,
    divided_by_logits,
    judged_classes,
    lined_up_elsewhere,
    power_of_mean,
)
from neuraltypes_mypy.rules._named_numbers import (
    exponential_by_name,
    noise_by_variance,
    pixels_for_a_grid,
    softmax_over_no_edges,
)
from neuraltypes_mypy.rules._pairs_of_all import maps_beside_maps, predictions_beside_column
from neuraltypes_mypy.rules._positions import embedded_by_example, positions_of_examples
from neuraltypes_mypy.rules._remembered_axes import (
    classes_elsewhere,
    points_elsewhere,
    power_of_logarithms,
    sum_of_weights,
)
from neuraltypes_mypy.rules._similarities import CASTS, SCALED, are_similarities
from neuraltypes_mypy.rules._summed_examples import SUMS, sums_of_examples
from neuraltypes_mypy.rules._thresholds import log_of_raw, sigmoid_beside
from neuraltypes_mypy.source._statements import written_name

_PRODUCTS: Final = frozenset({"matmul", "bmm", "__matmul__", "__rmatmul__"})
_COMPARED: Final = ("gt", "ge", "lt", "le")
_DIFFERENCES: Final = ("sub", "rsub", "subtract")
_FACTORS: Final = ("mul", "rmul", "multiply")
_QUOTIENTS: Final = ("truediv", "rtruediv", "div", "divide", "true_divide")
_POINTED: Final = ("gather", "scatter", "scatter_add", "index_select", "take_along_dim")
_TOLD: Final = frozenset(
    {
        *(name.strip("_") for name in _PRODUCTS),
        *_COMPARED,
        *SUMS,
        *_FACTORS,
        "einsum",
        "eq",
        "ne",
        "log",
        "getitem",
        "pow",
        "nll_loss",
        "NLLLoss",
        "logsumexp",
        "Embedding",
        *_POINTED,
        *OF_CLASSES,
        *DIVERGENCES,
        *_QUOTIENTS,
        "exp",
        "softmax",
        "grid_sample",
    }
)


def is_told_by_history(name: str) -> bool:
    """Whether there is a rule here for an operation; most have none, and every one is asked about."""
    return name.rpartition(".")[2].strip("_") in _TOLD


def contradictions(
    name: str,
    values: Mapping[str, Value],
    places: Mapping[str, tuple[Context, Type]],
    context: Context,
    history: History,
) -> Iterator[Refused]:
    """What the code says of the arguments of a call that cannot be meant."""
    if not isinstance(history.function, FuncDef):
        return
    short = name.rpartition(".")[2]
    first, second = _operands(context, places)
    if short in _PRODUCTS and first is not None and second is not None:
        yield from _summed_over_another(first, second, history)
    elif short == "einsum" and isinstance(context, CallExpr):
        yield from _contracted_over_another(context, history)
    elif short in ("eq", "ne", "__eq__", "__ne__") and first is not None and second is not None:
        yield from _index_of_all(first, values.get("other"), history)
        yield from _index_of_all(second, values.get("input", values.get("self")), history)
        yield from predictions_beside_column(first, second, history)
    elif short.strip("_") in _COMPARED and first is not None:
        yield from sigmoid_beside(values.get("other"), first, context, history)
    elif short == "log" and first is not None:
        yield from log_of_raw(values.get("input", values.get("self")), context, history)
    elif short.strip("_") in SUMS and first is not None and second is not None:
        yield from sums_of_examples(first, second, history)
        if short.strip("_") in _DIFFERENCES:
            yield from _column_beside_output(first, second, history)
        yield from maps_beside_maps(first, second, history)
    elif short.strip("_") in _FACTORS and first is not None and second is not None:
        yield from _column_beside_logarithms(first, second, history)
        yield from maps_beside_maps(first, second, history)
        yield from noise_by_variance(first, second, history)
    elif short.strip("_") in _QUOTIENTS and first is not None and second is not None:
        yield from maps_beside_maps(first, second, history)
        yield from lined_up_elsewhere(first, second, history)
        yield from divided_by_logits(second, history)
    elif short in OF_CLASSES:
        yield from judged_classes(places, history)
    elif short in DIVERGENCES:
        yield from divergence_from_itself(places, history)
    elif short == "exp" and isinstance(context, CallExpr):
        yield from exponential_by_name(context, history)
    elif short == "softmax" and first is not None:
        yield from softmax_over_no_edges(first, history)
    elif short == "grid_sample":
        yield from pixels_for_a_grid(places, history)
    elif short == "__getitem__" and isinstance(context, IndexExpr):
        yield from positions_of_examples(context, history)
    elif short.strip("_") == "pow" and first is not None:
        yield from power_of_logarithms(first, history)
        yield from power_of_mean(first, history)
    elif short in ("nll_loss", "NLLLoss") and first is not None:
        yield from classes_elsewhere(first, history)
    elif short == "logsumexp" and first is not None:
        yield from sum_of_weights(first, values.get("dim"), history)
    elif short.strip("_") in _POINTED:
        label = "indices" if "indices" in places else "index"
        index = places[label][0] if label in places else None
        if isinstance(index, Expression):
            yield from points_elsewhere(index, label, values, history)
    elif short == "Embedding" and isinstance(context, CallExpr) and first is not None:
        yield from embedded_by_example(context, first, history)


def _operands(
    context: Context, places: Mapping[str, tuple[Context, Type]]
) -> tuple[Expression | None, Expression | None]:
    """The two sides of an operation, however it is written."""
    if isinstance(context, OpExpr):
        return context.left, context.right
    if isinstance(context, ComparisonExpr) and len(context.operands) == 2:
        return context.operands[0], context.operands[1]
    given = [place for place, _ in places.values() if isinstance(place, Expression)]
    if isinstance(context, CallExpr) and isinstance(context.callee, MemberExpr) and given[:1] == [context]:
        given[0] = context.callee.expr
    return (given[0] if given else None), (given[1] if len(given) > 1 else None)


# Weights that add up to 1 along one axis, and are summed along another


def _summed_over_another(left: Expression, right: Expression, history: History) -> Iterator[Refused]:
    for weights, summed in ((left, -1), (right, -2)):
        axis = _normalized_axis(weights, history)
        if axis is not None and axis in (-1, -2) and axis != summed:
            yield _refused(axis, summed)


def _refused(axis: int, summed: int) -> Refused:
    return Refused(
        f"sums weights along axis {summed} that add up to 1 along axis {axis}, by their softmax", code="kind"
    )


def _contracted_over_another(call: CallExpr, history: History) -> Iterator[Refused]:
    equation = call.args[0] if call.args else None
    if not isinstance(equation, StrExpr) or equation.value.count("->") != 1 or "." in equation.value:
        return
    inputs, output = equation.value.replace(" ", "").split("->")
    for letters, weights in zip(inputs.split(","), call.args[1:], strict=False):
        axis = _normalized_axis(weights, history)
        if axis is None or len(letters) < -axis or letters[axis] not in output:
            continue
        summed = [place - len(letters) for place, letter in enumerate(letters) if letter not in output]
        if len(summed) == 1 and inputs.count(",") == 1:
            yield _refused(axis, summed[0])


def _normalized_axis(weights: Expression, history: History) -> int | None:
    """The axis, from the last, along which a softmax of similarities was taken; None where there was none."""
    call = history.through(weights, CASTS)
    axis = named_axis(call) if isinstance(call, CallExpr) and written_name(call.callee) == "softmax" else None
    array = None if axis is None or call is None else history.array(call)
    if not isinstance(call, CallExpr) or axis is None or array is None or array.shape is None:
        return None
    scores = history.through(applied_to(call), SCALED, operators="*/+-")
    if scores is None or not are_similarities(scores, history):
        return None
    return axis if axis < 0 else axis - len(array.shape)


# One index of all entries beside the labels of examples


def _index_of_all(index: Expression, other: Value, history: History) -> Iterator[Refused]:
    call = history.made(index)
    if not isinstance(call, CallExpr) or written_name(call.callee) != "argmax" or axis_argument(call) is not None:
        return
    scores = history.array(applied_to(call))
    if scores is None or not scores.shape or len(scores.shape) < 2 or not isinstance(other, Array):
        return
    if other.shape and len(other.shape) == 1 and other.shape[0] in scores.shape[:-1]:
        yield Refused(
            f'compares one index, that of the largest of all of "{format_shape(scores.shape)}", '
            f'with "{format_shape(other.shape)}"; argmax takes dim=-1'
        )


# Columns that are handed in beside one output for each example


def _column_beside_output(one: Expression, other: Expression, history: History) -> Iterator[Refused]:
    """`y - self.out(x).squeeze(-1)` of a parameter `y`, "b 1": all pairs, which nobody has asked for by an index."""
    for column, vector in ((one, other), (other, one)):
        if history.is_parameter(column) and _is_column(column, vector, "UnnormalizedType", history):
            yield _all_pairs(column, vector, "of what a layer gives", history)


def _column_beside_logarithms(one: Expression, other: Expression, history: History) -> Iterator[Refused]:
    """`log_prob * advantage` of an advantage "b 1" that was computed, not one that an index made a column."""
    for column, vector in ((one, other), (other, one)):
        made = history.through(column, CASTS | {"detach"})
        is_sure = isinstance(made, OpExpr) or history.is_parameter(column)
        if is_sure and _is_column(column, vector, "LogprobsType", history):
            yield _all_pairs(column, vector, "of log-probabilities", history)


def _is_column(column: Expression, vector: Expression, holds: str, history: History) -> bool:
    """Whether one is "b 1" and says nothing of what it means, and the other is "b" and holds that."""
    given, output = history.array(column), history.array(vector)
    if given is None or output is None or not given.shape or not output.shape or given.element is not None:
        return False
    if len(given.shape) != 2 or len(output.shape) != 1 or given.shape[0] != output.shape[0]:
        return False
    size = given.shape[1].size if isinstance(given.shape[1], SizedAxis) else None
    return size is not None and size.constant == 1 and getattr(output.element, "name", None) == holds


def _all_pairs(column: Expression, vector: Expression, words: str, history: History) -> Refused:
    shapes = [one.shape or () for side in (vector, column) if (one := history.array(side)) is not None]
    texts = [f'"{format_shape(shape)}"' for shape in shapes]
    return Refused(f"{words} is {' beside '.join(texts)}: each meets every other; write squeeze(-1) of the column")
