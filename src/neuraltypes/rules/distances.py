"""Distances and similarities, and vectors scaled by their length.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#distance-functions
"""

from __future__ import annotations

from neuraltypes._sizes import floor_divide, multiply, number, subtract
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._context import is_given, suspect
from neuraltypes.rules._dtypes import (
    FLOATS,
    INEXACT,
    REAL,
    floating,
    real_of,
    require_among,
    require_same_dtype,
    result_type,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    axis_at,
    broadcast,
    counted,
    place,
    rank,
    reduced,
    require_equal,
    said_kind,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Config, Refused, Result, Value
from neuraltypes.rules.reductions import over_one


@computed("distances.renorm")
@with_out
def renorm(input: Array, dim: Value, **_: Value) -> Result:
    """`renorm`: rows that are too long are scaled down."""
    dtype = require_among(input, INEXACT, "Inexact", "input")
    ndim = rank(input.shape)
    if ndim is not None and ndim < 2:
        raise Refused(f"has {ndim} axis, expected 2 or more" if ndim else "has no axis, expected 2 or more", "input")
    place(input.shape, dim)
    return Array(input.shape, dtype)


@computed("distances.dist")
def dist(input: Array, other: Array, **_: Value) -> Result:
    """`dist`: the norm of a difference."""
    for argument, operand in (("input", input), ("other", other)):
        require_among(operand, REAL | INEXACT, "Num", argument)
    broadcast([input.shape, other.shape])
    dtype = result_type(input, other)
    if dtype is not None:
        require_among(Array(dtype=dtype), INEXACT, "Inexact", "input")
    return Array((), real_of(dtype))


@computed("distances.cdist")
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


@computed("distances.pdist")
def pdist(input: Array, **_: Value) -> Result:
    """`pdist`: between each pair of rows."""
    rows = axis_at(input.shape, number(0))
    size = None if rows is None else rows.size
    before = None if size is None else subtract(size, number(1))
    pairs = None if size is None or before is None else multiply(size, before)
    return Array((SizedAxis(None if pairs is None else floor_divide(pairs, number(2))),), input.dtype)


@computed("distances.normalize")
@with_out
def normalize(input: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`F.normalize`: of the same shape."""
    dtype = require_among(input, INEXACT, "Inexact", "input")
    place(input.shape, dim)
    _suspect_time("normalizes", input.shape)
    return Array(input.shape, dtype)


def _suspect_time(verb: str, shape: Shape | None) -> None:
    """Suspect an operation over features that is left to its default, axis 1, where that is time or is counted."""
    if is_given("dim") or shape is None or len(shape) < 3:
        return
    axis = axis_at(shape, number(1))
    kind = said_kind(axis)
    is_of_vectors = len(shape) == 3
    name = kind if kind in ("time", "sequence") else counted(axis) if is_of_vectors else None
    if name is not None:
        suspect(f'{verb} over axis 1, "{name}"; give dim=-1', code="kind")


@computed("distances.cosine_similarity")
def cosine_similarity(x1: Array, x2: Array, dim: Value = UNKNOWN, **_: Value) -> Result:
    """`F.cosine_similarity`: of two tensors that broadcast, along an axis."""
    _suspect_time("compares", x1.shape)
    return _cosine(x1, x2, dim)


@computed("distances.cosine_module")
def cosine_module(config: Config, x1: Array, x2: Array, **_: Value) -> Result:
    """`nn.CosineSimilarity`."""
    return _cosine(x1, x2, config.get("dim", UNKNOWN))


def _cosine(x1: Array, x2: Array, dim: Value) -> Result:
    dtype = result_type(x1, x2)
    if dtype is not None:
        dtype = require_among(Array(dtype=dtype), FLOATS, "Float", "x1")
    return Array(over_one(broadcast([x1.shape, x2.shape]), dim, keepdim=False), dtype)


@computed("distances.pairwise_distance")
def pairwise_distance(x1: Array, x2: Array, keepdim: Value = False, **_: Value) -> Result:
    """`F.pairwise_distance`: along the last axis of two tensors that broadcast."""
    for argument, operand in (("x1", x1), ("x2", x2)):
        require_among(operand, REAL | INEXACT, "Num", argument)
    shape = broadcast([x1.shape, x2.shape])
    return Array(reduced(shape, number(-1), keepdim), real_of(floating(result_type(x1, x2))))


@computed("distances.pairwise_module")
def pairwise_module(config: Config, x1: Array, x2: Array, **_: Value) -> Result:
    """`nn.PairwiseDistance`."""
    return pairwise_distance(x1, x2, config.get("keepdim", UNKNOWN))
