"""Encoders of letters, with one interface: a config chooses between them. `B` batch, `T` time, `D` channels."""

from __future__ import annotations

from abc import abstractmethod

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from models.language_model import RMSNorm
from models.phonemes.attention import Block, PositionedEmbedding
from models.phonemes.tokenizers import N_LETTERS, LetterIndex
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ChannelType, EncodedRepresentation, ValidMaskType


class LetterEncoder(NeuralModule):
    """The interface of all encoders: `(B, T) -> (B, T, D)`. What stands in the padding changes nothing beside it."""

    vocab_size: int
    d_model: int

    @abstractmethod
    def forward(
        self,
        *,
        letters: NeuralType[Int[Tensor, "b t"], LetterIndex],
        letters_mask: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], EncodedRepresentation]: ...


class TransformerEncoder(LetterEncoder):
    """Blocks of attention between all letters. Source: Vaswani et al. 2017, arXiv:1706.03762."""

    def __init__(
        self,
        *,
        vocab_size: int = N_LETTERS,
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
            Block(d_model=d_model, n_heads=n_heads, dropout=dropout, has_memory=False) for _ in range(n_layers)
        )
        self.norm = RMSNorm(d_model=d_model)

    def forward(
        self,
        *,
        letters: NeuralType[Int[Tensor, "b t"], LetterIndex],
        letters_mask: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], EncodedRepresentation]:
        x = self.embedding(tokens=letters)
        for block in self.blocks:
            x = block(x=x, mask=letters_mask[:, None])
        encoded: Tensor = self.norm(x=x)
        return encoded


class RecurrentEncoder(LetterEncoder):
    """Gated recurrent layers in both directions. Source: Cho et al. 2014, arXiv:1406.1078."""

    def __init__(
        self, *, vocab_size: int = N_LETTERS, d_model: int = 128, n_layers: int = 1, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.vocab_size, self.d_model = vocab_size, d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.layers = nn.ModuleList(BothDirections(d_model=d_model) for _ in range(n_layers))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        *,
        letters: NeuralType[Int[Tensor, "b t"], LetterIndex],
        letters_mask: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], EncodedRepresentation]:
        x = self.embedding(letters)
        for layer in self.layers:
            x = layer(x=self.dropout(x), mask=letters_mask)
        return x


class BothDirections(NeuralModule):
    """Two recurrent layers of half the channels each, of which one reads from the last letter to the first.

    `(B, T, D) -> (B, T, D)`.
    """

    def __init__(self, *, d_model: int) -> None:
        super().__init__()
        if d_model % 2:
            raise ValueError(f"BothDirections: d_model is {d_model}, expected an even number")
        self.d_model = d_model
        self.onward = nn.GRU(d_model, d_model // 2, batch_first=True)
        self.backward_ = nn.GRU(d_model, d_model // 2, batch_first=True)

    def forward(
        self,
        *,
        x: NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType],
        mask: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], EncodedRepresentation]:
        turn = _turned(mask)[:, :, None]
        onward, _ = self.onward(x)
        back, _ = self.backward_(x.gather(1, turn.expand_as(x)))
        return torch.cat([onward, back.gather(1, turn.expand_as(back))], dim=-1)


def _turned(mask: Bool[Tensor, "b t"]) -> Int[Tensor, "b t"]:
    """Where each position goes when each sequence is read backwards and its padding stays: it is its own inverse."""
    position = torch.arange(mask.shape[1], device=mask.device)
    return torch.where(mask, mask.sum(dim=1, keepdim=True) - 1 - position, position)
