"""Decoders of phonemes, with one interface: a config chooses between them. `B` batch, `T` letters, `N` phonemes."""

from __future__ import annotations

from abc import abstractmethod

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from models.language_model import RMSNorm
from models.phonemes.attention import Attention, Block, PositionedEmbedding
from models.phonemes.tokenizers import N_PHONEMES, PhonemeIndex
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LogitsType, ValidMaskType


class PhonemeDecoder(NeuralModule):
    """The interface of all decoders: logits of the phoneme after each of `previous`, from it and those before it.

    `(B, N), (B, T, D) -> (B, N, vocabulary)`.
    """

    vocab_size: int
    d_model: int

    @abstractmethod
    def forward(
        self,
        *,
        previous: NeuralType[Int[Tensor, "b time=n"], PhonemeIndex],
        encoded: NeuralType[Float[Tensor, "b time=t {self.d_model}"], EncodedRepresentation],
        encoded_mask: NeuralType[Bool[Tensor, "b time=t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b time=n {self.vocab_size}"], LogitsType]: ...


class TransformerDecoder(PhonemeDecoder):
    """Blocks of attention to earlier phonemes and to all letters. Source: Vaswani et al. 2017, arXiv:1706.03762."""

    def __init__(
        self,
        *,
        vocab_size: int = N_PHONEMES,
        d_model: int = 128,
        n_layers: int = 2,
        n_heads: int = 4,
        dropout: float = 0.1,
        context: int = 64,
    ) -> None:
        super().__init__()
        self.vocab_size, self.d_model = vocab_size, d_model
        self.embedding = PositionedEmbedding(vocab_size=vocab_size, d_model=d_model, context=context)
        self.blocks = nn.ModuleList(
            Block(d_model=d_model, n_heads=n_heads, dropout=dropout, has_memory=True) for _ in range(n_layers)
        )
        self.norm = RMSNorm(d_model=d_model)
        self.linear = nn.Linear(d_model, vocab_size)

    def forward(
        self,
        *,
        previous: NeuralType[Int[Tensor, "b time=n"], PhonemeIndex],
        encoded: NeuralType[Float[Tensor, "b time=t {self.d_model}"], EncodedRepresentation],
        encoded_mask: NeuralType[Bool[Tensor, "b time=t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b time=n {self.vocab_size}"], LogitsType]:
        x = self.embedding(tokens=previous)
        b, n = previous.shape
        earlier = torch.ones(n, n, dtype=torch.bool, device=previous.device).tril().expand(b, n, n)
        for block in self.blocks:
            x = block(x=x, mask=earlier, memory=encoded, memory_mask=encoded_mask[:, None])
        logits: Tensor = self.linear(self.norm(x=x))
        return logits


class RecurrentDecoder(PhonemeDecoder):
    """Gated recurrent layers over the phonemes; each state then reads the letters. Source: Luong et al. 2015,
    arXiv:1508.04025.
    """

    def __init__(
        self,
        *,
        vocab_size: int = N_PHONEMES,
        d_model: int = 128,
        n_layers: int = 1,
        n_heads: int = 1,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.vocab_size, self.d_model = vocab_size, d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.recurrent = nn.GRU(d_model, d_model, num_layers=n_layers, batch_first=True)
        self.attention = Attention(d_model=d_model, n_heads=n_heads)
        self.combine = nn.Linear(2 * d_model, d_model)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(d_model, vocab_size)

    def forward(
        self,
        *,
        previous: NeuralType[Int[Tensor, "b time=n"], PhonemeIndex],
        encoded: NeuralType[Float[Tensor, "b time=t {self.d_model}"], EncodedRepresentation],
        encoded_mask: NeuralType[Bool[Tensor, "b time=t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b time=n {self.vocab_size}"], LogitsType]:
        state, _ = self.recurrent(self.dropout(self.embedding(previous)))
        read = self.attention(x=state, memory=encoded, mask=encoded_mask[:, None])
        combined = self.combine(torch.cat([state, read], dim=-1)).tanh()
        return self.linear(self.dropout(combined))
