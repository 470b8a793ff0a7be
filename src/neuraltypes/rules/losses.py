"""Losses: differences, distances, sequences, and all losses as modules.

They give a single number or, with `reduction="none"`, one for each entry.
Source: https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import Size, named, number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._dtypes import FLOATS, floating, promote, promote_all, real_of, result_type, summed
from neuraltypes.rules._entrywise import produced
from neuraltypes.rules._loss_shapes import (
    axes_differ,
    floated,
    is_one,
    joined,
    loss,
    paired,
    reduced,
    require_float,
    require_mean,
    shape_text,
    suspect_logarithms,
    without_last,
)
from neuraltypes.rules._registry import computed, find_computed
from neuraltypes.rules._shapes import ANY, axis_at, bool_of, broadcast, int_of, rank, said_kind, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, DTypes, Produced, Refused, Result, Value
from neuraltypes.rules.recurrent import check_layout, require_axis, require_rank, require_shape


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
    suspect_logarithms(input, target)
    return paired(input, target), promote(input.dtype, target.dtype)


@loss("losses.squared")
def squared(input: Array, target: Array, how: str | None, weight: Value = None, **_: Value) -> Result:
    """`mse_loss`, `smooth_l1_loss`: differences of floats."""
    shape, dtype = _difference(input, target)
    if weight is None:
        require_float(("input", input), ("target", target))
    return reduced(shape, _averaged(_weighted(shape, input, dtype, weight), weight, how), how)


def _averaged(dtype: DTypes | None, weight: Value, how: str | None) -> DTypes | None:
    """The dtype of a mean with weights, which is divided by their sum."""
    if how == "mean" and isinstance(weight, Array):
        return floating(promote(dtype, summed(weight.dtype)))
    return dtype


@loss("losses.smooth")
def smooth(input: Array, target: Array, how: str | None, beta: Value = 1.0) -> Result:
    """`smooth_l1_loss`, which is `l1_loss` where `beta` is 0."""
    if beta == 0.0 or int_of(beta) == 0:
        return absolute(input, target, how)
    if beta is UNKNOWN:
        shape, dtype = _difference(input, target)
        is_sure = dtype is not None and dtype <= FLOATS
        return reduced(shape, dtype if is_sure else None, how)
    return squared(input, target, how)


@loss("losses.absolute")
def absolute(input: Array, target: Array, how: str | None, weight: Value = None) -> Result:
    """`l1_loss`: differences of any numbers, of which whole ones have no mean."""
    shape, promoted = _difference(input, target)
    dtype = _averaged(_weighted(shape, input, real_of(promoted), weight), weight, how)
    require_mean(dtype, how, "input")
    if how is None and summed(dtype) != dtype:
        dtype = None
    return reduced(shape, summed(dtype) if how == "sum" else dtype, how)


@loss("losses.huber")
def huber(input: Array, target: Array, how: str | None, weight: Value = None, **_: Value) -> Result:
    """`huber_loss`: of the dtype of the input."""
    require_float(("input", input), ("target", target))
    shape = paired(input, target)
    return reduced(shape, _weighted(shape, input, input.dtype, weight), how)


@loss("losses.divergence", "batchmean")
def divergence(input: Array, target: Array, how: str | None, log_target: Value = False) -> Result:
    """`kl_div`: the input holds logarithms, the target probabilities, unless `log_target` says otherwise."""
    is_log = bool_of(log_target)
    name = target.element.name if isinstance(target.element, Produced) else ""
    if is_log is False and name == "LogprobsType":
        suspect(f"holds {name}, expected ProbsType (or log_target=True)", "target", code="element")
    if is_log and name in ("ProbsType", "AttentionWeightsType"):
        suspect(f"holds {name}, expected LogprobsType (log_target=True)", "target", code="element")
    return reduced(paired(input, target), result_type(input, target), how)


@loss("losses.poisson")
def poisson(input: Array, target: Array, how: str | None, **_: Value) -> Result:
    """`poisson_nll_loss`."""
    shape = paired(input, target)
    return reduced(shape, result_type(floated(input), Array(shape, result_type(input, target))), how)


@loss("losses.poisson_module")
def poisson_module(log_input: Array, target: Array, how: str | None, **_: Value) -> Result:
    """`nn.PoissonNLLLoss`, whose input has another name."""
    return poisson(log_input, target, how)


@loss("losses.gaussian")
def gaussian(input: Array, target: Array, var: Value, how: str | None, **_: Value) -> Result:
    """`gaussian_nll_loss`: `var` is shaped as the input, or lacks its last axis, or has 1 in one place."""
    shape = paired(input, target)
    if produced(var) == "NormalDistributionLogVarianceType":
        suspect("holds logarithms of variances; take exp of them", "var", code="element")
    if not isinstance(var, Array):
        return reduced(shape, None if var is UNKNOWN else result_type(input, target, floated(input)), how)
    fitting = _variances(input.shape, var.shape)
    together = None if fitting is None else broadcast([shape, fitting])
    return reduced(together, result_type(Array(shape, result_type(input, target)), Array(fitting, var.dtype)), how)


def _variances(input: Shape | None, var: Shape | None) -> Shape | None:
    if input is None or var is None or rank(input) is None or rank(var) is None:
        return None
    words = f"is {shape_text(var)}, which does not fit input, {shape_text(input)}"
    if len(var) == len(input) - 1:
        if any(axes_differ(one, other) for one, other in zip(var, input, strict=False)):
            raise Refused(words, "var")
        return *var, SizedAxis(number(1))
    if len(var) != len(input):
        raise Refused(words, "var")
    differing = [axis for axis, own in zip(var, input, strict=True) if axes_differ(axis, own)]
    if len(differing) > 1 or not all(map(is_one, differing)):
        raise Refused(words, "var")
    return var


@loss("losses.hinge")
def hinge(input: Array, target: Array, how: str | None, **_: Value) -> Result:
    """`hinge_embedding_loss`: of the dtype of the input."""
    require_mean(input.dtype, how, "input")
    dtype = summed(input.dtype) if how == "sum" else None if how is None else input.dtype
    return reduced(paired(input, target), dtype, how)


# Distances


@loss("losses.ranking")
def ranking(input1: Array, input2: Array, target: Array, how: str | None, **_: Value) -> Result:
    """`margin_ranking_loss`: three arrays that broadcast, with as many axes."""
    _require_ranks(("input1", input1), ("input2", input2), ("target", target))
    return own_ranking(input1, input2, target, how)


@loss("losses.own_ranking")
def own_ranking(input1: Array, input2: Array, target: Array, how: str | None, **_: Value) -> Result:
    """`torch.margin_ranking_loss`, which takes any numbers of axes."""
    shape = joined(input1, input2, "input2", "input1")
    together = joined(Array(shape), target, "target", "the inputs")
    dtype = floating(result_type(Array(shape, result_type(input1, input2)), target))
    return reduced(together, dtype, how)


def _require_ranks(*named: tuple[str, Array]) -> None:
    known = [(name, rank(array.shape)) for name, array in named]
    count = known[0][1]
    for name, other in known[1:]:
        if count is not None and other is not None and count != other:
            raise Refused(f"has {other} {'axis' if other == 1 else 'axes'}, but {known[0][0]} has {count}", name)


@loss("losses.cosine")
def cosine(input1: Array, input2: Array, target: Array, how: str | None, **_: Value) -> Result:
    """`cosine_embedding_loss`: `b d` and `b d` with `b`, or `d` and `d` with one number."""
    require_rank(target.shape, (0, 1), "target")
    count = rank(target.shape)
    for name, array in (("input1", input1), ("input2", input2)):
        require_rank(array.shape, (1, 2) if count is None else (count + 1,), name)
    pair = joined(input1, input2, "input2", "input1")
    shape = joined(Array(without_last(pair)), target, "target", "the pairs")
    dtype = result_type(floated(input1), floated(input2))
    return reduced(shape, dtype, how)


@loss("losses.triplet")
def triplet(
    anchor: Array,
    positive: Array,
    negative: Array,
    how: str | None,
    swap: Value = False,
    distance_function: Value = None,
    **_: Value,
) -> Result:
    """`triplet_margin_loss`: `*b d` three times; a distance of one's own may be of any shape."""
    _require_ranks(("anchor", anchor), ("positive", positive), ("negative", negative))
    if distance_function is not None:
        return reduced(None if how == "none" else (), None, how)
    shape: Shape | None = joined(anchor, positive, "positive", "anchor")
    shape = joined(Array(shape), negative, "negative", "anchor")
    left = without_last(shape)
    pairs = [(anchor, positive), (anchor, negative), *([(positive, negative)] if bool_of(swap) else [])]
    dtype = promote_all(floating(result_type(*pair)) for pair in pairs)
    return reduced(left, None if bool_of(swap) is None else real_of(dtype), how)


