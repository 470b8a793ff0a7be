"""Losses: what is compared, class indices, and the single number (or, with `reduction="none"`, one for each entry).

Source: https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._dtypes import FLOATS, category, floating, promote, promote_all, real_of, result_type, summed
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, axis_at, bool_of, broadcast, int_of, rank, replaced, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, DTypes, Produced, Refused, Result, Value
from neuraltypes.rules.recurrent import (
    check_layout,
    known_axes,
    require_axis,
    require_dtype,
    require_rank,
    require_shape,
)

_REDUCTIONS: Final = ("none", "mean", "sum")
_INDICES: Final = frozenset({"int64", "uint8"})


def _reduction(reduction: Value, size_average: Value = None, reduce: Value = None, *others: str) -> str | None:
    """How a loss is reduced: the flags of old, then the word, or its number; None where it is unknown.

    Raises:
        Refused: there is no such reduction.
    """
    if size_average is not None or reduce is not None:
        is_mean, is_reduced = (True if flag is None else bool_of(flag) for flag in (size_average, reduce))
        if is_mean is None or is_reduced is None:
            return None
        return "none" if not is_reduced else "mean" if is_mean else "sum"
    if isinstance(reduction, str):
        known = (*_REDUCTIONS, *others)
        if reduction not in (*known, "elementwise_mean"):
            raise Refused(f'is "{reduction}", expected one of {", ".join(known)}', "reduction")
        return reduction
    place = int_of(reduction)
    return _REDUCTIONS[place] if place is not None and 0 <= place < len(_REDUCTIONS) else None


def _reduced(shape: Shape | None, dtype: DTypes | None, reduction: str | None) -> Array:
    return Array(None if reduction is None else shape if reduction == "none" else (), dtype)


def _text(shape: Shape) -> str:
    return f'"{format_shape(shape)}"'


def _paired(input: Array, target: Array, name: str = "target", other: str = "input") -> Shape | None:
    """The shape that two arrays broadcast to, which should be that of the first.

    Raises:
        Refused: they do not broadcast.
    """
    if input.shape is None or target.shape is None:
        return None
    try:
        shape = broadcast([input.shape, target.shape])
    except Refused:
        reason = f"is {_text(target.shape)}, which does not go with {other}, {_text(input.shape)}"
        raise Refused(reason, name) from None
    if shape is not None and _is_larger(shape, input.shape):
        reason = f"is {_text(target.shape)}, but {other} is {_text(input.shape)}: together they are {_text(shape)}"
        suspect(reason, name)
    return shape


def _is_larger(shape: Shape, own: Shape) -> bool:
    """Whether a shape that `own` was broadcast to surely has more entries."""
    if rank(shape) is None or rank(own) is None:
        return False
    ahead = len(shape) - len(own)
    pairs = zip(shape[ahead:], own, strict=True)
    return any(_is_long(axis) for axis in shape[:ahead]) or any(
        _is_one(mine) and _is_long(axis) for axis, mine in pairs
    )


def _is_one(axis: SizedAxis | Rest) -> bool:
    return isinstance(axis, SizedAxis) and axis.size is not None and axis.size.constant == 1


def _is_long(axis: SizedAxis | Rest) -> bool:
    return isinstance(axis, SizedAxis) and axis.size is not None and axis.size.constant != 1


def _require_expands(value: Value, shape: Shape | None, name: str) -> None:
    """Refuse what does not broadcast to that very shape."""
    if not isinstance(value, Array) or value.shape is None or shape is None:
        return
    words = f"is {_text(value.shape)}, which does not broadcast to {_text(shape)}"
    try:
        together = broadcast([shape, value.shape])
    except Refused:
        raise Refused(words, name) from None
    if together is not None and rank(shape) is not None and (len(together) > len(shape) or _is_larger(together, shape)):
        raise Refused(words, name)


def _require_float(*named: tuple[str, Array]) -> None:
    """Refuse dtypes none of which is a float one, or one of which is complex."""
    from neuraltypes.rules._apply import dtypes_text

    known = [(name, array.dtype) for name, array in named if array.dtype is not None]
    for name, dtype in known:
        if min(map(category, dtype)) == 3:
            raise Refused(f"is {dtypes_text(dtype)}, expected Float", name, "dtype")
    if len(known) == len(named) and not any(dtype & FLOATS for _, dtype in known):
        raise Refused(f"is {dtypes_text(known[0][1])}, expected Float", known[0][0], "dtype")


def _require_mean(dtype: DTypes | None, reduction: str | None, name: str) -> None:
    """Refuse the mean of whole numbers."""
    from neuraltypes.rules._apply import dtypes_text

    if reduction == "mean" and dtype is not None and max(map(category, dtype)) < 2:
        raise Refused(f"is {dtypes_text(dtype)}, which has no mean", name, "dtype")


def _floated(array: Array) -> Array:
    return Array(array.shape, floating(array.dtype))


# Differences, entry by entry


def _weighted(shape: Shape | None, input: Array, dtype: DTypes | None, weight: Value) -> DTypes | None:
    """The dtype with weights, which must have the shape of the input."""
    if weight is None:
        return dtype
    if not isinstance(weight, Array):
        return None
    if input.shape is not None:
        require_shape(weight.shape, input.shape, "weight")
    return result_type(Array(shape, dtype), weight)


def _difference(input: Array, target: Array) -> tuple[Shape | None, DTypes | None]:
    return _paired(input, target), promote(input.dtype, target.dtype)


@computed("losses.squared")
def squared(
    input: Array,
    target: Array,
    reduction: Value = "mean",
    weight: Value = None,
    size_average: Value = None,
    reduce: Value = None,
    **_: Value,
) -> Result:
    """`mse_loss`, `smooth_l1_loss`: differences of floats."""
    shape, dtype = _difference(input, target)
    if weight is None:
        _require_float(("input", input), ("target", target))
    how = _reduction(reduction, size_average, reduce)
    return _reduced(shape, _averaged(_weighted(shape, input, dtype, weight), weight, how), how)


def _averaged(dtype: DTypes | None, weight: Value, how: str | None) -> DTypes | None:
    """The dtype of a mean with weights, which is divided by their sum."""
    if how == "mean" and isinstance(weight, Array):
        return floating(promote(dtype, summed(weight.dtype)))
    return dtype


@computed("losses.smooth")
def smooth(
    input: Array,
    target: Array,
    reduction: Value = "mean",
    beta: Value = 1.0,
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`smooth_l1_loss`, which is `l1_loss` where `beta` is 0."""
    if beta == 0.0 or int_of(beta) == 0:
        return absolute(input, target, reduction, None, size_average, reduce)
    return squared(input, target, reduction, None, size_average, reduce)


