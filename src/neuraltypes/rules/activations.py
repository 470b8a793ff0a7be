"""Activations and dropout, as functions and as modules.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
"""

from __future__ import annotations

from dataclasses import replace

from neuraltypes._sizes import Size, floor_divide, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._dtypes import (
    floating,
    of_argument,
)
from neuraltypes.rules._entrywise import (
    ALL_REAL,
    LAST,
    OF_COMPLEX,
    OF_FLOAT,
    PROBABILITIES,
    produced,
    require,
    require_same,
    rule,
)
from neuraltypes.rules._loss_shapes import is_one
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    axis_at,
    int_of,
    mixes_examples,
    normal_dim,
    numel,
    place,
    rank,
    replaced,
)
from neuraltypes.rules._values import UNKNOWN, Array, Config, Produced, Refused, Result, Value


@rule("softmax")
def softmax(input: Array, dim: Value = None, dtype: Value = None, **_: Value) -> Result:
    """`softmax` over an axis, and its like."""
    is_chosen, dim = dim is None, _chosen(dim, rank(input.shape))
    normal_dim(dim, rank(input.shape))
    is_of_examples = mixes_examples(input.shape, dim)
    if is_of_examples and is_chosen:
        suspect(f'normalizes over axis {int_of(dim)}, "batch", where no dim is given; give dim=-1', code="kind")
    elif is_of_examples:
        suspect("is the batch axis: the numbers of different examples would add up to 1", "dim", code="kind")
    if _is_of(input, "softmax"):
        suspect("holds probabilities already; softmax wants logits", "input", code="element")
    if produced(input) in ALL_REAL and is_one(axis_at(input.shape, dim)):
        suspect("is an axis of size 1, along which each number becomes 1; sigmoid is for a single output", "dim")
    dtypes = of_argument(dtype, input.dtype)
    require(dtypes, frozenset({OF_FLOAT}), "input" if dtype is None else "dtype")
    return Array(input.shape, dtypes, Produced("ProbsType", by="softmax"))


def _is_of(input: Array, operation: str) -> bool:
    """Whether probabilities were surely given by one operation, or are declared.

    A softmax over what sigmoids gave is used on purpose, to weigh gates against each other.
    """
    element = input.element
    if not isinstance(element, Produced) or element.name not in PROBABILITIES:
        return False
    return element.by == operation or element.name != "ProbsType" or type(element) is not Produced


@rule("softmin")
def softmin(input: Array, dim: Value = None, dtype: Value = None, **_: Value) -> Result:
    """`softmin`, which turns the order round: the least likely become the likeliest."""
    return softmax(replace(input, element=None), dim, dtype)


@rule("sigmoid")
def sigmoid(input: Array, **_: Value) -> Result:
    """`sigmoid`: of logits, a probability for each."""
    if _is_of(input, "sigmoid"):
        suspect("holds probabilities already; sigmoid wants logits", "input", code="element")
    return Array(input.shape, floating(input.dtype), Produced("ProbsType", by="sigmoid"))


@rule("logsigmoid")
def logsigmoid(input: Array, **_: Value) -> Result:
    """`logsigmoid`."""
    if _is_of(input, "sigmoid"):
        suspect("holds probabilities already; logsigmoid wants logits", "input", code="element")
    return input.plain(input.shape)


def _chosen(dim: Value, known: int | None) -> Value:
    """The axis that torch takes where none is given: the first of one or three axes, the second of others."""
    if dim is not None:
        return dim
    return UNKNOWN if known is None else number(0 if known in (0, 1, 3) else 1)


@computed("activations.softmax_module")
def softmax_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Softmax(dim)`."""
    return softmax(input, config.get("dim", UNKNOWN))


@computed("activations.gumbel_softmax")
def gumbel_softmax(logits: Array, dim: Value = LAST, **_: Value) -> Result:
    """`F.gumbel_softmax`."""
    require(logits.dtype, frozenset({OF_FLOAT}), "logits")
    if _is_of(logits, "softmax"):
        suspect("holds probabilities already; softmax wants logits", "logits", code="element")
    return softmax(replace(logits, element=None), dim)


@computed("activations.softmax_2d")
def softmax_2d(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Softmax2d`: over the channels of an image."""
    known = rank(input.shape)
    if known is not None and known not in (3, 4):
        raise Refused(f"has {known} axes, expected 3 or 4", "input")
    return softmax(input, number(-3))


@computed("activations.glu")
def glu(input: Array, dim: Value = LAST, **_: Value) -> Result:
    """`F.glu`: one half of an axis gates the other."""
    require(input.dtype, frozenset({OF_FLOAT}), "input")
    if input.shape == ():
        raise Refused("has no axes, expected 1 or more", "input")
    normal_dim(dim, rank(input.shape))
    index = place(input.shape, dim)
    if input.shape is None or index is None:
        return input.plain(_any_sizes(input.shape))
    axis = input.shape[index]
    size = axis.size if isinstance(axis, SizedAxis) else None
    if size is not None and size.constant is not None and size.constant % 2:
        raise Refused(f"axis {int_of(dim)} is {size}, which has no half", "input")
    half = None if size is None else floor_divide(size, number(2))
    return input.plain(replaced(input.shape, index, SizedAxis(half, getattr(axis, "label", None))))


def _any_sizes(shape: Shape | None) -> Shape | None:
    """The same number of axes, as far as known, of any sizes."""
    return None if shape is None else tuple(axis if isinstance(axis, Rest) else SizedAxis() for axis in shape)


@computed("activations.glu_module")
def glu_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.GLU`."""
    return glu(input, config.get("dim", UNKNOWN))


