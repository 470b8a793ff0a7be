"""A transformer of the usual cut: embedding, attention, feed-forward, block, model; norms and linears are torch's."""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ChannelType, EmbeddedTextType, EncodedRepresentation, LogitsType, LossType, TokenIndex


class Embedding(NeuralModule):
    def __init__(self, *, vocab_size: int, context: int, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(context, d_model)

    def forward(
        self, *, tokens: NeuralType[Int[Tensor, "b t"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], EmbeddedTextType]:
        x: Tensor = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        return x


class Attention(NeuralModule):
    def __init__(self, *, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.d_model, self.n_heads = d_model, n_heads
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d={self.d_model}"], ChannelType]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], EncodedRepresentation]:
        b, t, _ = x.shape
        q, k, v = (part.view(b, t, self.n_heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        y: Tensor = self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
        return y


class FeedForward(NeuralModule):
    def __init__(self, *, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.up = nn.Linear(d_model, 4 * d_model)
        self.out = nn.Linear(4 * d_model, d_model)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d={self.d_model}"], ChannelType]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], EncodedRepresentation]:
        y: Tensor = self.out(F.gelu(self.up(x)))
        return y


class Block(NeuralModule):
    def __init__(self, *, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.norm_1, self.norm_2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.attention = Attention(d_model=d_model, n_heads=n_heads)
        self.feed_forward = FeedForward(d_model=d_model)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t d={self.d_model}"], ChannelType]
    ) -> NeuralType[Float[Tensor, "b t d={self.d_model}"], EncodedRepresentation]:
        x = x + self.attention(x=self.norm_1(x))
        y: Tensor = x + self.feed_forward(x=self.norm_2(x))
        return y


class Transformer(NeuralModule):
    def __init__(self, *, vocab_size: int, context: int, d_model: int, n_layers: int, n_heads: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.embedding = Embedding(vocab_size=vocab_size, context=context, d_model=d_model)
        self.blocks = nn.ModuleList(Block(d_model=d_model, n_heads=n_heads) for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size)

    def forward(
        self, *, tokens: NeuralType[Int[Tensor, "b t"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "b t {self.vocab_size}"], LogitsType]:
        x = self.embedding(tokens=tokens)
        for block in self.blocks:
            x = block(x=x)
        logits: Tensor = self.head(self.norm(x))
        return logits


class Loss(NeuralModule):
    def forward(
        self,
        *,
        logits: NeuralType[Float[Tensor, "b t vocabulary"], LogitsType],
        targets: NeuralType[Int[Tensor, "b t"], TokenIndex],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        return F.cross_entropy(logits.mT, targets)
