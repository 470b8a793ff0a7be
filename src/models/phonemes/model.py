"""Letters to phonemes: an encoder, a decoder and two tokenizers from a config; training, evaluation and prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from omegaconf import DictConfig
from torch import Tensor
from torch.nn import functional as F

from models.model_pt import ModelPT
from models.phonemes.decoders import PhonemeDecoder
from models.phonemes.dictionary import PronunciationBatch
from models.phonemes.edits import edit_distance
from models.phonemes.encoders import LetterEncoder
from models.phonemes.tokenizers import (
    END,
    START,
    LetterBatch,
    LetterIndex,
    LetterTokenizer,
    PhonemeIndex,
    PhonemeTokenizer,
)
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LabelsType, LogitsType, LossType, ValidMaskType


def _part(name: str) -> dict[str, Any]:
    return {"_target_": f"models.phonemes.{name}"}


@dataclass
class LettersToPhonemesConfig:
    """What a `LettersToPhonemes` is made of, trained with, and on. `max_phonemes` is the most that are generated."""

    letters: dict[str, Any] = field(default_factory=lambda: _part("tokenizers.LetterTokenizer"))
    phonemes: dict[str, Any] = field(default_factory=lambda: _part("tokenizers.PhonemeTokenizer"))
    encoder: dict[str, Any] = field(default_factory=lambda: _part("encoders.RecurrentEncoder"))
    decoder: dict[str, Any] = field(default_factory=lambda: _part("decoders.RecurrentDecoder"))
    max_phonemes: int = 32
    label_smoothing: float = 0.0
    optim: dict[str, Any] | None = None
    train_ds: dict[str, Any] | None = None
    validation_ds: dict[str, Any] | None = None
    test_ds: dict[str, Any] | None = None


class PhonemeLoss(NeuralModule):
    """Cross entropy in nats, of each phoneme, 0 in the padding: `(B, N, vocabulary), (B, N) -> (B, N)`."""

    def __init__(self, *, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.label_smoothing = label_smoothing

    def forward(
        self,
        *,
        logits: NeuralType[Float[Tensor, "b time=n vocabulary"], LogitsType],
        target: NeuralType[Int[Tensor, "b time=n"], LabelsType],
    ) -> NeuralType[Float[Tensor, "b time=n"], LossType]:
        return F.cross_entropy(logits.mT, target, reduction="none", label_smoothing=self.label_smoothing)


class LettersToPhonemes(ModelPT):
    """How a word is spoken: `(B, T) -> (B, N, vocabulary)`."""

    def __init__(self, *, cfg: LettersToPhonemesConfig | DictConfig | dict[str, Any] | str) -> None:
        super().__init__(cfg=cfg)
        self.letters = LetterTokenizer.from_config_dict(self.cfg.letters)
        self.phonemes = PhonemeTokenizer.from_config_dict(self.cfg.phonemes)
        self.encoder = LetterEncoder.from_config_dict(self.cfg.encoder, vocab_size=self.letters.size)
        self.decoder = PhonemeDecoder.from_config_dict(self.cfg.decoder, vocab_size=self.phonemes.size)
        self.loss = PhonemeLoss(label_smoothing=self.cfg.label_smoothing)

    def forward(
        self,
        *,
        letters: NeuralType[Int[Tensor, "batch=b time=t"], LetterIndex],
        letters_mask: NeuralType[Bool[Tensor, "batch=b time=t"], ValidMaskType],
        previous: NeuralType[Int[Tensor, "batch=b time=n"], PhonemeIndex] | None = None,
    ) -> NeuralType[Float[Tensor, "batch=b time=n {self.phonemes.size}"], LogitsType]:
        """Logits of the phoneme after each of `previous`; without these, after each of the likeliest, until the end."""
        encoded = self.encoder(letters=letters, letters_mask=letters_mask)
        if previous is None:
            previous = self._likeliest(encoded, letters_mask)
        return self.decoder(previous=previous, encoded=encoded, encoded_mask=letters_mask)

    def preprocess(self, *, words: list[str]) -> LetterBatch:
        """The letters of raw words."""
        batch = self.letters(words=words)
        return LetterBatch(batch.letters.to(self.device), batch.letters_mask.to(self.device))

    def postprocess(
        self, *, logits: NeuralType[Float[Tensor, "batch=b time=n vocabulary"], LogitsType]
    ) -> list[list[str]]:
        """The likeliest phonemes of each word."""
        return self.phonemes(tokens=logits.argmax(dim=-1))

    def training_step(self, batch: PronunciationBatch, batch_idx: int) -> Tensor:
        logits = self(letters=batch.letters, letters_mask=batch.letters_mask, previous=batch.previous)
        losses = self.loss(logits=logits, target=batch.target)
        loss = losses.sum() / (batch.target >= 0).sum()
        self.log("loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: PronunciationBatch, batch_idx: int, dataloader_idx: int = 0) -> None:
        self._score(batch)

    def test_step(self, batch: PronunciationBatch, batch_idx: int, dataloader_idx: int = 0) -> None:
        self._score(batch)

    def dataset_from_config(self, config: Mapping[str, Any], place: str) -> Any:
        """The data set of a config, with the model's tokenizers."""
        return super().dataset_from_config({"letters": self.letters, "phonemes": self.phonemes, **config}, place)

    def _score(self, batch: PronunciationBatch) -> None:
        logits = self(letters=batch.letters, letters_mask=batch.letters_mask, previous=batch.previous)
        self.log_mean("loss", self.loss(logits=logits, target=batch.target), weight=batch.target >= 0)
        spoken = self.postprocess(logits=self(letters=batch.letters, letters_mask=batch.letters_mask))
        nearest = [
            min((edit_distance(found, phonemes), len(phonemes)) for phonemes in map(str.split, accepted))
            for found, accepted in zip(spoken, batch.accepted, strict=True)
        ]
        self.log_ratio("per", sum(edits for edits, _ in nearest), sum(length for _, length in nearest))
        self.log_ratio("wer", sum(edits > 0 for edits, _ in nearest), len(nearest))

    def _likeliest(
        self,
        encoded: NeuralType[Float[Tensor, "b t d"], EncodedRepresentation],
        mask: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Int[Tensor, "b n"], PhonemeIndex]:
        """The start, and the likeliest phoneme after each, until all have ended."""
        tokens = torch.full((len(encoded), 1), START, device=encoded.device)
        for _ in range(self.cfg.max_phonemes):
            logits = self.decoder(previous=tokens, encoded=encoded, encoded_mask=mask)
            tokens = torch.cat([tokens, logits[:, -1:].argmax(dim=-1)], dim=1)
            if not tokens.is_meta and (tokens == END).any(dim=1).all():  # shapes alone have no end
                break
        return tokens