@computed("activations.prelu")
def prelu(input: Array, weight: Array, **_: Value) -> Result:
    """`F.prelu`: one slope, or one for each channel (axis 1)."""
    require(input.dtype, frozenset({OF_FLOAT}), "input")
    require_same(input, weight, "weight")
    known = rank(weight.shape)
    if known is not None and known > 1:
        raise Refused(f"has {known} axes, expected 1 or none", "weight")
    _require_slopes(input, numel(weight.shape), "weight")
    return input.plain(input.shape)


def _require_slopes(input: Array, count: Size | None, argument: str) -> None:
    if count is None or count.constant == 1:
        return
    known = rank(input.shape)
    if known == 0:
        raise Refused("has no axes, expected 1 or more", "input")
    axis = SizedAxis(number(1)) if known == 1 else axis_at(input.shape, number(1))
    if axis is not None and sizes_differ(axis.size, count):
        raise Refused(f"has {count} slopes, but the input {axis.size} channels (axis 1)", argument)


@computed("activations.prelu_module")
def prelu_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.PReLU`."""
    require(input.dtype, frozenset({OF_FLOAT}), "input")
    count = config.get("num_parameters", UNKNOWN)
    if isinstance(count, Size) and count.constant != 1:
        known = rank(input.shape)
        if known == 0:
            raise Refused("has no axes, expected 1 or more", "input")
        axis = SizedAxis(number(1)) if known == 1 else axis_at(input.shape, number(1))
        if axis is not None and sizes_differ(axis.size, count):
            raise Refused(f"axis 1 is {axis.size}, expected {count}", "input")
    return input.plain(input.shape)


@rule("dropout")
def dropout(input: Array, p: Value = 0.5, training: Value = UNKNOWN, train: Value = UNKNOWN, **_: Value) -> Result:
    """Dropout keeps what numbers mean."""
    _require_rate(p)
    if _drops(p, training, train):
        require(input.dtype, frozenset({OF_FLOAT, OF_COMPLEX}), "input")
    return input


@rule("feature_dropout")
def feature_dropout(
    input: Array, p: Value = 0.5, training: Value = UNKNOWN, train: Value = UNKNOWN, **_: Value
) -> Result:
    """Dropout of whole channels (axis 1)."""
    return _feature_dropout(input, p, training, train, least=2)


@rule("dropout_3d")
def dropout_3d(input: Array, p: Value = 0.5, training: Value = UNKNOWN, **_: Value) -> Result:
    """`F.dropout3d`: of whole channels, of one example too."""
    return _feature_dropout(input, p, training, UNKNOWN, least=1)


def _feature_dropout(input: Array, p: Value, training: Value, train: Value, *, least: int) -> Result:
    known = rank(input.shape)
    _require_rate(p)
    if _drops(p, training, train) and known is not None and known < least:
        raise Refused(f"has {known} {'axis' if known else 'axes'}, expected {least} or more", "input")
    return dropout(input, p, training, train)


def _require_rate(p: Value) -> None:
    if isinstance(p, float) and not 0 <= p <= 1:
        raise Refused(f"is {p:g}, expected a number from 0 to 1", "p")


def _drops(p: Value, *training: Value) -> bool:
    """Whether this call surely drops something."""
    return isinstance(p, float) and 0 < p < 1 and True in training


@rule("dropout_1d")
def dropout_1d(input: Array, p: Value = 0.5, training: Value = UNKNOWN, **_: Value) -> Result:
    """`F.dropout1d`: of whole channels."""
    known = rank(input.shape)
    if known is not None and known not in (2, 3):
        raise Refused(f"has {known} {'axis' if known == 1 else 'axes'}, expected 2 or 3", "input")
    return feature_dropout(input, p, training)


# Modules


@computed("activations.module")
def module(config: Config, input: Array, **_: Value) -> Result:
    """An activation as a module."""
    return input.plain(input.shape)


@computed("activations.module_floating")
def module_floating(config: Config, input: Array, **_: Value) -> Result:
    """An activation as a module that makes floats of whole numbers."""
    return Array(input.shape, floating(input.dtype))


@computed("activations.softmin_module")
def softmin_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Softmin(dim)`."""
    return softmin(input, config.get("dim", UNKNOWN))


@computed("activations.sigmoid_module")
def sigmoid_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Sigmoid`."""
    return sigmoid(input)


@computed("activations.logsigmoid_module")
def logsigmoid_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.LogSigmoid`."""
    return logsigmoid(input)


@computed("activations.identity")
def identity(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Identity`, and dropout, which keeps what numbers mean."""
    return input


@computed("activations.dropout_1d_module")
def dropout_1d_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Dropout1d`."""
    return dropout_1d(input)
