"""Losses of classes: probabilities of yes and no, and class indices.

Source: https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._context import suspect
from neuraltypes.rules._dtypes import FLOATS, category, dtypes_text, result_type
from neuraltypes.rules._entrywise import ALL_REAL, produced
from neuraltypes.rules._loss_shapes import (
    axes_differ,
    is_long,
    is_one,
    loss,
    paired,
    reduced,
    require_expands,
    shape_text,
    without_last,
)
from neuraltypes.rules._shapes import ANY, axis_at, rank, replaced
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value
from neuraltypes.rules.recurrent import require_axis, require_dtype, require_rank

_INDICES: Final = frozenset({"int64", "uint8"})

# Probabilities, entry by entry


@loss("class_losses.binary")
def binary(input: Array, target: Array, how: str | None, weight: Value = None) -> Result:
    """`binary_cross_entropy`: the target has the shape and the dtype of the input."""
    _require_input_shape(input, target)
    _suspect_target(target)
    if target.dtype is not None and target.dtype & FLOATS:  # others are refused by the declaration
        require_dtype(target, input, "target", "input")
    require_expands(weight, input.shape, "weight")
    return reduced(input.shape, input.dtype, how)


@loss("class_losses.binary_logits")
def binary_logits(
    input: Array, target: Array, how: str | None, weight: Value = None, pos_weight: Value = None
) -> Result:
    """`binary_cross_entropy_with_logits`: the target has the shape of the input and says the dtype."""
    _require_input_shape(input, target)
    return own_binary_logits(input, target, how, weight, pos_weight=pos_weight)


@loss("class_losses.own_binary_logits")
def own_binary_logits(
    input: Array, target: Array, how: str | None, weight: Value = None, pos_weight: Value = None
) -> Result:
    """`torch.binary_cross_entropy_with_logits`, whose target may be larger than the input."""
    paired(input, target)
    _suspect_target(target)
    for name, value in (("input", input), ("weight", weight), ("pos_weight", pos_weight)):
        require_expands(value, target.shape, name)
    if pos_weight is not None and pos_weight is not UNKNOWN:
        require_expands(target, input.shape, "target")
    return reduced(target.shape, target.dtype, how)


def _suspect_target(target: Array) -> None:
    """A target is a probability or a label: 0 to 1, which the outputs of another network are after its activation."""
    if produced(target) in (*ALL_REAL, "LogprobsType"):
        suspect(f"holds {produced(target)}, expected ProbsType or labels", "target", code="element")


def _require_input_shape(input: Array, target: Array) -> None:
    if input.shape is None or target.shape is None or rank(input.shape) is None or rank(target.shape) is None:
        return
    is_other = len(input.shape) != len(target.shape) or any(map(axes_differ, target.shape, input.shape))
    if is_other:
        raise Refused(
            f"is {shape_text(target.shape)}, expected the shape of input, {shape_text(input.shape)}", "target"
        )


@loss("class_losses.soft_margin")
def soft_margin(input: Array, target: Array, how: str | None) -> Result:
    """`soft_margin_loss`: the target broadcasts to the input."""
    require_expands(target, input.shape, "target")
    return reduced(input.shape, input.dtype, how)


@loss("class_losses.multilabel_soft_margin")
def multilabel_soft_margin(input: Array, target: Array, how: str | None, weight: Value = None) -> Result:
    """`multilabel_soft_margin_loss`: `*b c`, a mean over `c`."""
    if input.shape == ():
        raise Refused("has 0 axes, expected 1 or more", "input")
    shape, dtype = paired(input, target), result_type(input, target)
    if isinstance(weight, Array):
        shape = paired(Array(shape), weight, "weight", "the loss")
        dtype = result_type(Array(shape, dtype), weight)
    elif weight is not None:
        dtype = None
    classes = rank(input.shape)
    left = None if shape is None or classes is None or rank(shape) is None else replaced(shape, classes - 1)
    return reduced(left, dtype, how)


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


@loss("class_losses.cross_entropy")
def cross_entropy(
    input: Array, target: Array, how: str | None, weight: Value = None, label_smoothing: Value = 0.0, **_: Value
) -> Result:
    """`cross_entropy`: `b c *d` with class indices `b *d`, or with probabilities `b c *d`."""
    _check_classes(input, weight)
    if is_one(_classes(input)):
        suspect("has one class, of which the loss is always 0; a single output is for the binary loss", "input")
    shape = _without_classes(input.shape)
    is_probabilities = is_same_shape(input, target)
    if is_probabilities:
        _require_target_float(target)
        _suspect_target(target)
        return reduced(shape, result_type(input, target), how)
    if is_probabilities is None:
        is_whole = _is_whole(target)
        _suspect_target(target)
        dtype = None if is_whole is None else input.dtype if is_whole else result_type(input, target)
        return reduced(shape, dtype, how)
    is_smooth = isinstance(label_smoothing, float) and label_smoothing > 0
    otherwise = f", or probabilities {shape_text(input.shape or ())}"
    _check_indices(shape, target, otherwise, takes_one=not is_smooth)
    return reduced(shape, input.dtype, how)


@loss("class_losses.likelihood")
def likelihood(input: Array, target: Array, how: str | None, weight: Value = None, **_: Value) -> Result:
    """`nll_loss`: `b c *d` with class indices `b *d`."""
    _check_classes(input, weight)
    shape = _without_classes(input.shape)
    _check_indices(shape, target, "")
    return reduced(shape, input.dtype, how)


def _check_classes(input: Array, weight: Value) -> None:
    if input.shape == ():
        raise Refused("has 0 axes, expected 1 or more", "input")
    if isinstance(weight, Array):
        require_rank(weight.shape, (1,), "weight")
        require_axis(axis_at(weight.shape, number(0)), _classes(input).size, "0", "weight")


def is_same_shape(input: Array, target: Array) -> bool | None:
    """Whether a target has the shape of the input; None where that is unknown."""
    if rank(input.shape) is None or rank(target.shape) is None or input.shape is None or target.shape is None:
        return None
    if len(input.shape) != len(target.shape):
        return False
    if len(input.shape) == 1 and is_one(target.shape[0]) and not is_one(input.shape[0]):
        return False
    if any(map(axes_differ, target.shape, input.shape)):
        indices = shape_text(_without_classes(input.shape) or ())
        words = f"{indices} with class indices, or {shape_text(input.shape)} with probabilities"
        raise Refused(f"is {shape_text(target.shape)}, expected {words}", "target")
    return True


def _is_whole(target: Array) -> bool | None:
    if target.dtype is None:
        return None
    found = {category(one) < 2 for one in target.dtype}
    return found.pop() if len(found) == 1 else None


def _require_target_float(target: Array) -> None:
    if target.dtype is not None and not target.dtype & FLOATS:
        reason = f"is {dtypes_text(target.dtype)}, expected Float: with the shape of input it holds probabilities"
        raise Refused(reason, "target", "dtype")


def _check_indices(shape: Shape | None, target: Array, otherwise: str, *, takes_one: bool = True) -> None:
    """Class indices have the shape of the input without its classes, and a dtype of indices."""
    if shape is not None and target.shape is not None and rank(shape) is not None and rank(target.shape) is not None:
        is_one = takes_one and shape == () and len(target.shape) == 1 and not is_long(target.shape[0])
        if not is_one and (len(shape) != len(target.shape) or any(map(axes_differ, target.shape, shape))):
            raise Refused(
                f"is {shape_text(target.shape)}, expected class indices {shape_text(shape)}{otherwise}", "target"
            )
    if target.dtype is not None and not target.dtype & _INDICES:
        raise Refused(f"is {dtypes_text(target.dtype)}, expected int64 class indices{otherwise}", "target", "dtype")


@loss("class_losses.multi_margin")
def multi_margin(input: Array, target: Array, how: str | None, weight: Value = None, **_: Value) -> Result:
    """`multi_margin_loss`: `b c` with class indices `b`."""
    require_rank(input.shape, (0, 1, 2), "input")
    if isinstance(weight, Array):
        require_rank(weight.shape, (1,), "weight")
        classes = number(1) if input.shape == () else (axis_at(input.shape, number(-1)) or ANY).size
        require_axis(axis_at(weight.shape, number(0)), classes, "0", "weight")
    shape = None if input.shape is None or rank(input.shape) is None else input.shape[:-1]
    if shape is None or target.shape is None or rank(target.shape) is None:
        return reduced(None, input.dtype, how)
    is_single = not any(map(is_long, (*shape, *target.shape))) and len(target.shape) <= 1
    if not is_single and (len(shape) != len(target.shape) or any(map(axes_differ, target.shape, shape))):
        raise Refused(f"is {shape_text(target.shape)}, expected class indices {shape_text(shape)}", "target")
    return reduced(target.shape, input.dtype, how)


@loss("class_losses.multilabel_margin")
def multilabel_margin(input: Array, target: Array, how: str | None) -> Result:
    """`multilabel_margin_loss`: `b c` with class indices `b c`, the unused ones -1."""
    require_rank(input.shape, (1, 2), "input")
    _require_input_shape(input, target)
    return reduced(without_last(input.shape), input.dtype, how)
