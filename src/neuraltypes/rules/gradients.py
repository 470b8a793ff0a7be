"""Gradients: as many as inputs, each of the shape and dtype of its input.

Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
"""

from __future__ import annotations

from neuraltypes._unify import SizedAxis, format_shape
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import numel, rank
from neuraltypes.rules._values import UNKNOWN, Array, Many, Refused, Result, Value


@computed("gradients.grad")
def grad(
    outputs: Value,
    inputs: Value,
    grad_outputs: Value = None,
    is_grads_batched: Value = False,
    **_: Value,
) -> Result:
    """`torch.autograd.grad`.

    Raises:
        Refused: an output of several numbers has no weights, or weights of another shape.
    """
    if is_grads_batched is not False:
        return UNKNOWN
    _require_weights(_several(outputs), grad_outputs)
    if isinstance(inputs, Many):
        return Many(_gradient(inputs.item))
    found = _several(inputs)
    return UNKNOWN if found is None else tuple(map(_gradient, found))


def _several(value: Value) -> list[Array] | None:
    given = value if isinstance(value, tuple) else (value,)
    found = [one for one in given if isinstance(one, Array)]
    return found if len(found) == len(given) else None


def _gradient(input: Array) -> Array:
    return input.plain(input.shape)


def _require_weights(outputs: list[Array] | None, weights: Value) -> None:
    given = [None] * len(outputs or ()) if weights is None else _several(weights)
    if outputs is None or given is None or len(given) != len(outputs):
        return
    for output, weight in zip(outputs, given, strict=True):
        if weight is not None:
            _require_same(output, weight)
        elif (count := numel(output.shape)) is not None and count.constant not in (None, 1):
            raise Refused(
                f'is "{format_shape(output.shape or ())}" and not one number, so it needs grad_outputs', "outputs"
            )


def _require_same(output: Array, weight: Array) -> None:
    """Refuse weights that are not of the shape of the output: they do not broadcast."""
    if output.shape is None or weight.shape is None or rank(output.shape) is None or rank(weight.shape) is None:
        return
    pairs = zip(output.shape, weight.shape, strict=False)
    is_same = len(output.shape) == len(weight.shape) and not any(_differ(*pair) for pair in pairs)
    if not is_same:
        given, wanted = format_shape(weight.shape), format_shape(output.shape)
        raise Refused(f'is "{given}", expected "{wanted}", the shape of the output', "grad_outputs")


def _differ(one: object, other: object) -> bool:
    return isinstance(one, SizedAxis) and isinstance(other, SizedAxis) and sizes_differ(one.size, other.size)
