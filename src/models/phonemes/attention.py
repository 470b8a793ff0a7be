"""Multi-head attention and the blocks of transformers. `B` batch, `T` and `N` time, `D` channels."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from models.language_model import FeedForward, RMSNorm
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ChannelType, EmbeddedTextType, EncodedRepresentation, KeepMaskType, TokenIndex


class Attention(NeuralModule):
    """Each of N positions reads a weighted mean over those of T positions that its row of the mask keeps.

    `(B, N, D), (B, T, D) -> (B, N, D)`. Source: Vaswani et al. 2017, arXiv:1706.03762.
    """

    def __init__(self, *, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"Attention: d_model is {d_model}, expected a multiple of n_heads={n_heads}")
        self.d_model, self.n_heads = d_model, n_heads
        self.query = nn.Linear(d_model, d_model, bias=False)
        self.key_value = nn.Linear(d_model, 2 * d_model, bias=False)
        self.out = nn.Linear(d_model, d_model, bias=False)

    def forward(
        self,
        *,
        x: NeuralType[Float[Tensor, "b time=n {self.d_model}"], ChannelType],
        memory: NeuralType[Float[Tensor, "b time=t {self.d_model}"], ChannelType],
        mask: NeuralType[Bool[Tensor, "b #n t"], KeepMaskType],
    ) -> NeuralType[Float[Tensor, "b time=n {self.d_model}"], EncodedRepresentation]:
        q = self._split_heads(self.query(x))
        k, v = (self._split_heads(part) for part in self.key_value(memory).chunk(2, dim=-1))
        read = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None])
        return self.out(read.transpose(1, 2).flatten(2))

    def _split_heads(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b heads t e"]:
        return x.unflatten(2, (self.n_heads, -1)).transpose(1, 2)


class Block(NeuralModule):
    """Attention to itself, to `memory` if there is one, and a feed-forward, each added after a norm.

    `(B, N, D), (B, T, D) -> (B, N, D)`. Source: Xiong et al. 2020, arXiv:2002.04745.
    """

    def __init__(self, *, d_model: int, n_heads: int, dropout: float, has_memory: bool) -> None:
        super().__init__()
        self.d_model = d_model
        self.norm_self = RMSNorm(d_model=d_model)
        self.attention = Attention(d_model=d_model, n_heads=n_heads)
        self.norm_cross = RMSNorm(d_model=d_model) if has_memory else None
        self.cross = Attention(d_model=d_model, n_heads=n_heads) if has_memory else None
        self.norm_feed_forward = RMSNorm(d_model=d_model)
        self.feed_forward = FeedForward(d_model=d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        *,
        x: NeuralType[Float[Tensor, "b time=n {self.d_model}"], ChannelType],
        mask: NeuralType[Bool[Tensor, "b #n n"], KeepMaskType],
        memory: NeuralType[Float[Tensor, "b time=t {self.d_model}"], EncodedRepresentation] | None = None,
        memory_mask: NeuralType[Bool[Tensor, "b 1 t"], KeepMaskType] | None = None,
    ) -> NeuralType[Float[Tensor, "b time=n {self.d_model}"], EncodedRepresentation]:
        normed = self.norm_self(x=x)
        x = x + self.dropout(self.attention(x=normed, memory=normed, mask=mask))
        if self.cross is not None and self.norm_cross is not None and memory is not None and memory_mask is not None:
            x = x + self.dropout(self.cross(x=self.norm_cross(x=x), memory=memory, mask=memory_mask))
        y: Tensor = x + self.dropout(self.feed_forward(x=self.norm_feed_forward(x=x)))
        return y


class PositionedEmbedding(NeuralModule):
    """A vector for each token and one for its position, added: `(B, T) -> (B, T, D)`, T at most `context`."""

    def __init__(self, *, vocab_size: int, d_model: int, context: int) -> None:
        super().__init__()
        self.d_model, self.context = d_model, context
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Parameter(0.1 * torch.randn(context, d_model))

    def forward(
        self, *, tokens: NeuralType[Int[Tensor, "b t"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], EmbeddedTextType]:
        if tokens.shape[1] > self.context:
            raise ValueError(f"{tokens.shape[1]} symbols, expected at most {self.context}")
        return self.tokens(tokens) + self.positions[: tokens.shape[1]]
