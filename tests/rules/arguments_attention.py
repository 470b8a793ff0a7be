"""Arguments for attention and transformers."""

from typing import Any

import torch
from torch import nn

from tests.rules._conformance import FLOATS, Arguments, Draw, T, arguments

# The weights are float32; that input of another float dtype is refused depends on `.half()` and autocast.
_WRONG_DTYPES = (torch.int64, torch.bool, torch.complex64)
_ON_CPU = True  # meta takes masks that do not fit, and `is_causal=None` reads the mask


def _off(draw: Draw, shape: tuple[int, ...], probability: float = 0.04) -> tuple[int, ...]:
    """A shape with, now and then, a wrong size or an axis too many or too few."""
    if draw.chance(probability) and shape:
        at = draw.randrange(len(shape))
        return (*shape[:at], shape[at] + 1, *shape[at + 1 :])
    if draw.chance(probability / 2):
        return (*shape, 2)
    return shape[1:] if draw.chance(probability / 2) else shape


def _array(draw: Draw, shape: tuple[int, ...]) -> T:
    return T(_off(draw, shape, 0.03), draw.dtype(*_WRONG_DTYPES) if draw.chance(0.02) else torch.float32)


def _mask(draw: Draw, shape: tuple[int, ...]) -> T:
    return T(_off(draw, shape), torch.int64 if draw.chance(0.04) else draw.dtype(torch.bool, torch.float32))


class _Sizes:
    """What one call is about: lengths, batch, heads, and in which order they come."""

    def __init__(self, draw: Draw, *, batch_first: bool | None = None) -> None:
        self.target, self.source, self.batch = draw.size(), draw.size(), draw.size(1, 4)
        self.heads = draw.size(1, 3)
        self.embed = self.heads * draw.size(1, 3) + draw.chance(0.04)
        self.is_batch = draw.chance(0.75)
        self.batch_first = draw.chance(0.5) if batch_first is None else batch_first

    def shape(self, time: int, size: int) -> tuple[int, ...]:
        if not self.is_batch:
            return time, size
        return (self.batch, time, size) if self.batch_first else (time, self.batch, size)

    def padding(self, draw: Draw, time: int) -> T:
        return _mask(draw, (self.batch, time) if self.is_batch else (time,))

    def mask(self, draw: Draw, target: int, source: int) -> T:
        count = self.heads * (self.batch if self.is_batch else 1)
        return _mask(draw, (count, target, source) if draw.chance(0.4) else (target, source))


def _masks(draw: Draw, sizes: _Sizes, source: int, names: tuple[str, str, str]) -> Arguments:
    """A mask, a padding mask, and whether the first is causal, each now and then."""
    mask, padding, is_causal = names
    found: Arguments = {}
    if draw.chance(0.4):
        found[mask] = sizes.mask(draw, sizes.target, source)
    if draw.chance(0.4):
        found[padding] = sizes.padding(draw, source)
    if draw.chance(0.2):
        found[is_causal] = draw.chance(0.5)
    return found


@arguments("torch.nn.MultiheadAttention.forward", on_cpu=_ON_CPU)
def multihead(draw: Draw) -> Arguments:
    sizes = _Sizes(draw)
    init: Arguments = {"embed_dim": sizes.embed, "num_heads": sizes.heads, "batch_first": sizes.batch_first}
    init |= {name: draw.chance(0.5) for name in ("bias", "add_bias_kv", "add_zero_attn") if draw.chance(0.4)}
    init |= {name: draw.size() for name in ("kdim", "vdim") if draw.chance(0.3)}
    query = _array(draw, sizes.shape(sizes.target, sizes.embed))
    if draw.chance(0.3) and "kdim" not in init and "vdim" not in init:
        sizes.source, key, value = sizes.target, query, query
    else:
        key = _array(draw, sizes.shape(sizes.source, init.get("kdim", sizes.embed)))
        value = _array(draw, sizes.shape(sizes.source, init.get("vdim", sizes.embed)))
    forward: Arguments = {"query": query, "key": key, "value": value}
    forward |= {name: draw.chance(0.5) for name in ("need_weights", "average_attn_weights") if draw.chance(0.5)}
    forward |= _masks(draw, sizes, sizes.source, ("attn_mask", "key_padding_mask", "is_causal"))
    return {"init": init, "forward": forward}