@computed("losses.absolute")
def absolute(
    input: Array,
    target: Array,
    reduction: Value = "mean",
    weight: Value = None,
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`l1_loss`: differences of any numbers, of which whole ones have no mean."""
    how = _reduction(reduction, size_average, reduce)
    shape, promoted = _difference(input, target)
    dtype = _averaged(_weighted(shape, input, real_of(promoted), weight), weight, how)
    _require_mean(dtype, how, "input")
    return _reduced(shape, summed(dtype) if how == "sum" else dtype, how)


@computed("losses.huber")
def huber(input: Array, target: Array, reduction: Value = "mean", delta: Value = 1.0, weight: Value = None) -> Result:
    """`huber_loss`: of the dtype of the input."""
    _require_float(("input", input), ("target", target))
    shape = _paired(input, target)
    return _reduced(shape, _weighted(shape, input, input.dtype, weight), _reduction(reduction))


@computed("losses.divergence")
def divergence(
    input: Array,
    target: Array,
    reduction: Value = "mean",
    log_target: Value = False,
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`kl_div`: the input holds logarithms, the target probabilities, unless `log_target` says otherwise."""
    is_log = bool_of(log_target)
    name = target.element.name if isinstance(target.element, Produced) else ""
    if is_log is False and name == "LogprobsType":
        suspect(f"holds {name}, expected ProbsType (or log_target=True)", "target", code="element")
    if is_log and name in ("ProbsType", "AttentionWeightsType"):
        suspect(f"holds {name}, expected LogprobsType (log_target=True)", "target", code="element")
    how = _reduction(reduction, size_average, reduce, "batchmean")
    return _reduced(_paired(input, target), result_type(input, target), how)


@computed("losses.poisson")
def poisson(
    input: Array,
    target: Array,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
    **_: Value,
) -> Result:
    """`poisson_nll_loss`."""
    how = _reduction(reduction, size_average, reduce)
    shape = _paired(input, target)
    return _reduced(shape, result_type(_floated(input), Array(shape, result_type(input, target))), how)


@computed("losses.gaussian")
def gaussian(
    input: Array, target: Array, var: Value, full: Value = False, eps: Value = 1e-6, reduction: Value = "mean"
) -> Result:
    """`gaussian_nll_loss`: `var` is shaped as the input, or lacks its last axis, or has 1 in one place."""
    how = _reduction(reduction)
    shape = _paired(input, target)
    if not isinstance(var, Array):
        return _reduced(shape, None if var is UNKNOWN else result_type(input, target, _floated(input)), how)
    fitting = _variances(input.shape, var.shape)
    together = None if fitting is None else broadcast([shape, fitting])
    return _reduced(together, result_type(Array(shape, result_type(input, target)), Array(fitting, var.dtype)), how)


def _variances(input: Shape | None, var: Shape | None) -> Shape | None:
    if input is None or var is None or rank(input) is None or rank(var) is None:
        return None
    words = f"is {_text(var)}, which does not fit input, {_text(input)}"
    if len(var) == len(input) - 1:
        if any(_differ(one, other) for one, other in zip(var, input, strict=False)):
            raise Refused(words, "var")
        return *var, SizedAxis(number(1))
    if len(var) != len(input):
        raise Refused(words, "var")
    differing = [axis for axis, own in zip(var, input, strict=True) if _differ(axis, own)]
    if len(differing) > 1 or not all(map(_is_one, differing)):
        raise Refused(words, "var")
    return var


def _differ(left: SizedAxis | Rest, right: SizedAxis | Rest) -> bool:
    is_sized = isinstance(left, SizedAxis) and isinstance(right, SizedAxis)
    return is_sized and sizes_differ(left.size, right.size)  # type: ignore[union-attr]


@computed("losses.hinge")
def hinge(
    input: Array,
    target: Array,
    margin: Value = 1.0,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`hinge_embedding_loss`: of the dtype of the input."""
    how = _reduction(reduction, size_average, reduce)
    _require_mean(input.dtype, how, "input")
    dtype = summed(input.dtype) if how == "sum" else None if how is None else input.dtype
    return _reduced(_paired(input, target), dtype, how)


# Probabilities, entry by entry


@computed("losses.binary")
def binary(
    input: Array,
    target: Array,
    weight: Value = None,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`binary_cross_entropy`: the target has the shape and the dtype of the input."""
    _require_input_shape(input, target)
    require_dtype(target, input, "target", "input")
    _require_expands(weight, input.shape, "weight")
    return _reduced(input.shape, input.dtype, _reduction(reduction, size_average, reduce))


@computed("losses.binary_logits")
def binary_logits(
    input: Array,
    target: Array,
    weight: Value = None,
    pos_weight: Value = None,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`binary_cross_entropy_with_logits`: the target has the shape of the input and says the dtype."""
    _require_input_shape(input, target)
    return own_binary_logits(input, target, weight, pos_weight, _reduction(reduction, size_average, reduce) or UNKNOWN)


@computed("losses.own_binary_logits")
def own_binary_logits(
    input: Array, target: Array, weight: Value = None, pos_weight: Value = None, reduction: Value = "mean"
) -> Result:
    """`torch.binary_cross_entropy_with_logits`, whose target may be larger than the input."""
    _paired(input, target)
    for name, value in (("input", input), ("weight", weight), ("pos_weight", pos_weight)):
        _require_expands(value, target.shape, name)
    if pos_weight is not None and pos_weight is not UNKNOWN:
        _require_expands(target, input.shape, "target")
    return _reduced(target.shape, target.dtype, _reduction(reduction))


def _require_input_shape(input: Array, target: Array) -> None:
    if input.shape is None or target.shape is None or rank(input.shape) is None or rank(target.shape) is None:
        return
    is_other = len(input.shape) != len(target.shape) or any(map(_differ, target.shape, input.shape))
    if is_other:
        raise Refused(f"is {_text(target.shape)}, expected the shape of input, {_text(input.shape)}", "target")


@computed("losses.soft_margin")
def soft_margin(
    input: Array,
    target: Array,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`soft_margin_loss`: the target broadcasts to the input."""
    _require_expands(target, input.shape, "target")
    return _reduced(input.shape, input.dtype, _reduction(reduction, size_average, reduce))


@computed("losses.multilabel_soft_margin")
def multilabel_soft_margin(
    input: Array,
    target: Array,
    weight: Value = None,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`multilabel_soft_margin_loss`: `*b c`, a mean over `c`."""
    if input.shape == ():
        raise Refused("has 0 axes, expected 1 or more", "input")
    shape, dtype = _paired(input, target), result_type(input, target)
    if isinstance(weight, Array):
        shape = _paired(Array(shape), weight, "weight", "the loss")
        dtype = result_type(Array(shape, dtype), weight)
    elif weight is not None:
        dtype = None
    classes = rank(input.shape)
    left = None if shape is None or classes is None or rank(shape) is None else replaced(shape, classes - 1)
    return _reduced(left, dtype, _reduction(reduction, size_average, reduce))


# Class indices


def _classes(input: Array) -> SizedAxis:
    """The axis of the classes: the second, or the only one."""
    count = rank(input.shape)
    return axis_at(input.shape, number(0 if count == 1 else 1)) or ANY


def _without_classes(shape: Shape | None) -> Shape | None:
    count = rank(shape)
    if shape is None or count == 0:
        return None
    if count == 1:
        return ()
    if len(shape) > 1 and isinstance(shape[0], SizedAxis) and isinstance(shape[1], SizedAxis):
        return replaced(shape, 1)
    return None


@computed("losses.cross_entropy")
def cross_entropy(
    input: Array,
    target: Array,
    weight: Value = None,
    reduction: Value = "mean",
    label_smoothing: Value = 0.0,
    size_average: Value = None,
    reduce: Value = None,
    **_: Value,
) -> Result:
    """`cross_entropy`: `b c *d` with class indices `b *d`, or with probabilities `b c *d`."""
    _check_classes(input, weight)
    how = _reduction(reduction, size_average, reduce)
    shape = _without_classes(input.shape)
    is_probabilities = _is_same_shape(input, target)
    if is_probabilities:
        _require_target_float(target)
        return _reduced(shape, result_type(input, target), how)
    if is_probabilities is None:
        dtype = None if _is_whole(target) is None else input.dtype
        return _reduced(shape, dtype, how)
    is_smooth = isinstance(label_smoothing, float) and label_smoothing > 0
    otherwise = f", or probabilities {_text(input.shape or ())}"
    _check_indices(shape, target, otherwise, takes_one=not is_smooth)
    return _reduced(shape, input.dtype, how)


@computed("losses.likelihood")
def likelihood(
    input: Array,
    target: Array,
    weight: Value = None,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
    **_: Value,
) -> Result:
    """`nll_loss`: `b c *d` with class indices `b *d`."""
    _check_classes(input, weight)
    shape = _without_classes(input.shape)
    _check_indices(shape, target, "")
    return _reduced(shape, input.dtype, _reduction(reduction, size_average, reduce))


def _check_classes(input: Array, weight: Value) -> None:
    if input.shape == ():
        raise Refused("has 0 axes, expected 1 or more", "input")
    if isinstance(weight, Array):
        require_rank(weight.shape, (1,), "weight")
        require_axis(axis_at(weight.shape, number(0)), _classes(input).size, "0", "weight")


def _is_same_shape(input: Array, target: Array) -> bool | None:
    """Whether a target has the shape of the input; None where that is unknown."""
    if rank(input.shape) is None or rank(target.shape) is None or input.shape is None or target.shape is None:
        return None
    if len(input.shape) != len(target.shape):
        return False
    if len(input.shape) == 1 and _is_one(target.shape[0]) and not _is_one(input.shape[0]):
        return False
    if any(map(_differ, target.shape, input.shape)):
        reason = f"is {_text(target.shape)}, expected {_text(_without_classes(input.shape) or ())} with class indices"
        raise Refused(f"{reason}, or {_text(input.shape)} with probabilities", "target")
    return True


def _is_whole(target: Array) -> bool | None:
    if target.dtype is None:
        return None
    found = {category(one) < 2 for one in target.dtype}
    return found.pop() if len(found) == 1 else None


def _require_target_float(target: Array) -> None:
    from neuraltypes.rules._apply import dtypes_text

    if target.dtype is not None and not target.dtype & FLOATS:
        reason = f"is {dtypes_text(target.dtype)}, expected Float: with the shape of input it holds probabilities"
        raise Refused(reason, "target", "dtype")


def _check_indices(shape: Shape | None, target: Array, otherwise: str, *, takes_one: bool = True) -> None:
    """Class indices have the shape of the input without its classes, and a dtype of indices."""
    from neuraltypes.rules._apply import dtypes_text

    if shape is not None and target.shape is not None and rank(shape) is not None and rank(target.shape) is not None:
        is_one = takes_one and shape == () and len(target.shape) == 1 and not _is_long(target.shape[0])
        if not is_one and (len(shape) != len(target.shape) or any(map(_differ, target.shape, shape))):
            raise Refused(f"is {_text(target.shape)}, expected class indices {_text(shape)}{otherwise}", "target")
    if target.dtype is not None and not target.dtype & _INDICES:
        raise Refused(f"is {dtypes_text(target.dtype)}, expected int64 class indices{otherwise}", "target", "dtype")


@computed("losses.multi_margin")
def multi_margin(
    input: Array,
    target: Array,
    weight: Value = None,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
    **_: Value,
) -> Result:
    """`multi_margin_loss`: `b c` with class indices `b`."""
    require_rank(input.shape, (0, 1, 2), "input")
    if isinstance(weight, Array):
        require_rank(weight.shape, (1,), "weight")
        classes = number(1) if input.shape == () else (axis_at(input.shape, number(-1)) or ANY).size
        require_axis(axis_at(weight.shape, number(0)), classes, "0", "weight")
    shape = None if input.shape is None or rank(input.shape) is None else input.shape[:-1]
    if shape is None or target.shape is None or rank(target.shape) is None:
        return _reduced(None, input.dtype, _reduction(reduction, size_average, reduce))
    is_single = not any(map(_is_long, (*shape, *target.shape))) and len(target.shape) <= 1
    if not is_single and (len(shape) != len(target.shape) or any(map(_differ, target.shape, shape))):
        raise Refused(f"is {_text(target.shape)}, expected class indices {_text(shape)}", "target")
    return _reduced(target.shape, input.dtype, _reduction(reduction, size_average, reduce))


@computed("losses.multilabel_margin")
def multilabel_margin(
    input: Array, target: Array, reduction: Value = "mean", size_average: Value = None, reduce: Value = None
) -> Result:
    """`multilabel_margin_loss`: `b c` with class indices `b c`, the unused ones -1."""
    require_rank(input.shape, (1, 2), "input")
    _require_input_shape(input, target)
    shape = None if rank(input.shape) is None or input.shape is None else input.shape[:-1]
    return _reduced(shape, input.dtype, _reduction(reduction, size_average, reduce))


# Distances


@computed("losses.ranking")
def ranking(
    input1: Array,
    input2: Array,
    target: Array,
    margin: Value = 0.0,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`margin_ranking_loss`: three arrays that broadcast, with as many axes."""
    _require_ranks(("input1", input1), ("input2", input2), ("target", target))
    return own_ranking(input1, input2, target, margin, reduction, size_average, reduce)


@computed("losses.own_ranking")
def own_ranking(
    input1: Array,
    input2: Array,
    target: Array,
    margin: Value = 0.0,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`torch.margin_ranking_loss`, which takes any numbers of axes."""
    shape = _paired(input1, input2, "input2", "input1")
    together = _paired(Array(shape), target, "target", "the inputs")
    dtype = floating(result_type(Array(shape, result_type(input1, input2)), target))
    return _reduced(together, dtype, _reduction(reduction, size_average, reduce))


def _require_ranks(*named: tuple[str, Array]) -> None:
    known = [(name, rank(array.shape)) for name, array in named]
    count = known[0][1]
    for name, other in known[1:]:
        if count is not None and other is not None and count != other:
            raise Refused(f"has {other} {'axis' if other == 1 else 'axes'}, but {known[0][0]} has {count}", name)


@computed("losses.cosine")
def cosine(
    input1: Array,
    input2: Array,
    target: Array,
    margin: Value = 0.0,
    reduction: Value = "mean",
    size_average: Value = None,
    reduce: Value = None,
) -> Result:
    """`cosine_embedding_loss`: `b d` and `b d` with `b`, or `d` and `d` with one number."""
    require_rank(target.shape, (0, 1), "target")
    count = rank(target.shape)
    for name, array in (("input1", input1), ("input2", input2)):
        require_rank(array.shape, (1, 2) if count is None else (count + 1,), name)
    pair = _paired(input1, input2, "input2", "input1")
    left = None if pair is None or rank(pair) is None else pair[:-1]
    shape = _paired(Array(left), target, "target", "the pairs")
    dtype = result_type(_floated(input1), _floated(input2))
    return _reduced(shape, dtype, _reduction(reduction, size_average, reduce))


@computed("losses.triplet")
def triplet(
    anchor: Array,
    positive: Array,
    negative: Array,
    reduction: Value = "mean",
    swap: Value = False,
    distance_function: Value = None,
    size_average: Value = None,
    reduce: Value = None,
    **_: Value,
) -> Result:
    """`triplet_margin_loss`: `*b d` three times; a distance of one's own may be of any shape."""
    _require_ranks(("anchor", anchor), ("positive", positive), ("negative", negative))
    how = _reduction(reduction, size_average, reduce)
    if distance_function is not None:
        return _reduced(None if how == "none" else (), None, how)
    shape: Shape | None = _paired(anchor, positive, "positive", "anchor")
    shape = _paired(Array(shape), negative, "negative", "anchor")
    left = None if shape is None or rank(shape) is None else shape[:-1]
    pairs = [(anchor, positive), (anchor, negative), *([(positive, negative)] if bool_of(swap) else [])]
    dtype = promote_all(floating(result_type(*pair)) for pair in pairs)
    return _reduced(left, None if bool_of(swap) is None else real_of(dtype), how)


# Sequences


@computed("losses.ctc")
def ctc(
    log_probs: Array,
    targets: Array,
    input_lengths: Value,
    target_lengths: Value,
    blank: Value = 0,
    reduction: Value = "mean",
    zero_infinity: Value = False,
) -> Result:
    """`ctc_loss`: `t b c` with targets `b s`, or all in one row, and the lengths `b`."""
    require_rank(log_probs.shape, (2, 3), "log_probs")
    require_rank(targets.shape, (1, 2), "targets")
    check_layout(log_probs.shape, False, "log_probs")
    count = rank(log_probs.shape)
    batch = (axis_at(log_probs.shape, number(1)) or ANY) if count == 3 else SizedAxis(number(1)) if count == 2 else ANY
    if rank(targets.shape) == 2:
        require_axis(axis_at(targets.shape, number(0)), batch.size, "0", "targets")
    for name, value in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        given = _count(value)
        if sizes_differ(given, batch.size):
            raise Refused(f"holds {given} lengths, expected {batch.size}, one for each sequence", name)
    shape = None if count is None else (batch,) if count == 3 else ()
    return _reduced(shape, log_probs.dtype, _reduction(reduction))


def _count(value: Value) -> Size | None:
    """How many lengths are given."""
    if isinstance(value, tuple):
        return number(len(value))
    if not isinstance(value, Array) or value.shape is None:
        return None
    axis = axis_at(value.shape, number(0)) if rank(value.shape) == 1 else None
    return number(1) if value.shape == () else None if axis is None else axis.size


@computed("losses.adaptive")
def adaptive(config: Config, input_: Array, target_: Array) -> Result:
    """`nn.AdaptiveLogSoftmaxWithLoss`: for each entry its logarithm, and the loss."""
    require_rank(input_.shape, (1, 2), "input_")
    require_rank(target_.shape, (0, 1), "target_")
    require_axis(axis_at(input_.shape, number(-1)), size_of(config.get("in_features", UNKNOWN)), "-1", "input_")
    shape = None if rank(input_.shape) is None or input_.shape is None else input_.shape[:-1]
    if shape is not None:
        require_shape(target_.shape, shape, "target_")
    return Array(shape, input_.dtype, Produced("LogprobsType")), Array((), input_.dtype, Produced("LossType"))


# Modules: what they were made with, and what they are called with


def _module(name: str, function: Callable[..., Result], *settings: str) -> None:
    """Register the rule of a module, which takes these settings of a function when it is made."""

    def rule(config: Config, **arguments: Value) -> Result:
        made = {setting: config.get(setting, UNKNOWN) for setting in settings}
        try:
            return function(**arguments, **made)
        except Refused as refused:
            if refused.argument not in settings:
                raise
            raise Refused(f"{refused.argument} {refused.reason}", None, refused.code) from None

    computed(f"losses.{name}")(rule)


_OLD: Final = ("reduction", "size_average", "reduce")


def _poisson_module(log_input: Array, target: Array, **settings: Value) -> Result:
    return poisson(log_input, target, **settings)


_module("SquaredLoss", squared, *_OLD)
_module("AbsoluteLoss", absolute, *_OLD)
_module("SmoothLoss", smooth, *_OLD, "beta")
_module("HuberLoss", huber, "reduction")
_module("DivergenceLoss", divergence, *_OLD, "log_target")
_module("PoissonLoss", _poisson_module, *_OLD)
_module("GaussianLoss", gaussian, "reduction")
_module("HingeLoss", hinge, *_OLD)
_module("BinaryLoss", binary, *_OLD, "weight")
_module("BinaryLogitsLoss", binary_logits, *_OLD, "weight", "pos_weight")
_module("SoftMarginLoss", soft_margin, *_OLD)
_module("MultilabelSoftMarginLoss", multilabel_soft_margin, *_OLD, "weight")
_module("CrossEntropyLoss", cross_entropy, *_OLD, "weight", "label_smoothing")
_module("LikelihoodLoss", likelihood, *_OLD, "weight")
_module("MultiMarginLoss", multi_margin, *_OLD, "weight")
_module("MultilabelMarginLoss", multilabel_margin, *_OLD)
_module("RankingLoss", ranking, *_OLD)
_module("CosineLoss", cosine, *_OLD)
_module("TripletLoss", triplet, *_OLD, "swap")
_module("DistanceTripletLoss", triplet, "reduction", "distance_function", "swap")
_module("SequenceLoss", ctc, "reduction")
