"""Attention: queries `b l e`, keys and values `b s e`, in the order that `batch_first` says.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from neuraltypes._sizes import Size, add, multiply, number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._dtypes import BOOL, FLOATS, dtypes_text
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, axis_at, bool_of, common, rank, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, Produced, Refused, Result, Value
from neuraltypes.rules.recurrent import check_layout, require_axis, require_dtype, require_rank

_MASKS: Final = BOOL | FLOATS
_WEIGHTS: Final = Produced("AttentionWeightsType")


@dataclass(frozen=True, slots=True)
class Heads:
    """What a multi-head attention was made with: features, heads, layout, places that it adds to the keys."""

    embed: Size | None
    heads: Size | None
    key: Size | None
    value: Size | None
    batch_first: Value
    extra: Size | None


@dataclass(frozen=True, slots=True)
class Call:
    """What is attended to, and how: each array with the name of the argument that it is."""

    query: tuple[str, Value]
    key: tuple[str, Value]
    value: tuple[str, Value]
    mask: tuple[str, Value]
    padding: tuple[str, Value]
    is_causal: Value = False
    need_weights: Value = False


@dataclass(frozen=True, slots=True)
class _Axes:
    """The axes that masks are compared with; `is_batch` is None where it is unknown."""

    batch: SizedAxis
    target: SizedAxis
    source: SizedAxis
    is_batch: bool | None


@computed("attention.multihead")
def multihead(
    config: Config,
    query: Value,
    key: Value,
    value: Value,
    key_padding_mask: Value = None,
    need_weights: Value = True,
    attn_mask: Value = None,
    average_attn_weights: Value = True,
    is_causal: Value = False,
) -> Result:
    """`nn.MultiheadAttention`: what comes out, shaped as the query, and the attention `b l s`, or `b h l s`."""
    heads = _multihead_config(config)
    call = Call(
        ("query", query),
        ("key", key),
        ("value", value),
        ("attn_mask", attn_mask),
        ("key_padding_mask", key_padding_mask),
        is_causal,
        need_weights,
    )
    axes = attend(heads, call)
    return output(heads, query), _weights(heads, axes, query, need_weights, average_attn_weights)


def _multihead_config(config: Config) -> Heads:
    embed = size_of(config.get("embed_dim", UNKNOWN))
    kdim, vdim = (config.get(name, UNKNOWN) for name in ("kdim", "vdim"))
    flags = [bool_of(config.get(name, UNKNOWN)) for name in ("add_bias_kv", "add_zero_attn")]
    return Heads(
        embed,
        size_of(config.get("num_heads", UNKNOWN)),
        embed if kdim is None else size_of(kdim),
        embed if vdim is None else size_of(vdim),
        config.get("batch_first", UNKNOWN),
        None if None in flags else number(sum(map(bool, flags))),
    )


@computed("attention.multihead_function")
def multihead_function(
    query: Value,
    key: Value,
    value: Value,
    embed_dim_to_check: Value,
    num_heads: Value,
    bias_k: Value,
    add_zero_attn: Value,
    key_padding_mask: Value = None,
    need_weights: Value = True,
    attn_mask: Value = None,
    average_attn_weights: Value = True,
    is_causal: Value = False,
    static_k: Value = None,
    use_separate_proj_weight: Value = False,
    k_proj_weight: Value = None,
    v_proj_weight: Value = None,
    **_: Value,
) -> Result:
    """`F.multi_head_attention_forward`: the same with the weights as arguments, always time first."""
    has_zero = bool_of(add_zero_attn)
    is_sure = has_zero is not None and (bias_k is None or isinstance(bias_k, Array)) and static_k is None
    extra = number(bool(has_zero) + (bias_k is not None)) if is_sure else None
    embed = size_of(embed_dim_to_check)
    is_separate = bool_of(use_separate_proj_weight)
    taken = [embed if is_separate is False else _columns(weight) for weight in (k_proj_weight, v_proj_weight)]
    heads = Heads(embed, size_of(num_heads), taken[0], taken[1], False, extra)
    mask, padding = ("attn_mask", attn_mask), ("key_padding_mask", key_padding_mask)
    call = Call(("query", query), ("key", key), ("value", value), mask, padding, is_causal, need_weights)
    axes = attend(heads, call)
    if static_k is not None:
        axes = _Axes(axes.batch, axes.target, ANY, axes.is_batch)
    return output(heads, query), _weights(heads, axes, query, need_weights, average_attn_weights)


def _columns(weight: Value) -> Size | None:
    axis = axis_at(weight.shape, number(-1)) if isinstance(weight, Array) else None
    return None if axis is None else axis.size


def attend(heads: Heads, call: Call) -> _Axes:
    """The axes of one attention, its arguments held against each other.

    Raises:
        Refused: they do not fit.
    """
    _check_heads(heads)
    given = call.query, call.key, call.value
    sizes = heads.embed, heads.key, heads.value
    shapes = [_features(one, size) for one, size in zip(given, sizes, strict=True)]
    query, key, value = shapes
    count = rank(query)
    if count is not None:
        for shape, (name, _) in ((key, call.key), (value, call.value)):
            require_rank(shape, (count,), name)
    for at, (name, array) in enumerate(given):
        if name not in [other for other, _ in given[:at]]:
            check_layout(shapes[at], heads.batch_first, name)
        if isinstance(array, Array) and isinstance(call.query[1], Array):
            require_dtype(array, call.query[1], name, call.query[0])
    batches, times = zip(*(_batch_and_time(shape, heads.batch_first) for shape in shapes), strict=True)
    for at, (name, _) in ((1, call.key), (2, call.value)):
        _require_same(batches[0], batches[at], name, "sequences", call.query[0])
    _require_same(times[1], times[2], call.value[0], "steps", call.key[0])
    _require_same(batches[1], batches[2], call.value[0], "sequences", call.key[0])
    axes = _Axes(common(batches[0], batches[1]), times[0], common(times[1], times[2]), _is_batch(query, key))
    _check_masks(heads, call, axes)
    return axes


def _check_heads(heads: Heads) -> None:
    embed = None if heads.embed is None else heads.embed.constant
    count = None if heads.heads is None else heads.heads.constant
    if embed is not None and count and embed % count:
        raise Refused(f"cannot split {embed} features among {count} heads")


def _features(given: tuple[str, Value], size: Size | None) -> Shape | None:
    """The shape of an argument, which must have that many features."""
    name, array = given
    shape = array.shape if isinstance(array, Array) else None
    require_rank(shape, (2, 3), name)
    require_axis(axis_at(shape, number(-1)), size, "-1", name)
    return shape


def _is_batch(*shapes: Shape | None) -> bool | None:
    counts = [rank(shape) for shape in shapes]
    return None if all(count is None for count in counts) else 3 in counts


def _batch_and_time(shape: Shape | None, batch_first: Value) -> tuple[SizedAxis, SizedAxis]:
    count = rank(shape)
    if shape is None or count is None or count < 2:
        return ANY, ANY
    first, second = shape[0], shape[1]
    assert isinstance(first, SizedAxis)
    assert isinstance(second, SizedAxis)
    if count == 2:
        return ANY, first
    is_first = bool_of(batch_first)
    if is_first is None:
        return ANY, ANY
    return (first, second) if is_first else (second, first)


def _require_same(wanted: SizedAxis, given: SizedAxis, name: str, what: str, other: str) -> None:
    if sizes_differ(wanted.size, given.size):
        raise Refused(f"holds {given.size} {what}, but {other} holds {wanted.size}", name)


def _check_masks(heads: Heads, call: Call, axes: _Axes) -> None:
    name, mask = call.mask
    if mask is None and bool_of(call.is_causal) and call.is_causal is not None:
        raise Refused(f"needs {name} where it is said to be causal")
    if isinstance(mask, Array):
        _check_mask_dtype(mask, name)
        require_rank(mask.shape, (2, 3), name)
        # A mask that is only said to be causal is not looked at.
        is_used = bool_of(call.is_causal) is False or bool_of(call.need_weights) or isinstance(call.padding[1], Array)
        if is_used or (rank(mask.shape) == 3 and axes.is_batch is False):
            _check_attention_mask(heads, mask.shape, axes, name)
    name, padding = call.padding
    if isinstance(padding, Array):
        _check_mask_dtype(padding, name)
        counts = (1, 2) if axes.is_batch is None else (2,) if axes.is_batch else (1,)
        require_rank(padding.shape, counts, name)
        require_axis(axis_at(padding.shape, number(-1)), axes.source.size, "-1", name)
        if rank(padding.shape) == 2:
            require_axis(axis_at(padding.shape, number(0)), axes.batch.size, "0", name)


def _check_mask_dtype(mask: Array, name: str) -> None:
    if mask.dtype is not None and not mask.dtype & _MASKS:
        raise Refused(f"is {dtypes_text(mask.dtype)}, expected bool or Float", name, "dtype")
    check_addends(mask, name)


def check_addends(mask: Array, name: str) -> None:
    """Suspect ones and zeros as floats: they are added to the scores and hide nothing."""
    is_mask = isinstance(mask.element, Produced) and mask.element.name in ("KeepMaskType", "IgnoreMaskType")
    if is_mask and mask.dtype and mask.dtype <= FLOATS:
        suspect("holds ones and zeros as floats, which are added to the scores; expected bool", name, code="element")


def _check_attention_mask(heads: Heads, shape: Shape | None, axes: _Axes, name: str) -> None:
    """`l s`, or one for each sequence and head: `b*h l s`."""
    for place, axis in ((-2, axes.target), (-1, axes.source)):
        require_axis(axis_at(shape, number(place)), axis.size, str(place), name)
    if rank(shape) == 3 and axes.is_batch is not None:
        batch = axes.batch.size if axes.is_batch else number(1)
        require_axis(axis_at(shape, number(0)), _product(batch, heads.heads), "0", name)


def _product(left: Size | None, right: Size | None) -> Size | None:
    return None if left is None or right is None else multiply(left, right)


def output(heads: Heads, query: Value) -> Array:
    """The query with its features replaced."""
    if not isinstance(query, Array):
        return Array()
    if not query.shape or not isinstance(query.shape[-1], SizedAxis):
        return query.plain(query.shape)
    own = query.shape[-1]
    return query.plain((*query.shape[:-1], SizedAxis(own.size if heads.embed is None else heads.embed, own.label)))


def _weights(heads: Heads, axes: _Axes, query: Value, need: Value, average: Value) -> Result:
    is_needed, is_average = bool_of(need), bool_of(average)
    if is_needed is None:
        return UNKNOWN
    if not is_needed:
        return None
    dtype = query.dtype if isinstance(query, Array) else None
    if axes.is_batch is None or is_average is None:
        return Array(None, dtype, _WEIGHTS)
    size = None if axes.source.size is None or heads.extra is None else add(axes.source.size, heads.extra)
    source = SizedAxis(size, axes.source.label)
    by_head = () if is_average else (SizedAxis(heads.heads),)
    batch = (axes.batch,) if axes.is_batch else ()
    return Array((*batch, *by_head, axes.target, source), dtype, _WEIGHTS)
