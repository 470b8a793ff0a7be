"""Attention and transformers: queries `b l e`, keys and values `b s e`, in the order that `batch_first` says.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from neuraltypes._sizes import Size, add, multiply, number
from neuraltypes._unify import Shape, SizedAxis, format_shape
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._dtypes import BOOL, FLOATS, of_argument
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, axis_at, bool_of, broadcast, common, rank, said_kind, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, Produced, Refused, Result, Value
from neuraltypes.rules.recurrent import check_layout, known_axes, require_axis, require_dtype, require_rank

_MASKS: Final = BOOL | FLOATS
_WEIGHTS: Final = Produced("AttentionWeightsType")
_HEAD_NAMES: Final = ("head", "heads", "nhead", "n_head", "n_heads", "num_heads")


@dataclass(frozen=True, slots=True)
class _Heads:
    """What a multi-head attention was made with: features, heads, layout, places that it adds to the keys."""

    embed: Size | None
    heads: Size | None
    key: Size | None
    value: Size | None
    batch_first: Value
    extra: Size | None


@dataclass(frozen=True, slots=True)
class _Call:
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
    call = _Call(
        ("query", query),
        ("key", key),
        ("value", value),
        ("attn_mask", attn_mask),
        ("key_padding_mask", key_padding_mask),
        is_causal,
        need_weights,
    )
    axes = _attend(heads, call)
    return _output(heads, query), _weights(heads, axes, query, need_weights, average_attn_weights)


def _multihead_config(config: Config) -> _Heads:
    embed = size_of(config.get("embed_dim", UNKNOWN))
    kdim, vdim = (config.get(name, UNKNOWN) for name in ("kdim", "vdim"))
    flags = [bool_of(config.get(name, UNKNOWN)) for name in ("add_bias_kv", "add_zero_attn")]
    return _Heads(
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
    heads = _Heads(embed, size_of(num_heads), taken[0], taken[1], False, extra)
    mask, padding = ("attn_mask", attn_mask), ("key_padding_mask", key_padding_mask)
    call = _Call(("query", query), ("key", key), ("value", value), mask, padding, is_causal, need_weights)
    axes = _attend(heads, call)
    if static_k is not None:
        axes = _Axes(axes.batch, axes.target, ANY, axes.is_batch)
    return _output(heads, query), _weights(heads, axes, query, need_weights, average_attn_weights)


def _columns(weight: Value) -> Size | None:
    axis = axis_at(weight.shape, number(-1)) if isinstance(weight, Array) else None
    return None if axis is None else axis.size


def _attend(heads: _Heads, call: _Call) -> _Axes:
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


def _check_heads(heads: _Heads) -> None:
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


def _check_masks(heads: _Heads, call: _Call, axes: _Axes) -> None:
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
    from neuraltypes.rules._apply import dtypes_text

    if mask.dtype is not None and not mask.dtype & _MASKS:
        raise Refused(f"is {dtypes_text(mask.dtype)}, expected bool or Float", name, "dtype")
    _check_addends(mask, name)


def _check_addends(mask: Array, name: str) -> None:
    """Suspect ones and zeros as floats: they are added to the scores and hide nothing."""
    is_mask = isinstance(mask.element, Produced) and mask.element.name in ("KeepMaskType", "IgnoreMaskType")
    if is_mask and mask.dtype and mask.dtype <= FLOATS:
        suspect("holds ones and zeros as floats, which are added to the scores; expected bool", name, code="element")


def _check_attention_mask(heads: _Heads, shape: Shape | None, axes: _Axes, name: str) -> None:
    """`l s`, or one for each sequence and head: `b*h l s`."""
    for place, axis in ((-2, axes.target), (-1, axes.source)):
        require_axis(axis_at(shape, number(place)), axis.size, str(place), name)
    if rank(shape) == 3 and axes.is_batch is not None:
        batch = axes.batch.size if axes.is_batch else number(1)
        require_axis(axis_at(shape, number(0)), _product(batch, heads.heads), "0", name)


def _product(left: Size | None, right: Size | None) -> Size | None:
    return None if left is None or right is None else multiply(left, right)


def _output(heads: _Heads, query: Value) -> Array:
    """The query with its features replaced."""
    if not isinstance(query, Array):
        return Array()
    if not query.shape or not isinstance(query.shape[-1], SizedAxis):
        return query.plain(query.shape)
    own = query.shape[-1]
    return query.plain((*query.shape[:-1], SizedAxis(own.size if heads.embed is None else heads.embed, own.label)))


def _weights(heads: _Heads, axes: _Axes, query: Value, need: Value, average: Value) -> Result:
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


# Transformers


def _layer_heads(config: Config) -> _Heads:
    size, heads = (size_of(config.get(name, UNKNOWN)) for name in ("d_model", "nhead"))
    return _Heads(size, heads, size, size, config.get("batch_first", UNKNOWN), number(0))


@computed("attention.encoder_layer")
def encoder_layer(
    config: Config,
    src: Value,
    src_mask: Value = None,
    src_key_padding_mask: Value = None,
    is_causal: Value = False,
) -> Result:
    """`nn.TransformerEncoderLayer`: shaped as what goes in."""
    return _encode(_layer_heads(config), ("src", src), ("src_mask", src_mask), src_key_padding_mask, is_causal)


def _encode(
    heads: _Heads, source: tuple[str, Value], mask: tuple[str, Value], padding: Value, is_causal: Value
) -> Array:
    """One array that attends to itself, through a layer that keeps its shape."""
    causal = False if is_causal is None else is_causal
    _attend(heads, _Call(source, source, source, mask, (f"{source[0]}_key_padding_mask", padding), causal))
    return _output(heads, source[1])


@computed("attention.decoder_layer")
def decoder_layer(
    config: Config,
    tgt: Value,
    memory: Value,
    tgt_mask: Value = None,
    memory_mask: Value = None,
    tgt_key_padding_mask: Value = None,
    memory_key_padding_mask: Value = None,
    tgt_is_causal: Value = False,
    memory_is_causal: Value = False,
) -> Result:
    """`nn.TransformerDecoderLayer`: shaped as the target."""
    heads = _layer_heads(config)
    _encode(heads, ("tgt", tgt), ("tgt_mask", tgt_mask), tgt_key_padding_mask, tgt_is_causal)
    given = ("memory", memory)
    mask, padding = ("memory_mask", memory_mask), ("memory_key_padding_mask", memory_key_padding_mask)
    _attend(heads, _Call(("tgt", tgt), given, given, mask, padding, memory_is_causal))
    return _output(heads, tgt)


def _layer_of(config: Config, name: str) -> Config:
    """What the layer that a stack was made of was made with, where that is known."""
    layer: object = config.get(name, UNKNOWN)
    return layer if isinstance(layer, Mapping) else {}


@computed("attention.encoder")
def encoder(
    config: Config,
    src: Value,
    mask: Value = None,
    src_key_padding_mask: Value = None,
    is_causal: Value = None,
) -> Result:
    """`nn.TransformerEncoder`: shaped as what goes in, whatever the layers."""
    heads = _layer_heads(_layer_of(config, "encoder_layer"))
    return _encode(heads, ("src", src), ("mask", mask), src_key_padding_mask, is_causal)


@computed("attention.decoder")
def decoder(config: Config, tgt: Value, memory: Value, **arguments: Value) -> Result:
    """`nn.TransformerDecoder`: shaped as the target, whatever the layers."""
    return decoder_layer(_layer_of(config, "decoder_layer"), tgt, memory, **arguments)


@computed("attention.transformer")
def transformer(
    config: Config,
    src: Value,
    tgt: Value,
    src_mask: Value = None,
    src_key_padding_mask: Value = None,
    src_is_causal: Value = None,
    **arguments: Value,
) -> Result:
    """`nn.Transformer`: shaped as the target."""
    if any(config.get(name, UNKNOWN) is not None for name in ("custom_encoder", "custom_decoder")):
        return UNKNOWN
    _encode(_layer_heads(config), ("src", src), ("src_mask", src_mask), src_key_padding_mask, src_is_causal)
    try:
        return decoder_layer(config, tgt, src, **arguments)
    except Refused as refused:
        if refused.argument != "memory":
            raise
        raise Refused(refused.reason, "src", refused.code) from None


@computed("attention.causal_mask")
def causal_mask(sz: Value, device: Value = None, dtype: Value = None) -> Result:
    """`nn.Transformer.generate_square_subsequent_mask`: minus infinity above the diagonal."""
    axis = SizedAxis(size_of(sz))
    return Array((axis, axis), of_argument(dtype, frozenset({"float32"})))


# Scaled dot products


@computed("attention.dot_product")
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
    from neuraltypes.rules._apply import dtypes_text

    if mask.dtype is not None and query.dtype is not None and not mask.dtype & (BOOL | {"float32"} | query.dtype):
        taken = f"bool or {dtypes_text(query.dtype)}"
        raise Refused(f"is {dtypes_text(mask.dtype)}, expected {taken}", "attn_mask", "dtype")
    _check_addends(mask, "attn_mask")
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