@arguments("torch.nn.functional.multi_head_attention_forward", on_cpu=_ON_CPU)
def multihead_function(draw: Draw) -> Arguments:
    sizes = _Sizes(draw, batch_first=False)
    embed = sizes.embed
    has_bias, is_separate = draw.chance(0.3), draw.chance(0.3)
    taken = [draw.size() if is_separate else embed for _ in range(2)]
    key, value = (_array(draw, sizes.shape(sizes.source, size)) for size in taken)
    found: Arguments = {
        "query": _array(draw, sizes.shape(sizes.target, embed)),
        "key": key,
        "value": value if is_separate or draw.chance(0.3) else key,
        "embed_dim_to_check": embed,
        "num_heads": sizes.heads,
        "in_proj_weight": T((3 * embed, embed)),
        "in_proj_bias": T((3 * embed,)) if draw.chance(0.5) else None,
        "bias_k": T((1, 1, embed)) if has_bias else None,
        "bias_v": T((1, 1, embed)) if has_bias else None,
        "add_zero_attn": draw.chance(0.3),
        "dropout_p": 0.0,
        "out_proj_weight": T((embed, embed)),
        "out_proj_bias": None,
    }
    if is_separate:
        found |= {"use_separate_proj_weight": True, "q_proj_weight": T((embed, embed))}
        found |= {name: T((embed, size)) for name, size in zip(("k_proj_weight", "v_proj_weight"), taken, strict=True)}
    found |= {name: draw.chance(0.5) for name in ("need_weights", "average_attn_weights") if draw.chance(0.5)}
    found |= _masks(draw, sizes, sizes.source, ("attn_mask", "key_padding_mask", "is_causal"))
    if found.get("is_causal") and "attn_mask" in found:  # not even its dtype is looked at then
        found["attn_mask"] = T(found["attn_mask"].shape, torch.bool)
    return found


def _layer(sizes: _Sizes) -> Arguments:
    return {
        "d_model": sizes.embed,
        "nhead": sizes.heads,
        "dim_feedforward": 4,
        "batch_first": sizes.batch_first,
    }


@arguments("torch.nn.TransformerEncoderLayer.forward", on_cpu=_ON_CPU)
def encoder_layer(draw: Draw) -> Arguments:
    sizes = _Sizes(draw)
    masks = _masks(draw, sizes, sizes.target, ("src_mask", "src_key_padding_mask", "is_causal"))
    forward = {"src": _array(draw, sizes.shape(sizes.target, sizes.embed)), **masks}
    return {"init": {**_layer(sizes), "norm_first": draw.chance(0.5)}, "forward": forward}


def _decoder_arguments(draw: Draw, sizes: _Sizes) -> Arguments:
    forward: Arguments = {
        "tgt": _array(draw, sizes.shape(sizes.target, sizes.embed)),
        "memory": _array(draw, sizes.shape(sizes.source, sizes.embed)),
    }
    forward |= _masks(draw, sizes, sizes.target, ("tgt_mask", "tgt_key_padding_mask", "tgt_is_causal"))
    return forward | _masks(draw, sizes, sizes.source, ("memory_mask", "memory_key_padding_mask", "memory_is_causal"))


@arguments("torch.nn.TransformerDecoderLayer.forward", on_cpu=_ON_CPU)
def decoder_layer(draw: Draw) -> Arguments:
    sizes = _Sizes(draw)
    forward = _decoder_arguments(draw, sizes)
    return {"init": {**_layer(sizes), "norm_first": draw.chance(0.5)}, "forward": forward}


def _fitting(draw: Draw, found: Arguments, sizes: _Sizes) -> Arguments:
    """Arguments that fit: what the layers were made with is not known to the rule, so it refuses ranks only."""
    shapes = {"src": sizes.target, "tgt": sizes.target, "memory": sizes.source}
    fitting: Arguments = {}
    for name, value in found.items():
        if name in shapes:
            shape = sizes.shape(shapes[name], sizes.embed)
            fitting[name] = T(shape[-1:] if draw.chance(0.08) else shape)
        elif not isinstance(value, T):
            fitting[name] = value
    return fitting


