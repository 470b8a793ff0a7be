"""Reductions, running totals and distances: which axes go, and what dtype a total has.

Sources: https://docs.pytorch.org/docs/stable/torch.html#reduction-ops,
https://docs.pytorch.org/docs/stable/nn.functional.html#distance-functions
"""

from __future__ import annotations

from neuraltypes._sizes import Size, add, floor_divide, multiply, number, subtract
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._context import is_given, suspect
from neuraltypes.rules._dtypes import (
    BOOL,
    FLOATS,
    INEXACT,
    INT64,
    REAL,
    floating,
    of_argument,
    promote,
    promote_all,
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
    int_of,
    place,
    rank,
    reduced,
    replaced,
    require_equal,
    said_kind,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Config, DType, DTypes, Produced, Refused, Result, Value

_RAW = ("LogitsType", "UnnormalizedType")
_ORDERED = REAL | BOOL
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
    return Array(reduced(input.shape, dim, keepdim), found)


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
    require_among(input, _ORDERED, "Real or Bool", "input")
    return input.of(reduced(input.shape, dim, keepdim))


@computed("reductions.least_and_greatest")
@with_out
def least_and_greatest(input: Array, dim: Value = None, keepdim: Value = False, **_: Value) -> Result:
    """`aminmax`."""
    require_among(input, _ORDERED, "Real or Bool", "input")
    found = input.of(_over_one(input.shape, dim, keepdim))
    return found, found


@computed("reductions.extreme")
@with_out
def extreme(input: Array, dim: Value = None, keepdim: Value = False, other: Value = None, **_: Value) -> Result:
    """`max`, `min`: of all entries; along an axis, with the indices; of two tensors, entry by entry."""
    require_among(input, _ORDERED, "Real or Bool", "input")
    if other is not None:
        return _entry_by_entry(input, other)
    return _chosen_with_indices(input, dim, keepdim)


def _entry_by_entry(input: Array, other: Value) -> Result:
    if not isinstance(other, Array):
        return UNKNOWN
    require_among(other, _ORDERED, "Real or Bool", "other")
    element = input.element if input.element == other.element else None
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
        require_among(input, _ORDERED, "Real or Bool", "input")
    return _chosen_with_indices(input, dim, keepdim)


def _chosen_with_indices(input: Array, dim: Value, keepdim: Value) -> Result:
    if dim is None:
        return input.of(())
    shape = _over_one(input.shape, dim, keepdim)
    return input.of(shape), Array(shape, INT64)


def _over_one(shape: Shape | None, dim: Value, keepdim: Value) -> Shape | None:
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


# Running totals


@computed("reductions.running_total")
@with_out
def running_total(input: Array, dim: Value, dtype: Value = None, **_: Value) -> Result:
    """`cumsum`, `cumprod`."""
    place(input.shape, dim)
    return Array(input.shape, of_argument(dtype, summed(input.dtype)))


@computed("reductions.running_total_in_place")
def running_total_in_place(input: Array, dim: Value, **_: Value) -> Result:
    """`cumsum_`, `cumprod_`: the dtype stays."""
    place(input.shape, dim)
    return input.plain(input.shape)


@computed("reductions.running_extreme")
@with_out
def running_extreme(input: Array, dim: Value, **_: Value) -> Result:
    """`cummax`, `cummin`: with the indices."""
    if input.shape != ():
        require_among(input, _ORDERED, "Real or Bool", "input")
    place(input.shape, dim)
    return input, Array(input.shape, INT64)


@computed("reductions.logcumsumexp")
@with_out
def logcumsumexp(input: Array, dim: Value, **_: Value) -> Result:
    """`logcumsumexp`: of floats."""
    dtype = require_among(input, INEXACT, "Inexact", "input")
    place(input.shape, dim)
    return Array(input.shape, dtype)


@computed("reductions.diff")
@with_out
def diff(
    input: Array, n: Value = UNKNOWN, dim: Value = UNKNOWN, prepend: Value = None, append: Value = None, **_: Value
) -> Result:
    """`diff`: `n` entries fewer along an axis that `prepend` and `append` make longer first."""
    if input.shape == ():
        raise Refused("has no axis, expected 1 or more", "input")
    operands = [one for one in (prepend, input, append) if one is not None]
    known = [one for one in operands if isinstance(one, Array)]
    dtype = promote_all(one.dtype for one in known) if len(known) == len(operands) else None
    times = int_of(n)
    if times == 0 and len(operands) == 1:
        return input.plain(input.shape)
    at = place(input.shape, dim)
    if input.shape is None or at is None:
        return Array(None, dtype)
    shape = input.shape
    for argument, more in (("prepend", prepend), ("append", append)):
        shape = shape if more is None else _longer(shape, at, more, argument)
    if times == 0:
        return Array(input.shape, input.dtype)
    axis = shape[at]
    size = axis.size if isinstance(axis, SizedAxis) else None
    label = axis.label if isinstance(axis, SizedAxis) else None
    return Array(replaced(shape, at, SizedAxis(_fewer(size, times), label)), dtype)


def _longer(shape: Shape, at: int, more: Value, argument: str) -> Shape:
    """A shape after another has been put behind it along one axis."""
    axis = shape[at]
    assert isinstance(axis, SizedAxis)
    other = more.shape if isinstance(more, Array) else None
    if other is None or rank(other) is None or rank(shape) is None:
        return replaced(shape, at, SizedAxis(None, axis.label))
    if len(other) != len(shape):
        raise Refused(f"has {len(other)} axes, expected {len(shape)}", argument)
    joined: list[SizedAxis] = []
    for place_, (one, given) in enumerate(zip(shape, other, strict=True)):
        assert isinstance(one, SizedAxis)
        assert isinstance(given, SizedAxis)
        if place_ != at:
            joined.append(require_equal(one, given, f"axis {place_} is {{right}}, expected {{left}}", argument))
        else:
            size = None if one.size is None or given.size is None else add(one.size, given.size)
            joined.append(SizedAxis(size, one.label))
    return tuple(joined)


def _fewer(size: Size | None, times: int | None) -> Size | None:
    if size is None or times is None:
        return None
    return number(max(size.constant - times, 0)) if size.constant is not None else subtract(size, number(times))


@computed("reductions.trapezoid")
def trapezoid(y: Array, x: Value = None, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`trapezoid`: the area below each row."""
    dtype = _area_dtype(y, x)
    shape = _over_one(y.shape, dim, keepdim=False)
    return Array(shape if _is_plain_spacing(y, x, dim) else None, dtype)


@computed("reductions.running_trapezoid")
def running_trapezoid(y: Array, x: Value = None, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`cumulative_trapezoid`: one entry fewer than the row has."""
    dtype = _area_dtype(y, x)
    at = place(y.shape, dim)
    if y.shape is None or at is None or not _is_plain_spacing(y, x, dim):
        return Array(None, dtype)
    axis = y.shape[at]
    assert isinstance(axis, SizedAxis)
    return Array(replaced(y.shape, at, SizedAxis(_fewer(axis.size, 1), axis.label)), dtype)


def _area_dtype(y: Array, x: Value) -> DTypes | None:
    require_among(y, REAL | INEXACT, "Num", "y")
    if x is None:
        return floating(y.dtype)
    if not isinstance(x, Array):
        return None
    require_among(x, REAL | INEXACT, "Num", "x")
    return floating(result_type(y, x))


def _is_plain_spacing(y: Array, x: Value, dim: Value) -> bool:
    """Whether the points `x`, if there are any, lie along the axis alone.

    Raises:
        Refused: there are more or fewer of them than entries.
    """
    if x is None:
        return True
    if not isinstance(x, Array) or x.shape is None or rank(x.shape) != 1:
        return False
    axis, points = axis_at(y.shape, dim), x.shape[0]
    assert isinstance(points, SizedAxis)
    if axis is not None:
        require_equal(axis, points, "has {right} points, expected {left}", "x")
    return True


# Distances


@computed("reductions.renorm")
@with_out
def renorm(input: Array, dim: Value, **_: Value) -> Result:
    """`renorm`: rows that are too long are scaled down."""
    dtype = require_among(input, INEXACT, "Inexact", "input")
    ndim = rank(input.shape)
    if ndim is not None and ndim < 2:
        raise Refused(f"has {ndim} axis, expected 2 or more" if ndim else "has no axis, expected 2 or more", "input")
    place(input.shape, dim)
    return Array(input.shape, dtype)


@computed("reductions.dist")
def dist(input: Array, other: Array, **_: Value) -> Result:
    """`dist`: the norm of a difference."""
    for argument, operand in (("input", input), ("other", other)):
        require_among(operand, REAL | INEXACT, "Num", argument)
    broadcast([input.shape, other.shape])
    dtype = result_type(input, other)
    if dtype is not None:
        require_among(Array(dtype=dtype), INEXACT, "Inexact", "input")
    return Array((), real_of(dtype))


@computed("reductions.cdist")
def cdist(x1: Array, x2: Array, **_: Value) -> Result:
    """`cdist`: from each row of one to each row of the other."""
    for argument, operand in (("x1", x1), ("x2", x2)):
        require_among(operand, FLOATS, "Float", argument)
        ndim = rank(operand.shape)
        if ndim is not None and ndim < 2:
            raise Refused(f"has {'1 axis' if ndim else 'no axis'}, expected 2 or more", argument)
    dtype = require_same_dtype(("x1", x1), ("x2", x2))
    rows, columns = axis_at(x1.shape, number(-2)), axis_at(x2.shape, number(-2))
    features, others = axis_at(x1.shape, number(-1)), axis_at(x2.shape, number(-1))
    if features is not None and others is not None:
        require_equal(features, others, "axis -1 is {right}, expected {left}", "x2")
    if x1.shape is None or x2.shape is None or rows is None or columns is None:
        return Array(None, dtype)
    batch = broadcast([x1.shape[:-2], x2.shape[:-2]])
    return Array(None if batch is None else (*batch, rows, columns), dtype)


@computed("reductions.pdist")
def pdist(input: Array, **_: Value) -> Result:
    """`pdist`: between each pair of rows."""
    rows = axis_at(input.shape, number(0))
    size = None if rows is None else rows.size
    before = None if size is None else subtract(size, number(1))
    pairs = None if size is None or before is None else multiply(size, before)
    return Array((SizedAxis(None if pairs is None else floor_divide(pairs, number(2))),), input.dtype)


@computed("reductions.normalize")
@with_out
def normalize(input: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`F.normalize`: of the same shape."""
    dtype = require_among(input, INEXACT, "Inexact", "input")
    place(input.shape, dim)
    _suspect_time("normalizes", input.shape)
    return Array(input.shape, dtype)


def _suspect_time(verb: str, shape: Shape | None) -> None:
    """Suspect an operation over features that is left to its default, axis 1, where that is time."""
    if is_given("dim") or shape is None or len(shape) < 3:
        return
    kind = said_kind(axis_at(shape, number(1)))
    if kind in ("time", "sequence"):
        suspect(f'{verb} over axis 1, "{kind}"; give dim=-1', code="kind")


@computed("reductions.cosine_similarity")
def cosine_similarity(x1: Array, x2: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`F.cosine_similarity`: of two tensors that broadcast, along an axis."""
    _suspect_time("compares", x1.shape)
    return _cosine(x1, x2, dim)


@computed("reductions.cosine_module")
def cosine_module(config: Config, x1: Array, x2: Array, **_: Value) -> Result:
    """`nn.CosineSimilarity`."""
    return _cosine(x1, x2, config.get("dim", UNKNOWN))


def _cosine(x1: Array, x2: Array, dim: Value) -> Result:
    dtype = result_type(x1, x2)
    if dtype is not None:
        dtype = require_among(Array(dtype=dtype), FLOATS, "Float", "x1")
    return Array(_over_one(broadcast([x1.shape, x2.shape]), dim, keepdim=False), dtype)


@computed("reductions.pairwise_distance")
def pairwise_distance(x1: Array, x2: Array, keepdim: Value = False, **_: Value) -> Result:
    """`F.pairwise_distance`: along the last axis of two tensors that broadcast."""
    for argument, operand in (("x1", x1), ("x2", x2)):
        require_among(operand, REAL | INEXACT, "Num", argument)
    shape = broadcast([x1.shape, x2.shape])
    return Array(reduced(shape, number(-1), keepdim), real_of(floating(result_type(x1, x2))))


@computed("reductions.pairwise_module")
def pairwise_module(config: Config, x1: Array, x2: Array, **_: Value) -> Result:
    """`nn.PairwiseDistance`."""
    return pairwise_distance(x1, x2, config.get("keepdim", UNKNOWN))
