"""Losses that are given what they cannot judge, told by how it was made: distances, one side twice, a mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.nodes import CallExpr, Context, Expression, FloatExpr, IntExpr, OpExpr, UnaryExpr
from mypy.types import Type

from neuraltypes._unify import SizedAxis, format_shape
from neuraltypes.rules import Refused
from neuraltypes_mypy.rules._history import History, applied_to, named_axis
from neuraltypes_mypy.rules._similarities import CASTS, SCALED, are_distances, are_similarities
from neuraltypes_mypy.source._statements import written_name

OF_CLASSES: Final = ("cross_entropy", "CrossEntropyLoss")
DIVERGENCES: Final = ("kl_div", "KLDivLoss")
_DETACHED: Final = CASTS | {"detach"}
_SOFTMAXES: Final = frozenset({"softmax", "log_softmax", "log", "detach", "float", "double"})
_FILLED: Final = frozenset({"zeros", "zeros_like", "new_zeros", "ones", "ones_like", "new_ones"})
_ENTROPIES: Final = frozenset({"cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits", "nll_loss"})
_REDUCING: Final = ("reduction", "reduce", "size_average")
_RAW: Final = ("LogitsType", "UnnormalizedType")
_VIEWED: Final = _DETACHED | {"view", "reshape", "flatten", "squeeze", "unsqueeze"}


def judged_classes(places: Mapping[str, tuple[Context, Type]], history: History) -> Iterator[Refused]:
    """`cross_entropy(cdist(x, prototypes), y)`; one class for all rows of a square of similarities."""
    scores = _place("input", places)
    if scores is None:
        return
    if are_distances(scores, history):
        yield Refused("holds distances, of which the lowest is nearest; take -distances", "input", "element")
    labels = _place("target", places)
    call = None if labels is None else history.through(labels, _DETACHED | {"long", "int"})
    if not isinstance(call, CallExpr) or written_name(call.callee) not in _FILLED:
        return
    made, array = history.through(scores, SCALED, operators="*/"), history.array(scores)
    shape = None if array is None else array.shape
    if made is None or shape is None or len(shape) != 2 or not are_similarities(made, history):
        return
    rows, columns = (axis.size if isinstance(axis, SizedAxis) else None for axis in shape)
    if rows is not None and rows.constant is None and rows == columns:
        text = f'says one class for all rows of "{format_shape(shape)}", whose pairs are on the diagonal'
        yield Refused(f"{text}; take torch.arange of them", "target", "element")


def divergence_from_itself(places: Mapping[str, tuple[Context, Type]], history: History) -> Iterator[Refused]:
    """`kl_div(log_softmax(x), softmax(x))`, which is always 0."""
    input_, target = _place("input", places), _place("target", places)
    if input_ is None or target is None:
        return
    one, other = history.source(input_, _SOFTMAXES), history.source(target, _SOFTMAXES)
    if one is not None and other is not None and history.are_same(one, other):
        yield Refused("is made of what input is made of: the loss is always 0", "target", "element")


def power_of_mean(base: Expression, history: History) -> Iterator[Refused]:
    """`(1 - torch.exp(-cross_entropy(x, y))) ** gamma`: one weight for the whole batch."""
    made = history.through(base, CASTS)
    if not isinstance(made, OpExpr) or made.op != "-" or not _is_one(made.left):
        return
    exponential = history.through(made.right, CASTS)
    if not isinstance(exponential, CallExpr) or written_name(exponential.callee) != "exp":
        return
    negated = history.made(applied_to(exponential))
    loss = history.through(negated.expr, _DETACHED) if isinstance(negated, UnaryExpr) and negated.op == "-" else None
    if not isinstance(loss, CallExpr) or written_name(loss.callee) not in _ENTROPIES:
        return
    array = history.array(loss)
    if array is not None and array.shape == () and not any(name in _REDUCING for name in loss.arg_names):
        text = "takes 1 - p of a mean over the batch, not of each example"
        yield Refused(f'{text}; write reduction="none" in the loss', code="element")


def _is_one(expression: Expression) -> bool:
    return isinstance(expression, IntExpr | FloatExpr) and expression.value == 1


def divided_by_logits(divisor: Expression, history: History) -> Iterator[Refused]:
    """`2 * overlap / (logits.sum() + mask.sum())`: the sum of probabilities was meant."""
    terms = list(_terms(history.through(divisor, _DETACHED) or divisor, history))
    sums = [term for term in terms if isinstance(term, CallExpr) and written_name(term.callee) == "sum"]
    if len(sums) < 2:
        return
    for term in sums:
        array = history.array(applied_to(term))
        name = getattr(None if array is None else array.element, "name", None)
        if name in _RAW:
            words = "logits" if name == "LogitsType" else "raw outputs"
            text = f"divides by a sum of {words}, which may be 0 or negative; sum probabilities"
            yield Refused(text, code="element")
            return


def _terms(expression: Expression, history: History) -> Iterator[Expression]:
    if isinstance(expression, OpExpr) and expression.op == "+":
        for side in (expression.left, expression.right):
            yield from _terms(side, history)
        return
    made = history.made(expression)
    if made is not None and made is not expression and isinstance(made, OpExpr) and made.op == "+":
        yield from _terms(made, history)
    elif made is not None:
        yield made


def _place(name: str, places: Mapping[str, tuple[Context, Type]]) -> Expression | None:
    place = places[name][0] if name in places else None
    return place if isinstance(place, Expression) else None


# Numbers of each row that are lined up with the columns


def lined_up_elsewhere(operand: Expression, other: Expression, history: History) -> Iterator[Refused]:
    """`a / a.sum(1)` of a square: the sum of each row divides a column, `keepdim=True` is missing."""
    call = history.through(other, _DETACHED | {"sqrt", "rsqrt", "clamp", "clamp_min", "abs"}, operators="+")
    is_reduced = isinstance(call, CallExpr) and written_name(call.callee) in ("sum", "mean", "amax")
    if not isinstance(call, CallExpr) or not is_reduced or any(name == "keepdim" for name in call.arg_names):
        return
    whole, left = applied_to(call), history.array(other)
    if not history.are_same(operand, whole) or left is None:
        return
    array = history.array(whole)
    if array is None or array.shape is None or array.ndim != 2 or left.ndim != 1 or named_axis(call) not in (1, -1):
        return
    rows, columns = (one.size if isinstance(one, SizedAxis) else None for one in array.shape)
    if rows is not None and rows == columns and rows.constant != 1:
        text = f'lines up one number for each row of "{format_shape(array.shape)}" with its columns'
        yield Refused(f"{text}; write keepdim=True", code="kind")