@arguments("torch.nn.TransformerEncoder.forward", on_cpu=_ON_CPU)
def encoder(draw: Draw) -> Arguments:
    sizes = _Sizes(draw)
    sizes.embed -= sizes.embed % sizes.heads
    layer = nn.TransformerEncoderLayer(**_layer(sizes))
    found = _fitting(draw, {"src": T(())}, sizes)
    if draw.chance(0.4):
        found["mask"] = T((sizes.target, sizes.target), torch.bool)
        if draw.chance(0.5):
            found["is_causal"] = draw.chance(0.5)
    if draw.chance(0.4):
        found["src_key_padding_mask"] = T((sizes.batch, sizes.target) if sizes.is_batch else (sizes.target,))
    return {"init": {"encoder_layer": layer, "num_layers": draw.size(1, 2)}, "forward": found}


@arguments("torch.nn.TransformerDecoder.forward", on_cpu=_ON_CPU)
def decoder(draw: Draw) -> Arguments:
    sizes = _Sizes(draw)
    sizes.embed -= sizes.embed % sizes.heads
    layer = nn.TransformerDecoderLayer(**_layer(sizes))
    found = _fitting(draw, {"tgt": T(()), "memory": T(())}, sizes)
    if draw.chance(0.4):
        found["memory_mask"] = T((sizes.target, sizes.source), torch.bool)
    if draw.chance(0.4):
        found["tgt_key_padding_mask"] = T((sizes.batch, sizes.target) if sizes.is_batch else (sizes.target,))
    return {"init": {"decoder_layer": layer, "num_layers": draw.size(1, 2)}, "forward": found}


@arguments("torch.nn.Transformer.forward", on_cpu=_ON_CPU)
def transformer(draw: Draw) -> Arguments:
    sizes = _Sizes(draw)
    init: dict[str, Any] = {**_layer(sizes), "num_encoder_layers": 1, "num_decoder_layers": 1}
    forward = _decoder_arguments(draw, sizes)
    forward["src"] = forward.pop("memory")
    if draw.chance(0.3):
        forward["src_mask"] = sizes.mask(draw, sizes.source, sizes.source)
    if draw.chance(0.3):
        forward["src_key_padding_mask"] = sizes.padding(draw, sizes.source)
    return {"init": init, "forward": forward}


@arguments("torch.nn.functional.scaled_dot_product_attention", on_cpu=_ON_CPU)
def dot_product(draw: Draw) -> Arguments:
    lead, dtype = draw.shape(0, 2), draw.choice(FLOATS)
    target, source, features, out = (draw.size(1, 4) for _ in range(4))
    out = features if draw.chance(0.5) else out
    query, key, value = lead, lead, lead
    found: Arguments = {}
    if draw.chance(0.3):
        found["enable_gqa"] = draw.chance(0.7)
        if found["enable_gqa"] and lead:
            many = draw.choice((2, 4, 6))
            few = [few for few in (1, 2, 3, 4) if many % few == 0 or draw.chance(0.1)]
            query, key, value = ((*lead[:-1], count) for count in (many, draw.choice(few), draw.choice(few)))
    elif draw.chance(0.3):
        query, key, value = (draw.broadcastable(lead) for _ in range(3))
    given = {"query": (*query, target, features), "key": (*key, source, features), "value": (*value, source, out)}
    for name, shape in given.items():
        wrong = draw.dtype(torch.int64, torch.float64) if draw.chance(0.02) else dtype
        drawn = _off(draw, shape, 0.02)
        # The kernel for four axes does not compare the lengths of keys and values: it reads past the end.
        is_unread = name != "query" and len(drawn) == 4 and drawn[-2] != source
        found[name] = T(shape if is_unread else drawn, wrong)
    if draw.chance(0.4):
        masks = (torch.bool, dtype, torch.float32, *((torch.float64, torch.int64) if draw.chance(0.1) else ()))
        shape = draw.broadcastable((*query, target, source))
        # Some kernels refuse a mask with fewer than two axes.
        found["attn_mask"] = T((*(1,) * (2 - len(shape)), *shape), draw.choice(masks))
    # The kernel for four axes takes a mask beside `is_causal`, against the documentation.
    if draw.chance(0.2) and ("attn_mask" not in found or len(query) < 2):
        found["is_causal"] = draw.chance(0.5)
    return found
