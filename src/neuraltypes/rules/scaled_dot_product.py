"""`scaled_dot_product_attention`, over the last two axes.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
"""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import number
from neuraltypes._unify import Shape, SizedAxis, format_shape
from neuraltypes.rules._context import suspect
from neuraltypes.rules._dtypes import BOOL, dtypes_text
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, axis_at, bool_of, broadcast, common, rank, said_kind
from neuraltypes.rules._values import Array, Refused, Result, Value
from neuraltypes.rules.attention import check_addends
from neuraltypes.rules.recurrent import known_axes, require_axis, require_dtype

_HEAD_NAMES: Final = ("head", "heads", "nhead", "n_head", "n_heads", "num_heads")


# Scaled dot products


@computed("scaled_dot_product.dot_product")
def dot_product(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Value = None,
    dropout_p: Value = 0.0,
    is_causal: Value = False,
    scale: Value = None,
    enable_gqa: Value = False,
) -> Result:
    """`*b l e`, `*b s e`, `*b s v` to `*b l v`; with `enable_gqa` there may be fewer heads of keys than of queries."""
    for name, array in (("query", query), ("key", key), ("value", value)):
        if array.shape is not None and rank(array.shape) is not None and known_axes(array.shape) < 2:
            raise Refused(f"has {'1 axis' if array.shape else '0 axes'}, expected 2 or more", name)
        require_dtype(array, query, name, "query")
    _check_order(query.shape)
    ends = [[axis_at(one.shape, number(place)) or ANY for place in (-2, -1)] for one in (query, key, value)]
    (target, features), (source, key_features), (value_source, out) = ends
    require_axis(key_features, features.size, "-1", "key")
    require_axis(value_source, source.size, "-2", "value")
    if isinstance(attn_mask, Array) and bool_of(is_causal):
        raise Refused("is given, though is_causal is set", "attn_mask")
    leads = _leads((query, key, value), enable_gqa)
    lead = _together(leads[:2], "key")
    if isinstance(attn_mask, Array):
        _check_scores_mask(attn_mask, query, None if lead is None else (*lead, target, common(source, value_source)))
    lead = _together([lead, leads[2]], "value")
    return query.plain(None if lead is None else (*lead, target, out))


def _check_order(shape: Shape | None) -> None:
    """Suspect `b t h d`, over whose heads each step would attend."""
    if shape is None or known_axes(shape) < 4 or not all(isinstance(axis, SizedAxis) for axis in shape[-3:]):
        return
    time, heads = shape[-3], shape[-2]
    if said_kind(time) in ("time", "sequence") and _name(heads) in _HEAD_NAMES:
        words = said_kind(time)
        suspect(f"got {words}, {_name(heads)}, ...; expected {_name(heads)}, {words}, ...", "query", code="kind")


def _name(axis: object) -> str:
    if not isinstance(axis, SizedAxis):
        return ""
    symbol = None if axis.size is None else axis.size.symbol
    return axis.label or ("" if symbol is None else symbol.name)


def _leads(given: tuple[Array, ...], enable_gqa: Value) -> list[Shape | None]:
    """The axes ahead of the last two, with as many heads of keys and values as of queries."""
    leads = [None if one.shape is None or known_axes(one.shape[-2:]) < 2 else one.shape[:-2] for one in given]
    is_grouped = bool_of(enable_gqa)
    if is_grouped is False:
        return leads
    if is_grouped is None:
        return [None, None, None]
    for name, lead in zip(("query", "key", "value"), leads, strict=True):
        if lead == ():
            raise Refused("has 2 axes, expected 3 or more with enable_gqa", name)
    heads = axis_at(leads[0], number(-1)) if leads[0] else None
    if heads is None:
        return [None, None, None]
    return [leads[0], *(_grouped(lead, heads, name) for lead, name in zip(leads[1:], ("key", "value"), strict=True))]


def _grouped(lead: Shape | None, heads: SizedAxis, name: str) -> Shape | None:
    if not lead or not isinstance(lead[-1], SizedAxis):
        return None
    own = lead[-1].size
    if own is None or heads.size is None:
        return (*lead[:-1], ANY)
    many, few = heads.size.constant, own.constant
    if many is not None and few and many % few:
        raise Refused(f"has {few} heads, which do not divide the {many} of query", name)
    return (*lead[:-1], heads)


def _together(leads: list[Shape | None], name: str) -> Shape | None:
    try:
        return broadcast(leads)
    except Refused as refused:
        raise Refused(f"does not go with the others: {refused.reason}", name) from None


def _check_scores_mask(mask: Array, query: Array, scores: Shape | None) -> None:
    """A mask must broadcast to the scores `*b l s`."""
    if mask.dtype is not None and query.dtype is not None and not mask.dtype & (BOOL | {"float32"} | query.dtype):
        taken = f"bool or {dtypes_text(query.dtype)}"
        raise Refused(f"is {dtypes_text(mask.dtype)}, expected {taken}", "attn_mask", "dtype")
    check_addends(mask, "attn_mask")
    if mask.shape is None or scores is None:
        return
    words = f'is "{format_shape(mask.shape)}", which does not broadcast to "{format_shape(scores)}"'
    try:
        broadcast([mask.shape, scores])
    except Refused:
        raise Refused(words, "attn_mask") from None
    if rank(mask.shape) is None or rank(scores) is None:
        return
    if len(mask.shape) > len(scores):
        raise Refused(words, "attn_mask")
    for own, wanted in zip(reversed(mask.shape), reversed(scores), strict=False):
        if _is_one(wanted) and isinstance(own, SizedAxis) and own.size is not None and not _is_one(own):
            raise Refused(words, "attn_mask")


def _is_one(axis: object) -> bool:
    return isinstance(axis, SizedAxis) and axis.size is not None and axis.size.constant == 1
