"""Reductions: which axes go, and what dtype a total has.

Source: https://docs.pytorch.org/docs/stable/torch.html#reduction-ops
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import Shape
from neuraltypes.rules._context import suspect
from neuraltypes.rules._dtypes import (
    BOOL,
    INEXACT,
    INT64,
    REAL,
    floating,
    of_argument,
    promote,
    real_of,
    require_among,
    require_same_dtype,
    result_type,
    summed,
)
from neuraltypes.rules._loss_shapes import is_one
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    axis_at,
    broadcast,
    dims_of,
    rank,
    reduced,
    said_kind,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DType, DTypes, Produced, Refused, Result, Value, common_element

_RAW = ("LogitsType", "UnnormalizedType")
ORDERED = REAL | BOOL
_QUANTILES = frozenset({"float32", "float64"})


# Totals


@computed("reductions.sum")
@with_out
def total(input: Array, dim: Value = None, keepdim: Value = False, dtype: Value = None, **_: Value) -> Result:
    """`sum`, `prod`, `nansum`: whole numbers and bools add up in int64."""
    return Array(reduced(input.shape, dim, keepdim), of_argument(dtype, summed(input.dtype)))


@computed("reductions.mean")
@with_out
def mean(input: Array, dim: Value = None, keepdim: Value = False, dtype: Value = None, **_: Value) -> Result:
    """`mean`: of floats, or of what `dtype` makes floats of."""
    found = _inexact_argument(dtype) if dtype is not None else require_among(input, INEXACT, "Inexact", "input")
    return Array(reduced(input.shape, dim, keepdim), found, _mean_of_examples(input, dim))


def _mean_of_examples(input: Array, dim: Value) -> Produced | None:
    """What a mean over the batch holds: those of probabilities are the probabilities of what any example is."""
    element, dims = input.element, dims_of(dim)
    if not isinstance(element, Produced) or element.name != "ProbsType" or not dims or input.ndim is None:
        return None
    is_of_batch = all(said_kind(axis_at(input.shape, number(one))) == "batch" for one in dims)
    return Produced("ProbsType") if is_of_batch else None


@computed("reductions.nanmean")
@with_out
def nanmean(input: Array, dim: Value = None, keepdim: Value = False, dtype: Value = None, **_: Value) -> Result:
    """`nanmean`: of floats, whatever `dtype` says."""
    found = require_among(input, INEXACT, "Inexact", "input")
    return Array(reduced(input.shape, dim, keepdim), found if dtype is None else _inexact_argument(dtype))


def _inexact_argument(dtype: Value) -> DTypes | None:
    if not isinstance(dtype, DType):
        return None
    return require_among(Array(dtype=dtype.names), INEXACT, "Inexact", "dtype")


@computed("reductions.deviation")
@with_out
def deviation(input: Array, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`std`, `var`: real, also of complex numbers."""
    dtype = require_among(input, INEXACT, "Inexact", "input")
    return Array(reduced(input.shape, dim, keepdim), real_of(dtype))