# Sequences


@loss("losses.ctc")
def ctc(
    log_probs: Array,
    targets: Array,
    input_lengths: Value,
    target_lengths: Value,
    how: str | None,
    blank: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """`ctc_loss`: `t b c` with targets `b s`, or all in one row, and the lengths `b`."""
    require_rank(log_probs.shape, (2, 3), "log_probs")
    require_rank(targets.shape, (1, 2), "targets")
    check_layout(log_probs.shape, False, "log_probs")
    classes, index = axis_at(log_probs.shape, number(-1)), int_of(blank)
    several = None if classes is None or classes.size is None else classes.size.constant
    if index is not None and (index < 0 or (several is not None and index >= several)):
        raise Refused(f"is {index}, but log_probs has {several} classes", "blank")
    count = rank(log_probs.shape)
    batch = (axis_at(log_probs.shape, number(1)) or ANY) if count == 3 else SizedAxis(number(1)) if count == 2 else ANY
    if rank(targets.shape) == 2:
        require_axis(axis_at(targets.shape, number(0)), batch.size, "0", "targets")
    for name, value in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        given = _count(value)
        if sizes_differ(given, batch.size) or (said_kind(batch) == "batch" and _counts_steps(given)):
            raise Refused(f"holds {given} lengths, expected {batch.size}, one for each sequence", name)
    shape = None if count is None else (batch,) if count == 3 else ()
    return reduced(shape, log_probs.dtype, how)


def _counts_steps(size: Size | None) -> bool:
    """Whether a size is computed of lengths alone, as their names say it: `width//2` are as many steps."""
    kinds = [] if size is None else [said_kind(SizedAxis(named(symbol.name))) for symbol in size.symbols()]
    return bool(kinds) and all(kind in ("time", "sequence", "width", "height") for kind in kinds)


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
    shape = without_last(input_.shape)
    if shape is not None:
        require_shape(target_.shape, shape, "target_")
    return Array(shape, input_.dtype, Produced("LogprobsType")), Array((), input_.dtype, Produced("LossType"))


# Modules: what they were made with, and what they are called with


def _module(name: str, function: str, *settings: str) -> None:
    """Register the rule of a module, which takes these settings of a function's rule when it is made."""

    def rule(config: Config, **arguments: Value) -> Result:
        made = {setting: config.get(setting, UNKNOWN) for setting in settings}
        try:
            found: Result = find_computed(function)(**arguments, **made)
        except Refused as refused:
            if refused.argument not in settings:
                raise
            raise Refused(f"{refused.argument} {refused.reason}", None, refused.code) from None
        return found

    computed(f"losses.{name}")(rule)


_OLD: Final = ("reduction", "size_average", "reduce")


_module("SquaredLoss", "losses.squared", *_OLD)
_module("AbsoluteLoss", "losses.absolute", *_OLD)
_module("SmoothLoss", "losses.smooth", *_OLD, "beta")
_module("HuberLoss", "losses.huber", "reduction")
_module("DivergenceLoss", "losses.divergence", *_OLD, "log_target")
_module("PoissonLoss", "losses.poisson_module", *_OLD)
_module("GaussianLoss", "losses.gaussian", "reduction")
_module("HingeLoss", "losses.hinge", *_OLD)
_module("BinaryLoss", "class_losses.binary", *_OLD, "weight")
_module("BinaryLogitsLoss", "class_losses.binary_logits", *_OLD, "weight", "pos_weight")
_module("SoftMarginLoss", "class_losses.soft_margin", *_OLD)
_module("MultilabelSoftMarginLoss", "class_losses.multilabel_soft_margin", *_OLD, "weight")
_module("CrossEntropyLoss", "class_losses.cross_entropy", *_OLD, "weight", "label_smoothing")
_module("LikelihoodLoss", "class_losses.likelihood", *_OLD, "weight")
_module("MultiMarginLoss", "class_losses.multi_margin", *_OLD, "weight")
_module("MultilabelMarginLoss", "class_losses.multilabel_margin", *_OLD)
_module("RankingLoss", "losses.ranking", *_OLD)
_module("CosineLoss", "losses.cosine", *_OLD)
_module("TripletLoss", "losses.triplet", *_OLD, "swap")
_module("DistanceTripletLoss", "losses.triplet", "reduction", "distance_function", "swap")
_module("SequenceLoss", "losses.ctc", "reduction", "blank")
