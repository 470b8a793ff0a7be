"""What a mask picks or writes, and where there is something but zero.

Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

from neuraltypes._sizes import number
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._dtypes import INT64, dtypes_text
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    broadcast,
    indices_by_axis,
    rank,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value
from neuraltypes.rules.indexing import require_broadcasts, require_one_dtype


@computed("selection.masked_select")
@with_out
def masked_select(input: Array, mask: Array, **_: Value) -> Result:
    """The entries where a mask is set, in one axis."""
    _require_index_dtype_bool(mask)
    broadcast([input.shape, mask.shape])
    return input.chosen((ANY,))


def _require_index_dtype_bool(mask: Array) -> None:
    if mask.dtype is not None and "bool" not in mask.dtype:
        raise Refused(f"is {dtypes_text(mask.dtype)}, expected bool", "mask", "dtype")


@computed("selection.masked_scatter")
def masked_scatter(input: Array, mask: Array, source: Array, **_: Value) -> Result:
    """The entries of `source`, one by one, where a mask is set."""
    _require_index_dtype_bool(mask)
    require_one_dtype(input, source, "source")
    return input.plain(broadcast([input.shape, mask.shape]))


@computed("selection.masked_scatter_in_place")
def masked_scatter_in_place(input: Array, mask: Array, source: Array, **_: Value) -> Result:
    """The same in place: the mask must broadcast to the tensor."""
    _require_index_dtype_bool(mask)
    require_one_dtype(input, source, "source")
    require_broadcasts(mask.shape, input.shape, "mask")
    return input.plain(input.shape)


@computed("selection.nonzero")
@with_out
def nonzero(input: Array, as_tuple: Value = False, **_: Value) -> Result:
    """Where entries are not zero: a row for each, or a vector for each axis."""
    known = rank(input.shape)
    if as_tuple is False:
        return Array((ANY, SizedAxis(None if known is None else number(known))), INT64)
    return indices_by_axis(input.shape) if as_tuple is True else UNKNOWN
