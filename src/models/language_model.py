"""A small GPT: pre-norm blocks, rotary positions, normalised queries and keys, tied embedding.

`B` batch, `T` time, `D` channels of the stream, `E` channels of a head.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import (
    ChannelType,
    EmbeddedTextType,
    EncodedRepresentation,
    LogitsType,
    LossType,
    TokenIndex,
)

Channels = TypeVar("Channels", bound=ChannelType)


class Query(ChannelType):
    """What a position asks for."""


class Key(ChannelType):
    """What a position offers to be found by."""


class Value(ChannelType):
    """What a position gives when it is found."""


Rotated = TypeVar("Rotated", Query, Key)


@dataclass
class LanguageModelConfig:
    """Sizes of a `LanguageModel`. `context` is in tokens, `dropout` a probability."""

    vocab_size: int = 2048
    context: int = 128
    d_model: int = 192
    n_layers: int = 4
    n_heads: int = 4
    dropout: float = 0.1

    def __post_init__(self) -> None:
        for name in ("vocab_size", "context", "d_model", "n_layers", "n_heads"):
            if getattr(self, name) < 1:
                raise ValueError(f"model.{name} is {getattr(self, name)}, expected at least 1")
        if self.d_model % (2 * self.n_heads):
            raise ValueError(f"model.d_model is {self.d_model}, expected a multiple of 2 * n_heads={2 * self.n_heads}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"model.dropout is {self.dropout}, expected 0 or more and less than 1")


class ChannelDropout(NeuralModule):
    """Zero whole channels of each sequence: one mask over time, in training only.

    `(B, T, D) -> (B, T, D)`. Source: Gal and Ghahramani 2016, arXiv:1512.05287.
    """

    def __init__(self, *, p: float) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"ChannelDropout: p is {p}, expected 0 or more and less than 1")
        self.p = p

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d"], Channels]
    ) -> NeuralType[Float[Tensor, "b t d"], Channels]:
        if not self.training or self.p == 0:
            return x
        keep = torch.rand(x.shape[0], 1, x.shape[2], device=x.device) >= self.p
        return x * keep.to(x.dtype) / (1 - self.p)


class TokenEmbedding(NeuralModule):
    """One learned vector per token; the same table reads out the logits.

    `(B, T) -> (B, T, D)`. Source: Press and Wolf 2017, arXiv:1608.05859.
    """

    def __init__(self, *, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.d_model = d_model
        self.weight = nn.Parameter(torch.empty(vocab_size, d_model))

    def forward(
        self, *, tokens: NeuralType[Int[Tensor, "b t"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], EmbeddedTextType]:
        return F.embedding(tokens, self.weight)


class Unembedding(NeuralModule):
    """Logits of the next token: inner products with the vectors of `embedding`.

    `(B, T, D) -> (B, T, vocabulary)`. Source: Press and Wolf 2017, arXiv:1608.05859.
    """

    def __init__(self, *, embedding: TokenEmbedding) -> None:
        super().__init__()
        self.d_model = embedding.d_model
        self.vocab_size = embedding.vocab_size
        self.weight = embedding.weight

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d={self.d_model}"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b t {self.vocab_size}"], LogitsType]:
        return F.linear(x, self.weight)


class RMSNorm(NeuralModule):
    """Scale each vector to unit root mean square, then by a learned gain per channel.

    `(B, T, D) -> (B, T, D)`. Source: Zhang and Sennrich 2019, arXiv:1910.07467.
    """

    def __init__(self, *, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d={self.d_model}"], Channels]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], Channels]:
        return F.rms_norm(x, (self.d_model,), self.weight.to(x.dtype))


class RotaryPositions(NeuralModule):
    """Rotate the pairs of channels of each head by angles proportional to time.

    `(B, heads, T, E) -> (B, heads, T, E)`, T at most `context`. Source: Su et al. 2021, arXiv:2104.09864.
    """

    cos: Float[Tensor, "context half"]
    sin: Float[Tensor, "context half"]

    def __init__(self, *, context: int, d_head: int, base: float = 10_000.0) -> None:
        super().__init__()
        self.d_head = d_head
        frequency = base ** (-torch.arange(0, d_head, 2) / d_head)
        angle = torch.outer(torch.arange(context), frequency)
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b heads t {self.d_head}"], Rotated]
    ) -> NeuralType[Float[Tensor, "b heads t {self.d_head}"], Rotated]:
        t = x.shape[2]
        cos, sin = self.cos[:t].to(x.dtype), self.sin[:t].to(x.dtype)
        left, right = x.chunk(2, dim=-1)
        return torch.cat([left * cos - right * sin, left * sin + right * cos], dim=-1)


class CausalAttention(NeuralModule):
    """Each time reads a weighted mean of the values at no later time.

    `(B, heads, T, E)` three times `-> (B, heads, T, E)`. Source: Vaswani et al. 2017, arXiv:1706.03762.
    """

    future: Bool[Tensor, "context context"]

    def __init__(self, *, context: int) -> None:
        super().__init__()
        future = torch.ones(context, context, dtype=torch.bool).triu(1)
        self.register_buffer("future", future, persistent=False)

    def forward(
        self,
        *,
        q: NeuralType[Float[Tensor, "b heads t e"], Query],
        k: NeuralType[Float[Tensor, "b heads t e"], Key],
        v: NeuralType[Float[Tensor, "b heads t e"], Value],
    ) -> NeuralType[Float[Tensor, "b heads t e"], EncodedRepresentation]:
        t, e = q.shape[2:]
        scores = (q @ k.mT) / math.sqrt(e)
        scores = scores.masked_fill(self.future[:t, :t], float("-inf"))
        return scores.softmax(dim=-1).to(v.dtype) @ v


class CausalSelfAttention(NeuralModule):
    """Multi-head causal attention with rotary positions and normalised queries and keys.

    `(B, T, D) -> (B, T, D)`, D = heads * E.
    Source: Vaswani et al. 2017, arXiv:1706.03762; Henry et al. 2020, arXiv:2010.04245.
    """

    def __init__(self, *, d_model: int, n_heads: int, context: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.n_heads = n_heads
        self.qkv = nn.Linear(d_model, 3 * d_model, bias=False)
        self.rotary = RotaryPositions(context=context, d_head=d_model // n_heads)
        self.attention = CausalAttention(context=context)
        self.out = nn.Linear(d_model, d_model, bias=False)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d={self.d_model}"], ChannelType]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], EncodedRepresentation]:
        q, k, v = (self._split_heads(part) for part in self.qkv(x).chunk(3, dim=-1))
        q = self.rotary(x=F.rms_norm(q, q.shape[-1:]))
        k = self.rotary(x=F.rms_norm(k, k.shape[-1:]))
        y = self.attention(q=q, k=k, v=v)
        mixed: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return mixed

    def _split_heads(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b heads t e"]:
        b, t, _ = x.shape
        return x.view(b, t, self.n_heads, -1).transpose(1, 2)


class FeedForward(NeuralModule):
    """Two linear maps around a GELU, `expansion` times as wide in between, at each time alone.

    `(B, T, D) -> (B, T, D)`. Source: Radford et al. 2019 (GPT-2).
    """

    def __init__(self, *, d_model: int, expansion: int = 4) -> None:
        super().__init__()
        self.d_model = d_model
        self.up = nn.Linear(d_model, expansion * d_model, bias=False)
        self.out = nn.Linear(expansion * d_model, d_model, bias=False)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d={self.d_model}"], ChannelType]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], EncodedRepresentation]:
        y: Tensor = self.out(F.gelu(self.up(x)))
        return y


class Block(NeuralModule):
    """Attention, then feed-forward, each added to the stream after a norm (pre-norm).

    `(B, T, D) -> (B, T, D)`. Source: Xiong et al. 2020, arXiv:2002.04745.
    """

    def __init__(self, *, d_model: int, n_heads: int, context: int, dropout: float) -> None:
        super().__init__()
        self.d_model = d_model
        self.norm_attention = RMSNorm(d_model=d_model)
        self.attention = CausalSelfAttention(d_model=d_model, n_heads=n_heads, context=context)
        self.norm_feed_forward = RMSNorm(d_model=d_model)
        self.feed_forward = FeedForward(d_model=d_model)
        self.dropout = ChannelDropout(p=dropout)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d={self.d_model}"], ChannelType]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], EncodedRepresentation]:
        x = x + self.dropout(x=self.attention(x=self.norm_attention(x=x)))
        y: Tensor = x + self.dropout(x=self.feed_forward(x=self.norm_feed_forward(x=x)))
        return y


class LanguageModel(NeuralModule):
    """Tokens to the logits of the token after each, from that token and those before it.

    `(B, T) -> (B, T, vocabulary)`, T at most `config.context`. Source: Radford et al. 2019 (GPT-2).
    """

    def __init__(self, *, config: LanguageModelConfig) -> None:
        super().__init__()
        c = self.config = config
        self.embedding = TokenEmbedding(vocab_size=c.vocab_size, d_model=c.d_model)
        self.dropout = ChannelDropout(p=c.dropout)
        self.blocks = nn.ModuleList(
            Block(d_model=c.d_model, n_heads=c.n_heads, context=c.context, dropout=c.dropout) for _ in range(c.n_layers)
        )
        self.norm = RMSNorm(d_model=c.d_model)
        self.unembedding = Unembedding(embedding=self.embedding)
        self._initialise()

    def forward(
        self, *, tokens: NeuralType[Int[Tensor, "b t"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "b t {self.config.vocab_size}"], LogitsType]:
        if tokens.shape[1] > self.config.context:
            raise ValueError(f"LanguageModel: {tokens.shape[1]} tokens, expected at most context={self.config.context}")
        x = self.dropout(x=self.embedding(tokens=tokens))
        for block in self.blocks:
            x = block(x=x)
        logits: Tensor = self.unembedding(x=self.norm(x=x))
        return logits

    def _initialise(self) -> None:
        """Weights from N(0, 0.02); those that write to the stream smaller by sqrt(2 layers)."""
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                shrink = math.sqrt(2 * self.config.n_layers) if name.endswith("out.weight") else 1.0
                nn.init.normal_(weight, std=0.02 / shrink)


class NextTokenLoss(NeuralModule):
    """Minus the log-probability of each target, in nats: `(B, T, vocabulary), (B, T) -> (B, T)`."""

    def forward(
        self,
        *,
        logits: NeuralType[Float[Tensor, "b t vocabulary"], LogitsType],
        targets: NeuralType[Int[Tensor, "b t"], TokenIndex],
    ) -> NeuralType[Float[Tensor, "b t"], LossType]:
        return F.cross_entropy(logits.float().mT, targets, reduction="none")


@torch.no_grad()
def generate(
    model: LanguageModel, prompt: Iterable[int], *, n_new: int, temperature: float = 0.8, top_k: int = 40, seed: int = 0
) -> list[int]:
    """`prompt` and `n_new` more tokens, each drawn from the `top_k` most probable ones.

    Raises:
        ValueError: the prompt is empty.
    """
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.tensor([list(prompt)], dtype=torch.long)
    if not tokens.numel():
        raise ValueError("generate: the prompt is empty, expected at least one token")
    was_training = model.training
    model.eval()
    try:
        for _ in range(n_new):
            logits = model(tokens=tokens[:, -model.config.context :])[:, -1]
            best, index = logits.float().topk(min(top_k, logits.shape[-1]))
            drawn = torch.multinomial((best / temperature).softmax(dim=-1), 1, generator=generator)
            tokens = torch.cat([tokens, index.gather(1, drawn)], dim=1)
    finally:
        model.train(was_training)
    return [int(token) for token in tokens[0]]
