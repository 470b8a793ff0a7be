"""Layers of transformers, and stacks of them.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
"""

from __future__ import annotations

from collections.abc import Mapping

from neuraltypes._sizes import number
from neuraltypes._unify import SizedAxis
from neuraltypes.rules._dtypes import of_argument
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, Refused, Result, Value
from neuraltypes.rules.attention import Call, Heads, attend, output


def _layer_heads(config: Config) -> Heads:
    size, heads = (size_of(config.get(name, UNKNOWN)) for name in ("d_model", "nhead"))
    return Heads(size, heads, size, size, config.get("batch_first", UNKNOWN), number(0))


@computed("transformers.encoder_layer")
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
    heads: Heads, source: tuple[str, Value], mask: tuple[str, Value], padding: Value, is_causal: Value
) -> Array:
    """One array that attends to itself, through a layer that keeps its shape."""
    causal = False if is_causal is None else is_causal
    attend(heads, Call(source, source, source, mask, (f"{source[0]}_key_padding_mask", padding), causal))
    return output(heads, source[1])


@computed("transformers.decoder_layer")
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
    attend(heads, Call(("tgt", tgt), given, given, mask, padding, memory_is_causal))
    return output(heads, tgt)


def _layer_of(config: Config, name: str) -> Config:
    """What the layer that a stack was made of was made with, where that is known."""
    layer: object = config.get(name, UNKNOWN)
    return layer if isinstance(layer, Mapping) else {}


@computed("transformers.encoder")
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


@computed("transformers.decoder")
def decoder(config: Config, tgt: Value, memory: Value, **arguments: Value) -> Result:
    """`nn.TransformerDecoder`: shaped as the target, whatever the layers."""
    return decoder_layer(_layer_of(config, "decoder_layer"), tgt, memory, **arguments)


@computed("transformers.transformer")
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


@computed("transformers.causal_mask")
def causal_mask(sz: Value, device: Value = None, dtype: Value = None) -> Result:
    """`nn.Transformer.generate_square_subsequent_mask`: minus infinity above the diagonal."""
    axis = SizedAxis(size_of(sz))
    return Array((axis, axis), of_argument(dtype, frozenset({"float32"})))