@computed("reductions.deviation_and_mean")
def deviation_and_mean(input: Array, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`std_mean`, `var_mean`."""
    dtype = require_among(input, INEXACT, "Inexact", "input")
    shape = reduced(input.shape, dim, keepdim)
    return Array(shape, real_of(dtype)), Array(shape, dtype)


@computed("reductions.truth")
@with_out
def truth(input: Array, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`all`, `any`: bools, but uint8 stays uint8. An empty `dim` reduces no axis."""
    dtype = None if input.dtype is None else frozenset(one if one == "uint8" else "bool" for one in input.dtype)
    return Array(reduced(input.shape, dim, keepdim, empty_is_all=False), dtype)


@computed("reductions.count")
def count(input: Array, dim: Value = None, **_: Value) -> Result:
    """`count_nonzero`."""
    return Array(reduced(input.shape, dim), INT64)


@computed("reductions.logsumexp")
@with_out
def logsumexp(input: Array, dim: Value, keepdim: Value = False, **_: Value) -> Result:
    """`logsumexp`: a float for each row."""
    shape = None if dim == () else reduced(input.shape, dim, keepdim)
    return Array(shape, floating(input.dtype))


@computed("reductions.norm")
@with_out
def norm(
    input: Array, p: Value = "fro", dim: Value = None, keepdim: Value = False, dtype: Value = None, **_: Value
) -> Result:
    """`torch.norm`: a norm of all entries, or over some axes; `nuc` takes matrices."""
    found = norm_dtype(input, dtype)
    if p == "fro" and isinstance(dim, tuple) and len(dim) > 2:
        raise Refused(f"names {len(dim)} axes, expected 2 at most for the Frobenius norm", "dim")
    if p == "nuc":
        _require_matrix_axes(input.shape, dim)
        if found is not None:
            require_among(Array(dtype=found), _QUANTILES, "float32 or float64", "input")
    return Array(reduced(input.shape, dim, keepdim), found)


def _require_matrix_axes(shape: Shape | None, dim: Value) -> None:
    ndim = rank(shape)
    if dim is None and ndim is not None and ndim != 2:
        raise Refused(f"has {ndim} axes, expected 2 for the nuclear norm", "input")
    if dim is not None and dim is not UNKNOWN and not (isinstance(dim, tuple) and len(dim) == 2):
        raise Refused("names one axis, expected 2 for the nuclear norm", "dim")


def norm_dtype(input: Array, dtype: Value, argument: str = "input") -> DTypes | None:
    """The dtype of a norm: real, and as wide as `dtype` asks.

    Raises:
        Refused: the entries are whole numbers, or `dtype` is narrower.
    """
    found = require_among(input, INEXACT, "Inexact", argument)
    if dtype is None or found is None:
        return real_of(found) if dtype is None else None
    wanted = _inexact_argument(dtype)
    if wanted is None:
        return None
    if promote(found, wanted) is not None and not (promote(found, wanted) or wanted) & wanted:
        raise Refused("is narrower than the dtype of the input", "dtype", "dtype")
    return real_of(wanted)


@computed("reductions.trace")
def trace(input: Array, **_: Value) -> Result:
    """`trace`: of a matrix."""
    return Array((), summed(input.dtype))


# Entries that are chosen: they keep what they mean.


@computed("reductions.chosen")
@with_out
def chosen(input: Array, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`amax`, `amin`: an entry of each row."""
    require_among(input, ORDERED, "Real or Bool", "input")
    return input.chosen(reduced(input.shape, dim, keepdim))


@computed("reductions.least_and_greatest")
@with_out
def least_and_greatest(input: Array, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`aminmax`."""
    require_among(input, ORDERED, "Real or Bool", "input")
    found = input.chosen(over_one(input.shape, dim, keepdim))
    return found, found


@computed("reductions.extreme")
@with_out
def extreme(input: Array, dim: Value = None, keepdim: Value = False, other: Value = None, **_: Value) -> Result:
    """`max`, `min`: of all entries; along an axis, with the indices; of two tensors, entry by entry."""
    require_among(input, ORDERED, "Real or Bool", "input")
    if other is not None:
        return _entry_by_entry(input, other)
    return _chosen_with_indices(input, dim, keepdim)


def _entry_by_entry(input: Array, other: Value) -> Result:
    if not isinstance(other, Array):
        return UNKNOWN
    require_among(other, ORDERED, "Real or Bool", "other")
    element = common_element((input.element, other.element))
    return Array(broadcast([input.shape, other.shape]), result_type(input, other), element)


@computed("reductions.median")
@with_out
def median(input: Array, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`median`, `nanmedian`: of all entries; along an axis, with the indices."""
    require_among(input, REAL, "Real", "input")
    return _chosen_with_indices(input, dim, keepdim)


@computed("reductions.mode")
@with_out
def mode(input: Array, dim: Value, keepdim: Value = False, **_: Value) -> Result:
    """`mode`: along an axis, with the indices."""
    if input.shape != ():  # a single number is its own mode
        require_among(input, ORDERED, "Real or Bool", "input")
    return _chosen_with_indices(input, dim, keepdim)


def _chosen_with_indices(input: Array, dim: Value, keepdim: Value) -> Result:
    if dim is None:
        return input.chosen(())
    shape = over_one(input.shape, dim, keepdim)
    return input.chosen(shape), Array(shape, INT64)


def over_one(shape: Shape | None, dim: Value, keepdim: Value) -> Shape | None:
    """`reduced` where `dim` is one axis, if perhaps an unknown one."""
    ndim = rank(shape)
    if dim is UNKNOWN and ndim is not None and keepdim is False:
        return (ANY,) * max(ndim - 1, 0)
    return reduced(shape, dim, keepdim)


@computed("reductions.index")
@with_out
def index(input: Array, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`argmax`, `argmin`: indices."""
    require_among(input, REAL, "Real", "input")
    axis = None if dim is None else axis_at(input.shape, dim)
    if is_one(axis) and isinstance(input.element, Produced) and input.element.name in _RAW:
        suspect("is an axis of size 1, whose only index is 0; compare a single output with 0", "dim")
    return Array(reduced(input.shape, dim, keepdim), INT64)


@computed("reductions.quantile")
@with_out
def quantile(input: Array, q: Value, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`quantile`: several quantiles lie along a new first axis."""
    dtype = require_among(input, _QUANTILES, "float32 or float64", "input")
    shape = reduced(input.shape, dim, keepdim)
    if isinstance(q, float) and not 0 <= q <= 1:
        raise Refused(f"is {q}, expected 0 to 1", "q")
    if isinstance(q, Array):
        dtype = require_same_dtype(("input", input), ("q", q))
        count = rank(q.shape)
        if count is not None and count > 1:
            raise Refused(f"has {count} axes, expected 1 or none", "q")
        shape = None if q.shape is None or count is None or shape is None else (*q.shape, *shape)
    elif q is UNKNOWN:
        shape = None
    return Array(shape, dtype)
